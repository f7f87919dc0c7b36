//! Sets of bytes, asked for every byte of a value several times.

/// A set of bytes as a bitmap: one look-up, where comparing one by one takes as many steps as the set has members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByteSet(pub(super) [u64; 4]);

impl ByteSet {
    /// The bytes of `members`.
    pub(super) const fn of(members: &[u8]) -> Self {
        let mut words = [0; 4];
        let mut at = 0;
        while at < members.len() {
            words[members[at] as usize >> 6] |= 1 << (members[at] & 63);
            at += 1;
        }
        Self(words)
    }

    /// ASCII letters, digits, and `members`.
    pub(super) const fn alphanumeric_and(members: &[u8]) -> Self {
        let Self(mut words) = Self::of(members);
        // Digits are 0x30 to 0x39; letters 0x41 to 0x5a and 0x61 to 0x7a.
        words[0] |= 0x3ff << 0x30;
        words[1] |= 0x07ff_fffe_07ff_fffe;
        Self(words)
    }

    /// The same and all bytes that are not ASCII.
    pub(super) const fn and_beyond_ascii(self) -> Self {
        let Self([first, second, ..]) = self;
        Self([first, second, u64::MAX, u64::MAX])
    }

    /// The bytes from `first` to `last`, both included.
    pub(super) fn range(first: u8, last: u8) -> Self {
        (first..=last).fold(Self::of(&[]), |set, byte| set.or(&Self::of(&[byte])))
    }

    /// What is in this set or in the other.
    pub(super) const fn or(&self, other: &Self) -> Self {
        let (one, two) = (&self.0, &other.0);
        Self([one[0] | two[0], one[1] | two[1], one[2] | two[2], one[3] | two[3]])
    }

    /// What is not in it.
    pub(super) const fn not(&self) -> Self {
        let [first, second, third, fourth] = self.0;
        Self([!first, !second, !third, !fourth])
    }

    /// How many bytes are in it.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether `byte` is in it.
    #[inline]
    pub(super) const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize >> 6] >> (byte & 63) & 1 == 1
    }

    /// How many bytes from the beginning of `text` on are in it.
    #[inline]
    pub(super) fn run(&self, text: &[u8]) -> usize {
        text.iter().position(|&byte| !self.has(byte)).unwrap_or(text.len())
    }

    /// How many bytes at the end of `text` are in it.
    #[inline]
    pub(super) fn run_at_end(&self, text: &[u8]) -> usize {
        text.len() - text.iter().rposition(|&byte| !self.has(byte)).map_or(0, |other| other + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_its_members_and_no_others() {
        let (set, wide) = (ByteSet::of(b"\0=~\xff"), ByteSet::alphanumeric_and(b"_@"));
        for byte in 0..=u8::MAX {
            assert_eq!(set.has(byte), b"\0=~\xff".contains(&byte), "{byte}");
            assert_eq!(wide.has(byte), byte.is_ascii_alphanumeric() || b"_@".contains(&byte), "{byte}");
        }
        assert_eq!((set.len(), set.not().len(), set.or(&wide).len()), (4, 252, 68));
        assert_eq!(ByteSet::range(b'a', b'c'), ByteSet::of(b"abc"));
        assert_eq!((wide.run(b"a_1 b"), wide.run(b"abc"), wide.run(b"")), (3, 3, 0));
        let at_end = |text| wide.run_at_end(text);
        assert_eq!((at_end(b"b a_1"), at_end(b"abc"), at_end(b"a "), at_end(b"")), (3, 3, 0, 0));
    }
}
