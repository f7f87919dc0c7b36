//! Command lines, exit codes and diagnostics. Nothing else writes to standard error.

pub mod diag;
pub mod run_args;
