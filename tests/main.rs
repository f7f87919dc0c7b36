//! The integration tests: one binary, one module per behaviour.

#[cfg(test)]
mod ledger;
mod redact;
