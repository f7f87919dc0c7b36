//! One module per rule set; the same names as the files of `presets/redact`.

use super::case::Case;

mod ai;
mod apps;
mod chat;
mod ci;
mod cloud;
mod commands;
mod database;
mod generic;
mod hosting;
mod http;
mod infra;
mod keys;
mod mail;
mod monitoring;
mod network;
mod payment;
mod registries;
mod services;
mod social;
mod vcs;

/// The examples of every rule of every set.
pub(super) fn all() -> Vec<Case> {
    let sets: [&[Case]; 20] = [
        ai::CASES,
        apps::CASES,
        chat::CASES,
        ci::CASES,
        cloud::CASES,
        commands::CASES,
        database::CASES,
        generic::CASES,
        hosting::CASES,
        http::CASES,
        infra::CASES,
        keys::CASES,
        mail::CASES,
        monitoring::CASES,
        network::CASES,
        payment::CASES,
        registries::CASES,
        services::CASES,
        social::CASES,
        vcs::CASES,
    ];
    sets.concat()
}
