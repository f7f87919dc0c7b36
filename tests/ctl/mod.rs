//! `ledgerctl`, run as people and scripts run it.

mod commands;
mod docs;
