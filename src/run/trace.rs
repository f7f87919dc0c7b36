//! W3C Trace Context: the parent's is continued, or one is begun (<https://www.w3.org/TR/trace-context/>).

use crate::base::ids::RunId;

/// The `traceparent` for the command: version 00, the trace of `inherited` if that is well formed, else one named by
/// the run; the span is always the run's.
pub(super) fn traceparent(run: RunId, inherited: Option<&str>) -> String {
    let id = run.as_bytes();
    let span = hex(&id[8..]);
    match inherited.and_then(trace_and_flags) {
        Some((trace, flags)) => format!("00-{trace}-{span}-{flags}"),
        None => format!("00-{}-{span}-01", hex(id)),
    }
}

fn trace_and_flags(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let sound =
        is_hex(version, 2) && version != "ff" && is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2);
    (sound && trace.bytes().any(|b| b != b'0')).then_some((trace, flags))
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_continued_or_begun() {
        let run: RunId = "0194fdc2-fa2f-7cc0-8b3a-000102030405".parse().unwrap();
        let outer = format!("00-{}-{}-00", "ab".repeat(16), "cd".repeat(8));
        assert_eq!(traceparent(run, Some(&outer)), format!("00-{}-8b3a000102030405-00", "ab".repeat(16)));
        for broken in [None, Some(""), Some("00-xyz"), Some(&outer[..54]), Some(&*outer.to_uppercase())] {
            assert_eq!(traceparent(run, broken), "00-0194fdc2fa2f7cc08b3a000102030405-8b3a000102030405-01");
        }
    }
}
