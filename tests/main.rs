//! The integration tests: one binary, one module per behaviour.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod harness;
mod ledger;
mod redact;
mod run;
mod tidy;
mod touch;
