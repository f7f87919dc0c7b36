//! Text as a terminal would show it, with the way back to the bytes.
//!
//! Escape sequences (ECMA-48: CSI, OSC, DCS, SOS, PM, APC, and two- and three-byte escapes, also their C1 forms in
//! UTF-8) and control characters other than tab, line feed and carriage return are left out, so that a colour
//! change inside a token does not hide it. A span found on the screen is mapped back to the bytes it came from.

use crate::sys::simd::any;
use std::ops::Range;

/// Longest OSC, DCS, SOS, PM or APC string taken as one; a longer one is text, or a binary would vanish in it.
const STRING_MAX: usize = 4096;
/// Longest CSI sequence taken as one.
const CSI_MAX: usize = 64;
/// First byte of C1 controls in UTF-8, and of other characters.
const C1_LEAD: u8 = 0xc2;

/// Bytes derived from other bytes, position by position.
#[derive(Debug, Default)]
pub(super) struct Derived {
    pub(super) text: Vec<u8>,
    /// For each byte of `text` where it came from; one more entry for the end.
    map: Vec<u32>,
}

impl Derived {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.map.clear();
    }

    pub(super) fn push(&mut self, byte: u8, from: usize) {
        self.text.push(byte);
        // Units are far shorter than 4 GiB.
        self.map.push(u32::try_from(from).unwrap_or(u32::MAX));
    }

    /// Adds the bytes of `source` in `range` as they are.
    pub(super) fn push_all(&mut self, source: &[u8], range: Range<usize>) {
        self.text.extend_from_slice(&source[range.clone()]);
        let number = |at| u32::try_from(at).unwrap_or(u32::MAX);
        self.map.extend(number(range.start)..number(range.end));
    }

    /// Ends the text, whose source has `length` bytes.
    pub(super) fn finish(&mut self, length: usize) {
        self.map.push(u32::try_from(length).unwrap_or(u32::MAX));
    }

    /// Where the byte at `at` came from.
    pub(super) fn source(&self, at: usize) -> usize {
        self.map[at] as usize
    }

    /// The source bytes of the non-empty span `start..end`. It ends where the next byte's source begins, except
    /// that a sequence left out right behind the span does not belong to it.
    pub(super) fn source_span(
        &self,
        start: usize,
        end: usize,
        width: impl Fn(usize) -> usize,
    ) -> (usize, usize) {
        let last = self.source(end - 1);
        (self.source(start), (last + width(last)).min(self.source(end)).max(last + 1))
    }

    /// The first position whose source is at or behind `source`.
    pub(super) fn position_of(&self, source: usize) -> usize {
        self.map.partition_point(|&from| (from as usize) < source).min(self.text.len())
    }
}

/// Whether `text` holds anything [`render`] would leave out.
pub(super) fn has_controls(text: &[u8]) -> bool {
    first_control(text).is_some()
}

/// Where the first control character is.
pub(super) fn first_control(text: &[u8]) -> Option<usize> {
    // The last bytes of a block are looked at twice rather than one by one.
    const STEP: usize = 32;
    let suspicious = |step: &[u8]| any(step, |byte| is_control(byte) || byte == C1_LEAD);
    let mut base = 0;
    for block in text.chunks(1024) {
        let any = match block.last_chunk::<STEP>() {
            Some(last) => suspicious(&block[..block.len() / STEP * STEP]) | suspicious(last),
            None => suspicious(block),
        };
        if any {
            let found = (base..base + block.len()).find(|&at| {
                is_control(text[at]) || text[at] == C1_LEAD && matches!(text.get(at + 1), Some(0x80..=0x9f))
            });
            if found.is_some() {
                return found;
            }
        }
        base += block.len();
    }
    None
}

fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7f
}

/// Renders `raw` into `screen`. Returns where an escape sequence begins that is not finished yet, if one is.
pub(super) fn render(raw: &[u8], screen: &mut Derived) -> Option<usize> {
    screen.clear();
    let mut at = 0;
    let mut unfinished = None;
    while at < raw.len() {
        match skip(&raw[at..]) {
            Skip::Text => {
                let goes_on = |&byte: &u8| !is_control(byte) && byte != C1_LEAD;
                let end = at + 1 + raw[at + 1..].iter().take_while(|byte| goes_on(byte)).count();
                screen.push_all(raw, at..end);
                at = end;
            }
            Skip::Bytes(count) => at += count,
            Skip::Unfinished => {
                unfinished = Some(at);
                at = raw.len();
            }
        }
    }
    screen.finish(raw.len());
    unfinished
}

/// The escape sequences and control characters of `raw`, which a terminal would still have to obey when the text
/// between them is hidden.
pub(super) fn sequences(raw: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < raw.len() {
        match skip(&raw[at..]) {
            Skip::Bytes(count) => {
                // Lone controls between the characters of a secret mean nothing without them.
                if count > 1 && raw[at] == 0x1b {
                    kept.extend_from_slice(&raw[at..at + count]);
                }
                at += count;
            }
            Skip::Text => at += 1,
            Skip::Unfinished => break,
        }
    }
    kept
}

enum Skip {
    Text,
    Bytes(usize),
    Unfinished,
}

fn skip(rest: &[u8]) -> Skip {
    match *rest {
        [0x1b, b'[', ..] => csi(rest, 2),
        [0x1b, b']' | b'P' | b'X' | b'^' | b'_', ..] => string(rest, 2),
        [0xc2, 0x9b, ..] => csi(rest, 2),
        [0xc2, 0x9d | 0x90 | 0x98 | 0x9e | 0x9f, ..] => string(rest, 2),
        [0xc2, 0x80..=0x9f, ..] => Skip::Bytes(2),
        // nF escapes: intermediates, then one final byte.
        [0x1b, b' '..=b'/', ..] => match rest[1..].iter().position(|byte| !(b' '..=b'/').contains(byte)) {
            Some(at) if at < 4 => Skip::Bytes(at + 2),
            None if rest.len() < 5 => Skip::Unfinished,
            _ => Skip::Bytes(1),
        },
        [0x1b, b'0'..=b'~', ..] => Skip::Bytes(2),
        [0x1b] => Skip::Unfinished,
        [byte, ..] if is_control(byte) => Skip::Bytes(1),
        _ => Skip::Text,
    }
}

/// A control sequence: parameters 0x30-0x3f, intermediates 0x20-0x2f, one final byte 0x40-0x7e (ECMA-48 5.4).
fn csi(rest: &[u8], from: usize) -> Skip {
    for (at, &byte) in rest.iter().enumerate().skip(from).take(CSI_MAX) {
        match byte {
            0x20..=0x3f => {}
            0x40..=0x7e => return Skip::Bytes(at + 1),
            // Another escape, a cancel or a line end aborts it.
            _ => return Skip::Bytes(at),
        }
    }
    if rest.len() < CSI_MAX { Skip::Unfinished } else { Skip::Bytes(from) }
}

/// A string sequence up to ST, or BEL as xterm allows.
fn string(rest: &[u8], from: usize) -> Skip {
    for (at, &byte) in rest.iter().enumerate().skip(from).take(STRING_MAX) {
        match byte {
            0x07 => return Skip::Bytes(at + 1),
            0x1b => {
                return match rest.get(at + 1) {
                    Some(b'\\') => Skip::Bytes(at + 2),
                    Some(_) => Skip::Bytes(at),
                    None => Skip::Unfinished,
                };
            }
            0x18 | 0x1a => return Skip::Bytes(at + 1),
            b'\n' => return Skip::Bytes(from),
            0x9c if rest[at - 1] == 0xc2 => return Skip::Bytes(at + 1),
            _ => {}
        }
    }
    if rest.len() < STRING_MAX { Skip::Unfinished } else { Skip::Bytes(from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &[u8]) -> String {
        let mut screen = Derived::default();
        render(raw, &mut screen);
        String::from_utf8_lossy(&screen.text).into_owned()
    }

    #[test]
    fn sequences_are_left_out() {
        for (raw, text) in [
            (&b"a\x1b[1;32mb\x1b[0mc"[..], "abc"),
            (b"a\x1b]8;;http://x y\x1b\\b\x1b]8;;\x07c", "abc"),
            (b"a\x1b(Bb\x1bMc", "abc"),
            (b"a\x08b\x00c\x7f", "abc"),
            (b"a\xc2\x9b31mbc", "abc"),
            ("é\tx\r\n".as_bytes(), "é\tx\r\n"),
            (b"a\x1b[3\x1b[31mb", "ab"),
            (b"a\x1bP1$r\x18b", "ab"),
        ] {
            assert_eq!(shown(raw), text, "{raw:?}");
            assert_eq!(has_controls(raw), raw.len() != text.len(), "{raw:?}");
        }
    }

    #[test]
    fn an_unfinished_sequence_is_reported() {
        let mut screen = Derived::default();
        for raw in [&b"ab\x1b"[..], b"ab\x1b[3", b"ab\x1b]0;title", b"ab\x1b]0;title\x1b"] {
            assert_eq!(render(raw, &mut screen), Some(2), "{raw:?}");
        }
        assert_eq!(render(b"ab\x1b[m", &mut screen), None);
    }

    #[test]
    fn spans_lead_back_to_the_bytes() {
        let raw = b"x \x1b[32mto\x1b[0mken\x1b[m y";
        let mut screen = Derived::default();
        render(raw, &mut screen);
        let (start, end) = screen.source_span(2, 7, |_| 1);
        assert_eq!(&raw[start..end], b"to\x1b[0mken");
        assert_eq!(sequences(&raw[start..end]), b"\x1b[0m");
    }
}
