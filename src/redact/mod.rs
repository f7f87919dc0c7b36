//! Keeps secrets out of the record, and with `--mask` out of the live streams.
//!
//! One pass of a `prefilter` finds where keywords and known values begin; only lines that hold one are
//! examined. Rules of two kinds are tried there: expressions from rule files, compiled when first needed
//! (`rule`), and key-value pairs in every shape configuration is written in (`generic`). All spans are found on
//! the text as a terminal would show it (`screen`) and with a layer of encoding taken off (`views`), merged,
//! and replaced once by `[REDACTED:rule-id]`. `docs/redaction.md` has the guarantees.

mod allow;
mod argv;
#[cfg(test)]
mod assemble;
mod block;
mod byte_set;
mod edit;
mod engine;
mod excerpt;
mod expected;
mod fresh;
mod generic;
mod guard;
mod lead;
mod learned;
mod literals;
mod marker;
mod prefilter;
mod preset;
mod program;
#[cfg(test)]
mod program_tests;
mod rarity;
mod recorded;
mod redactor;
mod rescue;
mod rule;
mod rulefile;
mod scan;
mod schema;
mod screen;
mod signs;
mod stream;
mod surroundings;
mod table;
mod unit;
mod value;
mod views;

pub use excerpt::{Excerpt, Kept};
pub use recorded::RecordedStream;
pub use redactor::{Finding, Redactor, RedactorBuilder, RuleInfo, embedded_rules};
pub use rulefile::{RuleFileError, RuleFileReport, RuleProblem, check_rules};
pub use stream::StreamRedactor;
