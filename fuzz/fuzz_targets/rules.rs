//! A rule file is read or refused; what is read can be used.

#![no_main]

use ledger_run::redact::{Redactor, check_rules};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut builder = Redactor::builder();
    assert_eq!(check_rules(text).is_ok(), builder.rules_toml(text).is_ok());
    builder.build().text(text);
});
