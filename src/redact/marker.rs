//! `[REDACTED:rule-id]`: what stands where a secret was.

/// What every marker begins with.
pub(super) const OPEN: &[u8] = b"[REDACTED:";

/// Longest id in a marker.
const ID_MAX: usize = 100;

/// Appends the marker of a rule of the program's own, whose id is known to be harmless.
pub(super) fn push_own(out: &mut Vec<u8>, id: &str) {
    for part in [OPEN, id.as_bytes(), b"]"] {
        out.extend_from_slice(part);
    }
}

/// Appends the marker of any rule.
pub(super) fn push(out: &mut Vec<u8>, id: &str) {
    out.extend_from_slice(OPEN);
    // An id of a rule file or of an environment variable must not be able to end the marker or the line.
    let harmless = |byte: u8| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-') { byte } else { b'-' }
    };
    out.extend(id.bytes().take(ID_MAX).map(harmless));
    out.push(b']');
}

/// The markers in `text` as ranges.
pub(super) fn find(text: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> {
    memchr::memchr_iter(OPEN[0], text).filter_map(move |start| {
        let id = text[start..].strip_prefix(OPEN)?;
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
