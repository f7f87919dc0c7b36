//! The events of a run, made of what was asked for and what came of it.

use super::{git, screen};
use crate::base::bytes::os_text;
use crate::base::ids::RunId;
use crate::base::limits::{ARGV_MAX, LEAKED_MAX, SUMMARY_MAX};
use crate::base::time::Timestamp;
use crate::config::resolve::RunSpec;
use crate::ledger::record::{
    Draft, ErrorData, EventKind, HeartbeatData, Leaked, LeakedProcess, LogData, OutcomeKind, ResultData,
    Rusage, ScopeData, StartData, Status, StreamData, data_object,
};
use crate::redact::{Excerpt, Kept, Redactor};
use crate::supervise::capture::Capture;
use crate::supervise::event::{Beat, Finished, StreamEnd};
use crate::supervise::outcome::{Outcome, SpawnFailure};
use crate::supervise::pump::End;
use crate::sys::identity;
use crate::sys::wait::{ExitStatus, ResourceUse};
use crate::touch::TouchReport;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

/// What all events of one run share.
pub(super) struct Story<'a> {
    pub(super) spec: &'a RunSpec,
    pub(super) redactor: &'a Redactor,
    pub(super) run_id: RunId,
    pub(super) task_id: String,
    /// Redacted.
    pub(super) argv: Vec<String>,
    line: String,
}

impl<'a> Story<'a> {
    pub(super) fn new(spec: &'a RunSpec, redactor: &'a Redactor, run_id: RunId) -> Self {
        let raw: Vec<&[u8]> =
            [&spec.program].into_iter().chain(&spec.args).map(|arg| arg.as_bytes()).collect();
        // Redacted before it is cut: half a secret is not recognized.
        let argv = redactor.argv(&raw);
        let line = shorten(&command_line(&argv));
        let task_id = spec.task_id.clone().unwrap_or_else(|| run_id.to_string());
        Self { spec, redactor, run_id, task_id, argv, line }
    }

    fn draft(
        &self,
        ts: Timestamp,
        event: EventKind,
        summary: String,
        data: serde_json::Map<String, serde_json::Value>,
    ) -> Draft {
        Draft { ts, event, task_id: self.task_id.clone(), source: self.spec.source.clone(), summary, data }
    }

    /// The redacted command line, shortened.
    pub(super) fn line(&self) -> &str {
        &self.line
    }

    /// The summary that was asked for, else `text`.
    fn summary(&self, text: String) -> String {
        self.spec.summary.clone().unwrap_or(text)
    }

    pub(super) fn start(&self, ts: Timestamp) -> Draft {
        let data = StartData {
            run_id: self.run_id,
            parent_run_id: self.spec.parent_run,
            root_run_id: self.spec.root_run,
            argv: bounded(&self.argv),
            cwd: self.spec.cwd.as_ref().map(|cwd| os_text(cwd.as_os_str()).into_owned()),
            host: identity::host(),
            user: identity::user(),
            pid: std::process::id().cast_signed(),
            pid_ns: identity::pid_namespace(),
            boot_id: identity::boot_id(),
            git: self.spec.cwd.as_deref().and_then(git::state),
            recorder: concat!("ledger-run ", env!("CARGO_PKG_VERSION")).to_owned(),
        };
        self.draft(
            ts,
            EventKind::TaskStart,
            self.summary(format!("started {}", self.line)),
            data_object(&data),
        )
    }

    pub(super) fn heartbeat(&self, ts: Timestamp, beat: &Beat) -> Draft {
        let data = HeartbeatData {
            run_id: self.run_id,
            elapsed_sec: seconds(beat.elapsed),
            stdout_bytes: beat.stdout_bytes,
            stderr_bytes: beat.stderr_bytes,
            cpu_sec: Some(seconds(beat.cpu)),
            rss_bytes: Some(beat.rss),
            processes: Some(beat.processes as u64),
        };
        let elapsed = humantime::format_duration(Duration::from_secs(beat.elapsed.as_secs()));
        self.draft(ts, EventKind::Heartbeat, format!("{} runs for {elapsed}", self.line), data_object(&data))
    }

    /// Something other than the command's own exit decided the run.
    pub(super) fn error(&self, ts: Timestamp, error: String) -> Draft {
        let data = ErrorData { error: error.clone(), run_id: Some(self.run_id) };
        self.draft(ts, EventKind::Error, error, data_object(&data))
    }

    /// A note about this run that is neither its start nor its end.
    pub(super) fn info(
        &self,
        ts: Timestamp,
        note: &str,
        mut data: serde_json::Map<String, serde_json::Value>,
    ) -> Draft {
        data.insert("run_id".to_owned(), self.run_id.to_string().into());
        data.insert("argv".to_owned(), bounded(&self.argv).into());
        self.draft(ts, EventKind::Info, format!("{note}: {}", self.line), data)
    }

    pub(super) fn result(&self, ts: Timestamp, finished: &Finished, ending: Ending) -> Draft {
        let outcome = describe(finished.outcome);
        let summary = format!("{} {} after {:.1} s", self.line, outcome.phrase, seconds(finished.duration));
        let [stdout_log, stderr_log] = ending.logs;
        let stdout = StreamData { log: stdout_log, ..self.stream(&finished.stdout) };
        let stderr = StreamData { log: stderr_log, ..self.stream(&finished.stderr) };
        let data = ResultData {
            status: if ending.failed { Status::Failure } else { Status::Success },
            exit_code: outcome.exit_code,
            duration_sec: seconds(finished.duration),
            files_touched: ending.touched.files_touched,
            run_id: self.run_id,
            outcome: outcome.kind,
            signal: outcome.signal,
            core_dumped: outcome.core_dumped,
            errno: outcome.errno,
            rusage: finished.usage.map(|usage| rusage(&usage)),
            stdout: Some(stdout),
            stderr: Some(stderr),
            redactions: self.redactor.counts(),
            touch: ending.touched.data,
            files: ending.touched.files,
            scope: ending.scope,
            leaked_processes: self.leaked(finished),
            overhead_ms: (ending.overhead.as_secs_f64() * 1e6).round() / 1e3,
            degraded: ending.degraded,
            stopped_sec: seconds(finished.stopped),
        };
        self.draft(ts, EventKind::TaskResult, self.summary(summary), data_object(&data))
    }

    fn stream(&self, end: &StreamEnd) -> StreamData {
        let (capture, end, excerpt) = match end {
            StreamEnd::Captured(capture, end) => (capture, *end, self.excerpt(capture)),
            StreamEnd::Screen(kept, end) => {
                let keep = self.spec.capture.unwrap_or(0);
                (&kept.capture, *end, screen::excerpt(self.redactor, kept, keep))
            }
            StreamEnd::Merged => return not_captured("merged into stdout"),
            StreamEnd::NotCaptured(reason) => return not_captured(reason),
        };
        StreamData {
            captured: true,
            reason: match end {
                End::Closed => None,
                End::ReaderGone => Some("its reader went away".to_owned()),
                End::Released => Some("a process left behind still held it".to_owned()),
                End::Failed(errno) => Some(format!("forwarding failed: {}", errno_name(errno))),
            },
            head: Some(excerpt.head),
            tail: excerpt.tail,
            bytes: Some(capture.bytes()),
            lines: Some(capture.lines()),
            truncated: Some(excerpt.truncated),
            omitted_bytes: Some(excerpt.omitted_bytes),
            log: None,
        }
    }

    fn excerpt(&self, capture: &Capture) -> Excerpt {
        let keep = self.spec.capture.unwrap_or(0);
        let tail = capture.tail();
        self.redactor.excerpt(Kept {
            head: capture.head(),
            tail: &tail,
            head_keep: keep,
            tail_keep: keep,
            total: capture.bytes(),
        })
    }

    fn leaked(&self, finished: &Finished) -> Option<Leaked> {
        let left = &finished.left_behind;
        if left.is_empty() && !finished.held {
            return None;
        }
        let describe = |process: &crate::supervise::event::LeftBehind| {
            let argv: Vec<&[u8]> = process.argv.iter().map(Vec::as_slice).collect();
            LeakedProcess { pid: process.pid, argv: bounded(&self.redactor.argv(&argv)) }
        };
        Some(Leaked {
            total: left.len() as u64,
            killed: finished.killed,
            holding_output: finished.held,
            processes: left.iter().take(LEAKED_MAX).map(describe).collect(),
        })
    }
}

/// What the result adds to the supervisor's story.
pub(super) struct Ending {
    pub(super) failed: bool,
    pub(super) overhead: Duration,
    pub(super) touched: TouchReport,
    pub(super) scope: Option<ScopeData>,
    /// Of standard output and standard error.
    pub(super) logs: [Option<LogData>; 2],
    pub(super) degraded: Vec<String>,
}

/// An outcome in the words of the record.
pub(super) struct Described {
    pub(super) kind: OutcomeKind,
    pub(super) exit_code: Option<i32>,
    pub(super) signal: Option<String>,
    pub(super) core_dumped: bool,
    pub(super) errno: Option<String>,
    /// For a summary: "exited 3".
    pub(super) phrase: String,
}

pub(super) fn describe(outcome: Outcome) -> Described {
    let (kind, status, phrase) = match outcome {
        Outcome::Ended(status @ ExitStatus::Code(code)) => {
            (OutcomeKind::Exited, status, format!("exited {code}"))
        }
        Outcome::Ended(status @ ExitStatus::Signal { signal, .. }) => {
            (OutcomeKind::Signaled, status, format!("died of {}", signal.name()))
        }
        Outcome::TimedOut(status) => (OutcomeKind::TimedOut, status, "timed out".to_owned()),
        Outcome::SpawnFailed(errno) => return not_spawned(errno),
    };
    let (exit_code, signal, core_dumped) = match status {
        ExitStatus::Code(code) => (Some(code), None, false),
        ExitStatus::Signal { signal, core_dumped } => (None, Some(signal.name()), core_dumped),
    };
    Described { kind, exit_code, signal, core_dumped, errno: None, phrase }
}

fn not_spawned(errno: i32) -> Described {
    let (kind, phrase) = match SpawnFailure::of(errno) {
        SpawnFailure::NotFound => (OutcomeKind::NotFound, "was not found"),
        SpawnFailure::NotExecutable => (OutcomeKind::NotExecutable, "could not be executed"),
        SpawnFailure::NoResources => (OutcomeKind::SpawnFailed, "could not be started"),
    };
    Described {
        kind,
        exit_code: None,
        signal: None,
        core_dumped: false,
        errno: Some(errno_name(errno)),
        phrase: phrase.to_owned(),
    }
}

fn errno_name(errno: i32) -> String {
    format!("{:?}", nix::errno::Errno::from_raw(errno))
}

fn not_captured(reason: &str) -> StreamData {
    StreamData { captured: false, reason: Some(reason.to_owned()), ..StreamData::default() }
}

fn rusage(usage: &ResourceUse) -> Rusage {
    Rusage {
        user_sec: usage.user.as_secs_f64(),
        sys_sec: usage.system.as_secs_f64(),
        max_rss_bytes: usage.max_rss,
        major_faults: usage.major_faults,
        blocks_in: usage.blocks_in,
        blocks_out: usage.blocks_out,
        voluntary_switches: usage.voluntary_switches,
        involuntary_switches: usage.involuntary_switches,
    }
}

/// Seconds to the millisecond: more digits would be noise.
pub(super) fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e3).round() / 1e3
}

/// The arguments as one would type them: those with anything unusual in single quotes (POSIX shell, 2.2.2).
fn command_line(argv: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:=@%+,".contains(c);
    let quoted: Vec<String> = argv
        .iter()
        .map(|arg| {
            let bare = arg.chars().all(plain) && !arg.is_empty();
            if bare { arg.clone() } else { format!("'{}'", arg.replace('\'', r"'\''")) }
        })
        .collect();
    quoted.join(" ")
}

fn shorten(text: &str) -> String {
    let one_line = text.replace('\n', " ");
    match one_line.char_indices().nth(SUMMARY_MAX) {
        Some((at, _)) => format!("{}…", &one_line[..at]),
        None => one_line,
    }
}

/// Keeps the arguments up to [`ARGV_MAX`] bytes, and says how many were left out.
fn bounded(argv: &[String]) -> Vec<String> {
    let mut room = ARGV_MAX;
    let fit =
        argv.iter().take_while(|arg| room.checked_sub(arg.len() + 1).inspect(|left| room = *left).is_some());
    let mut kept: Vec<String> = fit.cloned().collect();
    if kept.len() < argv.len() {
        kept.push(format!("[{} more arguments]", argv.len() - kept.len()));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_can_be_typed_again() {
        let line = |args: &[&str]| command_line(&args.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(line(&["git", "commit", "-m", "it's done", ""]), r"git commit -m 'it'\''s done' ''");
    }

    #[test]
    fn long_argument_lists_say_what_is_missing() {
        let argv = vec!["x".repeat(ARGV_MAX / 2); 5];
        let kept = bounded(&argv);
        assert_eq!((kept.len(), kept.last().unwrap().as_str()), (2, "[4 more arguments]"));
    }
}
