//! `ledger-run <agent> -- <cmd>`: see the library for everything.
#![cfg_attr(all(target_os = "linux", target_env = "gnu"), no_main)]

ledger_run::main!(ledger_run::run_main);
