//! One module per rule set; the same names as the files of `presets/redact`.

use super::case::Case;

mod ci;
mod cloud;
mod vcs;

/// The examples of every rule of every set.
pub(super) fn all() -> Vec<Case> {
    let sets: [&[Case]; 3] = [ci::CASES, cloud::CASES, vcs::CASES];
    sets.concat()
}
