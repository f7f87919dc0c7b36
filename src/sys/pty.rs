//! Pseudo-terminals (pty(7)): a leader for us, a follower for the command.

use super::modes::{Modes, WindowSize};
use super::pipe::{set_cloexec, set_nonblocking};
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
