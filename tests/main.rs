//! The integration tests: one binary, one module per behaviour.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a helper that fails is a test that fails; what is not run is said on standard error"
)]

mod ctl;
mod harness;
mod ledger;
mod redact;
mod run;
mod tidy;
mod touch;
