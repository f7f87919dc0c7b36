//! `status.json`: what an agent is doing, for dashboards. A snapshot; the ledger is the truth.

use super::dir::{Dir, FsError, dir_mode};
use super::paths::STATUS_FILE;
use super::replace::Replace;
use crate::base::files::FileCalls;
use crate::base::redacted::Scrub;
use serde::{Deserialize, Serialize};
use std::path::Path;

const TEMP: &str = ".status.json.tmp";

/// What an agent is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum AgentState {
    /// No run is open, and the last one did not fail.
    Idle,
    /// At least one run is open.
    Busy,
    /// No run is open, and the last one failed.
    Error,
    /// The agent said it is gone.
    Offline,
}

impl AgentState {
    /// All of them, by name.
    pub const NAMES: [(&'static str, Self); 4] =
        [("idle", Self::Idle), ("busy", Self::Busy), ("error", Self::Error), ("offline", Self::Offline)];

    /// The state called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, state)| *state)
    }
}

/// The content of `status.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StatusFile {
    /// Whose status.
    pub agent: String,
    /// What the agent is doing.
    pub state: AgentState,
    /// When this was last known to be so; a timestamp of schema v1.
    pub last_heartbeat: String,
    /// The newest task.
    #[serde(default)]
    pub last_task_id: Option<String>,
    /// The newest session.
    #[serde(default)]
    pub session_id: Option<String>,
    /// Why the last finished run failed, if it did.
    #[serde(default)]
    pub last_error: Option<String>,
    /// How many runs are open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_runs: Option<u64>,
    /// When `busy` is no longer to be believed without a newer heartbeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_after: Option<String>,
}

impl Scrub for StatusFile {
    fn scrub(&mut self, scrub: &mut dyn FnMut(&mut String)) {
        for text in [&mut self.last_task_id, &mut self.session_id, &mut self.last_error].into_iter().flatten()
        {
            scrub(text);
        }
    }
}

/// Reads the status in `dir`; `None` if there is none or it is not one.
pub fn read_status(dir: &Path) -> Option<StatusFile> {
    serde_json::from_slice(&std::fs::read(dir.join(STATUS_FILE)).ok()?).ok()
}

/// Replaces the status in the directory `path` (created if need be) in one step: a reader sees the old or the new
/// one. To be called under the agent's lock, since all writers share one temporary name.
pub(super) fn write_status(
    path: &Path,
    status: &StatusFile,
    file_mode: u32,
    files: &dyn FileCalls,
) -> Result<(), FsError> {
    let dir = Dir::open_or_create(path, dir_mode(file_mode))?;
    let mut text = serde_json::to_vec(status).unwrap_or_default();
    text.push(b'\n');
    Replace { dir: &dir, name: STATUS_FILE, spare: TEMP, mode: file_mode, files }.with(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::replace::tests::NoCalls;

    #[test]
    fn a_status_of_another_writer_is_read_and_replaced() {
        let temp = tempfile::tempdir().unwrap();
        let text =
            r#"{"agent":"cls","state":"busy","last_heartbeat":"2025-11-16T02:12:34+07:00","host":"mini"}"#;
        std::fs::write(temp.path().join(STATUS_FILE), text).unwrap();
        let mut status = read_status(temp.path()).unwrap();
        assert_eq!((status.state, status.last_error.as_deref()), (AgentState::Busy, None));
        status.state = AgentState::Idle;
        write_status(temp.path(), &status, 0o600, &NoCalls).unwrap();
        assert_eq!(read_status(temp.path()).unwrap(), status);
        let names = Dir::open(temp.path()).unwrap().names().unwrap();
        assert!(names.iter().all(|name| [STATUS_FILE, TEMP].contains(&name.as_str())), "{names:?}");
    }

    #[test]
    fn a_link_in_its_place_is_replaced_not_followed() {
        let temp = tempfile::tempdir().unwrap();
        let (outside, dir) = (temp.path().join("outside"), temp.path().join("dir"));
        std::fs::write(&outside, "keep").unwrap();
        std::fs::create_dir(&dir).unwrap();
        std::os::unix::fs::symlink(&outside, dir.join(STATUS_FILE)).unwrap();
        let status: StatusFile =
            serde_json::from_str(r#"{"agent":"a","state":"idle","last_heartbeat":"x"}"#).unwrap();
        write_status(&dir, &status, 0o600, &NoCalls).unwrap();
        assert_eq!(std::fs::read(&outside).unwrap(), b"keep");
        assert!(std::fs::symlink_metadata(dir.join(STATUS_FILE)).unwrap().is_file());
    }
}
