//! Finding the end of the chain: the newest line, and everything behind it that the next link must cover.
//!
//! Normally the journal says where the newest line is, and one read of that line confirms it. After a crash the
//! pending line is settled first; without a usable journal the day files are searched from their ends.

use super::chain::{Digest, Hasher, Link, ReadAt as _, hash_range};
use super::dir::{Dir, FsError, Open};
use super::journal::{Head, Journal, Pending, Torn};
use super::mirror::HeadRecord;
use super::paths::is_day_file;
use super::problem::LedgerError;
use super::region::{LinkAt, Region, last_link};
use super::writer::{OpenLedger, end_offset};
use std::fs::File;
use std::io::Write as _;

/// The end of the chain, as the holder of the lock sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    /// The newest line.
    pub(super) head: Head,
    /// Offset behind it.
    pub(super) behind: u64,
    /// SHA-256 of it.
    pub(super) line: Digest,
    /// Size of its file.
    pub(super) size: u64,
    /// SHA-256 of its file from `head.at` on: the next link's `prev`, if that is in the same file.
    pub(super) rest: Digest,
    /// The newest line of another writer behind it.
    pub(super) foreign: Option<Vec<u8>>,
}

/// Longest foreign line looked into for its session.
const FOREIGN_READ_MAX: u64 = 1 << 16;

/// How often the end may turn out to have moved (repairs, and writers that do not lock).
const TRIES: usize = 8;

/// What one look at the end gave.
enum Look {
    Found(Option<End>),
    /// Something was repaired; look again.
    Again,
    /// What the journal says is not what the files hold.
    Contradiction,
}

/// Finds the end of the chain, and repairs what a dead writer left. `journal` is what the lock file says, and is
/// brought up to date where a repair changes it.
pub(super) fn find(
    ledger: &mut OpenLedger,
    journal: &mut Option<Journal>,
) -> Result<Option<End>, LedgerError> {
    for _ in 0..TRIES {
        let look = match journal.clone() {
            None => Look::Contradiction,
            Some(written) => look(ledger, journal, &written)?,
        };
        match look {
            Look::Found(end) => return Ok(end),
            Look::Again => {}
            Look::Contradiction => {
                let head = search(ledger)?;
                let known = journal.take().unwrap_or_default();
                let last = (known.session, known.last_ms);
                *journal =
                    Some(Journal { head, session: last.0, last_ms: last.1, torn: known.torn, pending: None });
            }
        }
    }
    Err(LedgerError::NoEnd { path: ledger.dir.path().to_owned() })
}

fn look(
    ledger: &mut OpenLedger,
    journal: &mut Option<Journal>,
    written: &Journal,
) -> Result<Look, LedgerError> {
    if let Some(pending) = &written.pending {
        let from =
            Head { seq: written.next_seq(), file: pending.file.clone(), start: pending.at, at: pending.at };
        if let Some(known) = ledger.known_end(&from) {
            return Ok(Look::Found(Some(known)));
        }
        match scan(ledger, &from)? {
            Scan::Missing => {}
            Scan::Found(end) => return Ok(Look::Found(Some(end))),
            Scan::Unfinished { start, fragment, len } => {
                repair(ledger, journal, pending, start, &fragment, len)?;
                return Ok(Look::Again);
            }
        }
    }
    let Some(head) = &written.head else {
        return Ok(Look::Found(None));
    };
    match scan(ledger, head)? {
        Scan::Missing => Ok(Look::Contradiction),
        Scan::Found(end) => Ok(Look::Found(Some(end))),
        Scan::Unfinished { start, len, .. } => {
            terminate(ledger, journal, &head.file, start, len)?;
            Ok(Look::Again)
        }
    }
}

/// Looks for chained lines from an expected one on.
enum Scan {
    /// The expected line is not there.
    Missing,
    /// It is, and this is the end after it.
    Found(End),
    /// The file ends within a line; it begins at `start`, and `fragment` is how it begins.
    Unfinished { start: u64, fragment: Vec<u8>, len: u64 },
}

fn scan(ledger: &mut OpenLedger, expected: &Head) -> Result<Scan, LedgerError> {
    let path = ledger.dir.join(&expected.file);
    let Some(file) = ledger.existing_day(&expected.file)? else {
        return Ok(Scan::Missing);
    };
    let failed = |error| LedgerError::Fs(FsError::new("read", path.clone(), error));
    let size = end_offset(file).map_err(failed)?;
    if size < expected.at {
        return Ok(Scan::Missing);
    }
    // The byte before must be a newline: it comes out as an empty line of its own.
    let from = expected.at.saturating_sub(1);
    let region = Region::new(file, from, size).map_err(failed)?;
    let mut found: Option<(Head, u64)> = None;
    let mut foreign = None;
    let mut aligned = expected.at == 0;
    let rest = region.lines(|line| {
        if line.end == expected.at {
            aligned = line.suffix == b"\n";
            return;
        }
        let wanted = found.as_ref().map_or(expected.seq, |(head, _)| head.seq + 1);
        match Link::of_line(line.suffix) {
            Some(link) if link.seq == wanted && (found.is_some() || link.at == expected.at) => {
                let head =
                    Head { seq: link.seq, file: expected.file.clone(), start: line.start, at: link.at };
                found = Some((head, line.end));
                foreign = None;
            }
            _ => foreign = Some((line.start, line.end)),
        }
    });
    let rest = rest.map_err(failed)?;
    if !aligned {
        return Ok(Scan::Missing);
    }
    if rest < size {
        let fragment = region.read(rest, size, crate::base::limits::LINE_MAX as u64).map_err(failed)?;
        return Ok(Scan::Unfinished { start: rest, fragment, len: size - rest });
    }
    let Some((head, behind)) = found else {
        return Ok(Scan::Missing);
    };
    end_of(&region, head, behind, size, foreign).map(Scan::Found).map_err(failed)
}

fn end_of(
    region: &Region<'_>,
    head: Head,
    behind: u64,
    size: u64,
    foreign: Option<(u64, u64)>,
) -> std::io::Result<End> {
    let line = region.digest(head.start, behind)?;
    let alone = head.at == head.start && behind == size;
    let rest = if alone { line } else { region.digest(head.at, size)? };
    let foreign = foreign.map(|(from, to)| region.read(from, to, FOREIGN_READ_MAX)).transpose()?;
    Ok(End { head, behind, line, size, rest, foreign })
}

/// Deals with an unfinished line at the end of the file of `pending`: completes it if it is the pending line, else
/// ends it.
fn repair(
    ledger: &mut OpenLedger,
    journal: &mut Option<Journal>,
    pending: &Pending,
    start: u64,
    fragment: &[u8],
    len: u64,
) -> Result<(), LedgerError> {
    let line = journal.as_ref().and_then(|journal| ledger.lock.pending_line(journal));
    match line {
        Some(line) if line.len() as u64 > len && line.starts_with(fragment) => {
            append_raw(ledger, &pending.file, &line[fragment.len()..])
        }
        _ => terminate(ledger, journal, &pending.file, start, len),
    }
}

/// Ends somebody's unfinished line with a newline. That this happened is noted first, so that the event about it is
/// written even if this process dies in between.
pub(super) fn terminate(
    ledger: &mut OpenLedger,
    journal: &mut Option<Journal>,
    file: &str,
    start: u64,
    len: u64,
) -> Result<(), LedgerError> {
    let mut noted = journal.clone().unwrap_or_default();
    noted.pending = None;
    noted.torn = Some(Torn { file: file.to_owned(), start, len });
    ledger.lock.write(&noted, b"")?;
    *journal = Some(noted);
    append_raw(ledger, file, b"\n")
}

fn append_raw(ledger: &mut OpenLedger, file: &str, bytes: &[u8]) -> Result<(), LedgerError> {
    let path = ledger.dir.join(file);
    let mut day: &File = ledger.day(file)?;
    day.write_all(bytes).map_err(|error| FsError::new("repair", path, error).into())
}

/// The newest chained line of all day files, found from their ends. Costs one look per day; only for a ledger whose
/// journal is missing or wrong.
fn search(ledger: &mut OpenLedger) -> Result<Option<Head>, LedgerError> {
    let newest = newest_link(&ledger.dir)?;
    Ok(newest.map(|(file, found)| Head { seq: found.link.seq, file, start: found.start, at: found.link.at }))
}

/// The newest chained line in `dir`, with its digest.
pub(super) fn newest(dir: &Dir) -> Result<Option<HeadRecord>, FsError> {
    let Some((file, found)) = newest_link(dir)? else { return Ok(None) };
    let mut hasher = Hasher::default();
    hash_range(&mut hasher, &dir.file(&file, Open::Read, 0)?, found.start, found.end)
        .map_err(|error| FsError::new("read", dir.join(&file), error))?;
    let (start, len) = (found.start, found.end - found.start);
    Ok(Some(HeadRecord { seq: found.link.seq, sha256: hasher.finish(), file, start, len }))
}

fn newest_link(dir: &Dir) -> Result<Option<(String, LinkAt)>, FsError> {
    let mut newest: Option<(String, LinkAt)> = None;
    for name in dir.names()?.into_iter().rev().filter(|name| is_day_file(name)) {
        let file = dir.file(&name, Open::Read, 0)?;
        let failed = |error| FsError::new("read", dir.join(&name), error);
        if !file.metadata().map_err(failed)?.is_file() {
            continue;
        }
        let size = file.size().map_err(failed)?;
        if let Some((found, _)) = last_link(&file, size).map_err(failed)?
            && newest.as_ref().is_none_or(|(_, head)| head.link.seq < found.link.seq)
        {
            newest = Some((name, found));
        }
    }
    Ok(newest)
}
