//! The agent's lock, waited for with a bound.

use super::dir::{Dir, FsError, Open};
use super::journal::LockFile;
use super::paths::LOCK_FILE;
use super::problem::LedgerError;
use crate::base::files::FileCalls;
use crate::base::limits::LOCK_PAUSE;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

/// Opens the lock file of the agent's directory `dir`.
pub(super) fn open_lock(dir: &Dir, file_mode: u32) -> Result<LockFile, LedgerError> {
    let (file, path) = (dir.file(LOCK_FILE, Open::Update, file_mode)?, dir.join(LOCK_FILE));
    let metadata = file.metadata().map_err(|error| FsError::new("look at", &path, error))?;
    if !metadata.is_file() {
        return Err(LedgerError::NotRegular { path });
    }
    Ok(LockFile::new(file, path))
}

/// Takes the lock; `Ok(false)` means that its file was deleted meanwhile and has to be opened anew.
pub(super) fn lock(lock: &LockFile, wait: Duration, files: &dyn FileCalls) -> Result<bool, LedgerError> {
    let LockFile { file, path, .. } = lock;
    if !lock_within(file, path, wait)? {
        return Err(LedgerError::LockTimeout { path: path.clone(), waited: wait });
    }
    let links = files.links(file).map_err(|error| FsError::new("look at", path, error))?;
    Ok(links > 0)
}

/// Tries `flock` until it succeeds or the pauses add up to `wait`; `Ok(false)` if it never did.
///
/// Pauses instead of a blocking call: `flock` has no timeout, and under contention a holder that is not woken
/// round the queue for each append gets several done per time slice.
pub(super) fn lock_within(file: &File, path: &Path, wait: Duration) -> Result<bool, FsError> {
    let (mut pause, longest) = LOCK_PAUSE;
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if waited >= wait => return Ok(false),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(TryLockError::Error(error)) => return Err(FsError::new("lock", path, error)),
        }
        let now = pause.min(wait.saturating_sub(waited));
        std::thread::sleep(now);
        waited += now;
        pause = (pause * 2).min(longest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::replace::tests::NoCalls;

    #[test]
    fn waiting_is_bounded_and_a_deleted_lock_is_noticed() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Dir::open(temp.path()).unwrap();
        let (held, other) = (open_lock(&dir, 0o600).unwrap(), open_lock(&dir, 0o600).unwrap());
        assert!(lock(&held, Duration::ZERO, &NoCalls).unwrap());
        let refused = lock(&other, Duration::from_millis(3), &NoCalls);
        assert!(matches!(refused, Err(LedgerError::LockTimeout { .. })), "{refused:?}");
        dir.unlink(LOCK_FILE).unwrap();
        held.file.unlock().unwrap();
        assert!(!lock(&other, Duration::ZERO, &NoCalls).unwrap());
    }
}
