//! The portable backend: metadata of the roots before and after.
//!
//! The first pass runs beside the command, so it may come too late for what the command does at once. A file's change
//! time cannot be set back, so every state carries its own proof: changed before the start, it is a
//! true "before"; changed since, it is not. A directory that has changed since may have lost names nobody saw: then
//! the result is not complete, and says so.

use crate::sys::stat::{FileState, FileTime};
use crate::touch::summary::{Before, Observation, Observations};
use crate::touch::walk::{Listing, Walk};
use std::collections::{HashMap, HashSet};

/// What two passes say together.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Paths that differ.
    pub observations: Observations,
    /// Directories that changed before the first pass had seen them: names removed there are unknown.
    pub unseen_before: u64,
}

/// Compares two passes over the same roots. `start` is the change clock before the command could do anything.
pub fn compare(before: &Walk, after: &Walk, start: FileTime) -> Comparison {
    let mut comparer = Comparer { before, after, start, fresh: HashSet::new(), found: Comparison::default() };
    // Parents first: a directory is new if its parent says so.
    let mut directories: Vec<&Vec<u8>> = after.directories.keys().collect();
    directories.sort_unstable();
    for directory in directories {
        comparer.directory(directory);
    }
    comparer.vanished_directories();
    comparer.unlisted_directories();
    comparer.found
}

struct Comparer<'a> {
    before: &'a Walk,
    after: &'a Walk,
    start: FileTime,
    /// Directories that did not exist before.
    fresh: HashSet<Vec<u8>>,
    found: Comparison,
}

impl Comparer<'_> {
    fn directory(&mut self, path: &[u8]) {
        let after = &self.after.directories[path];
        let before = self.before.directories.get(path);
        let fresh = self.fresh.contains(path);
        let in_time = before.is_some_and(|listing| listing.state.ctime < self.start);
        if !in_time && !fresh && after.state.ctime >= self.start && !self.born_since(&after.state) {
            self.found.unseen_before += 1;
        }
        if let Some(before) = before.filter(|before| same_names(before, after)) {
            for ((name, was), (_, state)) in before.iter().zip(after.iter()) {
                self.entry(path, name, Some(was), state, false);
            }
            return;
        }
        let were = before.map(Listing::by_name).unwrap_or_default();
        for (name, state) in after.iter() {
            let was = were.get(name).copied();
            self.entry(path, name, was, state, fresh || (in_time && was.is_none()));
        }
        if let Some(listing) = before {
            self.vanished(path, listing, Some(after));
        }
    }

    #[expect(clippy::option_option, reason = "not listed, gone when asked for, and seen are three things")]
    fn entry(
        &mut self,
        directory: &[u8],
        name: &[u8],
        was: Option<Option<&FileState>>,
        now: Option<&FileState>,
        known_absent: bool,
    ) {
        if let Some(before) = self.before_of(was, now, known_absent) {
            self.observe(directory, name, before, now);
        }
    }

    /// What an entry was before; `None` if nothing about it has changed.
    #[expect(clippy::option_option, reason = "not listed, gone when asked for, and seen are three things")]
    fn before_of(
        &self,
        was: Option<Option<&FileState>>,
        now: Option<&FileState>,
        known_absent: bool,
    ) -> Option<Before> {
        match (was, now) {
            (Some(Some(was)), _) if was.ctime < self.start => {
                let same = now.is_some_and(|now| now.ctime == was.ctime && now.ino == was.ino);
                (!same).then_some(Before::Known(Some(*was)))
            }
            (Some(Some(was)), _) if self.born_since(was) => Some(Before::Known(None)),
            (None, _) if known_absent => Some(Before::Known(None)),
            (None, Some(now)) if now.ctime < self.start => None,
            (None, Some(now)) if self.born_since(now) => Some(Before::Known(None)),
            (Some(_) | None, _) => Some(Before::Late),
        }
    }

    fn observe(&mut self, directory: &[u8], name: &[u8], before: Before, after: Option<&FileState>) {
        let path = join(directory, name);
        if before == Before::Known(None) {
            self.fresh.insert(path.clone());
        }
        self.found.observations.push((path, Observation { before, after: after.copied(), seen_alive: true }));
    }

    /// Names that were in `before` and are not in `after`.
    fn vanished(&mut self, directory: &[u8], before: &Listing, after: Option<&Listing>) {
        let left = after.map(Listing::by_name).unwrap_or_default();
        for (name, state) in before.iter().filter(|(name, _)| !left.contains_key(name)) {
            self.entry(directory, name, Some(state), None, false);
        }
    }

    /// Directories of the first pass that the second did not meet, unless it only failed to look.
    fn vanished_directories(&mut self) {
        let before = self.before;
        for (path, listing) in &before.directories {
            if self.after.directories.contains_key(path) || !self.is_gone(path) {
                continue;
            }
            if listing.state.ctime >= self.start && !self.born_since(&listing.state) {
                self.found.unseen_before += 1;
            }
            self.vanished(path, listing, None);
        }
    }

    /// Directories the first pass met and did not get to before they had gone, or had been made anew.
    fn unlisted_directories(&mut self) {
        let (before, after) = (self.before, self.after);
        // By the directory they are in, whose names are looked up once.
        let mut unlisted: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
        for path in &before.unlisted {
            let (parent, name) = split(path);
            unlisted.entry(parent).or_default().push(name);
        }
        let id = |state: &FileState| (state.dev, state.ino, state.btime);
        for (parent, names) in unlisted {
            let met = before.directories.get(parent).map(Listing::by_name);
            let found = after.directories.get(parent).map(Listing::by_name);
            let state = |names: &Option<HashMap<&[u8], Option<&FileState>>>, name: &[u8]| {
                names.as_ref().and_then(|names| names.get(name).copied().flatten().map(id))
            };
            for name in names {
                let same = match (state(&met, name), &found) {
                    // Inodes are given again at once, birth times are not.
                    (Some(was), Some(_)) => state(&found, name) == Some(was),
                    (Some(_), None) => !after.is_whole(),
                    // Nobody has met a root before it is listed.
                    (None, _) => {
                        let listed = after.directories.get(&join(parent, name));
                        listed.map_or(!after.is_whole(), |now| !self.born_since(&now.state))
                    }
                };
                // One that is still there has been compared like any other, or the second pass says that it has not.
                self.found.unseen_before += u64::from(!same);
            }
        }
    }

    fn is_gone(&self, path: &[u8]) -> bool {
        let mut child = path;
        while let Some(at) = memchr::memrchr(b'/', child) {
            let (parent, name) = (&child[..at.max(1)], &child[at + 1..]);
            if let Some(listing) = self.after.directories.get(parent) {
                let entry = listing.iter().find(|(other, _)| *other == name);
                return !entry.and_then(|(_, state)| state).is_some_and(is_directory);
            }
            if at == 0 {
                break;
            }
            child = parent;
        }
        // A root that is gone has no parent in the walk.
        self.after.left_out == 0 && !self.after.hung
    }

    fn born_since(&self, state: &FileState) -> bool {
        state.btime.is_some_and(|born| born >= self.start)
    }
}

/// Whether two passes met the same names in the same order, as in a directory that has not changed they do.
fn same_names(before: &Listing, after: &Listing) -> bool {
    before.len() == after.len() && before.iter().zip(after.iter()).all(|((a, _), (b, _))| a == b)
}

fn is_directory(state: &FileState) -> bool {
    state.kind() == crate::sys::stat::FileKind::Directory
}

/// The directory a path is in, and its name there.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let slash = memchr::memrchr(b'/', path).unwrap_or(0);
    (&path[..slash.max(1).min(path.len())], path.get(slash + 1..).unwrap_or_default())
}

/// The path of `name` in `directory`.
pub(super) fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = directory.to_vec();
    if path != b"/" {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::record::ChangeKind;
    use crate::sys::stat::change_clock;
    use crate::touch::summary::summarize;
    use crate::touch::walk::{WalkLimits, walk};
    use std::path::Path;
    use std::time::{Duration, Instant};

    fn look(root: &Path) -> Walk {
        walk(&[root.to_path_buf()], &|_| false, &WalkLimits::default())
    }

    /// A start after which every change has a later change time than any before it, on kernels with coarse stamps too.
    fn fresh_tick() -> FileTime {
        let (then, deadline) = (change_clock(), Instant::now() + Duration::from_secs(5));
        while change_clock() == then && Instant::now() < deadline {
            std::thread::yield_now();
        }
        change_clock()
    }

    fn net(root: &Path, before: &Walk, start: FileTime) -> (Vec<String>, u64) {
        let found = compare(before, &look(root), start);
        let prefix = root.to_str().unwrap().len() + 1;
        let net = summarize(found.observations);
        let show = |change: &crate::touch::summary::NetChange| {
            format!("{:?} {}", change.kind, String::from_utf8_lossy(&change.path[prefix..]))
        };
        let directories_touched = |text: &String| text != "Metadata ";
        (net.changes.iter().map(show).filter(directories_touched).collect(), found.unseen_before)
    }

    fn seed(root: &Path) {
        std::fs::create_dir_all(root.join("d/sub")).unwrap();
        for name in ["keep", "edit", "gone", "old", "d/x", "d/sub/y", "mode"] {
            std::fs::write(root.join(name), "before").unwrap();
        }
    }

    fn act(root: &Path) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(root.join("edit"), "after!").unwrap();
        std::fs::remove_file(root.join("gone")).unwrap();
        std::fs::rename(root.join("old"), root.join("new")).unwrap();
        std::fs::write(root.join("made"), "").unwrap();
        std::fs::rename(root.join("d"), root.join("e")).unwrap();
        std::fs::write(root.join("e/sub/y"), "changed with it").unwrap();
        std::fs::set_permissions(root.join("mode"), PermissionsExt::from_mode(0o700)).unwrap();
    }

    const EXPECTED: [&str; 7] = [
        "Renamed e",
        "Modified e/sub/y",
        "Modified edit",
        "Deleted gone",
        "Created made",
        "Metadata mode",
        "Renamed new",
    ];

    #[test]
    fn two_whole_passes_see_every_net_change() {
        let root = tempfile::tempdir().unwrap();
        seed(root.path());
        let start = fresh_tick();
        let before = look(root.path());
        act(root.path());
        let (mut changes, unseen) = net(root.path(), &before, start);
        changes.sort();
        let mut expected = EXPECTED.map(str::to_owned).to_vec();
        expected.sort();
        assert_eq!((changes, unseen), (expected, 0));
    }

    #[test]
    fn a_first_pass_that_came_too_late_admits_it() {
        let root = tempfile::tempdir().unwrap();
        seed(root.path());
        let start = fresh_tick();
        act(root.path());
        let late = look(root.path());
        let (changes, unseen) = net(root.path(), &late, start);
        // `gone` cannot be known; the directory it was in can.
        assert!(changes.contains(&"Modified edit".to_owned()), "{changes:?}");
        assert!(changes.contains(&"Created made".to_owned()), "{changes:?}");
        assert!(!changes.iter().any(|change| change.ends_with("keep")), "{changes:?}");
        assert!(unseen > 0);
    }

    #[test]
    fn no_first_pass_is_enough_where_nothing_was_removed() {
        let root = tempfile::tempdir().unwrap();
        seed(root.path());
        let start = fresh_tick();
        std::fs::write(root.path().join("d/x"), "after!").unwrap();
        let (changes, unseen) = net(root.path(), &Walk::default(), start);
        assert_eq!((changes, unseen), (vec!["Modified d/x".to_owned()], 0));
    }

    /// The first pass gets to the root in time, and no further.
    fn root_only(root: &Path) -> Walk {
        let limits = WalkLimits { entries: 1, ..WalkLimits::default() };
        let walk = walk(&[root.to_path_buf()], &|_| false, &limits);
        assert_eq!((walk.directories.len(), walk.left_out), (1, 1), "{:?}", walk.gaps());
        walk
    }

    #[test]
    fn what_was_in_a_directory_that_went_before_it_was_looked_at_is_unknown() {
        for make_anew in [false, true] {
            let root = tempfile::tempdir().unwrap();
            seed(root.path());
            let start = fresh_tick();
            let before = root_only(root.path());
            std::fs::remove_dir_all(root.path().join("d")).unwrap();
            if make_anew {
                std::fs::create_dir(root.path().join("d")).unwrap();
            }
            let (_, unseen) = net(root.path(), &before, start);
            assert_eq!(unseen, 1, "{make_anew}");
        }
    }

    #[test]
    fn a_directory_that_was_not_looked_at_and_has_not_changed_hides_nothing() {
        let root = tempfile::tempdir().unwrap();
        seed(root.path());
        let start = fresh_tick();
        let before = root_only(root.path());
        std::fs::remove_file(root.path().join("gone")).unwrap();
        std::fs::write(root.path().join("d/x"), "after!").unwrap();
        let (changes, unseen) = net(root.path(), &before, start);
        assert_eq!((changes, unseen), (vec!["Modified d/x".to_owned(), "Deleted gone".to_owned()], 0));
    }

    #[test]
    fn what_neither_pass_looked_at_has_not_changed_for_all_that_is_known() {
        let root = tempfile::tempdir().unwrap();
        seed(root.path());
        let start = fresh_tick();
        let (before, after) = (root_only(root.path()), root_only(root.path()));
        assert_eq!(compare(&before, &after, start).unseen_before, 0);
    }

    #[test]
    fn a_removed_tree_is_deleted_name_by_name() {
        let root = tempfile::tempdir().unwrap();
        seed(root.path());
        let start = fresh_tick();
        let before = look(root.path());
        std::fs::remove_dir_all(root.path().join("d")).unwrap();
        let found = compare(&before, &look(root.path()), start);
        let gone = summarize(found.observations);
        let deleted = gone.changes.iter().filter(|change| change.kind == ChangeKind::Deleted).count();
        assert_eq!(deleted, 4);
    }
}
