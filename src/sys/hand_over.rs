//! Passes a descriptor to another process over a Unix socket (unix(7), `SCM_RIGHTS`).

#![expect(unsafe_code, reason = "between fork and exec nothing may allocate, and the safe wrappers do")]

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

/// Room for one control message with one descriptor, aligned for its header.
type Control = [u64; 4];

/// Sends `fd`; async-signal-safe. A closed other end is an error, not a signal.
pub fn send(socket: RawFd, fd: RawFd) -> io::Result<()> {
    let mut byte = 0_u8;
    let mut control: Control = [0; 4];
    let mut piece = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    let message = message(&mut piece, &mut control);
    // SAFETY: message has room for one header.
    let header = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    // SAFETY: takes a plain number.
    let length = unsafe { libc::CMSG_LEN(u32::try_from(size_of::<RawFd>()).unwrap_or(4)) };
    // SAFETY: header points into control, which is large enough and aligned.
    let header = unsafe { &mut *header };
    header.cmsg_level = libc::SOL_SOCKET;
    header.cmsg_type = libc::SCM_RIGHTS;
    header.cmsg_len = length as _;
    // SAFETY: header is followed by room for its data.
    let data = unsafe { libc::CMSG_DATA(header) };
    // SAFETY: the data of this message is one descriptor, wherever it is aligned.
    unsafe { data.cast::<RawFd>().write_unaligned(fd) };
    // SAFETY: message points to live memory.
    let sent = unsafe { libc::sendmsg(socket, &raw const message, libc::MSG_NOSIGNAL) };
    if sent == 1 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Receives a descriptor; `None` if the other end was closed without sending one.
pub fn receive(socket: &UnixStream) -> io::Result<Option<OwnedFd>> {
    receive_raw(socket.as_raw_fd()).map(|found| {
        found.map(|fd| {
            // SAFETY: the kernel has just made this descriptor for us.
            unsafe { OwnedFd::from_raw_fd(fd) }
        })
    })
}

/// See [`receive`]; async-signal-safe.
pub(in crate::sys) fn receive_raw(socket: RawFd) -> io::Result<Option<RawFd>> {
    let mut byte = 0_u8;
    let mut control: Control = [0; 4];
    let mut piece = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
    let mut message = message(&mut piece, &mut control);
    // SAFETY: message points to live memory.
    let received = unsafe { libc::recvmsg(socket, &raw mut message, libc::MSG_CMSG_CLOEXEC) };
    if received < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has filled message.
    let header = unsafe { libc::CMSG_FIRSTHDR(&raw const message) };
    // SAFETY: a header the kernel wrote, or null.
    let Some(header) = (unsafe { header.as_ref() }) else { return Ok(None) };
    if (header.cmsg_level, header.cmsg_type) != (libc::SOL_SOCKET, libc::SCM_RIGHTS) {
        return Ok(None);
    }
    // SAFETY: header is followed by its data.
    let data = unsafe { libc::CMSG_DATA(header) };
    // SAFETY: SCM_RIGHTS carries at least one descriptor.
    Ok(Some(unsafe { data.cast::<RawFd>().read_unaligned() }))
}

fn message(piece: &mut libc::iovec, control: &mut Control) -> libc::msghdr {
    // SAFETY: all zeroes is a valid msghdr.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = piece;
    message.msg_iovlen = 1;
    message.msg_control = control.as_mut_ptr().cast();
    // SAFETY: takes a plain number.
    message.msg_controllen = unsafe { libc::CMSG_SPACE(u32::try_from(size_of::<RawFd>()).unwrap_or(4)) } as _;
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};

    #[test]
    fn the_other_side_gets_the_same_file() {
        let (a, b) = UnixStream::pair().unwrap();
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        send(a.as_raw_fd(), theirs.as_raw_fd()).unwrap();
        drop(theirs);
        let mut got = UnixStream::from(receive(&b).unwrap().unwrap());
        got.write_all(b"through").unwrap();
        drop(got);
        let mut text = String::new();
        ours.read_to_string(&mut text).unwrap();
        assert_eq!(text, "through");
    }

    #[test]
    fn a_closed_end_sends_nothing() {
        let (a, b) = UnixStream::pair().unwrap();
        drop(a);
        assert!(receive(&b).unwrap().is_none());
        assert!(send(b.as_raw_fd(), b.as_raw_fd()).is_err());
    }
}
