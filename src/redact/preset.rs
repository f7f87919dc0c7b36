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

/// One keyword of an embedded rule and where the prefilter marks it. It refers to the keyword by number instead of
/// holding it: a pointer would have to be relocated at every start.
#[derive(Debug)]
pub(super) struct PresetNeedle {
    /// Index of the rule.
    pub(super) rule: u16,
    /// Index of the keyword in the rule.
    pub(super) keyword: u16,
    /// Bytes of the keyword that only stand for "no letter or digit before".
    pub(super) skip: u8,
    /// Where the marked bytes are, after those.
    pub(super) offset: u8,
    /// Whether there is white space in it.
    pub(super) spaced: bool,
    /// The marked bytes, folded.
    pub(super) key: u32,
}

include!(concat!(env!("OUT_DIR"), "/presets.rs"));
