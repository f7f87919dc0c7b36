//! The vocabulary of the ledger: schema v1, and the members this program adds to `data`.
//!
//! Every added member is optional for readers, so files of other writers stay valid; `docs/ledger-format.md`
//! documents each one, and `docs/ledger.schema.json` is generated from these types.

use crate::base::ids::RunId;
use crate::base::redacted::Scrub;
use crate::base::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The five kinds of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The run still runs.
    Heartbeat,
    /// A run begins; written before the command is spawned.
    TaskStart,
    /// A run has ended, whatever the end.
    TaskResult,
    /// Something other than the command's own exit went wrong.
    Error,
    /// Anything else worth keeping.
    Info,
}

impl EventKind {
    /// The name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Heartbeat => "heartbeat",
            Self::TaskStart => "task_start",
            Self::TaskResult => "task_result",
            Self::Error => "error",
            Self::Info => "info",
        }
    }
}

/// An event before the ledger has given it agent, session and chain link.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// When it happened; decides the day's file.
    pub ts: Timestamp,
    /// What kind of event it is.
    pub event: EventKind,
    /// The task it belongs to.
    pub task_id: String,
    /// Who reports it: `codex_cli`, `cron`, …
    pub source: String,
    /// One line for people.
    pub summary: String,
    /// Everything else.
    pub data: Map<String, Value>,
}

impl Scrub for Draft {
    fn scrub(&mut self, scrub: &mut dyn FnMut(&mut String)) {
        scrub(&mut self.task_id);
        scrub(&mut self.source);
        scrub(&mut self.summary);
        self.data.scrub(scrub);
    }
}

/// `task_result.data.status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The command ended with a code that counts as success.
    Success,
    /// It did not.
    Failure,
}

/// How a run ended, beyond success and failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// The command exited by itself; `exit_code` has its code.
    Exited,
    /// A signal ended it; `signal` names it.
    Signaled,
    /// `--timeout` expired; `signal` or `exit_code` says what then ended it.
    TimedOut,
    /// It was never started: another run held the lock of `--no-overlap`.
    Canceled,
    /// exec found no such command.
    NotFound,
    /// exec found it, but could not execute it.
    NotExecutable,
    /// It could not be started for another reason; `errno` names it.
    SpawnFailed,
    /// The recorder died before it could see the end; written later by whoever found out.
    Lost,
}

/// `data` of `task_start`: who, what and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StartData {
    /// The run, on every event of it.
    #[cfg_attr(test, schemars(with = "String"))]
    pub run_id: RunId,
    /// The run of the `ledger-run` around this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub parent_run_id: Option<RunId>,
    /// The outermost run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub root_run_id: Option<RunId>,
    /// The command's arguments, the command first; non-UTF-8 bytes as `\xHH`.
    pub argv: Vec<String>,
    /// Working directory at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// Host name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// User name, else the numeric id.
    pub user: String,
    /// Process id of the recorder.
    pub pid: i32,
    /// Inode of the pid namespace `pid` belongs to (Linux): inside sandboxes a pid alone means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid_ns: Option<u64>,
    /// Boot the pid belongs to (Linux: random id; macOS: boot time).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// State of the git work tree around `cwd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git: Option<GitState>,
    /// Version of the recorder.
    pub recorder: String,
}

/// The git work tree a run starts in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct GitState {
    /// Commit id of HEAD; absent in a repository without commits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Branch; absent when HEAD is detached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether a tracked file differs from the index; absent when that was not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dirty: Option<bool>,
}

/// `data` of `task_result`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ResultData {
    /// Success or failure, after `--ok-exit`.
    pub status: Status,
    /// The command's exit code; absent when a signal ended it or it never ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// Seconds from spawn to end by the monotonic clock, time spent stopped not counted.
    pub duration_sec: f64,
    /// Paths of net changes, relative to `cwd` inside it.
    pub files_touched: Vec<String>,
    /// The run.
    #[cfg_attr(test, schemars(with = "String"))]
    pub run_id: RunId,
    /// How it ended.
    pub outcome: OutcomeKind,
    /// Name of the signal that ended it, such as `SIGTERM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// Whether the kernel wrote a core.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub core_dumped: bool,
    /// Name of the errno that kept the command from starting, such as `ENOENT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errno: Option<String>,
    /// What the command and the descendants it waited for used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rusage: Option<Rusage>,
    /// What was kept of its standard output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdout: Option<StreamData>,
    /// What was kept of its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stderr: Option<StreamData>,
    /// How many spans each redaction rule hid in this run's record.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redactions: BTreeMap<String, u64>,
    /// How `files_touched` was found out, and whether it is everything.
    pub touch: TouchData,
    /// One object per changed path, up to a cap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileChange>,
    /// Whether the promise of `--expect-files` was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeData>,
    /// Processes the command left behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaked_processes: Option<Leaked>,
    /// Milliseconds the recorder itself added before the spawn and after the end.
    pub overhead_ms: f64,
    /// What could not be recorded, one phrase each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub degraded: Vec<String>,
    /// Seconds the command was stopped by job control.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stopped_sec: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
fn is_zero(seconds: &f64) -> bool {
    *seconds == 0.0
}

/// Resource use, from `wait4` (getrusage(2)).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Rusage {
    /// CPU seconds in user mode.
    pub user_sec: f64,
    /// CPU seconds in the kernel.
    pub sys_sec: f64,
    /// Largest resident set of any one process, in bytes.
    pub max_rss_bytes: u64,
    /// Page faults served from disk.
    pub major_faults: u64,
    /// Blocks read by the file system.
    pub blocks_in: u64,
    /// Blocks written by the file system.
    pub blocks_out: u64,
    /// Context switches the process asked for.
    pub voluntary_switches: u64,
    /// Context switches forced on it.
    pub involuntary_switches: u64,
}

/// What is kept of one output stream. `bytes` and `lines` are always of the whole stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StreamData {
    /// Whether the stream passed through the recorder.
    pub captured: bool,
    /// Why it was not: `tty`, `off`, `closed`; or where it went: `merged into stdout`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Beginning of the stream, redacted; all of it when not `truncated`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// End of the stream, redacted; absent when `head` is all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail: Option<String>,
    /// Bytes the command wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Newlines in them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<u64>,
    /// Whether anything between head and tail is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<bool>,
    /// Bytes of the original stream between head and tail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omitted_bytes: Option<u64>,
    /// The file that has the whole stream, redacted (`--log`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogData>,
}

/// A file beside the ledger that holds a whole redacted stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LogData {
    /// Its path below the root.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes as they are on disk, as `sha256sum` prints it; absent when it could not be finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Secrets hidden in it.
    pub redactions: u64,
    /// Whether it holds everything that passed through the recorder.
    pub complete: bool,
    /// Why it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How touched files were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TouchData {
    /// The backend.
    pub method: TouchMethod,
    /// Whether `files_touched` is every net change.
    pub complete: bool,
    /// Why it may not be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Net changes in all, also those beyond the cap on detail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Paths created and gone again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transient: Option<u64>,
    /// Net changes counted apart from the list: version control internals, caches, build output.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub apart: BTreeMap<String, u64>,
    /// A sweep found nothing the trace did not explain.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
    /// Where was looked; empty means everywhere the command went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// Changed paths a sweep found that the trace does not explain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unattributed: Vec<String>,
}

impl TouchData {
    /// Nothing was looked at, for `reason`.
    pub fn off(reason: &str) -> Self {
        Self {
            method: TouchMethod::Off,
            complete: false,
            reason: Some(reason.to_owned()),
            total: None,
            transient: None,
            apart: BTreeMap::new(),
            verified: false,
            scope: Vec::new(),
            unattributed: Vec::new(),
        }
    }
}

/// The backends that can tell which files a run touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum TouchMethod {
    /// Every call that can change the tree was seen.
    Exact,
    /// Metadata before and after, compared.
    Snapshot,
    /// Nobody looked.
    Off,
}

/// One net change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FileChange {
    /// The path, as in `files_touched`.
    pub path: String,
    /// What happened to it.
    pub change: ChangeKind,
    /// Where a renamed file came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Size in bytes before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_before: Option<u64>,
    /// Size in bytes after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_after: Option<u64>,
    /// Permission bits after, when they changed, in octal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// Kinds of net changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// Absent before, present after.
    Created,
    /// Content or identity changed.
    Modified,
    /// Present before, absent after.
    Deleted,
    /// The same file under another name.
    Renamed,
    /// Only mode, owner or other metadata changed.
    Metadata,
}

/// A promise of scope and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScopeData {
    /// The globs that every changed path was promised to match.
    pub expected: Vec<String>,
    /// `pass`, `fail` or `unverified`.
    pub verdict: String,
    /// Changed paths outside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<String>,
    /// Why nothing certain can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Processes still alive when the command had ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Leaked {
    /// How many.
    pub total: u64,
    /// Whether `--kill-leaked` ended them.
    pub killed: bool,
    /// Whether one of them still held a captured stream, so that later output is not in the record.
    pub holding_output: bool,
    /// The first of them.
    pub processes: Vec<LeakedProcess>,
}

/// One process left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LeakedProcess {
    /// Its process id.
    pub pid: i32,
    /// Its arguments, as far as they could be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub argv: Vec<String>,
}

/// `data` of a `heartbeat`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HeartbeatData {
    /// The run.
    #[cfg_attr(test, schemars(with = "String"))]
    pub run_id: RunId,
    /// Seconds since the spawn, stopped time not counted.
    pub elapsed_sec: f64,
    /// Bytes of standard output so far.
    pub stdout_bytes: u64,
    /// Bytes of standard error so far.
    pub stderr_bytes: u64,
    /// CPU seconds of the process tree so far, as far as it can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_sec: Option<f64>,
    /// Resident bytes of the process tree now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rss_bytes: Option<u64>,
    /// Processes in the tree now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processes: Option<u64>,
}

/// `data` of an `error`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ErrorData {
    /// What went wrong.
    pub error: String,
    /// The run it happened to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub run_id: Option<RunId>,
}

/// Turns typed data into the `data` object of an event.
pub fn data_object<T: Serialize>(data: &T) -> Map<String, Value> {
    match serde_json::to_value(data) {
        Ok(Value::Object(members)) => members,
        // Unreachable for the structs above; a record with a complaint is better than none.
        other => Map::from_iter([("unencodable".to_owned(), Value::from(format!("{other:?}")))]),
    }
}
