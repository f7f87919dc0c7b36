//! The embedded rules: a table that `build.rs` makes from `presets/redact/*.toml`.

/// One embedded rule, as its preset file has it.
#[derive(Debug)]
pub(super) struct PresetRule {
    /// The set it belongs to: `cloud`, `vcs`, …
    pub(super) set: &'static str,
    pub(super) id: &'static str,
    pub(super) description: &'static str,
    /// The public document that gives the format.
    pub(super) source: &'static str,
    pub(super) regex: &'static str,
    pub(super) secret_group: usize,
    pub(super) entropy: f64,
    pub(super) keywords: &'static [PresetKeyword],
    pub(super) allowlists: &'static [PresetAllowlist],
}

/// One keyword of an embedded rule, ready for the prefilter.
#[derive(Debug)]
pub(super) struct PresetKeyword {
    /// In lower case.
    pub(super) text: &'static str,
    /// No letter or digit may stand before it.
    pub(super) bounded: bool,
    /// Where its rarest four bytes are.
    pub(super) offset: i8,
    /// Those bytes, folded.
    pub(super) key: u32,
}

/// One allowlist of an embedded rule.
#[derive(Debug)]
pub(super) struct PresetAllowlist {
    pub(super) all: bool,
    pub(super) target: &'static str,
    pub(super) regexes: &'static [&'static str],
    pub(super) stopwords: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/presets.rs"));
