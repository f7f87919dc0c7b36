//! The life of one run in the ledger: begin, events, end.

use super::agent::{AgentLedger, Inner};
use super::config::{RunEnd, RunMeta};
use super::dir::{Dir, FsError, dir_mode};
use super::fault::Point;
use super::held::{Held, StatusChange};
use super::open_run::{OpenRunFile, OpenRunRecord};
use super::paths::{OPEN_DIR, day_file};
use super::problem::{LedgerError, Problem, Recorded};
use super::record::Draft;
use super::status::AgentState;
use crate::base::ids::SessionId;
use crate::base::limits::STALE_HEARTBEATS;
use crate::base::redacted::Redacted;
use crate::base::time::Timestamp;
use std::sync::Arc;

/// A run that has begun.
#[derive(Debug)]
pub struct Begun {
    /// The run, to be given its events and its end.
    pub run: OpenRun,
    /// Its session.
    pub session: SessionId,
    /// Where its `task_start` is.
    pub recorded: Recorded,
    /// What went wrong.
    pub problems: Vec<Problem>,
}

/// A run that has begun and not ended. Dropped without an end, it counts as lost, as if its process had died.
#[derive(Debug)]
pub struct OpenRun {
    ledger: Arc<Inner>,
    file: Option<OpenRunFile>,
    meta: RunMeta,
    session: SessionId,
    task_id: String,
}

impl AgentLedger {
    /// Begins a run: under one lock ends lost runs, chooses the session, lists the run as open, appends what waits in
    /// the spool and then `start`, and makes the status busy. Never fails; `problems` and `recorded` say how it went.
    pub fn begin(&self, start: &Redacted<Draft>, meta: RunMeta) -> Begun {
        let now = start.get().ts;
        let mut run = self.run(start, meta);
        match self.inner.locked(|held| run.begin_held(held, start)) {
            Ok((Ok(()), problems)) => {
                Begun { session: run.session.clone(), run, recorded: Recorded::Ledger, problems }
            }
            Ok((Err(why), problems)) => run.begin_spooled(start, why, problems),
            Err(why) => {
                run.session = self.inner.unlocked_session(now);
                run.begin_spooled(start, why, Vec::new())
            }
        }
    }

    /// Like [`begin`](Self::begin), but leaves nothing behind, no spooled event either, when `start` does not get into
    /// the ledger itself.
    pub fn begin_strict(&self, start: &Redacted<Draft>, meta: RunMeta) -> Result<Begun, LedgerError> {
        let mut run = self.run(start, meta);
        let begun = self.inner.locked(|held| run.begin_held(held, start));
        match begun {
            Ok((Ok(()), problems)) => {
                Ok(Begun { session: run.session.clone(), run, recorded: Recorded::Ledger, problems })
            }
            Ok((Err(why), _)) | Err(why) => {
                if let Some(file) = run.file.take() {
                    // It would be taken for a lost run that has no start, and removed without an event.
                    drop(file.remove());
                }
                Err(why)
            }
        }
    }

    fn run(&self, start: &Redacted<Draft>, meta: RunMeta) -> OpenRun {
        OpenRun {
            ledger: Arc::clone(&self.inner),
            file: None,
            meta,
            session: SessionId::new(&start.get().ts.date(), &self.inner.config.agent, 0),
            task_id: start.get().task_id.clone(),
        }
    }
}

impl OpenRun {
    /// The run's session.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    fn begin_held(&mut self, held: &mut Held<'_>, start: &Redacted<Draft>) -> Result<(), LedgerError> {
        let now = start.get().ts;
        let settled = held.settle(now);
        self.session = held.session(now);
        settled?;
        let others = held.reap(None, now)?;
        let day = day_file(&now.date());
        let at = held.writer.end().filter(|end| end.head.file == day).map_or(0, |end| end.head.at);
        let mode = Some(dir_mode(held.inner.config.file_mode));
        let dir = held.writer.ledger.dir.subdir(OPEN_DIR, mode);
        match dir.and_then(|dir| self.create_file(&dir, start.get(), day, at)) {
            Ok(file) => self.file = Some(file),
            Err(error) => held.problems.push(Problem::OpenRun(error)),
        }
        held.inner.fault.reached(Point::RunOpened);
        held.append(&self.session, start.get())?;
        self.status(held, AgentState::Busy, now, others.alive + 1, None);
        Ok(())
    }

    /// Begins although the ledger did not take `start`.
    fn begin_spooled(
        mut self,
        start: &Redacted<Draft>,
        why: LedgerError,
        mut problems: Vec<Problem>,
    ) -> Begun {
        let draft = start.get();
        let ledger = Arc::clone(&self.ledger);
        // First of all, should descriptors be what is short.
        let recorded = ledger.spool(&self.session, &[draft], why, &mut problems);
        if self.file.is_none() {
            let mode = Some(dir_mode(ledger.config.file_mode));
            let day = day_file(&draft.ts.date());
            // The ledger's own list is preferred: that it could not be locked does not mean it cannot be written.
            let file = Dir::open(&ledger.paths.ledger)
                .and_then(|dir| dir.subdir(OPEN_DIR, mode))
                .and_then(|dir| self.create_file(&dir, draft, day.clone(), 0))
                .or_else(|_| {
                    let dir = Dir::open_or_create(&ledger.fallback_runs(), 0o700)?;
                    self.create_file(&dir, draft, day, 0)
                });
            match file {
                Ok(file) => self.file = Some(file),
                Err(error) => problems.push(Problem::OpenRun(error)),
            }
        }
        Begun { session: self.session.clone(), run: self, recorded, problems }
    }

    fn create_file(&self, dir: &Dir, start: &Draft, file: String, at: u64) -> Result<OpenRunFile, FsError> {
        let record = OpenRunRecord {
            last_ms: start.ts.as_millis(),
            start_ms: start.ts.as_millis(),
            run_id: self.meta.run_id,
            session_id: self.session.clone(),
            task_id: start.task_id.clone(),
            source: start.source.clone(),
            pid: self.meta.pid,
            file,
            at,
        };
        OpenRunFile::create(dir, record, self.ledger.config.file_mode)
    }

    fn status(
        &self,
        held: &mut Held<'_>,
        state: AgentState,
        at: Timestamp,
        active_runs: u64,
        last_error: Option<String>,
    ) {
        let stale_after = at.plus(self.meta.heartbeat * STALE_HEARTBEATS);
        let change = StatusChange {
            task_id: Some(&self.task_id),
            session: Some(&self.session),
            last_error,
            active_runs,
            stale_after: (state == AgentState::Busy).then_some(stale_after),
        };
        held.status(state, at, change);
    }

    /// Appends an event of the run, usually a heartbeat, and renews its signs of life.
    pub fn append(&mut self, event: &Redacted<Draft>) -> Vec<Problem> {
        let ledger = Arc::clone(&self.ledger);
        let now = event.get().ts;
        let (mut done, mut appended) = (0, None);
        let outcome = ledger.locked(|held| {
            let refused = held.settle(now).err();
            let refused =
                refused.or_else(|| held.append_all(&self.session, &[event], &mut done, &mut appended));
            if refused.is_none()
                && let Ok(others) = held.reap(Some(&self.meta.run_id), now)
            {
                self.status(held, AgentState::Busy, now, others.alive + 1, None);
            }
            refused
        });
        let (refused, mut problems) = match outcome {
            Ok((refused, problems)) => (refused, problems),
            Err(error) => (Some(error), Vec::new()),
        };
        if let Some(why) = refused {
            ledger.spool(&self.session, &[event.get()], why, &mut problems);
        }
        if let Some(Err(error)) = self.file.as_mut().map(|file| file.touch(now.as_millis())) {
            problems.push(Problem::OpenRun(error));
        }
        problems
    }

    /// Ends the run: appends its last events in order (an `error` if there is one, then the `task_result`), takes it off
    /// the list of open runs, and sets the status.
    pub fn finish(mut self, events: &[Redacted<Draft>], end: &RunEnd) -> Vec<Problem> {
        let ledger = Arc::clone(&self.ledger);
        let events: Vec<&Redacted<Draft>> = events.iter().collect();
        let (mut done, mut appended) = (0, None);
        let outcome = ledger.locked(|held| {
            let refused = held.settle(end.at).err();
            let refused =
                refused.or_else(|| held.append_all(&self.session, &events, &mut done, &mut appended));
            held.inner.fault.reached(Point::ResultWritten);
            let others = held.reap(Some(&self.meta.run_id), end.at).unwrap_or_default();
            self.end_status(held, end, others.alive);
            if refused.is_none() {
                self.close(&mut held.problems);
            }
            refused
        });
        let (refused, mut problems) = match outcome {
            Ok((refused, problems)) => (refused, problems),
            Err(error) => (Some(error), Vec::new()),
        };
        if let Some(why) = refused {
            let rest: Vec<&Draft> = events[done..].iter().map(|event| event.get()).collect();
            let recorded = ledger.spool(&self.session, &rest, why, &mut problems);
            if recorded > Recorded::Nowhere {
                self.close(&mut problems);
            }
        }
        problems
    }

    /// Takes the run off the list of open runs without any event: for a caller that will not run the command after
    /// all and whose `task_start` was recorded [`Nowhere`](Recorded::Nowhere).
    pub fn abandon(mut self) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.close(&mut problems);
        problems
    }

    fn end_status(&self, held: &mut Held<'_>, end: &RunEnd, others: u64) {
        let failed = end.failed.as_ref().map(|reason| reason.get().clone());
        let state = match (others, &failed) {
            (0, None) => AgentState::Idle,
            (0, Some(_)) => AgentState::Error,
            _ => AgentState::Busy,
        };
        self.status(held, state, end.at, others, failed);
    }

    fn close(&mut self, problems: &mut Vec<Problem>) {
        if let Some(Err(error)) = self.file.take().map(OpenRunFile::remove) {
            problems.push(Problem::OpenRun(error));
        }
        self.ledger.fault.reached(Point::RunClosed);
    }
}
