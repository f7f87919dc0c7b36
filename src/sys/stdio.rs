//! What the standard streams are.

use std::mem::MaybeUninit;
use std::os::fd::RawFd;

/// What kind of thing a standard stream is connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamKind {
    /// Nothing: the descriptor was closed.
    Closed,
    /// A terminal.
    Terminal,
    /// A pipe or a FIFO.
    Pipe,
    /// A socket.
    Socket,
    /// A regular file.
    File,
    /// Anything else: `/dev/null`, a device, a directory.
    Other,
}

/// What standard stream `fd` (0, 1 or 2) was connected to when the process started.
pub fn kind(fd: RawFd) -> StreamKind {
    if super::startup::was_closed(fd) {
        return StreamKind::Closed;
    }
    // SAFETY: isatty takes any descriptor number.
    if unsafe { libc::isatty(fd) } == 1 {
        return StreamKind::Terminal;
    }
    match status(fd).map(|status| status.st_mode & libc::S_IFMT) {
        None => StreamKind::Closed,
        Some(libc::S_IFIFO) => StreamKind::Pipe,
        Some(libc::S_IFSOCK) => StreamKind::Socket,
        Some(libc::S_IFREG) => StreamKind::File,
        Some(_) => StreamKind::Other,
    }
}

/// Whether two standard streams are one open file, as after `2>&1`, so that the order of what is written to both is
/// visible to its reader.
pub fn same_open_file(one: RawFd, other: RawFd) -> bool {
    let (Some(a), Some(b)) = (status(one), status(other)) else { return false };
    if (a.st_dev, a.st_ino) != (b.st_dev, b.st_ino) {
        return false;
    }
    // A file opened twice has two offsets, and one name does not make them one stream; kcmp(2) can tell.
    a.st_mode & libc::S_IFMT != libc::S_IFREG || same_description(one, other).unwrap_or(true)
}

fn status(fd: RawFd) -> Option<libc::stat> {
    let mut status = MaybeUninit::uninit();
    // SAFETY: the buffer is a stat structure; any descriptor number may be asked for.
    if unsafe { libc::fstat(fd, status.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: filled, as the call succeeded.
    Some(unsafe { status.assume_init() })
}

#[cfg(target_os = "linux")]
fn same_description(one: RawFd, other: RawFd) -> Option<bool> {
    const KCMP_FILE: libc::c_int = 0;
    let pid = std::process::id();
    // SAFETY: kcmp(2) takes integers only. It is missing from some kernels and forbidden in some sandboxes.
    match unsafe { libc::syscall(libc::SYS_kcmp, pid, pid, KCMP_FILE, one, other) } {
        0 => Some(true),
        1..=3 => Some(false),
        _ => None,
    }
}

#[cfg(not(target_os = "linux"))]
fn same_description(_one: RawFd, _other: RawFd) -> Option<bool> {
    None
}

/// Whether this process has a controlling terminal and is in its foreground group: then a stop of ours is seen by a
/// job-control shell, which can also continue us.
pub fn in_foreground() -> bool {
    let Ok(terminal) = std::fs::File::open("/dev/tty") else { return false };
    nix::unistd::tcgetpgrp(&terminal).is_ok_and(|group| group == nix::unistd::getpgrp())
}
