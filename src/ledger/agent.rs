//! One agent's ledger, as callers see it.

use super::config::LedgerConfig;
use super::dir::{Dir, FsError};
use super::fault::{Fault, FaultHook};
use super::held::Held;
use super::line::{close_unchained, mark_spooled, open_line};
use super::mirror::{HeadRecord, Mirror};
use super::paths::{LedgerPaths, canonical};
use super::problem::{LedgerError, Problem, Recorded};
use super::record::Draft;
use super::spool;
use super::status::{StatusFile, write_status};
use super::writer::{Appended, OpenLedger, Writer};
use crate::base::ids::SessionId;
use crate::base::limits::SPOOL_LOOK;
use crate::base::redacted::Redacted;
use crate::base::time::Timestamp;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The ledger of one agent. Cheap to clone; clones share open files, and threads may share clones.
#[derive(Debug, Clone)]
pub struct AgentLedger {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) config: LedgerConfig,
    pub(super) paths: LedgerPaths,
    pub(super) fault: Fault,
    files: Mutex<Files>,
}

#[derive(Debug, Default)]
struct Files {
    ledger: Option<OpenLedger>,
    mirror: MirrorState,
    spools: SpoolLook,
}

/// When this process last looked for spooled events.
#[derive(Debug, Default)]
pub(super) struct SpoolLook(Option<i64>);

impl SpoolLook {
    /// Whether it is time to look again at `now`, and notes that it is done. Times are those of events, so a clock that
    /// was set back counts as time as well.
    pub(super) fn is_due(&mut self, now: Timestamp) -> bool {
        let now = now.as_millis();
        let due = self.0.is_none_or(|last| u128::from(now.abs_diff(last)) >= SPOOL_LOOK.as_millis());
        if due {
            self.0 = Some(now);
        }
        due
    }

    /// The next look is due.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }
}

/// The head mirror as far as this process knows it.
#[derive(Debug, Default)]
pub(super) struct MirrorState {
    pub(super) mirror: Option<Mirror>,
    pub(super) failed: bool,
    /// Number of the newest line mirrored by this process.
    pub(super) written: Option<u64>,
}

impl AgentLedger {
    /// Names a ledger; nothing is opened or created yet.
    pub fn new(config: LedgerConfig) -> Self {
        Self::with_fault(config, Fault::default())
    }

    /// Like [`new`](Self::new), with a hook at every point of the protocol. For tests of crashes and failing writes.
    pub fn with_hook(config: LedgerConfig, hook: Arc<dyn FaultHook>) -> Self {
        Self::with_fault(config, Fault::new(hook))
    }

    fn with_fault(config: LedgerConfig, fault: Fault) -> Self {
        let config = LedgerConfig { root: canonical(&config.root), ..config };
        let paths = LedgerPaths::new(&config.root, &config.state_dir, &config.agent);
        Self { inner: Arc::new(Inner { config, paths, fault, files: Mutex::default() }) }
    }

    /// What the ledger was told, its root in canonical form.
    pub fn config(&self) -> &LedgerConfig {
        &self.inner.config
    }

    /// Where the ledger's files are.
    pub fn paths(&self) -> &LedgerPaths {
        &self.inner.paths
    }

    /// Appends one event to a session. An event the ledger cannot take is spooled, which is a problem too; then
    /// the problem that says so is the last of the list.
    pub fn append(&self, session: &SessionId, event: &Redacted<Draft>) -> Result<Appended, Vec<Problem>> {
        let mut appended = None;
        let problems = self.inner.batch(event.get().ts, |_| session.clone(), &[event], &mut appended);
        appended.ok_or(problems)
    }

    /// Appends one event to the session the configuration chooses: the current one, or the next. Gives the session
    /// and the line, and what else went wrong.
    pub fn write(&self, event: &Redacted<Draft>) -> Written {
        let now = event.get().ts;
        let mut appended = None;
        let mut session = None;
        let choose = |held: &mut Held<'_>| session.insert(held.session(now)).clone();
        let problems = self.inner.batch(now, choose, &[event], &mut appended);
        Written { session, appended, problems }
    }
}

impl AgentLedger {
    /// Replaces `status.json` under the agent's lock.
    pub fn set_status(&self, status: &Redacted<StatusFile>) -> Result<(), LedgerError> {
        let mut files = self.inner.files.lock().unwrap_or_else(PoisonError::into_inner);
        let ledger = self.inner.acquire(&mut files.ledger)?;
        let config = &self.inner.config;
        let written = write_status(&self.inner.paths.status, status.get(), config.file_mode, config.files);
        // Closing the file unlocks too; nothing else can be done about a failure here.
        drop(ledger.lock.file.unlock());
        Ok(written?)
    }

    /// The newest chained line, searched from the ends of all days; `None` if there is none. Takes no lock and changes
    /// nothing.
    pub fn head(&self) -> Result<Option<HeadRecord>, FsError> {
        let dir = match Dir::open(&self.inner.paths.ledger) {
            Err(error) if error.is_not_found() => return Ok(None),
            other => other?,
        };
        super::end::newest(&dir)
    }
}

/// What [`AgentLedger::write`] did.
#[derive(Debug)]
pub struct Written {
    /// The event's session, if the ledger could be asked for one.
    pub session: Option<SessionId>,
    /// The event's line, if it is in the ledger.
    pub appended: Option<Appended>,
    /// What went wrong, spooling included.
    pub problems: Vec<Problem>,
}

impl Inner {
    /// Runs `work` with the agent's lock held.
    pub(super) fn locked<R>(
        &self,
        work: impl FnOnce(&mut Held<'_>) -> R,
    ) -> Result<(R, Vec<Problem>), LedgerError> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let Files { ledger, mirror, spools } = &mut *files;
        let result = self.locked_files(ledger, mirror, spools, work);
        if result.is_err() {
            // Descriptors may be what is short; and what is open may be what is wrong.
            *ledger = None;
            *mirror = MirrorState::default();
            spools.forget();
        }
        result
    }

    fn locked_files<R>(
        &self,
        open: &mut Option<OpenLedger>,
        mirror: &mut MirrorState,
        spools: &mut SpoolLook,
        work: impl FnOnce(&mut Held<'_>) -> R,
    ) -> Result<(R, Vec<Problem>), LedgerError> {
        let ledger = self.acquire(open)?;
        let writer = Writer::new(ledger, &self.config, &self.fault)?;
        let mut held = Held { inner: self, writer, mirror, spools, problems: Vec::new() };
        let result = work(&mut held);
        Ok((result, held.problems))
    }

    /// Opens the ledger unless it is open, and takes its lock.
    fn acquire<'l>(&self, open: &'l mut Option<OpenLedger>) -> Result<&'l mut OpenLedger, LedgerError> {
        loop {
            let ledger = match open.take() {
                Some(ledger) => ledger,
                None => OpenLedger::open(&self.paths, self.config.file_mode)?,
            };
            if ledger.acquire(&self.config)? {
                return Ok(open.insert(ledger));
            }
            // Somebody removed the ledger while it was open here: the next turn creates it anew.
        }
    }

    /// Records events of one session in order: in the ledger, or from the first one it refuses on in the spool.
    pub(super) fn batch(
        &self,
        now: Timestamp,
        session: impl FnOnce(&mut Held<'_>) -> SessionId,
        events: &[&Redacted<Draft>],
        appended: &mut Option<Appended>,
    ) -> Vec<Problem> {
        let mut chosen = None;
        let outcome = self.locked(|held| {
            let mut done = 0;
            let refused = held.settle(now).err();
            let session = chosen.insert(session(held)).clone();
            let refused = refused.or_else(|| held.append_all(&session, events, &mut done, appended));
            (done, refused)
        });
        let (done, refused, mut problems) = match outcome {
            Ok(((done, refused), problems)) => (done, refused, problems),
            Err(error) => (0, Some(error), Vec::new()),
        };
        if let Some(why) = refused {
            let session = chosen.unwrap_or_else(|| self.unlocked_session(now));
            let rest: Vec<&Draft> = events[done..].iter().map(|event| event.get()).collect();
            self.spool(&session, &rest, why, &mut problems);
        }
        problems
    }

    /// Puts events into the spool, and says what came of it.
    pub(super) fn spool(
        &self,
        session: &SessionId,
        events: &[&Draft],
        why: LedgerError,
        problems: &mut Vec<Problem>,
    ) -> Recorded {
        let (why, events) = match why {
            // The first of them is in the journal, and will be completed from there.
            LedgerError::Unfinished { .. } => {
                problems.push(Problem::Unfinished(why));
                let Some(rest) = events.get(1..).filter(|rest| !rest.is_empty()) else {
                    return Recorded::Ledger;
                };
                (LedgerError::NoEnd { path: self.paths.ledger.clone() }, rest)
            }
            why => (why, events),
        };
        let mut lines = Vec::new();
        for event in events {
            let mut line = open_line(&self.config.agent, session, &mark_spooled(event));
            close_unchained(&mut line);
            lines.extend_from_slice(&line);
        }
        match spool::push(&self.config, &self.paths, &lines) {
            Ok(spool) => {
                self.files.lock().unwrap_or_else(PoisonError::into_inner).spools.forget();
                problems.push(Problem::Spooled { why, events: events.len(), spool });
                Recorded::Spool
            }
            Err(spool) => {
                problems.push(Problem::Unrecorded { why, events: events.len(), spool });
                Recorded::Nowhere
            }
        }
    }

    /// Where runs are listed that began while the ledger could not be written.
    pub(super) fn fallback_runs(&self) -> PathBuf {
        self.paths.state.join(format!("{}.open", self.config.agent))
    }

    /// Number 0 of its day: the session of events that happened while the ledger could not be asked.
    pub(super) fn unlocked_session(&self, now: Timestamp) -> SessionId {
        match &self.config.session {
            super::config::SessionChoice::Fixed(session) => session.clone(),
            super::config::SessionChoice::Idle(_) => super::session::unlocked(&self.paths, &self.config, now),
        }
    }
}

impl Held<'_> {
    /// Appends `events` until one is refused; `done` counts those that were not.
    pub(super) fn append_all(
        &mut self,
        session: &SessionId,
        events: &[&Redacted<Draft>],
        done: &mut usize,
        appended: &mut Option<Appended>,
    ) -> Option<LedgerError> {
        for event in events {
            match self.append(session, event.get()) {
                Ok(line) => *appended = Some(line),
                Err(error) => return Some(error),
            }
            *done += 1;
        }
        None
    }
}
