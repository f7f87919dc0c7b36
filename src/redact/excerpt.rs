//! The beginning and the end of a stream, redacted first and cut afterwards.

use super::engine::{Engine, RuleIndex, Span};
use super::expected::Expected;
use super::marker;
use super::stream::{Sink, StreamRedactor};
use crate::base::bytes::to_text;
use std::ops::Range;
use std::sync::Arc;

/// What the capture kept of one stream: more on both sides than the record gets, so that a secret at the cut is
/// whole for the redactor.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The first bytes of the stream: those to be recorded and `REDACT_CONTEXT` more, as far as there are any.
    pub head: &'a [u8],
    /// The last bytes of the stream: `REDACT_CONTEXT` and those to be recorded, as far as there are any. It may
    /// overlap or continue `head`; `total` tells.
    pub tail: &'a [u8],
    /// Bytes of the head to be recorded.
    pub head_keep: usize,
    /// Bytes of the tail to be recorded.
    pub tail_keep: usize,
    /// Bytes of the whole stream.
    pub total: u64,
}

/// What is recorded of one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The beginning, or all of it when not `truncated`.
    pub head: String,
    /// The end; `None` when `head` is all.
    pub tail: Option<String>,
    /// Whether something between head and tail is missing.
    pub truncated: bool,
    /// Bytes of the original stream that are missing.
    pub omitted_bytes: u64,
}

/// Spans of one text, found by streaming it.
#[derive(Debug, Default)]
struct Found {
    at: usize,
    spans: Vec<(Range<usize>, RuleIndex)>,
}

impl Sink for Found {
    fn keep(&mut self, bytes: &[u8]) {
        self.at += bytes.len();
    }

    fn hide(&mut self, _: &Engine, span: &Span, bytes: &[u8]) {
        self.spans.push((self.at..self.at + bytes.len(), span.rule));
        self.at += bytes.len();
    }

    fn drop(&mut self, bytes: &[u8]) {
        self.at += bytes.len();
        if let Some((last, _)) = self.spans.last_mut() {
            last.end = self.at;
        }
    }
}

/// Makes the excerpt of one stream, on whose first line a secret may be expected.
pub(super) fn excerpt(engine: &Arc<Engine>, kept: Kept<'_>, expected: Option<&Expected>) -> Excerpt {
    let total = usize::try_from(kept.total).unwrap_or(usize::MAX);
    if total <= kept.head.len() {
        return of_whole(engine, &kept.head[..total], kept, expected);
    }
    let both = kept.head.len() + kept.tail.len();
    if total <= both {
        let whole = [kept.head, &kept.tail[both - total..]].concat();
        return of_whole(engine, &whole, kept, expected);
    }
    // The tail is looked at after the head, but what is learned from it is hidden in the head too.
    let mut head = spans(engine, kept.head, expected);
    let known = engine.learned.len();
    let tail = spans_of_tail(engine, kept.tail);
    if engine.learned.len() > known {
        head = spans(engine, kept.head, expected);
    }
    let head_end = cut_after(kept.head, &head, kept.head_keep.min(kept.head.len()));
    let tail_start = cut_before(kept.tail, &tail, kept.tail.len() - kept.tail_keep.min(kept.tail.len()));
    let shown = head_end + (kept.tail.len() - tail_start);
    Excerpt {
        head: render_spans(engine, kept.head, &head, 0..head_end),
        tail: Some(render_spans(engine, kept.tail, &tail, tail_start..kept.tail.len())),
        truncated: true,
        omitted_bytes: (total - shown) as u64,
    }
}

fn of_whole(engine: &Arc<Engine>, whole: &[u8], kept: Kept<'_>, expected: Option<&Expected>) -> Excerpt {
    let spans = both_spans(engine, whole, expected);
    if whole.len() > kept.head_keep.saturating_add(kept.tail_keep) {
        let head_end = cut_after(whole, &spans, kept.head_keep);
        let tail_start = cut_before(whole, &spans, whole.len() - kept.tail_keep);
        if head_end < tail_start {
            return Excerpt {
                head: render_spans(engine, whole, &spans, 0..head_end),
                tail: Some(render_spans(engine, whole, &spans, tail_start..whole.len())),
                truncated: true,
                omitted_bytes: (tail_start - head_end) as u64,
            };
        }
    }
    let head = render_spans(engine, whole, &spans, 0..whole.len());
    Excerpt { head, tail: None, truncated: false, omitted_bytes: 0 }
}

/// The text with every span replaced, as recorded text.
pub(super) fn redact_text(engine: &Arc<Engine>, text: &[u8]) -> Option<String> {
    let spans = spans_twice(engine, text);
    (!spans.is_empty()).then(|| render_spans(engine, text, &spans, 0..text.len()))
}

/// Ranges of a text to be hidden, sorted, and the rules that say so.
pub(super) type Spans = Vec<(Range<usize>, RuleIndex)>;

fn spans(engine: &Arc<Engine>, text: &[u8], expected: Option<&Expected>) -> Spans {
    let mut found = Found::default();
    let mut stream = StreamRedactor::uncounted(Arc::clone(engine)).expecting(expected.cloned());
    // Nearly all that is recorded: names, numbers, paths.
    if stream.has_nothing_to_look_at(text) {
        return found.spans;
    }
    stream.push_to(text, &mut found);
    stream.flush_to(&mut found);
    found.spans
}

/// The spans of a text that is there as a whole: what is learned at its end is hidden at its beginning too.
pub(super) fn spans_twice(engine: &Arc<Engine>, text: &[u8]) -> Spans {
    both_spans(engine, text, None)
}

fn both_spans(engine: &Arc<Engine>, text: &[u8], expected: Option<&Expected>) -> Spans {
    let known = engine.learned.len();
    let first = spans(engine, text, expected);
    if engine.learned.len() > known { spans(engine, text, expected) } else { first }
}

/// A tail may begin inside a private key, whose end then comes without a beginning.
fn spans_of_tail(engine: &Arc<Engine>, text: &[u8]) -> Spans {
    let mut found = spans_twice(engine, text);
    let end = memchr::memmem::find_iter(text, b"-----END ").find(|&at| {
        let label = &text[at..text.len().min(at + 64)];
        memchr::memmem::find(label, b"PRIVATE KEY").is_some()
    });
    if let Some(end) = end
        && memchr::memmem::find(&text[..end], b"-----BEGIN ").is_none()
    {
        found.retain(|(range, _)| range.start >= end);
        found.insert(0, (0..end, engine.private_key()));
    }
    found
}

/// The first place at or behind `at` that splits neither a span nor a character.
fn cut_after(text: &[u8], spans: &Spans, at: usize) -> usize {
    match spans.iter().find(|(range, _)| range.start < at && at < range.end) {
        Some((range, _)) => range.end,
        None => character_start(text, at),
    }
}

/// The last place at or before `at` that splits neither a span nor a character.
fn cut_before(text: &[u8], spans: &Spans, at: usize) -> usize {
    match spans.iter().find(|(range, _)| range.start < at && at < range.end) {
        Some((range, _)) => range.start,
        None => character_start(text, at),
    }
}

/// The start of the UTF-8 character that `at` is in.
fn character_start(text: &[u8], at: usize) -> usize {
    let start = (at.saturating_sub(3)..=at)
        .rev()
        .find(|&start| text.get(start).is_none_or(|byte| byte & 0xc0 != 0x80));
    start.unwrap_or(at)
}

/// `range` of the text as recorded text, with `spans` replaced and counted.
pub(super) fn render_spans(engine: &Engine, text: &[u8], spans: &Spans, range: Range<usize>) -> String {
    let mut out = Vec::with_capacity(range.len());
    let mut at = range.start;
    for (span, rule) in spans.iter().filter(|(span, _)| range.start <= span.start && span.end <= range.end) {
        out.extend_from_slice(&text[at..span.start]);
        marker::push(&mut out, &engine.id(*rule));
        engine.count(*rule);
        at = span.end;
    }
    out.extend_from_slice(&text[at..range.end]);
    to_text(&out).into_owned()
}
