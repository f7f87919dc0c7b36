//! The one pass over every byte: where does a keyword or a known value begin?
//!
//! Each needle leaves a mark in a bitmap, at a hash of its first four bytes with ASCII case folded. Scanning
//! tests one bit per position and has no dependency from one position to the next, so it runs at memory-like speed
//! for any number of needles; only where the bit is set are the needles with that beginning compared. Unlike a
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
    text: Cow<'static, [u8]>,
    /// Compare bytes exactly; keywords ignore ASCII case.
    exact: bool,
    /// No letter or digit may stand before it.
    bounded: bool,
    target: Target,
    next: u32,
}

/// A set of needles of at least [`SHORTEST`] bytes.
#[derive(Debug, Clone)]
pub(super) struct Prefilter {
    marks: Vec<u64>,
    heads: Vec<u32>,
    needles: Vec<Needle>,
    /// Whether a needle of three bytes exists; those are hashed by three.
    short: bool,
    /// Bytes of the longest needle that contains white space: only such a needle can reach across words.
    spaced: Vec<u32>,
}

/// Shortest needle; anything shorter is everywhere.
pub(super) const SHORTEST: usize = 3;

impl Prefilter {
    pub(super) fn new() -> Self {
        Self {
            marks: vec![0; WORDS],
            heads: vec![NONE; HEADS],
            needles: Vec::new(),
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
        let bare = match &keyword {
            Cow::Borrowed(text) => Cow::Borrowed(without_delimiter(text)),
            Cow::Owned(text) => Cow::Owned(without_delimiter(text).to_vec()),
        };
        let bounded = bare.len() < keyword.len();
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
        let hash = if text.len() == SHORTEST {
            self.short = true;
            let key = u32::from_le_bytes([text[0], text[1], text[2], 0]) | FOLD;
            for last in 0..=255u32 {
                self.mark(hash(key & 0x00ff_ffff | (last | 0x20) << 24));
            }
            hash(key)
        } else {
            let hash = hash(u32::from_le_bytes([text[0], text[1], text[2], text[3]]) | FOLD);
            self.mark(hash);
            hash
        };
        let index = u32::try_from(self.needles.len()).unwrap_or(NONE);
        if text.iter().any(u8::is_ascii_whitespace) {
            self.spaced.push(index);
        }
        let head = &mut self.heads[hash as usize % HEADS];
        self.needles.push(Needle { text, exact, bounded, target, next: *head });
        *head = index;
        true
    }

    fn mark(&mut self, hash: u32) {
        self.marks[hash as usize >> 6] |= 1 << (hash & 63);
    }

    /// Calls `found(position, length, target)` for every needle from `from` on, by position; stops and returns
    /// the position when `found` returns true.
    pub(super) fn scan(
        &self,
        text: &[u8],
        from: usize,
        mut found: impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        let mut at = from;
        // A fixed-size block lets the compiler drop bounds checks; one branch per block of eight positions.
        while let Some(block) = text.get(at..at + 11) {
            let mut any = 0;
            for offset in 0..8 {
                any |= self.test(word(block, offset));
            }
            if any & 1 == 1 {
                for offset in 0..8 {
                    if self.test(word(block, offset)) & 1 == 1 && self.matches(text, at + offset, &mut found)
                    {
                        return Some(at + offset);
                    }
                }
            }
            at += 8;
        }
        while at + SHORTEST <= text.len() {
            if self.matches(text, at, &mut found) {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    #[inline]
    fn test(&self, key: u32) -> u64 {
        let hash = hash(key | FOLD);
        self.marks.get(hash as usize >> 6).copied().unwrap_or(0) >> (hash & 63)
    }

    #[cold]
    fn matches(&self, text: &[u8], at: usize, found: &mut impl FnMut(usize, usize, Target) -> bool) -> bool {
        let rest = &text[at..];
        let inside = at > 0 && text[at - 1].is_ascii_alphanumeric();
        if let [a, b, c, d, ..] = *rest {
            let key = hash(u32::from_le_bytes([a, b, c, d]) | FOLD);
            if self.chain(rest, at, inside, key, found) {
                return true;
            }
        }
        if self.short
            && let [a, b, c, ..] = *rest
        {
            return self.chain(rest, at, inside, hash(u32::from_le_bytes([a, b, c, 0]) | FOLD), found);
        }
        false
    }

    fn chain(
        &self,
        rest: &[u8],
        at: usize,
        inside: bool,
        hash: u32,
        found: &mut impl FnMut(usize, usize, Target) -> bool,
    ) -> bool {
        let mut next = self.heads[hash as usize % HEADS];
        while let Some(needle) = self.needles.get(next as usize) {
            next = needle.next;
            if needle.bounded && inside {
                continue;
            }
            let Some(candidate) = rest.get(..needle.text.len()) else { continue };
            let same = if needle.exact {
                candidate == &*needle.text
            } else {
                candidate.eq_ignore_ascii_case(&needle.text)
            };
            if same && found(at, needle.text.len(), needle.target) {
                return true;
            }
        }
        false
    }

    /// Where the longest unfinished needle with white space in it begins at the end of `text`, if one does.
    /// Needles without white space cannot begin before the last word.
    pub(super) fn unfinished(&self, text: &[u8]) -> Option<usize> {
        let starts = self.spaced.iter().filter_map(|&index| {
            let needle = &self.needles[index as usize];
            let longest = needle.text.len().saturating_sub(1).min(text.len());
            (1..=longest).rev().map(|length| text.len() - length).find(|&start| {
                let (tail, head) = (&text[start..], &needle.text[..text.len() - start]);
                if needle.exact { tail == head } else { tail.eq_ignore_ascii_case(head) }
            })
        });
        starts.min()
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
fn word(block: &[u8], at: usize) -> u32 {
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
        for needle in ["tok", "token", "ghp_", "-----begin"] {
            assert!(filter.insert(needle.as_bytes(), false, Target::Block));
        }
        assert!(!filter.insert(&b"ab"[..], false, Target::Block));
        for offset in 0..20 {
            let pad = "é ".repeat(offset);
            let text = format!("{pad}ToKeN");
            assert_eq!(hits(&filter, &text).len(), 2, "{text}");
            assert_eq!(hits(&filter, &format!("{text}{pad}-----BEGIN")).len(), 3);
            assert_eq!(hits(&filter, &format!("{pad}tok")), [(pad.len(), 3)]);
        }
    }

    #[test]
    fn exact_needles_respect_case() {
        let mut filter = Prefilter::new();
        filter.insert(&b"Pa55word"[..], true, Target::Literal(0));
        assert_eq!(hits(&filter, "xPa55word pa55word"), [(1, 8)]);
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
