//! From what a call says (`../x`, a descriptor, `/dev/stdout`) to the absolute path it means.
//!
//! Directories are resolved by the kernel itself, through the caller's own `/proc/TID/cwd` and `fd/N`; only
//! names that mean something else for the caller than for us (`/proc/self`) are replaced before. The last name is
//! never followed here: which calls follow it is for [`super::trap`] to know.

use crate::sys::peer;
use crate::sys::stat::FileState;
use crate::touch::exact::namespace::Namespaces;
use crate::touch::exact::trap::look;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Links the kernel follows in one path (`path_resolution(7)`).
const LINKS_MAX: usize = 40;

/// Directories remembered before the memory is emptied.
const CACHE_MAX: usize = 16 * 1024;

/// A call that changes what paths mean has run by then, or its thread has made another one.
const UNSETTLED_FOR: Duration = Duration::from_millis(100);

/// Why a path cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Miss {
    /// It leads nowhere, so the call will fail; or to something without a name in the tree.
    Nothing,
    /// The caller cannot be looked into.
    Unreadable,
    /// It is on a mount only the caller's namespace has.
    Private,
}

/// Resolves, remembering directories.
#[derive(Debug, Default)]
pub struct Resolver {
    cache: Mutex<Cache>,
    /// Set once somebody inside has changed roots or mounts.
    namespaces_differ: AtomicBool,
    namespaces: Namespaces,
}

#[derive(Debug, Default)]
struct Cache {
    directories: HashMap<Vec<u8>, Vec<u8>>,
    /// Threads in a call that may change what paths mean.
    unsettled: Vec<(u32, Instant)>,
}

impl Resolver {
    /// Every trapped call of `tid` says that its last one is over.
    pub fn arrived(&self, tid: u32) {
        let mut cache = self.lock();
        if !cache.unsettled.is_empty() {
            cache.unsettled.retain(|(other, since)| *other != tid && since.elapsed() < UNSETTLED_FOR);
        }
    }

    /// A call of `tid` is about to change what paths mean: nothing remembered holds any longer.
    pub fn upset(&self, tid: u32) {
        let mut cache = self.lock();
        cache.directories.clear();
        cache.unsettled.push((tid, Instant::now()));
    }

    /// A call of `tid` is about to change roots or mounts.
    pub fn namespaces_change(&self, tid: u32) {
        self.namespaces_differ.store(true, Ordering::Relaxed);
        self.namespaces.forget();
        self.upset(tid);
    }

    /// The path that `path`, relative to the caller's descriptor `dir`, means; its last name is not followed.
    pub fn path(&self, tid: u32, dir: i32, path: &[u8]) -> Result<Vec<u8>, Miss> {
        if path.is_empty() && dir == libc::AT_FDCWD {
            return Err(Miss::Nothing);
        }
        if self.namespaces_differ.load(Ordering::Relaxed) && !self.namespaces.is_at_home(tid)? {
            return self.namespaces.translate(tid, dir, path);
        }
        let absolute = path.first() == Some(&b'/');
        let base = if absolute { Vec::new() } else { base_of(tid, dir)? };
        if path.is_empty() {
            return Ok(base);
        }
        let joined = join(&base, path);
        // The kernel has told us the directory without links and dots; below these two names may mean something else.
        let plain = !absolute && !path.contains(&b'/') && path != b"." && path != b"..";
        if plain && !base.starts_with(b"/proc") && !base.starts_with(b"/dev") {
            return Ok(joined);
        }
        self.in_our_view(tid, &joined)
    }

    /// Like [`Resolver::path`] for a root of the caller's choosing: openat2(2), `RESOLVE_IN_ROOT`.
    pub fn path_in_root(&self, tid: u32, root: i32, path: &[u8]) -> Result<Vec<u8>, Miss> {
        let start = path.iter().position(|byte| *byte != b'/').unwrap_or(path.len());
        self.path(tid, root, &path[start..])
    }

    /// What `path` means once its last name is followed as far as it is a symbolic link.
    pub fn follow(&self, tid: u32, path: Vec<u8>) -> Result<Vec<u8>, Miss> {
        let mut path = path;
        for _ in 0..LINKS_MAX {
            let Ok(target) = std::fs::read_link(Path::new(OsStr::from_bytes(&path))) else { return Ok(path) };
            // Links below /proc lead to the file itself, whatever their text says.
            if path.starts_with(b"/proc/") {
                return place_of(&path);
            }
            let target = target.into_os_string().into_vec();
            // An absolute one begins at the caller's root, which may not be ours.
            path = match target.first() {
                Some(b'/') => self.path(tid, libc::AT_FDCWD, &target)?,
                _ => self.in_our_view(tid, &join(split(&path).0, &target))?,
            };
        }
        Err(Miss::Nothing)
    }

    fn in_our_view(&self, tid: u32, path: &[u8]) -> Result<Vec<u8>, Miss> {
        let path = &*as_the_caller(tid, path);
        let (parent, name) = split(path);
        if name == b"." || name == b".." || name.is_empty() {
            return canonical(tid, path);
        }
        self.directory(tid, parent).map(|parent| join(&parent, name))
    }

    fn directory(&self, tid: u32, directory: &[u8]) -> Result<Vec<u8>, Miss> {
        // Descriptors and working directories come and go without a call we see.
        if directory.starts_with(b"/proc/") {
            return canonical(tid, directory);
        }
        let settled = {
            let cache = self.lock();
            if cache.unsettled.is_empty()
                && let Some(known) = cache.directories.get(directory)
            {
                return Ok(known.clone());
            }
            cache.unsettled.is_empty()
        };
        let found = match canonical(tid, directory) {
            Ok(found) => found,
            // Another thread may be about to make it.
            Err(Miss::Nothing) => return deepest(tid, directory),
            Err(other) => return Err(other),
        };
        let mut cache = self.lock();
        if settled && cache.unsettled.is_empty() {
            if cache.directories.len() >= CACHE_MAX {
                cache.directories.clear();
            }
            cache.directories.insert(directory.to_vec(), found.clone());
        }
        Ok(found)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the caller's relative paths begin: a path, or a link below `/proc` to a directory without one.
fn base_of(tid: u32, dir: i32) -> Result<Vec<u8>, Miss> {
    let link =
        if dir == libc::AT_FDCWD { format!("/proc/{tid}/cwd") } else { format!("/proc/{tid}/fd/{dir}") };
    let target = target_of(link.as_bytes())?;
    match target.first() {
        // A directory that was removed while somebody is in it still has a parent.
        Some(b'/') if is_deleted(link.as_bytes(), &target) => Ok(link.into_bytes()),
        Some(b'/') => Ok(target),
        _ => Err(Miss::Nothing),
    }
}

/// The path of the file a link below `/proc` leads to; `pipe:[1]` and files without a name have none.
pub(super) fn place_of(link: &[u8]) -> Result<Vec<u8>, Miss> {
    let target = target_of(link)?;
    if target.first() == Some(&b'/') && !is_deleted(link, &target) { Ok(target) } else { Err(Miss::Nothing) }
}

fn target_of(link: &[u8]) -> Result<Vec<u8>, Miss> {
    let target = std::fs::read_link(Path::new(OsStr::from_bytes(link))).map_err(|error| {
        // No such descriptor: the call fails. No such thread: nobody waits for our answer.
        if is_absence(&error) { Miss::Nothing } else { Miss::Unreadable }
    })?;
    Ok(target.into_os_string().into_vec())
}

/// The kernel marks the text of a link to a file that has lost its name; but a name may end in that very mark.
fn is_deleted(link: &[u8], target: &[u8]) -> bool {
    if !target.ends_with(b" (deleted)") {
        return false;
    }
    let file =
        std::fs::metadata(Path::new(OsStr::from_bytes(link))).map(|file| FileState::from_metadata(&file));
    let named = look(target);
    !matches!((file, named), (Ok(file), Some(named)) if (file.dev, file.ino) == (named.dev, named.ino))
}

/// Whether an error says that there is no such file, so that a call for it fails or makes it.
pub(super) fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR | libc::ELOOP | libc::ESRCH))
}

/// What it means that we cannot look at `path`: nothing, if the caller cannot either.
pub(super) fn miss_of(tid: u32, path: &[u8], error: &std::io::Error) -> Miss {
    let fails_for_all = match error.raw_os_error() {
        Some(libc::EACCES | libc::EPERM) => peer::has_our_rights(tid),
        // One name is too long for everybody; a whole path may be short for one who stands further down.
        Some(libc::ENAMETOOLONG) => path.len() < peer::PATH_MAX,
        _ => is_absence(error),
    };
    if fails_for_all { Miss::Nothing } else { Miss::Unreadable }
}

/// Replaces names that mean something else for the caller than for us.
fn as_the_caller(tid: u32, path: &[u8]) -> Cow<'_, [u8]> {
    let own: [(&[u8], &str); 6] = [
        (b"/proc/self", ""),
        (b"/proc/thread-self", ""),
        (b"/dev/fd", "/fd"),
        (b"/dev/stdin", "/fd/0"),
        (b"/dev/stdout", "/fd/1"),
        (b"/dev/stderr", "/fd/2"),
    ];
    for (name, place) in own {
        if let Some(rest) = path.strip_prefix(name)
            && (rest.is_empty() || rest[0] == b'/')
        {
            return Cow::Owned([format!("/proc/{tid}{place}").as_bytes(), rest].concat());
        }
    }
    Cow::Borrowed(path)
}

/// The directory without symbolic links and dots, as the kernel sees it.
fn canonical(tid: u32, directory: &[u8]) -> Result<Vec<u8>, Miss> {
    let opened = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_PATH)
        .open(Path::new(OsStr::from_bytes(directory)))
        .map_err(|error| miss_of(tid, directory, &error))?;
    place_of(format!("/proc/self/fd/{}", opened.as_raw_fd()).as_bytes())
}

/// A directory that does not exist, as it would be called below the part that does.
fn deepest(tid: u32, directory: &[u8]) -> Result<Vec<u8>, Miss> {
    let (parent, name) = split(directory);
    let nameless = name.is_empty() || name == b"." || name == b"..";
    if nameless || parent.starts_with(b"/proc/") || look(directory).is_some() {
        return Err(Miss::Nothing);
    }
    match canonical(tid, parent) {
        Err(Miss::Nothing) => deepest(tid, parent),
        found => found,
    }
    .map(|parent| join(&parent, name))
}

/// `path` seen from `base`; an absolute one stands for itself.
pub(super) fn join(base: &[u8], path: &[u8]) -> Vec<u8> {
    if path.first() == Some(&b'/') || base.is_empty() {
        path.to_vec()
    } else if base.ends_with(b"/") {
        [base, path].concat()
    } else {
        [base, b"/", path].concat()
    }
}

/// Directory and last name; trailing slashes do not count, and the root is its own directory.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    let path = &path[..end];
    match memchr::memrchr(b'/', path) {
        Some(0) => (b"/", &path[1..]),
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (b"/", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> u32 {
        std::process::id()
    }

    #[test]
    fn names_split_as_the_kernel_splits_them() {
        let cases: [(&str, &str, &str); 6] = [
            ("/a/b", "/a", "b"),
            ("/a", "/", "a"),
            ("/a/b//", "/a", "b"),
            ("/", "/", ""),
            ("/a//b", "/a/", "b"),
            ("/a/..", "/a", ".."),
        ];
        for (path, directory, name) in cases {
            assert_eq!(split(path.as_bytes()), (directory.as_bytes(), name.as_bytes()), "{path}");
        }
    }

    #[test]
    fn links_on_the_way_are_resolved_and_the_last_name_is_not() {
        let root = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(root.path()).unwrap();
        std::fs::create_dir(root.join("real")).unwrap();
        std::os::unix::fs::symlink("real", root.join("link")).unwrap();
        std::os::unix::fs::symlink("../target", root.join("real/last")).unwrap();
        let resolver = Resolver::default();
        let path = |text: &str| root.join(text).into_os_string().into_vec();
        let found = resolver.path(own(), libc::AT_FDCWD, &path("link/./last")).unwrap();
        assert_eq!(found, path("real/last"));
        assert_eq!(resolver.follow(own(), found).unwrap(), path("target"));
        assert_eq!(resolver.path(own(), libc::AT_FDCWD, &path("link/no/x")), Ok(path("real/no/x")));
        assert_eq!(resolver.path(own(), libc::AT_FDCWD, &path("real/last/no/x")), Err(Miss::Nothing));
        assert_eq!(
            resolver.path(own(), libc::AT_FDCWD, &path("link/..")),
            Ok(path("").split_last().unwrap().1.to_vec())
        );
    }

    #[test]
    fn what_is_remembered_is_forgotten_when_paths_change_their_meaning() {
        let root = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(root.path()).unwrap();
        for name in ["one", "two"] {
            std::fs::create_dir(root.join(name)).unwrap();
        }
        let resolver = Resolver::default();
        let path = |text: &str| root.join(text).into_os_string().into_vec();
        for (target, tid) in [("one", 7), ("two", 8)] {
            resolver.upset(tid);
            drop(std::fs::remove_file(root.join("link")));
            std::os::unix::fs::symlink(target, root.join("link")).unwrap();
            resolver.arrived(tid);
            for _ in 0..2 {
                let found = resolver.path(own(), libc::AT_FDCWD, &path("link/x")).unwrap();
                assert_eq!(found, path(&format!("{target}/x")));
            }
        }
        assert_eq!(resolver.lock().directories.len(), 1);
    }

    #[test]
    fn a_descriptor_used_again_is_looked_at_again() {
        let root = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(root.path()).unwrap();
        let resolver = Resolver::default();
        let mut number = None;
        for name in ["one", "two"] {
            std::fs::create_dir(root.join(name)).unwrap();
            let directory = std::fs::File::open(root.join(name)).unwrap();
            let fd = directory.as_raw_fd();
            let path = format!("/proc/self/fd/{fd}/x").into_bytes();
            let found = resolver.path(own(), libc::AT_FDCWD, &path).unwrap();
            assert_eq!(found, root.join(name).join("x").into_os_string().into_vec());
            // Another thread of the tests may have taken the number meanwhile; then it proves less, and nothing wrong.
            assert!(number.replace(fd).is_none_or(|before| before >= 0));
        }
    }

    #[test]
    fn a_name_may_end_like_the_mark_of_a_deleted_file() {
        let root = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(root.path()).unwrap();
        let odd = root.join("odd (deleted)");
        std::fs::create_dir(&odd).unwrap();
        let directory = std::fs::File::open(&odd).unwrap();
        let path = |name: &str| odd.join(name).into_os_string().into_vec();
        let resolver = Resolver::default();
        assert_eq!(resolver.path(own(), directory.as_raw_fd(), b"x"), Ok(path("x")));
        assert_eq!(canonical(own(), odd.as_os_str().as_bytes()), Ok(odd.clone().into_os_string().into_vec()));
        std::fs::remove_dir(&odd).unwrap();
        assert_eq!(resolver.path(own(), directory.as_raw_fd(), b"x"), Err(Miss::Nothing));
    }

    #[test]
    fn what_cannot_be_looked_at_is_not_taken_for_absent() {
        let error = std::io::Error::from_raw_os_error;
        for absent in [libc::ENOENT, libc::ENOTDIR] {
            assert_eq!(miss_of(own(), b"/x", &error(absent)), Miss::Nothing);
        }
        // We have our own rights, so the call fails too.
        assert_eq!(miss_of(own(), b"/x", &error(libc::EACCES)), Miss::Nothing);
        for unclear in [libc::EMFILE, libc::EIO, libc::ESTALE, libc::ENOMEM] {
            assert_eq!(miss_of(own(), b"/x", &error(unclear)), Miss::Unreadable);
        }
        assert_eq!(miss_of(own(), &[b'x'; 300], &error(libc::ENAMETOOLONG)), Miss::Nothing);
        assert_eq!(miss_of(own(), &[b'x'; 5000], &error(libc::ENAMETOOLONG)), Miss::Unreadable);
    }

    #[test]
    fn a_pipe_has_no_path() {
        let (reader, _writer) = std::io::pipe().unwrap();
        let name = format!("/proc/self/fd/{}", reader.as_raw_fd());
        let resolver = Resolver::default();
        let path = resolver.path(own(), libc::AT_FDCWD, name.as_bytes()).unwrap();
        assert_eq!(path, format!("/proc/{}/fd/{}", own(), reader.as_raw_fd()).into_bytes());
        assert_eq!(resolver.follow(own(), path), Err(Miss::Nothing));
    }
}
