//! String literals of many languages, and calls that only wrap one.

use super::connector::{Link, Shape, VALUE_MAX, Value, ends_bare, near};
use super::words::contains_any;
use crate::redact::byte_set::ByteSet;

/// What may stand before the quotes of a string literal, and the escapes of those.
const LITERAL: ByteSet = ByteSet::of(b"bBrRuUfFLN@$#");
/// Longest name of a constructor.
const CALLED_MAX: usize = 48;
/// What the names of constructors consist of.
const CALLED: ByteSet = ByteSet::alphanumeric_and(b"_.:");
const ESCAPED_LITERAL: ByteSet = ByteSet::of(b"bBrRuUfFLN@$#\\");

/// Whether a string literal begins at `at`, prefix letters and escapes included.
pub(super) fn opens_quote(line: &[u8], at: usize) -> bool {
    let skip = ESCAPED_LITERAL.run(near(line, at, 4));
    matches!(line.get(at + skip), Some(b'"' | b'\'' | b'`'))
}

/// Skips a constructor around a string: `new Secret("x")`, `Some("x")`, `b64("x")`. Those that only look a value
/// up are left, so that their argument is not taken for one.
pub(super) fn wrapper(line: &[u8], at: usize) -> usize {
    let rest = line[at..].strip_prefix(b"new ").unwrap_or(&line[at..]);
    let skipped = line.len() - at - rest.len();
    // Most text has none.
    if memchr::memchr(b'(', &rest[..rest.len().min(CALLED_MAX + 1)]).is_none() {
        return at;
    }
    let length = CALLED.run(&rest[..rest.len().min(CALLED_MAX)]);
    if length == 0 || rest.get(length) != Some(&b'(') || !opens_quote(line, at + skipped + length + 1) {
        return at;
    }
    const LOOKUPS: [&[u8]; 18] = [
        b"env", b"get", b"input", b"prompt", b"lookup", b"conf", b"param", b"find", b"select", b"query",
        b"gettext", b"trans", b"require", b"read", b"load", b"open", b"field", b"arg",
    ];
    let looks_up = contains_any(&rest[..length], &LOOKUPS);
    if looks_up || length < 3 { at } else { at + skipped + length + 1 }
}

/// A string literal: its delimiter is the quote with the backslashes before it, or three quotes.
pub(super) fn string(line: &[u8], at: usize, shape: Shape, spaced: bool) -> Link {
    let letters = LITERAL.run(near(line, at, 3));
    let open = at + letters;
    let slashes = line[open..].iter().take(3).take_while(|&&byte| byte == b'\\').count();
    let quote = line[open + slashes];
    let triple = slashes == 0 && line[open..].starts_with(&[quote; 3]);
    // Nix writes a string between two apostrophes on each side, reStructuredText a literal between two backticks.
    let twice = slashes == 0
        && (line[open..].starts_with(b"''") || line[open..].starts_with(b"``"))
        && line.get(open + 2).is_some_and(u8::is_ascii_alphanumeric);
    let start = open + slashes + if triple { 3 } else { 1 + usize::from(twice) };
    // A string that is a string in another program: `"\"x\""`.
    if slashes == 0 && line[start..].starts_with(b"\\\"") && line.len() > start + 2 {
        return string(line, start, shape, spaced);
    }
    let window = near(line, start, VALUE_MAX);
    let open = start + window.len() == line.len();
    let end = closing_quote(window, slashes, quote).map(|length| start + length);
    match end {
        Some(end) if end > start => Link::Value(Value { start, end, shape, spaced, open: false }),
        Some(_) => Link::None,
        None if start >= line.len() => Link::Open(start),
        // A string without an end: as far as its first word goes.
        None => {
            let raw = window.iter().position(|&byte| ends_bare(byte)).unwrap_or(window.len());
            if raw == 0 {
                return if open { Link::Open(start) } else { Link::None };
            }
            Link::Value(Value { start, end: start + raw, shape, spaced, open })
        }
    }
}

fn closing_quote(line: &[u8], slashes: usize, quote: u8) -> Option<usize> {
    let mut at = 0;
    while at < line.len() {
        if line[at] == b'\\' {
            let run = line[at..].iter().take_while(|&&byte| byte == b'\\').count();
            let quoted = line.get(at + run) == Some(&quote);
            if quoted && slashes > 0 && run == slashes {
                return Some(at);
            }
            at += if quoted && run % 2 == 1 { run + 1 } else { run };
            continue;
        }
        if line[at] == quote {
            // The quote itself, as a shell and SQL have it in a string: `'it'\''s'`, `'it''s'`.
            let inner = match line[at..] {
                [b'\'', b'\\', b'\'', b'\'', ..] if slashes == 0 => 4,
                [b'\'', b'\'', next, ..] if at > 0 && slashes == 0 && next.is_ascii_alphanumeric() => 2,
                _ => return Some(at),
            };
            at += inner;
            continue;
        }
        at += 1;
    }
    None
}
