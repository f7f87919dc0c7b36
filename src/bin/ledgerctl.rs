//! `ledgerctl`: writes, validates, verifies, repairs and reads ledgers; see the library for everything.

fn main() -> std::process::ExitCode {
    ledger_run::ctl_main()
}
