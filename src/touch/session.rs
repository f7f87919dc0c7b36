//! One run's watch, from before the fork to the report.

use crate::ledger::record::TouchMethod;
use crate::touch::choose::{Choice, Facts, choose};
use crate::touch::passes::{Passes, Start};
use crate::touch::report::{TouchReport, keep_interesting, write};
use crate::touch::spec::TouchSpec;
use crate::touch::summary::{Observations, summarize};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Runs in the child between fork and exec.
pub type ChildHook = Box<dyn FnMut() -> io::Result<()> + Send + Sync>;

/// Everything is ready and the command not yet started.
#[derive(Debug)]
pub struct Prepared {
    spec: Arc<TouchSpec>,
    start: Start,
    plan: Plan,
}

#[derive(Debug)]
enum Plan {
    Off,
    Snapshot { reason: Option<String> },
}

/// Chooses the backend and gets it ready. To be called while the process has one thread: the exact backend forks its
/// guard here.
pub fn prepare(spec: TouchSpec) -> Prepared {
    let facts = Facts { privileged: false, no_new_privs: false };
    let plan = match choose(spec.mode, &facts, |_| Err("it needs Linux".to_owned())) {
        Choice::Off => Plan::Off,
        Choice::Snapshot(reason) => Plan::Snapshot { reason },
        Choice::Exact { .. } => Plan::Snapshot { reason: None },
    };
    Prepared { spec: Arc::new(spec), start: Start::now(), plan }
}

impl Prepared {
    /// What the child has to do between fork and exec, after everything else it does there; `None` if nothing. It
    /// makes only async-signal-safe calls and never fails. To be asked for immediately before the fork.
    pub fn child_hook(&mut self) -> Option<ChildHook> {
        self.start = Start::now();
        None
    }

    /// Sets the watch going; `child_pid` is the command.
    pub fn spawned(self, _child_pid: i32) -> Running {
        let state = match self.plan {
            Plan::Off => State::Off,
            Plan::Snapshot { reason } => {
                State::Snapshot { reason, passes: Passes::begin(Arc::clone(&self.spec), self.start) }
            }
        };
        Running { spec: self.spec, state }
    }
}

/// The command runs.
#[derive(Debug)]
pub struct Running {
    spec: Arc<TouchSpec>,
    state: State,
}

#[derive(Debug)]
enum State {
    Off,
    Snapshot { reason: Option<String>, passes: Passes },
}

impl Running {
    /// Sums up, once the command has been waited for. `grace` is how long descendants it left behind may take to end;
    /// it ends early when they have.
    pub fn finish(self, _grace: Duration) -> TouchReport {
        match self.state {
            State::Off => TouchReport::off("asked for"),
            State::Snapshot { reason, passes } => {
                let (observations, mut coverage) = passes.finish();
                coverage.notes.extend(reason);
                sum_up(&self.spec, TouchMethod::Snapshot, observations, coverage)
            }
        }
    }
}

fn sum_up(
    spec: &TouchSpec,
    method: TouchMethod,
    mut observations: Observations,
    coverage: crate::touch::report::Coverage,
) -> TouchReport {
    keep_interesting(spec, &mut observations);
    write(spec, method, &summarize(observations), coverage)
}
