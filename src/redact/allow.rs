//! What a rule must not hide though its expression matches: allowlists, in the terms of gitleaks.

use super::preset::PresetAllowlist;
use super::program::Room;
use super::rule::{BadRegex, compile};
use regex_automata::meta::Regex;

/// An allowlist of a rule file.
#[derive(Debug, Clone, Default)]
pub(super) struct UserAllowlist {
    /// Every criterion has to hold, not just one.
    pub(super) all: bool,
    pub(super) target: AllowTarget,
    pub(super) regexes: Vec<String>,
    pub(super) stopwords: Vec<String>,
}

/// What an allowlist's expressions look at.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum AllowTarget {
    #[default]
    Secret,
    Match,
    Line,
}

/// An allowlist of a rule file with its expressions compiled.
#[derive(Debug)]
pub(super) struct Allowlist {
    all: bool,
    target: AllowTarget,
    regexes: Vec<Regex>,
    /// In lower case.
    stopwords: Vec<String>,
}

/// What a rule has found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) line: &'a [u8],
    /// The match.
    pub(super) whole: &'a [u8],
    pub(super) secret: &'a [u8],
}

impl AllowTarget {
    /// The gitleaks name: `match`, `line`, else the secret.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "match" => Self::Match,
            "line" => Self::Line,
            _ => Self::Secret,
        }
    }
}

impl Found<'_> {
    fn target(&self, target: AllowTarget) -> &[u8] {
        match target {
            AllowTarget::Secret => self.secret,
            AllowTarget::Match => self.whole,
            AllowTarget::Line => self.line,
        }
    }

    fn has_stopword<'s>(&self, mut words: impl Iterator<Item = &'s str>) -> bool {
        let secret = self.secret.to_ascii_lowercase();
        words.any(|word| memchr::memmem::find(&secret, word.as_bytes()).is_some())
    }
}

impl Allowlist {
    pub(super) fn compile(list: &UserAllowlist) -> Result<Self, BadRegex> {
        Ok(Self {
            all: list.all,
            target: list.target,
            regexes: list.regexes.iter().map(|regex| compile(regex)).collect::<Result<_, _>>()?,
            stopwords: list.stopwords.iter().map(|word| word.to_lowercase()).collect(),
        })
    }

    pub(super) fn allows(&self, found: &Found<'_>) -> bool {
        let target = found.target(self.target);
        let listed = || self.regexes.iter().any(|regex| regex.is_match(target));
        let stopped = || found.has_stopword(self.stopwords.iter().map(String::as_str));
        holds(self.all && !self.regexes.is_empty() && !self.stopwords.is_empty(), listed, stopped)
    }
}

impl PresetAllowlist {
    pub(super) fn allows(&self, found: &Found<'_>, room: &mut Room) -> bool {
        let target = found.target(AllowTarget::named(self.target.get()));
        let listed = || self.programs().any(|program| program.is_match(target, room));
        let stopped = || found.has_stopword(self.stopwords.iter());
        holds(self.all && !self.regexes.is_empty() && !self.stopwords.is_empty(), listed, stopped)
    }
}

fn holds(both: bool, listed: impl FnOnce() -> bool, stopped: impl FnOnce() -> bool) -> bool {
    if both { listed() && stopped() } else { listed() || stopped() }
}
