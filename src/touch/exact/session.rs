//! What the exact backend gives [`crate::touch::session`].

pub use crate::touch::exact::armed::Armed;
pub use crate::touch::exact::recorder::Recorder;

use crate::sys::peer;
use crate::sys::stat::{FileState, state_of};
use crate::touch::choose::Facts;
use crate::touch::exact::blind::{Blind, BlindSpots};
use crate::touch::exact::resolve::is_absence;
use crate::touch::exact::self_test::verdict;
use crate::touch::exact::sweep::sweep;
use crate::touch::exact::trap::look;
use crate::touch::passes::Start;
use crate::touch::report::Coverage;
use crate::touch::spec::{TouchMode, TouchSpec};
use crate::touch::summary::Observations;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;
use std::time::Duration;

/// `CAP_SYS_ADMIN`'s number (capabilities(7), linux/capability.h).
const CAP_SYS_ADMIN: u32 = 21;

/// Paths worth a second thread when their final states are taken.
const PARALLEL_AT: usize = 4096;

/// What `/proc/self/status` says; nothing if it cannot be read.
pub fn status() -> String {
    peer::small_text("/proc/self/status")
}

/// What this process may do; unknown counts as forbidden.
pub fn facts(status: &str) -> Facts {
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let effective = field("CapEff:").and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or(0);
    Facts {
        privileged: effective & (1 << CAP_SYS_ADMIN) != 0,
        no_new_privs: field("NoNewPrivs:") == Some("1"),
    }
}

/// Whether it works here.
pub fn self_test(spec: &TouchSpec, status: &str, no_new_privs: bool) -> Result<(), String> {
    verdict(spec.state_dir.as_deref(), status, no_new_privs, spec.mode == TouchMode::Exact)
}

/// Ends the record: waits for the last descendant, compares, and looks again where something may have been missed.
pub fn close(
    recorder: &Arc<Recorder>,
    spec: &Arc<TouchSpec>,
    start: &Start,
    grace: Duration,
) -> (Observations, Coverage) {
    let ended = recorder.wait_for_the_end(grace);
    recorder.close();
    let left_out = recorder.trace.journal().left_out();
    let observations = recorder.trace.journal().close(|paths| states(paths, &recorder.trace.blind), &look);
    let mut gaps = recorder.trace.blind.phrases();
    let stood_in = recorder.stood_in();
    if stood_in > 0 {
        gaps.push(format!(
            "calls were let through unseen while the recorder was stopped or did not keep up ({stood_in})"
        ));
    }
    if left_out > 0 {
        gaps.push(format!("{left_out} calls touched more paths than are remembered"));
    }
    let mut coverage = Coverage::default();
    if spec.verify || !gaps.is_empty() {
        look_again(spec, start, &observations, gaps, &mut coverage);
    }
    if !ended {
        coverage.gaps.push("processes the command left behind may still change files".to_owned());
    }
    (observations, coverage)
}

/// An empty sweep answers for the roots what the trace could not see; the rest of the world stays a note.
fn look_again(
    spec: &Arc<TouchSpec>,
    start: &Start,
    seen: &Observations,
    gaps: Vec<String>,
    coverage: &mut Coverage,
) {
    let swept = sweep(spec, start, seen);
    coverage.verified = swept.gaps.is_empty() && swept.unattributed.is_empty();
    if coverage.verified {
        if !gaps.is_empty() {
            coverage.scope = spec.roots.iter().map(|root| root.as_os_str().as_bytes().to_vec()).collect();
        }
        coverage.notes.extend(gaps);
        return;
    }
    coverage.gaps.extend(gaps.into_iter().chain(swept.gaps));
    if !swept.unattributed.is_empty() {
        coverage.gaps.push("files changed during the run that the command was not seen to touch".to_owned());
    }
    coverage.unattributed = swept.unattributed;
}

/// The states of all `paths`, taken by two threads if there are many.
fn states(paths: &[&[u8]], blind: &BlindSpots) -> Vec<Option<FileState>> {
    let take = |paths: &[&[u8]]| paths.iter().map(|path| state(path, blind)).collect::<Vec<_>>();
    if paths.len() < PARALLEL_AT {
        return take(paths);
    }
    let (first, second) = paths.split_at(paths.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| take(second));
        let mut states = take(first);
        states.extend(other.join().unwrap_or_else(|_| take(second)));
        states
    })
}

/// What is at `path` in the end. Something the command has hidden from us is not nothing.
fn state(path: &[u8], blind: &BlindSpots) -> Option<FileState> {
    let name = CString::new(path).ok()?;
    state_of(&name)
        .inspect_err(|error| {
            if !is_absence(error) {
                blind.add(Blind::Hidden);
            }
        })
        .ok()
}
