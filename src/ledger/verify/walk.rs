//! One pass over one day's file.

use crate::ledger::chain::{Digest, Hasher, LINK_MAX, Link, Piece, ReadAt, hash_range};
use std::io;

/// Bytes read at a time, and the longest stretch hashed from memory.
const WINDOW: u64 = 1 << 20;

/// A chained line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) at: u64,
    pub(super) start: u64,
    pub(super) end: u64,
    /// Number of the line in its file, from 1.
    pub(super) line: u64,
}

/// How a stretch begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Opening {
    /// The first chained line of its file, without a list of what it covers.
    First {
        /// Whether the digest of everything before it fits.
        fits: bool,
    },
    /// It lists what it covers.
    Over(Vec<Piece>),
    /// It does not continue the chained line before it.
    Broken {
        before: Entry,
        /// Whether its number would.
        in_sequence: bool,
        /// How far lines before it stood behind where they were written.
        drift: i64,
    },
}

/// Chained lines of one file of which each link holds, after the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) opening: Opening,
    pub(super) prev: Digest,
    pub(super) first: Entry,
    pub(super) last: Entry,
}

/// What one day's file holds.
#[derive(Debug, Default)]
pub(super) struct Day {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) spans: Vec<Span>,
    pub(super) chained: u64,
    pub(super) foreign: u64,
    /// Foreign lines behind the last chained one.
    pub(super) foreign_tail: u64,
    /// Where the unfinished last line begins.
    pub(super) unfinished: Option<u64>,
    /// How far the lines now stand behind where they were written, after the last break.
    pub(super) drift: i64,
    /// Lines that look as if their link had been damaged.
    pub(super) damaged: Vec<Entry>,
    /// Lines that were asked for by number or digest.
    pub(super) watched: Vec<(Entry, Digest)>,
}

/// Which lines the walk shall take the digest of.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) seqs: Vec<u64>,
    pub(super) digests: Vec<Digest>,
}

impl Watch {
    fn wants(&self, seq: u64) -> bool {
        !self.digests.is_empty() || self.seqs.contains(&seq)
    }
}

/// Walks the file.
pub(super) fn walk(name: &str, file: &dyn ReadAt, watch: &Watch) -> io::Result<Day> {
    let size = file.size()?;
    let mut walker = Walker {
        window: Window { file, size, from: 0, bytes: Vec::new() },
        watch,
        day: Day { name: name.to_owned(), size, ..Day::default() },
        last: None,
    };
    let (mut at, mut line) = (0, 0);
    while at < size {
        let Some(end) = walker.window.line_end(at)? else {
            walker.day.unfinished = Some(at);
            break;
        };
        line += 1;
        walker.line(at, end, line)?;
        at = end;
    }
    Ok(walker.day)
}

struct Walker<'a> {
    window: Window<'a>,
    watch: &'a Watch,
    day: Day,
    last: Option<Entry>,
}

impl Walker<'_> {
    fn line(&mut self, start: u64, end: u64, number: u64) -> io::Result<()> {
        let suffix = self.window.bytes(end - (end - start).min(LINK_MAX as u64), end)?;
        let Some(link) = Link::of_line(suffix) else {
            let damaged = memchr::memmem::find(suffix, b"\"chain\"").is_some();
            self.day.foreign += 1;
            self.day.foreign_tail += 1;
            if damaged && self.day.damaged.len() < 1000 {
                self.day.damaged.push(Entry { seq: 0, at: start, start, end, line: number });
            }
            return Ok(());
        };
        let entry = Entry { seq: link.seq, at: link.at, start, end, line: number };
        self.day.chained += 1;
        self.day.foreign_tail = 0;
        if self.watch.wants(entry.seq) {
            let digest = self.window.digest(start, end)?;
            if self.watch.seqs.contains(&entry.seq) || self.watch.digests.contains(&digest) {
                self.day.watched.push((entry, digest));
            }
        }
        self.link(entry, link)
    }

    fn link(&mut self, entry: Entry, link: Link) -> io::Result<()> {
        let opening = match self.last {
            _ if !link.over.is_empty() => Opening::Over(link.over),
            None => Opening::First { fits: entry.seq == 1 && self.fits(0, &entry, link.prev)? },
            Some(before) => {
                let in_sequence = entry.seq == before.seq + 1;
                if in_sequence && self.fits(before.at, &entry, link.prev)? {
                    if let Some(span) = self.day.spans.last_mut() {
                        span.last = entry;
                    }
                    self.last = Some(entry);
                    return Ok(());
                }
                Opening::Broken { before, in_sequence, drift: self.day.drift }
            }
        };
        if matches!(opening, Opening::Broken { .. } | Opening::First { fits: false }) {
            self.day.drift = offset_from(entry.at, entry.start);
        }
        self.last = Some(entry);
        self.day.spans.push(Span { opening, prev: link.prev, first: entry, last: entry });
        Ok(())
    }

    /// Whether the bytes from `from` (as written) up to the entry's `at` have the digest `prev`.
    fn fits(&mut self, from: u64, entry: &Entry, prev: Digest) -> io::Result<bool> {
        let (Some(from), Some(to)) = (shift(from, self.day.drift), shift(entry.at, self.day.drift)) else {
            return Ok(false);
        };
        Ok(from <= to && to <= entry.start && self.window.digest(from, to)? == prev)
    }
}

/// Where an offset of the file as it was written is now.
pub(super) fn shift(offset: u64, drift: i64) -> Option<u64> {
    if offset == 0 { Some(0) } else { offset.checked_add_signed(drift) }
}

fn offset_from(then: u64, now: u64) -> i64 {
    i64::try_from(i128::from(now) - i128::from(then)).unwrap_or(0)
}

/// A part of the file in memory, moved along.
struct Window<'a> {
    file: &'a dyn ReadAt,
    size: u64,
    from: u64,
    bytes: Vec<u8>,
}

impl Window<'_> {
    fn bytes(&mut self, from: u64, to: u64) -> io::Result<&[u8]> {
        let held = self.from..=self.from + self.bytes.len() as u64;
        if !(held.contains(&from) && held.contains(&to)) {
            let end = to.max((from + WINDOW).min(self.size));
            self.bytes.resize(usize::try_from(end - from).unwrap_or(usize::MAX), 0);
            self.from = from;
            self.file.read_exact_at(&mut self.bytes, from)?;
        }
        let index = |offset: u64| usize::try_from(offset - self.from).unwrap_or(usize::MAX);
        Ok(&self.bytes[index(from)..index(to)])
    }

    /// Offset behind the newline that ends the line at `start`.
    fn line_end(&mut self, start: u64) -> io::Result<Option<u64>> {
        let mut at = start;
        while at < self.size {
            let held = self.from + self.bytes.len() as u64;
            let to = if (self.from..held).contains(&at) { held } else { (at + WINDOW).min(self.size) };
            if let Some(found) = memchr::memchr(b'\n', self.bytes(at, to)?) {
                return Ok(Some(at + found as u64 + 1));
            }
            at = to;
        }
        Ok(None)
    }

    fn digest(&mut self, from: u64, to: u64) -> io::Result<Digest> {
        if to - from <= WINDOW {
            return Ok(Digest::of(self.bytes(from, to)?));
        }
        let mut hasher = Hasher::default();
        hash_range(&mut hasher, self.file, from, to)?;
        Ok(hasher.finish())
    }
}
