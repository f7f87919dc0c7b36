//! `[REDACTED:rule-id]`: what stands where a secret was.

use memchr::memmem::Finder;
use std::sync::LazyLock;

/// What every marker begins with.
pub(super) const OPEN: &[u8] = b"[REDACTED:";

/// Longest id in a marker.
const ID_MAX: usize = 100;

/// Longest marker.
pub(super) const LENGTH_MAX: usize = OPEN.len() + ID_MAX + 1;

/// Appends the marker of a rule.
pub(super) fn push(out: &mut Vec<u8>, id: &str) {
    out.extend_from_slice(OPEN);
    let start = out.len();
    out.extend_from_slice(&id.as_bytes()[..id.len().min(ID_MAX)]);
    // An id of a rule file or of an environment variable must not be able to end the marker or the line.
    for byte in &mut out[start..] {
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')) {
            *byte = b'-';
        }
    }
    out.push(b']');
}

/// The markers in `text` as ranges.
pub(super) fn find(text: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> {
    // Made once: every line that is looked at is searched for markers, and most are shorter than a searcher is big.
    static OPENER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(OPEN));
    OPENER.find_iter(text).filter_map(move |start| {
        let id = &text[start + OPEN.len()..];
        let length = id
            .iter()
            .take(ID_MAX + 1)
            .position(|byte| !(byte.is_ascii_alphanumeric() || b"._-".contains(byte)))?;
        (length > 0 && id[length] == b']').then(|| start..start + OPEN.len() + length + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pushed_marker_is_found() {
        let mut text = b"a ".to_vec();
        push(&mut text, "env:X]\n");
        assert_eq!(text, b"a [REDACTED:env-X--]");
        assert!(find(&text).eq(std::iter::once(2..text.len())));
        assert_eq!(find(b"[REDACTED:] [REDACTED:a b]").count(), 0);
    }
}
