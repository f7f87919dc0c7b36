//! A small process that keeps forwarding output after the recorder has gone.
//!
//! A command may leave background processes that still hold its output pipe. Closing our end would end them with
//! SIGPIPE at their next line; run bare they would have gone on writing. So a fork of us, unrecorded and without
//! anything else of ours, copies what they write until the last of them has closed the pipe.

use super::descriptors::close_others;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};

/// Forks a process that copies each source to its sink until end of file, then exits. Nothing else is shared with
/// it: it has its own session, ignores the signals blocked here, and closes every other descriptor.
pub fn keep_forwarding(pairs: &[(OwnedFd, OwnedFd)]) -> io::Result<()> {
    let raw: Vec<(RawFd, RawFd)> =
        pairs.iter().map(|(from, to)| (from.as_raw_fd(), to.as_raw_fd())).collect();
    let mut keep: Vec<RawFd> = raw.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let mut buffer = vec![0_u8; crate::base::limits::PUMP_CHUNK];
    // SAFETY: the child makes async-signal-safe calls alone (setsid, close, poll, read, write, _exit) on memory that was
    // allocated before the fork, so other threads' locks cannot matter to it.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => copy_until_closed(&raw, &mut keep, &mut buffer),
        _ => Ok(()),
    }
}

fn copy_until_closed(pairs: &[(RawFd, RawFd)], keep: &mut [RawFd], buffer: &mut [u8]) -> ! {
    // SAFETY: no arguments.
    unsafe { libc::setsid() };
    close_others(keep);
    let mut open = [libc::pollfd { fd: -1, events: libc::POLLIN, revents: 0 }; 2];
    for (slot, (from, _)) in open.iter_mut().zip(pairs) {
        slot.fd = *from;
    }
    while open.iter().any(|slot| slot.fd >= 0) {
        // SAFETY: two valid pollfds; negative descriptors are skipped (poll(2)).
        unsafe { libc::poll(open.as_mut_ptr(), 2, -1) };
        for (slot, (from, to)) in open.iter_mut().zip(pairs) {
            if slot.fd >= 0 && slot.revents != 0 && !copy_once(*from, *to, buffer) {
                slot.fd = -1;
                // SAFETY: ours, and not used again: writers now get SIGPIPE, as they would from the real reader.
                unsafe { libc::close(*from) };
            }
        }
    }
    // SAFETY: ends this process without running the parent's exit handlers.
    unsafe { libc::_exit(0) }
}

/// False when the source has ended or the sink takes no more.
fn copy_once(from: RawFd, to: RawFd, buffer: &mut [u8]) -> bool {
    // SAFETY: the buffer is valid for its length.
    let read = unsafe { libc::read(from, buffer.as_mut_ptr().cast(), buffer.len()) };
    let Ok(read) = usize::try_from(read) else {
        return io::Error::last_os_error().kind() == io::ErrorKind::WouldBlock;
    };
    let mut rest = &buffer[..read];
    while !rest.is_empty() {
        // SAFETY: `rest` is valid for its length.
        match usize::try_from(unsafe { libc::write(to, rest.as_ptr().cast(), rest.len()) }) {
            Ok(written) => rest = &rest[written..],
            Err(_) => match io::Error::last_os_error().kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock => wait_writable(to),
                _ => return false,
            },
        }
    }
    read > 0
}

fn wait_writable(fd: RawFd) {
    let mut slot = libc::pollfd { fd, events: libc::POLLOUT, revents: 0 };
    // SAFETY: one valid pollfd.
    unsafe { libc::poll(&raw mut slot, 1, -1) };
}
