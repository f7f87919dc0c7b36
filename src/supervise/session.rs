//! The one loop of a run. It reports to the [`Lifecycle`] and applies what it decides; it decides nothing itself.

use super::console::Console;
use super::deadlines::Deadlines;
use super::event::{Beat, Finished, LeftBehind, SessionEvent};
use super::job::{Job, Launch};
use super::leak::{kill_survivors, survivors};
use super::lifecycle::{Action, Input, Lifecycle, Origin, Place};
use super::outcome::{EXIT_OWN_FAILURE, Outcome};
use super::plan::RunPlan;
use super::pump::{End, PumpEnd};
use super::streams::Streams;
use crate::sys::backchannel::{Order, Report};
use crate::sys::monitor;
use crate::sys::process::{descendants, is_within, signal_tree};
use crate::sys::signal::{Signal, SignalSet, handled, stop_own_group, stop_self};
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
    job: Job,
    console: Console,
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
    /// Orders to resume the command that the monitor has not carried out yet.
    resuming: u32,
}

impl Session {
    fn start(
        mut plan: RunPlan<'_>,
        observe: &mut dyn FnMut(SessionEvent),
    ) -> io::Result<Result<Self, Finished>> {
        become_subreaper();
        let (mut streams, [stdin, stdout, stderr]) = Streams::open(&mut plan)?;
        let foreground = plan.terminal.as_ref().is_some_and(|terminal| terminal.foreground);
        let (mut console, follower) = Console::open(plan.terminal)?;
        let spawn = Spawn {
            program: &plan.program,
            args: &plan.args,
            stdin,
            stdout,
            stderr,
            inherited: plan.inherited,
            environment: plan.environment,
            job: None,
            hook: plan.hook,
        };
        if foreground {
            console.take();
        }
        let started = Instant::now();
        // The monitor is forked before there are threads.
        let launch = match follower {
            None => Ok(Launch::Own(Box::new(spawn))),
            Some(follower) => monitor::fork(spawn, follower, foreground).map(Launch::Monitored),
        };
        if launch.is_ok() {
            streams.start()?;
        }
        let (pid, job) = match launch.and_then(Launch::start) {
            Ok(started) => started,
            Err(error) => {
                console.close(false);
                return Ok(Err(not_started(&error, streams, started)));
            }
        };
        observe(SessionEvent::Started(pid));
        let place = if console.exists() { Place::Own } else { Place::Ours };
        let (lifecycle, actions) = Lifecycle::spawned(plan.limits, streams.is_open(), place);
        let mut session = Self {
            spared: plan.spared.into_iter().chain(job.monitor()).collect(),
            job,
            console,
            lifecycle,
            deadlines: Deadlines::default(),
            streams,
            kill_leaked: plan.kill_leaked,
            killed: Vec::new(),
            started,
            ended: None,
            stopped_since: None,
            stopped: Duration::ZERO,
            usage: None,
            degraded: Vec::new(),
            resuming: 0,
        };
        session.console.listen();
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
                report = self.job.next_report() => self.on_report(report),
                end = self.streams.next_end() => self.on_stream_end(end),
                () = self.console.hung_up() => vec![Input::TerminalGone],
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
            Some(sender) if self.job.pid().is_some_and(|pid| is_within(sender, pid)) => Origin::Command,
            _ => Origin::Outside,
        };
        if delivery.signal == Signal::HUP && origin == Origin::Kernel && self.console.is_gone() {
            return vec![Input::TerminalGone];
        }
        vec![Input::Signal(delivery.signal, origin)]
    }

    /// SIGCHLD says that something changed, not what and not how often.
    fn on_child(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        while let Job::Own(pid) = self.job {
            match next_change(pid) {
                Ok(Some(change)) => inputs.push(self.on_change(change)),
                Ok(None) => break,
                Err(error) => inputs.push(self.on_lost(&error)),
            }
        }
        reap_orphans(self.job.pid());
        if self.job.pid().is_none() && survivors(&self.spared).is_empty() {
            inputs.push(Input::TreeEmpty);
        }
        inputs
    }

    fn on_change(&mut self, change: Change) -> Input {
        match change {
            Change::Stopped(by) => {
                self.stopped_since.get_or_insert_with(Instant::now);
                Input::Stopped { by, seen: in_foreground() }
            }
            Change::Continued => {
                self.count_stop();
                Input::Continued
            }
            Change::Ended(status, usage) => {
                self.usage = Some(usage);
                let survivors = !survivors(&self.spared).is_empty();
                self.on_ended(status, survivors)
            }
        }
    }

    fn on_ended(&mut self, status: ExitStatus, survivors: bool) -> Input {
        self.count_stop();
        self.ended = Some(Instant::now());
        self.job.is_over();
        Input::Ended { status, survivors }
    }

    /// Somebody else has reaped it; its status is lost, and waiting on would last for ever.
    fn on_lost(&mut self, error: &io::Error) -> Input {
        self.degraded.push(format!("the command's exit status is lost: {error}"));
        self.on_ended(ExitStatus::Code(i32::from(EXIT_OWN_FAILURE)), false)
    }

    fn on_report(&mut self, report: Option<Report>) -> Vec<Input> {
        let change = match report {
            Some(Report::Stopped(by)) => Change::Stopped(by),
            Some(Report::Continued) => Change::Continued,
            Some(Report::Ended(status, usage)) => Change::Ended(status, usage),
            Some(Report::Lost(errno)) => return vec![self.on_lost(&io::Error::from_raw_os_error(errno))],
            Some(Report::Resumed) => {
                self.resuming = self.resuming.saturating_sub(1);
                self.listen();
                return vec![];
            }
            // These are said before there is a session.
            Some(Report::Started(_) | Report::SpawnFailed(_)) => return vec![],
            None => {
                self.degraded.push("the monitor of the command's terminal has died".to_owned());
                self.resuming = 0;
                self.listen();
                return self.on_child();
            }
        };
        vec![self.on_change(change)]
    }

    /// Reads our terminal again, unless the command is not yet where its keys would reach it.
    fn listen(&mut self) {
        if self.resuming == 0 {
            self.console.listen();
        }
    }

    /// A terminal that nobody reads any more has hung up, for the command as well.
    fn on_stream_end(&mut self, end: PumpEnd) -> Vec<Input> {
        let broken = end.terminal && matches!(end.end, End::ReaderGone | End::Failed(_));
        let mut inputs = self.streams.on_end(end);
        if broken {
            inputs.push(Input::TerminalGone);
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
                Action::Forward(signal) => self.job.signal(signal),
                Action::SignalTree(signal) => {
                    // Where the tree cannot be seen (a foreign /proc), the command itself can be reached all the same.
                    if signal_tree(signal, &self.spared) == 0 {
                        self.job.signal(signal);
                    }
                }
                Action::Suspend(signal) => self.suspend(signal),
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
                Action::Keyboard(signal) => self.job.order(Order::Keyboard(signal)),
                Action::Retake => {
                    let foreground = self.console.take();
                    self.job.order(Order::Resume { foreground });
                    self.resuming += u32::from(self.job.monitor().is_some());
                    self.listen();
                    self.tell_size(observe);
                }
                Action::Resize => {
                    self.console.resize();
                    self.tell_size(observe);
                }
                Action::HangUp => {
                    self.job.order(Order::HangUp);
                    self.streams.hang_up_terminal();
                    self.console.hang_up();
                }
            }
        }
    }

    fn tell_size(&self, observe: &mut dyn FnMut(SessionEvent)) {
        if let Some(size) = self.console.size() {
            observe(SessionEvent::Resized(size));
        }
    }

    /// Stops us as the command was stopped; returns when we are continued. With a terminal of its own the command was
    /// alone in its group, and the rest of ours has yet to stop: a shell waits for all of it.
    fn suspend(&mut self, signal: Signal) {
        if !self.console.exists() {
            return stop_self(signal);
        }
        // What it has said before it stopped, such as how to leave a full screen, belongs before the shell's prompt.
        self.streams.drain_terminal();
        self.console.leave();
        let by_key = signal.is_job_stop() && self.console.is_beside_ours();
        if by_key { stop_own_group(signal) } else { stop_self(signal) }
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
        let [stdout, stderr] = self.streams.into_ends(self.console.size());
        let outcome = self.lifecycle.outcome().unwrap_or(Outcome::SpawnFailed(libc::EIO));
        self.console.close(matches!(outcome, Outcome::Ended(ExitStatus::Code(_))));
        Finished {
            outcome,
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
    let [stdout, stderr] = streams.into_ends(None);
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
