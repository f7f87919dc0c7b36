//! The labelled corpus of the redaction rules.
//!
//! For every rule of `presets/redact` there is one [`case::Case`]: how its secrets look, and texts that only look
//! like them. Nothing here is a secret: a template such as `ghp_{a36}` names an alphabet and a length, and the token
//! is made at run time from a generator seeded with the rule's id, so that a failure repeats.

mod case;
mod checks;
mod engine;
mod generic;
mod reference;
mod sets;
mod template;

use std::collections::BTreeMap;
use std::ops::Range;

/// The texts of one rule: those with secrets, and where they are; those without.
pub(crate) struct Examples {
    pub(crate) rule: &'static str,
    pub(crate) positives: Vec<(String, Vec<Range<usize>>)>,
    pub(crate) near_misses: Vec<String>,
}

/// The examples of every rule.
pub(crate) fn examples() -> Vec<Examples> {
    let keywords: BTreeMap<String, Vec<String>> =
        reference::rules().into_iter().map(|rule| (rule.id, rule.keywords)).collect();
    let of = |case: case::Case| {
        let keywords = keywords.get(case.rule).map_or(&[][..], Vec::as_slice);
        Examples {
            rule: case.rule,
            positives: case.positives(keywords),
            near_misses: case.near_misses(keywords),
        }
    };
    sets::all().into_iter().map(of).collect()
}
