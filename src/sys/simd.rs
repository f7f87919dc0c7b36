//! Tests many positions of a text at once, where the processor can: x86-64 with AVX2.
//!
//! The one part of the system that the redactor asks: the instructions are unsafe to call, so they are here.

/// Proof that the processor has the instructions.
#[derive(Debug, Clone, Copy)]
pub struct Lanes(());

impl Lanes {
    /// Looks whether it has.
    #[inline]
    pub fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("bmi2") {
            return Some(Self(()));
        }
        None
    }

    /// Goes on from `at` to the next eight positions of `text` of which one is marked. Returns where they begin, and a bit
    /// for each that is marked, the lowest for the first; no bit if only positions are left that have fewer than
    /// [`REACH`] bytes from the first of their eight.
    ///
    /// A position is marked if in `marks` that bit is set whose number is the hash of its four bytes, little-endian and
    /// or-ed with `FOLD`: the upper bits of their product with `FACTOR`, as many as `marks` needs.
    #[inline]
    pub fn next_marked<const FOLD: u32, const FACTOR: u32, const N: usize>(
        self,
        marks: &[u64; N],
        text: &[u8],
        at: usize,
    ) -> (usize, u32) {
        #[cfg(target_arch = "x86_64")]
        {
            // SAFETY: a `Lanes` is made only where there are AVX2 and BMI2.
            unsafe { x86::next_marked::<FOLD, FACTOR, N>(marks, text, at) }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = (marks, text);
            (at, 0)
        }
    }
}

/// Proof that the processor gathers words of memory at least as fast as it loads them one by one.
#[derive(Debug, Clone, Copy)]
pub struct Gather(());

impl Gather {
    /// Looks whether it does: AVX-VNNI for 256 bits came with the first processors of Intel that need no defence against
    /// Gather Data Sampling (INTEL-SA-00828), which made gathering many times slower in older ones. AMD's before Zen 5,
    /// which gather slowly, do not have it either.
    #[inline]
    pub fn detect() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if Lanes::detect().is_some()
            && std::is_x86_feature_detected!("avxvnni")
            && std::is_x86_feature_detected!("bmi1")
            && std::is_x86_feature_detected!("popcnt")
        {
            return Some(Self(()));
        }
        None
    }

    /// Writes down which of the [`GATHERED`] positions of `text` from `at` on are marked as [`Lanes::next_marked`] says,
    /// counted from `at`, and returns how many they are; what is behind them in `marked` means nothing. `None` if `text`
    /// ends less than [`REACH`] bytes behind the last of the positions.
    #[inline]
    pub fn mark<const FOLD: u32, const FACTOR: u32, const N: usize>(
        self,
        marks: &[u64; N],
        text: &[u8],
        at: usize,
        marked: &mut Marked,
    ) -> Option<usize> {
        let block = text.get(at..)?.first_chunk()?;
        #[cfg(target_arch = "x86_64")]
        {
            // SAFETY: a `Gather` is made only where there are AVX2, BMI1, BMI2 and POPCNT.
            Some(unsafe { x86::gathered::<FOLD, FACTOR, N>(marks, block, marked) })
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _: (_, &[u8; GATHERED + REACH], _) = (marks, block, marked);
            None
        }
    }
}

/// Marked positions.
pub type Marked = [u16; 2 * GATHERED];

/// Whether `is` holds for a byte of `text`. All of them are asked.
#[inline]
pub fn any(text: &[u8], is: impl Fn(u8) -> bool) -> bool {
    #[cfg(target_arch = "x86_64")]
    if Lanes::detect().is_some() {
        // SAFETY: there is AVX2.
        return unsafe { x86::any(text, is) };
    }
    any_of(text, is)
}

/// Without an early exit this loop becomes vector instructions.
#[expect(clippy::inline_always, reason = "which instructions is up to the function it is inlined in")]
#[inline(always)]
fn any_of(text: &[u8], is: impl Fn(u8) -> bool) -> bool {
    text.iter().fold(0u8, |any, &byte| any | u8::from(is(byte))) != 0
}

/// Bytes read for eight positions.
pub const REACH: usize = 16;
/// Positions looked at before any of them is told: with no branch among them, one look does not wait for another.
pub const GATHERED: usize = 256;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{GATHERED, Marked, REACH};
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_cvtsi32_si128, _mm256_andnot_si256, _mm256_broadcastsi128_si256,
        _mm256_castsi256_ps, _mm256_i32gather_epi32, _mm256_movemask_ps, _mm256_mullo_epi32, _mm256_or_si256,
        _mm256_set1_epi32, _mm256_setr_epi8, _mm256_shuffle_epi8, _mm256_sllv_epi32, _mm256_srl_epi32,
        _mm256_srli_epi32,
    };

    #[target_feature(enable = "avx2,bmi2")]
    pub(super) fn next_marked<const FOLD: u32, const FACTOR: u32, const N: usize>(
        marks: &[u64; N],
        text: &[u8],
        at: usize,
    ) -> (usize, u32) {
        let mut at = at;
        while let Some(block) = text.get(at..at + REACH).and_then(|block| block.first_chunk()) {
            // Gathering the words in one instruction is slower on most processors.
            let hashes = hashes::<FOLD, FACTOR, N>(block);
            // To take each hash out of its vector is what costs most here, so two are taken at a time.
            // SAFETY: both are 256 bits, and any bits are integers.
            let hashes = unsafe { std::mem::transmute::<__m256i, [u64; 4]>(hashes) };
            if (0..8).fold(0, |any, lane| any | word(marks, hash(hashes, lane))) & 1 == 1 {
                let bit = |lane: usize| u32::from(word(marks, hash(hashes, lane)) & 1 == 1) << lane;
                return (at, (0..8).fold(0, |hits, lane| hits | bit(lane)));
            }
            at += 8;
        }
        (at, 0)
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    #[expect(clippy::cast_possible_truncation, reason = "positions are below 65,536")]
    pub(super) fn gathered<const FOLD: u32, const FACTOR: u32, const N: usize>(
        marks: &[u64; N],
        block: &[u8; GATHERED + REACH],
        marked: &mut Marked,
    ) -> usize {
        let mut count = 0;
        for at in (0..GATHERED).step_by(64) {
            let mut hits = 0u64;
            for eight in (0..64).step_by(8) {
                let text =
                    block[at + eight..].first_chunk().expect("the block reaches behind its last positions");
                hits |= u64::from(eight_gathered(marks, hashes::<FOLD, FACTOR, N>(text))) << eight;
            }
            // Four are written whether there are as many or not, for a branch would be guessed wrong too often.
            let mut next = count;
            count += hits.count_ones() as usize;
            loop {
                for _ in 0..4 {
                    marked[next % (2 * GATHERED)] = at as u16 + hits.trailing_zeros() as u16;
                    hits &= hits.wrapping_sub(1);
                    next += 1;
                }
                if next >= count {
                    break;
                }
            }
        }
        count
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn any(text: &[u8], is: impl Fn(u8) -> bool) -> bool {
        super::any_of(text, is)
    }

    /// The bit with the number `hash`, and others above it.
    #[target_feature(enable = "avx2,bmi2")]
    #[inline]
    fn word<const N: usize>(marks: &[u64; N], hash: u32) -> u64 {
        // SAFETY: a hash has as many bits as it takes to number the bits of `marks`, so the word is one of its.
        unsafe { marks.get_unchecked((hash >> 6) as usize) >> (hash & 63) }
    }

    /// One of eight hashes.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "one half is what is wanted")]
    fn hash(hashes: [u64; 4], lane: usize) -> u32 {
        (hashes[lane / 2] >> (lane % 2 * 32)) as u32
    }

    /// The bits of `marks` with these eight numbers, the lowest for the first.
    #[target_feature(enable = "avx2,bmi2")]
    #[inline]
    fn eight_gathered<const N: usize>(marks: &[u64; N], hashes: __m256i) -> u32 {
        let words = _mm256_srli_epi32::<5>(hashes);
        // SAFETY: a hash has as many bits as it takes to number the bits of `marks`, so each half word is one of its; this
        // processor puts the lower half of a word first.
        let words = unsafe { _mm256_i32gather_epi32::<4>(marks.as_ptr().cast(), words) };
        // Shifted to the top, from where they are taken.
        let tops = _mm256_sllv_epi32(words, _mm256_andnot_si256(hashes, _mm256_set1_epi32(31)));
        _mm256_movemask_ps(_mm256_castsi256_ps(tops)).cast_unsigned()
    }

    /// The hashes of the first eight positions.
    #[target_feature(enable = "avx2,bmi2")]
    #[inline]
    fn hashes<const FOLD: u32, const FACTOR: u32, const N: usize>(text: &[u8; REACH]) -> __m256i {
        let numbers = const {
            assert!(
                N.is_power_of_two() && N.ilog2() < 26,
                "the number of a bit has at most 31 bits, that of a half word 26"
            );
            N.ilog2() + 6
        };
        // SAFETY: both are 128 bits, and any bits are integers.
        let text = unsafe { std::mem::transmute::<[u8; REACH], __m128i>(*text) };
        let windows = _mm256_setr_epi8(
            0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10,
        );
        let keys = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(text), windows);
        let keys = _mm256_or_si256(keys, _mm256_set1_epi32(FOLD.cast_signed()));
        let product = _mm256_mullo_epi32(keys, _mm256_set1_epi32(FACTOR.cast_signed()));
        _mm256_srl_epi32(product, _mm_cvtsi32_si128((32 - numbers).cast_signed()))
    }
}
