//! Watches which files the command touches, from before its start to the report.

use super::git;
use crate::config::resolve::RunSpec;
use crate::config::values::TouchChoice;
use crate::ledger::record::ScopeData;
use crate::sys::spawn::ChildHook;
use crate::touch::scope::{ScopeVerdict, evaluate};
use crate::touch::{PathGlobs, Prepared, Running, TouchMode, TouchReport, TouchSpec, prepare};
use std::path::PathBuf;
use std::time::Duration;

/// How long descendants the command left behind may take to end before the report is closed without them.
const GRACE: Duration = Duration::from_millis(10);

/// Exit status of a command that ended well and touched what it had promised not to.
pub(super) const EXIT_OUT_OF_SCOPE: u8 = 123;

/// The watch of one run.
pub(super) struct Watch {
    state: State,
}

enum State {
    Ready(Box<Prepared>),
    Running(Box<Running>),
    Off(&'static str),
}

impl Watch {
    /// Chooses the way to look. Must be called while there is one thread.
    pub(super) fn prepare(spec: &RunSpec, troubles: &mut Vec<String>) -> Self {
        let Some(cwd) = spec.cwd.clone() else {
            return Self { state: State::Off("the working directory cannot be read") };
        };
        let ignore = PathGlobs::anywhere(&spec.touch.ignore).unwrap_or_else(|error| {
            troubles.push(format!("touch_ignore: {error}; nothing is ignored"));
            PathGlobs::default()
        });
        let tree = git::work_tree(&cwd).unwrap_or_else(|| cwd.clone());
        let roots = [tree].into_iter().chain(spec.touch.watch.iter().map(|dir| cwd.join(dir))).collect();
        let prepared = prepare(TouchSpec {
            roots,
            ignore,
            exclude: own_files(spec),
            verify: spec.touch.verify,
            state_dir: Some(spec.state_dir.clone()),
            ..TouchSpec::new(mode(spec.touch.mode), cwd)
        });
        Self { state: State::Ready(Box::new(prepared)) }
    }

    /// What the child does before exec, and which process of ours is none of the command's.
    pub(super) fn arm(&mut self) -> (Option<ChildHook>, Vec<i32>) {
        match &mut self.state {
            State::Ready(prepared) => {
                let guard = prepared.guard_pid().into_iter().collect();
                (prepared.child_hook(), guard)
            }
            State::Running(_) | State::Off(_) => (None, Vec::new()),
        }
    }

    /// The command runs.
    pub(super) fn started(&mut self, pid: i32) {
        self.state = match std::mem::replace(&mut self.state, State::Off("the command was never started")) {
            State::Ready(prepared) => State::Running(Box::new(prepared.spawned(pid))),
            other => other,
        };
    }

    /// The command has ended.
    pub(super) fn finish(self) -> TouchReport {
        match self.state {
            State::Running(running) => running.finish(GRACE),
            State::Ready(_) => TouchReport::off("the command was never started"),
            State::Off(reason) => TouchReport::off(reason),
        }
    }
}

/// Whether the run kept its promise, if it made one.
pub(super) fn scope(spec: &RunSpec, report: &TouchReport) -> Option<ScopeData> {
    if spec.touch.expect.is_empty() {
        return None;
    }
    // The command line was checked for it.
    let promise = PathGlobs::anchored(&spec.touch.expect).ok()?;
    let expected = spec.touch.expect.clone();
    Some(match evaluate(&promise, report) {
        ScopeVerdict::Pass => {
            ScopeData { expected, verdict: "pass".to_owned(), outside: vec![], reason: None }
        }
        ScopeVerdict::Fail(outside) => {
            ScopeData { expected, verdict: "fail".to_owned(), outside, reason: None }
        }
        ScopeVerdict::Unverified(reason) => {
            ScopeData { expected, verdict: "unverified".to_owned(), outside: vec![], reason: Some(reason) }
        }
    })
}

fn mode(choice: TouchChoice) -> TouchMode {
    match choice {
        TouchChoice::Auto => TouchMode::Auto,
        TouchChoice::Exact => TouchMode::Exact,
        TouchChoice::Snapshot => TouchMode::Snapshot,
        TouchChoice::Off => TouchMode::Off,
    }
}

/// The ledger itself is not a file touched.
fn own_files(spec: &RunSpec) -> Vec<PathBuf> {
    let agent = spec.agent.as_str();
    vec![
        spec.root.join("g/ledger"),
        spec.root.join("agents").join(agent),
        spec.root.join("memory").join(agent),
        spec.state_dir.clone(),
    ]
}
