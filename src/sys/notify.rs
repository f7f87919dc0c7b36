//! The listener of a seccomp filter: calls held by the kernel until somebody answers (`seccomp_unotify(2)`).
//!
//! Only one answer is ever given here: let the call run. A record must not change what it records.

#![expect(unsafe_code, reason = "the listener speaks ioctl(2)")]

use libc::{c_int, c_ulong};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};

/// `struct seccomp_notif` of linux/seccomp.h with the `struct seccomp_data` in it.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct Notification {
    /// Names this stop of this call; ids of one listener are handed out in sequence.
    pub id: u64,
    /// The calling thread, in our pid namespace; zero if it is not visible there.
    pub tid: u32,
    /// None are defined.
    pub flags: u32,
    /// Number of the call.
    pub number: c_int,
    /// `AUDIT_ARCH_*` of the call.
    pub architecture: u32,
    /// Where in the program.
    pub instruction: u64,
    /// Its arguments.
    pub arguments: [u64; 6],
}

/// `struct seccomp_notif_resp`.
#[repr(C)]
struct Response {
    id: u64,
    value: i64,
    error: i32,
    flags: u32,
}

/// `SECCOMP_USER_NOTIF_FLAG_CONTINUE`
const CONTINUE: u32 = 1;

/// `SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP` (Linux 6.6)
const SYNC_WAKE_UP: u64 = 1;

/// `_IOC` of asm-generic/ioctl.h for the type `!`.
const fn request(direction: c_ulong, number: c_ulong, size: usize) -> c_ulong {
    (direction << 30) | ((size as c_ulong) << 16) | ((b'!' as c_ulong) << 8) | number
}

const RECEIVE: c_ulong = request(3, 0, size_of::<Notification>());
const SEND: c_ulong = request(3, 1, size_of::<Response>());
const ID_VALID: c_ulong = request(1, 2, size_of::<u64>());
const SET_FLAGS: c_ulong = request(1, 4, size_of::<u64>());

/// The listening end of a filter.
#[derive(Debug)]
pub struct Listener(OwnedFd);

impl From<OwnedFd> for Listener {
    fn from(fd: OwnedFd) -> Self {
        Self(fd)
    }
}

impl Listener {
    /// Waits for the next trapped call. `ENOENT` is normal: its thread was killed or interrupted before we came, or
    /// no thread is left.
    pub fn receive(&self) -> io::Result<Notification> {
        receive(self.0.as_raw_fd()).map_err(io::Error::from_raw_os_error)
    }

    /// Lets the call `id` run. `ENOENT` is normal: its thread was killed, or somebody else has answered.
    pub fn resume(&self, id: u64) -> io::Result<()> {
        resume(self.0.as_raw_fd(), id).map_err(io::Error::from_raw_os_error)
    }

    /// Whether the call `id` still waits. Only then what was read from its thread was really its.
    pub fn is_waiting(&self, id: u64) -> bool {
        // SAFETY: the ioctl reads one u64.
        unsafe { libc::ioctl(self.0.as_raw_fd(), ID_VALID as _, &raw const id) == 0 }
    }

    /// Makes the kernel hand calls over on the caller's CPU, without which a trap costs up to ten times as much; or, if not
    /// `in_place`, on whichever it would choose, which is as good where several callers run and seldom call: then nobody
    /// stands in line behind another while a CPU is idle. Fails before Linux 6.6.
    pub fn wake_in_place(&self, in_place: bool) -> io::Result<()> {
        wake_in_place(self.0.as_raw_fd(), in_place).map_err(io::Error::from_raw_os_error)
    }

    /// Waits until a call is trapped (`Some(true)`), no thread with the filter is left (`Some(false)`), or the time
    /// is over. With `calls` false, trapped calls are not waited for.
    pub fn wait(&self, calls: bool, timeout: std::time::Duration) -> Option<bool> {
        let mut polled = [pollfd(self.0.as_raw_fd(), if calls { libc::POLLIN } else { 0 })];
        let millis = c_int::try_from(timeout.as_millis()).unwrap_or(c_int::MAX);
        poll(&mut polled, millis);
        let seen = polled[0].revents;
        if seen & libc::POLLIN != 0 { Some(true) } else { (seen != 0).then_some(false) }
    }
}

/// See [`Listener::receive`]; async-signal-safe.
pub(in crate::sys) fn receive(listener: RawFd) -> Result<Notification, c_int> {
    // The kernel insists on a zeroed buffer.
    let mut notification = Notification::default();
    // SAFETY: the ioctl fills one struct seccomp_notif.
    let result = unsafe { libc::ioctl(listener, RECEIVE as _, &raw mut notification) };
    if result == 0 { Ok(notification) } else { Err(errno()) }
}

/// See [`Listener::resume`]; async-signal-safe.
pub(in crate::sys) fn resume(listener: RawFd, id: u64) -> Result<(), c_int> {
    let response = Response { id, value: 0, error: 0, flags: CONTINUE };
    // SAFETY: the ioctl reads one struct seccomp_notif_resp.
    let result = unsafe { libc::ioctl(listener, SEND as _, &raw const response) };
    if result == 0 { Ok(()) } else { Err(errno()) }
}

/// See [`Listener::wake_in_place`]; async-signal-safe.
pub(in crate::sys) fn wake_in_place(listener: RawFd, in_place: bool) -> Result<(), c_int> {
    let flags = if in_place { SYNC_WAKE_UP } else { 0 };
    // SAFETY: the ioctl takes its argument by value.
    let result = unsafe { libc::ioctl(listener, SET_FLAGS as _, flags) };
    if result == 0 { Ok(()) } else { Err(errno()) }
}

pub(in crate::sys) fn pollfd(fd: RawFd, events: libc::c_short) -> libc::pollfd {
    libc::pollfd { fd, events, revents: 0 }
}

/// poll(2); an interrupted call counts as nothing seen. Async-signal-safe.
pub(in crate::sys) fn poll(fds: &mut [libc::pollfd], timeout_ms: c_int) {
    let count = fds.len() as libc::nfds_t;
    // SAFETY: fds is a slice of that many pollfd.
    let result = unsafe { libc::poll(fds.as_mut_ptr(), count, timeout_ms) };
    if result < 0 {
        for fd in fds {
            fd.revents = 0;
        }
    }
}

pub(in crate::sys) fn errno() -> c_int {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}
