//! The one pass over every byte: where does a keyword or a known value begin?
//!
//! Each needle leaves a mark in a bitmap, at a hash of its rarest four bytes with ASCII case folded. Scanning
//! tests one bit per position and has no dependency from one position to the next, so it runs at memory-like speed
//! for any number of needles; only where the bit is set are the needles with these four bytes compared. Unlike a
//! DFA it takes one more needle in no time, which matters to a program that starts for every command and learns
//! values while it runs.
//!
//! The needles of everything embedded are entered by `build.rs`, which compiles this file too and writes the result
//! down as a table; it is used in place, and copied only when a needle is added.

use super::rarity::{FOLD, FOLD_BYTE, Rarity, without_delimiter};
use std::ops::Deref;

pub(super) use super::rarity::SHORTEST;

/// How far behind a needle that [`Prefilter::scan`] finds later it may find another one sooner.
pub(super) const DISORDER_MAX: usize = super::rarity::OFFSET_MAX + 1;

/// Bits of a hash: so many that few of the marks are hit by chance, and no more than a cache holds.
const BITS: u32 = 20;
const MARKS: usize = 1 << (BITS - 6);
/// Slots of the table from four bytes to needles; a power of two, at least twice the number of different keys.
const SLOTS: usize = 1 << 15;
pub(super) const NONE: u32 = u32::MAX;

/// One bit for each hash of four bytes that a needle has.
pub(super) type Marks = [u64; MARKS];
/// First entry of a hash, and its key: a wrong candidate costs one look.
pub(super) type Slots = [(u32, u32); SLOTS];

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

/// A needle whose text is a stretch of a longer one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needle {
    pub(super) at: u32,
    pub(super) length: u32,
    pub(super) target: Target,
    /// Compare bytes exactly; keywords ignore ASCII case.
    pub(super) exact: bool,
    /// No letter or digit may stand before it.
    pub(super) bounded: bool,
}

/// One key under which a needle is found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Four folded bytes.
    pub(super) key: u32,
    pub(super) needle: u32,
    /// The next entry with this slot's hash.
    pub(super) next: u32,
    /// Where in the needle the four bytes are; -1 if they begin one byte before it.
    pub(super) offset: i8,
    /// The needle's bytes before and behind the four, folded; 0 where it has none. Names that share a word
    /// (`…_token`) are told apart by them without a look at each.
    pub(super) around: [u8; 2],
}

/// Needles made at build time. Apart from the slices it holds no pointer, so that loading the program has nothing to
/// relocate in it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) marks: Marks,
    pub(super) slots: Slots,
    pub(super) lists: Lists,
}

/// The rest of a table.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lists {
    pub(super) entries: &'static [Entry],
    pub(super) needles: &'static [Needle],
    /// The texts of all needles.
    pub(super) text: &'static [u8],
    /// Needles that contain white space: only such a one can reach across words.
    pub(super) spaced: &'static [u32],
}

/// A set of needles of at least [`SHORTEST`] bytes.
#[derive(Debug, Clone)]
pub(super) struct Prefilter {
    pub(super) marks: Shared<u64, MARKS>,
    pub(super) slots: Shared<(u32, u32), SLOTS>,
    /// Decides under which bytes a needle is entered.
    pub(super) rarity: Rarity,
    /// The needles it began with; those added are numbered behind them.
    pub(super) base: Lists,
    pub(super) entries: Vec<Entry>,
    pub(super) needles: Vec<Needle>,
    pub(super) text: Vec<u8>,
    pub(super) spaced: Vec<u32>,
    /// Length of the longest needle that contains white space.
    pub(super) longest_spaced: usize,
}

/// An array of the program's, until it is changed.
#[derive(Debug, Clone)]
pub(super) enum Shared<E: 'static, const N: usize> {
    Static(&'static [E; N]),
    Own(Box<[E; N]>),
}

impl<E: Copy, const N: usize> Shared<E, N> {
    /// Moves `values`, which must be as many, to where they stay. By way of a vector, for an array of this size would
    /// not fit on the stack of a pump's thread.
    fn of(values: Vec<E>) -> Self {
        match values.into_boxed_slice().try_into() {
            Ok(array) => Self::Own(array),
            Err(_) => unreachable!("as many values as the array has"),
        }
    }

    fn own(&mut self) -> &mut [E; N] {
        if let Self::Static(values) = *self {
            *self = Self::of(values.to_vec());
        }
        match self {
            Self::Own(values) => values,
            Self::Static(_) => unreachable!("made its own above"),
        }
    }
}

impl<E, const N: usize> Deref for Shared<E, N> {
    type Target = [E; N];
    fn deref(&self) -> &[E; N] {
        match self {
            Self::Static(values) => values,
            Self::Own(values) => values,
        }
    }
}

impl Default for Prefilter {
    /// No needles.
    fn default() -> Self {
        Self {
            marks: Shared::of(vec![0; MARKS]),
            slots: Shared::of(vec![(0, NONE); SLOTS]),
            rarity: Rarity::default(),
            base: Lists::default(),
            entries: Vec::new(),
            needles: Vec::new(),
            text: Vec::new(),
            spaced: Vec::new(),
            longest_spaced: 0,
        }
    }
}

impl Prefilter {
    /// The needles of `table`.
    pub(super) fn of(table: &'static Table) -> Self {
        let base = table.lists;
        let lengths = base.spaced.iter().map(|&index| base.needles[index as usize].length);
        Self {
            marks: Shared::Static(&table.marks),
            slots: Shared::Static(&table.slots),
            rarity: Rarity::default(),
            base,
            entries: Vec::new(),
            needles: Vec::new(),
            text: Vec::new(),
            spaced: Vec::new(),
            longest_spaced: lengths.max().unwrap_or(0) as usize,
        }
    }

    /// Adds a known value, which is compared byte by byte, or another needle; one shorter than [`SHORTEST`] is
    /// refused.
    pub(super) fn insert(&mut self, text: &[u8], exact: bool, target: Target) -> bool {
        if text.len() > SHORTEST {
            // Values are all equally rare, and there may be thousands: each in a slot of its own.
            let taken = |key| exact && self.slots[hash(key) as usize % SLOTS].1 != NONE;
            let (offset, key) = self.rarity.rarest(text, taken);
            let index = self.push(text, target, exact, false);
            self.enter(key, index, offset);
            return true;
        }
        let Some(&[a, b, c]) = text.first_chunk() else { return false };
        // What follows a word of three letters is no letter; a value of three bytes does not exist.
        let index = self.push(text, target, exact, false);
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
        let known = |needle: &Needle| needle.target == target && stretch(&self.text, needle) == bare;
        if bounded && self.needles.iter().rev().take(32).any(known) {
            return true;
        }
        let Some(&[a, b, c]) = bare.first_chunk() else { return false };
        let index = self.push(bare, target, false, bounded);
        if bare.len() > SHORTEST {
            let (offset, key) = self.rarity.rarest(bare, |_| false);
            self.enter(key, index, offset);
            return true;
        }
        // Three bytes are found with the byte before them: any delimiter, or any byte at all. Folded bytes have this bit
        // set: one of each pair is enough.
        for before in (0..=u8::MAX).filter(|byte| byte & 0x20 != 0) {
            if !(bounded && before.is_ascii_alphanumeric()) {
                self.enter(u32::from_le_bytes([before, a, b, c]), index, -1);
            }
        }
        true
    }

    fn push(&mut self, text: &[u8], target: Target, exact: bool, bounded: bool) -> u32 {
        let index = number(self.base.needles.len() + self.needles.len());
        if text.iter().any(u8::is_ascii_whitespace) {
            self.spaced.push(index);
            self.longest_spaced = self.longest_spaced.max(text.len());
        }
        let at = number(self.text.len());
        self.needles.push(Needle { at, length: number(text.len()), target, exact, bounded });
        self.text.extend_from_slice(text);
        index
    }

    fn enter(&mut self, key: u32, needle: u32, offset: i8) {
        let key = key | FOLD;
        let hash = hash(key);
        let text = self.needle(needle).1;
        let around = usize::try_from(offset).map_or([0; 2], |offset| {
            let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).map_or(0, |byte| byte | FOLD_BYTE);
            [byte(offset.checked_sub(1)), byte(Some(offset + 4))]
        });
        self.marks.own()[hash as usize >> 6] |= 1 << (hash & 63);
        let index = number(self.base.entries.len() + self.entries.len());
        let slot = &mut self.slots.own()[hash as usize % SLOTS];
        self.entries.push(Entry { key, needle, next: slot.1, offset, around });
        // Two keys in one slot: its key is then no longer asked.
        *slot = (if slot.1 == NONE || slot.0 == key { key } else { 0 }, index);
    }

    fn entry(&self, index: u32) -> Option<&Entry> {
        let index = index as usize;
        self.base.entries.get(index).or_else(|| self.entries.get(index.checked_sub(self.base.entries.len())?))
    }

    /// The needle with this number, and its text.
    fn needle(&self, index: u32) -> (&Needle, &[u8]) {
        let index = index as usize;
        if let Some(needle) = self.base.needles.get(index) {
            return (needle, stretch(self.base.text, needle));
        }
        let needle = &self.needles[index - self.base.needles.len()];
        (needle, stretch(&self.text, needle))
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
        let marks: &Marks = &self.marks;
        let mut at = from.saturating_sub(1);
        // Eight positions in two words, so that there are few loads and one branch.
        while let Some(block) = text.get(at..at + 11)
            && let (Some(first), Some(last)) = (block.first_chunk(), block.last_chunk())
        {
            let pair = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
            if (0..8).fold(0, |any, offset| any | test(marks, key_at(pair, offset))) & 1 == 1 {
                // As a mask, for a branch taken or not at each of the eight would be guessed wrong half the time.
                let bit = |offset| (test(marks, key_at(pair, offset)) & 1) << offset;
                let mut hits = (0..8).fold(0, |hits, offset| hits | bit(offset));
                while hits != 0 {
                    let offset = hits.trailing_zeros();
                    hits &= hits - 1;
                    let (key, at) = (key_at(pair, offset), at + offset as usize);
                    if self.may_begin(key)
                        && let start @ Some(_) = self.chain(text, from, Some(at), key, &mut found)
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
            if test(marks, key) & 1 == 1
                && let start @ Some(_) = self.chain(text, from, Some(at), key, &mut found)
            {
                return start;
            }
            at += 1;
        }
        None
    }

    /// Whether the slot of these four bytes can lead to a needle that has them: most marks are hit by others.
    #[inline]
    fn may_begin(&self, key: u32) -> bool {
        let key = key | FOLD;
        let (only, _) = self.slots[hash(key) as usize % SLOTS];
        only == key || only == 0
    }

    /// Compares the needles entered under the four bytes `key` at `at`; `None` is one before the beginning.
    #[inline(never)]
    fn chain(
        &self,
        text: &[u8],
        from: usize,
        at: Option<usize>,
        key: u32,
        found: &mut impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        let key = key | FOLD;
        let (_, mut next) = self.slots[hash(key) as usize % SLOTS];
        let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).map_or(0, |byte| byte | FOLD_BYTE);
        let around = at.map_or([0; 2], |at| [byte(at.checked_sub(1)), byte(Some(at + 4))]);
        while let Some(entry) = self.entry(next) {
            next = entry.next;
            let differs = |side: usize| entry.around[side] != 0 && entry.around[side] != around[side];
            if entry.key != key || differs(0) || differs(1) {
                continue;
            }
            let start = match (at, usize::try_from(entry.offset)) {
                (Some(at), Ok(offset)) => at.checked_sub(offset),
                (Some(at), Err(_)) => Some(at + 1),
                (None, Err(_)) => Some(0),
                (None, Ok(_)) => None,
            };
            let Some(start) = start.filter(|&start| start >= from) else { continue };
            let (needle, wanted) = self.needle(entry.needle);
            if needle.is_at(wanted, text, start) && found(start, wanted.len(), needle.target) {
                return Some(start);
            }
        }
        None
    }

    /// Where the longest unfinished needle with white space in it begins at the end of `text`, if one does.
    /// Needles without white space cannot begin before the last word.
    pub(super) fn unfinished(&self, text: &[u8]) -> Option<usize> {
        let nearest = text.len().saturating_sub(self.longest_spaced.saturating_sub(1));
        (nearest..text.len()).find(|&start| {
            let first = text[start].to_ascii_lowercase();
            // Those of the table are sorted by their first byte; there are hundreds.
            let before = |index: &u32| self.needle(*index).1[0].to_ascii_lowercase() < first;
            let base = &self.base.spaced[self.base.spaced.partition_point(before)..];
            let same = |index: &&u32| self.needle(**index).1[0].to_ascii_lowercase() == first;
            let mut candidates = base.iter().take_while(same).chain(self.spaced.iter().filter(same));
            candidates.any(|&index| self.is_begun(index, &text[start..]))
        })
    }

    /// Whether `tail` is a beginning of the needle, and more than white space.
    fn is_begun(&self, index: u32, tail: &[u8]) -> bool {
        let (needle, text) = self.needle(index);
        let Some(head) = text.get(..tail.len()).filter(|head| head.len() < text.len()) else {
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
    /// Whether the needle, whose text is `wanted`, stands in `text` at `start`.
    fn is_at(&self, wanted: &[u8], text: &[u8], start: usize) -> bool {
        let Some(candidate) = text.get(start..start + wanted.len()) else { return false };
        let same = if self.exact { candidate == wanted } else { candidate.eq_ignore_ascii_case(wanted) };
        let glued = start > 0 && text[start - 1].is_ascii_alphanumeric();
        same && !(self.bounded && glued && !ends_escape(&text[..start]))
    }
}

/// Whether `text` ends with the letters or digits of an escape: `%3D`, `\n`, `\x3d`, `\u003d`.
fn ends_escape(text: &[u8]) -> bool {
    let at = |back: usize| text.len().checked_sub(back).map(|at| text[at]);
    at(3) == Some(b'%') || [2, 4, 6].iter().any(|&back| at(back) == Some(b'\\'))
}

/// The text of a needle, in the text of all.
fn stretch<'a>(text: &'a [u8], needle: &Needle) -> &'a [u8] {
    &text[needle.at as usize..][..needle.length as usize]
}

/// Indices and lengths are far below 4 GiB.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NONE)
}

#[inline]
fn test(marks: &Marks, key: u32) -> u64 {
    let hash = hash(key | FOLD);
    marks[hash as usize >> 6] >> (hash & 63)
}

/// The four bytes at `offset` of eleven, of which `pair` has the first eight and the last eight.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
fn key_at((first, last): (u64, u64), offset: u32) -> u32 {
    (if offset <= 4 { first >> (8 * offset) } else { last >> (8 * (offset - 3)) }) as u32
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
        let mut filter = Prefilter::default();
        assert!(filter.insert_keyword(b"tok", Target::Block));
        for needle in ["token", "ghp_", "-----begin", "subscription-key"] {
            assert!(filter.insert(needle.as_bytes(), false, Target::Block));
        }
        assert!(!filter.insert(b"ab", false, Target::Block));
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
        let mut filter = Prefilter::default();
        assert!(filter.insert(b"key", false, Target::Block));
        assert_eq!(hits(&filter, "KEY=1 apiKey: monkeys key"), [(0, 3), (9, 3), (22, 3)]);
    }

    #[test]
    fn exact_needles_respect_case() {
        let mut filter = Prefilter::default();
        filter.insert(b"Pa55word", true, Target::Literal(0));
        assert_eq!(hits(&filter, "xPa55word pa55word"), [(1, 8)]);
    }

    #[test]
    fn a_prefix_with_a_delimiter_stands_for_any_delimiter() {
        let mut filter = Prefilter::default();
        for keyword in ["\nsk-", "=sk-", " sk-"] {
            filter.insert_keyword(keyword.as_bytes(), Target::Rule(0));
        }
        assert_eq!(hits(&filter, "sk-1 =sk-2 ask-3 \u{e9}sk-4").len(), 3);
        filter.insert_keyword(b" nrak-", Target::Rule(1));
        assert_eq!(hits(&filter, r"a%3DNRAK-1 \nNRAK-2 \u003dNRAK-3 xNRAK-4").len(), 3);
    }

    #[test]
    fn an_unfinished_needle_is_noticed_only_if_it_has_white_space() {
        let mut filter = Prefilter::default();
        filter.insert(b"correct horse", true, Target::Literal(0));
        filter.insert(b"password", false, Target::Block);
        assert_eq!(filter.unfinished(b"is correct ho"), Some(3));
        assert_eq!(filter.unfinished(b"is correct horse"), None);
        assert_eq!(filter.unfinished(b"passw"), None);
    }
}
