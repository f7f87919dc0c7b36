//! Which four bytes of a keyword to look for. Shared with `build.rs`, which decides it for the embedded rules.

use std::collections::BTreeMap;

/// Shortest needle; anything shorter is everywhere.
pub(crate) const SHORTEST: usize = 3;
/// How far into a needle its marked bytes may be.
pub(crate) const OFFSET_MAX: usize = 15;
/// Sets in four bytes, the first of them the lowest, the bit that tells upper from lower case; other bytes are folded together
/// too, which does no harm. In the first also the bit that tells what is not ASCII, for before a needle of three bytes
/// there may be any.
pub(crate) const FOLD: u32 = u32::from_le_bytes([FOLD_FIRST, FOLD_BYTE, FOLD_BYTE, FOLD_BYTE]);
pub(crate) const FOLD_FIRST: u8 = 0xa0;
pub(crate) const FOLD_BYTE: u8 = 0x20;

/// What is known of how often text holds which four bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rarity {
    /// Pieces that text is full of, folded, with their place in the order of their frequency. Known at build time only:
    /// what is added later are values, which are rare by themselves.
    common: BTreeMap<u32, u32>,
}

impl From<&str> for Rarity {
    /// From the pieces that are common: four bytes a line, the most frequent first.
    fn from(pieces: &str) -> Self {
        let pieces = pieces.lines().filter_map(|piece| piece.as_bytes().try_into().ok().map(folded));
        Self { common: pieces.zip(0..).collect() }
    }
}

impl Rarity {
    /// The four bytes of a needle (of four bytes or more) that text has least often, folded, and where they are; of those
    /// that are as rare, those that are not `taken`.
    pub(crate) fn rarest(&self, text: &[u8], taken: impl Fn(u32) -> bool) -> (i8, u32) {
        let key = |window: &[u8]| folded([window[0], window[1], window[2], window[3]]);
        let windows = text.windows(4).take(OFFSET_MAX + 1).enumerate();
        let best = windows.max_by_key(|(offset, window)| {
            let place = self.common.get(&key(window)).copied().unwrap_or(u32::MAX);
            let rarity: u32 = window.iter().map(|&byte| u32::from(RARITY[usize::from(byte)])).sum();
            // Of equals the first.
            (place, !taken(key(window)), rarity, usize::MAX - offset)
        });
        let (offset, window) = best.unwrap_or((0, &[0; 4]));
        (i8::try_from(offset).unwrap_or(0), key(window))
    }
}

/// Four bytes as they are looked for.
const fn folded(piece: [u8; 4]) -> u32 {
    u32::from_le_bytes(piece) | FOLD
}

/// [`rarity`] of every byte.
const RARITY: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < u8::MAX {
        table[byte as usize] = rarity(byte);
        byte += 1;
    }
    table[u8::MAX as usize] = rarity(u8::MAX);
    table
};

/// How rare a byte is in prose, code and listings, roughly, in eighths of a bit.
const fn rarity(byte: u8) -> u8 {
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
pub(crate) fn without_delimiter(keyword: &[u8]) -> &[u8] {
    match keyword {
        [
            b'\n' | b'\t' | b' ' | b'"' | b'\'' | b'`' | b'=' | b':' | b'/' | b'(' | b'[' | b'>' | b','
            | b'|',
            rest @ ..,
        ] if rest.len() >= SHORTEST && rest[0].is_ascii_alphanumeric() => rest,
        _ => keyword,
    }
}
