//! One run's watch, from before the fork to the report.

use crate::ledger::record::TouchMethod;
use crate::touch::choose::{Choice, choose};
use crate::touch::passes::{Passes, Start};
use crate::touch::report::{Coverage, TouchReport, keep_interesting, write};
use crate::touch::spec::{TouchMode, TouchSpec};
use crate::touch::summary::{Observations, summarize};
use std::io;
use std::sync::Arc;
use std::time::Duration;

#[cfg(not(target_os = "linux"))]
use self::elsewhere as platform;
#[cfg(target_os = "linux")]
use crate::touch::exact::session as platform;

/// Runs in the child between fork and exec.
pub type ChildHook = Box<dyn FnMut() -> io::Result<()> + Send + Sync>;

/// Everything is ready and the command not yet started.
#[derive(Debug)]
pub struct Prepared {
    spec: Arc<TouchSpec>,
    /// Known from the moment before the fork.
    start: Option<Start>,
    plan: Plan,
}

#[derive(Debug)]
enum Plan {
    Off,
    Snapshot { reason: Option<String> },
    Exact(Box<platform::Armed>),
}

/// Chooses the backend and gets it ready. To be called while the process has one thread: the exact backend forks its
/// guard here. It never fails; what cannot be had is said in the report.
pub fn prepare(spec: TouchSpec) -> Prepared {
    // Asking the kernel takes longer than all else that is to do then.
    let plan = if spec.mode == TouchMode::Off { Plan::Off } else { plan(&spec) };
    Prepared { spec: Arc::new(spec), start: None, plan }
}

fn plan(spec: &TouchSpec) -> Plan {
    let status = platform::status();
    let test = |no_new_privs| platform::self_test(spec, &status, no_new_privs);
    match choose(spec.mode, &platform::facts(&status), test) {
        Choice::Off => Plan::Off,
        Choice::Snapshot(reason) => Plan::Snapshot { reason },
        Choice::Exact { set_no_new_privs } => match platform::Armed::new(set_no_new_privs, &status) {
            Ok(armed) => Plan::Exact(Box::new(armed)),
            Err(error) => Plan::Snapshot { reason: Some(format!("exact recording failed: {error}")) },
        },
    }
}

impl Prepared {
    /// What the child has to do between fork and exec, after everything else it does there; `None` if nothing. It
    /// makes only async-signal-safe calls and never fails. To be asked for immediately before the fork.
    pub fn child_hook(&mut self) -> Option<ChildHook> {
        match &self.plan {
            Plan::Off => None,
            Plan::Snapshot { .. } => {
                self.start = Some(Start::now());
                None
            }
            Plan::Exact(armed) => {
                self.start = Some(Start::now());
                Some(armed.child_hook())
            }
        }
    }

    /// Process id of the guard, if there is one: a descendant of ours that is none of the command's. `wait` without
    /// `__WALL` does not see it; it must not be killed with what the command leaves behind.
    pub fn guard_pid(&self) -> Option<i32> {
        match &self.plan {
            Plan::Exact(armed) => Some(armed.guard()),
            Plan::Off | Plan::Snapshot { .. } => None,
        }
    }

    /// Sets the watch going, once the command `child_pid` has been started; not to be called if it could not be.
    pub fn spawned(self, _child_pid: i32) -> Running {
        // Whoever has not asked for the hook gets a later start, and with it more doubts.
        let start = self.start.unwrap_or_else(Start::now);
        let snapshot = |reason| {
            let passes = Passes::begin(Arc::clone(&self.spec), start);
            State::Snapshot { reason, passes }
        };
        let state = match self.plan {
            Plan::Off => State::Off,
            Plan::Snapshot { reason } => snapshot(reason),
            Plan::Exact(armed) => match armed.start() {
                Ok(recorder) => State::Exact(recorder),
                Err(why) => snapshot(Some(format!("exact recording failed: {why}"))),
            },
        };
        Running { spec: self.spec, start, state }
    }
}

/// The command runs.
#[derive(Debug)]
pub struct Running {
    spec: Arc<TouchSpec>,
    start: Start,
    state: State,
}

#[derive(Debug)]
enum State {
    Off,
    Snapshot { reason: Option<String>, passes: Passes },
    Exact(Arc<platform::Recorder>),
}

impl Running {
    /// Sums up, once the command has been waited for. `grace` is how long descendants it left behind may take to end;
    /// it ends early when they have. What they do later is not recorded, and goes on working.
    pub fn finish(self, grace: Duration) -> TouchReport {
        let spec = &self.spec;
        match self.state {
            State::Off => TouchReport::off("asked for"),
            State::Snapshot { reason, passes } => {
                let (observations, mut coverage) = passes.finish();
                coverage.notes.extend(reason);
                sum_up(spec, TouchMethod::Snapshot, observations, &coverage)
            }
            State::Exact(recorder) => {
                let (observations, coverage) = platform::close(&recorder, spec, &self.start, grace);
                sum_up(spec, TouchMethod::Exact, observations, &coverage)
            }
        }
    }
}

fn sum_up(
    spec: &TouchSpec,
    method: TouchMethod,
    mut observations: Observations,
    coverage: &Coverage,
) -> TouchReport {
    keep_interesting(spec, &mut observations);
    write(spec, method, &summarize(observations), coverage)
}

/// Where there is no exact backend.
#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::{ChildHook, Coverage, Duration, Observations, Start, TouchSpec, io};
    use crate::touch::choose::Facts;
    use std::convert::Infallible;
    use std::sync::Arc;

    /// Nobody has one.
    #[derive(Debug)]
    pub(super) struct Armed(Infallible);
    /// Nobody has one.
    #[derive(Debug)]
    pub(super) struct Recorder(Infallible);

    impl Armed {
        pub(super) fn new(_no_new_privs: bool, _status: &str) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }
        pub(super) fn child_hook(&self) -> ChildHook {
            match self.0 {}
        }
        pub(super) fn guard(&self) -> i32 {
            match self.0 {}
        }
        pub(super) fn start(self) -> Result<Arc<Recorder>, String> {
            match self.0 {}
        }
    }

    pub(super) fn status() -> String {
        String::new()
    }

    pub(super) fn facts(_status: &str) -> Facts {
        Facts { privileged: true, no_new_privs: false }
    }

    pub(super) fn self_test(_spec: &TouchSpec, _status: &str, _no_new_privs: bool) -> Result<(), String> {
        Err("it needs Linux".to_owned())
    }

    pub(super) fn close(
        recorder: &Arc<Recorder>,
        _spec: &Arc<TouchSpec>,
        _start: &Start,
        _grace: Duration,
    ) -> (Observations, Coverage) {
        match recorder.0 {}
    }
}
