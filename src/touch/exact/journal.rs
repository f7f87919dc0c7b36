//! What every touched path was before the run.
//!
//! The state of a path is taken at the first call that may change it, before that call runs; whatever comes first
//! wins. Only directories that are renamed make this hard: afterwards a path no longer leads to the file it led to
//! at the start. So such renames are kept, and a path is translated to the one its file had at the start (`origin`), and
//! to where the file that was there at the start is now (`whereabouts`).

use crate::base::limits::TOUCHED_REMEMBERED_MAX;
use crate::sys::stat::{FileKind, FileState};
use crate::touch::apart::is_at_or_below;
use crate::touch::summary::{Before, Observation, Observations, same_file};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// A rename that has not happened by now never will.
const RENAME_PATIENCE: Duration = Duration::from_secs(2);

/// Looks at a path; the journal itself does no input or output.
pub type Look<'a> = &'a dyn Fn(&[u8]) -> Option<FileState>;

#[derive(Debug, Clone, Copy)]
struct Entry {
    before: Option<FileState>,
    seen_alive: bool,
    /// Whether the name may be a symbolic link by now, so that opening it means another file.
    may_be_link: bool,
}

/// A directory that changed its path; with `exchange`, two did.
#[derive(Debug, Clone)]
struct Move {
    old: Vec<u8>,
    new: Vec<u8>,
    exchange: bool,
}

/// A call to rename a directory; whether it succeeds is not told, so it has to be seen.
#[derive(Debug)]
struct Pending {
    change: Move,
    directory: FileState,
    /// What was at the new name.
    replaced: Option<FileState>,
    tid: u32,
    since: Instant,
}

impl Pending {
    /// Whether the tree looks as if it had happened. What was at the new name is gone then, or has been exchanged; where it
    /// is under the old name, an exchange was somebody else's.
    fn has_happened(&self, look: Look<'_>) -> bool {
        let is_at = |path: &[u8], file: &FileState| look(path).is_some_and(|now| same_file(&now, file));
        let Move { old, new, exchange } = &self.change;
        is_at(new, &self.directory)
            && (*exchange || !self.replaced.is_some_and(|replaced| is_at(old, &replaced)))
    }

    /// Whether `other`, if it has not been seen before this one, has failed: the directory had left its old name already,
    /// or it is this one that has brought it to the new name.
    fn rules_out(&self, other: &Self) -> bool {
        let same_names = self.change.old == other.change.old || self.change.new == other.change.new;
        // Two exchanges of the same names may both happen.
        let both_exchange = self.change.exchange && other.change.exchange;
        same_names && !both_exchange && same_file(&self.directory, &other.directory)
    }
}

/// The journal of one run.
#[derive(Debug, Default)]
pub struct Journal {
    /// In order, so that what is below a directory is found without looking at all.
    entries: BTreeMap<Box<[u8]>, Entry>,
    moves: Vec<Move>,
    pending: Vec<Pending>,
    left_out: u64,
}

impl Journal {
    /// Whether `path` needs to be looked at before it is opened: it is new, or may be a symbolic link.
    pub fn needs_a_look(&self, path: &[u8]) -> bool {
        self.entries.get(path).is_none_or(|entry| entry.may_be_link) || self.is_moved(path)
    }

    /// Whether a renamed directory may have brought another file to `path` than the one that was noted there.
    fn is_moved(&self, path: &[u8]) -> bool {
        let pending = self.pending.iter().map(|pending| &pending.change);
        self.moves
            .iter()
            .chain(pending)
            .any(|Move { old, new, .. }| is_at_or_below(path, old) || is_at_or_below(path, new))
    }

    /// Notes that there is a file at `path`, if that is all there is to note; if not, returns false, and it has to be
    /// looked at.
    pub fn is_there(&mut self, path: &[u8]) -> bool {
        if !self.pending.is_empty() || self.is_moved(path) {
            return false;
        }
        let known = self.entries.get_mut(path).filter(|entry| !entry.may_be_link);
        known.map(|entry| entry.seen_alive = true).is_some()
    }

    /// Notes that a call of `tid` may change `path`, which is now as `now` says.
    pub fn note(&mut self, tid: u32, path: &[u8], mut now: Option<FileState>, look: Look<'_>) {
        if self.pending.is_empty() && self.moves.is_empty() {
            self.insert(path, now, now.is_some());
            return;
        }
        let mut moved = self.settle(tid, look);
        let others = loop {
            // What was looked at while a directory moved may be anything.
            if moved {
                now = look_below(b"", path, look);
            }
            let others = self.other_meanings(path, look);
            moved = !others.is_empty() && self.settle(tid, look);
            if !moved {
                break others;
            }
        };
        for (other, state) in others {
            self.note_what_was(&other, state, look);
        }
        self.note_what_was(path, now, look);
        if let Some(entry) = self.entries.get_mut(path) {
            entry.seen_alive |= now.is_some();
        }
    }

    /// Notes that `path` is now as `now` says: that is how what is there began, wherever it was then.
    fn note_what_was(&mut self, path: &[u8], now: Option<FileState>, look: Look<'_>) {
        if self.moves.is_empty() {
            self.insert(path, now, false);
            return;
        }
        let known = self.entries.contains_key(path);
        // A path that was noted before a directory came to it is a new one for what came with the directory.
        let origin = self.origin(path);
        if let Some(origin) = &origin {
            self.insert(origin, now, false);
        }
        if !known && origin.as_deref() != Some(path) {
            let elsewhere = self.whereabouts(path).filter(|place| place != path);
            let before = elsewhere.and_then(|place| look_below(b"", &place, look));
            self.insert(path, before, false);
        }
    }

    /// While a rename may or may not have happened, a path below it may mean either of two files: the paths of the
    /// others, and what is there now.
    fn other_meanings(&self, path: &[u8], look: Look<'_>) -> Vec<(Vec<u8>, Option<FileState>)> {
        let other = |Move { old, new, .. }: &Move| {
            let (from, to) = if is_at_or_below(path, old) { (old, new) } else { (new, old) };
            let other = is_at_or_below(path, from).then(|| [to, &path[from.len()..]].concat())?;
            let now = look_below(to, &other, look);
            Some((other, now))
        };
        self.pending.iter().filter_map(|pending| other(&pending.change)).collect()
    }

    /// Notes that `path` may be a symbolic link from now on.
    pub fn may_be_link(&mut self, path: &[u8]) {
        if let Some(entry) = self.entries.get_mut(path) {
            entry.may_be_link = true;
        }
    }

    /// Notes a call of `tid` that moves `directory` from `old` to `new`, both noted already, where `replaced` is. With
    /// `exchange`, that comes to `old` at the same time.
    pub fn move_directory(
        &mut self,
        tid: u32,
        (old, new): (&[u8], &[u8]),
        (directory, replaced): (FileState, Option<FileState>),
        exchange: bool,
        look: Look<'_>,
    ) {
        self.carry(tid, old, new, look);
        if exchange {
            self.carry(tid, new, old, look);
        }
        let change = Move { old: old.to_vec(), new: new.to_vec(), exchange };
        self.pending.push(Pending { change, directory, replaced, tid, since: Instant::now() });
    }

    /// What is noted below `old` will be found below `new`.
    fn carry(&mut self, tid: u32, old: &[u8], new: &[u8], look: Look<'_>) {
        // In the order of bytes, `0` follows the slash.
        let [first, end]: [Box<[u8]>; 2] = [b"/", b"0"].map(|next| [old, next].concat().into());
        let moved: Vec<Vec<u8>> = self.entries.range(first..end).map(|(path, _)| path.to_vec()).collect();
        for path in moved {
            let target = [new, &path[old.len()..]].concat();
            let now = look_below(new, &target, look);
            self.note(tid, &target, now, look);
            self.may_be_link(&target);
            if let Some(entry) = self.entries.get_mut(path.as_slice()) {
                entry.seen_alive = true;
            }
        }
    }

    /// Paths that were touched and are not in the journal, because it is full.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Notes `before` for `path` unless something is noted already, and whether there is a file now.
    fn insert(&mut self, path: &[u8], before: Option<FileState>, alive: bool) {
        if self.entries.len() >= TOUCHED_REMEMBERED_MAX && !self.entries.contains_key(path) {
            self.left_out += 1;
            return;
        }
        let may_be_link = before.is_some_and(|state| state.kind() == FileKind::Symlink);
        let entry = Entry { before, seen_alive: false, may_be_link };
        self.entries.entry(path.into()).or_insert(entry).seen_alive |= alive;
    }

    /// Finds out which directory renames have happened, and says whether any has. A thread that makes another call has
    /// returned from its last.
    fn settle(&mut self, tid: u32, look: Look<'_>) -> bool {
        let mut happened: Vec<Pending> = Vec::new();
        let mut undecided = Vec::new();
        for pending in std::mem::take(&mut self.pending) {
            if pending.has_happened(look) {
                // One of two that would have come to the same.
                if !happened.iter().any(|earlier| earlier.rules_out(&pending)) {
                    happened.push(pending);
                }
            } else if pending.tid != tid && pending.since.elapsed() < RENAME_PATIENCE {
                undecided.push(pending);
            }
        }
        undecided.retain(|pending| !happened.iter().any(|done| done.rules_out(pending)));
        self.pending = undecided;
        let any = !happened.is_empty();
        for done in happened {
            self.commit(done.change);
        }
        any
    }

    fn commit(&mut self, change: Move) {
        // Everything in a directory made during the run has been noted; translating it would gain nothing.
        let made_by_the_run = self.entries.get(change.old.as_slice()).is_some_and(|e| e.before.is_none());
        let holds_older = self.moves.iter().any(|earlier| is_at_or_below(&earlier.new, &change.old));
        if change.exchange || !made_by_the_run || holds_older {
            self.moves.push(change);
        }
    }

    /// The path at the start of what is at `path` now; `None` if nothing there can be from before.
    fn origin(&self, path: &[u8]) -> Option<Vec<u8>> {
        let mut path = path.to_vec();
        for Move { old, new, exchange } in self.moves.iter().rev() {
            let (at_old, at_new) = (is_at_or_below(&path, old), is_at_or_below(&path, new));
            if at_new {
                path = [old, &path[new.len()..]].concat();
            } else if at_old && *exchange {
                path = [new, &path[old.len()..]].concat();
            } else if at_old {
                return None;
            }
        }
        Some(path)
    }

    /// Where what was at `path` at the start is now, as far as directories took it along; `None`: it is gone.
    fn whereabouts(&self, path: &[u8]) -> Option<Vec<u8>> {
        let mut path = path.to_vec();
        for Move { old, new, exchange } in &self.moves {
            let (at_old, at_new) = (is_at_or_below(&path, old), is_at_or_below(&path, new));
            if at_old {
                path = [new, &path[old.len()..]].concat();
            } else if at_new && *exchange {
                path = [old, &path[new.len()..]].concat();
            } else if at_new {
                return None;
            }
        }
        Some(path)
    }

    /// Ends the journal: every path noted, with what it is now. `look_at_all` sees what the paths lead to.
    pub fn close(
        &mut self,
        look_at_all: impl FnOnce(&[&[u8]]) -> Vec<Option<FileState>>,
        look: Look<'_>,
    ) -> Observations {
        let entries: Vec<(Box<[u8]>, Entry)> = std::mem::take(&mut self.entries).into_iter().collect();
        let paths: Vec<&[u8]> = entries.iter().map(|(path, _)| path.as_ref()).collect();
        let mut after = look_at_all(&paths);
        // Not every path here was resolved by the kernel: while nobody knows whether `b` becomes `a`, a call for `b/l/x` is
        // noted for `a/l/x` too, and if the rename fails, `a/l` may be a symbolic link that no call was ever about.
        for shown in shown_by_links(&paths, &after, look) {
            after[shown] = None;
        }
        let observe = |((path, entry), after): ((Box<[u8]>, Entry), Option<FileState>)| {
            let before = Before::Known(entry.before);
            (path.into_vec(), Observation { before, after, seen_alive: entry.seen_alive })
        };
        entries.into_iter().zip(after).map(observe).collect()
    }
}

/// Which of the sorted `paths` lead to what they do by way of a symbolic link: that is no state of theirs.
fn shown_by_links(paths: &[&[u8]], states: &[Option<FileState>], look: Look<'_>) -> Vec<usize> {
    let mut ways = Ways { paths, states, look, real: HashMap::new() };
    let mut shown = Vec::new();
    // Most files of a directory come one after the other.
    let mut last: (&[u8], bool) = (b"", true);
    for (at, path) in paths.iter().enumerate().filter(|(at, _)| states[*at].is_some()) {
        let directory = parent(path);
        if directory != last.0 {
            last = (directory, ways.is_real(directory));
        }
        if !last.1 {
            shown.push(at);
        }
    }
    shown
}

/// Tells real directories from links. One that is noted has been looked at already.
struct Ways<'a> {
    paths: &'a [&'a [u8]],
    states: &'a [Option<FileState>],
    look: Look<'a>,
    real: HashMap<&'a [u8], bool>,
}

impl<'a> Ways<'a> {
    /// Whether `directory` is no symbolic link, nor is any name on the way to it.
    fn is_real(&mut self, directory: &'a [u8]) -> bool {
        if directory.is_empty() {
            return true;
        }
        if let Some(known) = self.real.get(directory) {
            return *known;
        }
        let real = self.is_real(parent(directory)) && !self.is_link(directory);
        self.real.insert(directory, real);
        real
    }

    /// What cannot be looked at now is no reason to forget what was seen in it.
    fn is_link(&self, directory: &[u8]) -> bool {
        let noted = self.paths.binary_search(&directory).ok().and_then(|at| self.states[at]);
        let state = noted.or_else(|| (self.look)(directory));
        state.is_some_and(|state| state.kind() == FileKind::Symlink)
    }
}

/// The directory of an absolute path; empty for the root.
fn parent(path: &[u8]) -> &[u8] {
    &path[..memchr::memrchr(b'/', path).unwrap_or(0)]
}

/// The state of `path`, unless a symbolic link on the way from `directory` leads elsewhere.
fn look_below(directory: &[u8], path: &[u8], look: Look<'_>) -> Option<FileState> {
    let rest = memchr::memchr_iter(b'/', path).filter(|at| *at > 0 && *at >= directory.len());
    let is_directory = |prefix: &[u8]| look(prefix).is_some_and(|state| state.kind() == FileKind::Directory);
    rest.map(|at| &path[..at]).all(is_directory).then(|| look(path)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    /// A tree of names and inode numbers; directories are even.
    #[derive(Default)]
    struct Tree(RefCell<BTreeMap<Vec<u8>, u64>>);

    impl Tree {
        fn look(&self, path: &[u8]) -> Option<FileState> {
            self.0.borrow().get(path).map(|ino| state(*ino))
        }

        fn put(&self, path: &str, ino: u64) {
            self.0.borrow_mut().insert(path.as_bytes().to_vec(), ino);
        }

        fn rename(&self, old: &str, new: &str) {
            let all = std::mem::take(&mut *self.0.borrow_mut());
            let moved = |path: Vec<u8>| {
                let inside = is_at_or_below(&path, old.as_bytes());
                if inside { [new.as_bytes(), &path[old.len()..]].concat() } else { path }
            };
            *self.0.borrow_mut() = all.into_iter().map(|(path, ino)| (moved(path), ino)).collect();
        }
    }

    fn state(ino: u64) -> FileState {
        let mode = if ino.is_multiple_of(2) { 0o040_755 } else { 0o100_644 };
        let born = (i64::try_from(ino).unwrap(), 0);
        let (dev, uid, gid, nlink, size) = (1, 0, 0, 1, 1);
        FileState { dev, ino, mode, uid, gid, nlink, size, mtime: born, ctime: born, btime: Some(born) }
    }

    fn note(journal: &mut Journal, tree: &Tree, path: &str) {
        let path = path.as_bytes();
        journal.note(1, path, tree.look(path), &|path| tree.look(path));
    }

    fn rename(journal: &mut Journal, tree: &Tree, old: &str, new: &str) {
        note(journal, tree, old);
        note(journal, tree, new);
        let directory = tree.look(old.as_bytes()).unwrap();
        journal.move_directory(
            1,
            (old.as_bytes(), new.as_bytes()),
            (directory, tree.look(new.as_bytes())),
            false,
            &|p| tree.look(p),
        );
        tree.rename(old, new);
    }

    /// The inode at the start, zero for none; the path must have been noted.
    fn before(journal: &Journal, path: &str) -> u64 {
        journal.entries[path.as_bytes()].before.map_or(0, |state| state.ino)
    }

    #[test]
    fn the_first_note_wins() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        note(&mut journal, &tree, "/new");
        tree.put("/new", 1);
        note(&mut journal, &tree, "/new");
        assert_eq!(before(&journal, "/new"), 0);
        assert!(journal.entries[&b"/new"[..]].seen_alive);
    }

    #[test]
    fn below_a_renamed_directory_the_start_is_found_under_the_old_name() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        for (path, ino) in [("/a", 2), ("/a/x", 1), ("/a/y", 3)] {
            tree.put(path, ino);
        }
        note(&mut journal, &tree, "/a/y");
        rename(&mut journal, &tree, "/a", "/b");
        note(&mut journal, &tree, "/b/x");
        assert_eq!(before(&journal, "/a/x"), 1);
        assert_eq!(before(&journal, "/b/x"), 0);
        assert_eq!((before(&journal, "/a/y"), before(&journal, "/b/y")), (3, 0));
    }

    #[test]
    fn a_new_directory_under_the_old_name_does_not_hide_what_was_there() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        for (path, ino) in [("/a", 2), ("/a/x", 1)] {
            tree.put(path, ino);
        }
        rename(&mut journal, &tree, "/a", "/b");
        tree.put("/a", 4);
        note(&mut journal, &tree, "/a/x");
        assert_eq!(before(&journal, "/a/x"), 1);
        note(&mut journal, &tree, "/a/never");
        assert_eq!(before(&journal, "/a/never"), 0);
    }

    #[test]
    fn there_and_back_is_where_it_was() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        for (path, ino) in [("/a", 2), ("/a/x", 1)] {
            tree.put(path, ino);
        }
        rename(&mut journal, &tree, "/a", "/b");
        rename(&mut journal, &tree, "/b", "/a");
        note(&mut journal, &tree, "/a/x");
        assert_eq!(before(&journal, "/a/x"), 1);
        assert_eq!(before(&journal, "/a"), 2);
        assert_eq!(before(&journal, "/b"), 0);
    }

    #[test]
    fn what_a_symbolic_link_shows_is_not_what_was_there() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        for (path, ino) in [("/d", 2), ("/d/x", 1)] {
            tree.put(path, ino);
        }
        note(&mut journal, &tree, "/d");
        note(&mut journal, &tree, "/d/x");
        let link = FileState { mode: 0o120_777, ..state(5) };
        let look = |paths: &[&[u8]]| {
            paths.iter().map(|path| Some(if *path == b"/d" { link } else { state(9) })).collect()
        };
        let seen = journal.close(look, &|path| tree.look(path));
        let after: BTreeMap<_, _> = seen.into_iter().map(|(path, seen)| (path, seen.after)).collect();
        assert_eq!((after[&b"/d"[..]], after[&b"/d/x"[..]]), (Some(link), None));
    }

    #[test]
    fn what_a_link_nobody_has_noted_shows_is_no_change_either() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        for path in ["/d/x", "/l/e/y", "/l/x", "/unseen/x"] {
            note(&mut journal, &tree, path);
        }
        let all = |paths: &[&[u8]]| paths.iter().map(|_| Some(state(9))).collect();
        let asked = RefCell::new(Vec::new());
        let look = |path: &[u8]| {
            asked.borrow_mut().push(String::from_utf8(path.to_vec()).unwrap());
            match path {
                b"/l" => Some(FileState { mode: 0o120_777, ..state(5) }),
                b"/unseen" => None,
                _ => Some(state(2)),
            }
        };
        let seen = journal.close(all, &look);
        let there: Vec<_> = seen.into_iter().filter(|(_, seen)| seen.after.is_some()).collect();
        assert_eq!(there.iter().map(|(path, _)| &path[..]).collect::<Vec<_>>(), [&b"/d/x"[..], b"/unseen/x"]);
        assert_eq!(*asked.borrow(), ["/d", "/l", "/unseen"], "each way once, and nothing behind a link");
    }

    #[test]
    fn what_was_noted_before_a_directory_came_there_is_noted_again() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        tree.put("/a", 2);
        // A call that failed, for there is no /b yet.
        note(&mut journal, &tree, "/b/x");
        rename(&mut journal, &tree, "/a", "/b");
        note(&mut journal, &tree, "/a");
        assert!(journal.needs_a_look(b"/b/x") && !journal.is_there(b"/b/x"));
        note(&mut journal, &tree, "/b/x");
        tree.put("/b/x", 7);
        note(&mut journal, &tree, "/a/x");
        assert_eq!((before(&journal, "/a/x"), before(&journal, "/b/x")), (0, 0));
    }

    #[test]
    fn an_exchange_with_a_link_does_not_look_through_it() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        for (path, ino) in [("/b", 2), ("/d", 1)] {
            tree.put(path, ino);
        }
        note(&mut journal, &tree, "/b");
        note(&mut journal, &tree, "/d");
        journal.move_directory(1, (b"/b", b"/d"), (state(2), Some(state(1))), true, &|path| tree.look(path));
        // The link is at /b now, and /b/x is what it shows.
        for (path, ino) in [("/b", 1), ("/d", 2), ("/b/x", 7)] {
            tree.put(path, ino);
        }
        note(&mut journal, &tree, "/d/x");
        assert_eq!((before(&journal, "/d/x"), before(&journal, "/b/x")), (0, 0));
    }

    #[test]
    fn a_rename_that_failed_changes_nothing() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        for (path, ino) in [("/a", 2), ("/b", 4), ("/b/x", 1)] {
            tree.put(path, ino);
        }
        note(&mut journal, &tree, "/a");
        note(&mut journal, &tree, "/b");
        journal.move_directory(1, (b"/a", b"/b"), (state(2), Some(state(4))), false, &|path| tree.look(path));
        note(&mut journal, &tree, "/b/x");
        assert_eq!(before(&journal, "/b/x"), 1);
        assert!(journal.moves.is_empty() && journal.pending.is_empty());
    }

    #[test]
    fn directories_made_by_the_run_need_no_translation() {
        let (mut journal, tree) = (Journal::default(), Tree::default());
        note(&mut journal, &tree, "/tmp1");
        tree.put("/tmp1", 2);
        note(&mut journal, &tree, "/tmp1/x");
        tree.put("/tmp1/x", 1);
        rename(&mut journal, &tree, "/tmp1", "/final");
        note(&mut journal, &tree, "/final/x");
        assert!(journal.moves.is_empty());
        assert_eq!(before(&journal, "/final/x"), 0);
    }
}
