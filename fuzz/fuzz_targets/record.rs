//! Any JSON value can be redacted, and stays redacted.

#![no_main]

use ledger_run::redact::Redactor;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else { return };
    let once = Redactor::default().record(value).into_inner();
    let twice = Redactor::default().record(once.clone()).into_inner();
    assert_eq!(once, twice);
});
