//! From what was observed to net changes. Pure: every backend feeds it, so that all of them speak alike.
//!
//! | before | after | net change |
//! |---|---|---|
//! | absent | present | created, or renamed if the same file had another name before and has left it |
//! | present | absent | deleted, unless it is the old name of a renamed file |
//! | present | present, a file that had another name before | modified, with that name |
//! | present | present, another file, type, size or content time | modified |
//! | present | present, only permissions or owner differ | metadata |
//! | absent | absent | transient if it was ever seen to exist |
//!
//! A directory's own times say only that something in it changed, so they do not count. A renamed directory is one
//! change; what moved with it is implied and not listed, unless it was changed as well.

use crate::ledger::record::ChangeKind;
use crate::sys::stat::{FileKind, FileState};
use std::collections::{HashMap, HashSet};

/// What a path was before the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Somebody looked in time; `None`: it did not exist.
    Known(Option<FileState>),
    /// It existed, and had changed already when we came.
    Late,
}

/// One path, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation {
    /// What it was.
    pub before: Before,
    /// What it is; `None`: nothing.
    pub after: Option<FileState>,
    /// Whether it was ever seen to exist during the run.
    pub seen_alive: bool,
}

/// Absolute paths and what was observed of them; at most one observation per path.
pub type Observations = Vec<(Vec<u8>, Observation)>;

/// One net change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetChange {
    /// The absolute path.
    pub path: Vec<u8>,
    /// What happened.
    pub kind: ChangeKind,
    /// The path the file had before.
    pub from: Option<Vec<u8>>,
    /// The file before, under whichever name, where that is known.
    pub before: Option<FileState>,
    /// The file after.
    pub after: Option<FileState>,
}

/// What a run left behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Net {
    /// The changes, sorted by path.
    pub changes: Vec<NetChange>,
    /// Paths that came and went.
    pub transient: u64,
}

/// Sums up.
pub fn summarize(observations: Observations) -> Net {
    let renames = Renames::find(&observations);
    let mut net = Net::default();
    for (path, seen) in observations {
        if seen.after.is_none() && seen.before == Before::Known(None) {
            net.transient += u64::from(seen.seen_alive);
        } else if let Some(change) = renames.change(path, seen) {
            net.changes.push(change);
        }
    }
    net.changes.sort_by(|a, b| a.path.cmp(&b.path));
    net
}

/// Whether two states are of one file. Inode numbers are used again as soon as a file is gone; its creation time is
/// not, and where there is none, content that has not changed has to do.
pub fn same_file(a: &FileState, b: &FileState) -> bool {
    let same_inode = (a.dev, a.ino) == (b.dev, b.ino) && a.kind() == b.kind();
    let same_birth = match (a.btime, b.btime) {
        (Some(a), Some(b)) => a == b,
        _ => a.kind() == FileKind::Directory || (a.size, a.mtime) == (b.size, b.mtime),
    };
    same_inode && same_birth
}

/// How `before` became `after` under one name; `None` if nothing that counts did.
pub fn compare(before: &FileState, after: &FileState) -> Option<ChangeKind> {
    let owner = |state: &FileState| (state.permissions(), state.uid, state.gid);
    let content = |state: &FileState| match state.kind() {
        FileKind::File | FileKind::Symlink => (state.size, state.mtime),
        FileKind::Directory | FileKind::Endpoint | FileKind::Device => (0, (0, 0)),
    };
    let identity = |state: &FileState| (state.dev, state.ino, state.kind());
    // A directory or pipe that was removed and made again may get its inode number back; only its birth tells.
    let reborn = before.btime.is_some() && after.btime.is_some() && before.btime != after.btime;
    if identity(before) != identity(after) || reborn || content(before) != content(after) {
        Some(ChangeKind::Modified)
    } else if owner(before) != owner(after) {
        Some(ChangeKind::Metadata)
    } else {
        None
    }
}

/// Which names hold files that had another name before.
#[derive(Default)]
struct Renames {
    /// New name to old name and the file before.
    by_new: HashMap<Vec<u8>, (Vec<u8>, FileState)>,
    /// Old names that are gone and accounted for by the new one.
    left: HashSet<Vec<u8>>,
    /// Old and new names of directories.
    directories: HashSet<(Vec<u8>, Vec<u8>)>,
}

impl Renames {
    fn find(observations: &Observations) -> Self {
        let mut vacated: HashMap<(u64, u64), (&Vec<u8>, &FileState, bool)> = HashMap::new();
        for (path, seen) in observations {
            if let Before::Known(Some(before)) = &seen.before
                && !seen.after.as_ref().is_some_and(|after| same_file(before, after))
            {
                vacated.insert((before.dev, before.ino), (path, before, seen.after.is_none()));
            }
        }
        let mut found = Self::default();
        let mut gone = Vec::new();
        for (path, seen) in observations.iter().filter(|(_, seen)| came_from_elsewhere(seen)) {
            let Some(after) = &seen.after else { continue };
            let source = vacated.get(&(after.dev, after.ino)).copied();
            if let Some((old, before, left)) = source.filter(|(_, before, _)| same_file(before, after)) {
                vacated.remove(&(after.dev, after.ino));
                found.note(old, path, before);
                gone.extend(left.then_some((old, path, seen.before == Before::Known(None))));
            }
        }
        // Over an existing file, the old name's end is a change of its own.
        let explained = gone.into_iter().filter(|(old, new, fresh)| *fresh || found.implied(old, new));
        found.left = explained.map(|(old, _, _)| old.clone()).collect();
        found
    }

    fn note(&mut self, old: &[u8], new: &[u8], before: &FileState) {
        self.by_new.insert(new.to_vec(), (old.to_vec(), *before));
        if before.kind() == FileKind::Directory {
            self.directories.insert((old.to_vec(), new.to_vec()));
        }
    }

    fn change(&self, path: Vec<u8>, seen: Observation) -> Option<NetChange> {
        let Observation { before, after, .. } = seen;
        let known = match before {
            Before::Known(known) => known,
            Before::Late => None,
        };
        if let Some((old, was)) = self.by_new.get(&path) {
            let (kind, before) = if self.implied(old, &path) {
                (compare(was, &after?)?, Some(*was))
            } else if known.is_none() {
                (ChangeKind::Renamed, Some(*was))
            } else {
                (ChangeKind::Modified, known)
            };
            return Some(NetChange { path, kind, from: Some(old.clone()), before, after });
        }
        let kind = match (before, &known, &after) {
            (Before::Late, _, Some(_)) => ChangeKind::Modified,
            (Before::Late, _, None) => ChangeKind::Deleted,
            (_, None, Some(_)) => ChangeKind::Created,
            (_, Some(_), None) if self.left.contains(&path) => return None,
            (_, Some(_), None) => ChangeKind::Deleted,
            (_, Some(before), Some(after)) => compare(before, after)?,
            (_, None, None) => return None,
        };
        Some(NetChange { path, kind, from: None, before: known, after })
    }

    /// Whether a directory that was renamed took `old` along to `new`.
    fn implied(&self, old: &[u8], new: &[u8]) -> bool {
        let (mut old, mut new) = (old, new);
        while let (Some((old_parent, old_name)), Some((new_parent, new_name))) = (split(old), split(new)) {
            if old_name != new_name {
                return false;
            }
            if self.directories.contains(&(old_parent.to_vec(), new_parent.to_vec())) {
                return true;
            }
            (old, new) = (old_parent, new_parent);
        }
        false
    }
}

/// Whether a name holds another file than before.
fn came_from_elsewhere(seen: &Observation) -> bool {
    match (&seen.before, &seen.after) {
        (Before::Known(None), Some(_)) => true,
        (Before::Known(Some(before)), Some(after)) => !same_file(before, after),
        _ => false,
    }
}

/// Directory and last name of an absolute path; `None` for `/`.
fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memrchr(b'/', path)?;
    (path.len() > 1).then(|| (&path[..at], &path[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIR: u32 = 0o040_755;
    const FILE: u32 = 0o100_644;

    fn state(ino: u64, mode: u32) -> FileState {
        let born = (i64::try_from(ino).unwrap(), 0);
        let (dev, uid, gid, nlink, size) = (1, 0, 0, 1, 10);
        FileState { dev, ino, mode, uid, gid, nlink, size, mtime: born, ctime: born, btime: Some(born) }
    }

    fn net(seen: &[(&str, Option<FileState>, Option<FileState>)]) -> Vec<String> {
        let observations = seen.iter().map(|(path, before, after)| {
            let before = Before::Known(*before);
            (path.as_bytes().to_vec(), Observation { before, after: *after, seen_alive: true })
        });
        let net = summarize(observations.collect());
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let show = |change: &NetChange| {
            let from = change.from.as_deref().map(|from| format!(" from {}", text(from)));
            format!("{:?} {}{}", change.kind, text(&change.path), from.unwrap_or_default())
        };
        net.changes.iter().map(show).collect()
    }

    #[test]
    fn the_table() {
        let old = state(1, FILE);
        let longer = FileState { size: 11, ..old };
        let rewritten = FileState { mtime: (9, 9), ..old };
        let runnable = FileState { mode: FILE | 0o111, ctime: (9, 9), ..old };
        let only_times = FileState { ctime: (9, 9), nlink: 2, ..old };
        let seen = [
            ("/new", None, Some(state(2, FILE))),
            ("/gone", Some(state(3, FILE)), None),
            ("/longer", Some(old), Some(longer)),
            ("/rewritten", Some(old), Some(rewritten)),
            ("/runnable", Some(old), Some(runnable)),
            ("/linked", Some(old), Some(only_times)),
            ("/replaced", Some(old), Some(state(4, FILE))),
            ("/same", Some(old), Some(old)),
            ("/never", None, None),
        ];
        let expected = [
            "Deleted /gone",
            "Modified /longer",
            "Created /new",
            "Modified /replaced",
            "Modified /rewritten",
            "Metadata /runnable",
        ];
        assert_eq!(net(&seen), expected);
    }

    #[test]
    fn a_directory_counts_by_identity_not_by_its_times() {
        let touched = FileState { mtime: (9, 9), ctime: (9, 9), size: 4096, ..state(1, DIR) };
        assert_eq!(net(&[("/d", Some(state(1, DIR)), Some(touched))]), [""; 0]);
        assert_eq!(net(&[("/d", Some(state(1, DIR)), Some(state(2, DIR)))]), ["Modified /d"]);
        let reborn = FileState { btime: Some((77, 0)), ..state(1, DIR) };
        assert_eq!(net(&[("/d", Some(state(1, DIR)), Some(reborn))]), ["Modified /d"]);
    }

    #[test]
    fn a_rename_is_one_change_even_if_the_content_changed_too() {
        let moved = FileState { size: 99, ..state(1, FILE) };
        let seen = [("/old", Some(state(1, FILE)), None), ("/new", None, Some(moved))];
        assert_eq!(net(&seen), ["Renamed /new from /old"]);
    }

    #[test]
    fn an_inode_used_again_is_no_rename() {
        let reused = FileState { btime: Some((50, 0)), ..state(1, FILE) };
        let seen = [("/old", Some(state(1, FILE)), None), ("/new", None, Some(reused))];
        assert_eq!(net(&seen), ["Created /new", "Deleted /old"]);
    }

    #[test]
    fn a_log_rotated_away_leaves_a_new_one() {
        let seen =
            [("/log", Some(state(1, FILE)), Some(state(2, FILE))), ("/log.1", None, Some(state(1, FILE)))];
        assert_eq!(net(&seen), ["Modified /log", "Renamed /log.1 from /log"]);
    }

    #[test]
    fn a_hard_link_is_created_and_its_first_name_stays() {
        let linked = FileState { nlink: 2, ctime: (9, 9), ..state(1, FILE) };
        assert_eq!(
            net(&[("/a", Some(state(1, FILE)), Some(linked)), ("/b", None, Some(linked))]),
            ["Created /b"]
        );
    }

    #[test]
    fn what_moves_with_a_directory_is_implied_unless_it_changed() {
        let changed = FileState { size: 99, ..state(3, FILE) };
        let seen = [
            ("/a", Some(state(1, DIR)), None),
            ("/b", None, Some(state(1, DIR))),
            ("/a/deep/same", Some(state(2, FILE)), None),
            ("/b/deep/same", None, Some(state(2, FILE))),
            ("/a/changed", Some(state(3, FILE)), None),
            ("/b/changed", None, Some(changed)),
            ("/a/gone", Some(state(4, FILE)), None),
            ("/a/other", Some(state(5, FILE)), None),
            ("/b/name", None, Some(state(5, FILE))),
        ];
        let expected = [
            "Deleted /a/gone",
            "Renamed /b from /a",
            "Modified /b/changed from /a/changed",
            "Renamed /b/name from /a/other",
        ];
        assert_eq!(net(&seen), expected);
    }

    #[test]
    fn over_an_existing_file_both_names_change() {
        let seen = [("/a", Some(state(1, FILE)), None), ("/b", Some(state(2, FILE)), Some(state(1, FILE)))];
        assert_eq!(net(&seen), ["Deleted /a", "Modified /b from /a"]);
    }

    #[test]
    fn exchanged_directories_take_their_content_along() {
        let seen = [
            ("/a", Some(state(1, DIR)), Some(state(2, DIR))),
            ("/b", Some(state(2, DIR)), Some(state(1, DIR))),
            ("/a/x", Some(state(3, FILE)), None),
            ("/b/x", None, Some(state(3, FILE))),
        ];
        assert_eq!(net(&seen), ["Modified /a from /b", "Modified /b from /a"]);
    }

    #[test]
    fn what_came_and_went_is_counted() {
        let gone = Observation { before: Before::Known(None), after: None, seen_alive: true };
        let failed = Observation { seen_alive: false, ..gone };
        let net = summarize(vec![(b"/t".to_vec(), gone), (b"/f".to_vec(), failed)]);
        assert_eq!((net.transient, net.changes.len()), (1, 0));
    }

    #[test]
    fn what_was_seen_too_late_is_modified_or_deleted() {
        let late = Observation { before: Before::Late, after: Some(state(1, FILE)), seen_alive: true };
        let gone = Observation { after: None, ..late };
        let net = summarize(vec![(b"/a".to_vec(), late), (b"/b".to_vec(), gone)]);
        let kinds: Vec<_> = net.changes.iter().map(|change| (change.kind, change.before)).collect();
        assert_eq!(kinds, [(ChangeKind::Modified, None), (ChangeKind::Deleted, None)]);
    }
}
