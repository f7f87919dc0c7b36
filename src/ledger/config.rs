//! What a ledger needs to be told; nothing here is read from the environment.

use crate::base::files::FileCalls;
use crate::base::ids::{AgentName, RunId, SessionId};
use crate::base::redacted::Redacted;
use crate::base::time::Timestamp;
use std::path::PathBuf;
use std::time::Duration;

/// Where one agent's ledger is and how it is written.
#[derive(Debug, Clone)]
pub struct LedgerConfig {
    /// The root, absolute.
    pub root: PathBuf,
    /// Outside the root: mirrors of the newest heads, and events that could not be appended.
    pub state_dir: PathBuf,
    /// Takes events that neither the ledger nor `state_dir` takes.
    pub temp_dir: PathBuf,
    /// Whose ledger.
    pub agent: AgentName,
    /// How events without a session get one.
    pub session: SessionChoice,
    /// Longest wait for the agent's lock; then the event is spooled.
    pub lock_wait: Duration,
    /// What an append waits for.
    pub durability: Durability,
    /// Mode of new files, such as 0o600; directories get the matching execute bits. The umask applies.
    pub file_mode: u32,
    /// What is asked of the system.
    pub files: &'static dyn FileCalls,
}

/// How events get their session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionChoice {
    /// This one.
    Fixed(SessionId),
    /// The agent's current one if its last event is younger than this, else the next of the day.
    Idle(Duration),
}

/// What an append waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The kernel has it: survives the death of any process.
    #[default]
    Os,
    /// The disk has it (`fdatasync` of `task_start` and `task_result`): survives the death of the machine.
    Disk,
}

/// What the ledger keeps about a run while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunMeta {
    /// The run.
    pub run_id: RunId,
    /// Process id of the recorder, for people.
    pub pid: i32,
    /// Time between two heartbeats; without any for a few of these, `status.json` counts as stale.
    pub heartbeat: Duration,
}

/// How a run ended, as far as `status.json` is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// When.
    pub at: Timestamp,
    /// Why it counts as failed, in one line, if it does.
    pub failed: Option<Redacted<String>>,
}
