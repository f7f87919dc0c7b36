//! Pipes: making them, asking what waits in them, waiting for several at once.

use nix::poll::{PollFd, PollFlags, PollTimeout};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, FromRawFd as _, OwnedFd, RawFd};
use std::time::Duration;

/// A pipe, both ends close-on-exec: (read end, write end).
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = std::io::pipe()?;
    Ok((read.into(), write.into()))
}

/// Sets `O_NONBLOCK` on the open file behind `fd`. Only for descriptors made here: the flag belongs to the open file,
/// which an inherited descriptor shares with the processes around us.
pub fn set_nonblocking(fd: RawFd) -> io::Result<()> {
    // SAFETY: F_GETFL and F_SETFL take integers.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    if flags < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: as above.
    match unsafe { libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Gives a pipe room for `bytes`, where the system allows it (`F_SETPIPE_SZ`, Linux); else it keeps what it has.
pub fn widen(pipe: BorrowedFd<'_>, bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd as _;
        let bytes = libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX);
        // SAFETY: F_SETPIPE_SZ takes an integer; what is no pipe is refused.
        unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, bytes) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (pipe, bytes);
}

/// Marks `fd` close-on-exec, so that the command does not inherit it.
pub fn set_cloexec(fd: RawFd) -> io::Result<()> {
    // SAFETY: F_SETFD takes an integer; a descriptor that is not open is refused with EBADF.
    match unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Bytes that can be read from `fd` at once (FIONREAD); zero if that cannot be told.
pub fn readable_bytes(fd: BorrowedFd<'_>) -> usize {
    use std::os::fd::AsRawFd as _;
    let mut waiting = MaybeUninit::<libc::c_int>::new(0);
    // SAFETY: FIONREAD writes one int.
    if unsafe { libc::ioctl(fd.as_raw_fd(), libc::FIONREAD as _, waiting.as_mut_ptr()) } != 0 {
        return 0;
    }
    // SAFETY: initialized to zero, overwritten by the ioctl.
    usize::try_from(unsafe { waiting.assume_init() }).unwrap_or(0)
}

/// Whether something can be read from `fd` at once.
pub fn is_readable(fd: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(fd, PollFlags::POLLIN)];
    nix::poll::poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
        && fds[0].revents().is_some_and(|events| events.contains(PollFlags::POLLIN))
}

/// Whether the pipe `fd` holds nothing and has no writer left: then poll(2) reports POLLHUP alone.
pub fn is_at_end(fd: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(fd, PollFlags::POLLIN)];
    nix::poll::poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
        && fds[0].revents() == Some(PollFlags::POLLHUP)
}

/// Reads from `fd` into `buffer`; zero is end of file.
pub fn read(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> io::Result<usize> {
    nix::unistd::read(fd, buffer).map_err(io::Error::from)
}

/// Writes all of `bytes` to `fd`, over interruptions and partial writes. If somebody else has made the open file
/// non-blocking, waits until it takes more.
pub fn write_all(fd: BorrowedFd<'_>, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match nix::unistd::write(fd, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(nix::errno::Errno::EINTR) => {}
            Err(nix::errno::Errno::EAGAIN) => {
                let mut wait = [PollFd::new(fd, PollFlags::POLLOUT)];
                let _ = nix::poll::poll(&mut wait, PollTimeout::NONE);
            }
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// What ended a wait on a pipe, its stop signal and its sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// The source has bytes, or has ended.
    Source,
    /// Nobody reads the sink any more.
    SinkGone,
    /// We were told to stop.
    Stop,
    /// Nothing happened for as long as we were to wait.
    Idle,
}

/// Waits until `source` can be read, `stop` has hung up, or (if asked to watch one) `sink` has lost its last reader:
/// poll(2) reports POLLERR for the write end of a pipe without readers.
pub fn wait(
    source: BorrowedFd<'_>,
    stop: BorrowedFd<'_>,
    sink: Option<BorrowedFd<'_>>,
    patience: Option<Duration>,
) -> io::Result<Ready> {
    let patience = patience
        .map_or(PollTimeout::NONE, |patience| PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX));
    let mut fds = [
        PollFd::new(source, PollFlags::POLLIN),
        PollFd::new(stop, PollFlags::POLLIN),
        PollFd::new(sink.unwrap_or(stop), PollFlags::empty()),
    ];
    loop {
        match nix::poll::poll(&mut fds, patience) {
            Ok(0) => return Ok(Ready::Idle),
            Ok(_) => {}
            Err(nix::errno::Errno::EINTR) => continue,
            Err(errno) => return Err(errno.into()),
        }
        let events = |at: usize| fds[at].revents().unwrap_or(PollFlags::empty());
        if sink.is_some() && events(2).intersects(PollFlags::POLLERR | PollFlags::POLLNVAL) {
            return Ok(Ready::SinkGone);
        }
        if !events(0).is_empty() {
            return Ok(Ready::Source);
        }
        if !events(1).is_empty() {
            return Ok(Ready::Stop);
        }
    }
}

/// A second descriptor for the open file of `fd`, close-on-exec. Of an inherited one the flags must not be changed.
pub fn duplicate(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: F_DUPFD_CLOEXEC takes an integer lower bound.
    let copy = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) };
    if copy < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just gave us this descriptor; nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

/// Writes one line to a descriptor the caller was given by number, which stays open.
pub fn write_line(fd: RawFd, line: &[u8]) -> io::Result<()> {
    // SAFETY: the descriptor was named by our caller for this purpose; if it is not open, write(2) says so.
    write_all(unsafe { BorrowedFd::borrow_raw(fd) }, line)
}
