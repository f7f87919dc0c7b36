//! What the lock file says: where the chain's newest line is, and which line was about to be written.
//!
//! Before a line is appended to its day's file, it is written here, behind one line that says where it belongs. So
//! one write per append does two things: the next writer finds the end of the chain without searching, and a
//! line that a killed writer left half written is completed by the next one instead of being lost. Everything
//! here is checked against the day's file before it is believed; without it the end is searched.

use super::dir::{FsError, read_start};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

/// Bytes of the first line, padded, so that the pending line always begins at the same offset.
const HEADER: usize = 1024;

/// The newest line of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Its number.
    pub(super) seq: u64,
    /// Name of its file.
    pub(super) file: String,
    /// Offset of its first byte.
    pub(super) start: u64,
    /// Its link's `at`.
    pub(super) at: u64,
}

/// A line about to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    /// Name of the file it goes to.
    pub(super) file: String,
    /// Size of that file before.
    pub(super) at: u64,
    /// Its length, newline included.
    pub(super) len: u64,
}

/// An unfinished line of somebody else that got its newline, but not yet the event that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Torn {
    /// Name of the file.
    pub(super) file: String,
    /// Where the unfinished line begins.
    pub(super) start: u64,
    /// Its length without the newline it got.
    pub(super) len: u64,
}

/// The first line of the lock file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Journal {
    /// The newest line before the pending one; `None` before the first.
    pub(super) head: Option<Head>,
    /// The line being written; `None` when its writer gave up and took it back.
    pub(super) pending: Option<Pending>,
    /// Session of the newest event.
    pub(super) session: Option<String>,
    /// Milliseconds since the epoch of the newest event.
    pub(super) last_ms: i64,
    /// A repair to be reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) torn: Option<Torn>,
}

impl Journal {
    /// Number of the line that is pending.
    pub(super) fn next_seq(&self) -> u64 {
        self.head.as_ref().map_or(1, |head| head.seq + 1)
    }
}

/// The lock file, which holds the journal.
#[derive(Debug)]
pub(super) struct LockFile {
    pub(super) file: File,
    pub(super) path: PathBuf,
    /// The header this process wrote last, and what it says: mostly nobody else has written since.
    last: Option<(Vec<u8>, Journal)>,
}

impl LockFile {
    pub(super) fn new(file: File, path: PathBuf) -> Self {
        Self { file, path, last: None }
    }

    /// The journal; none when the file is new or unreadable as one, which a search then makes good.
    pub(super) fn read(&self) -> Result<Option<Journal>, FsError> {
        let header =
            read_start(&self.file, HEADER).map_err(|error| FsError::new("read", &self.path, error))?;
        if let Some((text, journal)) = &self.last
            && *text == header
        {
            return Ok(Some(journal.clone()));
        }
        let line = memchr::memchr(b'\n', &header).map(|end| &header[..end]);
        Ok(line.and_then(|line| serde_json::from_slice(line).ok()))
    }

    /// Writes `journal` and `line`, the pending one, in one call.
    pub(super) fn write(&mut self, journal: &Journal, line: &[u8]) -> Result<(), FsError> {
        let (mut text, mut known) = self.last.take().unwrap_or_default();
        text.clear();
        text.reserve(HEADER + line.len());
        // Strings and numbers cannot fail to encode.
        let _ = serde_json::to_writer(&mut text, journal);
        // Names and numbers of bounded length: this holds by a wide margin.
        text.resize(text.len().max(HEADER - 1), b' ');
        text.push(b'\n');
        text.extend_from_slice(line);
        self.file.write_all_at(&text, 0).map_err(|error| FsError::new("write", &self.path, error))?;
        text.truncate(HEADER);
        known.clone_from(journal);
        self.last = Some((text, known));
        Ok(())
    }

    /// The line that is pending according to `journal`, as it was to be written.
    pub(super) fn pending_line(&self, journal: &Journal) -> Option<Vec<u8>> {
        let length = usize::try_from(journal.pending.as_ref()?.len).ok()?;
        let mut line = vec![0; length.min(crate::base::limits::LINE_MAX)];
        self.file.read_exact_at(&mut line, HEADER as u64).ok()?;
        (line.last() == Some(&b'\n')).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_garbage_is_nothing() {
        let file = tempfile::tempfile().unwrap();
        let mut lock = LockFile::new(file.try_clone().unwrap(), "lock".into());
        // Another process, which has written nothing itself.
        let other = LockFile::new(file.try_clone().unwrap(), "lock".into());
        assert_eq!(lock.read().unwrap(), None);
        let head =
            Head { seq: u64::MAX - 1, file: "2025-11-16.jsonl".to_owned(), start: u64::MAX, at: u64::MAX };
        let mut journal = Journal {
            head: Some(head),
            pending: Some(Pending { file: "2025-11-16.jsonl".to_owned(), at: u64::MAX, len: 5 }),
            session: Some("2025-11-16_x_001".replace('x', &"x".repeat(64))),
            last_ms: i64::MIN,
            torn: Some(Torn { file: "2025-11-16.jsonl".to_owned(), start: u64::MAX, len: u64::MAX }),
        };
        lock.write(&journal, b"line\n").unwrap();
        for reader in [&lock, &other] {
            assert_eq!(reader.read().unwrap().as_ref(), Some(&journal));
            assert_eq!(reader.pending_line(&journal).unwrap(), b"line\n");
        }
        journal.pending = None;
        journal.torn = None;
        lock.write(&journal, b"").unwrap();
        for reader in [&lock, &other] {
            let read = reader.read().unwrap().unwrap();
            assert_eq!((reader.pending_line(&read), read.next_seq()), (None, u64::MAX));
        }
        let mut another = LockFile::new(file.try_clone().unwrap(), "lock".into());
        another.write(&Journal { last_ms: 7, ..Journal::default() }, b"").unwrap();
        assert_eq!(lock.read().unwrap().map(|journal| journal.last_ms), Some(7), "what others wrote is read");
        file.write_all_at(b"}{", 0).unwrap();
        assert_eq!(lock.read().unwrap(), None);
    }
}
