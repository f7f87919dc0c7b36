//! Runs that have begun and not ended.
//!
//! Each has a file of its own that its recorder keeps locked. The kernel drops the lock when that process dies,
//! however it dies and in whatever pid namespace; so an open-run file that is not locked is a run that was lost.

use super::dir::{Dir, FsError, Open};
use crate::base::ids::{RunId, SessionId};
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

/// Names under which files are prepared; not yet runs.
const PREPARED: &str = ".new-";

/// The content of an open-run file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OpenRunRecord {
    /// Milliseconds since the epoch of the last sign of life; first and of fixed width, so that it can be replaced.
    pub last_ms: i64,
    /// Milliseconds since the epoch of the start.
    pub start_ms: i64,
    /// The run.
    pub run_id: RunId,
    /// Its session.
    pub session_id: SessionId,
    /// Its task, as in its `task_start`.
    pub task_id: String,
    /// Its source, as in its `task_start`.
    pub source: String,
    /// Process id of the recorder, for people.
    pub pid: i32,
    /// Name of the file its `task_start` is in.
    pub file: String,
    /// Where in that file to begin looking for it.
    pub at: u64,
}

/// A run's own open-run file, locked.
#[derive(Debug)]
pub(super) struct OpenRunFile {
    file: File,
    path: PathBuf,
    record: OpenRunRecord,
}

impl OpenRunFile {
    /// Creates and locks the file in `dir`. It appears under its name only when it is locked and complete, so that
    /// nobody takes it for a lost run, not even without the agent's lock.
    pub(super) fn create(dir: &Dir, record: OpenRunRecord, file_mode: u32) -> Result<Self, FsError> {
        let name = record.run_id.to_string();
        let prepared = format!("{PREPARED}{name}");
        let file = dir.file(&prepared, Open::New, file_mode)?;
        let made = Self { file, path: dir.join(&name), record };
        let listed = made.lock().and_then(|()| made.write()).and_then(|()| dir.rename(&prepared, &name));
        if listed.is_err() {
            // An empty file left behind would be looked at for ever.
            drop(dir.unlink(&prepared));
        }
        listed.map(|()| made)
    }

    fn lock(&self) -> Result<(), FsError> {
        match self.file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::Error(error)) => Err(FsError::new("lock", &self.path, error)),
            Err(TryLockError::WouldBlock) => {
                Err(FsError::new("lock", &self.path, std::io::ErrorKind::WouldBlock))
            }
        }
    }

    /// Notes a sign of life.
    pub(super) fn touch(&mut self, ms: i64) -> Result<(), FsError> {
        self.record.last_ms = ms;
        self.write()
    }

    fn write(&self) -> Result<(), FsError> {
        let text = serde_json::to_vec(&self.record).unwrap_or_default();
        let failed = |error| FsError::new("write", &self.path, error);
        self.file.write_all_at(&text, 0).map_err(failed)
    }

    /// The run has ended.
    pub(super) fn remove(self) -> Result<(), FsError> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(FsError::new("remove", self.path, error))
            }
            _ => Ok(()),
        }
    }
}

/// What an agent's open-run directory holds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Runs whose recorder lives.
    pub(super) alive: u64,
    /// Runs whose recorder is gone. Their files stay locked by us as long as this exists.
    pub(super) lost: Vec<LostRun>,
}

/// An open-run file nobody holds.
#[derive(Debug)]
pub(super) struct LostRun {
    name: String,
    /// Keeps the lock.
    _file: File,
    /// What it says; `None` if its recorder died before it could say anything, and so before the run began.
    pub(super) record: Option<OpenRunRecord>,
}

impl LostRun {
    /// Name of its open-run file.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn remove(&self, dir: &Dir) -> Result<(), FsError> {
        dir.unlink(&self.name)
    }
}

/// Looks at every open run in `dir` except `own`.
pub(super) fn survey(dir: &Dir, own: Option<&RunId>) -> Result<Survey, FsError> {
    let own = own.map(ToString::to_string);
    let mut survey = Survey::default();
    for name in dir.names()? {
        if Some(&name) == own.as_ref()
            || own.as_ref().is_some_and(|own| name.strip_prefix(PREPARED) == Some(own))
        {
            continue;
        }
        let file = match dir.file(&name, Open::Read, 0) {
            Ok(file) => file,
            Err(error) if error.is_not_found() => continue,
            Err(error) => return Err(error),
        };
        match file.try_lock() {
            Ok(()) => survey.lost.push(LostRun { record: read(&file), _file: file, name }),
            // A prepared file is a run that has not begun.
            Err(TryLockError::WouldBlock) => survey.alive += u64::from(!name.starts_with(PREPARED)),
            Err(TryLockError::Error(error)) => return Err(FsError::new("lock", dir.join(&name), error)),
        }
    }
    Ok(survey)
}

fn read(file: &File) -> Option<OpenRunRecord> {
    let mut text = Vec::new();
    file.take(1 << 16).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn record(number: u8) -> OpenRunRecord {
        OpenRunRecord {
            last_ms: 1_763_254_800_567,
            start_ms: 1_763_254_800_567,
            run_id: format!("00000000-0000-7000-8000-0000000000{number:02}").parse().unwrap(),
            session_id: "2025-11-16_cls_001".parse().unwrap(),
            task_id: "wo-1".to_owned(),
            source: "t".to_owned(),
            pid: 7,
            file: "2025-11-16.jsonl".to_owned(),
            at: 0,
        }
    }

    fn create(path: &Path, number: u8) -> OpenRunFile {
        OpenRunFile::create(&Dir::open(path).unwrap(), record(number), 0o600).unwrap()
    }

    #[test]
    fn a_dropped_run_is_lost_and_a_held_one_alive() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Dir::open(temp.path()).unwrap();
        let (mut first, second, own) =
            (create(temp.path(), 1), create(temp.path(), 2), create(temp.path(), 3));
        first.touch(1_763_254_900_000).unwrap();
        let id = own.record.run_id;
        assert_eq!(survey(&dir, Some(&id)).unwrap().alive, 2);
        drop(first);
        let found = survey(&dir, Some(&id)).unwrap();
        assert_eq!((found.alive, found.lost.len()), (1, 1));
        assert_eq!(found.lost[0].record.as_ref().unwrap().last_ms, 1_763_254_900_000);
        found.lost[0].remove(&dir).unwrap();
        second.remove().unwrap();
        let rest = survey(&dir, Some(&id)).unwrap();
        assert_eq!((rest.alive, rest.lost.len()), (0, 0));
    }

    #[test]
    fn a_file_without_content_is_a_run_that_never_began() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Dir::open(temp.path()).unwrap();
        std::fs::write(temp.path().join(format!("{PREPARED}x")), "").unwrap();
        let found = survey(&dir, None).unwrap();
        assert!(found.lost.len() == 1 && found.lost[0].record.is_none());
    }
}
