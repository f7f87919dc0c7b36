//! Redaction of a stream, exact for every way of cutting it into pieces.
//!
//! The unit is a line; nothing but private keys reaches across lines, and those are followed by state. A line
//! longer than [`SEGMENT`] is examined in segments. What a key leads to is found within [`MARGIN`] bytes of it or has
//! begun there, so a segment is cut where no finding is cut, and its continuation sees what was put out before it:
//! where the cuts are makes no difference. Of an unfinished line everything is let go that no continuation can change.

use super::edit::push_hidden;
use super::engine::{Engine, Span, line_start};
use super::expected::Expected;
use super::prefilter::DISORDER_MAX;
use super::rescue::caught;
use super::screen;
use super::unit::{Examiner, Outcome, Part};
use crate::base::limits::HOLD_BACK_MAX;
use std::sync::Arc;

/// Longest text examined at once.
const SEGMENT: usize = HOLD_BACK_MAX / 2;
/// Bytes at the end of a segment left to the next one: a secret whose keyword is before them is seen whole, or far
/// enough to be followed to its end.
const MARGIN: usize = 8 * 1024;
/// Bytes of the output kept from before a segment: a name and what makes it one have room in it.
const CONTEXT: usize = 512;

/// Where redacted output goes.
pub(super) trait Sink {
    /// Bytes that stay.
    fn keep(&mut self, bytes: &[u8]);
    /// A secret, to be replaced by the marker of its rule.
    fn hide(&mut self, engine: &Engine, span: &Span, bytes: &[u8]);
    /// The continuation of what was just hidden.
    fn drop(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn keep(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    fn hide(&mut self, engine: &Engine, span: &Span, bytes: &[u8]) {
        push_hidden(self, engine, span, bytes);
    }

    fn drop(&mut self, _: &[u8]) {}
}

/// A redactor for one stream of bytes.
///
/// Streams of one [`Redactor`](super::Redactor) share what they learn and nothing else.
#[derive(Debug)]
pub struct StreamRedactor {
    examiner: Examiner,
    /// The unfinished line, behind `context` bytes of what was put out of it before.
    buffer: Vec<u8>,
    context: usize,
    /// Bytes of `buffer` that have left already.
    released: usize,
    /// A token longer than a segment is being dropped up to its end.
    swallowing: bool,
    /// Bytes of `buffer` at which it was last looked at.
    looked_at: usize,
    /// Whether what is hidden here is counted.
    counted: bool,
    /// The beginning of a line could not be examined: the rest of it is dropped.
    pub(super) skips_line: bool,
}

impl StreamRedactor {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self {
            examiner: Examiner::new(engine),
            buffer: Vec::new(),
            context: 0,
            released: 0,
            swallowing: false,
            looked_at: 0,
            counted: true,
            skips_line: false,
        }
    }

    /// A stream whose caller counts what it makes of the spans.
    pub(super) fn uncounted(engine: Arc<Engine>) -> Self {
        Self { counted: false, ..Self::new(engine) }
    }

    /// The same, on whose first line a secret is expected.
    pub(super) fn expecting(mut self, expected: Option<Expected>) -> Self {
        self.examiner.expect(expected);
        self
    }

    /// Takes the next bytes and appends to `out` what can be let go, redacted.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.push_to(bytes, out);
    }

    /// Ends the stream: appends what was held back, redacted. Inside a private key, nothing of it is.
    pub fn flush(&mut self, out: &mut Vec<u8>) {
        self.flush_to(out);
    }

    /// To be called when no input came for a while (50 to 100 ms): lets a prompt go that could have become a
    /// secret. What has begun like a secret stays.
    pub fn idle(&mut self, out: &mut Vec<u8>) {
        self.idle_to(out);
    }

    pub(super) fn idle_all(&mut self, out: &mut impl Sink) {
        if self.held() == 0 || self.swallowing {
            return;
        }
        let buffer = std::mem::take(&mut self.buffer);
        if let Outcome::Spans(spans) = self.examiner.examine(&buffer, self.context, Part::Glimpse) {
            let end = self.examiner.presentable(&buffer, &spans).max(self.released);
            self.emit(&buffer, &spans, end, out);
            self.released = end;
        }
        self.buffer = buffer;
    }

    /// Bytes held back now; never more than 64 KiB.
    pub fn held(&self) -> usize {
        self.buffer.len() - self.released
    }

    /// Forgets what is held back.
    pub(super) fn forget(&mut self) {
        self.buffer.clear();
        (self.context, self.released, self.looked_at, self.swallowing) = (0, 0, 0, false);
    }

    /// Whether something of the line that goes on has been passed on or dropped.
    pub(super) fn is_in_line(&self) -> bool {
        self.context > 0 || self.released > 0 || self.swallowing || self.skips_line
    }

    /// Looks in the next lines for what a line that could not be examined may have announced.
    pub(super) fn suspect(&mut self) {
        self.examiner.expect(Some(Expected::printed_next()));
        self.examiner.expect_key();
    }

    pub(super) fn engine(&self) -> &Arc<Engine> {
        &self.examiner.engine
    }

    pub(super) fn is_counted(&self) -> bool {
        self.counted
    }

    pub(super) fn push_all(&mut self, bytes: &[u8], out: &mut impl Sink) {
        let mut rest = bytes;
        if self.skips_line {
            let end = memchr::memchr(b'\n', rest);
            out.drop(&rest[..end.unwrap_or(rest.len())]);
            let Some(end) = end else { return };
            self.skips_line = false;
            out.keep(&rest[end..=end]);
            rest = &rest[end + 1..];
        }
        // As long as a line is unfinished, through all its segments.
        while !rest.is_empty() && (!self.buffer.is_empty() || self.swallowing) {
            rest = self.push_buffered(rest, out);
        }
        if let Some(end) = memchr::memrchr(b'\n', rest) {
            self.push_lines(&rest[..=end], out);
            rest = &rest[end + 1..];
        }
        while !rest.is_empty() {
            rest = self.push_buffered(rest, out);
        }
        self.release(out);
    }

    /// Whether `text`, whole lines but for the newline of its last, would pass without any of them being examined.
    pub(super) fn has_nothing_to_look_at(&mut self, text: &[u8]) -> bool {
        let examiner = &mut self.examiner;
        let has_none = || {
            examiner.sync();
            !examiner.examines_all()
                && screen::first_control(text).is_none()
                && examiner.first_needle(text, 0).is_none()
        };
        caught(has_none).unwrap_or(false)
    }

    pub(super) fn flush_all(&mut self, out: &mut impl Sink) {
        self.swallowing = false;
        if self.buffer.len() > self.context {
            self.finish_line(out);
        }
        self.buffer.clear();
        (self.context, self.released, self.looked_at) = (0, 0, 0);
    }

    /// Whole lines: those in which no needle is seen pass without being looked at one by one.
    fn push_lines(&mut self, lines: &[u8], out: &mut impl Sink) {
        let mut kept = 0;
        let mut at = 0;
        let mut hidden = false;
        let mut control = screen::first_control(lines);
        while at < lines.len() {
            self.examiner.sync();
            if control.is_some_and(|control| control < at) {
                control = screen::first_control(&lines[at..]).map(|control| at + control);
            }
            // Behind a line with a secret comes another one more often than not: then to look whether it is worth while
            // costs more than to examine it.
            let (needle, clean) = if hidden || self.examiner.examines_all() {
                (Some(at), at)
            } else {
                let clean = control.map_or(lines.len(), |control| line_start(lines, control).max(at));
                (self.examiner.first_needle(&lines[..clean], at).or(control), clean)
            };
            let Some(needle) = needle else { break };
            let start = line_start(lines, needle).max(at);
            let end =
                needle + memchr::memchr(b'\n', &lines[needle..]).map_or(lines.len() - needle, |lf| lf + 1);
            out.keep(&lines[kept..start]);
            // In a line without controls nothing before this needle is plausible.
            let seen = if needle < clean { (needle - start).saturating_sub(DISORDER_MAX) } else { 0 };
            hidden = self.push_line(&lines[start..end], seen, out);
            at = end;
            kept = end;
        }
        out.keep(&lines[kept..]);
    }

    /// Examines one line; returns whether something was hidden in it.
    fn push_line(&mut self, line: &[u8], seen: usize, out: &mut impl Sink) -> bool {
        if line.len() > SEGMENT {
            let mut rest = line;
            while !rest.is_empty() {
                rest = self.push_buffered(rest, out);
            }
            return false;
        }
        match self.examiner.examine_behind(line, 0, Part::Whole, seen) {
            Outcome::Gone => {
                out.drop(line);
                false
            }
            Outcome::Spans(spans) => {
                self.released = 0;
                self.emit(line, &spans, line.len(), out);
                let hidden = !spans.is_empty();
                self.examiner.take_back(spans);
                hidden
            }
        }
    }

    /// Adds to the unfinished line, up to its end or a segment's; returns what is left.
    fn push_buffered<'a>(&mut self, bytes: &'a [u8], out: &mut impl Sink) -> &'a [u8] {
        if self.swallowing {
            let Some(end) = bytes.iter().position(|&byte| ends_token(byte)) else {
                out.drop(bytes);
                return &[];
            };
            out.drop(&bytes[..end]);
            self.swallowing = false;
            return &bytes[end..];
        }
        let room = self.context + SEGMENT - self.buffer.len();
        let near = &bytes[..room.min(bytes.len())];
        if let Some(end) = memchr::memchr(b'\n', near) {
            self.buffer.extend_from_slice(&near[..=end]);
            self.finish_line(out);
            return &bytes[end + 1..];
        }
        self.buffer.extend_from_slice(near);
        if near.len() == room {
            self.finish_segment(out);
        }
        &bytes[near.len()..]
    }

    fn finish_line(&mut self, out: &mut impl Sink) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let part = if self.context == 0 { Part::Whole } else { Part::Rest };
        match self.examiner.examine(&buffer, self.context, part) {
            Outcome::Gone => out.drop(&buffer[self.released..]),
            Outcome::Spans(spans) => self.emit(&buffer, &spans, buffer.len(), out),
        }
        buffer.clear();
        (self.buffer, self.context, self.released, self.looked_at) = (buffer, 0, 0, 0);
    }

    /// Examines a full segment and passes on what the rest of the line has no part in.
    fn finish_segment(&mut self, out: &mut impl Sink) {
        let buffer = std::mem::take(&mut self.buffer);
        let part = if self.context == 0 { Part::Beginning } else { Part::Segment };
        let Outcome::Spans(spans) = self.examiner.examine(&buffer, self.context, part) else {
            out.drop(&buffer[self.released..]);
            self.swallowing = true;
            return self.go_on(buffer, &[], 0);
        };
        let mut commit = commit(&spans, buffer.len(), self.context);
        // A row goes as a whole.
        if let Some(end) = self.examiner.row_end(&buffer, self.context..commit)
            && !spans.iter().any(|span| span.anchor < end && end < span.end)
        {
            commit = end;
        }
        self.swallowing = commit == buffer.len();
        self.examiner.remember(commit);
        self.emit(&buffer, &spans, commit.max(self.released), out);
        self.go_on(buffer, &spans, commit);
    }

    /// Goes on with the bytes of `buffer` from `commit` on, behind the end of what was put out.
    fn go_on(&mut self, mut buffer: Vec<u8>, spans: &[Span], commit: usize) {
        let commit = if self.swallowing { buffer.len() } else { commit };
        let context = if spans.is_empty() && self.swallowing {
            // All of it is gone; whatever follows is not the beginning of a line.
            b"]".to_vec()
        } else {
            self.examiner.tail_before(&buffer, spans, commit, CONTEXT)
        };
        self.released = context.len() + self.released.max(commit) - commit;
        self.context = context.len();
        buffer.splice(..commit, context);
        self.looked_at = 0;
        self.buffer = buffer;
    }

    /// Lets go of what is decided of the unfinished line.
    fn release(&mut self, out: &mut impl Sink) {
        let length = self.buffer.len();
        // Looking at a growing line again and again must not cost more than its length: wait for an eighth more.
        if length == self.released || length < self.looked_at + self.looked_at.saturating_sub(1024) / 8 {
            return;
        }
        // All but the last word has gone: nothing more goes before that word ends.
        let word_goes_on = |byte: &u8| !matches!(byte, b' ' | b'\t');
        if self.looked_at > 0
            && self.released > self.context
            && self.buffer[self.released..].iter().all(word_goes_on)
            && !word_goes_on(&self.buffer[self.released - 1])
        {
            return;
        }
        self.looked_at = length;
        let buffer = std::mem::take(&mut self.buffer);
        let end = self.examiner.decided(&buffer);
        if end > self.released {
            out.keep(&buffer[self.released..end]);
            self.released = end;
        }
        self.buffer = buffer;
    }

    /// Passes on `unit` from what was released up to `end`, with `spans` hidden.
    fn emit(&self, unit: &[u8], spans: &[Span], end: usize, out: &mut impl Sink) {
        let mut at = self.released;
        for span in spans.iter().filter(|span| span.end > self.released && span.start < end) {
            let start = span.start.max(at);
            out.keep(&unit[at..start]);
            out.hide(&self.examiner.engine, span, &unit[start..span.end]);
            if self.counted {
                self.examiner.engine.count(span.rule);
            }
            at = span.end;
        }
        out.keep(&unit[at.min(end)..end]);
    }
}

/// How much of a segment of `length` bytes, with `context` bytes before it, can be passed on: a finding, and what
/// leads to it, goes as a whole. All of it if a secret goes on behind the segment.
fn commit(spans: &[Span], length: usize, context: usize) -> usize {
    let horizon = length - MARGIN;
    if spans.last().is_some_and(|last| last.end == length && last.anchor < horizon) {
        return length;
    }
    // They are sorted and do not overlap: those that end before it are passed over together.
    let across = |commit: usize| {
        let first = spans.partition_point(|span| span.end <= commit);
        spans[first..].iter().find(|span| span.anchor < commit)
    };
    let mut commit = horizon;
    while let Some(across) = across(commit) {
        commit = across.anchor;
    }
    if commit > context + MARGIN {
        return commit;
    }
    // One finding leads to the next all the way: then they go together.
    let mut commit = horizon;
    while let Some(across) = across(commit) {
        commit = across.end;
    }
    commit
}

fn ends_token(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
}
