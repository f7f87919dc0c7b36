//! Walking the chain over all days, and saying where and how it breaks.
//!
//! Each day's file is read once; links within it are checked as they come, links to other files afterwards. What is
//! kept in memory is one entry per unbroken stretch, not per line. Pure over [`Source`].

mod check;
mod diagnose;
mod report;
mod source;
mod walk;

pub use check::{Anchor, verify};
pub use report::{Break, BreakKind, VerifyReport};
pub use source::{DirSource, Source};

#[cfg(test)]
mod tests;
