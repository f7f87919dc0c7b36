//! The one pass over every byte: where does a keyword or a known value begin?
//!
//! Each needle leaves a mark in a bitmap, at a hash of its rarest four bytes with ASCII case folded. Scanning
//! tests one bit per position and has no dependency from one position to the next, so it runs at memory-like speed
//! for any number of needles; only where the bit is set are the needles with these four bytes compared. Unlike a
//! DFA it is built in microseconds, which matters to a program that starts for every command.

use super::needle::{FOLD, spot};
pub(super) use super::needle::{SHORTEST, without_delimiter};
use super::preset::PresetNeedle;
use std::borrow::Cow;

const BITS: u32 = 17;
const WORDS: usize = 1 << (BITS - 6);
const HEADS: usize = 1 << 12;
const NONE: u32 = u32::MAX;

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
    spaced: Spaced,
}

/// Needles that contain white space: only such a one can reach across words.
#[derive(Debug, Clone)]
struct Spaced {
    /// By their first byte, case folded: there are hundreds, and every text's end is compared with them.
    by_first: Box<[Vec<u32>; 256]>,
    /// Length of the longest.
    longest: usize,
}

impl Spaced {
    fn new() -> Self {
        Self { by_first: Box::new([const { Vec::new() }; 256]), longest: 0 }
    }

    fn insert(&mut self, index: u32, text: &[u8]) {
        self.longest = self.longest.max(text.len());
        self.by_first[usize::from(text[0].to_ascii_lowercase())].push(index);
    }

    fn of(&self, first: u8) -> &[u32] {
        &self.by_first[usize::from(first.to_ascii_lowercase())]
    }
}

impl Prefilter {
    pub(super) fn new() -> Self {
        Self {
            marks: Box::new([0; WORDS]),
            heads: Box::new([NONE; HEADS]),
            needles: Vec::with_capacity(4096),
            short: false,
            spaced: Spaced::new(),
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

    /// Adds a keyword of an embedded rule, placed at build time.
    pub(super) fn insert_placed(&mut self, text: &'static [u8], placed: &PresetNeedle, target: Target) {
        let spot = (placed.offset, placed.key);
        self.place(Cow::Borrowed(text), spot, false, placed.skip > 0, placed.spaced, target);
    }

    fn add(&mut self, text: Cow<'static, [u8]>, exact: bool, bounded: bool, target: Target) -> bool {
        let Some(spot) = spot(&text) else { return false };
        let spaced = text.iter().any(u8::is_ascii_whitespace);
        self.place(text, spot, exact, bounded, spaced, target);
        true
    }

    fn place(
        &mut self,
        text: Cow<'static, [u8]>,
        (offset, key): (u8, u32),
        exact: bool,
        bounded: bool,
        spaced: bool,
        target: Target,
    ) {
        if text.len() == SHORTEST {
            self.short = true;
            for last in 0..128 {
                self.mark(hash(key & 0x00ff_ffff | (last | 0x20) << 24));
                self.mark(hash(key & 0x00ff_ffff | (last | 0xa0) << 24));
            }
        } else {
            self.mark(hash(key));
        }
        let index = u32::try_from(self.needles.len()).unwrap_or(NONE);
        if spaced {
            self.spaced.insert(index, &text);
        }
        let head = &mut self.heads[hash(key) as usize % HEADS];
        self.needles.push(Needle { key, next: *head, offset, exact, bounded, target, text });
        *head = index;
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
        let nearest = text.len().saturating_sub(self.spaced.longest.saturating_sub(1));
        (nearest..text.len()).find(|&start| {
            self.spaced.of(text[start]).iter().any(|&index| self.is_begun(index, &text[start..]))
        })
    }

    /// Whether `tail` is a beginning of the needle, and more than white space.
    fn is_begun(&self, index: u32, tail: &[u8]) -> bool {
        let needle = &self.needles[index as usize];
        let Some(head) = needle.text.get(..tail.len()).filter(|head| head.len() < needle.text.len()) else {
            return false;
        };
        // The space before a word gives nothing away.
        if head.iter().all(u8::is_ascii_whitespace) {
            return false;
        }
        if needle.exact { tail == head } else { tail.eq_ignore_ascii_case(head) }
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
