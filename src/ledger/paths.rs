//! Where everything lies: the layout of schema v1 below the root, and the state directory beside it.

use super::chain::Digest;
use crate::base::ids::AgentName;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Holds the agent's lock and, in it, the journal of the last append.
pub(super) const LOCK_FILE: &str = ".lock";
/// Directory of the runs that have begun and not ended.
pub(super) const OPEN_DIR: &str = ".open";
/// Directory of whole streams (`--log`).
pub(super) const LOG_DIR: &str = "logs";
/// The snapshot that dashboards read.
pub(super) const STATUS_FILE: &str = "status.json";
/// Two lines, date and counter, shared with the shell scripts.
pub(super) const LAST_SESSION_FILE: &str = ".last_session_id";

/// The directories of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPaths {
    /// `<root>/g/ledger/<agent>`: the day files, the lock, the open runs.
    pub ledger: PathBuf,
    /// `<root>/agents/<agent>`: `status.json`.
    pub status: PathBuf,
    /// `<root>/memory/<agent>/sessions`: summaries and the session counter.
    pub sessions: PathBuf,
    /// Directory outside the root with what is known of this root: head mirrors and spools of its agents.
    pub state: PathBuf,
}

impl LedgerPaths {
    /// Where `agent`'s files are. Two spellings of the same root have two state directories, so `root` should be
    /// canonical.
    pub fn new(root: &Path, state_dir: &Path, agent: &AgentName) -> Self {
        Self {
            ledger: agents_dir(root).join(agent.as_str()),
            status: root.join("agents").join(agent.as_str()),
            sessions: root.join("memory").join(agent.as_str()).join("sessions"),
            state: state_of_root(root, state_dir),
        }
    }

    /// Where whole streams are kept.
    pub fn logs(&self) -> PathBuf {
        self.ledger.join(LOG_DIR)
    }
}

/// `root` without links and dots, as far as it exists: its state directory is found by this spelling.
pub fn canonical(root: &Path) -> PathBuf {
    if let Ok(canonical) = root.canonicalize() {
        return canonical;
    }
    match (root.parent(), root.file_name()) {
        (Some(parent), Some(name)) if !parent.as_os_str().is_empty() => canonical(parent).join(name),
        _ => root.to_owned(),
    }
}

/// The directory that holds one directory per agent.
pub fn agents_dir(root: &Path) -> PathBuf {
    root.join("g").join("ledger")
}

/// The directory that keeps head mirrors and spools of the ledger at `root`.
pub fn state_of_root(root: &Path, state_dir: &Path) -> PathBuf {
    state_dir.join("ledgers").join(root_key(root))
}

/// Names `root` in places where a path does not fit: the first 16 hexadecimal digits of the SHA-256 of its bytes.
pub(super) fn root_key(root: &Path) -> String {
    Digest::of(root.as_os_str().as_bytes()).to_string()["sha256:".len()..].chars().take(16).collect()
}

/// The file of the events of `date` (`YYYY-MM-DD`).
pub fn day_file(date: &str) -> String {
    format!("{date}.jsonl")
}

/// Whether `name` is that of a day's file.
pub fn is_day_file(name: &str) -> bool {
    let shape = b"dddd-dd-dd.jsonl";
    name.len() == shape.len()
        && name.bytes().zip(shape).all(|(byte, kind)| match kind {
            b'd' => byte.is_ascii_digit(),
            literal => byte == *literal,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_that_of_schema_v1() {
        let agent = "cls".parse().unwrap();
        let paths = LedgerPaths::new(Path::new("/r"), Path::new("/s"), &agent);
        assert_eq!(paths.ledger, Path::new("/r/g/ledger/cls"));
        assert_eq!(paths.status, Path::new("/r/agents/cls"));
        assert_eq!(paths.sessions, Path::new("/r/memory/cls/sessions"));
        assert!(paths.state.starts_with("/s/ledgers") && root_key(Path::new("/r")).len() == 16);
        assert_ne!(root_key(Path::new("/r")), root_key(Path::new("/r2")));
    }

    #[test]
    fn a_root_has_one_spelling() {
        let temp = tempfile::tempdir().unwrap();
        let real = temp.path().canonicalize().unwrap();
        std::os::unix::fs::symlink(&real, temp.path().join("link")).unwrap();
        assert_eq!(canonical(&temp.path().join("link/./not/yet")), real.join("not/yet"));
        assert_eq!(canonical(&temp.path().join("link")), real);
    }

    #[test]
    fn day_files_are_told_from_others() {
        assert!(is_day_file(&day_file("2025-11-16")));
        for other in ["2025-11-16.json", "x2025-11-16.jsonl", "2025-1-16.jsonl", ".lock", "2025-11-16_jsonl"]
        {
            assert!(!is_day_file(other), "{other}");
        }
    }
}
