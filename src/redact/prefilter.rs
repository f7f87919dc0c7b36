//! The one pass over every byte: where does a keyword or a known value begin?
//!
//! Each needle leaves a mark in a bitmap, at a hash of its rarest four bytes with ASCII case folded. Scanning
//! (`scan`) tests one bit per position and has no dependency from one position to the next, so it runs at memory-like speed
//! for any number of needles; only where the bit is set are the needles with these four bytes compared. Unlike a
//! DFA it takes one more needle in no time, which matters to a program that starts for every command and learns
//! values while it runs.
//!
//! The needles of everything embedded are entered by `build.rs`, which compiles this file too and writes the result
//! down as a table; it is used in place, and copied only when a needle is added.

use super::rarity::{FOLD, FOLD_BYTE, FOLD_FIRST, Rarity, without_delimiter};
use std::ops::Deref;

pub(super) use super::rarity::SHORTEST;

/// How far behind a needle that [`Prefilter::scan`] finds later it may find another one sooner.
pub(super) const DISORDER_MAX: usize = super::rarity::OFFSET_MAX + 1;

/// Bits of a hash: so many that few of the marks are hit by chance, and no more than a cache holds.
const BITS: u32 = 20;
pub(super) const MARKS: usize = 1 << (BITS - 6);
/// Spreads keys over hashes (multiplicative hashing: Knuth, The Art of Computer Programming, 6.4). Of some hundred thousand
/// odd numbers the one by which fewest common pieces of text have the mark of a keyword's bytes, less than half as many as
/// by the golden ratio. With other keywords it is no worse than any.
pub(super) const FACTOR: u32 = 0xbf55_e225;
/// Slots of the table from four bytes to needles; a power of two, more than there are different keys.
const SLOTS: usize = 1 << 14;
/// So many needles under the same bytes are a crowd.
const CROWD: usize = 3;
pub(super) const NONE: u32 = u32::MAX;

/// One bit for each [`mark`] of four bytes that a needle has.
pub(super) type Marks = [u64; MARKS];
/// A bit for each [`tag`] of a slot's keys, and its first entry: most wrong candidates cost one look, however many needles
/// share the slot.
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
    /// The next entry with this slot's hash; in a table the next of all, or [`NONE`].
    pub(super) next: u32,
    /// Where in the needle the four bytes are; -1 if they begin one byte before it.
    pub(super) offset: i8,
    /// The needle's bytes before and behind the four, folded, as [`around`] puts them together, and which of them it has.
    /// Names that share a word (`…_token`) are told apart by them without a look at each.
    pub(super) around: u16,
    pub(super) has: u16,
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
            let taken = |key| if exact { self.slots[slot(key)].1 != NONE } else { self.is_crowded(key) };
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
            let (offset, key) = self.rarity.rarest(bare, |key| self.is_crowded(key));
            self.enter(key, index, offset);
            return true;
        }
        // Three bytes are found with the byte before them: any delimiter, or any byte at all. One of each four that are
        // folded together is enough. With digits go the bytes that end a character which is not ASCII; with letters only
        // some that end none.
        for before in (0..=u8::MAX).filter(|byte| byte | FOLD_FIRST == *byte) {
            if !(bounded && (before & 0x7f).is_ascii_alphabetic()) {
                self.enter(u32::from_le_bytes([before, a, b, c]), index, -1);
            }
        }
        true
    }

    /// Whether several needles have been entered under these bytes: each more is compared whenever they are seen.
    fn is_crowded(&self, key: u32) -> bool {
        let entries =
            std::iter::successors(self.entry(self.slots[slot(key)].1), |entry| self.entry(entry.next));
        entries.take(CROWD).count() == CROWD
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
        let text = self.needle(needle).1;
        let (around, has) = usize::try_from(offset).map_or((0, 0), |offset| around(text, offset));
        let mark = mark(key);
        self.marks.own()[mark as usize >> 6] |= 1 << (mark & 63);
        let index = number(self.base.entries.len() + self.entries.len());
        let slot = &mut self.slots.own()[slot(key)];
        self.entries.push(Entry { key, needle, next: slot.1, offset, around, has });
        *slot = (slot.0 | tag(key), index);
    }

    /// The first entry of four folded bytes, and whether a needle has them, which is all but certain then.
    #[inline]
    pub(super) fn first_entry(&self, key: u32) -> (bool, u32) {
        let (tags, entry) = self.slots[slot(key)];
        (tags & tag(key) != 0, entry)
    }

    fn entry(&self, index: u32) -> Option<&Entry> {
        self.base.entries.get(index as usize).or_else(|| self.added_entry(index))
    }

    /// An entry that is not in the table.
    #[inline]
    pub(super) fn added_entry(&self, index: u32) -> Option<&Entry> {
        self.entries.get((index as usize).checked_sub(self.base.entries.len())?)
    }

    /// The needle with this number, and its text.
    #[inline]
    pub(super) fn needle(&self, index: u32) -> (&Needle, &[u8]) {
        let index = index as usize;
        if let Some(needle) = self.base.needles.get(index) {
            return (needle, stretch(self.base.text, needle));
        }
        let needle = &self.needles[index - self.base.needles.len()];
        (needle, stretch(&self.text, needle))
    }
}

/// The text of a needle, in the text of all.
fn stretch<'a>(text: &'a [u8], needle: &Needle) -> &'a [u8] {
    &text[needle.at as usize..][..needle.length as usize]
}

/// Indices and lengths are far below 4 GiB.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(NONE)
}

/// The number of the mark of four folded bytes.
#[inline]
pub(super) fn mark(key: u32) -> u32 {
    key.wrapping_mul(FACTOR) >> (32 - BITS)
}

/// The bytes before and behind the four at `at`, folded, in one number; and which of them there are.
#[inline]
pub(super) fn around(text: &[u8], at: usize) -> (u16, u16) {
    let byte = |at: Option<usize>| {
        at.and_then(|at| text.get(at)).map_or((0, 0), |&byte| (byte | FOLD_BYTE, u8::MAX))
    };
    let (before, behind) = (byte(at.checked_sub(1)), byte(Some(at + 4)));
    (u16::from_le_bytes([before.0, behind.0]), u16::from_le_bytes([before.1, behind.1]))
}

/// Their slot.
#[inline]
fn slot(key: u32) -> usize {
    (key.wrapping_mul(FACTOR) >> (32 - SLOTS.ilog2())) as usize
}

/// The bit by which a key is told from most others of its slot; by another factor (of MurmurHash3's last step), for the
/// bits of the first that are left say little.
#[inline]
fn tag(key: u32) -> u32 {
    1 << (key.wrapping_mul(0x85eb_ca6b) >> 27)
}
