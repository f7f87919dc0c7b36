//! Links of the hash chain: what a chained line says about everything before it.
//!
//! The link is the last member of its line, in exactly one spelling, so that it is found from the end of a line of
//! any length without parsing it:
//!
//! ```text
//! …,"chain":{"seq":12,"prev":"sha256:<64 hex digits>","at":40960}}
//! ```
//!
//! `at` is the size of the file when the link was computed, which is where the line begins unless a writer outside
//! this program appended in that very moment. `prev` is the SHA-256 of the file from the previous link's `at` up to
//! this one's. Where the previous link is in another file, `over` lists what was hashed instead, piece by piece.

use sha2::{Digest as _, Sha256};
use std::fmt::{self, Write as _};
use std::io;
use std::str::FromStr;

/// Text before the number in every link.
const OPENING: &[u8] = b",\"chain\":{\"seq\":";

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Longest text of a link: [`OVER_MAX`](crate::base::limits::OVER_MAX) pieces and the fixed members.
pub(super) const LINK_MAX: usize = 8 * 1024;

/// A SHA-256, written `sha256:` and 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Hashes `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        f.write_str("sha256:")?;
        f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a digest: it must be `sha256:` and 64 lowercase hexadecimal digits")]
pub struct DigestError(String);

impl FromStr for Digest {
    type Err = DigestError;
    fn from_str(text: &str) -> Result<Self, DigestError> {
        let wrong = || DigestError(text.to_owned());
        let hex = text.strip_prefix("sha256:").unwrap_or(text).as_bytes();
        if hex.len() != 64 {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = hex_digit(pair[0]).zip(hex_digit(pair[1])).map(|(h, l)| h << 4 | l).ok_or_else(wrong)?;
        }
        Ok(Self(bytes))
    }
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Hashes bytes as they come.
#[derive(Debug, Clone, Default)]
pub(super) struct Hasher(Sha256);

impl Hasher {
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(super) fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

/// Bytes `from..to` of a day's file, written `2025-11-16.jsonl:1234-2048`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Name of the file, without directories.
    pub file: String,
    /// Offset of the first byte.
    pub from: u64,
    /// Offset behind the last byte.
    pub to: u64,
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}-{}", self.file, self.from, self.to)
    }
}

impl Piece {
    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let (file, range) = text.split_once(':')?;
        let (from, to) = range.split_once('-')?;
        let piece = Self { file: file.to_owned(), from: from.parse().ok()?, to: to.parse().ok()? };
        let one_spelling = piece.to_string() == text;
        (one_spelling && super::paths::is_day_file(file) && piece.from <= piece.to).then_some(piece)
    }
}

/// The `chain` member of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Number of the line in the agent's chain, from 1, without gaps over all days.
    pub seq: u64,
    /// Digest of everything the link covers.
    pub prev: Digest,
    /// Size of the line's file when `prev` was computed.
    pub at: u64,
    /// What `prev` covers, in this order, when it is not simply this file from the previous link's `at` to `at`.
    pub over: Vec<Piece>,
}

impl Link {
    /// Ends `line`, a JSON object without its closing brace, with the link, the brace and a newline.
    pub(super) fn close(&self, line: &mut Vec<u8>) {
        let mut text = String::with_capacity(160);
        // Writing to a String cannot fail.
        let _ = write!(text, "{},\"prev\":\"{}\",\"at\":{}", self.seq, self.prev, self.at);
        for (number, piece) in self.over.iter().enumerate() {
            let _ = write!(text, "{}\"{piece}\"", if number == 0 { ",\"over\":[" } else { "," });
        }
        text.push_str(if self.over.is_empty() { "}}\n" } else { "]}}\n" });
        line.extend_from_slice(OPENING);
        line.extend_from_slice(text.as_bytes());
    }

    /// The link at the end of `line` (with or without its newline), if it has one. Only the end is looked at, so
    /// any suffix of at least 8 KiB does.
    pub fn of_line(line: &[u8]) -> Option<Self> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let end = &line[line.len().saturating_sub(LINK_MAX)..];
        let start = memchr::memmem::rfind(end, OPENING)? + OPENING.len();
        parse_members(&end[start..])
    }
}

fn parse_members(text: &[u8]) -> Option<Link> {
    let (seq, rest) = number(text)?;
    let rest = rest.strip_prefix(b",\"prev\":\"")?;
    let (prev, rest) = rest.split_at_checked(71)?;
    let prev = std::str::from_utf8(prev).ok()?;
    let prev = prev.starts_with("sha256:").then(|| prev.parse().ok())??;
    let (at, rest) = number(rest.strip_prefix(b"\",\"at\":")?)?;
    let over = match rest.strip_prefix(b",\"over\":[") {
        None => (rest == b"}}").then(Vec::new)?,
        Some(list) => parse_over(list.strip_suffix(b"]}}")?)?,
    };
    (seq > 0).then_some(Link { seq, prev, at, over })
}

fn parse_over(list: &[u8]) -> Option<Vec<Piece>> {
    let list = list.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut pieces = Vec::new();
    let mut rest = list;
    while let Some(comma) = memchr::memmem::find(rest, b"\",\"") {
        pieces.push(Piece::parse(&rest[..comma])?);
        rest = &rest[comma + 3..];
    }
    pieces.push(Piece::parse(rest)?);
    Some(pieces)
}

/// A decimal number in its one spelling, and what follows it.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = text.split_at(digits);
    let canonical = number.len() == 1 || number.first() != Some(&b'0');
    let value = std::str::from_utf8(number).ok()?.parse().ok()?;
    canonical.then_some((value, rest))
}

/// Something that can be read at any offset: a file, or bytes in a test.
pub trait ReadAt {
    /// Fills `buffer` from `offset` on; fewer bytes than asked for is an error.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
    /// Bytes in all.
    fn size(&self) -> io::Result<u64>;
}

impl ReadAt for std::fs::File {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

impl ReadAt for Vec<u8> {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let part = self.get(from..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }
}

/// Feeds bytes `from..to` of `file` to `hasher`.
pub(super) fn hash_range(hasher: &mut Hasher, file: &dyn ReadAt, from: u64, to: u64) -> io::Result<()> {
    let mut buffer = vec![0; usize::try_from(to - from).unwrap_or(usize::MAX).min(1 << 20)];
    let mut at = from;
    while at < to {
        let take = usize::try_from(to - at).unwrap_or(usize::MAX).min(buffer.len());
        file.read_exact_at(&mut buffer[..take], at)?;
        hasher.update(&buffer[..take]);
        at += take as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn link(over: &[(&str, u64, u64)]) -> Link {
        let piece = |&(file, from, to): &(&str, u64, u64)| Piece { file: file.to_owned(), from, to };
        Link { seq: 12, prev: Digest::of(b"abc"), at: 40_960, over: over.iter().map(piece).collect() }
    }

    fn line_of(link: &Link) -> Vec<u8> {
        let mut text = b"{\"data\":{}".to_vec();
        link.close(&mut text);
        text
    }

    #[test]
    fn digests_are_what_sha256sum_prints() {
        let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), abc);
        assert_eq!(abc.parse(), Ok(Digest::of(b"abc")));
        assert_eq!(abc[7..].parse(), Ok(Digest::of(b"abc")));
        for bad in ["", "sha256:", &abc[..70], &abc.to_uppercase(), &abc.replace('b', "g")] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_link_is_read_from_the_end_of_its_line() {
        for link in [link(&[]), link(&[("2025-11-16.jsonl", 3, 9), ("2025-11-17.jsonl", 0, 0)])] {
            let line = line_of(&link);
            assert!(serde_json::from_slice::<serde_json::Value>(&line).is_ok());
            assert_eq!(Link::of_line(&line), Some(link.clone()));
            assert_eq!(Link::of_line(&line[..line.len() - 1]), Some(link));
        }
    }

    #[test]
    fn only_the_one_spelling_at_the_end_of_the_object_counts() {
        let good = String::from_utf8(line_of(&link(&[("2025-11-16.jsonl", 3, 9)]))).unwrap();
        let nested = good.replace("{\"data\":{}", "{\"data\":{\"a\":1").replace("}}\n", "}}}\n");
        for bad in [
            nested,
            good.replace("\"seq\":12", "\"seq\":012"),
            good.replace("\"seq\":12", "\"seq\":0"),
            good.replace("\"seq\":12", "\"seq\": 12"),
            good.replace("sha256:", "sha255:"),
            good.replace("-9", "-2"),
            good.replace("2025-11-16.jsonl", "../2025-11-16.jsonl"),
            good.replace("}}\n", "} }\n"),
            good.replace("}}\n", "}}\r\n"),
            good.replace(",\"chain\"", ",\\\"chain\\\""),
            String::new(),
        ] {
            assert_eq!(Link::of_line(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut line = OPENING.to_vec();
            line.extend(&bytes);
            prop_assert!(Link::of_line(&line).is_none_or(|link| link.seq > 0));
            prop_assert!(Link::of_line(&bytes).is_none_or(|link| link.seq > 0));
        }
    }
}
