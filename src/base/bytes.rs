//! Bytes as text without loss.
//!
//! Output, arguments and file names are bytes; a JSON string is Unicode. [`to_text`] keeps valid UTF-8 as it is
//! and writes every other byte as `\xHH` (two lowercase hexadecimal digits). So that the escape stays unambiguous,
//! a literal backslash is itself written as `\x5c`, but only where it stands before something that looks like
//! an escape. [`from_text`] is the exact inverse: every `\xHH` is one byte, everything else stands for itself.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Renders `bytes` as text from which [`from_text`] restores them exactly.
///
/// ```
/// use ledger_run::base::bytes::{from_text, to_text};
/// assert_eq!(to_text(b"caf\xc3\xa9 \xff"), "café \\xff");
/// assert_eq!(to_text(br"\xff"), r"\x5cxff");
/// assert_eq!(from_text(r"\x5cxff"), br"\xff");
/// ```
pub fn to_text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !contains_escape(bytes)
    {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        push_escaping_lookalikes(&mut text, chunk.valid());
        for byte in chunk.invalid() {
            push_escape(&mut text, *byte);
        }
    }
    Cow::Owned(text)
}

/// Restores the bytes that [`to_text`] rendered; text that never went through it comes back as its UTF-8.
pub fn from_text(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut restored = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if let Some(byte) = escape_at(bytes, at) {
            restored.push(byte);
            at += 4;
        } else {
            restored.push(bytes[at]);
            at += 1;
        }
    }
    restored
}

/// Like [`to_text`] for operating-system strings: arguments, environment values, paths.
pub fn os_text(text: &std::ffi::OsStr) -> Cow<'_, str> {
    use std::os::unix::ffi::OsStrExt as _;
    to_text(text.as_bytes())
}

fn push_escaping_lookalikes(text: &mut String, valid: &str) {
    let mut rest = valid;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        if escape_at(rest.as_bytes(), at).is_some() {
            push_escape(text, b'\\');
        } else {
            text.push('\\');
        }
        rest = &rest[at + 1..];
    }
    text.push_str(rest);
}

fn push_escape(text: &mut String, byte: u8) {
    // Writing to a String cannot fail.
    let _ = write!(text, "\\x{byte:02x}");
}

fn contains_escape(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'\\', bytes).any(|at| escape_at(bytes, at).is_some())
}

fn escape_at(bytes: &[u8], at: usize) -> Option<u8> {
    match bytes.get(at..at + 4)? {
        [b'\\', b'x', high, low] => Some(hex_digit(*high)? << 4 | hex_digit(*low)?),
        _ => None,
    }
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_stays_itself() {
        assert_eq!(
            to_text("plain, café, \u{1f600}, C:\\new\\x".as_bytes()),
            "plain, café, \u{1f600}, C:\\new\\x"
        );
    }

    #[test]
    fn a_backslash_at_the_seam_of_valid_and_invalid_is_restored() {
        for bytes in [&b"\\\xff"[..], b"\\x4\xff", b"\\x41", b"\\\\x41", b"\\x5c", b"\\xFF", b"\xff\\x41"] {
            assert_eq!(from_text(&to_text(bytes)), bytes, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_string_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(from_text(&to_text(&bytes)), bytes);
        }

        #[test]
        fn so_do_strings_full_of_escapes(text in r"[\\xX0-9a-f\u{fe}-\u{ff}]{0,40}") {
            prop_assert_eq!(from_text(&to_text(text.as_bytes())), text.as_bytes());
        }
    }
}
