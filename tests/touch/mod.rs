//! Touched files, end to end: real commands, the kernel, and other tools as oracles.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]
#![expect(clippy::print_stderr, reason = "what was not run, and what was compared, is said there")]

mod acts;
mod exact;
mod guard;
mod harness;
mod oracle;
mod property;
mod snapshot;
mod strace;
mod tree;
