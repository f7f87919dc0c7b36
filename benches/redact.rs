//! Throughput of redaction.
fn main() {}
