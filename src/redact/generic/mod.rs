//! Secrets that only their surroundings give away: key and value in every shape.

pub(super) static IDS: &[&str] = &["private-key", "generic-secret"];
pub(super) const PRIVATE_KEY: u32 = 0;

pub(super) struct Stem {
    pub(super) text: &'static str,
}
pub(super) static STEMS: &[Stem] = &[];

pub(super) fn plausible(_text: &[u8], _at: usize, _length: usize, _stem: u16) -> bool {
    false
}
pub(super) fn find(
    _text: &[u8],
    _at: usize,
    _length: usize,
    _stem: u16,
    _found: &mut dyn FnMut(usize, usize, u32),
) {
}
pub(super) fn undecided(_text: &[u8], _at: usize, _length: usize, _stem: u16) -> Option<usize> {
    None
}
