//! What the kernel says about a file without opening it.

#![expect(unsafe_code, reason = "statx and clock_gettime have no safe wrapper that gives all of this")]

use std::ffi::CStr;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;

/// A file time: seconds since the epoch and nanoseconds.
pub type FileTime = (i64, u32);

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A named pipe or a socket: a name in the tree without content.
    Endpoint,
    /// A block or character device.
    Device,
}

/// The metadata of one file, of the link itself where it is a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileState {
    /// Device the file is on.
    pub dev: u64,
    /// Inode number, unique on its device while the file exists.
    pub ino: u64,
    /// Type and permission bits (`st_mode`).
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Names of the file.
    pub nlink: u64,
    /// Bytes of content.
    pub size: u64,
    /// Last change of the content.
    pub mtime: FileTime,
    /// Last change of content or metadata; nobody can set it back.
    pub ctime: FileTime,
    /// Creation, where the file system keeps it.
    pub btime: Option<FileTime>,
}

impl FileState {
    /// The kind of the file.
    pub fn kind(&self) -> FileKind {
        // The values of POSIX systems since Version 7; the types of libc's constants differ between platforms.
        match self.mode & 0o170_000 {
            0o100_000 => FileKind::File,
            0o040_000 => FileKind::Directory,
            0o120_000 => FileKind::Symlink,
            0o020_000 | 0o060_000 => FileKind::Device,
            _ => FileKind::Endpoint,
        }
    }

    /// Permission bits with set-uid, set-gid and sticky.
    pub fn permissions(&self) -> u32 {
        self.mode & 0o7777
    }

    /// Reads what a standard library call returned.
    pub fn from_metadata(metadata: &Metadata) -> Self {
        let nanoseconds = |part: i64| u32::try_from(part).unwrap_or(0);
        let created =
            metadata.created().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        Self {
            dev: metadata.dev(),
            ino: metadata.ino(),
            mode: metadata.mode(),
            uid: metadata.uid(),
            gid: metadata.gid(),
            nlink: metadata.nlink(),
            size: metadata.size(),
            mtime: (metadata.mtime(), nanoseconds(metadata.mtime_nsec())),
            ctime: (metadata.ctime(), nanoseconds(metadata.ctime_nsec())),
            btime: created
                .map(|since| (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos())),
        }
    }
}

/// The state of the file called `path`; a symbolic link is not followed, nothing is mounted to find out.
#[cfg(target_os = "linux")]
pub fn state_of(path: &CStr) -> io::Result<FileState> {
    state_at(libc::AT_FDCWD, path)
}

/// The state of `name` in the directory `dir` (`AT_FDCWD`: the working directory); see [`state_of`].
#[cfg(target_os = "linux")]
pub fn state_at(dir: libc::c_int, name: &CStr) -> io::Result<FileState> {
    statx(dir, name, libc::AT_SYMLINK_NOFOLLOW | libc::AT_NO_AUTOMOUNT)
}

#[cfg(target_os = "linux")]
fn statx(dir: libc::c_int, name: &CStr, flags: libc::c_int) -> io::Result<FileState> {
    let mut buffer = std::mem::MaybeUninit::<libc::statx>::zeroed();
    let wanted = libc::STATX_BASIC_STATS | libc::STATX_BTIME;
    // SAFETY: name is a C string and buffer is large enough for one statx.
    let result = unsafe { libc::statx(dir, name.as_ptr(), flags, wanted, buffer.as_mut_ptr()) };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: all zeroes is a valid statx, and the kernel has filled it.
    let found = unsafe { buffer.assume_init() };
    let time = |stamp: libc::statx_timestamp| (stamp.tv_sec, stamp.tv_nsec);
    Ok(FileState {
        dev: libc::makedev(found.stx_dev_major, found.stx_dev_minor),
        ino: found.stx_ino,
        mode: u32::from(found.stx_mode),
        uid: found.stx_uid,
        gid: found.stx_gid,
        nlink: u64::from(found.stx_nlink),
        size: found.stx_size,
        mtime: time(found.stx_mtime),
        ctime: time(found.stx_ctime),
        btime: (found.stx_mask & libc::STATX_BTIME != 0).then(|| time(found.stx_btime)),
    })
}

/// Hands every name in the directory `path` with its state to `each` (no state: it had gone when asked for), and
/// returns the state of the directory itself, taken after its names had been read.
#[cfg(target_os = "linux")]
pub fn list(path: &CStr, each: &mut dyn FnMut(&[u8], Option<FileState>)) -> io::Result<FileState> {
    use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
    // SAFETY: path is a C string.
    let opened = unsafe { libc::open(path.as_ptr(), libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC) };
    if opened < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor for us.
    let directory = unsafe { OwnedFd::from_raw_fd(opened) };
    let fd = directory.as_raw_fd();
    let mut buffer = [0_u64; LISTING_BUFFER / 8];
    loop {
        // SAFETY: the kernel writes at most that many bytes into buffer.
        let count = unsafe { libc::syscall(libc::SYS_getdents64, fd, buffer.as_mut_ptr(), LISTING_BUFFER) };
        let Ok(count) = usize::try_from(count) else { return Err(io::Error::last_os_error()) };
        if count == 0 {
            return statx(fd, c"", libc::AT_EMPTY_PATH);
        }
        // SAFETY: any bytes are valid u8, and the kernel has written count of them.
        let mut entries = unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), count) };
        while let Some((name, rest)) = first_entry(entries) {
            entries = rest;
            if !matches!(name.to_bytes(), b"." | b"..") {
                each(name.to_bytes(), state_at(fd, name).ok());
            }
        }
    }
}

/// Bytes asked for at a time: most directories fit.
#[cfg(target_os = "linux")]
const LISTING_BUFFER: usize = 16 * 1024;

/// The first name of a buffer of `struct linux_dirent64` (getdents64(2): ino, offset, u16 length at 16, type, name at
/// 19), and the rest of the buffer.
#[cfg(target_os = "linux")]
fn first_entry(entries: &[u8]) -> Option<(&CStr, &[u8])> {
    let length = usize::from(u16::from_ne_bytes(entries.get(16..18)?.try_into().ok()?));
    let name = CStr::from_bytes_until_nul(entries.get(19..length)?).ok()?;
    Some((name, &entries[length..]))
}

/// Hands every name in the directory `path` with its state to `each` (no state: it had gone when asked for), and
/// returns the state of the directory itself, taken after its names had been read.
#[cfg(not(target_os = "linux"))]
pub fn list(path: &CStr, each: &mut dyn FnMut(&[u8], Option<FileState>)) -> io::Result<FileState> {
    use std::os::unix::ffi::OsStrExt as _;
    let directory = std::path::Path::new(std::ffi::OsStr::from_bytes(path.to_bytes()));
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let state = entry.metadata().ok().map(|metadata| FileState::from_metadata(&metadata));
        each(entry.file_name().as_bytes(), state);
    }
    std::fs::metadata(directory).map(|metadata| FileState::from_metadata(&metadata))
}

/// The state of the file called `path`; a symbolic link is not followed.
#[cfg(not(target_os = "linux"))]
pub fn state_of(path: &CStr) -> io::Result<FileState> {
    use std::os::unix::ffi::OsStrExt as _;
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path.to_bytes()));
    std::fs::symlink_metadata(path).map(|metadata| FileState::from_metadata(&metadata))
}

/// A lower bound for the `ctime` of every change made from now on in a local file system, and where the kernel can
/// tell (Linux 6.13) an upper bound of all made before.
///
/// Kernels stamp files with the clock of the last timer tick (`CLOCK_REALTIME_COARSE`). Since 6.13
/// (Documentation/filesystems/multigrain-ts.rst) a change after somebody has looked is stamped with the exact time, and no
/// file anywhere gets an older stamp afterwards. So change a file of our own in memory, look, and change it again.
pub fn change_clock() -> FileTime {
    #[cfg(target_os = "linux")]
    let clock = libc::CLOCK_REALTIME_COARSE;
    #[cfg(not(target_os = "linux"))]
    let clock = libc::CLOCK_REALTIME;
    let now = read_clock(clock);
    let coarse = (now.tv_sec, u32::try_from(now.tv_nsec).unwrap_or(0));
    stamp_of_a_change_now().map_or(coarse, |exact| exact.max(coarse))
}

#[cfg(target_os = "linux")]
fn stamp_of_a_change_now() -> Option<FileTime> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let file = std::fs::File::from(memfd_create(c"ledger-run-clock", MFdFlags::MFD_CLOEXEC).ok()?);
    file.set_len(1).ok()?;
    file.metadata().ok()?;
    file.set_len(2).ok()?;
    file.metadata().ok().map(|metadata| FileState::from_metadata(&metadata).ctime)
}

#[cfg(not(target_os = "linux"))]
fn stamp_of_a_change_now() -> Option<FileTime> {
    None
}

/// Wall clock minus monotonic clock in milliseconds: it changes only when somebody sets the clock.
pub fn clock_offset_ms() -> i64 {
    let millis = |time: libc::timespec| time.tv_sec * 1000 + time.tv_nsec / 1_000_000;
    millis(read_clock(libc::CLOCK_REALTIME)) - millis(read_clock(libc::CLOCK_MONOTONIC))
}

fn read_clock(clock: libc::clockid_t) -> libc::timespec {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: now is a valid timespec; with a known clock the call cannot fail.
    unsafe { libc::clock_gettime(clock, &raw mut now) };
    now
}

/// Whether the files below `path` live on another machine or in a user process, whose clock stamps them. An unknown
/// answer counts as no.
#[cfg(target_os = "linux")]
pub fn is_remote(path: &std::path::Path) -> bool {
    // linux/magic.h and the file systems' own headers: NFS, SMB, CIFS, 9p, FUSE, AFS, Ceph, CODA, NCP.
    const REMOTE: [i64; 10] = [
        0x6969,
        0x517b,
        0xff53_4d42,
        0xfe53_4d42,
        0x0102_1997,
        0x6573_5546,
        0x5346_414f,
        0x00c3_6400,
        0x7375_7245,
        0x564c,
    ];
    nix::sys::statfs::statfs(path).is_ok_and(|found| REMOTE.contains(&found.filesystem_type().0))
}

/// Whether the files below `path` live on another machine. An unknown answer counts as no.
#[cfg(not(target_os = "linux"))]
pub fn is_remote(path: &std::path::Path) -> bool {
    nix::sys::statfs::statfs(path).is_ok_and(|found| !found.flags().contains(nix::mount::MntFlags::MNT_LOCAL))
}
