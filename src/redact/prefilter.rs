//! The one pass over every byte: where does a keyword or a known value begin?
//!
//! Each needle leaves a mark in a bitmap, at a hash of its rarest four bytes with ASCII case folded. Scanning
//! tests one bit per position and has no dependency from one position to the next, so it runs at memory-like speed
//! for any number of needles; only where the bit is set are the needles with these four bytes compared. Unlike a
//! DFA it is built in microseconds, which matters to a program that starts for every command.

use std::borrow::Cow;

const BITS: u32 = 17;
const WORDS: usize = 1 << (BITS - 6);
const HEADS: usize = 1 << 12;
const NONE: u32 = u32::MAX;
const FOLD: u32 = 0x2020_2020;

/// What a needle stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Keyword of the rule with this index.
    Rule(u32),
    /// Stem of a key name, by index into `generic::STEMS`.
    Generic(u16),
    /// Known value with this index into the rule ids.
    Literal(u32),
    /// First line of a multi-line secret.
    Block,
}

#[derive(Debug, Clone)]
struct Needle {
    /// Its four marked bytes, folded; of three-byte needles those three.
    key: u32,
    next: u32,
    /// Where in the needle the marked bytes are.
    offset: u8,
    /// Compare bytes exactly; keywords ignore ASCII case.
    exact: bool,
    /// No letter or digit may stand before it.
    bounded: bool,
    target: Target,
    text: Cow<'static, [u8]>,
}

/// A set of needles of at least [`SHORTEST`] bytes.
#[derive(Debug, Clone)]
pub(super) struct Prefilter {
    marks: Box<[u64; WORDS]>,
    heads: Box<[u32; HEADS]>,
    needles: Vec<Needle>,
    /// Whether a needle of three bytes exists; those are hashed by three.
    short: bool,
    /// Needles that contain white space: only such a one can reach across words.
    spaced: Vec<u32>,
}

/// Shortest needle; anything shorter is everywhere.
pub(super) const SHORTEST: usize = 3;
/// How far into a needle its marked bytes may be.
const OFFSET_MAX: usize = 15;

impl Prefilter {
    pub(super) fn new() -> Self {
        Self {
            marks: Box::new([0; WORDS]),
            heads: Box::new([NONE; HEADS]),
            needles: Vec::with_capacity(4096),
            short: false,
            spaced: Vec::new(),
        }
    }

    /// Adds a needle; shorter ones than [`SHORTEST`] are refused.
    pub(super) fn insert(
        &mut self,
        text: impl Into<Cow<'static, [u8]>>,
        exact: bool,
        target: Target,
    ) -> bool {
        self.add(text.into(), exact, false, target)
    }

    /// Adds a keyword. One of the form "delimiter, then prefix" (`"\nsk-"`, `"=sk-"`) stands for the prefix behind
    /// anything but a letter or a digit, the beginning of a line included.
    pub(super) fn insert_keyword(&mut self, keyword: Cow<'static, [u8]>, target: Target) -> bool {
        let length = keyword.len();
        let bare = match keyword {
            Cow::Borrowed(text) => Cow::Borrowed(without_delimiter(text)),
            Cow::Owned(text) => Cow::Owned(without_delimiter(&text).to_vec()),
        };
        let bounded = bare.len() < length;
        let known = |needle: &Needle| needle.target == target && needle.text == bare;
        if bounded && self.needles.iter().rev().take(32).any(known) {
            return true;
        }
        self.add(bare, false, bounded, target)
    }

    fn add(&mut self, text: Cow<'static, [u8]>, exact: bool, bounded: bool, target: Target) -> bool {
        if text.len() < SHORTEST {
            return false;
        }
        let (offset, key) = if text.len() == SHORTEST {
            self.short = true;
            let key = u32::from_le_bytes([text[0], text[1], text[2], 0]) | FOLD;
            for last in 0..128 {
                self.mark(hash(key & 0x00ff_ffff | (last | 0x20) << 24));
                self.mark(hash(key & 0x00ff_ffff | (last | 0xa0) << 24));
            }
            (0, key)
        } else {
            let (offset, key) = rarest(&text);
            self.mark(hash(key));
            (offset, key)
        };
        let index = u32::try_from(self.needles.len()).unwrap_or(NONE);
        if text.iter().any(u8::is_ascii_whitespace) {
            self.spaced.push(index);
        }
        let head = &mut self.heads[hash(key) as usize % HEADS];
        self.needles.push(Needle { key, next: *head, offset, exact, bounded, target, text });
        *head = index;
        true
    }

    fn mark(&mut self, hash: u32) {
        self.marks[hash as usize >> 6] |= 1 << (hash & 63);
    }

    /// Calls `found(position, length, target)` for every needle that begins at `from` or later, nearly in order;
    /// stops and returns the position when `found` returns true.
    pub(super) fn scan(
        &self,
        text: &[u8],
        from: usize,
        mut found: impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        let mut at = from;
        // A fixed-size block lets the compiler drop bounds checks; one branch per block of eight positions.
        while let Some(block) = text.get(at..at + 11).and_then(|block| <&[u8; 11]>::try_from(block).ok()) {
            let mut any = 0;
            for offset in 0..8 {
                any |= self.test(word(block, offset));
            }
            if any & 1 == 1 {
                for offset in 0..8 {
                    let key = word(block, offset);
                    if self.test(key) & 1 == 1
                        && let Some(start) = self.matches(text, from, at + offset, key | FOLD, &mut found)
                    {
                        return Some(start);
                    }
                }
            }
            at += 8;
        }
        while at + SHORTEST <= text.len() {
            let byte = |offset: usize| text.get(at + offset).copied().unwrap_or(0);
            let key = u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]) | FOLD;
            if let Some(start) = self.matches(text, from, at, key, &mut found) {
                return Some(start);
            }
            at += 1;
        }
        None
    }

    #[inline]
    fn test(&self, key: u32) -> u64 {
        let hash = hash(key | FOLD);
        self.marks[hash as usize >> 6] >> (hash & 63)
    }

    fn matches(
        &self,
        text: &[u8],
        from: usize,
        at: usize,
        key: u32,
        found: &mut impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        self.chain(text, from, at, key, found).or_else(|| {
            let short = key & 0x00ff_ffff | FOLD;
            if self.short && short != key { self.chain(text, from, at, short, found) } else { None }
        })
    }

    fn chain(
        &self,
        text: &[u8],
        from: usize,
        at: usize,
        key: u32,
        found: &mut impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        let mut next = self.heads[hash(key) as usize % HEADS];
        while let Some(needle) = self.needles.get(next as usize) {
            next = needle.next;
            if needle.key != key {
                continue;
            }
            let Some(start) = at.checked_sub(usize::from(needle.offset)).filter(|&start| start >= from)
            else {
                continue;
            };
            let Some(candidate) = text.get(start..start + needle.text.len()) else { continue };
            let same = if needle.exact {
                candidate == &*needle.text
            } else {
                candidate.eq_ignore_ascii_case(&needle.text)
            };
            let inside = || start > 0 && text[start - 1].is_ascii_alphanumeric();
            if same && !(needle.bounded && inside()) && found(start, needle.text.len(), needle.target) {
                return Some(start);
            }
        }
        None
    }

    /// Where the longest unfinished needle with white space in it begins at the end of `text`, if one does.
    /// Needles without white space cannot begin before the last word.
    pub(super) fn unfinished(&self, text: &[u8]) -> Option<usize> {
        let starts = self.spaced.iter().filter_map(|&index| {
            let needle = &self.needles[index as usize];
            let longest = needle.text.len().saturating_sub(1).min(text.len());
            (1..=longest).rev().map(|length| text.len() - length).find(|&start| {
                let (tail, head) = (&text[start..], &needle.text[..text.len() - start]);
                // The space before a word gives nothing away.
                if head.iter().all(u8::is_ascii_whitespace) {
                    return false;
                }
                if needle.exact { tail == head } else { tail.eq_ignore_ascii_case(head) }
            })
        });
        starts.min()
    }
}

/// The four bytes of a needle that text has least often, folded, and where they are.
fn rarest(text: &[u8]) -> (u8, u32) {
    let windows = text.windows(4).take(OFFSET_MAX + 1).enumerate();
    let best = windows.max_by_key(|(offset, window)| {
        let rarity: u32 = window.iter().map(|&byte| rarity(byte)).sum();
        // Of equals the first.
        (rarity, usize::MAX - offset)
    });
    let (offset, window) = best.unwrap_or((0, &[0; 4]));
    let key = u32::from_le_bytes([window[0], window[1], window[2], window[3]]) | FOLD;
    (u8::try_from(offset).unwrap_or(0), key)
}

/// How rare a byte is in prose, code and listings, roughly, in eighths of a bit.
fn rarity(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b'e' | b' ' | b't' | b'0' | b'-' | b'/' => 26,
        b'a' | b'i' | b'n' | b'o' | b's' | b'r' | b'1' | b'2' | b'.' => 30,
        b'l' | b'c' | b'd' | b'p' | b'u' | b'm' | b'3'..=b'9' => 37,
        b'f' | b'g' | b'h' | b'b' | b':' => 42,
        b'y' | b'v' | b'w' | b'x' | b'k' | b'_' => 50,
        b'j' | b'q' | b'z' => 70,
        _ => 58,
    }
}

/// The keyword without the delimiter before it, if it has one and enough is left.
pub(super) fn without_delimiter(keyword: &[u8]) -> &[u8] {
    match keyword {
        [
            b'\n' | b'\t' | b' ' | b'"' | b'\'' | b'`' | b'=' | b':' | b'/' | b'(' | b'[' | b'>' | b','
            | b'|',
            rest @ ..,
        ] if rest.len() >= SHORTEST && rest[0].is_ascii_alphanumeric() => rest,
        _ => keyword,
    }
}

#[inline]
fn word(block: &[u8; 11], at: usize) -> u32 {
    u32::from_le_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]])
}

#[inline]
fn hash(key: u32) -> u32 {
    key.wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(filter: &Prefilter, text: &str) -> Vec<(usize, usize)> {
        let mut hits = Vec::new();
        filter.scan(text.as_bytes(), 0, |at, length, _| {
            hits.push((at, length));
            false
        });
        hits
    }

    #[test]
    fn finds_every_needle_at_every_offset_whatever_its_case() {
        let mut filter = Prefilter::new();
        for needle in ["tok", "token", "ghp_", "-----begin", "subscription-key"] {
            assert!(filter.insert(needle.as_bytes(), false, Target::Block));
        }
        assert!(!filter.insert(&b"ab"[..], false, Target::Block));
        for offset in 0..20 {
            let pad = "é ".repeat(offset);
            let text = format!("{pad}ToKeN");
            assert_eq!(hits(&filter, &text).len(), 2, "{text}");
            assert_eq!(hits(&filter, &format!("{text}{pad}-----BEGIN")).len(), 3);
            assert_eq!(hits(&filter, &format!("{pad}tok")), [(pad.len(), 3)]);
            assert_eq!(hits(&filter, &format!("{pad}tokÿÿÿÿÿÿÿÿÿÿÿ")), [(pad.len(), 3)]);
            assert_eq!(hits(&filter, &format!("{pad}Subscription-Key")), [(pad.len(), 16)]);
        }
    }

    #[test]
    fn exact_needles_respect_case() {
        let mut filter = Prefilter::new();
        filter.insert(&b"Pa55word"[..], true, Target::Literal(0));
        assert_eq!(hits(&filter, "xPa55word pa55word"), [(1, 8)]);
    }

    #[test]
    fn a_prefix_with_a_delimiter_stands_for_any_delimiter() {
        let mut filter = Prefilter::new();
        for keyword in ["\nsk-", "=sk-", " sk-"] {
            filter.insert_keyword(Cow::Borrowed(keyword.as_bytes()), Target::Rule(0));
        }
        assert_eq!(hits(&filter, "sk-1 =sk-2 ask-3 \u{e9}sk-4").len(), 3);
    }

    #[test]
    fn an_unfinished_needle_is_noticed_only_if_it_has_white_space() {
        let mut filter = Prefilter::new();
        filter.insert(&b"correct horse"[..], true, Target::Literal(0));
        filter.insert(&b"password"[..], false, Target::Block);
        assert_eq!(filter.unfinished(b"is correct ho"), Some(3));
        assert_eq!(filter.unfinished(b"is correct horse"), None);
        assert_eq!(filter.unfinished(b"passw"), None);
    }
}
