//! What a command leaves behind: found, reported, and ended if asked.

use super::event::LeftBehind;
use crate::sys::process::{arguments, descendants, signal_tree};
use crate::sys::signal::Signal;
use crate::sys::wait::{has_children, reap_orphans};
use std::time::{Duration, Instant};

/// The descendants alive now, but for `spared`. Costs one system call when there is none.
pub fn survivors(spared: &[i32]) -> Vec<LeftBehind> {
    if cfg!(target_os = "linux") && !has_children() {
        return Vec::new();
    }
    descendants()
        .into_iter()
        .filter(|process| !spared.contains(&process.pid))
        .map(|process| LeftBehind { pid: process.pid, argv: arguments(process.pid) })
        .collect()
}

/// Kills all descendants but `spared`, again until none is left: one that forks meanwhile escapes a single pass.
pub fn kill_survivors(spared: &[i32]) {
    let patience = Instant::now() + Duration::from_secs(2);
    while signal_tree(Signal::KILL, spared) > 0 && Instant::now() < patience {
        reap_orphans(None);
        std::thread::yield_now();
    }
}
