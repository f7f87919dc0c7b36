//! `ledger-run` in front of real commands, beside the bare command and GNU timeout.

mod context;
mod exit_status;
mod log;
mod mask;
mod options;
mod pty;
mod pty_jobs;
mod pty_record;
mod pty_screen;
mod real;
mod record;
mod signals;
mod streams;
mod timeout;
