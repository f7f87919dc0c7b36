//! The integration tests: one binary, one module per behaviour.

mod ledger;
mod redact;
mod touch;
