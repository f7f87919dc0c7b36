//! Looking over an agent's ledger for what dead writers, full disks and other programs left behind.

use super::agent::AgentLedger;
use super::chain::ReadAt as _;
use super::dir::{Dir, Open};
use super::held::{Held, StatusChange};
use super::lost;
use super::mirror::{self, Heads};
use super::open_run::survey;
use super::paths::{LOCK_FILE, OPEN_DIR, STATUS_FILE, is_day_file};
use super::problem::{LedgerError, Problem};
use super::record::Status;
use super::region::Region;
use super::spool;
use super::status::{AgentState, read_status};
use super::validate::check_status;
use crate::base::ids::SessionId;
use crate::base::time::Timestamp;
use std::fs::{self, Permissions};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Kinds of things that can be wrong with a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ailment {
    /// A run whose recorder died before it could write an end.
    LostRun,
    /// A day's file ends within a line.
    TornTail,
    /// Events wait in a spool.
    Spooled,
    /// Lines in a spool that are no events.
    Rejected,
    /// `status.json` is wrong or out of date.
    Status,
    /// Others may change a file.
    Permissions,
    /// A link, directory or FIFO stands where a file belongs.
    NotAFile,
    /// A mirrored head was found missing earlier.
    HeadMissing,
    /// Something could not be looked at.
    Unreadable,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What kind of thing.
    pub ailment: Ailment,
    /// Where.
    pub path: PathBuf,
    /// What exactly, and what to do about it.
    pub detail: String,
    /// Whether it has been put right.
    pub fixed: bool,
}

impl AgentLedger {
    /// Looks the ledger over without changing anything.
    pub fn examine(&self) -> Vec<Finding> {
        let mut findings = Findings::default();
        let paths = self.paths();
        match Dir::open(&paths.ledger) {
            Ok(dir) => examine_files(&dir, &mut findings),
            Err(error) if error.is_not_found() => {}
            Err(error) => {
                let linked = fs::symlink_metadata(&paths.ledger).is_ok_and(|found| found.is_symlink());
                let ailment = if linked { Ailment::NotAFile } else { Ailment::Unreadable };
                findings.add(ailment, &paths.ledger, error.to_string());
            }
        }
        let alive = self.examine_runs(&mut findings);
        self.examine_spools(&mut findings);
        self.examine_status(alive, &mut findings);
        for head in self.mirrored().missing {
            let path = paths.state.join(mirror::mirror_file(self.inner.config.agent.as_str()));
            let detail = format!(
                "line {} ({}) was once the newest and then missing; if `ledgerctl verify` explains it, remove its line here",
                head.seq, head.sha256
            );
            findings.add(Ailment::HeadMissing, &path, detail);
        }
        findings.0
    }

    /// The mirrored heads of this ledger.
    pub fn mirrored(&self) -> Heads {
        let path = self.paths().state.join(mirror::mirror_file(self.inner.config.agent.as_str()));
        fs::read(path).map_or_else(|_| Heads::default(), |text| mirror::parse(&text))
    }

    /// Puts right what [`examine`](Self::examine) finds, as far as that destroys nothing, and says of each finding whether
    /// it is gone.
    pub fn mend(&self, now: Timestamp) -> Result<(Vec<Finding>, Vec<Problem>), LedgerError> {
        let mut findings = self.examine();
        if findings.is_empty() {
            return Ok((findings, Vec::new()));
        }
        for finding in findings.iter().filter(|finding| finding.ailment == Ailment::Permissions) {
            mend_mode(&finding.path);
        }
        let (result, problems) = self.inner.locked(|held| {
            held.settle(now)?;
            let reaped = held.reap(None, now)?;
            held.mend_status(now, reaped.alive, reaped.lost.last().map(lost::reason));
            Ok::<(), LedgerError>(())
        })?;
        result?;
        let left = self.examine();
        for finding in &mut findings {
            finding.fixed =
                !left.iter().any(|other| other.ailment == finding.ailment && other.path == finding.path);
        }
        Ok((findings, problems))
    }

    /// Returns how many runs are open whose recorder lives.
    fn examine_runs(&self, findings: &mut Findings) -> u64 {
        let mut alive = 0;
        let own = Dir::open(&self.paths().ledger).and_then(|dir| dir.subdir(OPEN_DIR, None));
        let fallback = self.inner.fallback_runs();
        for (path, dir) in
            [(self.paths().ledger.join(OPEN_DIR), own), (fallback.clone(), Dir::open(&fallback))]
        {
            let found = dir.and_then(|dir| survey(&dir, None));
            match found {
                Ok(found) => {
                    alive += found.alive;
                    for lost in &found.lost {
                        let detail = match &lost.record {
                            Some(run) => format!("{}; its end is missing", lost::reason(run)),
                            None => "a recorder died before its run began".to_owned(),
                        };
                        findings.add(Ailment::LostRun, &path.join(lost.name()), detail);
                    }
                }
                Err(error) if error.is_not_found() => {}
                Err(error) => findings.add(Ailment::Unreadable, &path, error.to_string()),
            }
        }
        alive
    }

    fn examine_spools(&self, findings: &mut Findings) {
        for place in spool::places(&self.inner.config, &self.inner.paths) {
            let waiting = spool::count(&place);
            if spool::waits(&place) {
                findings.add(Ailment::Spooled, &place, format!("{waiting} event(s) wait to be appended"));
            }
            let rejected = place.join(spool::REJECTED);
            if rejected.exists() {
                let detail = "lines that are no events; look at them, then remove the file".to_owned();
                findings.add(Ailment::Rejected, &rejected, detail);
            }
        }
    }

    fn examine_status(&self, alive: u64, findings: &mut Findings) {
        let path = self.paths().status.join(STATUS_FILE);
        let Ok(text) = fs::read(&path) else { return };
        if let Some(violation) = check_status(&text).first() {
            findings.add(Ailment::Status, &path, violation.to_string());
            return;
        }
        let Some(status) = read_status(&self.paths().status) else { return };
        let busy = status.state == AgentState::Busy;
        let counted = status.active_runs.unwrap_or(alive);
        if busy && alive == 0 {
            findings.add(Ailment::Status, &path, "it says busy, but no run is open".to_owned());
        } else if !busy && alive > 0 || busy && counted != alive {
            findings.add(Ailment::Status, &path, format!("{alive} run(s) are open, which it does not say"));
        }
    }
}

fn examine_files(dir: &Dir, findings: &mut Findings) {
    for name in dir.names().unwrap_or_default() {
        let path = dir.join(&name);
        let Ok(found) = fs::symlink_metadata(&path) else { continue };
        if is_day_file(&name) || name == LOCK_FILE {
            if found.is_file() {
                findings.mode(&path, &found);
                if is_day_file(&name) {
                    examine_tail(dir, &name, findings);
                }
            } else {
                findings.add(Ailment::NotAFile, &path, wrong_kind(&found));
            }
        } else if name == OPEN_DIR && !found.is_dir() {
            findings.add(Ailment::NotAFile, &path, wrong_kind(&found));
        }
    }
    if let Ok(found) = fs::symlink_metadata(dir.path()) {
        findings.mode(dir.path(), &found);
    }
}

fn examine_tail(dir: &Dir, name: &str, findings: &mut Findings) {
    let torn = dir.file(name, Open::Read, 0).ok().and_then(|file| {
        let size = file.size().ok()?;
        let from = size.checked_sub(1)?;
        let complete = Region::new(&file, from, size).ok()?.read(from, size, 1).ok()? == b"\n";
        (!complete).then_some(size)
    });
    if let Some(size) = torn {
        let detail = format!("it ends within a line at byte {size}; the next event of that day ends it");
        findings.add(Ailment::TornTail, &dir.join(name), detail);
    }
}

fn wrong_kind(found: &fs::Metadata) -> String {
    let kind = found.file_type();
    let what = if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a FIFO"
    } else {
        "no regular file"
    };
    format!("it is {what}, and nothing is written through it; put it right by hand")
}

/// Takes from group and others the right to write.
fn mend_mode(path: &Path) {
    if let Ok(found) = fs::symlink_metadata(path)
        && !found.is_symlink()
    {
        // Whether it worked shows in the second examination.
        drop(fs::set_permissions(path, Permissions::from_mode(found.permissions().mode() & 0o7755)));
    }
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, ailment: Ailment, path: &Path, detail: String) {
        self.0.push(Finding { ailment, path: path.to_owned(), detail, fixed: false });
    }

    fn mode(&mut self, path: &Path, found: &fs::Metadata) {
        let mode = found.permissions().mode() & 0o777;
        if mode & 0o022 != 0 {
            self.add(Ailment::Permissions, path, format!("its mode is {mode:03o}: others may change it"));
        }
    }
}

impl Held<'_> {
    /// Makes `status.json` say what is so. `lost` is why the last run that was ended just now failed.
    fn mend_status(&mut self, now: Timestamp, alive: u64, lost: Option<String>) {
        let before = read_status(&self.inner.paths.status);
        let task_id = before.as_ref().and_then(|status| status.last_task_id.clone());
        let session: Option<SessionId> =
            before.as_ref().and_then(|status| status.session_id.clone()?.parse().ok());
        let failed = lost.or_else(|| self.last_failure());
        let state = match (alive, &failed, before.map(|status| status.state)) {
            (0, _, Some(kept @ (AgentState::Idle | AgentState::Error | AgentState::Offline)))
                if failed.is_none() =>
            {
                kept
            }
            (0, None, _) => AgentState::Idle,
            (0, Some(_), _) => AgentState::Error,
            _ => AgentState::Busy,
        };
        let change = StatusChange {
            task_id: task_id.as_deref(),
            session: session.as_ref(),
            last_error: failed,
            active_runs: alive,
            stale_after: None,
        };
        self.status(state, now, change);
    }

    /// Why the newest finished run failed, if it did; looked for in the end of the newest day's file.
    fn last_failure(&self) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Members {
            event: String,
            summary: String,
            data: Data,
        }
        #[derive(serde::Deserialize)]
        struct Data {
            status: Option<Status>,
        }
        let end = self.writer.end()?;
        let file = self.writer.ledger.dir.file(&end.head.file, Open::Read, 0).ok()?;
        let from = end.size.saturating_sub(1 << 20);
        let text = Region::new(&file, from, end.size).ok()?.read(from, end.size, 1 << 20).ok()?;
        let mut lines = text.split(|byte| *byte == b'\n').rev();
        let result = lines.find_map(|line| {
            serde_json::from_slice::<Members>(line).ok().filter(|members| members.event == "task_result")
        })?;
        (result.data.status == Some(Status::Failure)).then_some(result.summary)
    }
}
