//! What the child does between fork and exec, and the child of the self-test. Async-signal-safe calls only:
//! prctl, seccomp, sendmsg, close, unlinkat, unlink, `_exit`.

#![expect(unsafe_code, reason = "a forked child may not use what allocates")]

use crate::sys::hand_over;
use crate::sys::notify::errno;
use crate::sys::notify_guard::{SharedBoard, fork_quietly};
use crate::sys::seccomp::{Filter, set_no_new_privs};
use std::ffi::CStr;
use std::os::fd::RawFd;
use std::sync::atomic::Ordering;

/// The path the child of the self-test tries to remove; there is no such directory.
pub const PROBE_PATH: &CStr = c"/nonexistent-ledger-run/self-test";

/// Installs the filter on the calling thread and hands its listener to the recorder and the guard. Never fails: what
/// went wrong is written on the board, and the command runs without a filter.
pub fn install_and_hand_over(
    filter: &Filter,
    no_new_privs: bool,
    recorder: RawFd,
    guard: RawFd,
    board: SharedBoard,
) {
    if no_new_privs {
        set_no_new_privs();
    }
    let listener = match filter.install() {
        Ok(listener) => listener,
        Err(errno) => return board.install_error.store(errno, Ordering::Release),
    };
    let to_recorder = hand_over::send(recorder, listener).is_ok();
    let to_guard = hand_over::send(guard, listener).is_ok();
    // SAFETY: the listener is ours and not used below.
    unsafe { libc::close(listener) };
    if to_recorder {
        board.handed_over.store(1, Ordering::Release);
    }
    if to_guard {
        // The first trapped call, answered by the guard: from here on it knows where ids begin.
        // SAFETY: an empty path names nothing.
        unsafe { libc::unlinkat(-1, c"".as_ptr(), 0) };
    }
}

/// Forks the child of the self-test. It installs the filter, sends the listener over `socket`, makes one trapped call,
/// and exits with 0 if that failed as it should, 1 if not, or the errno of what went wrong before. `receiver` is the other
/// end: a copy of it in the child would keep the listener alive, and the call waiting for ever, if we were killed.
pub fn fork_probe(
    filter: &Filter,
    no_new_privs: bool,
    socket: RawFd,
    receiver: RawFd,
) -> std::io::Result<i32> {
    match fork_quietly()? {
        0 => {
            // SAFETY: the child's own copy, which it does not use.
            unsafe { libc::close(receiver) };
            let status = probe(filter, no_new_privs, socket);
            // SAFETY: ends the process at once.
            unsafe { libc::_exit(status) }
        }
        child => Ok(child),
    }
}

fn probe(filter: &Filter, no_new_privs: bool, socket: RawFd) -> i32 {
    if no_new_privs {
        set_no_new_privs();
    }
    let listener = match filter.install() {
        Ok(listener) => listener,
        Err(errno) => return errno,
    };
    if let Err(error) = hand_over::send(socket, listener) {
        return error.raw_os_error().unwrap_or(libc::EIO);
    }
    // SAFETY: the listener is ours and not used below.
    unsafe { libc::close(listener) };
    // SAFETY: the path is a C string.
    let result = unsafe { libc::unlink(PROBE_PATH.as_ptr()) };
    i32::from(!(result != 0 && errno() == libc::ENOENT))
}
