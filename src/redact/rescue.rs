//! A fault in the redactor costs the line it is about, never the run.
//!
//! What is looked at is anybody's output, and the code that looks at it is large. Should it panic, the command in front of
//! it must neither end nor be shown or recorded as it is: the line is hidden, all others are examined again each by itself,
//! and the count of `not-examined` in the record says that it happened.

use super::engine::{Engine, Span};
use super::generic::NOT_EXAMINED;
use super::marker;
use super::stream::{Sink, StreamRedactor};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// A sink that knows how many bytes of the stream it was given.
#[derive(Debug)]
pub(super) struct Counting<'a, S> {
    sink: &'a mut S,
    bytes: usize,
}

impl<S: Sink> Sink for Counting<'_, S> {
    fn keep(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.sink.keep(bytes);
    }

    fn hide(&mut self, engine: &Engine, span: &Span, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.sink.hide(engine, span, bytes);
    }

    fn drop(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.sink.drop(bytes);
    }
}

impl StreamRedactor {
    /// [`push_all`](Self::push_all), whatever happens in it.
    pub(super) fn push_to(&mut self, bytes: &[u8], out: &mut impl Sink) {
        let Err(rest) = self.attempt(bytes, out, |stream, out| stream.push_all(bytes, out)) else { return };
        // In which line it was is not known.
        for line in rest.split_inclusive(|byte| *byte == b'\n') {
            if let Err(rest) = self.attempt(line, out, |stream, out| stream.push_all(line, out)) {
                self.hide_line(rest, out);
            }
        }
    }

    /// [`flush_all`](Self::flush_all), whatever happens in it.
    pub(super) fn flush_to(&mut self, out: &mut impl Sink) {
        // What could not be examined is hidden by then.
        let _ = self.attempt(b"", out, |stream, out| stream.flush_all(out));
        self.skips_line = false;
    }

    /// [`idle_all`](Self::idle_all), whatever happens in it.
    pub(super) fn idle_to(&mut self, out: &mut impl Sink) {
        let _ = self.attempt(b"", out, |stream, out| stream.idle_all(out));
    }

    /// Does what may panic with `bytes`. If it does, what was held back is hidden together with the rest of its line, and what
    /// of `bytes` had not been passed on is returned.
    fn attempt<'a, S: Sink>(
        &mut self,
        bytes: &'a [u8],
        out: &mut S,
        act: impl FnOnce(&mut Self, &mut Counting<'_, S>),
    ) -> Result<(), &'a [u8]> {
        let due = self.held() + bytes.len();
        let mut passed = Counting { sink: out, bytes: 0 };
        if caught(|| act(self, &mut passed)).is_some() {
            return Ok(());
        }
        let left = due.saturating_sub(passed.bytes);
        self.forget();
        let lost = left.saturating_sub(bytes.len());
        if lost > 0 {
            self.hide(&vec![0; lost], out);
            self.skips_line = true;
        }
        Err(&bytes[bytes.len() - left.min(bytes.len())..])
    }

    /// Hides `line` but for its newline; without one, what follows of it too.
    fn hide_line(&mut self, line: &[u8], out: &mut impl Sink) {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        if !text.is_empty() {
            self.hide(text, out);
        }
        out.keep(&line[text.len()..]);
        self.skips_line = text.len() == line.len();
    }

    fn hide(&mut self, bytes: &[u8], out: &mut impl Sink) {
        let engine = self.engine();
        let rule = engine.generic_rules() + NOT_EXAMINED;
        out.hide(engine, &Span { anchor: 0, start: 0, end: bytes.len(), rule }, bytes);
        if self.is_counted() {
            engine.count(rule);
        }
    }
}

/// What `redact` makes of something, or nothing of it if that panics.
pub(super) fn or_hidden<T>(redact: impl FnOnce() -> T, hidden: impl FnOnce(String) -> T) -> T {
    let marker = || {
        let mut text = Vec::new();
        marker::push_own(&mut text, super::generic::IDS[NOT_EXAMINED as usize]);
        String::from_utf8_lossy(&text).into_owned()
    };
    caught(redact).unwrap_or_else(|| hidden(marker()))
}

/// What `act` returns, unless it panics. A build for tests shows its faults, but in the tests of this module.
fn caught<T>(act: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(done) => Some(done),
        Err(fault) if cfg!(all(debug_assertions, not(test))) => resume_unwind(fault),
        Err(_) => None,
    }
}

/// Panics if `text` asks for it.
#[cfg(test)]
pub(super) fn fail_if_asked(text: &[u8]) {
    assert!(
        memchr::memmem::find(text, b"the redactor fails here").is_none(),
        "the redactor was asked to fail"
    );
}

#[cfg(test)]
mod tests {
    use super::super::Redactor;

    /// In one piece, in pieces of each of some sizes, in lines.
    fn streamed(text: &str, size: usize) -> String {
        let mut stream = Redactor::default().stream();
        let mut out = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            stream.push(piece, &mut out);
        }
        stream.flush(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_fault_costs_its_line_alone() {
        let secret = ["x7Kq2mVb9T", "zR4wLp8sN3"].concat();
        let before = format!("one\ntwo password={secret}\nthree\n");
        for fault in ["four \u{7}the redactor fails here, password=\n", "password: the redactor fails here\n"]
        {
            let text = [&before[..], fault, "five\n", &before].concat();
            let shown = before.replace(&secret, "[REDACTED:generic-password]");
            let expected = [&shown[..], "[REDACTED:not-examined]\n", "five\n", &shown].concat();
            assert_eq!(streamed(&text, usize::MAX), expected);
            assert_eq!(streamed(&text, before.len() + fault.len()), expected);
            // Cut anywhere, a part of the line may be out before there is a fault in it. Nothing comes behind that.
            for size in 1..text.len() {
                let streamed = streamed(&text, size);
                assert!(!streamed.contains(&secret), "{size}: {streamed}");
                assert!(streamed.ends_with(&["five\n", &shown].concat()), "{size}: {streamed}");
                assert!(streamed.starts_with(&shown), "{size}: {streamed}");
            }
        }
    }

    #[test]
    fn a_key_goes_on_behind_a_fault() {
        let body = ["MIIEpAIBAAKCAQEAxYz01234567", "89abcdefghijklmnopqrstuvwxyz"].concat();
        let begin = ["-----BEGIN RSA ", "PRIVATE KEY-----\n"].concat();
        let text = format!("{begin}{body}\n{body}\n\u{7}the redactor fails here\n{body}\n");
        assert!(!streamed(&text, usize::MAX).contains(&body), "{}", streamed(&text, usize::MAX));
    }

    #[test]
    fn what_is_recorded_is_hidden_by_a_fault() {
        let redactor = Redactor::default();
        let text = "\u{7}the redactor fails here";
        // What is before the fault has been examined.
        let expected = "\u{7}the redactor fails [REDACTED:not-examined]";
        assert_eq!(redactor.text(text), expected);
        assert_eq!(redactor.argv(&[b"tool", text.as_bytes()]), ["tool", expected]);
        let mut stream = redactor.stream();
        let mut out = Vec::new();
        stream.push(text.as_bytes(), &mut out);
        stream.idle(&mut out);
        stream.push(b" and more", &mut out);
        stream.flush(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        assert_eq!(redactor.counts().get("not-examined"), Some(&3));
    }
}
