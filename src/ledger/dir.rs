//! Directories held open, and files opened relative to them.
//!
//! Nothing below an agent's directory is reached through a symbolic link, and only regular files are opened: a
//! writer that follows a link can be made to write anywhere. Every descriptor is close-on-exec.

use nix::NixPath;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, openat, renameat};
use nix::sys::stat::{Mode, SFlag, fstatat, mkdirat};
use nix::unistd::{AccessFlags, UnlinkatFlags, faccessat, unlinkat};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// Something the file system refused.
#[derive(Debug, thiserror::Error)]
#[error("failed to {action} {}: {source}", path.display())]
pub struct FsError {
    /// What was tried, as a verb: `open`, `write`.
    pub action: &'static str,
    /// On what.
    pub path: PathBuf,
    /// Why it failed.
    pub source: io::Error,
}

impl FsError {
    pub(super) fn new(action: &'static str, path: impl Into<PathBuf>, source: impl Into<io::Error>) -> Self {
        Self { action, path: path.into(), source: source.into() }
    }

    /// Whether the path does not exist.
    pub fn is_not_found(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }
}

/// How a file is opened; all of them with `O_NOFOLLOW|O_CLOEXEC|O_NONBLOCK` (the last for FIFOs in a file's place).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// Reading.
    Read,
    /// Reading and writing anywhere in an existing file.
    ReadWrite,
    /// Reading and writing anywhere in an existing or new file.
    Update,
    /// Reading anywhere, writing only at the end of an existing or new file.
    Append,
    /// Writing a file that must not exist yet.
    New,
    /// Writing an existing or new file from scratch.
    Replace,
}

impl Open {
    fn flags(self) -> OFlag {
        let common = OFlag::O_CLOEXEC | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
        common
            | match self {
                Self::Read => OFlag::O_RDONLY,
                Self::ReadWrite => OFlag::O_RDWR,
                Self::Update => OFlag::O_RDWR | OFlag::O_CREAT,
                Self::Append => OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_APPEND,
                Self::New => OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL,
                Self::Replace => OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC,
            }
    }

    /// Whether the file is written and read in turns, where each reading would otherwise be a change of the inode.
    fn is_read_back(self) -> bool {
        matches!(self, Self::Update | Self::Append)
    }
}

/// Leaves the time of the last reading alone. Only the owner of a file may.
#[cfg(target_os = "linux")]
const NO_READ_TIME: OFlag = OFlag::O_NOATIME;
#[cfg(not(target_os = "linux"))]
const NO_READ_TIME: OFlag = OFlag::empty();

fn open_at(dir: impl AsFd, name: &(impl NixPath + ?Sized), how: Open, mode: u32) -> nix::Result<File> {
    let open = |more| openat(dir.as_fd(), name, how.flags() | more, permissions(mode)).map(File::from);
    if how.is_read_back() {
        match open(NO_READ_TIME) {
            Err(nix::errno::Errno::EPERM) => {}
            opened => return opened,
        }
    }
    open(OFlag::empty())
}

/// An open directory and the path it was opened by.
#[derive(Debug)]
pub(super) struct Dir {
    fd: OwnedFd,
    path: PathBuf,
}

impl Dir {
    /// Opens `path`, which must be a directory and not a symbolic link to one.
    pub(super) fn open(path: &Path) -> Result<Self, FsError> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let fd = openat(AT_FDCWD, path, flags, Mode::empty())
            .map_err(|errno| FsError::new("open the directory", path, errno))?;
        Ok(Self { fd, path: path.to_owned() })
    }

    /// Opens `path` after creating it and what leads to it with `mode` where it does not exist.
    pub(super) fn open_or_create(path: &Path, mode: u32) -> Result<Self, FsError> {
        match Self::open(path) {
            Err(error) if error.is_not_found() => {
                create_path(path, mode)?;
                Self::open(path)
            }
            other => other,
        }
    }

    /// Opens the directory `name` in here, which must not be a symbolic link; creates it if `create` gives a mode.
    pub(super) fn subdir(&self, name: &str, create: Option<u32>) -> Result<Self, FsError> {
        let path = self.join(name);
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let open = || openat(&self.fd, name, flags, Mode::empty());
        let opened = match (open(), create) {
            (Err(nix::errno::Errno::ENOENT), Some(mode)) => {
                // That it fails, because somebody else was faster or for good, shows when it is opened.
                let _ = mkdirat(&self.fd, name, permissions(mode));
                open()
            }
            (opened, _) => opened,
        };
        match opened {
            Ok(fd) => Ok(Self { fd, path }),
            Err(errno) => Err(FsError::new("open the directory", path, errno)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of `name` in here, for messages.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Opens the file `name`; a new one gets `mode` less the umask.
    pub(super) fn file(&self, name: &str, how: Open, mode: u32) -> Result<File, FsError> {
        open_at(&self.fd, name, how, mode)
            .map_err(|errno| FsError::new("open", self.join(name), explain(errno)))
    }

    /// Whether `name` is a regular file here, and no link to one.
    pub(super) fn has_file(&self, name: &str) -> bool {
        let found = fstatat(&self.fd, name, AtFlags::AT_SYMLINK_NOFOLLOW);
        found.is_ok_and(|state| state.st_mode & SFlag::S_IFMT.bits() == SFlag::S_IFREG.bits())
    }

    /// Whether `name` exists here, whatever it is.
    pub(super) fn has(&self, name: &str) -> bool {
        faccessat(&self.fd, name, AccessFlags::F_OK, AtFlags::empty()).is_ok()
    }

    /// The names in here, sorted, without `.` and `..`; names that are not UTF-8 are none of ours and left out.
    pub(super) fn names(&self) -> Result<Vec<String>, FsError> {
        let failed = |error| FsError::new("list", &self.path, error);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.path).map_err(failed)? {
            if let Ok(name) = entry.map_err(failed)?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The directory itself.
    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Result<(), FsError> {
        renameat(&self.fd, from, &self.fd, to)
            .map_err(|errno| FsError::new("rename to", self.join(to), errno))
    }

    /// Makes new names in here survive the death of the machine.
    pub(super) fn flush(&self) -> Result<(), FsError> {
        nix::unistd::fsync(&self.fd).map_err(|errno| FsError::new("flush", &self.path, errno))
    }

    /// Removes the file `name`; that it is already gone is fine.
    pub(super) fn unlink(&self, name: &str) -> Result<(), FsError> {
        match unlinkat(&self.fd, name, UnlinkatFlags::NoRemoveDir) {
            Ok(()) | Err(nix::errno::Errno::ENOENT) => Ok(()),
            Err(errno) => Err(FsError::new("remove", self.join(name), errno)),
        }
    }
}

/// Opens the file `path` without holding its directory open: for where descriptors may be short.
pub(super) fn open_path(path: &Path, how: Open, mode: u32) -> Result<File, FsError> {
    open_at(AT_FDCWD, path, how, mode).map_err(|errno| FsError::new("open", path, explain(errno)))
}

/// The first `limit` bytes of `file`, or all there are.
pub(super) fn read_start(file: &File, limit: usize) -> io::Result<Vec<u8>> {
    const FIRST: usize = 4096;
    let mut bytes = vec![0; limit.min(FIRST)];
    let mut filled = 0;
    loop {
        match file.read_at(&mut bytes[filled..], filled as u64) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if filled == limit {
            break;
        }
        if filled == bytes.len() {
            bytes.resize(limit.min(filled * 2), 0);
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// Permission bits as the system's own type, which is 16 bits wide on macOS.
fn permissions(mode: u32) -> Mode {
    Mode::from_bits_truncate((mode & 0o7777) as _)
}

/// Creates `path` and its missing ancestors with `mode` less the umask. Somebody else creating them meanwhile is
/// fine.
pub(super) fn create_path(path: &Path, mode: u32) -> Result<(), FsError> {
    let bits = permissions(mode);
    match (mkdirat(AT_FDCWD, path, bits), path.parent()) {
        (Ok(()) | Err(nix::errno::Errno::EEXIST), _) => Ok(()),
        (Err(nix::errno::Errno::ENOENT), Some(parent)) if !parent.as_os_str().is_empty() => {
            create_path(parent, mode)?;
            match mkdirat(AT_FDCWD, path, bits) {
                Ok(()) | Err(nix::errno::Errno::EEXIST) => Ok(()),
                Err(errno) => Err(FsError::new("create the directory", path, errno)),
            }
        }
        (Err(errno), _) => Err(FsError::new("create the directory", path, errno)),
    }
}

/// The directory mode that goes with `file_mode`: who may read files may also enter.
pub(super) fn dir_mode(file_mode: u32) -> u32 {
    0o700 | file_mode | (file_mode & 0o444) >> 2
}

fn explain(errno: nix::errno::Errno) -> io::Error {
    if errno == nix::errno::Errno::ELOOP {
        return io::Error::other("it is a symbolic link, which a ledger never follows");
    }
    errno.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        std::fs::write(temp.path().join("real"), "x").unwrap();
        std::os::unix::fs::symlink("real", temp.path().join("link")).unwrap();
        let dir = Dir::open(temp.path()).unwrap();
        assert!(dir.file("real", Open::Read, 0).is_ok());
        for how in [Open::Read, Open::Update, Open::Append, Open::Replace, Open::New] {
            assert!(dir.file("link", how, 0o600).is_err(), "{how:?}");
        }
        std::os::unix::fs::symlink(temp.path(), temp.path().join("dirlink")).unwrap();
        assert!(Dir::open(&temp.path().join("dirlink")).is_err());
        assert_eq!(std::fs::read(temp.path().join("real")).unwrap(), b"x");
    }

    #[test]
    fn missing_directories_are_made() {
        let temp = tempfile::tempdir().unwrap();
        let deep = temp.path().join("a/b/c");
        let dir = Dir::open_or_create(&deep, 0o700).unwrap();
        assert!(!dir.has("x"));
        dir.file("x", Open::New, 0o600).unwrap();
        assert!(dir.has("x"));
        dir.rename("x", "y").unwrap();
        assert_eq!(dir.names().unwrap(), ["y"]);
        dir.unlink("y").unwrap();
        dir.unlink("y").unwrap();
        assert_eq!(dir_mode(0o640), 0o750);
    }
}
