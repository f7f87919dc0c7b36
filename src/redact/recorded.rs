//! A whole stream on its way into the record.

use super::engine::{Engine, Span};
use super::expected::Expected;
use super::stream::{Sink, StreamRedactor};
use crate::base::redacted::Redacted;
use std::sync::Arc;

/// Redacts a stream that is kept whole, piece by piece.
///
/// Nothing leaves early, however long the input pauses: who reads a record later does not wait at a prompt.
#[derive(Debug)]
pub struct RecordedStream {
    stream: StreamRedactor,
    hidden: u64,
}

/// Text with its secrets replaced, and how many there were.
#[derive(Default)]
struct Counted {
    text: Vec<u8>,
    hidden: u64,
}

impl Sink for Counted {
    fn keep(&mut self, bytes: &[u8]) {
        self.text.keep(bytes);
    }

    fn hide(&mut self, engine: &Engine, span: &Span, bytes: &[u8]) {
        self.hidden += 1;
        self.text.hide(engine, span, bytes);
    }

    fn drop(&mut self, bytes: &[u8]) {
        Sink::drop(&mut self.text, bytes);
    }
}

impl RecordedStream {
    pub(super) fn new(engine: Arc<Engine>, expected: Option<Expected>) -> Self {
        Self { stream: StreamRedactor::uncounted(engine).expecting(expected), hidden: 0 }
    }

    /// Takes the next bytes and returns what is settled by now, redacted.
    pub fn push(&mut self, bytes: &[u8]) -> Redacted<Vec<u8>> {
        let mut out = Counted::default();
        self.stream.push_to(bytes, &mut out);
        self.take(out)
    }

    /// Ends the stream and returns the rest, redacted.
    pub fn finish(&mut self) -> Redacted<Vec<u8>> {
        let mut out = Counted::default();
        self.stream.flush_to(&mut out);
        self.take(out)
    }

    /// How many secrets were hidden so far.
    pub fn hidden(&self) -> u64 {
        self.hidden
    }

    fn take(&mut self, out: Counted) -> Redacted<Vec<u8>> {
        self.hidden += out.hidden;
        Redacted::vouch(out.text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Redactor;

    #[test]
    fn a_cut_secret_is_hidden_and_counted_once() {
        let secret = ["q7W3e9", "R1t5Y8u2"].concat();
        let text = format!("before\napi_key={secret}\nafter");
        let redactor = Redactor::default();
        let mut stream = redactor.recorded();
        let mut kept = Vec::new();
        for piece in text.as_bytes().chunks(7) {
            kept.extend(stream.push(piece).into_inner());
        }
        kept.extend(stream.finish().into_inner());
        assert_eq!(String::from_utf8(kept).unwrap(), Redactor::default().text(&text));
        assert_eq!(stream.hidden(), 1);
        assert!(redactor.counts().is_empty());
    }
}
