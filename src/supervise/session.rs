//! The one loop of a run. It reports to the [`Lifecycle`] and applies what it decides; it decides nothing itself.

use super::deadlines::Deadlines;
use super::event::{Beat, Finished, LeftBehind, SessionEvent};
use super::leak::{kill_survivors, survivors};
use super::lifecycle::{Action, Input, Lifecycle, Origin};
use super::outcome::{EXIT_OWN_FAILURE, Outcome};
use super::plan::RunPlan;
use super::streams::Streams;
use crate::sys::process::{descendants, is_within, signal_tree};
use crate::sys::signal::{Signal, SignalSet, handled, kill, stop_self};
use crate::sys::signal_source::{Delivery, SignalSource};
use crate::sys::spawn::Spawn;
use crate::sys::stdio::in_foreground;
use crate::sys::wait::{Change, ExitStatus, ResourceUse, become_subreaper, next_change, reap_orphans};
use std::io;
use std::time::{Duration, Instant};

/// Runs the command to its end. `observe` is called on this thread and must not block: signals wait meanwhile.
///
/// An error means that nothing was started, because the loop itself could not be set up.
pub fn run(plan: RunPlan<'_>, observe: &mut dyn FnMut(SessionEvent)) -> io::Result<Finished> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    runtime.block_on(async {
        let signals = SignalSource::new(&SignalSet::of(handled()))?;
        match Session::start(plan, observe)? {
            Ok(session) => session.drive(&signals, observe).await,
            Err(not_started) => Ok(not_started),
        }
    })
}

struct Session {
    pid: Option<i32>,
    lifecycle: Lifecycle,
    deadlines: Deadlines,
    streams: Streams,
    spared: Vec<i32>,
    kill_leaked: bool,
    killed: Vec<LeftBehind>,
    started: Instant,
    ended: Option<Instant>,
    stopped_since: Option<Instant>,
    stopped: Duration,
    usage: Option<ResourceUse>,
    degraded: Vec<String>,
}

impl Session {
    fn start(
        mut plan: RunPlan<'_>,
        observe: &mut dyn FnMut(SessionEvent),
    ) -> io::Result<Result<Self, Finished>> {
        become_subreaper();
        let (streams, [stdout, stderr]) = Streams::open(&mut plan)?;
        let spawn = Spawn {
            program: &plan.program,
            args: &plan.args,
            stdout,
            stderr,
            inherited: plan.inherited,
            environment: plan.environment,
            hook: plan.hook,
        };
        let started = Instant::now();
        let pid = match spawn.spawn() {
            Ok(pid) => pid,
            Err(error) => return Ok(Err(not_started(&error, streams, started))),
        };
        observe(SessionEvent::Started(pid));
        let (lifecycle, actions) = Lifecycle::spawned(plan.limits, streams.is_open());
        let mut session = Self {
            pid: Some(pid),
            lifecycle,
            deadlines: Deadlines::default(),
            streams,
            spared: plan.spared,
            kill_leaked: plan.kill_leaked,
            killed: Vec::new(),
            started,
            ended: None,
            stopped_since: None,
            stopped: Duration::ZERO,
            usage: None,
            degraded: Vec::new(),
        };
        session.apply(actions, observe);
        Ok(Ok(session))
    }

    async fn drive(
        mut self,
        signals: &SignalSource,
        observe: &mut dyn FnMut(SessionEvent),
    ) -> io::Result<Finished> {
        while self.lifecycle.outcome().is_none() {
            let inputs = tokio::select! { biased;
                delivery = signals.next() => self.on_delivery(delivery?),
                end = self.streams.next_end() => self.streams.on_end(end),
                timer = self.deadlines.next() => vec![Input::Elapsed(timer)],
            };
            self.report(inputs, observe);
        }
        Ok(self.finish())
    }

    fn report(&mut self, inputs: Vec<Input>, observe: &mut dyn FnMut(SessionEvent)) {
        for input in inputs {
            let actions = self.lifecycle.step(input);
            self.apply(actions, observe);
        }
    }

    fn on_delivery(&mut self, delivery: Delivery) -> Vec<Input> {
        if delivery.signal == Signal::CHLD {
            return self.on_child();
        }
        let origin = match delivery.sender {
            _ if delivery.from_kernel => Origin::Kernel,
            Some(sender) if self.pid.is_some_and(|pid| is_within(sender, pid)) => Origin::Command,
            _ => Origin::Outside,
        };
        vec![Input::Signal(delivery.signal, origin)]
    }

    /// SIGCHLD says that something changed, not what and not how often.
    fn on_child(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        while let Some(pid) = self.pid {
            match next_change(pid) {
                Ok(Some(Change::Stopped(by))) => {
                    self.stopped_since.get_or_insert_with(Instant::now);
                    inputs.push(Input::Stopped { by, seen: in_foreground() });
                }
                Ok(Some(Change::Continued)) => {
                    self.count_stop();
                    inputs.push(Input::Continued);
                }
                Ok(Some(Change::Ended(status, usage))) => {
                    self.count_stop();
                    self.ended = Some(Instant::now());
                    self.usage = Some(usage);
                    self.pid = None;
                    let survivors = !survivors(&self.spared).is_empty();
                    inputs.push(Input::Ended { status, survivors });
                }
                Ok(None) => break,
                Err(error) => {
                    // Somebody else has reaped it; its status is lost, and waiting on would last for ever.
                    self.degraded.push(format!("the command's exit status is lost: {error}"));
                    self.ended = Some(Instant::now());
                    self.pid = None;
                    let status = ExitStatus::Code(i32::from(EXIT_OWN_FAILURE));
                    inputs.push(Input::Ended { status, survivors: false });
                }
            }
        }
        reap_orphans(self.pid);
        if self.pid.is_none() && survivors(&self.spared).is_empty() {
            inputs.push(Input::TreeEmpty);
        }
        inputs
    }

    fn count_stop(&mut self) {
        if let Some(since) = self.stopped_since.take() {
            self.stopped += since.elapsed();
        }
    }

    fn apply(&mut self, actions: Vec<Action>, observe: &mut dyn FnMut(SessionEvent)) {
        for action in actions {
            match action {
                Action::Forward(signal) => self.forward(signal),
                Action::SignalTree(signal) => {
                    // Where the tree cannot be seen (a foreign /proc), the command itself can be reached all the same.
                    if signal_tree(signal, &self.spared) == 0 {
                        self.forward(signal);
                    }
                }
                Action::Suspend(signal) => stop_self(signal),
                Action::Arm(timer, after) => self.deadlines.arm(timer, after),
                Action::Disarm(timer) => self.deadlines.disarm(timer),
                Action::Pause => self.deadlines.pause(),
                Action::Resume => self.deadlines.resume(),
                Action::ReleaseStreams => {
                    if self.kill_leaked {
                        // Listed first: once they are dead nobody can say who they were.
                        self.killed = survivors(&self.spared);
                        kill_survivors(&self.spared);
                    }
                    self.streams.release();
                }
                Action::AbandonStreams => {
                    let inputs = self.streams.abandon();
                    self.report(inputs, observe);
                }
                Action::Beat => observe(SessionEvent::Beat(self.beat())),
            }
        }
    }

    /// The pid is ours to signal until it is reaped; an error means that it ended a moment ago.
    fn forward(&self, signal: Signal) {
        if let Some(pid) = self.pid {
            let _ = kill(pid, signal);
        }
    }

    fn beat(&self) -> Beat {
        let tree: Vec<_> = descendants().into_iter().filter(|p| !self.spared.contains(&p.pid)).collect();
        let [stdout_bytes, stderr_bytes] = self.streams.bytes();
        Beat {
            elapsed: self.started.elapsed().saturating_sub(self.stopped),
            stdout_bytes,
            stderr_bytes,
            cpu: tree.iter().map(|process| process.cpu).sum(),
            rss: tree.iter().map(|process| process.rss).sum(),
            processes: tree.len(),
        }
    }

    fn finish(mut self) -> Finished {
        let ended = self.ended.unwrap_or_else(Instant::now);
        let mut left_behind = survivors(&self.spared);
        if self.kill_leaked && !left_behind.is_empty() {
            kill_survivors(&self.spared);
        }
        left_behind.append(&mut self.killed);
        if let Err(error) = self.streams.hand_over() {
            self.degraded.push(format!("output of processes left behind is not forwarded: {error}"));
        }
        let held = self.streams.were_held();
        let [stdout, stderr] = self.streams.into_ends();
        Finished {
            outcome: self.lifecycle.outcome().unwrap_or(Outcome::SpawnFailed(libc::EIO)),
            duration: (ended - self.started).saturating_sub(self.stopped),
            stopped: self.stopped,
            ended,
            usage: self.usage,
            stdout,
            stderr,
            killed: self.kill_leaked && !left_behind.is_empty(),
            left_behind,
            held,
            degraded: self.degraded,
        }
    }
}

fn not_started(error: &io::Error, streams: Streams, started: Instant) -> Finished {
    let [stdout, stderr] = streams.into_ends();
    Finished {
        outcome: Outcome::SpawnFailed(error.raw_os_error().unwrap_or(libc::EIO)),
        duration: Duration::ZERO,
        stopped: Duration::ZERO,
        ended: started,
        usage: None,
        stdout,
        stderr,
        left_behind: Vec::new(),
        held: false,
        killed: false,
        degraded: Vec::new(),
    }
}
