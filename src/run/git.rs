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

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// Runs git in `directory`; `None` where there is no git.
    fn git(directory: &Path, args: &[&str]) -> Option<String> {
        let identity =
            ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(identity).args(args).current_dir(directory).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }

    #[test]
    fn head_and_branch_are_what_git_says() {
        let directory = tempfile::tempdir().unwrap();
        let main = directory.path().join("main");
        let below = main.join("a/b");
        fs::create_dir_all(&below).unwrap();
        if git(&main, &["init", "-q", "-b", "trunk"]).is_none() {
            return eprintln!("NOT RUN: head_and_branch_are_what_git_says: no git command");
        }
        let unborn = state(&below).unwrap();
        assert_eq!((unborn.head, unborn.branch.as_deref()), (None, Some("trunk")));
        git(&main, &["commit", "-q", "--allow-empty", "-m", "one"]);
        git(&main, &["worktree", "add", "-q", "-b", "topic/x", "../linked"]);
        git(&main, &["pack-refs", "--all"]);
        let head = git(&main, &["rev-parse", "HEAD"]);
        for (place, branch) in [(below.as_path(), "trunk"), (&directory.path().join("linked"), "topic/x")] {
            let found = state(place).unwrap();
            assert_eq!((&found.head, found.branch.as_deref()), (&head, Some(branch)), "{}", place.display());
        }
        git(&main, &["checkout", "-q", "--detach"]);
        assert_eq!(state(&main).unwrap(), GitState { head, branch: None, dirty: None });
        assert_eq!(work_tree(&below), Some(main));
    }
}
