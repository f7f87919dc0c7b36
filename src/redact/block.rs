//! Private keys that span lines: PEM (RFC 7468, RFC 4716), OpenPGP armour (RFC 9580 6.2), PuTTY key files, and
//! the numbers of a key as `openssl pkey -text` shows them.
//!
//! The first line tells that a key follows; from then on lines that look like its body are hidden, until its end
//! line or a line that cannot belong to it. So nothing leaks when the end never comes, and source code that only
//! mentions a first line is left alone. The first and last lines hold no secret and stay readable.

/// Whether, and how far, the text is inside a key.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// Not inside a key.
    #[default]
    Outside,
    /// A first line was seen; this many lines may still pass before the body begins.
    Announced(u8),
    /// The body has begun.
    Inside,
}

/// What is to be done with one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It does not belong to a key.
    Free,
    /// Hide this range, behind which only the line's end and decoration follow.
    Hide(usize, usize),
    /// Remove the whole line: it continues what was hidden.
    Gone,
}

/// Lines between the first line of a key and its body: headers such as `Proc-Type`, and an empty line.
const HEADER_LINES: u8 = 8;
/// Least characters of base64 that make a line the beginning of a body.
const BODY_MIN: usize = 16;
/// Least bytes that make a line the beginning of a number.
const PAIRS_MIN: usize = 8;
/// Longest label between the dashes of a first line, and how the labels of private keys end.
const LABEL_MAX: usize = 64;
const LABEL_END: &[u8] = b"private key";
/// What a body becomes.
const HIDDEN: &[u8] = b"[REDACTED:private-key]";

impl Block {
    /// Judges the next line (without controls, with or without its line feed).
    pub(super) fn judge(&mut self, line: &[u8]) -> Verdict {
        match *self {
            Self::Outside => Verdict::Free,
            // Its body was hidden before; what stands in front of it may look like a header.
            Self::Announced(_) if memchr::memmem::find(line, HIDDEN).is_some() => {
                *self = Self::Inside;
                Verdict::Free
            }
            Self::Announced(left) => match body(line, BODY_MIN).or(number(line, PAIRS_MIN)) {
                Some((start, end)) => {
                    *self = Self::Inside;
                    Verdict::Hide(start, end)
                }
                None if left > 0 && is_header(line) => {
                    *self = Self::Announced(left - 1);
                    Verdict::Free
                }
                None => {
                    *self = Self::Outside;
                    Verdict::Free
                }
            },
            Self::Inside if body(line, 1).or(number(line, 1)).is_some() || line.trim_ascii().is_empty() => {
                Verdict::Gone
            }
            Self::Inside => {
                *self = Self::Outside;
                Verdict::Free
            }
        }
    }

    /// Notes that the line just processed announces a key whose body follows on the next lines.
    pub(super) fn announce(&mut self) {
        *self = Self::Announced(HEADER_LINES);
    }
}

/// What follows an opener at `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opener {
    /// It opens nothing.
    None,
    /// The body is on the following lines.
    Announces,
    /// The body is on this line, in this range.
    Inline(usize, usize),
}

/// Judges the opener at `at` in one line.
pub(super) fn opener(line: &[u8], at: usize) -> Opener {
    let rest = &line[at..];
    // A key in the settings of OpenVPN, perhaps without its own first line.
    if rest.starts_with(b"<tls-") {
        let alone = line[..at].trim_ascii().is_empty() && rest.trim_ascii_end().ends_with(b">");
        return if alone { Opener::Announces } else { Opener::None };
    }
    if is_name_of_number(line, at) {
        return Opener::Announces;
    }
    if rest.len() >= 14 && rest[..14].eq_ignore_ascii_case(b"private-lines:") {
        let count = rest[14..].trim_ascii();
        let counts = !count.is_empty() && count.iter().all(u8::is_ascii_digit);
        return if counts { Opener::Announces } else { Opener::None };
    }
    if rest.len() >= LABEL_END.len() && rest[..LABEL_END.len()].eq_ignore_ascii_case(LABEL_END) {
        return end_of_first_line(&line[..at], &rest[LABEL_END.len()..]);
    }
    let dashes = rest.iter().take_while(|byte| matches!(byte, b'-' | b' ')).count();
    let (at, rest) = (at + dashes, &rest[dashes..]);
    let Some(label) = memchr::memmem::find(rest, b"----").filter(|&length| length < LABEL_MAX) else {
        return Opener::None;
    };
    // The latter is shared by all who use it, and needs no other.
    let secret: [&[u8]; 2] = [b"PRIVATE KEY", b"OpenVPN Static key"];
    if secret.iter().all(|kind| memchr::memmem::find(&rest[..label], kind).is_none()) {
        return Opener::None;
    }
    let head = at + label + rest[label..].iter().take_while(|&&byte| byte == b'-').count();
    let body = head + line[head..].iter().take_while(|&&byte| is_filler(byte)).count();
    // Filler may eat the `n` of an escaped line feed, never a part of the body that matters.
    let run = line[body..].iter().take_while(|&&byte| is_base64(byte)).count();
    let header = line[body..].starts_with(b"Proc-Type") || line[body..].starts_with(b"Version");
    if run >= BODY_MIN || header {
        let end = inline_end(line, body);
        return Opener::Inline(head, end);
    }
    if line[body..].trim_ascii().is_empty() || run == 0 && line[body..].len() <= 4 {
        Opener::Announces
    } else {
        Opener::None
    }
}

/// Whether a first line ends here, wherever it began: what it holds may be hidden, or longer than what is looked at.
/// `before` and `behind` are around the last words of its label.
fn end_of_first_line(before: &[u8], behind: &[u8]) -> Opener {
    let near = &before[before.len().saturating_sub(LABEL_MAX)..];
    let label = &near[memchr::memrchr(b'-', near).map_or(0, |dash| dash + 1)..];
    let behind = behind.trim_ascii();
    let behind = behind.strip_prefix(b"BLOCK").unwrap_or(behind);
    let dashes = behind.len() >= 4 && behind.iter().all(|&byte| byte == b'-');
    if dashes && !label.trim_ascii_start().starts_with(b"END") { Opener::Announces } else { Opener::None }
}

/// Whether the name of a secret number is all of a line: `privateExponent:`.
fn is_name_of_number(line: &[u8], at: usize) -> bool {
    let name = line[at..].trim_ascii_end().strip_suffix(b":");
    line[..at].iter().all(|byte| matches!(byte, b' ' | b'\t'))
        && name.is_some_and(|name| name.iter().all(u8::is_ascii_alphanumeric))
}

/// Where a key that began on this line ends: at its end line, or with the last byte that could belong to it.
fn inline_end(line: &[u8], body: usize) -> usize {
    if let Some(end) = memchr::memmem::find(&line[body..], b"-----END") {
        return body + end;
    }
    let belongs = |byte: u8| is_base64(byte) || is_filler(byte) || matches!(byte, b':' | b'-' | b',' | b'.');
    let raw = line[body..].iter().take_while(|&&byte| belongs(byte)).count();
    let end = body + line[body..body + raw].trim_ascii_end().len();
    end.max(body)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

fn is_filler(byte: u8) -> bool {
    matches!(byte, b'\\' | b'n' | b'r' | b'"' | b'\'' | b' ' | b'\t' | b'\n' | b'\r' | b'|' | b'+')
}

fn is_header(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let named = line.iter().position(|&byte| byte == b':').is_some_and(|colon| {
        colon < 32 && line[..colon].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    });
    line.is_empty() || named || matches!(line, b"\"" | b"'" | b"|" | b"\\")
}

/// The part of a line that could be a key's body: its last word, if that is base64 of at least `least` characters.
fn body(line: &[u8], least: usize) -> Option<(usize, usize)> {
    let decoration = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`,;\\)+|".contains(byte);
    let mut end = line.len() - line.iter().rev().take_while(|byte| decoration(byte)).count();
    // An escaped line feed at the end of a quoted line.
    for escape in [&b"\\n"[..], b"\\r\\n", b"\\\\n"] {
        if line[..end].ends_with(escape) {
            end -= escape.len();
            break;
        }
    }
    let length = line[..end].iter().rev().take_while(|&&byte| is_base64(byte)).count();
    let start = end - length;
    let lead = line[..start].trim_ascii();
    let alone = lead.iter().all(|byte| b"\"'`|>#*+-/:".contains(byte));
    let word = &line[start..end];
    if word.starts_with(b"----") || length == 0 {
        return None;
    }
    (length >= least && (alone || length >= 40)).then_some((start, end))
}

/// The part of an indented line that is bytes of a number: `    00:ca:fe:`.
fn number(line: &[u8], least: usize) -> Option<(usize, usize)> {
    let end = line.trim_ascii_end().len();
    let start = end - line[..end].trim_ascii_start().len();
    let mut pairs = line[start..end].split(|byte| *byte == b':').peekable();
    let mut count = 0;
    while let Some(pair) = pairs.next() {
        let is_end = pair.is_empty() && pairs.peek().is_none() && count > 0;
        if !is_end && (pair.len() != 2 || !pair.iter().all(u8::is_ascii_hexdigit)) {
            return None;
        }
        count += usize::from(!is_end);
    }
    (start >= 2 && count >= least).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"MIIEpAIBAAKCAQEAxYz0123456789abcdefghijklmnopqrstuvwxyz+/ABCDEFG\n";

    fn open(line: &str) -> Opener {
        let at = line.to_ascii_lowercase().find("----").unwrap();
        opener(line.as_bytes(), at)
    }

    #[test]
    fn openers() {
        assert_eq!(open("-----BEGIN RSA PRIVATE KEY-----\n"), Opener::Announces);
        assert_eq!(open("-----BEGIN PGP PRIVATE KEY BLOCK-----"), Opener::Announces);
        assert_eq!(open("-----BEGIN OpenVPN Static key V1-----"), Opener::Announces);
        assert_eq!(open("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"), Opener::Announces);
        assert_eq!(open("-----BEGIN CERTIFICATE-----\n"), Opener::None);
        assert_eq!(open("if s.contains(\"-----BEGIN PRIVATE KEY-----\") { return }"), Opener::None);
        let inline =
            r"k: -----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIAbcdefghijklmnop\n-----END EC PRIVATE KEY-----\n";
        let Opener::Inline(start, end) = open(inline) else { panic!() };
        assert_eq!(&inline[start..end], r"\nMHcCAQEEIAbcdefghijklmnop\n");
        assert_eq!(opener(b"Private-Lines: 14\n", 0), Opener::Announces);
    }

    #[test]
    fn the_end_of_a_first_line_opens_too() {
        let end =
            |line: &str| opener(line.as_bytes(), line.to_ascii_lowercase().find("private key").unwrap());
        for line in
            ["x]RSA PRIVATE KEY-----", "] PRIVATE KEY BLOCK-----\r\n", "SSH2 ENCRYPTED PRIVATE KEY ----"]
        {
            assert_eq!(end(line), Opener::Announces, "{line}");
        }
        for line in [
            "-----END RSA PRIVATE KEY-----",
            "a private key",
            "the private key-----is",
            "\"PRIVATE KEY-----\"",
        ] {
            assert_eq!(end(line), Opener::None, "{line}");
        }
    }

    #[test]
    fn a_body_is_hidden_to_its_end_or_to_what_cannot_belong_to_it() {
        let mut block = Block::default();
        block.announce();
        assert_eq!(block.judge(b"Proc-Type: 4,ENCRYPTED\n"), Verdict::Free);
        assert_eq!(block.judge(b"\n"), Verdict::Free);
        assert_eq!(block.judge(BODY), Verdict::Hide(0, BODY.len() - 1));
        assert_eq!(block.judge(BODY), Verdict::Gone);
        assert_eq!(block.judge(b"ab==\n"), Verdict::Gone);
        assert_eq!(block.judge(b"-----END RSA PRIVATE KEY-----\n"), Verdict::Free);
        assert_eq!(block, Block::Outside);
        // What was hidden before is no header, behind which a body would follow.
        block.announce();
        assert_eq!(block.judge(&[b":", HIDDEN, b"\n"].concat()), Verdict::Free);
        assert_eq!(block.judge(b"-----END RSA PRIVATE KEY-----\n"), Verdict::Free);
        assert_eq!(block.judge(BODY), Verdict::Free);
        block.announce();
        assert_eq!(block.judge(b"return false;\n"), Verdict::Free);
        assert_eq!(block.judge(BODY), Verdict::Free);
    }
}
