//! Redaction of a stream, exact for every way of cutting it into pieces.
//!
//! The unit is a line; nothing but private keys reaches across lines, and those are followed by state. A line
//! longer than [`SEGMENT`] is examined in segments, cut at places that depend on the line alone, so that the result
//! cannot depend on how the bytes arrived. Of an unfinished line everything is let go that no continuation can
//! change.

use super::engine::{Engine, RuleIndex, line_start};
use super::marker;
use super::screen;
use super::unit::{Examiner, Outcome};
use crate::base::limits::HOLD_BACK_MAX;
use std::sync::Arc;

/// Longest text examined at once.
const SEGMENT: usize = HOLD_BACK_MAX / 2;
/// Bytes at the end of a segment left to the next one: a secret that begins before them is seen whole, or far
/// enough to be followed to its end.
const MARGIN: usize = 8 * 1024;
/// Bytes kept from before a segment, so that its beginning is not taken for the beginning of a line.
const CONTEXT: usize = 64;

/// Where redacted output goes.
pub(super) trait Sink {
    /// Bytes that stay.
    fn keep(&mut self, bytes: &[u8]);
    /// A secret, to be replaced by the marker of `rule`.
    fn hide(&mut self, engine: &Engine, rule: RuleIndex, bytes: &[u8]);
    /// The continuation of what was just hidden.
    fn drop(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn keep(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    fn hide(&mut self, engine: &Engine, rule: RuleIndex, bytes: &[u8]) {
        marker::push(self, &engine.id(rule));
        if screen::has_controls(bytes) {
            self.extend_from_slice(&screen::sequences(bytes));
        }
    }

    fn drop(&mut self, _: &[u8]) {}
}

/// A redactor for one stream of bytes.
///
/// Streams of one [`Redactor`](super::Redactor) share what they learn and nothing else.
#[derive(Debug)]
pub struct StreamRedactor {
    examiner: Examiner,
    /// The unfinished line, with `context` bytes of the segment before it.
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
        }
    }

    /// A stream whose caller counts what it makes of the spans.
    pub(super) fn uncounted(engine: Arc<Engine>) -> Self {
        Self { counted: false, ..Self::new(engine) }
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
        if self.held() == 0 || self.swallowing {
            return;
        }
        let buffer = std::mem::take(&mut self.buffer);
        if let Outcome::Spans(spans) = self.examiner.examine(&buffer, self.context..buffer.len(), false) {
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

    pub(super) fn push_to(&mut self, bytes: &[u8], out: &mut impl Sink) {
        let mut rest = bytes;
        if !self.buffer.is_empty() || self.swallowing {
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

    pub(super) fn flush_to(&mut self, out: &mut impl Sink) {
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
        let mut control = screen::first_control(lines);
        while at < lines.len() {
            self.examiner.sync();
            if control.is_some_and(|control| control < at) {
                control = screen::first_control(&lines[at..]).map(|control| at + control);
            }
            let needle = if self.examiner.examines_all() {
                Some(at)
            } else {
                let clean = control.map_or(lines.len(), |control| line_start(lines, control).max(at));
                self.examiner.first_needle(&lines[..clean], at).or(control)
            };
            let Some(needle) = needle else { break };
            let start = line_start(lines, needle).max(at);
            let end =
                needle + memchr::memchr(b'\n', &lines[needle..]).map_or(lines.len() - needle, |lf| lf + 1);
            out.keep(&lines[kept..start]);
            self.push_line(&lines[start..end], out);
            at = end;
            kept = end;
        }
        out.keep(&lines[kept..]);
    }

    fn push_line(&mut self, line: &[u8], out: &mut impl Sink) {
        if line.len() > SEGMENT {
            let mut rest = line;
            while !rest.is_empty() {
                rest = self.push_buffered(rest, out);
            }
            return;
        }
        match self.examiner.examine(line, 0..line.len(), true) {
            Outcome::Gone => out.drop(line),
            Outcome::Spans(spans) => {
                self.released = 0;
                self.emit(line, &spans, line.len(), out);
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
        let buffer = std::mem::take(&mut self.buffer);
        match self.examiner.examine(&buffer, self.context..buffer.len(), true) {
            Outcome::Gone => out.drop(&buffer[self.released..]),
            Outcome::Spans(spans) => self.emit(&buffer, &spans, buffer.len(), out),
        }
        self.restart(buffer, 0);
    }

    /// Examines a full segment; the needles of its margin are left to the next one.
    fn finish_segment(&mut self, out: &mut impl Sink) {
        let buffer = std::mem::take(&mut self.buffer);
        let commit = buffer.len() - MARGIN;
        let outcome = self.examiner.examine(&buffer, self.context..commit, true);
        let spans = match outcome {
            Outcome::Gone => {
                out.drop(&buffer[self.released..]);
                self.swallowing = true;
                return self.restart(buffer, 0);
            }
            Outcome::Spans(spans) => spans,
        };
        let end = spans.last().map_or(commit, |span| span.end.max(commit));
        self.emit(&buffer, &spans, end.max(self.released), out);
        self.swallowing = end == buffer.len();
        let keep_from = if self.swallowing { buffer.len() } else { end - CONTEXT };
        self.released = self.released.max(end);
        self.restart(buffer, keep_from);
    }

    /// Begins anew with the bytes of `buffer` from `keep_from` on, or with none if it is 0.
    fn restart(&mut self, mut buffer: Vec<u8>, keep_from: usize) {
        if keep_from == 0 || keep_from == buffer.len() {
            buffer.clear();
            (self.context, self.released) = (0, 0);
        } else {
            buffer.drain(..keep_from);
            self.context = CONTEXT;
            self.released -= keep_from;
        }
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
    fn emit(&self, unit: &[u8], spans: &[super::engine::Span], end: usize, out: &mut impl Sink) {
        let mut at = self.released;
        for span in spans.iter().filter(|span| span.end > self.released && span.start < end) {
            let start = span.start.max(at);
            out.keep(&unit[at..start]);
            out.hide(&self.examiner.engine, span.rule, &unit[start..span.end]);
            if self.counted {
                self.examiner.engine.count(span.rule);
            }
            at = span.end;
        }
        out.keep(&unit[at.min(end)..end]);
    }
}

fn ends_token(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
}
