//! `ledger-run <agent> -- <cmd>`: see the library for everything.

fn main() -> std::process::ExitCode {
    ledger_run::run_main()
}
