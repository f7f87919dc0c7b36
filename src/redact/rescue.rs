//! A fault in the redactor costs the line it is about, never the run.
//!
//! What is looked at is anybody's output, and the code that looks at it is large. Should it panic, the command in front of
//! it must neither end nor be shown or recorded as it is: the line is hidden, all others are examined again each by itself,
//! what such a line may have announced is looked for in the next ones, and `not-examined` is counted among the redactions.

use super::engine::{Engine, Span};
use super::generic::{IDS, NOT_EXAMINED};
use super::marker;
use super::stream::{Sink, StreamRedactor};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// A sink that knows how many bytes of the stream it was given, and whether the last of them ended a line.
#[derive(Debug)]
pub(super) struct Counting<'a, S> {
    sink: &'a mut S,
    bytes: usize,
    in_line: bool,
}

impl<S> Counting<'_, S> {
    fn saw(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        self.in_line = bytes.last().map_or(self.in_line, |last| *last != b'\n');
    }
}

impl<S: Sink> Sink for Counting<'_, S> {
    fn keep(&mut self, bytes: &[u8]) {
        self.saw(bytes);
        self.sink.keep(bytes);
    }

    fn hide(&mut self, engine: &Engine, span: &Span, bytes: &[u8]) {
        self.saw(bytes);
        self.sink.hide(engine, span, bytes);
    }

    fn drop(&mut self, bytes: &[u8]) {
        self.saw(bytes);
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
                self.hide_line(0, rest, out);
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

    /// Does what may panic with `bytes`. If it does, the rest of a line whose beginning was passed on or held back is hidden,
    /// and what of `bytes` is behind that and had not been passed on is returned.
    fn attempt<'a, S: Sink>(
        &mut self,
        bytes: &'a [u8],
        out: &mut S,
        act: impl FnOnce(&mut Self, &mut Counting<'_, S>),
    ) -> Result<(), &'a [u8]> {
        let due = self.held() + bytes.len();
        let mut passed = Counting { sink: out, bytes: 0, in_line: self.is_in_line() };
        if caught(|| act(self, &mut passed)).is_some() {
            return Ok(());
        }
        let Counting { bytes: passed, in_line, .. } = passed;
        let left = due.saturating_sub(passed);
        let lost = left.saturating_sub(bytes.len());
        let rest = &bytes[bytes.len() - left.min(bytes.len())..];
        self.forget();
        if lost == 0 && !in_line {
            return Err(rest);
        }
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
        self.hide_line(lost, &rest[..end], out);
        Err(&rest[end..])
    }

    /// Hides `lost` bytes that are not there any more and `line` but for its newline; without one, what follows of it too.
    fn hide_line(&mut self, lost: usize, line: &[u8], out: &mut impl Sink) {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let hidden = [&vec![0; lost], text].concat();
        if !hidden.is_empty() {
            self.hide(&hidden, out);
        }
        out.keep(&line[text.len()..]);
        self.skips_line = text.len() == line.len();
        self.suspect();
    }

    fn hide(&mut self, bytes: &[u8], out: &mut impl Sink) {
        let engine = self.engine();
        let rule = engine.generic_rules() + NOT_EXAMINED;
        let span = Span { anchor: 0, start: 0, end: bytes.len(), rule };
        // The marker comes first; it is the sequences of a terminal in these bytes that are looked for behind it.
        let _ = caught(|| out.hide(engine, &span, bytes));
        if self.is_counted() {
            engine.count(rule);
        }
    }
}

/// What `redact` makes of something, or what `hidden` makes of a marker in its place if that panics.
pub(super) fn or_hidden<T>(
    engine: &Engine,
    redact: impl FnOnce() -> T,
    hidden: impl FnOnce(String) -> T,
) -> T {
    caught(redact).unwrap_or_else(|| {
        engine.count(engine.generic_rules() + NOT_EXAMINED);
        let mut text = Vec::new();
        marker::push_own(&mut text, IDS[NOT_EXAMINED as usize]);
        hidden(String::from_utf8_lossy(&text).into_owned())
    })
}

/// What `act` returns, unless it panics.
pub(super) fn caught<T>(act: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(done) => Some(done),
        Err(_) if catches() => None,
        Err(fault) => resume_unwind(fault),
    }
}

/// Whether a panic is caught. A build for tests shows its faults.
#[cfg(not(test))]
fn catches() -> bool {
    !cfg!(debug_assertions)
}

#[cfg(test)]
fn catches() -> bool {
    tests::CATCHES.get()
}

/// Panics if `text` asks for it.
#[cfg(test)]
pub(super) fn fail_if_asked(text: &[u8]) {
    let has = |word: &[u8]| memchr::memmem::find(text, word).is_some();
    assert!(!(has(b"fails") && has(b"here!") && tests::CATCHES.get()), "the redactor was asked to fail");
}

#[cfg(test)]
mod tests {
    use super::super::Redactor;
    use std::cell::Cell;

    thread_local! {
        /// Only tests of faults catch them.
        pub(super) static CATCHES: Cell<bool> = const { Cell::new(false) };
    }

    fn streamed(text: &str, size: usize) -> String {
        CATCHES.set(true);
        let mut stream = Redactor::default().stream();
        let mut out = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            stream.push(piece, &mut out);
        }
        stream.flush(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn token() -> String {
        ["x7Kq2mVb9T", "zR4wLp8sN3"].concat()
    }

    #[test]
    fn a_fault_costs_its_line_alone() {
        let secret = token();
        let before = format!("one\ntwo password={secret}\nthree\n");
        let shown = before.replace(&secret, "[REDACTED:generic-password]");
        for fault in [
            "four \u{7}fails here!, password=hunter2x\n",
            "password: fails here!\n",
            "this fails password=maple-river-88 and here!\n",
            "this fails password='hunter2x with here! between\n",
        ] {
            let text = [&before[..], fault, "five\n", &before].concat();
            let expected = [&shown[..], "[REDACTED:not-examined]\n", "five\n", &shown].concat();
            assert_eq!(streamed(&text, usize::MAX), expected);
            assert_eq!(streamed(&text, before.len() + fault.len()), expected);
            // Cut anywhere, a part of the line may be out before there is a fault in it. Nothing comes behind that.
            for size in 1..text.len() {
                let streamed = streamed(&text, size);
                for secret in [&secret[..], "hunter2x", "maple-river-88"] {
                    assert!(!streamed.contains(secret), "{size}: {streamed}");
                }
                assert!(streamed.ends_with(&["five\n", &shown].concat()), "{size}: {streamed}");
                assert!(streamed.starts_with(&shown), "{size}: {streamed}");
            }
        }
    }

    #[test]
    fn what_stands_behind_a_prompt_is_hidden_with_its_line() {
        CATCHES.set(true);
        let mut stream = Redactor::default().stream();
        let mut out = Vec::new();
        stream.push(b"this fails, password: ", &mut out);
        stream.idle(&mut out);
        stream.push(b"maple-river-88 here!\nnext\n", &mut out);
        stream.flush(&mut out);
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out, "this fails, password: [REDACTED:not-examined]\nnext\n");
    }

    #[test]
    fn what_a_line_with_a_fault_announces_is_hidden() {
        let body = ["MIIEpAIBAAKCAQEAxYz01234567", "89abcdefghijklmnopqrstuvwxyz"].concat();
        let begin = ["-----BEGIN RSA ", "PRIVATE KEY-----"].concat();
        for text in [
            format!("{begin}\n{body}\n{body}\n\u{7}fails here!\n{body}\n"),
            format!("fails here! {begin}\n{body}\n{body}\n"),
            format!("$ pass show me; \u{7}fails here!\n{body}\n"),
        ] {
            assert!(!streamed(&text, usize::MAX).contains(&body), "{}", streamed(&text, usize::MAX));
        }
    }

    #[test]
    fn a_long_line_with_a_fault_ends_with_it() {
        let words = |length| "all work and no play ".chars().cycle().take(length).collect::<String>();
        let text = format!("{}fails {} here! password={} x\nlast\n", words(50_000), words(500), token());
        for size in [usize::MAX, 4096, 40_000] {
            let streamed = streamed(&text, size);
            assert!(!streamed.contains(&token()), "{size}");
            assert!(streamed.ends_with("[REDACTED:not-examined]\nlast\n"), "{size}");
        }
    }

    #[test]
    fn what_is_recorded_is_hidden_by_a_fault() {
        CATCHES.set(true);
        let redactor = Redactor::default();
        let text = "\u{7}the redactor fails here!";
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
