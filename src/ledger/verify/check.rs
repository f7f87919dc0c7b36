//! Putting the days together: one chain, every byte covered, the known heads in it.

use super::diagnose;
use super::report::{Break, BreakKind, VerifyReport};
use super::source::Source;
use super::walk::{Day, Entry, Opening, Span, Watch, shift, walk};
use crate::ledger::chain::{Digest, Hasher, Piece, hash_range};
use crate::ledger::mirror::{HeadRecord, Heads};
use std::io;

/// An earlier head that must still be part of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// SHA-256 of its line.
    pub sha256: Digest,
    /// Its number, if known.
    pub seq: Option<u64>,
}

/// Checks the whole chain of one agent, and that the mirrored heads and `anchors` are in it.
pub fn verify(source: &dyn Source, heads: &Heads, anchors: &[Anchor]) -> io::Result<VerifyReport> {
    let watch = watch_list(heads, anchors);
    let mut days = Vec::new();
    for name in source.names()? {
        let file = source.open(&name)?;
        days.push(walk(&name, file.as_ref(), &watch)?);
    }
    let mut check = Check { source, days: &days, report: VerifyReport::default() };
    check.count();
    check.links()?;
    check.coverage();
    check.heads(heads)?;
    check.anchors(anchors);
    let mut report = check.report;
    report.breaks.sort_by(|a, b| (&a.file, a.offset).cmp(&(&b.file, b.offset)));
    report.breaks.dedup_by(|a, b| (&a.file, a.offset, a.kind) == (&b.file, b.offset, b.kind));
    Ok(report)
}

fn watch_list(heads: &Heads, anchors: &[Anchor]) -> Watch {
    let known = heads.newest.iter().chain(&heads.missing);
    Watch {
        seqs: known.map(|head| head.seq).chain(anchors.iter().filter_map(|anchor| anchor.seq)).collect(),
        digests: anchors.iter().filter(|anchor| anchor.seq.is_none()).map(|anchor| anchor.sha256).collect(),
    }
}

pub(super) struct Check<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) days: &'a [Day],
    pub(super) report: VerifyReport,
}

/// Numbers `a..=b`, where they are.
type Placed<'a> = (&'a Day, &'a Span);

impl<'a> Check<'a> {
    fn count(&mut self) {
        self.report.days = self.days.len() as u64;
        self.report.chained = self.days.iter().map(|day| day.chained).sum();
        self.report.foreign = self.days.iter().map(|day| day.foreign).sum();
    }

    fn spans(&self) -> impl Iterator<Item = Placed<'a>> + use<'a> {
        self.days.iter().flat_map(|day| day.spans.iter().map(move |span| (day, span)))
    }

    /// Every stretch must continue another one, and no number may come twice.
    fn links(&mut self) -> io::Result<()> {
        for (day, span) in self.spans() {
            let found = match &span.opening {
                Opening::First { fits: true } => None,
                Opening::First { fits: false } | Opening::Broken { .. } => {
                    Some(diagnose::opening(self, day, span)?)
                }
                Opening::Over(pieces) => self.over(day, span, pieces)?,
            };
            self.report.breaks.extend(found);
        }
        let mut spans: Vec<Placed<'_>> = self.spans().collect();
        spans.sort_by_key(|(_, span)| (span.first.seq, span.last.seq));
        for pair in spans.windows(2) {
            let ((_, before), (day, span)) = (pair[0], pair[1]);
            if span.first.seq <= before.last.seq {
                let detail = format!("line {} of the chain is there twice", span.first.seq);
                self.broken(
                    BreakKind::Inserted,
                    day,
                    span.first.start,
                    span.first.line,
                    Some(span.first.seq),
                    detail,
                );
            }
        }
        Ok(())
    }

    /// A stretch that says which pieces of other files it covers.
    fn over(&self, day: &Day, span: &Span, pieces: &[Piece]) -> io::Result<Option<Break>> {
        let seq = span.first.seq;
        let before = self.spans().find(|(_, other)| other.last.seq + 1 == seq);
        let Some((first, (before_day, before))) = pieces.first().zip(before) else {
            return Ok(Some(diagnose::missing_before(self, day, span, pieces)));
        };
        if first.file != before_day.name || first.from != before.last.at {
            return Ok(Some(diagnose::moved(day, span, first)));
        }
        let mut hasher = Hasher::default();
        for piece in pieces {
            if !self.hash(&mut hasher, piece)? {
                return Ok(Some(diagnose::piece(self, span, piece)));
            }
        }
        let fits = hasher.finish() == span.prev;
        Ok((!fits).then(|| diagnose::pieces(self, span, pieces)))
    }

    /// `Ok(false)` if the piece is not there any more.
    fn hash(&self, hasher: &mut Hasher, piece: &Piece) -> io::Result<bool> {
        let Some(day) = self.day(&piece.file) else { return Ok(false) };
        let (Some(from), Some(to)) = (shift(piece.from, day.drift), shift(piece.to, day.drift)) else {
            return Ok(false);
        };
        if from > to || to > day.size {
            return Ok(false);
        }
        hash_range(hasher, self.source.open(&piece.file)?.as_ref(), from, to)?;
        Ok(true)
    }

    pub(super) fn day(&self, name: &str) -> Option<&'a Day> {
        self.days.iter().find(|day| day.name == name)
    }

    fn newest(&self) -> Option<Placed<'a>> {
        self.spans().max_by_key(|(_, span)| span.last.seq)
    }

    /// Every byte before the newest line must be covered by a link. Where links are missing, so is what they covered;
    /// saying that as well would only hide where it began.
    fn coverage(&mut self) {
        let whole = self.report.breaks.is_empty();
        let head = self.newest();
        let first_chained = self.days.iter().find(|day| day.chained > 0).map(|day| &day.name);
        for day in self.days {
            let is_head = head.is_some_and(|(head, _)| head.name == day.name);
            let reached = self.reached(day);
            if is_head {
                self.head_tail(day);
            } else if day.chained == 0 && reached == 0 && day.size > 0 {
                let unlinked =
                    format!("{}: {} lines of other writers, covered by no link", day.name, day.foreign);
                let before = first_chained.is_none_or(|first| day.name < *first);
                if !whole || before || head.is_some_and(|(head, _)| day.name > head.name) {
                    self.report.notes.push(unlinked);
                } else {
                    self.broken(BreakKind::Inserted, day, 0, 1, None, unlinked);
                }
            } else if whole && reached < day.size {
                let detail =
                    "these bytes were added after the next day's first link had covered the file".to_owned();
                let line = self.line_of(day, reached);
                self.broken(BreakKind::Inserted, day, reached, line, None, detail);
            }
        }
    }

    fn head_tail(&mut self, day: &Day) {
        if day.foreign_tail > 0 {
            let count = day.foreign_tail;
            self.report
                .notes
                .push(format!("{}: {count} foreign line(s) behind the head, not covered yet", day.name));
        }
        if let Some(start) = day.unfinished {
            self.report
                .notes
                .push(format!("{}: unfinished line at byte {start}; the next writer ends it", day.name));
        }
    }

    /// How far the file is covered from its beginning without a hole.
    fn reached(&self, day: &Day) -> u64 {
        let mut covered: Vec<(u64, u64)> = Vec::new();
        for span in &day.spans {
            let from = match &span.opening {
                Opening::First { .. } => 0,
                Opening::Over(_) => span.first.at,
                Opening::Broken { before, .. } => before.at,
            };
            covered.push((from, span.last.at));
        }
        for (_, span) in self.spans() {
            if let Opening::Over(pieces) = &span.opening {
                covered.extend(
                    pieces.iter().filter(|piece| piece.file == day.name).map(|piece| (piece.from, piece.to)),
                );
            }
        }
        covered.sort_unstable();
        covered
            .iter()
            .fold(0, |reached, (from, to)| if *from <= reached { reached.max(*to) } else { reached })
    }

    /// Mirrored heads must be in the chain, and nothing may be missing behind the newest line.
    fn heads(&mut self, heads: &Heads) -> io::Result<()> {
        let newest = self.newest();
        if let Some((day, span)) = newest {
            self.report.head = Some(self.head_record(day, &span.last)?);
        }
        if heads.newest.is_none() && newest.is_some() {
            self.report
                .notes
                .push("no head is mirrored outside the ledger: a cut tail would not be noticed".to_owned());
        }
        for head in heads.newest.iter().chain(&heads.missing) {
            self.known_head(head);
        }
        Ok(())
    }

    fn head_record(&self, day: &Day, entry: &Entry) -> io::Result<HeadRecord> {
        let mut hasher = Hasher::default();
        hash_range(&mut hasher, self.source.open(&day.name)?.as_ref(), entry.start, entry.end)?;
        Ok(HeadRecord {
            seq: entry.seq,
            sha256: hasher.finish(),
            file: day.name.clone(),
            start: entry.start,
            len: entry.end - entry.start,
        })
    }

    fn known_head(&mut self, head: &HeadRecord) {
        let found = self
            .days
            .iter()
            .find_map(|day| Some((day, day.watched.iter().find(|(entry, _)| entry.seq == head.seq)?)));
        match (found, self.newest()) {
            (Some((day, (entry, digest))), _) if *digest == head.sha256 => {
                if day.drift == 0 && (day.name != head.file || entry.start != head.start) {
                    let detail = format!("line {} does not stand where it was written", head.seq);
                    self.broken(BreakKind::Inserted, day, head.start, entry.line, Some(head.seq), detail);
                }
            }
            (Some((day, (entry, _))), _) => {
                let detail =
                    format!("line {} is not the one whose digest is mirrored: {}", head.seq, head.sha256);
                self.broken(BreakKind::Edited, day, entry.start, entry.line, Some(head.seq), detail);
            }
            (None, Some((day, span))) if span.last.seq < head.seq => {
                let detail = format!(
                    "the chain ends with line {}, but line {} is known to exist",
                    span.last.seq, head.seq
                );
                self.broken(BreakKind::Cut, day, span.last.end, span.last.line + 1, Some(head.seq), detail);
            }
            (None, _) => self.report.breaks.push(Break {
                kind: BreakKind::Cut,
                file: head.file.clone(),
                date: date_of(&head.file),
                offset: head.start,
                line: 1,
                seq: Some(head.seq),
                detail: format!("line {} is known to exist, and is not there", head.seq),
            }),
        }
    }

    fn anchors(&mut self, anchors: &[Anchor]) {
        for anchor in anchors {
            let known = |(entry, digest): &(Entry, Digest)| {
                *digest == anchor.sha256 && anchor.seq.is_none_or(|seq| seq == entry.seq)
            };
            if let Some((day, (entry, _))) =
                self.days.iter().find_map(|day| Some((day, day.watched.iter().find(|line| known(line))?)))
            {
                self.report
                    .notes
                    .push(format!("anchor {} is line {} of {}", anchor.sha256, entry.line, day.name));
            } else if let Some((day, span)) = self.newest() {
                let detail = format!("anchor {} is no line of this chain", anchor.sha256);
                self.broken(BreakKind::Cut, day, span.last.end, span.last.line + 1, anchor.seq, detail);
            } else {
                self.report.breaks.push(Break {
                    kind: BreakKind::Cut,
                    file: String::new(),
                    date: String::new(),
                    offset: 0,
                    line: 1,
                    seq: anchor.seq,
                    detail: format!("anchor {} is no line of this chain, which is empty", anchor.sha256),
                });
            }
        }
    }

    fn broken(
        &mut self,
        kind: BreakKind,
        day: &Day,
        offset: u64,
        line: u64,
        seq: Option<u64>,
        detail: String,
    ) {
        self.report.breaks.push(diagnose::broken(kind, day, (offset, line), seq, detail));
    }

    /// Number of the line that byte `offset` is in.
    pub(super) fn line_of(&self, day: &Day, offset: u64) -> u64 {
        let mut line = 1;
        let mut at = 0;
        let Ok(file) = self.source.open(&day.name) else { return line };
        let mut buffer = vec![0; 1 << 16];
        while at < offset {
            let take = usize::try_from(offset - at).unwrap_or(usize::MAX).min(buffer.len());
            if file.read_exact_at(&mut buffer[..take], at).is_err() {
                break;
            }
            line += memchr::memchr_iter(b'\n', &buffer[..take]).count() as u64;
            at += take as u64;
        }
        line
    }
}

/// The date in a day file's name.
pub(super) fn date_of(file: &str) -> String {
    file.chars().take(10).collect()
}
