//! The captured streams of one run: their pumps, and what has come back from them.

use super::capture::Capture;
use super::event::{Screen, StreamEnd};
use super::lifecycle::Input;
use super::plan::{RunPlan, Stream, StreamPlan};
use super::pump::{End, Gauge, Pump, PumpEnd, Release};
use crate::base::limits::{DRAIN_PATIENCE, DRAIN_PAUSE};
use crate::sys::caretaker::keep_forwarding;
use crate::sys::modes::WindowSize;
use crate::sys::pipe;
use crate::sys::polled::Polled;
use crate::sys::spawn::Sink;
use crate::sys::stdio::{StreamKind, kind};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::mpsc;

/// Stack of a pump thread: it calls little, and its buffers are on the heap.
const PUMP_STACK: usize = 128 * 1024;

/// The pumps, and what has come back from them.
pub(super) struct Streams {
    plans: [StreamPlan; 2],
    ends: mpsc::Receiver<PumpEnd>,
    open: usize,
    finished: Vec<PumpEnd>,
    gauges: [Arc<Gauge>; 2],
    released: Arc<AtomicBool>,
    hang_up: Option<OwnedFd>,
    ready: Vec<Ready>,
    /// Pumps whose stream has not shown a sign of life: many commands print nothing, and need no thread for it.
    waiting: Vec<Waiting>,
    /// The leader of the command's own terminal, to see whether it is empty.
    leader: Option<OwnedFd>,
}

impl Streams {
    /// Makes a pipe and a pump for each captured stream; returns what the command gets as its standard input, output and
    /// error. No pump runs yet.
    pub(super) fn open(plan: &mut RunPlan<'_>) -> io::Result<(Self, [Sink; 3])> {
        let (sender, ends) = mpsc::channel(2);
        let (wake, hang_up) = pipe::pipe()?;
        let released = Arc::new(AtomicBool::new(false));
        let release = Release { flag: Arc::clone(&released), hang_up: Arc::new(wake) };
        let mut streams = Self {
            plans: plan.streams,
            ends,
            open: 0,
            finished: Vec::new(),
            gauges: Default::default(),
            released,
            hang_up: Some(hang_up),
            ready: Vec::new(),
            waiting: Vec::new(),
            leader: plan.terminal.as_ref().map(|terminal| terminal.pty.leader.try_clone()).transpose()?,
        };
        let mut sinks = [Sink::Inherit, Sink::Inherit, Sink::Inherit];
        for stream in [Stream::Stdout, Stream::Stderr] {
            let at = stream.index();
            let Some((source, write)) = source(plan, stream)? else { continue };
            sinks[at + 1] = Sink::Into(write);
            let pump = pump(plan, stream, source, release.clone(), Arc::clone(&streams.gauges[at]));
            streams.ready.push(Ready { pump: Box::new(pump), done: sender.clone() });
            streams.open += 1;
        }
        if plan.streams[1] == StreamPlan::Merge
            && let Sink::Into(write) = &sinks[1]
        {
            sinks[2] = Sink::Into(write.try_clone()?);
        }
        if let Some(terminal) = plan.terminal.as_ref().filter(|terminal| terminal.input) {
            sinks[0] = Sink::Into(terminal.pty.follower.try_clone()?);
        }
        Ok((streams, sinks))
    }

    /// Starts the pumps: each in a thread of its own, once there is something for it to do.
    pub(super) fn start(&mut self) -> io::Result<()> {
        // Of a terminal everything has to be out before we stop, when this loop does not run. And only epoll(7) says of
        // a pipe that its reader is gone.
        let at_once = self.leader.is_some() || cfg!(not(target_os = "linux"));
        for mut ready in self.ready.drain(..) {
            if let Some(tap) = &mut ready.pump.tap {
                tap.begin();
            }
            match if at_once { Err(ready) } else { Waiting::on(ready) } {
                Ok(waiting) => self.waiting.push(waiting),
                Err(ready) => ready.start().map_err(|(_, error)| error)?,
            }
        }
        Ok(())
    }

    /// Waits until everything written to the command's own terminal has gone out, though not for long: whoever reads
    /// ours may have halted it.
    pub(super) fn drain_terminal(&self) {
        let Some(leader) = &self.leader else { return };
        let patience = Instant::now() + DRAIN_PATIENCE;
        let busy = || pipe::is_readable(leader.as_fd()) || self.gauges.iter().any(|gauge| gauge.is_busy());
        while busy() && Instant::now() < patience {
            std::thread::sleep(DRAIN_PAUSE);
        }
    }

    /// Lets go of the command's own terminal.
    pub(super) fn hang_up_terminal(&mut self) {
        self.leader = None;
    }

    /// Whether any pump still runs.
    pub(super) fn is_open(&self) -> bool {
        self.open > 0
    }

    /// Waits for a pump to end; for ever when none is left. Cancel-safe.
    pub(super) async fn next_end(&mut self) -> PumpEnd {
        loop {
            let at = tokio::select! { biased;
                Some(end) = self.ends.recv() => return end,
                at = first_sign(&self.waiting) => at,
            };
            if let Some(end) = self.waiting.swap_remove(at).go_on() {
                return end;
            }
        }
    }

    /// Takes in the end of one pump.
    pub(super) fn on_end(&mut self, end: PumpEnd) -> Vec<Input> {
        self.finished.push(end);
        self.open = self.open.saturating_sub(1);
        if self.open == 0 { vec![Input::StreamsEnded] } else { vec![] }
    }

    /// Bytes of standard output and standard error so far.
    pub(super) fn bytes(&self) -> [u64; 2] {
        [self.gauges[0].bytes(), self.gauges[1].bytes()]
    }

    /// Tells the pumps to take what is in the pipes and to end.
    pub(super) fn release(&mut self) {
        self.released.store(true, Ordering::Release);
        self.hang_up = None;
        for waiting in self.waiting.drain(..) {
            waiting.ready.start_or_run();
        }
    }

    /// Gives up on pumps that wait for their reader: it, or a user, has lost patience.
    pub(super) fn abandon(&mut self) -> Vec<Input> {
        self.release();
        self.open = 0;
        vec![Input::StreamsEnded]
    }

    /// Whether somebody still held a stream when it was released.
    pub(super) fn were_held(&self) -> bool {
        self.finished.iter().any(|end| end.end == End::Released)
    }

    /// Leaves streams that others still hold to a process that goes on forwarding them.
    pub(super) fn hand_over(&mut self) -> io::Result<()> {
        let mut pairs = Vec::new();
        for end in &mut self.finished {
            if let Some(source) = end.source.take() {
                pairs.push((source, pipe::duplicate(end.stream.fd())?));
            }
        }
        if pairs.is_empty() { Ok(()) } else { keep_forwarding(&pairs) }
    }

    /// What became of standard output and standard error; `size` is that of the command's own terminal.
    pub(super) fn into_ends(self, size: Option<WindowSize>) -> [StreamEnd; 2] {
        let mut finished = self.finished;
        [Stream::Stdout, Stream::Stderr].map(|stream| match self.plans[stream.index()] {
            StreamPlan::Inherit(reason) => StreamEnd::NotCaptured(reason),
            StreamPlan::Merge => StreamEnd::Merged,
            plan @ (StreamPlan::Capture | StreamPlan::Terminal) => {
                match finished.iter().position(|end| end.stream == stream) {
                    Some(at) => {
                        let end = finished.swap_remove(at);
                        match (plan, size) {
                            (StreamPlan::Terminal, Some(size)) => {
                                StreamEnd::Screen(Screen { capture: end.capture, size }, end.end)
                            }
                            _ => StreamEnd::Captured(end.capture, end.end),
                        }
                    }
                    None => StreamEnd::NotCaptured("abandoned"),
                }
            }
        })
    }
}

/// A pump, and where it says that it has ended.
struct Ready {
    pump: Box<Pump>,
    done: mpsc::Sender<PumpEnd>,
}

impl Ready {
    fn run(self) {
        // Room for one end per stream: this never waits. The loop may be gone after it abandoned us.
        let _ = self.done.try_send(self.pump.run());
    }

    /// Starts the thread; without one, the pump comes back.
    fn start(self) -> Result<(), (Self, io::Error)> {
        let name = format!("pump-{}", self.pump.stream.fd());
        let ours = Arc::new(Mutex::new(Some(self)));
        let take = |ready: &Mutex<Option<Self>>| ready.lock().unwrap_or_else(PoisonError::into_inner).take();
        let theirs = Arc::clone(&ours);
        let run = move || take(&theirs).map_or((), Self::run);
        match std::thread::Builder::new().name(name).stack_size(PUMP_STACK).spawn(run) {
            Ok(_) => Ok(()),
            Err(error) => take(&ours).map_or(Ok(()), |ready| Err((ready, error))),
        }
    }

    /// Starts the thread; without one, pumps here. Signals then wait until the stream ends, but nothing is lost.
    fn start_or_run(self) {
        if let Err((ready, _)) = self.start() {
            ready.run();
        }
    }
}

/// A pump that has had nothing to do yet.
struct Waiting {
    source: Polled,
    /// Our stream, if it can lose its reader.
    sink: Option<Polled>,
    ready: Ready,
}

impl Waiting {
    /// Watches its stream; a pump that cannot be watched comes back.
    fn on(ready: Ready) -> Result<Self, Ready> {
        let pump = &ready.pump;
        let sink = pump.watch_reader.then(|| Polled::for_watching(pump.stream.fd())).transpose();
        match (Polled::for_watching(pump.source.as_raw_fd()), sink) {
            (Ok(source), Ok(sink)) => Ok(Self { source, sink, ready }),
            _ => Err(ready),
        }
    }

    /// Waits until there is something to read, or the end of it, or nobody is left to write it to. Cancel-safe.
    async fn sign(&self) {
        let sink = async {
            match &self.sink {
                Some(sink) => sink.sign().await,
                None => std::future::pending().await,
            }
        };
        // An error would be seen by the pump again.
        let _ = tokio::select! {
            there = self.source.sign() => there,
            gone = sink => gone,
        };
    }

    /// Starts the thread, or takes note of a stream that has ended without a byte.
    fn go_on(self) -> Option<PumpEnd> {
        let ready = self.ready;
        if pipe::is_at_end(ready.pump.source.as_fd()) {
            return Some(ready.pump.run());
        }
        ready.start_or_run();
        None
    }
}

/// Waits for the first of them that has something to do. Cancel-safe.
async fn first_sign(waiting: &[Waiting]) -> usize {
    match waiting {
        [] => std::future::pending().await,
        [one] => one.sign().await,
        [one, other, ..] => tokio::select! {
            () = one.sign() => {}
            () = other.sign() => return 1,
        },
    }
    0
}

/// Where a captured stream is read, and what the command gets for it.
fn source(plan: &RunPlan<'_>, stream: Stream) -> io::Result<Option<(OwnedFd, OwnedFd)>> {
    match (plan.streams[stream.index()], &plan.terminal) {
        (StreamPlan::Capture, _) => {
            let (source, write) = pipe::pipe()?;
            pipe::set_nonblocking(source.as_raw_fd())?;
            Ok(Some((source, write)))
        }
        (StreamPlan::Terminal, Some(terminal)) => {
            Ok(Some((terminal.pty.leader.try_clone()?, terminal.pty.follower.try_clone()?)))
        }
        _ => Ok(None),
    }
}

fn pump(
    plan: &mut RunPlan<'_>,
    stream: Stream,
    source: OwnedFd,
    release: Release,
    gauge: Arc<Gauge>,
) -> Pump {
    let at = stream.index();
    // A terminal is watched for its hang-up.
    let can_leave = [StreamKind::Pipe, StreamKind::Socket, StreamKind::Terminal];
    Pump {
        stream,
        source,
        terminal: plan.streams[at] == StreamPlan::Terminal,
        watch_reader: can_leave.contains(&kind(stream.fd())),
        filter: plan.filters[at].take(),
        tap: plan.taps[at].take(),
        held: plan.held.clone(),
        release,
        capture: Capture::new(plan.keep),
        gauge,
    }
}
