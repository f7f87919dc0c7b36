//! Every bound of the program, in one place, with the reason for its size.

use std::time::Duration;

/// Longest agent name: it becomes a directory and a part of every session id.
pub const AGENT_NAME_MAX: usize = 64;

/// How long a writer waits for an agent's ledger lock before it spools its event instead.
pub const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Longest line a reader takes as one record, in bytes; data of 1 MB must fit with its escapes.
pub const LINE_MAX: usize = 16 * 1024 * 1024;

/// Largest member of `data` kept in a line that would be over [`LINE_MAX`].
pub const MEMBER_KEPT_MAX: usize = 64 * 1024;

/// Most stretches of other files one chain link lists; a link over more days without one leaves the oldest out.
pub const OVER_MAX: usize = 64;

/// How long a process that appends again and again leaves the spools of others unlooked at.
pub const SPOOL_LOOK: Duration = Duration::from_millis(100);

/// First and longest pause between two tries for a lock that somebody else holds.
pub const LOCK_PAUSE: (Duration, Duration) = (Duration::from_micros(50), Duration::from_millis(5));

/// How many heartbeats may fail to come before a `busy` status counts as stale.
pub const STALE_HEARTBEATS: u32 = 3;

/// How long a session stays open without an event of its agent.
pub const SESSION_IDLE: Duration = Duration::from_secs(30 * 60);

/// Most sessions of one agent on one day; the number has three digits in schema v1.
pub const SESSIONS_PER_DAY: u16 = 999;

/// Bytes of a stream's beginning and end kept in the record, each.
pub const CAPTURE_KEEP: usize = 16 * 1024;

/// Most a user may ask to keep of a stream's beginning or end.
pub const CAPTURE_KEEP_MAX: usize = 4 * 1024 * 1024;

/// Bytes beyond the kept head and tail that the redactor sees, so that a secret at the cut is whole for it.
pub const REDACT_CONTEXT: usize = 64 * 1024;

/// Most bytes a streaming redactor holds back; a longer candidate becomes a marker with a byte count.
pub const HOLD_BACK_MAX: usize = 64 * 1024;

/// Size of one read from a pipe: a pipe's default capacity on Linux.
pub const PUMP_CHUNK: usize = 64 * 1024;

/// Bytes a command writes before its pipe gets more room than the default.
pub const PIPE_WIDE_AFTER: usize = 1024 * 1024;

/// Room of a pipe that much flows through; an unprivileged user may have 64 MiB in all pipes (pipe(7)).
pub const PIPE_WIDE: usize = 256 * 1024;

/// How long pipes still held by descendants are waited for after the command has ended.
pub const LEAK_TIMEOUT: Duration = Duration::from_millis(100);

/// Between SIGTERM and SIGKILL once `--timeout` has expired.
pub const GRACE: Duration = Duration::from_secs(10);

/// Between two heartbeats of one run.
pub const HEARTBEAT: Duration = Duration::from_secs(60);

/// Most output `--quiet-success` holds in memory per stream before it spills to an unlinked temporary file.
pub const QUIET_MEMORY: usize = 1024 * 1024;

/// Longest summary in characters.
pub const SUMMARY_MAX: usize = 200;

/// Longest argv kept, in bytes of text; a longer one is cut and the record says so.
pub const ARGV_MAX: usize = 128 * 1024;

/// Most leaked processes described one by one; the total is always given.
pub const LEAKED_MAX: usize = 32;

/// Chunks of a stream that may wait for its log; then the stream waits too.
pub const LOG_WAITING: usize = 16;

/// After this long without output a log is made readable up to there.
pub const LOG_PAUSE: Duration = Duration::from_secs(1);

/// How long the end of a run waits for its logs to reach the disk.
pub const LOG_PATIENCE: Duration = Duration::from_secs(10);

/// How long a masked stream may be silent before what is held back of it is looked at again: a prompt must appear.
pub const REDACT_IDLE: Duration = Duration::from_millis(50);

/// Most paths the exact backend remembers of one run: about 250 bytes of memory each. Beyond it the record is not
/// complete, and says so.
pub const TOUCHED_REMEMBERED_MAX: usize = 1_000_000;

/// Most changed paths in `files_touched`; `touch.total` always has the true number.
pub const TOUCHED_LISTED_MAX: usize = 10_000;

/// Most changed paths described one by one in `files`.
pub const TOUCHED_DETAILED_MAX: usize = 1_000;

/// Most paths a sweep names as changed without a known cause.
pub const UNATTRIBUTED_MAX: usize = 100;

/// Longest a walk over the roots may take after the command has ended.
pub const WALK_TIME: Duration = Duration::from_secs(2);

/// Shortest time such a walk gets, however short the command: about 15,000 entries with a warm cache.
pub const WALK_TIME_MIN: Duration = Duration::from_millis(20);

/// How long after its end a walk is waited for. Looking at a dead network mount may take for ever.
pub const WALK_PATIENCE: Duration = Duration::from_secs(1);

/// Most entries one walk looks at: about 100 bytes of memory each.
pub const WALK_ENTRIES: u64 = 1_000_000;

/// How long a trapped call may wait for its path to be looked at before it is let through unseen. A file system
/// served by the command's own tree may need the very call we hold.
pub const TRAP_PATIENCE: Duration = Duration::from_secs(1);

/// How long the self-test of the exact backend may take before it counts as failed.
pub const SELF_TEST_PATIENCE: Duration = Duration::from_secs(1);

/// Most threads that answer trapped calls: two, and replacements for those a slow file system holds.
pub const TRAP_WORKERS_MAX: usize = 8;

/// How long we wait for the last output before we stop because the command has: its reader may have halted the terminal.
pub const DRAIN_PATIENCE: Duration = Duration::from_millis(100);

/// Between two looks whether that output has gone out.
pub const DRAIN_PAUSE: Duration = Duration::from_micros(200);

/// Most bytes typed ahead that we hold for a command that does not read; the rest waits in our terminal.
pub const TYPED_AHEAD: usize = 4096;

/// Largest terminal, in rows and columns, whose output is made readable at its own size: a cell takes some 20 bytes.
pub const SCREEN_MAX: (u16, u16) = (500, 1000);
