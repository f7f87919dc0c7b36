//! One module per rule set; the same names as the files of `presets/redact`.

use super::case::Case;

mod ai;
mod chat;
mod ci;
mod cloud;
mod database;
mod http;
mod keys;
mod mail;
mod payment;
mod registries;
mod vcs;

/// The examples of every rule of every set.
pub(super) fn all() -> Vec<Case> {
    let sets: [&[Case]; 11] = [
        ai::CASES,
        chat::CASES,
        ci::CASES,
        cloud::CASES,
        database::CASES,
        http::CASES,
        keys::CASES,
        mail::CASES,
        payment::CASES,
        registries::CASES,
        vcs::CASES,
    ];
    sets.concat()
}
