//! The life of a run as a pure state machine: what happened goes in, what to do comes out.
//!
//! The loop in [`super::session`] only reports and applies. Every ending is decided here, so every ending can be
//! tested without a process. The state diagram is in docs/process-model.md.

use super::deadlines::Timer;
use super::outcome::Outcome;
use crate::sys::signal::Signal;
use crate::sys::wait::ExitStatus;
use std::time::Duration;

/// Where a signal came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The kernel: a terminal key or a hang-up, which the command's group has got as well.
    Kernel,
    /// The command or one of its descendants.
    Command,
    /// Anybody else.
    Outside,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// We received a signal.
    Signal(Signal, Origin),
    /// The command stopped.
    Stopped {
        /// By this signal.
        by: Signal,
        /// Whether a job-control shell would see it if we stopped too.
        seen: bool,
    },
    /// The command continued.
    Continued,
    /// The command ended and was reaped.
    Ended {
        /// How.
        status: ExitStatus,
        /// Whether descendants of it still live.
        survivors: bool,
    },
    /// No descendant is left.
    TreeEmpty,
    /// Every captured stream has ended.
    StreamsEnded,
    /// A timer went off.
    Elapsed(Timer),
    /// Our terminal has hung up.
    TerminalGone,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Send a signal to the command.
    Forward(Signal),
    /// Send a signal to the command and all its descendants.
    SignalTree(Signal),
    /// Stop ourselves the way this signal does.
    Suspend(Signal),
    /// Start a timer.
    Arm(Timer, Duration),
    /// Take a timer back.
    Disarm(Timer),
    /// The command is stopped: time stands still.
    Pause,
    /// It goes on.
    Resume,
    /// Take from the streams what is there and let go of them.
    ReleaseStreams,
    /// Let go of the streams at once.
    AbandonStreams,
    /// Report a heartbeat.
    Beat,
    /// Send a signal where a key of the command's own terminal would have sent it.
    Keyboard(Signal),
    /// Take our terminal, if we are in its foreground, and continue the command in the foreground of its own; else
    /// continue it in the background.
    Retake,
    /// Give the command's terminal the size of ours.
    Resize,
    /// Hang up the command's terminal.
    HangUp,
}

/// The limits of a run.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// `--timeout`.
    pub timeout: Option<Duration>,
    /// `--grace`.
    pub grace: Duration,
    /// How long held streams are waited for.
    pub leak: Duration,
    /// Between heartbeats.
    pub heartbeat: Option<Duration>,
}

/// Which terminal the command has, if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Ours: it is in our session and our process group.
    Ours,
    /// One of its own, in a session of its own.
    Own,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The command runs.
    Running,
    /// `--timeout` has expired; the tree has been asked to end.
    Ending,
    /// The command has ended after a timeout, descendants have not.
    Clearing(ExitStatus),
    /// The command has ended; its streams have not.
    Draining(ExitStatus),
    /// Everything has ended.
    Over(ExitStatus),
}

/// The state of one run from spawn to end.
#[derive(Debug)]
pub struct Lifecycle {
    limits: Limits,
    phase: Phase,
    timed_out: bool,
    stopped: bool,
    streams_open: bool,
    place: Place,
}

impl Lifecycle {
    /// A run whose command has just been spawned; returns what to do first.
    pub fn spawned(limits: Limits, streams_open: bool, place: Place) -> (Self, Vec<Action>) {
        let (timed_out, stopped) = (false, false);
        let lifecycle = Self { limits, phase: Phase::Running, timed_out, stopped, streams_open, place };
        let timeout = limits.timeout.map(|after| Action::Arm(Timer::Timeout, after));
        let beat = limits.heartbeat.map(|after| Action::Arm(Timer::Heartbeat, after));
        (lifecycle, timeout.into_iter().chain(beat).collect())
    }

    /// How the run ended, once everything has.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.phase {
            Phase::Over(status) if self.timed_out => Some(Outcome::TimedOut(status)),
            Phase::Over(status) => Some(Outcome::Ended(status)),
            _ => None,
        }
    }

    /// Takes in what happened; returns what to do, in order. After the command has been reaped no signal is sent to
    /// it any more.
    pub fn step(&mut self, input: Input) -> Vec<Action> {
        match input {
            Input::Signal(signal, origin) => self.on_signal(signal, origin),
            Input::Stopped { by, seen } => self.on_stopped(by, seen),
            Input::Continued => self.on_continued(),
            Input::Ended { status, survivors } => self.on_ended(status, survivors),
            Input::TreeEmpty => self.on_tree_empty(),
            Input::StreamsEnded => self.on_streams_ended(),
            Input::Elapsed(timer) => self.on_elapsed(timer),
            Input::TerminalGone if self.alive() => vec![Action::HangUp],
            Input::TerminalGone => vec![],
        }
    }

    fn alive(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Ending)
    }

    fn on_signal(&mut self, signal: Signal, origin: Origin) -> Vec<Action> {
        if !self.alive() {
            // Run bare, a command that waits for its reader dies of such a signal; we only wait for the reader.
            let impatient = signal.is_fatal() && origin != Origin::Command;
            return if impatient { vec![Action::AbandonStreams] } else { vec![] };
        }
        if self.place == Place::Own {
            return self.on_signal_beside(signal, origin);
        }
        match origin {
            // It got this signal itself, or sent it.
            Origin::Kernel | Origin::Command if signal.is_job_stop() && self.stopped => {
                vec![Action::Suspend(signal)]
            }
            Origin::Kernel | Origin::Command => vec![],
            Origin::Outside => vec![Action::Forward(signal)],
        }
    }

    /// The command has a terminal of its own: what the kernel sent us it has not got.
    fn on_signal_beside(&self, signal: Signal, origin: Origin) -> Vec<Action> {
        match (signal, origin) {
            (_, Origin::Command) => vec![],
            (Signal::WINCH, Origin::Kernel) => vec![Action::Resize],
            (Signal::WINCH, Origin::Outside) => vec![Action::Resize, Action::Forward(signal)],
            // A shell continues us, perhaps in another place than before.
            (Signal::CONT, _) => vec![Action::Retake],
            (_, Origin::Kernel) if signal.is_job_stop() && self.stopped => {
                vec![Action::Suspend(signal), Action::Retake]
            }
            (_, Origin::Kernel) => vec![Action::Keyboard(signal)],
            (_, Origin::Outside) => vec![Action::Forward(signal)],
        }
    }

    fn on_stopped(&mut self, by: Signal, seen: bool) -> Vec<Action> {
        if !self.alive() {
            return vec![];
        }
        if self.place == Place::Own && seen && matches!(by, Signal::TTIN | Signal::TTOU) {
            // It wants the terminal, and we can give it.
            return vec![Action::Retake];
        }
        let mut actions = Vec::new();
        if !self.stopped {
            self.stopped = true;
            actions.push(Action::Pause);
        }
        // A SIGSTOP that no shell watches was meant for the command alone: whoever continues it later knows its pid,
        // not ours.
        if by.is_job_stop() || seen {
            actions.push(Action::Suspend(by));
            if self.place == Place::Own {
                // Who continues us does not know the command.
                actions.push(Action::Retake);
            }
        }
        actions
    }

    fn on_continued(&mut self) -> Vec<Action> {
        if std::mem::take(&mut self.stopped) { vec![Action::Resume] } else { vec![] }
    }

    fn on_ended(&mut self, status: ExitStatus, survivors: bool) -> Vec<Action> {
        if !self.alive() {
            return vec![];
        }
        let mut actions = self.on_continued();
        actions.extend([Action::Disarm(Timer::Timeout), Action::Disarm(Timer::Heartbeat)]);
        if self.phase == Phase::Ending && survivors {
            // The grace that runs is theirs too.
            self.phase = Phase::Clearing(status);
            return actions;
        }
        actions.push(Action::Disarm(Timer::Grace));
        actions.extend(self.drain(status));
        actions
    }

    fn drain(&mut self, status: ExitStatus) -> Vec<Action> {
        if self.streams_open {
            self.phase = Phase::Draining(status);
            vec![Action::Arm(Timer::Leak, self.limits.leak)]
        } else {
            self.phase = Phase::Over(status);
            vec![]
        }
    }

    fn on_tree_empty(&mut self) -> Vec<Action> {
        let Phase::Clearing(status) = self.phase else { return vec![] };
        let mut actions = vec![Action::Disarm(Timer::Grace)];
        actions.extend(self.drain(status));
        actions
    }

    fn on_streams_ended(&mut self) -> Vec<Action> {
        self.streams_open = false;
        let Phase::Draining(status) = self.phase else { return vec![] };
        self.phase = Phase::Over(status);
        vec![Action::Disarm(Timer::Leak)]
    }

    fn on_elapsed(&mut self, timer: Timer) -> Vec<Action> {
        match (timer, self.phase) {
            (Timer::Timeout, Phase::Running) => {
                self.phase = Phase::Ending;
                self.timed_out = true;
                // A stopped process takes SIGTERM only once it is continued.
                vec![
                    Action::SignalTree(Signal::TERM),
                    Action::SignalTree(Signal::CONT),
                    Action::Arm(Timer::Grace, self.limits.grace),
                ]
            }
            (Timer::Grace, Phase::Ending) => vec![Action::SignalTree(Signal::KILL)],
            (Timer::Grace, Phase::Clearing(status)) => {
                let mut actions = vec![Action::SignalTree(Signal::KILL)];
                actions.extend(self.drain(status));
                actions
            }
            (Timer::Leak, Phase::Draining(_)) => vec![Action::ReleaseStreams],
            (Timer::Heartbeat, Phase::Running | Phase::Ending) => {
                let again = self.limits.heartbeat.map(|after| Action::Arm(Timer::Heartbeat, after));
                [Action::Beat].into_iter().chain(again).collect()
            }
            _ => vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits {
        timeout: Some(Duration::from_secs(5)),
        grace: Duration::from_secs(2),
        leak: Duration::from_millis(100),
        heartbeat: Some(Duration::from_secs(60)),
    };
    const DONE: ExitStatus = ExitStatus::Code(3);
    const ENDED: Input = Input::Ended { status: DONE, survivors: false };

    fn after(inputs: &[Input]) -> (Lifecycle, Vec<Action>) {
        run(Place::Ours, inputs)
    }

    /// The same for a command in a terminal of its own.
    fn beside(inputs: &[Input]) -> (Lifecycle, Vec<Action>) {
        run(Place::Own, inputs)
    }

    fn run(place: Place, inputs: &[Input]) -> (Lifecycle, Vec<Action>) {
        let (mut lifecycle, mut last) = Lifecycle::spawned(LIMITS, true, place);
        for input in inputs {
            last = lifecycle.step(*input);
        }
        (lifecycle, last)
    }

    #[test]
    fn an_exit_waits_for_its_streams() {
        let (lifecycle, actions) = after(&[ENDED]);
        assert_eq!(actions.last(), Some(&Action::Arm(Timer::Leak, LIMITS.leak)));
        assert_eq!(lifecycle.outcome(), None);
        let (lifecycle, _) = after(&[ENDED, Input::StreamsEnded]);
        assert_eq!(lifecycle.outcome(), Some(Outcome::Ended(DONE)));
        let (lifecycle, _) = after(&[Input::StreamsEnded, ENDED]);
        assert_eq!(lifecycle.outcome(), Some(Outcome::Ended(DONE)));
    }

    #[test]
    fn held_streams_are_released_after_the_leak_timeout() {
        assert_eq!(after(&[ENDED, Input::Elapsed(Timer::Leak)]).1, [Action::ReleaseStreams]);
    }

    #[test]
    fn a_timeout_asks_then_kills_then_clears() {
        let expired = Input::Elapsed(Timer::Timeout);
        let (_, actions) = after(&[expired]);
        assert_eq!(
            actions,
            [
                Action::SignalTree(Signal::TERM),
                Action::SignalTree(Signal::CONT),
                Action::Arm(Timer::Grace, LIMITS.grace)
            ]
        );
        assert_eq!(after(&[expired, Input::Elapsed(Timer::Grace)]).1, [Action::SignalTree(Signal::KILL)]);
        let (lifecycle, _) = after(&[expired, ENDED, Input::StreamsEnded]);
        assert_eq!(lifecycle.outcome(), Some(Outcome::TimedOut(DONE)));
        let left = Input::Ended { status: DONE, survivors: true };
        let (lifecycle, actions) = after(&[expired, left, Input::StreamsEnded]);
        assert_eq!((lifecycle.outcome(), actions), (None, vec![]));
        let (lifecycle, _) = after(&[expired, left, Input::StreamsEnded, Input::TreeEmpty]);
        assert_eq!(lifecycle.outcome(), Some(Outcome::TimedOut(DONE)));
        let (_, actions) = after(&[expired, left, Input::Elapsed(Timer::Grace)]);
        assert_eq!(actions[0], Action::SignalTree(Signal::KILL));
    }

    #[test]
    fn only_signals_from_outside_are_forwarded() {
        let term = |origin| after(&[Input::Signal(Signal::TERM, origin)]).1;
        assert_eq!(term(Origin::Outside), [Action::Forward(Signal::TERM)]);
        assert_eq!(term(Origin::Kernel), []);
        assert_eq!(term(Origin::Command), []);
    }

    #[test]
    fn we_stop_when_the_command_has_stopped() {
        let tstp = Input::Signal(Signal::TSTP, Origin::Kernel);
        assert_eq!(after(&[tstp]).1, []);
        let stopped = |by, seen| after(&[Input::Stopped { by, seen }]).1;
        assert_eq!(stopped(Signal::TSTP, false), [Action::Pause, Action::Suspend(Signal::TSTP)]);
        assert_eq!(stopped(Signal::STOP, true), [Action::Pause, Action::Suspend(Signal::STOP)]);
        assert_eq!(stopped(Signal::STOP, false), [Action::Pause]);
        let alone = Input::Stopped { by: Signal::STOP, seen: false };
        assert_eq!(after(&[alone, tstp]).1, [Action::Suspend(Signal::TSTP)]);
        assert_eq!(after(&[alone, Input::Continued]).1, [Action::Resume]);
    }

    #[test]
    fn a_terminal_of_its_own() {
        use Origin::{Command, Kernel, Outside};
        let signal = |signal, origin| Input::Signal(signal, origin);
        let stopped = |by, seen| Input::Stopped { by, seen };
        let table = [
            // What a key of our terminal sends, its group has not got.
            (vec![signal(Signal::INT, Kernel)], vec![Action::Keyboard(Signal::INT)]),
            (vec![signal(Signal::TSTP, Kernel)], vec![Action::Keyboard(Signal::TSTP)]),
            (vec![signal(Signal::TERM, Outside)], vec![Action::Forward(Signal::TERM)]),
            (vec![signal(Signal::TERM, Command)], vec![]),
            (vec![signal(Signal::WINCH, Kernel)], vec![Action::Resize]),
            (vec![signal(Signal::CONT, Outside)], vec![Action::Retake]),
            (vec![Input::TerminalGone], vec![Action::HangUp]),
            (vec![ENDED, Input::TerminalGone], vec![]),
            // It reads or changes its terminal from the background: given to it if it is ours to give.
            (vec![stopped(Signal::TTIN, true)], vec![Action::Retake]),
            (vec![stopped(Signal::TTOU, true)], vec![Action::Retake]),
            (
                vec![stopped(Signal::TTIN, false)],
                vec![Action::Pause, Action::Suspend(Signal::TTIN), Action::Retake],
            ),
            (
                vec![stopped(Signal::TSTP, true)],
                vec![Action::Pause, Action::Suspend(Signal::TSTP), Action::Retake],
            ),
            (vec![stopped(Signal::STOP, false)], vec![Action::Pause]),
            (vec![stopped(Signal::STOP, false), signal(Signal::CONT, Outside)], vec![Action::Retake]),
            (vec![stopped(Signal::TSTP, true), Input::Continued], vec![Action::Resume]),
            (vec![stopped(Signal::TTIN, true), Input::Continued], vec![]),
            (
                vec![stopped(Signal::STOP, false), signal(Signal::TSTP, Kernel)],
                vec![Action::Suspend(Signal::TSTP), Action::Retake],
            ),
        ];
        for (inputs, actions) in table {
            assert_eq!(beside(&inputs).1, actions, "{inputs:?}");
        }
    }

    #[test]
    fn a_fatal_signal_ends_the_wait_for_a_reader() {
        let term = Input::Signal(Signal::TERM, Origin::Outside);
        assert_eq!(after(&[ENDED, term]).1, [Action::AbandonStreams]);
        assert_eq!(after(&[ENDED, Input::Signal(Signal::WINCH, Origin::Outside)]).1, []);
    }

    fn any_input() -> impl Strategy<Value = Input> {
        let signal =
            prop_oneof![Just(Signal::TERM), Just(Signal::TSTP), Just(Signal::CONT), Just(Signal::WINCH)];
        let origin = prop_oneof![Just(Origin::Kernel), Just(Origin::Command), Just(Origin::Outside)];
        let timer =
            prop_oneof![Just(Timer::Timeout), Just(Timer::Grace), Just(Timer::Leak), Just(Timer::Heartbeat)];
        prop_oneof![
            (signal, origin).prop_map(|(signal, origin)| Input::Signal(signal, origin)),
            (prop_oneof![Just(Signal::STOP), Just(Signal::TTIN)], any::<bool>())
                .prop_map(|(by, seen)| Input::Stopped { by, seen }),
            Just(Input::Continued),
            any::<bool>().prop_map(|survivors| Input::Ended { status: DONE, survivors }),
            Just(Input::TreeEmpty),
            Just(Input::StreamsEnded),
            timer.prop_map(Input::Elapsed),
            Just(Input::TerminalGone),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_sent_to_a_reaped_command_and_every_order_can_end(
            inputs in proptest::collection::vec(any_input(), 0..40),
            own: bool,
        ) {
            let place = if own { Place::Own } else { Place::Ours };
            let (mut lifecycle, _) = Lifecycle::spawned(LIMITS, true, place);
            let mut ended = false;
            for input in inputs {
                ended |= matches!(input, Input::Ended { .. });
                let actions = lifecycle.step(input);
                let reaches_it = |action: &Action| {
                    use Action::{Forward, HangUp, Keyboard, Retake, Suspend};
                    matches!(action, Forward(_) | Suspend(_) | Keyboard(_) | Retake | HangUp)
                };
                if ended {
                    prop_assert!(!actions.iter().any(reaches_it));
                }
            }
            for input in [ENDED, Input::TreeEmpty, Input::StreamsEnded] {
                lifecycle.step(input);
            }
            prop_assert!(lifecycle.outcome().is_some());
        }
    }
}
