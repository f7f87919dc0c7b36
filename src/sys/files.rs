//! Open files: their names, who else has them open, and two names changing places.

use crate::base::files::FileCalls;
use std::fs::File;
use std::io;
use std::os::fd::BorrowedFd;

/// This system's calls.
#[derive(Debug)]
pub struct SystemFiles;

#[cfg(target_os = "linux")]
impl FileCalls for SystemFiles {
    fn links(&self, file: &File) -> io::Result<u64> {
        use std::os::fd::AsRawFd as _;
        let mut buffer = std::mem::MaybeUninit::<libc::statx>::zeroed();
        let (fd, name) = (file.as_raw_fd(), c"".as_ptr());
        // SAFETY: name is a C string and buffer is large enough for one statx.
        let result =
            unsafe { libc::statx(fd, name, libc::AT_EMPTY_PATH, libc::STATX_NLINK, buffer.as_mut_ptr()) };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: all zeroes is a valid statx, and the kernel has filled it.
        Ok(u64::from(unsafe { buffer.assume_init() }.stx_nlink))
    }

    /// A write lease is granted only then, and only for a file of our own (fcntl(2), `F_SETLEASE`); it is given back at once.
    fn is_open_only_here(&self, file: &File) -> bool {
        let granted = set_lease(file, libc::F_WRLCK);
        if granted {
            set_lease(file, libc::F_UNLCK);
        }
        granted
    }

    /// `renameat2` with `RENAME_EXCHANGE` (rename(2)).
    fn exchange(&self, dir: BorrowedFd<'_>, one: &str, other: &str) -> io::Result<()> {
        use std::ffi::CString;
        use std::os::fd::AsRawFd as _;
        let (one, other, dir) = (CString::new(one)?, CString::new(other)?, dir.as_raw_fd());
        // The call itself: not every C library has a function for it.
        // SAFETY: both names are C strings.
        let result = unsafe {
            libc::syscall(libc::SYS_renameat2, dir, one.as_ptr(), dir, other.as_ptr(), libc::RENAME_EXCHANGE)
        };
        if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}

#[cfg(target_os = "linux")]
fn set_lease(file: &File, lease: libc::c_int) -> bool {
    use std::os::fd::AsRawFd as _;
    // SAFETY: takes plain numbers.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, lease) == 0 }
}

#[cfg(not(target_os = "linux"))]
impl FileCalls for SystemFiles {
    fn links(&self, file: &File) -> io::Result<u64> {
        use std::os::unix::fs::MetadataExt as _;
        file.metadata().map(|metadata| metadata.nlink())
    }

    /// Never known here.
    fn is_open_only_here(&self, _: &File) -> bool {
        false
    }

    /// Not done here: without knowing who has the file open it would be no use.
    fn exchange(&self, _: BorrowedFd<'_>, _: &str, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
