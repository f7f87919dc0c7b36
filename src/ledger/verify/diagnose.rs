//! From a link that does not hold to what was probably done.
//!
//! That something is wrong is certain; what, is inferred: from numbers that are missing or come twice, from lines
//! that stand elsewhere than they were written, and by trying whether leaving out or exchanging lines makes the
//! digest fit again.

use super::check::{Check, date_of};
use super::report::{Break, BreakKind};
use super::walk::{Day, Entry, Opening, Span};
use crate::ledger::chain::{Digest, Piece};
use std::io;
use std::ops::Range;

/// A stretch of at most so many bytes and lines is tried out.
const TRIED_BYTES: u64 = 1 << 20;
const TRIED_LINES: usize = 64;
/// Fewer bytes than this are no event of anybody.
const SHORTEST_LINE: i128 = 40;

/// A place and the number of its line.
type At = (u64, u64);

pub(super) fn broken(
    kind: BreakKind,
    day: &Day,
    (offset, line): At,
    seq: Option<u64>,
    detail: String,
) -> Break {
    Break { kind, file: day.name.clone(), date: date_of(&day.name), offset, line, seq, detail }
}

/// A chained line that does not continue the one before it in its file.
pub(super) fn opening(check: &Check<'_>, day: &Day, span: &Span) -> io::Result<Break> {
    let entry = &span.first;
    match &span.opening {
        Opening::Broken { before, in_sequence: true, drift } => {
            let from = before.at.saturating_add_signed(*drift).min(before.start);
            digest(check, day, (from, *drift), entry, span.prev)
        }
        Opening::Broken { before, in_sequence: false, .. } => {
            Ok(sequence(check, day, (before.seq, before.end, before.line + 1), entry))
        }
        _ if entry.seq == 1 => digest(check, day, (0, 0), entry, span.prev),
        // The first line of a day says what it covers; this one comes after one that did.
        _ => Ok(sequence(check, day, (entry.seq - 2, 0, 1), entry)),
    }
}

/// The numbers do not follow each other: `before` (number, end, next line's number), then `entry`.
fn sequence(check: &Check<'_>, day: &Day, before: (u64, u64, u64), entry: &Entry) -> Break {
    let (seq, end, line) = before;
    let place = |wanted: u64| {
        let spans = check.days.iter().flat_map(|day| &day.spans);
        spans.filter(|span| (span.first.seq..=span.last.seq).contains(&wanted)).count()
    };
    let (kind, at, what) = if entry.seq <= seq {
        let twice = place(entry.seq) > 1;
        let kind = if twice { BreakKind::Inserted } else { BreakKind::Reordered };
        (kind, (entry.start, entry.line), format!("line {} stands behind line {seq}", entry.seq))
    } else if place(seq + 1) > 0 {
        let what = format!("line {} stands where line {} should", entry.seq, seq + 1);
        (BreakKind::Reordered, (entry.start, entry.line), what)
    } else if let Some(damaged) = day.damaged.iter().find(|line| (end..entry.start).contains(&line.start)) {
        let what = format!("the link of line {} is damaged", seq + 1);
        (BreakKind::Edited, (damaged.start, damaged.line), what)
    } else {
        let what = format!("lines {} to {} of the chain are missing", seq + 1, entry.seq - 1);
        (BreakKind::Deleted, (end, line), what)
    };
    broken(kind, day, at, Some(entry.seq), what)
}

/// The numbers follow each other, but the bytes from `from` on (`drift` behind where they were written) are not those
/// that were linked.
fn digest(
    check: &Check<'_>,
    day: &Day,
    (from, drift): (u64, i64),
    entry: &Entry,
    prev: Digest,
) -> io::Result<Break> {
    // How much more there is than when the line was written.
    let grown = i128::from(entry.start) - i128::from(entry.at) - i128::from(drift);
    let from = from.min(entry.start);
    let size = entry.start - from;
    let tried = if size <= TRIED_BYTES {
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        check.source.open(&day.name)?.read_exact_at(&mut bytes, from)?;
        explain(&bytes, grown, prev)
    } else {
        None
    };
    let seq = Some(entry.seq);
    if let Some((kind, offset)) = tried {
        let offset = from + offset as u64;
        let what = match kind {
            BreakKind::Inserted => "without this line the link holds",
            _ => "with two lines exchanged the link holds",
        };
        return Ok(broken(kind, day, (offset, check.line_of(day, offset)), seq, what.to_owned()));
    }
    let range = format!("bytes {from} to {} are not what line {} links to", entry.start, entry.seq);
    let kind = if grown <= -SHORTEST_LINE { BreakKind::Deleted } else { BreakKind::Edited };
    let what = match grown {
        0 => range,
        more if more > 0 => format!("{range}: {more} more than there were"),
        fewer => format!("{range}: {} fewer than there were", -fewer),
    };
    Ok(broken(kind, day, (from, check.line_of(day, from)), seq, what))
}

/// Whether leaving out one line, or exchanging two, gives the bytes that were linked.
fn explain(bytes: &[u8], grown: i128, prev: Digest) -> Option<(BreakKind, usize)> {
    let lines = line_ranges(bytes);
    if lines.len() > TRIED_LINES {
        return None;
    }
    if grown > 0 {
        let mut fitting = lines.iter().filter(|line| line.len() as i128 == grown);
        return fitting.find_map(|line| {
            let without = [&bytes[..line.start], &bytes[line.end..]].concat();
            (Digest::of(&without) == prev).then_some((BreakKind::Inserted, line.start))
        });
    }
    if grown < 0 {
        return None;
    }
    for (number, first) in lines.iter().enumerate() {
        for second in &lines[number + 1..] {
            let exchanged = [
                &bytes[..first.start],
                &bytes[second.clone()],
                &bytes[first.end..second.start],
                &bytes[first.clone()],
                &bytes[second.end..],
            ];
            if Digest::of(&exchanged.concat()) == prev {
                return Some((BreakKind::Reordered, first.start));
            }
        }
    }
    None
}

fn line_ranges(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', bytes).map(|end| std::mem::replace(&mut start, end + 1)..end + 1).collect()
}

/// The line before a stretch of another file is not there.
pub(super) fn missing_before(check: &Check<'_>, day: &Day, span: &Span, pieces: &[Piece]) -> Break {
    let seq = span.first.seq;
    let what = format!("line {} of the chain is missing", seq.saturating_sub(1));
    match pieces.first().and_then(|piece| Some((piece, check.day(&piece.file)?))) {
        Some((piece, earlier)) => {
            let offset = piece.from.min(earlier.size);
            let damaged = earlier.damaged.iter().find(|line| line.end > offset);
            let kind = if damaged.is_some() { BreakKind::Edited } else { BreakKind::Deleted };
            let at = damaged.map_or((offset, check.line_of(earlier, offset)), |line| (line.start, line.line));
            broken(kind, earlier, at, Some(seq), what)
        }
        None => broken(BreakKind::Deleted, day, (span.first.start, span.first.line), Some(seq), what),
    }
}

/// The line before is there, but not where it was when it was linked.
pub(super) fn moved(day: &Day, span: &Span, first: &Piece) -> Break {
    let what = format!("line {} stands elsewhere than at {first}, where it was linked", span.first.seq - 1);
    broken(BreakKind::Reordered, day, (span.first.start, span.first.line), Some(span.first.seq), what)
}

/// A piece is gone, or its file is shorter than the piece.
pub(super) fn piece(check: &Check<'_>, span: &Span, piece: &Piece) -> Break {
    let what = format!("{piece} is not there, which line {} links to", span.first.seq);
    match check.day(&piece.file) {
        Some(day) => broken(
            BreakKind::Deleted,
            day,
            (day.size, check.line_of(day, day.size)),
            Some(span.first.seq),
            what,
        ),
        None => Break {
            kind: BreakKind::Deleted,
            file: piece.file.clone(),
            date: date_of(&piece.file),
            offset: piece.from,
            line: 1,
            seq: Some(span.first.seq),
            detail: what,
        },
    }
}

/// All pieces are there, but their bytes are not those that were linked.
pub(super) fn pieces(check: &Check<'_>, span: &Span, pieces: &[Piece]) -> Break {
    let listed: Vec<String> = pieces.iter().map(ToString::to_string).collect();
    let what = format!("{} is not what line {} links to", listed.join(" and "), span.first.seq);
    let grown = pieces.first().and_then(|piece| Some((piece, check.day(&piece.file)?)));
    match grown {
        Some((piece, day)) => {
            let offset = piece.from.saturating_add_signed(day.drift).min(day.size);
            broken(BreakKind::Edited, day, (offset, check.line_of(day, offset)), Some(span.first.seq), what)
        }
        // Only a stretch without any piece has no first one, and such a stretch is no `over`.
        None => Break {
            kind: BreakKind::Edited,
            file: String::new(),
            date: String::new(),
            offset: 0,
            line: 1,
            seq: Some(span.first.seq),
            detail: what,
        },
    }
}
