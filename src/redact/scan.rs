//! Where needles begin in a text: the searching half of the [`Prefilter`].

use super::prefilter::{
    Entry, FACTOR, MARKS, Marks, NONE, Needle, Prefilter, SHORTEST, Target, around, mark,
};
use super::rarity::FOLD;
use crate::sys::simd::{GATHERED, Gather, Lanes, REACH};

impl Prefilter {
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
                self.compare(text, 0, None, u32::from_le_bytes([b'\n', a, b, c]), &mut found)
        {
            return start;
        }
        let mut at = from.saturating_sub(1);
        if let Some(gather) = Gather::detect()
            && let start @ Some(_) = self.scan_gathered(gather, text, (from, &mut at), &mut found)
        {
            return start;
        }
        let mut lanes = Lanes::detect();
        loop {
            let (block, hits) = match lanes {
                Some(lanes) => lanes.next_marked::<FOLD, FACTOR, MARKS>(&self.marks, text, at),
                None => next_marked(&self.marks, text, at),
            };
            at = block;
            if hits == 0 {
                // What is left is too short for lanes, or for blocks at all.
                match lanes.take() {
                    Some(_) => continue,
                    None => break,
                }
            }
            if let start @ Some(_) = self.compare_marked(text, from, (at, hits), &mut found) {
                return start;
            }
            at += 8;
        }
        while at + SHORTEST <= text.len() {
            let byte = |offset: usize| text.get(at + offset).copied().unwrap_or(b' ');
            let key = u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]);
            if test(&self.marks, key) & 1 == 1
                && let start @ Some(_) = self.compare(text, from, Some(at), key, &mut found)
            {
                return start;
            }
            at += 1;
        }
        None
    }

    /// Does the same for what is so long that it can be done for many positions at a time; sets `at` behind them.
    #[inline]
    fn scan_gathered(
        &self,
        gather: Gather,
        text: &[u8],
        (from, at): (usize, &mut usize),
        found: &mut impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        if text.len() < *at + GATHERED + REACH {
            return None;
        }
        let (mut marked, mut entries) = ([0; 2 * GATHERED], [0; GATHERED]);
        while let Some(count) = gather.mark::<FOLD, FACTOR, MARKS>(&self.marks, text, *at, &mut marked) {
            let key = |offset: u16| {
                text[*at + usize::from(offset)..]
                    .first_chunk()
                    .map_or(0, |key| u32::from_le_bytes(*key) | FOLD)
            };
            // Those that are needles most likely, picked out before any is compared: a branch would be guessed wrong too often.
            let mut likely = 0;
            for index in 0..count.min(GATHERED) {
                let offset = marked[index];
                let (is_likely, first) = self.first_entry(key(offset));
                (marked[likely], entries[likely]) = (offset, first);
                likely += usize::from(is_likely);
            }
            for (&offset, &first) in marked.iter().zip(&entries).take(likely) {
                let position = *at + usize::from(offset);
                if let start @ Some(_) = self.chain(text, from, Some(position), (key(offset), first), found) {
                    return start;
                }
            }
            *at += GATHERED;
        }
        None
    }

    /// Compares the needles at each marked position: those that `hits` has a bit for, the lowest for `at`.
    #[inline]
    fn compare_marked(
        &self,
        text: &[u8],
        from: usize,
        (at, mut hits): (usize, u32),
        found: &mut impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        while hits != 0 {
            let at = at + hits.trailing_zeros() as usize;
            hits &= hits - 1;
            if let Some(key) = text.get(at..).and_then(|rest| rest.first_chunk())
                && let key = u32::from_le_bytes(*key)
                && let start @ Some(_) = self.compare(text, from, Some(at), key, found)
            {
                return start;
            }
        }
        None
    }

    /// Compares the needles entered under the four bytes `key` at `at`; `None` is one before the beginning.
    #[inline]
    fn compare(
        &self,
        text: &[u8],
        from: usize,
        at: Option<usize>,
        key: u32,
        found: &mut impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        // Most marks are hit by bytes that no needle has.
        let (is_likely, first) = self.first_entry(key | FOLD);
        if is_likely { self.chain(text, from, at, (key | FOLD, first), found) } else { None }
    }

    /// The same from their first entry on.
    #[inline(never)]
    fn chain(
        &self,
        text: &[u8],
        from: usize,
        at: Option<usize>,
        (key, first): (u32, u32),
        found: &mut impl FnMut(usize, usize, Target) -> bool,
    ) -> Option<usize> {
        let (seen, _) = at.map_or((0, 0), |at| around(text, at));
        let same = |entry: &Entry| entry.key == key && (entry.around ^ seen) & entry.has == 0;
        let mut stops = |entry: &Entry| {
            let start = match (at, usize::try_from(entry.offset)) {
                (Some(at), Ok(offset)) => at.checked_sub(offset),
                (Some(at), Err(_)) => Some(at + 1),
                (None, Err(_)) => Some(0),
                (None, Ok(_)) => None,
            };
            let start = start.filter(|&start| start >= from)?;
            let (needle, wanted) = self.needle(entry.needle);
            (needle.is_at(wanted, text, start) && found(start, wanted.len(), needle.target)).then_some(start)
        };
        let mut next = first;
        // Those that were added lead to those of the table.
        while let Some(entry) = self.added_entry(next) {
            next = entry.next;
            if same(entry)
                && let stop @ Some(_) = stops(entry)
            {
                return stop;
            }
        }
        for entry in self.base.entries.get(next as usize..)? {
            if same(entry)
                && let stop @ Some(_) = stops(entry)
            {
                return stop;
            }
            if entry.next == NONE {
                break;
            }
        }
        None
    }

    /// Where the longest unfinished needle with white space in it begins at the end of `text`, if one does.
    /// Needles without white space cannot begin before the last word.
    pub(super) fn unfinished(&self, text: &[u8]) -> Option<usize> {
        let nearest = text.len().saturating_sub(self.longest_spaced.saturating_sub(1));
        // Needles of the table are in lower case, so that they are compared as they stand.
        let folded = text[nearest..].to_ascii_lowercase();
        (nearest..text.len()).find(|&start| {
            let (tail, folded) = (&text[start..], &folded[start - nearest..]);
            // Those of the table are sorted: those that begin like this stand beside each other.
            let before = |index: &u32| self.needle(*index).1 < folded;
            let alike = |index: &&u32| self.needle(**index).1.starts_with(folded);
            let base = &self.base.spaced[self.base.spaced.partition_point(before)..];
            let mut candidates = base.iter().take_while(alike).chain(&self.spaced);
            candidates.any(|&index| self.is_begun(index, tail))
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
    #[inline]
    fn is_at(&self, wanted: &[u8], text: &[u8], start: usize) -> bool {
        let Some(candidate) = text.get(start..start + wanted.len()) else { return false };
        // Most needles end otherwise than what stands here, and most of the others are written as they are listed.
        let last = |text: &[u8]| text.last().map(|byte| byte | 0x20);
        let same = last(candidate) == last(wanted)
            && (is_same(candidate, wanted) || !self.exact && candidate.eq_ignore_ascii_case(wanted));
        let glued = start > 0 && text[start - 1].is_ascii_alphanumeric();
        same && !(self.bounded && glued && !ends_escape(&text[..start]))
    }
}

/// Whether two texts of one length are the same. Most needles are short: a call would take longer than to compare them.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    /// The first bytes and the last, which overlap or meet if there are no more than twice as many.
    fn ends<const N: usize>(text: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        text.first_chunk().zip(text.last_chunk())
    }
    match one.len() {
        4..=8 => ends::<4>(one) == ends(other),
        9..=16 => ends::<8>(one) == ends(other),
        _ => one == other,
    }
}

/// Whether `text` ends with the letters or digits of an escape: `%3D`, `\n`, `\x3d`, `\u003d`.
fn ends_escape(text: &[u8]) -> bool {
    let at = |back: usize| text.len().checked_sub(back).map(|at| text[at]);
    at(3) == Some(b'%') || [2, 4, 6].iter().any(|&back| at(back) == Some(b'\\'))
}
/// What [`Lanes::next_marked`] does, for any processor.
fn next_marked(marks: &Marks, text: &[u8], at: usize) -> (usize, u32) {
    let mut at = at;
    // Eight positions in two words, so that there are few loads and one branch.
    while let Some(block) = text.get(at..at + 11)
        && let (Some(first), Some(last)) = (block.first_chunk(), block.last_chunk())
    {
        let pair = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        if (0..8).fold(0, |any, offset| any | test(marks, key_at(pair, offset))) & 1 == 1 {
            // As a mask, for a branch taken or not at each of the eight would be guessed wrong half the time.
            let bit = |offset: u32| u32::from(test(marks, key_at(pair, offset)) & 1 == 1) << offset;
            return (at, (0..8).fold(0, |hits, offset| hits | bit(offset)));
        }
        at += 8;
    }
    (at, 0)
}

#[inline]
fn test(marks: &Marks, key: u32) -> u64 {
    let mark = mark(key | FOLD);
    marks[mark as usize >> 6] >> (mark & 63)
}

/// The four bytes at `offset` of eleven, of which `pair` has the first eight and the last eight.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
fn key_at((first, last): (u64, u64), offset: u32) -> u32 {
    (if offset <= 4 { first >> (8 * offset) } else { last >> (8 * (offset - 3)) }) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

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
    fn lanes_see_what_single_positions_show() {
        let Some(lanes) = Lanes::detect() else { return };
        let mut random = 1u32;
        let mut text: Vec<u8> = Vec::new();
        text.resize_with(4096, || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 24) as u8
        });
        // Every twentieth bit, the first and the last.
        let mut marks = vec![0u64; MARKS];
        for bit in (0..MARKS * 64).step_by(20).chain([MARKS * 64 - 1]) {
            marks[bit / 64] |= 1 << (bit % 64);
        }
        let marks: Box<Marks> = marks.into_boxed_slice().try_into().unwrap();
        let key = |at: usize| u32::from_le_bytes(*text[at..].first_chunk().unwrap());
        let marked =
            |range: Range<usize>| range.filter(|&at| test(&marks, key(at)) & 1 == 1).collect::<Vec<_>>();
        for length in [0, 3, 15, 16, 17, 23, 24, 40, text.len()] {
            let text = &text[..length];
            let (mut at, mut seen) = (0, Vec::new());
            loop {
                let (block, hits) = lanes.next_marked::<FOLD, FACTOR, MARKS>(&marks, text, at);
                at = block;
                if hits == 0 {
                    break;
                }
                seen.extend((0..8).filter(|bit| hits >> bit & 1 == 1).map(|bit| at + bit));
                at += 8;
            }
            assert!(at + REACH > length && at <= length, "{at} of {length}");
            assert_eq!(seen, marked(0..at));
            assert!(length < 4096 || seen.len() > 100, "{}", seen.len());
        }
        let Some(gather) = Gather::detect() else { return };
        let last = text.len() - GATHERED - REACH;
        let mut positions = [0; 2 * GATHERED];
        for at in (0..last).step_by(33).chain([last]) {
            let count = gather.mark::<FOLD, FACTOR, MARKS>(&marks, &text, at, &mut positions).unwrap();
            let seen = positions[..count].iter().map(|&offset| at + usize::from(offset));
            assert_eq!(seen.collect::<Vec<_>>(), marked(at..at + GATHERED));
        }
        assert_eq!(gather.mark::<FOLD, FACTOR, MARKS>(&marks, &text, last + 1, &mut positions), None);
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

    #[test]
    fn a_needle_of_the_table_is_noticed_wherever_it_is_cut() {
        let filter = Prefilter::of(&crate::redact::preset::NEEDLES);
        for &index in filter.base.spaced {
            let (needle, text) = filter.needle(index);
            for cut in 1..text.len() {
                let head = &text[..cut];
                if !head.trim_ascii().is_empty() {
                    let shouted = head.to_ascii_uppercase();
                    let written = if needle.exact { head } else { &shouted };
                    assert_eq!(filter.unfinished(written), Some(0), "{}", String::from_utf8_lossy(head));
                }
            }
        }
    }
}
