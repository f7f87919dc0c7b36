//! One pass over the roots: names and metadata of everything in them, nothing opened but directories.
//!
//! Symbolic links are not followed and other file systems not entered. Two threads at most, and one only in small
//! trees. A pass ends early at its deadline, at its number of entries, or when told to; what it did not
//! get to is said.

use crate::sys::stat::{FileKind, FileState, list};
use std::collections::HashMap;
use std::ffi::{CStr, CString, OsStr};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// Directories waiting before a second thread is worth starting.
const HELPER_AT: usize = 16;

/// Paths that could not be read and are named one by one; the rest is counted.
const UNREADABLE_NAMED: usize = 4;

/// When a pass has to end.
#[derive(Debug, Default)]
pub struct WalkLimits {
    /// Latest end.
    pub deadline: Option<Instant>,
    /// Most entries; zero for no bound.
    pub entries: u64,
    /// Set by somebody who no longer needs the answer.
    pub stop: AtomicBool,
}

/// One directory as it was found.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The directory itself, looked at after its names had been read.
    pub state: FileState,
    /// All names, one after the other: an allocation for each would cost as much as asking the kernel for its state.
    names: Vec<u8>,
    /// Where the names end, and their states, in the kernel's order; no state: it had gone when we asked.
    entries: Vec<(u32, Option<FileState>)>,
}

impl Listing {
    fn read(directory: &CStr) -> std::io::Result<Self> {
        let (mut names, mut entries) = (Vec::new(), Vec::new());
        let state = list(directory, &mut |name, state| {
            names.extend_from_slice(name);
            // Four gigabytes of names in one directory fit in no budget of entries.
            entries.push((u32::try_from(names.len()).unwrap_or(u32::MAX), state));
        })?;
        Ok(Self { state, names, entries })
    }

    /// Names and states, in the order in which the kernel lists them.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&FileState>)> {
        let mut from = 0;
        self.entries.iter().map(move |(end, state)| {
            let end = *end as usize;
            (&self.names[std::mem::replace(&mut from, end)..end], state.as_ref())
        })
    }

    /// Entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Entries by name: `None` where there is none of that name, `Some(None)` where it had gone when we asked.
    pub fn by_name(&self) -> HashMap<&[u8], Option<&FileState>> {
        self.iter().collect()
    }
}

/// What a pass has found.
#[derive(Debug, Default)]
pub struct Walk {
    /// Directories by absolute path.
    pub directories: HashMap<Vec<u8>, Listing>,
    /// Entries in them.
    pub entries: u64,
    /// Directories not looked at because a limit was reached.
    pub left_out: u64,
    /// Why directories could not be looked at, one phrase each.
    pub unreadable: Vec<String>,
    /// Directories met but not looked at, for either reason: what is in them is unknown.
    pub unlisted: Vec<Vec<u8>>,
    /// Somebody gave up waiting for the pass, so that there is nothing else in here.
    pub hung: bool,
}

impl Walk {
    /// A pass that did not come back.
    pub fn hung() -> Self {
        Self { hung: true, ..Self::default() }
    }

    /// Whether everything was looked at.
    pub fn is_whole(&self) -> bool {
        self.left_out == 0 && self.unreadable.is_empty() && !self.hung
    }

    /// What was not looked at, in words.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps: Vec<String> = self.unreadable.iter().take(UNREADABLE_NAMED).cloned().collect();
        let more = self.unreadable.len().saturating_sub(UNREADABLE_NAMED);
        if more > 0 {
            gaps.push(format!("{more} more directories could not be read"));
        }
        if self.hung {
            gaps.push(
                "a file system did not answer, so nothing was looked at (is a network mount dead?)"
                    .to_owned(),
            );
        }
        if self.left_out > 0 {
            let seen = self.entries;
            gaps.push(format!(
                "{} directories were not looked at: the budget ended after {seen} entries",
                self.left_out
            ));
        }
        gaps
    }

    fn absorb(&mut self, part: Part) {
        self.directories.extend(part.directories);
        self.unreadable.extend(part.unreadable);
        self.unlisted.extend(part.unlisted);
        self.left_out += part.left_out;
    }
}

/// Walks `roots`, leaving out directories for which `skip` says so.
pub fn walk(roots: &[PathBuf], skip: &(dyn Fn(&[u8]) -> bool + Sync), limits: &WalkLimits) -> Walk {
    let shared = Shared {
        queue: Mutex::new(Queue::default()),
        wake: Condvar::new(),
        entries: AtomicU64::new(0),
        helping: AtomicBool::new(false),
        skip,
        limits,
    };
    let mut whole = Walk::default();
    shared.lock().waiting.extend(outermost(roots).into_iter().map(|root| (root, None)));
    std::thread::scope(|scope| {
        let help = || drop(scope.spawn(|| finish_part(&shared, &mut Part::default())));
        let mut part = Part::default();
        shared.work(&mut part, &help);
        shared.lock().done.push(part);
    });
    whole.entries = shared.entries.load(Ordering::Relaxed);
    let parts = std::mem::take(&mut shared.lock().done);
    for part in parts {
        whole.absorb(part);
    }
    whole
}

fn finish_part(shared: &Shared<'_>, part: &mut Part) {
    shared.work(part, &|| {});
    shared.lock().done.push(std::mem::take(part));
}

/// Roots without those inside another one.
fn outermost(roots: &[PathBuf]) -> Vec<PathBuf> {
    let mut sorted: Vec<PathBuf> = roots.to_vec();
    sorted.sort();
    let mut kept: Vec<PathBuf> = Vec::new();
    for root in sorted {
        if !kept.iter().any(|outer| root.starts_with(outer)) {
            kept.push(root);
        }
    }
    kept
}

#[derive(Default)]
struct Queue {
    /// Directories to read, and the device to stay on.
    waiting: Vec<(PathBuf, Option<u64>)>,
    /// Threads that may still add to it.
    busy: usize,
    done: Vec<Part>,
}

#[derive(Default)]
struct Part {
    directories: Vec<(Vec<u8>, Listing)>,
    unreadable: Vec<String>,
    unlisted: Vec<Vec<u8>>,
    left_out: u64,
}

struct Shared<'a> {
    queue: Mutex<Queue>,
    wake: Condvar,
    entries: AtomicU64,
    helping: AtomicBool,
    skip: &'a (dyn Fn(&[u8]) -> bool + Sync),
    limits: &'a WalkLimits,
}

impl Shared<'_> {
    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, part: &mut Part, help: &dyn Fn()) {
        while let Some((directory, device)) = self.take() {
            if self.over() {
                part.left_out += 1;
                part.unlisted.push(directory.into_os_string().into_vec());
                self.put_back(Vec::new());
                continue;
            }
            let found = self.read(directory, device, part);
            if self.put_back(found) > HELPER_AT && !self.helping.swap(true, Ordering::Relaxed) {
                help();
            }
        }
    }

    fn take(&self) -> Option<(PathBuf, Option<u64>)> {
        let mut queue = self.lock();
        loop {
            if let Some(next) = queue.waiting.pop() {
                queue.busy += 1;
                return Some(next);
            }
            if queue.busy == 0 {
                return None;
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put_back(&self, found: Vec<(PathBuf, Option<u64>)>) -> usize {
        let mut queue = self.lock();
        queue.busy -= 1;
        queue.waiting.extend(found);
        self.wake.notify_all();
        queue.waiting.len()
    }

    fn over(&self) -> bool {
        let limits = self.limits;
        limits.stop.load(Ordering::Relaxed)
            || limits.deadline.is_some_and(|deadline| Instant::now() >= deadline)
            || (limits.entries > 0 && self.entries.load(Ordering::Relaxed) >= limits.entries)
    }

    fn read(&self, directory: PathBuf, device: Option<u64>, part: &mut Part) -> Vec<(PathBuf, Option<u64>)> {
        let listing = CString::new(directory.as_os_str().as_bytes()).map_err(Into::into);
        match listing.and_then(|name| Listing::read(&name)) {
            Ok(listing) => {
                let device = device.unwrap_or(listing.state.dev);
                self.entries.fetch_add(listing.len() as u64, Ordering::Relaxed);
                let below = self.below(&directory, &listing, device, part);
                part.directories.push((directory.into_os_string().into_vec(), listing));
                below
            }
            Err(error) => {
                part.unreadable.push(format!("{}: {error}", directory.display()));
                part.unlisted.push(directory.into_os_string().into_vec());
                Vec::new()
            }
        }
    }

    fn below(
        &self,
        directory: &Path,
        listing: &Listing,
        device: u64,
        part: &mut Part,
    ) -> Vec<(PathBuf, Option<u64>)> {
        let mut below = Vec::new();
        for (name, state) in listing.iter() {
            let Some(state) = state.filter(|state| state.kind() == FileKind::Directory) else { continue };
            let path = directory.join(OsStr::from_bytes(name));
            if (self.skip)(path.as_os_str().as_bytes()) {
                continue;
            }
            if state.dev == device {
                below.push((path, Some(device)));
            } else {
                part.unreadable.push(format!("{}: another file system", path.display()));
            }
        }
        below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(directories: usize, files: usize) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for d in 0..directories {
            let directory = root.path().join(format!("d{d}"));
            std::fs::create_dir(&directory).unwrap();
            for f in 0..files {
                std::fs::write(directory.join(format!("f{f}")), "x").unwrap();
            }
        }
        root
    }

    fn walk_all(root: &Path, limits: &WalkLimits) -> Walk {
        walk(&[root.to_path_buf(), root.join("d1")], &|_| false, limits)
    }

    #[test]
    fn everything_is_found_once() {
        let root = tree(50, 20);
        std::os::unix::fs::symlink("..", root.path().join("d0/up")).unwrap();
        let walk = walk_all(root.path(), &WalkLimits::default());
        assert_eq!((walk.entries, walk.directories.len()), (50 + 50 * 20 + 1, 51));
        assert!(walk.is_whole(), "{:?}", walk.gaps());
        let d7 = &walk.directories[root.path().join("d7").as_os_str().as_bytes()];
        let names = d7.by_name();
        assert_eq!(names[&b"f3"[..]].unwrap().size, 1);
        assert!(!names.contains_key(&b"f99"[..]) && names.len() == 20);
    }

    #[test]
    fn limits_are_kept_and_told() {
        let root = tree(40, 50);
        let walk = walk_all(root.path(), &WalkLimits { entries: 100, ..WalkLimits::default() });
        assert!(walk.left_out > 30 && walk.left_out < 40, "{}", walk.left_out);
        assert!(walk.gaps()[0].contains("directories were not looked at"), "{:?}", walk.gaps());
        let stopped = WalkLimits { stop: AtomicBool::new(true), ..WalkLimits::default() };
        assert_eq!(walk_all(root.path(), &stopped).entries, 0);
    }

    #[test]
    fn what_is_skipped_is_not_entered_and_what_is_missing_is_named() {
        let root = tree(3, 1);
        let skip = |path: &[u8]| path.ends_with(b"/d1");
        let walk = walk(&[root.path().to_path_buf(), root.path().join("no")], &skip, &WalkLimits::default());
        // A root inside another one is walked with it, and a name that is not there simply is not there.
        assert_eq!((walk.directories.len(), walk.unreadable.len()), (3, 0));
        let missing = super::walk(&[root.path().join("no")], &skip, &WalkLimits::default());
        assert!(missing.gaps()[0].contains("No such file"), "{:?}", missing.gaps());
    }
}
