//! Closing what a forked helper must not hold.

use std::os::fd::RawFd;

/// Closes every descriptor of this process but those in `keep`. Async-signal-safe, but for the order of `keep`, which
/// is sorted in place.
pub(super) fn close_others(keep: &mut [RawFd]) {
    keep.sort_unstable();
    let mut from = 0;
    for fd in keep.iter() {
        close_range(from, fd - 1);
        from = fd + 1;
    }
    close_range(from, RawFd::MAX);
}

/// Closes `first..=last`, nothing if that is empty.
fn close_range(first: RawFd, last: RawFd) {
    if first > last {
        return;
    }
    #[cfg(target_os = "linux")]
    {
        let (first, last) = (libc::c_long::from(first), libc::c_long::from(last));
        // SAFETY: close_range(2) takes plain numbers; this process uses none of the descriptors in between.
        if unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } == 0 {
            return;
        }
    }
    one_by_one(first, last);
}

/// Kernels before 5.9 and other systems have no call for it. Descriptors beyond the limit cannot be open.
fn one_by_one(first: RawFd, last: RawFd) {
    let limit = nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE);
    let highest = limit.map_or(1024, |(soft, _)| RawFd::try_from(soft.min(65_536)).unwrap_or(1024));
    for fd in first..=last.min(highest) {
        // SAFETY: closing a descriptor number takes no pointer; this process uses none of them.
        unsafe { libc::close(fd) };
    }
}
