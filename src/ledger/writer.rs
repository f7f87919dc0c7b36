//! The append protocol: under the agent's lock, one line, one write, one link.

use super::chain::{Digest, Hasher, Link, Piece, ReadAt as _, hash_range};
use super::config::{Durability, LedgerConfig};
use super::dir::{Dir, FsError, Open, dir_mode};
use super::end::{self, End};
use super::fault::{Fault, Point};
use super::journal::{Head, Journal, LockFile, Pending};
use super::lock;
use super::paths::{LedgerPaths, is_day_file};
use super::problem::LedgerError;
use super::region::{Region, last_link};
use crate::base::limits::OVER_MAX;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

/// The files of one agent's ledger, kept open between appends.
#[derive(Debug)]
pub(super) struct OpenLedger {
    pub(super) dir: Dir,
    pub(super) lock: LockFile,
    day: Option<(String, File)>,
    known: Option<End>,
    file_mode: u32,
}

/// What an append did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Number of the line in the agent's chain.
    pub seq: u64,
    /// Name of the day's file it is in.
    pub file: String,
}

impl OpenLedger {
    pub(super) fn open(paths: &LedgerPaths, file_mode: u32) -> Result<Self, LedgerError> {
        let dir = Dir::open_or_create(&paths.ledger, dir_mode(file_mode))?;
        let lock = lock::open_lock(&dir, file_mode)?;
        Ok(Self { dir, lock, day: None, known: None, file_mode })
    }

    /// The day file `name`, created if it does not exist.
    pub(super) fn day(&mut self, name: &str) -> Result<&File, LedgerError> {
        if self.day.as_ref().is_none_or(|(open, _)| open != name) {
            let file = self.dir.file(name, Open::Append, self.file_mode)?;
            self.accept(name, file)?;
        }
        match &self.day {
            Some((_, file)) => Ok(file),
            None => Err(LedgerError::NotRegular { path: self.dir.join(name) }),
        }
    }

    /// The day file `name`, unless there is none.
    pub(super) fn existing_day(&mut self, name: &str) -> Result<Option<&File>, LedgerError> {
        if self.day.as_ref().is_none_or(|(open, _)| open != name) && !self.dir.has(name) {
            return Ok(None);
        }
        self.day(name).map(Some)
    }

    fn accept(&mut self, name: &str, file: File) -> Result<(), LedgerError> {
        let path = self.dir.join(name);
        let failed = |error| FsError::new("look at", path.clone(), error);
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(LedgerError::NotRegular { path });
        }
        // A mode wider than the umask was asked for, and the file is new.
        let missing = self.file_mode & !metadata.mode() & 0o777;
        if metadata.size() == 0 && missing != 0 && self.file_mode != 0o600 {
            file.set_permissions(std::fs::Permissions::from_mode(self.file_mode)).map_err(failed)?;
        }
        self.day = Some((name.to_owned(), file));
        Ok(())
    }

    /// Takes the agent's lock; `Ok(false)` means that the lock file was deleted: open the ledger anew.
    pub(super) fn acquire(&self, config: &LedgerConfig) -> Result<bool, LedgerError> {
        lock::lock(&self.lock, config.lock_wait, config.files)
    }

    /// The end as this process left it, if the journal still speaks of the same line and the file did not grow.
    pub(super) fn known_end(&mut self, expected: &Head) -> Option<End> {
        let known = self.known.as_ref()?;
        let same = known.head.seq == expected.seq && known.head.at == expected.at;
        let (name, file) = self.day.as_ref()?;
        let unchanged =
            *name == known.head.file && name == &expected.file && end_offset(file).ok()? == known.size;
        (same && unchanged).then(|| known.clone())
    }
}

/// What comes with a line besides its text.
pub(super) struct LineMeta<'a> {
    /// The file it belongs to.
    pub(super) day: String,
    /// Its session, remembered as the newest.
    pub(super) session: &'a str,
    /// Its time in milliseconds since the epoch.
    pub(super) ms: i64,
    /// Whether [`Durability::Disk`] applies to it.
    pub(super) matters: bool,
}

/// The right to append: holds the agent's lock and knows the end of the chain.
pub(super) struct Writer<'a> {
    pub(super) ledger: &'a mut OpenLedger,
    pub(super) config: &'a LedgerConfig,
    pub(super) fault: &'a Fault,
    pub(super) journal: Journal,
    end: Option<End>,
}

impl<'a> Writer<'a> {
    /// Finds the end of the chain. The agent's lock must be held; dropping the writer releases it.
    pub(super) fn new(
        ledger: &'a mut OpenLedger,
        config: &'a LedgerConfig,
        fault: &'a Fault,
    ) -> Result<Self, LedgerError> {
        fault.reached(Point::Locked);
        let mut writer = Self { ledger, config, fault, journal: Journal::default(), end: None };
        let mut journal = writer.ledger.lock.read()?;
        writer.end = end::find(writer.ledger, &mut journal)?;
        writer.journal = journal.unwrap_or_default();
        Ok(writer)
    }

    /// Finds the end by searching all days, whatever the journal says.
    pub(super) fn search_again(&mut self) -> Result<(), LedgerError> {
        let mut journal = None;
        self.end = end::find(self.ledger, &mut journal)?;
        let found = journal.unwrap_or_default();
        self.journal = Journal { head: found.head, pending: None, ..std::mem::take(&mut self.journal) };
        Ok(())
    }

    /// Notes that the repair the journal speaks of is in the ledger as an event.
    pub(super) fn repair_reported(&mut self) -> Result<(), LedgerError> {
        self.journal.torn = None;
        self.ledger.lock.write(&self.journal, b"")?;
        Ok(())
    }

    /// The newest line and its surroundings.
    pub(super) fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Appends an event, encoded without its closing brace.
    pub(super) fn append(&mut self, encoded: Vec<u8>, meta: &LineMeta<'_>) -> Result<Appended, LedgerError> {
        let chain = self.link(&meta.day)?;
        let mut line = encoded;
        chain.close(&mut line);
        self.journal = Journal {
            head: self.end.as_ref().map(|end| end.head.clone()),
            pending: Some(Pending { file: meta.day.clone(), at: chain.at, len: line.len() as u64 }),
            session: Some(meta.session.to_owned()),
            last_ms: meta.ms,
            torn: self.journal.torn.take(),
        };
        self.fault.reached(Point::Linked);
        self.ledger.lock.write(&self.journal, &line)?;
        self.fault.reached(Point::Journaled);
        let start = self.write(&meta.day, chain.at, &line)?;
        self.fault.reached(Point::Written);
        let digest = Digest::of(&line);
        let head = Head { seq: chain.seq, file: meta.day.clone(), start, at: chain.at };
        let behind = start + line.len() as u64;
        // Somebody else's bytes slipped in before the line: what the next link covers must be read again.
        let rest = if start == chain.at { digest } else { self.digest_of(&meta.day, chain.at, behind)? };
        let end = End { head, behind, line: digest, size: behind, rest, foreign: None };
        self.end = Some(end.clone());
        self.ledger.known = Some(end);
        if meta.matters && self.config.durability == Durability::Disk {
            self.flush(&meta.day, chain.at == 0)?;
        }
        Ok(Appended { seq: chain.seq, file: meta.day.clone() })
    }

    /// Computes the link of a line that goes to `day`, after looking once more for what others appended.
    fn link(&mut self, day: &str) -> Result<Link, LedgerError> {
        let seq = self.end.as_ref().map_or(1, |end| end.head.seq + 1);
        if let Some(end) = &self.end
            && end.head.file == day
        {
            let size = end_offset(self.ledger.day(day)?);
            let size = size.map_err(|error| FsError::new("look at", self.ledger.dir.join(day), error))?;
            if size != end.size {
                self.refresh()?;
            }
            if let Some(end) = &self.end {
                return Ok(Link { seq, prev: end.rest, at: end.size, over: Vec::new() });
            }
        }
        self.link_across(seq, day)
    }

    /// Somebody appended without the lock since the end was found: finds it again.
    fn refresh(&mut self) -> Result<(), LedgerError> {
        let mut journal = Some(self.journal.clone());
        self.end = end::find(self.ledger, &mut journal)?;
        self.journal = journal.unwrap_or_default();
        Ok(())
    }

    /// The link of a line in another file than the previous one (a new day, or a late event), or of the first.
    fn link_across(&mut self, seq: u64, day: &str) -> Result<Link, LedgerError> {
        let (own, at) = self.uncovered(day)?;
        let mut over = Vec::new();
        if let Some(end) = self.end.clone() {
            over.push(Piece { file: end.head.file.clone(), from: end.head.at, to: end.size });
            if own == 0 {
                over.extend(self.foreign_days(&end.head.file, day)?);
            }
            over.push(Piece { file: day.to_owned(), from: own, to: at });
            over.retain(|piece| piece.from < piece.to);
        }
        let prev = if over.is_empty() {
            self.digest_of(day, own, at)?
        } else {
            let mut hasher = Hasher::default();
            for piece in &over {
                self.hash(&mut hasher, piece)?;
            }
            hasher.finish()
        };
        Ok(Link { seq, prev, at, over })
    }

    /// Where the bytes of `day` begin that no link covers yet, and its size, both with its last line complete.
    fn uncovered(&mut self, day: &str) -> Result<(u64, u64), LedgerError> {
        let path = self.ledger.dir.join(day);
        let failed = |error| LedgerError::Fs(FsError::new("read", path.clone(), error));
        loop {
            let file = self.ledger.day(day)?;
            let size = file.size().map_err(failed)?;
            let found = last_link(file, size).map_err(failed)?;
            let rest = match &found {
                Some((_, rest)) => *rest,
                None => Region::new(file, 0, size).and_then(|region| region.lines(|_| ())).map_err(failed)?,
            };
            if rest == size {
                return Ok((found.map_or(0, |(found, _)| found.link.at), size));
            }
            let mut journal = Some(self.journal.clone());
            end::terminate(self.ledger, &mut journal, day, rest, size - rest)?;
            self.journal = journal.unwrap_or_default();
        }
    }

    /// Whole files of days between `from` and `to` that hold no chained line: nothing else covers them.
    fn foreign_days(&self, from: &str, to: &str) -> Result<Vec<Piece>, LedgerError> {
        let mut pieces = Vec::new();
        for name in self.ledger.dir.names()?.into_iter().rev().filter(|name| is_day_file(name)) {
            if name.as_str() <= from || name.as_str() >= to || pieces.len() + 2 >= OVER_MAX {
                continue;
            }
            let file = self.ledger.dir.file(&name, Open::Read, 0)?;
            let failed = |error| FsError::new("read", self.ledger.dir.join(&name), error);
            let size = file.size().map_err(failed)?;
            if last_link(&file, size).map_err(failed)?.is_none() {
                pieces.push(Piece { file: name, from: 0, to: size });
            }
        }
        pieces.reverse();
        Ok(pieces)
    }

    fn hash(&self, hasher: &mut Hasher, piece: &Piece) -> Result<(), LedgerError> {
        let file = self.ledger.dir.file(&piece.file, Open::Read, 0)?;
        hash_range(hasher, &file, piece.from, piece.to)
            .map_err(|error| FsError::new("read", self.ledger.dir.join(&piece.file), error).into())
    }

    fn digest_of(&self, day: &str, from: u64, to: u64) -> Result<Digest, LedgerError> {
        let mut hasher = Hasher::default();
        if from < to {
            self.hash(&mut hasher, &Piece { file: day.to_owned(), from, to })?;
        }
        Ok(hasher.finish())
    }

    /// Writes `line` at the end of `day`, whose size was `at`, and returns where it landed.
    fn write(&mut self, day: &str, at: u64, line: &[u8]) -> Result<u64, LedgerError> {
        let path = self.ledger.dir.join(day);
        let fault = self.fault;
        let mut file = self.ledger.day(day)?;
        let written = loop {
            match fault.write(file, line).unwrap_or_else(|| file.write(line)) {
                Ok(written) => break Ok(written),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        let (count, source) = match written {
            Ok(count) if count == line.len() => {
                let end = file.stream_position().map_err(|error| FsError::new("look at", path, error))?;
                return Ok(end - line.len() as u64);
            }
            // The next write would say why; that it was short is what matters, and is nearly always a full disk.
            Ok(count) => (count, std::io::ErrorKind::StorageFull.into()),
            Err(error) => (0, error),
        };
        if count > 0 && !take_back(file, at, count) {
            return Err(LedgerError::Unfinished { path, source });
        }
        self.journal.pending = None;
        // If this fails too, the pending line is found not to be in the file, which comes to the same.
        drop(self.ledger.lock.write(&self.journal, b""));
        Err(FsError::new("append to", path, source).into())
    }

    fn flush(&mut self, day: &str, new_file: bool) -> Result<(), LedgerError> {
        let path = self.ledger.dir.join(day);
        let failed = |error| FsError::new("flush", path.clone(), error);
        self.ledger.day(day)?.sync_data().map_err(failed)?;
        if new_file {
            self.ledger.dir.flush()?;
        }
        Ok(())
    }
}

/// The size of a regular file that is written only at its end. Asked for by seeking, because a look at a file's metadata
/// makes its next write dearer (see [`FileCalls::links`](crate::base::files::FileCalls::links)).
pub(super) fn end_offset(mut file: &File) -> std::io::Result<u64> {
    file.seek(SeekFrom::End(0))
}

/// Cuts off our own short write of `count` bytes behind `at`, if it is still the last thing in the file.
fn take_back(file: &File, at: u64, count: usize) -> bool {
    let last = file.size().is_ok_and(|size| size == at + count as u64);
    last && file.set_len(at).is_ok()
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        // Closing the file unlocks too; nothing else can be done about a failure here.
        drop(self.ledger.lock.file.unlock());
    }
}
