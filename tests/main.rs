//! The integration tests: one binary, one module per behaviour.

mod ledger;
mod redact;
mod tidy;
mod touch;
