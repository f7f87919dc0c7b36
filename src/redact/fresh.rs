//! Values found in a unit, which is searched for further copies of them.

use super::edit::Edited;
use super::engine::{RuleIndex, Span};

/// A value found in the unit itself, and from where on its copies are hidden.
#[derive(Debug)]
pub(super) struct Fresh {
    pub(super) value: Vec<u8>,
    pub(super) from: usize,
    pub(super) rule: RuleIndex,
}

/// Whether a value found in `raw` is there once more.
pub(super) fn has_copies(raw: &[u8], fresh: &[Fresh]) -> bool {
    fresh.iter().any(|value| {
        let rest = &raw[value.from.min(raw.len())..];
        rest.len() >= value.value.len() && memchr::memmem::find(rest, &value.value).is_some()
    })
}

/// Copies of values found earlier in the unit: hidden behind the place where they were found.
pub(super) fn copies(text: &[u8], edited: &Edited, fresh: &[Fresh], found: &mut Vec<Span>) {
    for value in fresh {
        let from = edited.position(value.from);
        if text.len() - from < value.value.len() {
            continue;
        }
        for at in memchr::memmem::find_iter(&text[from..], &value.value) {
            let (start, end) = (from + at, from + at + value.value.len());
            found.push(Span { anchor: start, start, end, rule: value.rule });
        }
    }
}
