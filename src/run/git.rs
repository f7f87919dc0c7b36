//! The git work tree around a directory, read from its files (gitrepository-layout(5)): no process is started for it.

use crate::ledger::record::GitState;
use std::fs;
use std::path::{Path, PathBuf};

/// HEAD and branch of the work tree that holds `cwd`; none outside of one.
pub(super) fn state(cwd: &Path) -> Option<GitState> {
    let git_dir = cwd.ancestors().find_map(git_dir)?;
    let head = fs::read_to_string(git_dir.join("HEAD")).ok()?;
    let head = head.trim_end();
    match head.strip_prefix("ref: ") {
        Some(name) => Some(GitState {
            head: resolve(&git_dir, name),
            branch: Some(name.strip_prefix("refs/heads/").unwrap_or(name).to_owned()),
            dirty: None,
        }),
        None => Some(GitState { head: Some(head.to_owned()), branch: None, dirty: None }),
    }
}

/// The work tree that holds `cwd`.
pub(super) fn work_tree(cwd: &Path) -> Option<PathBuf> {
    cwd.ancestors().find(|directory| git_dir(directory).is_some()).map(Path::to_owned)
}

/// `.git` is a directory, or a file that names one (worktrees, submodules).
fn git_dir(directory: &Path) -> Option<PathBuf> {
    let dot_git = directory.join(".git");
    if fs::metadata(&dot_git).ok()?.is_dir() {
        return Some(dot_git);
    }
    let text = fs::read_to_string(&dot_git).ok()?;
    Some(directory.join(text.strip_prefix("gitdir:")?.trim()))
}

fn resolve(git_dir: &Path, name: &str) -> Option<String> {
    // The branches of a linked worktree live in the main repository.
    let common = match fs::read_to_string(git_dir.join("commondir")) {
        Ok(path) => git_dir.join(path.trim_end()),
        Err(_) => git_dir.to_owned(),
    };
    if let Ok(id) = fs::read_to_string(common.join(name)) {
        return Some(id.trim_end().to_owned());
    }
    let packed = fs::read_to_string(common.join("packed-refs")).ok()?;
    packed
        .lines()
        .find_map(|line| line.split_once(' ').filter(|(_, found)| *found == name))
        .map(|(id, _)| id.to_owned())
}
