//! The line around a needle.

use super::engine::line_start;
use super::views::is_sign;
use std::ops::Range;

/// Bytes before a needle, and behind it, that decide what it means.
const NEAR: usize = 512;
const NEAR_BEHIND: usize = 8 * 1024;
/// Bytes in which signs of an encoding are looked for at a time.
const PIECE: usize = 512;

/// The line a needle is in, as far as readings look. Moves from needle to needle, and looks at no byte twice: a long line
/// may have many.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    start: usize,
    end: usize,
    /// It goes on behind `end`: what is too long to be looked at as a whole is left to whoever does.
    is_cut: bool,
    /// It begins before `start`.
    is_continued: bool,
    /// Bytes that are known to be on one line.
    joined: Range<usize>,
    /// Bytes that are known to be no signs of an encoding, and whether one follows.
    plain: Range<usize>,
    sign_follows: bool,
}

impl Surroundings {
    /// Those of the needle at `at`, which are found anew if it is not on the same line, or on a long one.
    pub(super) fn move_to(&mut self, text: &[u8], at: usize) {
        if (self.start..self.end).contains(&at) && !self.is_cut && !self.is_continued {
            return;
        }
        let (near, behind) = (at.saturating_sub(NEAR), text.len().min(at + NEAR_BEHIND));
        if !self.joined.contains(&at) || near < self.joined.start && self.is_continued {
            // Lines before this one must not count; of a long line no more than any reading looks back.
            let start = near + line_start(&text[near..], at - near);
            self.joined = start..at;
        }
        let unknown = self.joined.end.min(behind)..behind;
        let end = memchr::memchr(b'\n', &text[unknown.clone()]).map(|length| unknown.start + length);
        self.joined.end = self.joined.end.max(end.unwrap_or(behind));
        self.start = self.joined.start.max(near);
        self.end = end.unwrap_or(behind);
        self.is_cut = end.is_none() && behind == at + NEAR_BEHIND;
        self.is_continued = self.start == near && near > 0;
    }

    /// Where the line begins and ends, and whether it goes on behind that.
    pub(super) fn line(&self) -> (usize, usize, bool) {
        (self.start, self.end, self.is_cut)
    }

    /// Whether a view other than the text itself may show more of what begins at `from`.
    pub(super) fn may_be_encoded(&mut self, text: &[u8], from: usize) -> bool {
        let line = &text[..self.end];
        let end = line.strip_suffix(b"\r").unwrap_or(line).len();
        if from < self.plain.start || from > self.plain.end {
            (self.plain, self.sign_follows) = (from..from, false);
        }
        while !self.sign_follows && self.plain.end < end {
            // Piece by piece: of two searches one may find something near and the other look far.
            let rest = &text[self.plain.end..end.min(self.plain.end + PIECE)];
            let and = memchr::memchr(b'&', rest);
            let sign = memchr::memchr3(b'\\', b'%', b'\r', &rest[..and.unwrap_or(rest.len())]).or(and);
            let length = sign.unwrap_or(rest.len());
            self.plain.end += length;
            self.sign_follows = is_sign(&text[self.plain.end..]);
            // One that stands for itself is passed.
            self.plain.end += usize::from(sign.is_some() && !self.sign_follows);
        }
        self.sign_follows && self.plain.end < end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surroundings_are_the_same_wherever_they_come_from() {
        let mut random = 7u32;
        let mut below = |limit: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) % limit
        };
        for _ in 0..40 {
            let apart = below(12_000) + 8;
            let text: Vec<u8> = (0..30_000)
                .map(|_| match below(apart) {
                    0 => b'\n',
                    1 => b'\r',
                    2 => b'%',
                    3 => b'&',
                    _ => b'a',
                })
                .collect();
            let mut moved = Surroundings::default();
            let mut at = 0;
            while at < text.len() {
                let mut fresh = Surroundings::default();
                moved.move_to(&text, at);
                fresh.move_to(&text, at);
                assert_eq!((moved.end, moved.is_cut), (fresh.end, fresh.is_cut), "{at}");
                // Of a line that was begun at its beginning no part is left out.
                let whole = !moved.is_continued && moved.start == line_start(&text, at);
                assert!(moved.start == fresh.start || whole, "{at}: {} for {}", moved.start, fresh.start);
                let from = fresh.start.max(at.saturating_sub(below(20) as usize));
                let line = &text[from..fresh.end];
                let end = from + line.strip_suffix(b"\r").unwrap_or(line).len();
                let encoded = (from..end).any(|at| is_sign(&text[at..]));
                assert_eq!(moved.may_be_encoded(&text, from), encoded, "{at}");
                // A little back now and then, as needles are found.
                at = (at + below(900) as usize).saturating_sub(below(3) as usize * 8) + 1;
            }
        }
    }
}
