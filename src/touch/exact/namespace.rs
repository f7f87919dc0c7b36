//! Paths of processes that have changed their root or their mounts: sandboxes, containers, chroot.
//!
//! The same directory is looked for among our own mounts, by device and place in its file system
//! (`/proc/PID/mountinfo`, `proc_pid_mountinfo(5)`). What only the sandbox has mounted has no path here.

use crate::sys::peer;
use crate::touch::apart::is_at_or_below;
use crate::touch::exact::resolve::{Miss, join, miss_of, place_of, split};
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat, openat2};
use nix::sys::stat::Mode;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// File systems that hold nothing that stays.
const EPHEMERAL: [&[u8]; 8] =
    [b"tmpfs", b"devtmpfs", b"proc", b"sysfs", b"devpts", b"mqueue", b"cgroup2", b"ramfs"];

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    id: Vec<u8>,
    device: Vec<u8>,
    /// What of the file system is mounted.
    root: Vec<u8>,
    /// Where.
    point: Vec<u8>,
    kind: Vec<u8>,
}

type Mounts = Arc<Vec<Mount>>;

/// Mount namespace and root.
type View = [Vec<u8>; 2];

/// Remembers the mounts of each namespace.
#[derive(Debug, Default)]
pub struct Namespaces {
    own_view: OnceLock<Option<View>>,
    known: Mutex<HashMap<Vec<u8>, Mounts>>,
}

impl Namespaces {
    /// Somebody changes mounts.
    pub fn forget(&self) {
        self.lock().clear();
    }

    /// Whether `tid` sees the tree as we do.
    pub fn is_at_home(&self, tid: u32) -> Result<bool, Miss> {
        let view = |tid: u32| -> Option<View> {
            Some([peer::link(tid, "ns/mnt").ok()?, peer::link(tid, "root").ok()?])
        };
        let ours = self.own_view.get_or_init(|| view(std::process::id()));
        let theirs = view(tid).ok_or(Miss::Unreadable)?;
        Ok(ours.as_ref() == Some(&theirs))
    }

    /// The path in our view of what `path`, relative to the descriptor `dir`, is in the view of `tid`.
    pub fn translate(&self, tid: u32, dir: i32, path: &[u8]) -> Result<Vec<u8>, Miss> {
        let (base, path) = beginning(dir, path);
        let (parent, name) = match split(path) {
            (_, b"" | b"." | b"..") => (path, &b""[..]),
            (b"/", name) if path.first() != Some(&b'/') => (&b""[..], name),
            parts => parts,
        };
        let directory = open_as(tid, &base, parent)?;
        let own_fd = directory.as_raw_fd();
        let inner = place_of(format!("/proc/self/fd/{own_fd}").as_bytes())?;
        let parent = self.at_home(tid, &mount_of(own_fd), inner)?;
        Ok(if name.is_empty() { parent } else { join(&parent, name) })
    }

    /// The path in our view of the directory that is `inner` on the mount `id`.
    fn at_home(&self, tid: u32, id: &[u8], inner: Vec<u8>) -> Result<Vec<u8>, Miss> {
        let ours = self.mounts_of(std::process::id())?;
        // A mount of our own: the caller has only changed its root.
        if ours.iter().any(|mount| mount.id == id) {
            return Ok(inner);
        }
        let theirs = self.mounts_of(tid)?;
        let mount = theirs.iter().find(|mount| mount.id == id).ok_or(Miss::Private)?;
        let place = append(&mount.root, below(&inner, &mount.point).ok_or(Miss::Private)?);
        let holding = ours.iter().filter(|m| m.device == mount.device && is_at_or_below(&place, &m.root));
        // The innermost of our mounts that shows the place.
        match holding.max_by_key(|m| m.root.len()) {
            Some(m) => Ok(append(&m.point, below(&place, &m.root).unwrap_or_default())),
            None if EPHEMERAL.contains(&mount.kind.as_slice()) => Err(Miss::Nothing),
            None => Err(Miss::Private),
        }
    }

    fn mounts_of(&self, tid: u32) -> Result<Mounts, Miss> {
        let namespace = peer::link(tid, "ns/mnt").map_err(|_| Miss::Unreadable)?;
        if let Some(known) = self.lock().get(&namespace) {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(mounts(tid)?);
        self.lock().insert(namespace, Arc::clone(&found));
        Ok(found)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Vec<u8>, Mounts>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mounts(tid: u32) -> Result<Vec<Mount>, Miss> {
    let text = std::fs::read(format!("/proc/{tid}/mountinfo")).map_err(|_| Miss::Unreadable)?;
    Ok(text.split(|byte| *byte == b'\n').filter_map(parse).collect())
}

/// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`
fn parse(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let id = fields.next()?.to_vec();
    let device = fields.nth(1)?.to_vec();
    let (root, point) = (unescape(fields.next()?), unescape(fields.next()?));
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?.to_vec();
    Some(Mount { id, device, root, point, kind })
}

/// Blanks and backslashes are written as three octal digits.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, after)) = rest.split_first() {
        let octal = after.get(..3).filter(|digits| byte == b'\\' && digits.iter().all(u8::is_ascii_digit));
        if let Some(digits) = octal {
            let value =
                digits.iter().fold(0_u8, |value, digit| value.wrapping_mul(8).wrapping_add(digit - b'0'));
            plain.push(value);
            rest = &after[3..];
        } else {
            plain.push(byte);
            rest = after;
        }
    }
    plain
}

/// What is left of `path` below `place`, with its slash; empty for `place` itself.
fn below<'a>(path: &'a [u8], place: &[u8]) -> Option<&'a [u8]> {
    if place == b"/" {
        return Some(if path == b"/" { b"" } else { path });
    }
    is_at_or_below(path, place).then(|| &path[place.len()..])
}

fn append(place: &[u8], rest: &[u8]) -> Vec<u8> {
    match (place, rest) {
        (b"/", b"") => b"/".to_vec(),
        (b"/", rest) => rest.to_vec(),
        (place, rest) => [place, rest].concat(),
    }
}

/// The id of the mount a descriptor is on.
fn mount_of(fd: RawFd) -> Vec<u8> {
    let details = std::fs::read(format!("/proc/self/fdinfo/{fd}")).unwrap_or_default();
    let id = details.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"mnt_id:"));
    id.unwrap_or_default().trim_ascii().to_vec()
}

const PLACE: OFlag = OFlag::O_PATH.union(OFlag::O_CLOEXEC);

/// Which link of `/proc/TID` a path begins at, and the rest of it. `/proc` itself may be another one for the caller.
fn beginning(dir: i32, path: &[u8]) -> (String, &[u8]) {
    let standard = [("/dev/stdin", "fd/0"), ("/dev/stdout", "fd/1"), ("/dev/stderr", "fd/2")];
    if let Some((_, base)) = standard.iter().find(|(name, _)| name.as_bytes() == path) {
        return ((*base).to_owned(), b"");
    }
    for own in ["/proc/self/fd/", "/proc/thread-self/fd/", "/dev/fd/"] {
        let Some(rest) = path.strip_prefix(own.as_bytes()) else { continue };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if let (Ok(number), b"" | [b'/', ..]) = (std::str::from_utf8(&rest[..digits]), &rest[digits..])
            && digits > 0
        {
            let after = &rest[digits..];
            return (format!("fd/{number}"), after.strip_prefix(b"/").unwrap_or(after));
        }
    }
    let base = match (path.first(), dir) {
        (Some(b'/'), _) => "root".to_owned(),
        (_, libc::AT_FDCWD) => "cwd".to_owned(),
        (_, fd) => format!("fd/{fd}"),
    };
    (base, path)
}

/// Opens `path`, seen from a link of `/proc/TID`, as the caller would: links on the way begin at its own root.
fn open_as(tid: u32, base: &str, path: &[u8]) -> Result<OwnedFd, Miss> {
    let opened = |name: &str| open(format!("/proc/{tid}/{name}").as_str(), PLACE, Mode::empty());
    let failed = |error: nix::Error| miss_of(tid, path, &error.into());
    let start = opened(base).map_err(failed)?;
    if path.is_empty() {
        return Ok(start);
    }
    let root = opened("root").map_err(failed)?;
    let in_root = |path: &[u8]| {
        openat2(
            &root,
            OsStr::from_bytes(path),
            OpenHow::new().flags(PLACE).resolve(ResolveFlag::RESOLVE_IN_ROOT),
        )
    };
    if base == "root" {
        return in_root(path).map_err(failed);
    }
    // A descriptor may lie outside the root; then the kernel, too, goes on from where it is.
    let (top, place) = (peer::link(tid, "root"), peer::link(tid, base));
    let inside =
        top.ok().zip(place.ok()).and_then(|(top, place)| below(&place, &top).map(|rest| join(rest, path)));
    match inside.map(|path| in_root(&path)) {
        Some(Ok(found)) => Ok(found),
        _ => openat(&start, OsStr::from_bytes(path), PLACE, Mode::empty()).map_err(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_tables_are_read() {
        let line = br"36 35 98:0 /mnt1 /with\040blank rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue";
        let mount = parse(line).unwrap();
        assert_eq!((mount.id.as_slice(), mount.device.as_slice()), (&b"36"[..], &b"98:0"[..]));
        assert_eq!((mount.root.as_slice(), mount.point.as_slice()), (&b"/mnt1"[..], &b"/with blank"[..]));
        assert_eq!(mount.kind, b"ext3");
        assert!(parse(b"").is_none());
        assert!(mounts(std::process::id()).unwrap().iter().any(|mount| mount.point == b"/"));
    }

    #[test]
    fn places_below_mounts() {
        assert_eq!(below(b"/a/b", b"/a"), Some(&b"/b"[..]));
        assert_eq!(below(b"/a", b"/a"), Some(&b""[..]));
        assert_eq!(below(b"/a", b"/"), Some(&b"/a"[..]));
        assert_eq!(below(b"/ab", b"/a"), None);
        assert_eq!(append(b"/", b"/x"), b"/x");
        assert_eq!(append(b"/m", b"/x"), b"/m/x");
        assert_eq!(append(b"/", b""), b"/");
    }

    #[test]
    fn paths_begin_where_the_caller_says() {
        let begins = |dir, path: &'static str| beginning(dir, path.as_bytes());
        let cwd = libc::AT_FDCWD;
        for (dir, path, base, rest) in [
            (cwd, "a/b", "cwd", "a/b"),
            (7, "a", "fd/7", "a"),
            (7, "/a", "root", "/a"),
            (cwd, "/dev/stdout", "fd/1", ""),
            (cwd, "/dev/fd/12/a/b", "fd/12", "a/b"),
            (cwd, "/proc/self/fd/3", "fd/3", ""),
            (cwd, "/proc/self/fd/3x", "root", "/proc/self/fd/3x"),
            (cwd, "/dev/fd/", "root", "/dev/fd/"),
        ] {
            assert_eq!(begins(dir, path), (base.to_owned(), rest.as_bytes()), "{path}");
        }
    }

    #[test]
    fn we_are_at_home() {
        use std::os::unix::ffi::OsStringExt as _;
        assert_eq!(Namespaces::default().is_at_home(std::process::id()), Ok(true));
        let (own, name) = (std::process::id(), std::env::current_exe().unwrap().into_os_string().into_vec());
        assert_eq!(Namespaces::default().translate(own, libc::AT_FDCWD, &name), Ok(name));
    }
}
