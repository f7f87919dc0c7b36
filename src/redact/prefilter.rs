//! The one pass over every byte: where does a keyword or a known value begin?
//!
//! Each needle leaves a mark in a bitmap, at a hash of its rarest four bytes with ASCII case folded. Scanning
//! tests one bit per position and has no dependency from one position to the next, so it runs at memory-like speed
//! for any number of needles; only where the bit is set are the needles with these four bytes compared. Unlike a
//! DFA it is built in microseconds, which matters to a program that starts for every command.

use super::rarity::{FOLD, rarest, without_delimiter};
use std::borrow::Cow;

pub(super) use super::rarity::SHORTEST;

const BITS: u32 = 18;
const WORDS: usize = 1 << (BITS - 6);
/// Slots of the table from four bytes to needles; a power of two, at least twice the number of different keys.
const SLOTS: usize = 1 << 14;
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
    text: Cow<'static, [u8]>,
    target: Target,
    /// Compare bytes exactly; keywords ignore ASCII case.
    exact: bool,
    /// No letter or digit may stand before it.
    bounded: bool,
}

/// One key under which a needle is found.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Four folded bytes.
    key: u32,
    needle: u32,
    /// The next entry with this slot's hash.
    next: u32,
    /// Where in the needle the four bytes are; -1 if they begin one byte before it.
    offset: i8,
}

/// A set of needles of at least [`SHORTEST`] bytes.
#[derive(Debug, Clone)]
pub(super) struct Prefilter {
    marks: Box<[u64; WORDS]>,
    /// First entry and its key: a wrong candidate costs one look.
    slots: Box<[(u32, u32); SLOTS]>,
    entries: Vec<Entry>,
    needles: Vec<Needle>,
    spaced: Spaced,
}

/// Needles that contain white space (only such a one can reach across words), by their first byte, case folded: there
/// are hundreds, and the end of every text is compared with them.
#[derive(Debug, Clone)]
struct Spaced {
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
    #[expect(
        clippy::large_stack_arrays,
        reason = "optimized into the boxes; a test build has the stack for it"
    )]
    pub(super) fn new() -> Self {
        Self {
            marks: Box::new([0; WORDS]),
            slots: Box::new([(0, NONE); SLOTS]),
            entries: Vec::with_capacity(SLOTS / 2),
            needles: Vec::with_capacity(SLOTS / 4),
            spaced: Spaced::new(),
        }
    }

    /// Adds a known value, which is compared byte by byte, or another needle; one shorter than [`SHORTEST`] is
    /// refused.
    pub(super) fn insert(
        &mut self,
        text: impl Into<Cow<'static, [u8]>>,
        exact: bool,
        target: Target,
    ) -> bool {
        let needle = Needle { text: text.into(), target, exact, bounded: false };
        if needle.text.len() > SHORTEST {
            let (offset, key) = rarest(&needle.text);
            self.add(needle, offset, key);
            return true;
        }
        let Some(&[a, b, c]) = needle.text.first_chunk() else { return false };
        // What follows a word of three letters is no letter; a value of three bytes does not exist.
        let index = self.push(needle);
        for last in (0x20..=0x3f).chain(0x7b..=0x7f) {
            self.enter(u32::from_le_bytes([a, b, c, last]), index, 0);
        }
        true
    }

    /// Adds a keyword of a rule file. One of the form "delimiter, then prefix" (`"\nsk-"`, `"=sk-"`) stands for the
    /// prefix behind anything but a letter or a digit, the beginning of a line included.
    pub(super) fn insert_keyword(&mut self, keyword: &[u8], target: Target) -> bool {
        let bare = without_delimiter(keyword);
        let bounded = bare.len() < keyword.len();
        let known = |needle: &Needle| needle.target == target && &*needle.text == bare;
        if bounded && self.needles.iter().rev().take(32).any(known) {
            return true;
        }
        match bare.first_chunk() {
            None => return false,
            Some(_) if bare.len() > SHORTEST => {
                let (offset, key) = rarest(bare);
                self.insert_marked(Cow::Owned(bare.to_vec()), bounded, target, offset, key);
            }
            Some(&start) => {
                let needle = Needle { text: Cow::Owned(bare.to_vec()), target, exact: false, bounded };
                self.add_short(needle, start);
            }
        }
        true
    }

    /// Adds a keyword whose four bytes have been chosen already; see [`rarest`].
    pub(super) fn insert_marked(
        &mut self,
        text: Cow<'static, [u8]>,
        bounded: bool,
        target: Target,
        offset: i8,
        key: u32,
    ) {
        let needle = Needle { text, target, exact: false, bounded };
        match needle.text.first_chunk() {
            Some(&start) if needle.text.len() == SHORTEST => self.add_short(needle, start),
            _ => self.add(needle, offset, key),
        }
    }

    fn add(&mut self, needle: Needle, offset: i8, key: u32) {
        let index = self.push(needle);
        self.enter(key, index, offset);
    }

    /// Three bytes are found with the byte before them: any delimiter, or any byte at all.
    fn add_short(&mut self, needle: Needle, [a, b, c]: [u8; SHORTEST]) {
        let bounded = needle.bounded;
        let index = self.push(needle);
        // Folded bytes have this bit set: one of each pair is enough.
        for before in (0..=u8::MAX).filter(|byte| byte & 0x20 != 0) {
            if !(bounded && before.is_ascii_alphanumeric()) {
                self.enter(u32::from_le_bytes([before, a, b, c]), index, -1);
            }
        }
    }

    fn push(&mut self, needle: Needle) -> u32 {
        let index = u32::try_from(self.needles.len()).unwrap_or(NONE);
        if needle.text.iter().any(u8::is_ascii_whitespace) {
            self.spaced.insert(index, &needle.text);
        }
        self.needles.push(needle);
        index
    }

    fn enter(&mut self, key: u32, needle: u32, offset: i8) {
        let key = key | FOLD;
        let hash = hash(key);
        self.marks[hash as usize >> 6] |= 1 << (hash & 63);
        let index = u32::try_from(self.entries.len()).unwrap_or(NONE);
        let slot = &mut self.slots[hash as usize % SLOTS];
        self.entries.push(Entry { key, needle, next: slot.1, offset });
        // Two keys in one slot: its key is then no longer asked.
        *slot = (if slot.1 == NONE || slot.0 == key { key } else { 0 }, index);
    }

    /// Calls `found(position, length, target)` for every needle that begins at `from` or later, nearly in order;
    /// stops and returns the position when `found` returns true.
    pub(super) fn scan(
        &self,
        text: &[u8],
        from: usize,
        mut found: impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        // The beginning of a text is a delimiter too.
        if from == 0
            && let Some(&[a, b, c]) = text.first_chunk()
            && let start @ Some(_) =
                self.chain(text, 0, None, u32::from_le_bytes([b'\n', a, b, c]), &mut found)
        {
            return start;
        }
        let mut at = from.saturating_sub(1);
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
                        && let start @ Some(_) = self.chain(text, from, Some(at + offset), key, &mut found)
                    {
                        return start;
                    }
                }
            }
            at += 8;
        }
        while at + SHORTEST <= text.len() {
            let byte = |offset: usize| text.get(at + offset).copied().unwrap_or(b' ');
            let key = u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]);
            if let start @ Some(_) = self.chain(text, from, Some(at), key, &mut found) {
                return start;
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

    /// Compares the needles entered under the four bytes `key` at `at`; `None` is one before the beginning.
    fn chain(
        &self,
        text: &[u8],
        from: usize,
        at: Option<usize>,
        key: u32,
        found: &mut impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        let key = key | FOLD;
        let (only, mut next) = self.slots[hash(key) as usize % SLOTS];
        if only != key && only != 0 {
            return None;
        }
        while let Some(entry) = self.entries.get(next as usize) {
            next = entry.next;
            if entry.key != key {
                continue;
            }
            let start = match (at, usize::try_from(entry.offset)) {
                (Some(at), Ok(offset)) => at.checked_sub(offset),
                (Some(at), Err(_)) => Some(at + 1),
                (None, Err(_)) => Some(0),
                (None, Ok(_)) => None,
            };
            let Some(start) = start.filter(|&start| start >= from) else { continue };
            let needle = &self.needles[entry.needle as usize];
            if needle.is_at(text, start) && found(start, needle.text.len(), needle.target) {
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

impl Needle {
    fn is_at(&self, text: &[u8], start: usize) -> bool {
        let Some(candidate) = text.get(start..start + self.text.len()) else { return false };
        let same =
            if self.exact { candidate == &*self.text } else { candidate.eq_ignore_ascii_case(&self.text) };
        same && !(self.bounded && start > 0 && text[start - 1].is_ascii_alphanumeric())
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
        assert!(filter.insert_keyword(b"tok", Target::Block));
        for needle in ["token", "ghp_", "-----begin", "subscription-key"] {
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
    fn a_word_of_three_letters_ends_with_them() {
        let mut filter = Prefilter::new();
        assert!(filter.insert(&b"key"[..], false, Target::Block));
        assert_eq!(hits(&filter, "KEY=1 apiKey: monkeys key"), [(0, 3), (9, 3), (22, 3)]);
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
            filter.insert_keyword(keyword.as_bytes(), Target::Rule(0));
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
