//! The embedded rules: a table that `build.rs` makes from `presets/redact/*.toml`.
//!
//! Texts and lists are positions in longer ones, not pointers: a pointer for each would have to be relocated at every
//! start of the program, and there are thousands.

use super::guard::{Guard, Sign};
use super::lead::Lead;
use super::program::Program;
pub(super) use generated::{NEEDLES, PRESETS};

#[expect(clippy::unreadable_literal, reason = "written by build.rs, read by the compiler")]
mod generated {
    use super::super::byte_set::ByteSet;
    use super::super::guard::{Guard, Sign};
    use super::super::lead::Lead;
    use super::super::prefilter::{Entry, Lists, Needle, Table, Target};
    use super::super::program::{Op, Step};
    use super::{PresetAllowlist, PresetProgram, PresetRule, Text, Texts};

    include!(concat!(env!("OUT_DIR"), "/presets.rs"));
}

/// A stretch of the one long text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    at: u32,
    length: u32,
}

impl Text {
    pub(super) fn get(self) -> &'static str {
        &generated::TEXT[self.at as usize..][..self.length as usize]
    }
}

/// A stretch of the list of texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts {
    at: u32,
    length: u32,
}

impl Texts {
    pub(super) fn is_empty(self) -> bool {
        self.length == 0
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'static str> {
        generated::TEXTS[self.at as usize..][..self.length as usize].iter().map(|text| text.get())
    }
}

/// The program of a rule, in the table of all.
#[derive(Debug, Clone, Copy)]
pub(super) struct PresetProgram {
    at: u32,
    length: u16,
    first: u16,
    joins: u16,
}

impl PresetProgram {
    pub(super) fn get(self) -> Program<'static> {
        Program {
            steps: &generated::STEPS[self.at as usize..][..usize::from(self.length)],
            sets: generated::SETS,
            first: &generated::SETS[usize::from(self.first)],
            joins: usize::from(self.joins),
        }
    }
}

/// One embedded rule, as its preset file has it.
#[derive(Debug)]
pub(super) struct PresetRule {
    /// The set it belongs to: `cloud`, `vcs`, …
    pub(super) set: Text,
    pub(super) id: Text,
    pub(super) description: Text,
    /// The public document that gives the format.
    pub(super) source: Text,
    pub(super) regex: Text,
    pub(super) program: PresetProgram,
    /// Groups of the expression, the whole included.
    pub(super) groups: usize,
    pub(super) secret_group: usize,
    pub(super) entropy: f64,
    /// Where it is tried.
    pub(super) lead: Lead,
    /// What is in every match.
    pub(super) guard: Option<Guard>,
    pub(super) sign: Option<Sign>,
    /// In lower case, without the delimiters before them.
    pub(super) keywords: Texts,
    allowlists: (u32, u32),
}

impl PresetRule {
    pub(super) fn allowlists(&self) -> &'static [PresetAllowlist] {
        &generated::ALLOWLISTS[self.allowlists.0 as usize..][..self.allowlists.1 as usize]
    }
}

/// One allowlist of an embedded rule.
#[derive(Debug)]
pub(super) struct PresetAllowlist {
    pub(super) all: bool,
    pub(super) target: Text,
    pub(super) regexes: Texts,
    programs: (u32, u32),
    /// In lower case.
    pub(super) stopwords: Texts,
}

impl PresetAllowlist {
    /// The programs of its expressions.
    pub(super) fn programs(&self) -> impl Iterator<Item = Program<'static>> {
        generated::CHECKS[self.programs.0 as usize..][..self.programs.1 as usize]
            .iter()
            .map(|program| program.get())
    }
}
