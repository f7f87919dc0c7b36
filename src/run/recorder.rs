//! The record of a run while it runs: start and result are written by the main thread, heartbeats by a thread of
//! their own, so that a ledger somebody else has locked never delays a signal.

use super::PROGRAM;
use super::drafts::{Ending, Story};
use crate::base::ids::SessionId;
use crate::base::limits::HEARTBEAT;
use crate::base::redacted::Redacted;
use crate::base::time::Clock as _;
use crate::cli::diag::warn;
use crate::config::values::Durability;
use crate::ledger::record::Draft;
use crate::ledger::{
    self, AgentLedger, Begun, LedgerConfig, LedgerError, OpenRun, Problem, RunEnd, RunMeta, SessionChoice,
};
use crate::supervise::event::{Beat, Finished};
use crate::sys::clock::SystemClock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Heartbeats that may wait for the ledger; more are dropped, as the next one says the same.
const WAITING_BEATS: usize = 2;

/// The open record of one run.
pub(super) struct Recorder {
    session: SessionId,
    clock: SystemClock,
    run: Writer,
    problems: Vec<String>,
}

enum Writer {
    /// No heartbeat yet: most runs are over before the first.
    Here(Box<OpenRun>),
    /// Its thread has it.
    Away(SyncSender<Redacted<Draft>>, JoinHandle<(OpenRun, Vec<String>)>),
    /// The thread could not be started or has panicked.
    Lost,
}

impl Recorder {
    /// Opens the record: `task_start` is in the ledger, or in the spool, when this returns. The error is only for
    /// `--fail-closed`.
    pub(super) fn begin(story: &Story<'_>, clock: SystemClock) -> Result<Self, LedgerError> {
        let spec = story.spec;
        let start = story.redactor.record(story.start(clock.now()));
        let meta = RunMeta {
            run_id: story.run_id,
            pid: std::process::id().cast_signed(),
            heartbeat: spec.heartbeat.unwrap_or(HEARTBEAT),
        };
        let ledger = ledger_of(story);
        let Begun { run, session, problems, .. } =
            if spec.fail_closed { ledger.begin_strict(&start, meta)? } else { ledger.begin(&start, meta) };
        Ok(Self { session, clock, run: Writer::Here(Box::new(run)), problems: told(&problems) })
    }

    pub(super) fn session(&self) -> &SessionId {
        &self.session
    }

    /// Records a heartbeat, without waiting.
    pub(super) fn beat(&mut self, story: &Story<'_>, beat: &Beat) {
        let draft = story.redactor.record(story.heartbeat(self.clock.now(), beat));
        self.run = match std::mem::replace(&mut self.run, Writer::Lost) {
            Writer::Here(run) => start_thread(*run),
            other => other,
        };
        if let Writer::Away(sender, _) = &self.run {
            // Full: the ledger is locked by somebody else. The next heartbeat says the same and more.
            let _ = sender.try_send(draft);
        }
    }

    /// Records the end. Returns whether everything reached the ledger.
    pub(super) fn end(
        mut self,
        story: &Story<'_>,
        finished: &Finished,
        mut ending: Ending,
        error: Option<String>,
        last_error: Option<String>,
    ) -> bool {
        let run = self.take_back();
        ending.degraded.append(&mut self.problems);
        let now = self.clock.now();
        let mut events = Vec::new();
        events.extend(error.map(|error| story.redactor.record(story.error(now, error))));
        events.push(story.redactor.record(story.result(now, finished, ending)));
        let failed = last_error.map(|error| story.redactor.record(error));
        let Some(run) = run else {
            warn(
                PROGRAM,
                "the end of this run is not recorded: its writer has failed; `ledgerctl doctor` will say so",
            );
            return false;
        };
        let problems = run.finish(&events, &RunEnd { at: now, failed });
        told(&problems);
        !problems.iter().any(Problem::concerns_record)
    }

    /// The command will run without us: the record ends with saying so.
    pub(super) fn give_up(mut self, story: &Story<'_>, trouble: &str) {
        let at = self.clock.now();
        let events = [story.redactor.record(story.error(at, trouble.to_owned()))];
        if let Some(run) = self.take_back() {
            let failed = Some(story.redactor.record(trouble.to_owned()));
            told(&run.finish(&events, &RunEnd { at, failed }));
        }
    }

    fn take_back(&mut self) -> Option<OpenRun> {
        match std::mem::replace(&mut self.run, Writer::Lost) {
            Writer::Here(run) => Some(*run),
            Writer::Away(sender, thread) => {
                drop(sender);
                let (run, problems) = thread.join().ok()?;
                self.problems.extend(problems);
                Some(run)
            }
            Writer::Lost => None,
        }
    }
}

fn start_thread(mut run: OpenRun) -> Writer {
    let (sender, receiver) = sync_channel::<Redacted<Draft>>(WAITING_BEATS);
    let write = move || {
        let mut problems = Vec::new();
        for draft in receiver {
            problems.extend(run.append(&draft).iter().map(ToString::to_string));
        }
        (run, problems)
    };
    match std::thread::Builder::new().name("recorder".to_owned()).spawn(write) {
        Ok(thread) => Writer::Away(sender, thread),
        Err(_) => Writer::Lost,
    }
}

/// Records one `info` event outside of any open run.
pub(super) fn note<const N: usize>(
    story: &Story<'_>,
    clock: &SystemClock,
    text: &str,
    data: [(&str, serde_json::Value); N],
) {
    let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let draft = story.redactor.record(story.info(clock.now(), text, data));
    told(&ledger_of(story).write(&draft).problems);
}

/// Tells the user of what the record lacks; returns everything, for `degraded`.
fn told(problems: &[Problem]) -> Vec<String> {
    for problem in problems.iter().filter(|problem| problem.concerns_record()) {
        warn(PROGRAM, problem);
    }
    problems.iter().map(ToString::to_string).collect()
}

fn ledger_of(story: &Story<'_>) -> AgentLedger {
    let spec = story.spec;
    AgentLedger::new(LedgerConfig {
        root: spec.root.clone(),
        state_dir: spec.state_dir.clone(),
        temp_dir: spec.temp_dir.clone(),
        agent: spec.agent.clone(),
        session: match &spec.session {
            Some(session) => SessionChoice::Fixed(session.clone()),
            None => SessionChoice::Idle(spec.session_idle),
        },
        lock_wait: spec.lock_wait,
        durability: match spec.durability {
            Durability::Os => ledger::Durability::Os,
            Durability::Disk => ledger::Durability::Disk,
        },
        file_mode: 0o600,
        files: &crate::sys::files::SystemFiles,
    })
}
