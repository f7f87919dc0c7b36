//! Events the ledger could not take, kept until it can.
//!
//! A spool is a directory outside the root: `events.jsonl` with whole lines of schema v1 in the order they
//! happened, and a lock of its own (the agent's lock may be what is out of reach). To replay it, the file is renamed
//! to `replay.jsonl`, its events are appended under the agent's lock, and it is removed. If that was interrupted, what
//! the ledger already holds is passed over, so each event arrives exactly once.

use super::config::LedgerConfig;
use super::dir::{Dir, FsError, Open, create_path, open_path};
use super::lock::lock_within;
use super::paths::{LedgerPaths, day_file, root_key};
use crate::base::limits::LINE_MAX;
use crate::base::time::Timestamp;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

const EVENTS: &str = "events.jsonl";
const REPLAY: &str = "replay.jsonl";
pub(super) const REJECTED: &str = "rejected.jsonl";
const LOCK: &str = "lock";

/// The places of an agent's spool, best first.
pub(super) fn places(config: &LedgerConfig, paths: &LedgerPaths) -> [PathBuf; 2] {
    let user = nix::unistd::geteuid();
    let shared = config.temp_dir.join(format!("ledger-run-{user}"));
    [
        paths.state.join(format!("{}.spool", config.agent)),
        shared.join(format!("{}-{}.spool", root_key(&config.root), config.agent)),
    ]
}

/// Appends complete lines to the first spool that takes them.
pub(super) fn push(config: &LedgerConfig, paths: &LedgerPaths, lines: &[u8]) -> Result<PathBuf, FsError> {
    let [state, temp] = places(config, paths);
    match push_to(&state, lines, config.lock_wait) {
        Ok(()) => Ok(state),
        Err(_) => push_to(&temp, lines, config.lock_wait).map(|()| temp),
    }
}

fn push_to(place: &Path, lines: &[u8], wait: Duration) -> Result<(), FsError> {
    let _held = locked(place, wait)?;
    let path = place.join(EVENTS);
    let mut file = open_path(&path, Open::Append, 0o600)?;
    let failed = |error| FsError::new("append to", path.clone(), error);
    let before = file.metadata().map_err(failed)?.len();
    if before > 0 && !ends_in_newline(&file, before).map_err(failed)? {
        file.write_all(b"\n").map_err(failed)?;
    }
    file.write_all(lines).map_err(|error| {
        // Half an event is of no use to anybody, and the next place shall have it whole.
        drop(file.set_len(before));
        failed(error)
    })
}

/// Takes the lock of the spool at `place`, creating both. The directory must be ours: the fallback place is
/// world-writable.
fn locked(place: &Path, wait: Duration) -> Result<File, FsError> {
    create_path(place, 0o700)?;
    let owned = std::fs::symlink_metadata(place).map_err(|error| FsError::new("look at", place, error))?;
    if !owned.is_dir() || owned.uid() != nix::unistd::geteuid().as_raw() {
        let error = std::io::Error::other("it is no directory of this user");
        return Err(FsError::new("use", place, error));
    }
    let path = place.join(LOCK);
    let lock = open_path(&path, Open::Update, 0o600)?;
    if lock_within(&lock, &path, wait)? {
        Ok(lock)
    } else {
        Err(FsError::new("lock", path, std::io::ErrorKind::WouldBlock))
    }
}

fn ends_in_newline(file: &File, size: u64) -> std::io::Result<bool> {
    let mut last = [0];
    file.read_exact_at(&mut last, size - 1)?;
    Ok(last == [b'\n'])
}

/// A spooled event on its way into the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spooled {
    /// Its line without the closing brace.
    pub(super) line: Vec<u8>,
    /// The file it belongs to.
    pub(super) day: String,
    pub(super) session: String,
    pub(super) ms: i64,
}

/// Whether something waits at `place`.
pub(super) fn waits(place: &Path) -> bool {
    // One look at the directory is all this costs when there has never been a spool.
    place.is_dir() && (place.join(REPLAY).exists() || place.join(EVENTS).exists())
}

/// How many events wait at `place`.
pub(super) fn count(place: &Path) -> usize {
    let lines =
        |name| std::fs::read(place.join(name)).map_or(0, |text| memchr::memchr_iter(b'\n', &text).count());
    lines(EVENTS) + lines(REPLAY)
}

/// Moves the events at `place` into the ledger through `append`, which says why when it cannot take one; then that
/// one and all behind it stay. `holds` says whether the ledger already has a line. Returns how many were moved.
pub(super) fn replay<E: std::fmt::Display>(
    place: &Path,
    holds: &mut dyn FnMut(&Spooled) -> bool,
    append: &mut dyn FnMut(Spooled) -> Result<(), E>,
    begun: &dyn Fn(),
) -> Result<usize, String> {
    let lock = locked(place, Duration::ZERO).map_err(|error| error.to_string())?;
    let dir = Dir::open(place).map_err(|error| error.to_string())?;
    let mut moved = 0;
    let mut interrupted = dir.has(REPLAY);
    while interrupted || dir.has(EVENTS) {
        if !interrupted {
            dir.rename(EVENTS, REPLAY).map_err(|error| error.to_string())?;
            begun();
        }
        moved += replay_file(&dir, interrupted, holds, append)?;
        dir.unlink(REPLAY).map_err(|error| error.to_string())?;
        interrupted = false;
    }
    drop(lock);
    Ok(moved)
}

fn replay_file<E: std::fmt::Display>(
    dir: &Dir,
    interrupted: bool,
    holds: &mut dyn FnMut(&Spooled) -> bool,
    append: &mut dyn FnMut(Spooled) -> Result<(), E>,
) -> Result<usize, String> {
    let mut text = Vec::new();
    let mut file = dir.file(REPLAY, Open::Read, 0).map_err(|error| error.to_string())?;
    file.read_to_end(&mut text).map_err(|error| error.to_string())?;
    let mut moved = 0;
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match parse(line) {
            Some(event) if interrupted && holds(&event) => {}
            Some(event) => {
                if let Err(error) = append(event) {
                    keep(dir, &text[at..]).map_err(|kept| format!("{error}; {kept}"))?;
                    return Err(error.to_string());
                }
                moved += 1;
            }
            None => reject(dir, line).map_err(|error| error.to_string())?,
        }
        at += line.len();
    }
    Ok(moved)
}

/// Replaces the file being replayed by what is left of it.
fn keep(dir: &Dir, rest: &[u8]) -> Result<(), FsError> {
    let temp = "replay.tmp";
    let mut file = dir.file(temp, Open::Replace, 0o600)?;
    file.write_all(rest).map_err(|error| FsError::new("write", dir.join(temp), error))?;
    dir.rename(temp, REPLAY)
}

/// Puts aside what is no event (a torn write, or somebody's edit): nothing is thrown away.
fn reject(dir: &Dir, line: &[u8]) -> Result<(), FsError> {
    let mut file = dir.file(REJECTED, Open::Append, 0o600)?;
    file.write_all(line).map_err(|error| FsError::new("append to", dir.join(REJECTED), error))
}

fn parse(line: &[u8]) -> Option<Spooled> {
    #[derive(serde::Deserialize)]
    struct Members {
        ts: String,
        session_id: String,
    }
    let body = line.strip_suffix(b"}\n").filter(|body| body.len() < LINE_MAX)?;
    let members: Members = serde_json::from_slice(line).ok()?;
    let ts: Timestamp = members.ts.parse().ok()?;
    Some(Spooled {
        line: body.to_vec(),
        day: day_file(&ts.date()),
        session: members.session_id,
        ms: ts.as_millis(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32) -> String {
        format!(
            "{{\"ts\":\"2025-11-16T02:12:{number:02}+07:00\",\"session_id\":\"2025-11-16_cls_001\",\"data\":{{}}}}\n"
        )
    }

    fn run(place: &Path, fail_at: usize, held: &[u32]) -> (Vec<String>, Result<usize, String>) {
        let mut taken = Vec::new();
        let result = replay(
            place,
            &mut |event| held.iter().any(|number| line(*number).as_bytes().starts_with(&event.line)),
            &mut |event| {
                if taken.len() == fail_at {
                    return Err("full");
                }
                taken.push(String::from_utf8(event.line).unwrap() + "}\n");
                Ok(())
            },
            &|| (),
        );
        (taken, result)
    }

    #[test]
    fn events_leave_in_the_order_they_came_and_stay_when_refused() {
        let temp = tempfile::tempdir().unwrap();
        let place = temp.path().join("s");
        assert!(!waits(&place));
        for number in 0..5 {
            push_to(&place, line(number).as_bytes(), Duration::ZERO).unwrap();
        }
        assert!(waits(&place) && count(&place) == 5);
        let (taken, result) = run(&place, 2, &[]);
        assert_eq!((taken, result), (vec![line(0), line(1)], Err("full".to_owned())));
        assert_eq!(count(&place), 3);
        push_to(&place, line(5).as_bytes(), Duration::ZERO).unwrap();
        // The rest counts as interrupted, so what is in the ledger already is passed over.
        let (taken, result) = run(&place, 9, &[2]);
        assert_eq!((taken, result), (vec![line(3), line(4), line(5)], Ok(3)));
        assert!(!waits(&place));
    }

    #[test]
    fn a_torn_event_is_put_aside() {
        let temp = tempfile::tempdir().unwrap();
        push_to(temp.path(), b"{\"ts\":\"2025", Duration::ZERO).unwrap();
        push_to(temp.path(), line(1).as_bytes(), Duration::ZERO).unwrap();
        let (taken, result) = run(temp.path(), 9, &[]);
        assert_eq!((taken, result), (vec![line(1)], Ok(1)));
        assert_eq!(std::fs::read(temp.path().join(REJECTED)).unwrap(), b"{\"ts\":\"2025\n");
    }
}
