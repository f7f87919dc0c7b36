//! Touched files, end to end: real commands, the kernel, and other tools as oracles.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail the test")]
#![expect(clippy::print_stderr, reason = "what was not run, and what was compared, is said there")]

mod acts;
#[cfg(target_arch = "x86_64")]
mod compat;
mod exact;
mod guard;
mod hang;
mod harness;
mod odd;
mod oracle;
mod property;
mod snapshot;
mod storm;
mod strace;
mod tree;
