//! Pseudo-terminals (pty(7)): a leader for us, a follower for the command.

use super::modes::{Modes, WindowSize};
use super::pipe::{self, set_cloexec, set_nonblocking};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd};

/// Both ends of a fresh pseudo-terminal, close-on-exec.
#[derive(Debug)]
pub struct Pty {
    /// Our end, non-blocking: what the command writes is read here, what is typed is written here.
    pub leader: OwnedFd,
    /// The command's end: a terminal.
    pub follower: OwnedFd,
}

impl Pty {
    /// Makes a pair with these modes (else the system's usual ones) and this size.
    pub fn open(modes: Option<&Modes>, size: WindowSize) -> io::Result<Self> {
        let pair = nix::pty::openpty(None, None)?;
        let pty = Self { leader: pair.master, follower: pair.slave };
        set_cloexec(pty.leader.as_raw_fd())?;
        set_cloexec(pty.follower.as_raw_fd())?;
        set_nonblocking(pty.leader.as_raw_fd())?;
        if let Some(modes) = modes {
            modes.apply(pty.follower.as_fd())?;
        }
        size.apply(pty.follower.as_fd())?;
        Ok(pty)
    }
}

/// Reads what a command has written to its terminal from the `leader`; zero is the end: nobody has the follower any more.
///
/// Linux says so with EIO, and may say it too early: a reader that is interrupted between asking for what is under way and
/// asking whether the follower is closed (`n_tty_read`, `drivers/tty/n_tty.c`) misses what was written right before it
/// was closed. Asked again, it has it.
pub fn read(leader: BorrowedFd<'_>, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = || pipe::read(leader, buffer);
    let at_end = |error: &io::Error| error.raw_os_error() == Some(libc::EIO);
    match read() {
        Err(early) if at_end(&early) => match read() {
            Err(again) if at_end(&again) => Ok(0),
            late => late,
        },
        other => other,
    }
}

/// Begins a session whose controlling terminal is `follower`. The caller must not lead a process group.
pub(super) fn lead_session(follower: BorrowedFd<'_>) -> io::Result<()> {
    nix::unistd::setsid()?;
    control(follower)
}

/// Makes `follower` the controlling terminal of the session that the caller leads. Async-signal-safe.
pub fn control(follower: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: TIOCSCTTY takes an integer: zero steals no terminal.
    match unsafe { libc::ioctl(follower.as_raw_fd(), libc::TIOCSCTTY as _, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernel loses none of it either, but a read that believes the first EIO does, once in a few thousand times.
    #[test]
    fn what_is_written_right_before_the_end_is_read() {
        for round in 0..5_000 {
            let Pty { leader, follower } = Pty::open(None, WindowSize::USUAL).unwrap();
            let writer = std::thread::spawn(move || {
                pipe::write_all(follower.as_fd(), b"first")
                    .and_then(|()| pipe::write_all(follower.as_fd(), b"last"))
            });
            let (mut seen, mut buffer) = (Vec::new(), [0; 64]);
            loop {
                match read(leader.as_fd(), &mut buffer) {
                    Ok(0) => break,
                    Ok(length) => seen.extend_from_slice(&buffer[..length]),
                    Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}"),
                }
            }
            writer.join().unwrap().unwrap();
            assert_eq!(String::from_utf8(seen).unwrap(), "firstlast", "round {round}");
        }
    }
}
