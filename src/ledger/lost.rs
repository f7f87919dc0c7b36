//! The end of runs whose recorder died before it could write one.

use super::dir::{Dir, FsError, Open};
use super::line::own_event;
use super::open_run::OpenRunRecord;
use super::paths::is_day_file;
use super::record::{Draft, ErrorData, EventKind, OutcomeKind, ResultData, Status, TouchData, data_object};
use crate::base::ids::RunId;
use crate::base::time::Timestamp;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};
use std::time::Duration;

/// Which events of a run the ledger holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: bool,
    pub(super) error: bool,
    pub(super) result: bool,
}

/// Looks for the run's events in the file it began in, from there on, and in all later ones. Costs as much as was
/// written since; paid once per lost run.
pub(super) fn find(dir: &Dir, run: &OpenRunRecord) -> Result<Found, FsError> {
    let mut found = Found::default();
    let id = run.run_id.to_string();
    for name in dir.names()?.into_iter().filter(|name| is_day_file(name) && *name >= run.file) {
        let from = if name == run.file { run.at } else { 0 };
        find_in(dir, &name, from, &id, &mut found)?;
    }
    Ok(found)
}

fn find_in(dir: &Dir, name: &str, from: u64, id: &str, found: &mut Found) -> Result<(), FsError> {
    #[derive(serde::Deserialize)]
    struct Members {
        event: EventKind,
        data: Data,
    }
    #[derive(serde::Deserialize)]
    struct Data {
        run_id: RunId,
    }
    let failed = |error| FsError::new("read", dir.join(name), error);
    let mut file = BufReader::with_capacity(1 << 18, dir.file(name, Open::Read, 0)?);
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let finder = memchr::memmem::Finder::new(id.as_bytes());
    let mut line = Vec::new();
    while file.read_until(b'\n', &mut line).map_err(failed)? > 0 {
        if finder.find(&line).is_some()
            && let Ok(members) = serde_json::from_slice::<Members>(&line)
            && members.data.run_id.to_string() == id
        {
            found.start |= members.event == EventKind::TaskStart;
            found.error |= members.event == EventKind::Error;
            found.result |= members.event == EventKind::TaskResult;
        }
        line.clear();
    }
    Ok(())
}

/// What `last_error` says about it.
pub(super) fn reason(run: &OpenRunRecord) -> String {
    format!("run {} was lost: its recorder (pid {}) died before the end was known", run.run_id, run.pid)
}

/// The events that are missing.
pub(super) fn events(run: &OpenRunRecord, found: Found, now: Timestamp) -> Vec<Draft> {
    let mut events = Vec::new();
    if !found.error {
        let data = ErrorData { error: reason(run), run_id: Some(run.run_id) };
        events.push(event(run, EventKind::Error, now, data_object(&data)));
    }
    events.push(event(run, EventKind::TaskResult, now, data_object(&result(run))));
    events
}

fn event(
    run: &OpenRunRecord,
    kind: EventKind,
    now: Timestamp,
    data: serde_json::Map<String, serde_json::Value>,
) -> Draft {
    let summary = "run lost: its recorder died before the end was known".to_owned();
    Draft { source: run.source.clone(), ..own_event(now, kind, &run.task_id, summary, data) }
}

fn result(run: &OpenRunRecord) -> ResultData {
    let lived = Duration::from_millis(u64::try_from(run.last_ms - run.start_ms).unwrap_or(0));
    ResultData {
        status: Status::Failure,
        exit_code: None,
        duration_sec: lived.as_secs_f64(),
        files_touched: Vec::new(),
        run_id: run.run_id,
        outcome: OutcomeKind::Lost,
        signal: None,
        core_dumped: false,
        errno: None,
        rusage: None,
        stdout: None,
        stderr: None,
        redactions: BTreeMap::new(),
        touch: TouchData::off("the recorder died"),
        files: Vec::new(),
        scope: None,
        leaked_processes: None,
        overhead_ms: 0.0,
        degraded: vec![
            "how the command ended, what it printed and which files it touched are not known".to_owned(),
            "duration_sec counts up to the last sign of life".to_owned(),
        ],
        stopped_sec: 0.0,
    }
}
