//! What is done under an agent's lock besides appending: keeping the mirror, replaying spools, ending lost runs.

use super::agent::{Inner, MirrorState, SpoolLook};
use super::chain::Digest;
use super::dir::{Dir, FsError, Open};
use super::fault::Point;
use super::line::{open_line, own_event};
use super::lost;
use super::mirror::{HeadRecord, Mirror};
use super::open_run::{OpenRunRecord, Survey, survey};
use super::paths::{OPEN_DIR, day_file};
use super::problem::{LedgerError, Problem};
use super::record::{Draft, EventKind};
use super::session::{self, LastEvent};
use super::spool::{self, Spooled};
use super::status::{AgentState, StatusFile, write_status};
use super::writer::{Appended, LineMeta, Writer};
use crate::base::ids::{RunId, SessionId};
use crate::base::limits::LINE_MAX;
use crate::base::time::Timestamp;
use serde_json::{Map, Value};
use std::io::BufRead as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// One agent's ledger with its lock held.
pub(super) struct Held<'a> {
    pub(super) inner: &'a Inner,
    pub(super) writer: Writer<'a>,
    pub(super) mirror: &'a mut MirrorState,
    pub(super) spools: &'a mut SpoolLook,
    pub(super) problems: Vec<Problem>,
}

impl Held<'_> {
    /// Appends one event and mirrors the new head.
    pub(super) fn append(&mut self, session: &SessionId, draft: &Draft) -> Result<Appended, LedgerError> {
        let line = open_line(&self.inner.config.agent, session, draft);
        let meta = LineMeta {
            day: day_file(&draft.ts.date()),
            session: session.as_str(),
            ms: draft.ts.as_millis(),
            matters: matches!(draft.event, EventKind::TaskStart | EventKind::TaskResult),
        };
        self.append_line(line, &meta)
    }

    fn append_line(&mut self, line: Vec<u8>, meta: &LineMeta<'_>) -> Result<Appended, LedgerError> {
        let appended = self.writer.append(line, meta)?;
        self.write_mirror();
        Ok(appended)
    }

    fn write_mirror(&mut self) {
        let Some(end) = self.writer.end() else { return };
        let head = HeadRecord {
            seq: end.head.seq,
            sha256: end.line,
            file: end.head.file.clone(),
            start: end.head.start,
            len: end.behind - end.head.start,
        };
        if let Some(mirror) =
            self.mirror.open(&self.inner.paths.state, &self.inner.config, &mut self.problems)
            && let Err(error) = mirror.write(&head)
        {
            self.problems.push(Problem::Mirror(error));
        }
        self.mirror.written = Some(head.seq);
        self.inner.fault.reached(Point::Mirrored);
    }

    /// What every holder of the lock does first: reports repairs, looks whether the mirrored head is still there,
    /// and appends what waits in spools. `Err` if spooled events could not be appended; then later ones may not
    /// overtake them.
    pub(super) fn settle(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        self.check_mirror(now)?;
        self.report_repair(now)?;
        if self.spools.is_due(now)
            && let Err(error) = self.replay()
        {
            self.spools.forget();
            return Err(error);
        }
        Ok(())
    }

    fn report_repair(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        let Some(torn) = self.writer.journal.torn.clone() else { return Ok(()) };
        let summary = format!("an unfinished line of {} bytes in {} was ended", torn.len, torn.file);
        let data = Map::from_iter([
            ("repair".to_owned(), Value::from("torn_line")),
            ("file".to_owned(), Value::from(torn.file)),
            ("offset".to_owned(), Value::from(torn.start)),
            ("bytes".to_owned(), Value::from(torn.len)),
        ]);
        self.append_own(now, summary, data)?;
        self.writer.repair_reported()
    }

    fn append_own(
        &mut self,
        now: Timestamp,
        summary: String,
        data: Map<String, Value>,
    ) -> Result<(), LedgerError> {
        let session = match self.last_event() {
            Some(last) => last.session,
            None => SessionId::new(&now.date(), &self.inner.config.agent, 1),
        };
        let event = own_event(now, EventKind::Info, "ledger", summary, data);
        self.append(&session, &event).map(|_| ())
    }

    fn check_mirror(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        let written = self.mirror.written;
        if written.is_some() && written == self.writer.end().map(|end| end.head.seq) {
            return Ok(());
        }
        let heads = match self.mirror.open(&self.inner.paths.state, &self.inner.config, &mut self.problems) {
            Some(mirror) => mirror.read(),
            None => return Ok(()),
        };
        let heads = match heads {
            Ok(heads) => heads,
            Err(error) => {
                self.problems.push(Problem::Mirror(error));
                return Ok(());
            }
        };
        let Some(newest) = heads.newest else { return Ok(()) };
        if self.holds_head(&newest) {
            return Ok(());
        }
        // An old journal, as from a backup, is the harmless reason.
        self.writer.search_again()?;
        if self.holds_head(&newest) || heads.missing.contains(&newest) {
            return Ok(());
        }
        self.report_missing(now, &newest)
    }

    fn report_missing(&mut self, now: Timestamp, head: &HeadRecord) -> Result<(), LedgerError> {
        let agent = self.inner.config.agent.to_string();
        if let Some(mirror) = self.mirror.get()
            && let Err(error) = mirror.keep_missing(head)
        {
            self.problems.push(Problem::Mirror(error));
        }
        let summary = format!("line {} is no longer in the ledger as it was written", head.seq);
        let data = Map::from_iter([
            ("repair".to_owned(), Value::from("head_missing")),
            ("head".to_owned(), serde_json::to_value(head).unwrap_or_default()),
        ]);
        self.problems.push(Problem::HeadMissing { agent, seq: head.seq });
        self.append_own(now, summary, data)
    }

    /// Whether the ledger holds exactly this line at exactly this place.
    fn holds_head(&self, head: &HeadRecord) -> bool {
        let Some(end) = self.writer.end() else { return false };
        if head.seq >= end.head.seq {
            return head.seq == end.head.seq && head.sha256 == end.line;
        }
        let length = usize::try_from(head.len).unwrap_or(usize::MAX).min(LINE_MAX);
        let mut line = vec![0; length];
        let file = self.writer.ledger.dir.file(&head.file, Open::Read, 0);
        file.is_ok_and(|file| file.read_exact_at(&mut line, head.start).is_ok())
            && Digest::of(&line) == head.sha256
    }

    fn replay(&mut self) -> Result<(), LedgerError> {
        for place in spool::places(&self.inner.config, &self.inner.paths) {
            if spool::waits(&place) {
                self.replay_place(&place)?;
            }
        }
        Ok(())
    }

    fn replay_place(&mut self, place: &Path) -> Result<(), LedgerError> {
        let ledger_dir = self.writer.ledger.dir.path().to_owned();
        let fault = self.inner.fault.clone();
        let mut refused = None;
        let result = spool::replay(
            place,
            &mut |event| day_holds(&ledger_dir, event),
            &mut |event| {
                let meta = LineMeta { day: event.day, session: &event.session, ms: event.ms, matters: true };
                self.append_line(event.line, &meta).map(|_| ()).map_err(|error| {
                    let why = error.to_string();
                    refused = Some(error);
                    why
                })
            },
            &|| fault.reached(Point::ReplayBegun),
        );
        fault.reached(Point::Replayed);
        match (result, refused) {
            (_, Some(error)) => Err(error),
            (Err(why), None) => {
                self.spools.forget();
                self.problems.push(Problem::NotReplayed { spool: place.to_owned(), why });
                Ok(())
            }
            (Ok(_), None) => Ok(()),
        }
    }

    /// The newest event of any writer, as far as it is known.
    pub(super) fn last_event(&self) -> Option<LastEvent> {
        let journal = &self.writer.journal;
        let end = self.writer.end();
        if let Some(foreign) = end.and_then(|end| LastEvent::of_line(end.foreign.as_ref()?)) {
            return Some(foreign);
        }
        let session = journal.session.as_ref().and_then(|session| session.parse().ok());
        match session {
            Some(session) => Some(LastEvent { session, ms: journal.last_ms }),
            None => self.head_event(),
        }
    }

    fn head_event(&self) -> Option<LastEvent> {
        let end = self.writer.end()?;
        let length = usize::try_from(end.behind - end.head.start).ok()?;
        let mut line = vec![0; length.min(LINE_MAX)];
        let file = self.writer.ledger.dir.file(&end.head.file, Open::Read, 0).ok()?;
        file.read_exact_at(&mut line, end.head.start).ok()?;
        LastEvent::of_line(&line)
    }

    /// The session for an event at `now`; a new one is counted.
    pub(super) fn session(&mut self, now: Timestamp) -> SessionId {
        let config = &self.inner.config;
        let last = self.last_event();
        if let Some(session) = session::continued(&config.session, &config.agent, last.as_ref(), now) {
            return session;
        }
        let dir = &self.inner.paths.sessions;
        let session = session::next(dir, &config.agent, last.as_ref(), now);
        if let Err(error) = session::write_counter(dir, &session, config.file_mode, config.files) {
            self.problems.push(Problem::Status(error));
        }
        session
    }

    /// Ends lost runs and returns how many others are open, and why the last lost one failed.
    pub(super) fn reap(&mut self, own: Option<&RunId>, now: Timestamp) -> Result<Reaped, LedgerError> {
        let mut reaped = Reaped::default();
        let listed = self.writer.ledger.dir.subdir(OPEN_DIR, None);
        let fallback = Dir::open(&self.inner.fallback_runs());
        for found in [listed, fallback] {
            let dir = match found {
                Ok(dir) => dir,
                Err(error) if error.is_not_found() => continue,
                Err(error) => {
                    self.problems.push(Problem::OpenRun(error));
                    continue;
                }
            };
            match survey(&dir, own) {
                Ok(found) => self.end_lost(&dir, &found, now, &mut reaped)?,
                Err(error) => self.problems.push(Problem::OpenRun(error)),
            }
        }
        Ok(reaped)
    }

    fn end_lost(
        &mut self,
        dir: &Dir,
        found: &Survey,
        now: Timestamp,
        reaped: &mut Reaped,
    ) -> Result<(), LedgerError> {
        reaped.alive += found.alive;
        for lost in &found.lost {
            if let Some(run) = &lost.record {
                let held = lost::find(&self.writer.ledger.dir, run)?;
                if held.start && !held.result {
                    for event in lost::events(run, held, now) {
                        self.append(&run.session_id, &event)?;
                    }
                    reaped.lost.push(run.clone());
                }
            }
            self.inner.fault.reached(Point::LossWritten);
            reaped.removed += 1;
            if let Err(error) = lost.remove(dir) {
                self.problems.push(Problem::OpenRun(error));
            }
        }
        Ok(())
    }

    /// Replaces `status.json`.
    pub(super) fn status(&mut self, state: AgentState, at: Timestamp, change: StatusChange<'_>) {
        let config = &self.inner.config;
        let status = StatusFile {
            agent: config.agent.to_string(),
            state,
            last_heartbeat: at.to_string(),
            last_task_id: change.task_id.map(str::to_owned),
            session_id: change.session.map(ToString::to_string),
            last_error: change.last_error,
            active_runs: Some(change.active_runs),
            stale_after: change.stale_after.map(|at| at.to_string()),
        };
        if let Err(error) = write_status(&self.inner.paths.status, &status, config.file_mode, config.files) {
            self.problems.push(Problem::Status(error));
        }
        self.inner.fault.reached(Point::StatusWritten);
    }
}

/// What a look at the open runs gave.
#[derive(Debug, Default)]
pub(super) struct Reaped {
    /// Other runs still open.
    pub(super) alive: u64,
    /// Runs that were given an end.
    pub(super) lost: Vec<OpenRunRecord>,
    /// Open-run files removed, also of runs that had their end already.
    pub(super) removed: u64,
}

/// What goes into `status.json` besides state and time.
#[derive(Debug, Default)]
pub(super) struct StatusChange<'a> {
    pub(super) task_id: Option<&'a str>,
    pub(super) session: Option<&'a SessionId>,
    pub(super) last_error: Option<String>,
    pub(super) active_runs: u64,
    pub(super) stale_after: Option<Timestamp>,
}

/// Whether the event is in its day's file: the same line, with a link where the spool has none.
fn day_holds(dir: &Path, event: &Spooled) -> bool {
    let Ok(file) = Dir::open(dir).and_then(|dir| dir.file(&event.day, Open::Read, 0)) else { return false };
    let mut reader = std::io::BufReader::with_capacity(1 << 18, file);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        if line.strip_prefix(event.line.as_slice()).is_some_and(|rest| rest.starts_with(b",\"chain\":")) {
            return true;
        }
        line.clear();
    }
    false
}

/// Opens the state directory of a root, and notes there which root it belongs to.
pub(super) fn open_state(state: &Path, root: &Path) -> Result<Dir, FsError> {
    use std::io::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    match Dir::open(state) {
        Err(error) if error.is_not_found() => {
            let dir = Dir::open_or_create(state, 0o700)?;
            let mut file = dir.file("root", Open::Replace, 0o600)?;
            file.write_all(root.as_os_str().as_bytes())
                .map_err(|error| FsError::new("write", dir.join("root"), error))?;
            Ok(dir)
        }
        other => other,
    }
}

impl MirrorState {
    /// The mirror, opened at the first use; a failure is reported once.
    pub(super) fn open(
        &mut self,
        state: &Path,
        config: &super::config::LedgerConfig,
        problems: &mut Vec<Problem>,
    ) -> Option<&Mirror> {
        if self.mirror.is_none() && !self.failed {
            let opened =
                open_state(state, &config.root).and_then(|dir| Mirror::open(&dir, config.agent.as_str()));
            match opened {
                Ok(mirror) => self.mirror = Some(mirror),
                Err(error) => {
                    self.failed = true;
                    problems.push(Problem::Mirror(error));
                }
            }
        }
        self.mirror.as_ref()
    }

    fn get(&self) -> Option<&Mirror> {
        self.mirror.as_ref()
    }
}
