//! What `verify` has to say.

use crate::ledger::mirror::HeadRecord;
use serde::Serialize;
use std::fmt;

/// How a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BreakKind {
    /// Bytes differ from what was linked.
    Edited,
    /// Lines are missing.
    Deleted,
    /// Lines are there that were not.
    Inserted,
    /// Lines stand in another order.
    Reordered,
    /// The end is missing.
    Cut,
}

impl fmt::Display for BreakKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Edited => "edited",
            Self::Deleted => "deleted",
            Self::Inserted => "inserted",
            Self::Reordered => "reordered",
            Self::Cut => "cut",
        })
    }
}

/// One place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Break {
    /// What seems to have been done.
    pub kind: BreakKind,
    /// Name of the file.
    pub file: String,
    /// Its date.
    pub date: String,
    /// Offset of the first byte that cannot be trusted.
    pub offset: u64,
    /// Number of the line it is in, from 1.
    pub line: u64,
    /// Number in the chain of the line that shows it, if any.
    pub seq: Option<u64>,
    /// What was compared, in words.
    pub detail: String,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} line {} (byte {}): {}", self.kind, self.file, self.line, self.offset, self.detail)
    }
}

/// The state of one agent's chain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// The newest line.
    pub head: Option<HeadRecord>,
    /// Lines that carry a link.
    pub chained: u64,
    /// Lines that do not: other writers'.
    pub foreign: u64,
    /// How many day files there are.
    pub days: u64,
    /// Where it breaks, in order of files and offsets.
    pub breaks: Vec<Break>,
    /// What cannot be told, or is worth knowing.
    pub notes: Vec<String>,
}

impl VerifyReport {
    /// Whether every link holds and everything that was asked for is in the chain.
    pub fn is_intact(&self) -> bool {
        self.breaks.is_empty()
    }
}
