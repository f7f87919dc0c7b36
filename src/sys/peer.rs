//! Looks into a stopped thread of another process: its memory, its directories, its descriptors.

#![expect(unsafe_code, reason = "process_vm_readv has a wrapper that allocates")]

use std::fs::File;
use std::io;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

/// Longest path the kernel takes, with its NUL (`PATH_MAX`).
pub const PATH_MAX: usize = 4096;

/// Most paths are short, and pinning one page is cheaper than two: a first read of so much, or up to the end of the page.
const SHORT: usize = 256;

/// Smallest page of any architecture: a string may end right before an unmapped one.
const PAGE: u64 = 4096;

/// Reads up to `buffer.len()` bytes at `address` of the thread `tid`; fewer at the end of a mapping. Sandboxes forbid
/// sometimes `process_vm_readv(2)` and sometimes `/proc/PID/mem`, so both are tried.
pub fn read(tid: u32, address: u64, buffer: &mut [u8]) -> io::Result<usize> {
    match read_across(tid, address, buffer) {
        Ok(count) if count > 0 => Ok(count),
        _ => read_file(tid, address, buffer),
    }
}

/// Reads with `process_vm_readv(2)`.
pub fn read_across(tid: u32, address: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let first = usize::try_from(PAGE - address % PAGE).unwrap_or(1).min(buffer.len());
    let local = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    let at = |address: u64| address as *mut libc::c_void;
    // Two pieces, because a piece that begins in a mapping and ends outside is not read at all.
    let remote = [
        libc::iovec { iov_base: at(address), iov_len: first },
        libc::iovec { iov_base: at(address.wrapping_add(first as u64)), iov_len: buffer.len() - first },
    ];
    let pieces = if buffer.len() > first { 2 } else { 1 };
    // SAFETY: local is the caller's buffer; remote is only interpreted in the other process.
    let count =
        unsafe { libc::process_vm_readv(tid.cast_signed(), &raw const local, 1, remote.as_ptr(), pieces, 0) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Reads through `/proc/PID/mem`.
pub fn read_file(tid: u32, address: u64, buffer: &mut [u8]) -> io::Result<usize> {
    File::open(format!("/proc/{tid}/mem"))?.read_at(buffer, address)
}

/// Reads the NUL-terminated path at `address`, without the NUL.
pub fn read_path(tid: u32, address: u64) -> io::Result<Vec<u8>> {
    let mut short = [0; SHORT];
    let first = usize::try_from(PAGE - address % PAGE).unwrap_or(SHORT).min(SHORT);
    let count = read(tid, address, &mut short[..first])?;
    if let Some(length) = memchr::memchr(0, &short[..count]) {
        return Ok(short[..length].to_vec());
    }
    let mut long = vec![0; PATH_MAX];
    let count = read(tid, address, &mut long)?;
    let length = memchr::memchr(0, &long[..count]).ok_or_else(too_long)?;
    long.truncate(length);
    Ok(long)
}

fn too_long() -> io::Error {
    io::Error::from_raw_os_error(libc::ENAMETOOLONG)
}

/// Where a link of `/proc/TID` leads: `cwd`, `root`, `fd/3`, `ns/mnt`.
pub fn link(tid: u32, name: &str) -> io::Result<Vec<u8>> {
    std::fs::read_link(format!("/proc/{tid}/{name}")).map(|path: PathBuf| path.into_os_string().into_vec())
}

/// A small text the kernel makes up, read at once: in pieces, each would be made up again. Nothing if it cannot be had.
pub fn small_text(path: &str) -> String {
    let mut bytes = [0; 4096];
    let read = File::open(path).and_then(|mut file| io::Read::read(&mut file, &mut bytes));
    read.map_or_else(|_| String::new(), |count| String::from_utf8_lossy(&bytes[..count]).into_owned())
}

/// Where a link of `/proc/self` leads, or `/proc/self` itself if `name` is empty; nothing if that cannot be told.
pub fn link_of_ours(name: &str) -> String {
    let link = PathBuf::from("/proc/self");
    let link = if name.is_empty() { link } else { link.join(name) };
    std::fs::read_link(link).map_or_else(|_| String::new(), |target| target.to_string_lossy().into_owned())
}

/// Whether the thread `tid` may do what we may: the same users, groups, capabilities and user namespace (proc(5)).
/// Unknown counts as no.
pub fn has_our_rights(tid: u32) -> bool {
    let rights = |process: &str| -> io::Result<(Vec<String>, PathBuf)> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let wanted = ["Uid:", "Gid:", "Groups:", "CapEff:"];
        let lines = status.lines().filter(|line| wanted.iter().any(|name| line.starts_with(name)));
        let lines = lines.map(str::to_owned).collect();
        Ok((lines, std::fs::read_link(format!("/proc/{process}/ns/user"))?))
    };
    matches!((rights("self"), rights(&tid.to_string())), (Ok(ours), Ok(theirs)) if ours == theirs)
}

/// Whether our own descriptor `fd` is open for writing and stays open across exec.
pub fn is_kept_for_writing(fd: RawFd) -> bool {
    // SAFETY: reads flags; a number that is no descriptor is an error.
    let kept = unsafe { libc::fcntl(fd, libc::F_GETFD) };
    if kept < 0 || kept & libc::FD_CLOEXEC != 0 {
        return false;
    }
    // SAFETY: as above.
    let mode = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    mode >= 0 && mode & libc::O_ACCMODE != libc::O_RDONLY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own_tid() -> u32 {
        // SAFETY: takes nothing and cannot fail.
        unsafe { libc::gettid() }.cast_unsigned()
    }

    #[test]
    fn both_ways_read_the_same() {
        let text = b"some bytes\0and more".to_vec();
        let address = text.as_ptr() as u64;
        let (mut a, mut b) = ([0; 16], [0; 16]);
        assert_eq!(read_file(own_tid(), address, &mut a).unwrap(), 16);
        if read_across(own_tid(), address, &mut b).is_ok() {
            assert_eq!(a, b);
        }
        assert_eq!(&a, b"some bytes\0and m");
    }

    #[test]
    fn paths_of_every_length_are_read() {
        for length in [0, 1, SHORT - 1, SHORT, SHORT + 1, PATH_MAX - 1] {
            let mut path = vec![b'p'; length];
            path.push(0);
            path.extend([b'x'; 64]);
            assert_eq!(read_path(own_tid(), path.as_ptr() as u64).unwrap(), &path[..length]);
        }
        let endless = vec![b'p'; PATH_MAX + SHORT];
        assert!(read_path(own_tid(), endless.as_ptr() as u64).is_err());
    }

    #[test]
    fn only_writable_descriptors_that_survive_exec_count() {
        use std::os::fd::AsRawFd as _;
        let file = tempfile::tempfile().unwrap();
        assert!(!is_kept_for_writing(file.as_raw_fd()), "the standard library closes its files on exec");
        // SAFETY: a descriptor of ours, closed below.
        let kept = unsafe { libc::dup(file.as_raw_fd()) };
        assert!(is_kept_for_writing(kept));
        // SAFETY: ours.
        unsafe { libc::close(kept) };
        assert!(!is_kept_for_writing(-1));
    }

    #[test]
    fn an_address_that_is_not_mapped_is_an_error() {
        assert!(read_path(own_tid(), 8).is_err());
    }
}
