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
    /// In lower case.
    pub(super) keywords: &'static [&'static str],
    pub(super) allowlists: &'static [PresetAllowlist],
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
