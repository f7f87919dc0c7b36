//! `ledger-run` runs a command as if nothing were in front of it and leaves a record that can be trusted.
//!
//! This library is everything both binaries do. Its layers, left to right; a module imports only from groups to
//! its left (`tests/tidy` checks it, `docs/architecture.md` says why):
//!
//! ```text
//! base <- {sys, ledger, redact} <- {touch, supervise, config, query} <- {render, cli} <- {run, ctl} <- bin
//! ```
//!
//! - [`base`]: lossless text, time, identifiers, and every bound in one file; no input or output.
//! - [`sys`]: the operating system and all unsafe code.
//! - [`ledger`]: records, their encoding, the append protocol, the chain.
//! - [`redact`]: rules and literals that keep secrets out of the record; pure.
//! - [`touch`]: which files a run changed.
//! - [`supervise`]: the child, its streams and signals, and the pure lifecycle that knows every ending.
//! - [`config`]: from what was typed to what is to be done.
//! - [`query`]: questions over records; pure.
//! - [`render`]: records for people and programs.
//! - [`cli`]: command lines, exit codes, diagnostics.

pub mod base;
pub mod cli;
pub mod config;
pub mod ctl;
pub mod ledger;
pub mod query;
pub mod redact;
pub mod render;
mod run;
pub mod supervise;
pub mod sys;
pub mod touch;

pub use ctl::ctl_main;
pub use run::run_main;
