//! The integration tests: one binary, one module per behaviour.

#[cfg(test)]
mod ctl;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod redact;
