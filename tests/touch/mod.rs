//! Touched files, end to end: real commands, the kernel, and other tools as oracles.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]

mod acts;
mod exact;
mod guard;
mod harness;
mod oracle;
mod property;
mod strace;
mod tree;
