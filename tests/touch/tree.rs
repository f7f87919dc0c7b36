//! Two full looks at a tree, contents included, and their difference: the truth a report is measured by.

use ledger_run::base::bytes::from_text;
use ledger_run::ledger::record::ChangeKind;
use ledger_run::touch::TouchReport;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    is_dir: bool,
    file_type: u32,
    identity: (u64, u64, Option<SystemTime>),
    size: u64,
    mtime: (i64, i64),
    content: u64,
    rights: (u32, u32, u32),
}

pub(crate) type Tree = BTreeMap<PathBuf, Node>;

/// Everything below `root`, which is not in it itself.
pub(crate) fn look(root: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            let node = node(&path);
            if node.is_dir {
                waiting.push(path.clone());
            }
            tree.insert(path, node);
        }
    }
    tree
}

fn node(path: &Path) -> Node {
    let metadata = std::fs::symlink_metadata(path).unwrap();
    let mut content = DefaultHasher::new();
    if metadata.is_symlink() {
        std::fs::read_link(path).unwrap().hash(&mut content);
    } else if metadata.is_file() {
        std::fs::read(path).unwrap().hash(&mut content);
    }
    Node {
        is_dir: metadata.is_dir(),
        file_type: metadata.mode() & 0o170_000,
        identity: (metadata.dev(), metadata.ino(), metadata.created().ok()),
        size: metadata.size(),
        mtime: (metadata.mtime(), metadata.mtime_nsec()),
        content: content.finish(),
        rights: (metadata.mode() & 0o7777, metadata.uid(), metadata.gid()),
    }
}

fn compare(before: &Node, after: &Node) -> Option<ChangeKind> {
    let content = |node: &Node| (node.size, node.mtime, node.content);
    let same = before.identity == after.identity && before.file_type == after.file_type;
    if !same || (!before.is_dir && content(before) != content(after)) {
        Some(ChangeKind::Modified)
    } else if before.rights != after.rights {
        Some(ChangeKind::Metadata)
    } else {
        None
    }
}

/// What happened to each path.
pub(crate) type Truth = BTreeMap<PathBuf, ChangeKind>;

/// Path by path; a rename is a deletion and a creation.
pub(crate) fn difference(before: &Tree, after: &Tree) -> Truth {
    let paths: BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let kind = |path: &PathBuf| match (before.get(path), after.get(path)) {
        (None, Some(_)) => Some(ChangeKind::Created),
        (Some(_), None) => Some(ChangeKind::Deleted),
        (Some(before), Some(after)) => compare(before, after),
        (None, None) => None,
    };
    paths.into_iter().filter_map(|path| kind(path).map(|kind| (path.clone(), kind))).collect()
}

/// The report in the same terms: renames as a deletion and a creation, and what a renamed directory took along.
pub(crate) fn claimed(report: &TouchReport, cwd: &Path, before: &Tree, after: &Tree) -> Truth {
    let absolute =
        |text: &String| -> PathBuf { cwd.join(OsStr::from_bytes(&from_text(text))).components().collect() };
    let mut truth = Truth::new();
    for file in &report.files {
        let (path, from) = (absolute(&file.path), file.from.as_ref().map(absolute));
        if let Some(from) = &from {
            take_along(&mut truth, from, &path, before, after);
        }
        let kind = match (file.change, from) {
            (ChangeKind::Renamed, Some(from)) => {
                if !after.contains_key(&from) {
                    truth.insert(from, ChangeKind::Deleted);
                }
                ChangeKind::Created
            }
            // Changed below a renamed directory: new under this name.
            (_, Some(_)) if !before.contains_key(&path) => ChangeKind::Created,
            // Another file than the one that was there.
            (_, Some(_)) => ChangeKind::Modified,
            (kind, None) => kind,
        };
        truth.insert(path, kind);
    }
    truth
}

/// What a directory took along when it went from one name to another, if it did.
fn take_along(truth: &mut Truth, from: &Path, to: &Path, before: &Tree, after: &Tree) {
    let same = |old: &Path, new: &Path| match (before.get(old), after.get(new)) {
        (Some(old), Some(new)) => old.identity == new.identity,
        _ => false,
    };
    if !same(from, to) {
        return;
    }
    for (old, node) in before.range(from.to_path_buf()..).take_while(|(path, _)| path.starts_with(from)) {
        let new = to.join(old.strip_prefix(from).unwrap());
        if old == from || !same(old, &new) {
            continue;
        }
        // A changed file has to be claimed by the report itself.
        if compare(node, &after[&new]).is_none() {
            let was_there = before.contains_key(&new);
            let kind = if was_there { ChangeKind::Modified } else { ChangeKind::Created };
            truth.entry(new).or_insert(kind);
        }
        if !after.contains_key(old) {
            truth.entry(old.clone()).or_insert(ChangeKind::Deleted);
        }
    }
}

/// Panics with every path on which report and truth differ.
pub(crate) fn assert_same(what: &str, truth: &Truth, claimed: &Truth, report: &TouchReport) {
    let paths: BTreeSet<&PathBuf> = truth.keys().chain(claimed.keys()).collect();
    let differ = paths.into_iter().filter(|path| truth.get(*path) != claimed.get(*path));
    let lines: Vec<String> = differ
        .map(|path| format!("{}: is {:?}, reported {:?}", path.display(), truth.get(path), claimed.get(path)))
        .collect();
    assert!(lines.is_empty(), "{what}: {} differences\n{}\n{:?}", lines.len(), lines.join("\n"), report.data);
}
