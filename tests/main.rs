//! The integration tests: one binary, one module per behaviour.

mod harness;
mod ledger;
mod redact;
mod run;
mod tidy;
mod touch;
