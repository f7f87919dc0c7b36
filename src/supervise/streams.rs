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
use crate::sys::spawn::Sink;
use crate::sys::stdio::{StreamKind, kind};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
    ready: Vec<(Pump, mpsc::Sender<PumpEnd>)>,
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
            leader: plan.terminal.as_ref().map(|terminal| terminal.pty.leader.try_clone()).transpose()?,
        };
        let mut sinks = [Sink::Inherit, Sink::Inherit, Sink::Inherit];
        for stream in [Stream::Stdout, Stream::Stderr] {
            let at = stream.index();
            let Some((source, write)) = source(plan, stream)? else { continue };
            sinks[at + 1] = Sink::Into(write);
            let pump = pump(plan, stream, source, release.clone(), Arc::clone(&streams.gauges[at]));
            streams.ready.push((pump, sender.clone()));
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

    /// Starts the pumps, each in a thread of its own.
    pub(super) fn start(&mut self) -> io::Result<()> {
        for (mut pump, done) in self.ready.drain(..) {
            if let Some(tap) = &mut pump.tap {
                tap.begin();
            }
            let name = format!("pump-{}", pump.stream.fd());
            let run = move || {
                // Room for one end per stream: this never waits. The loop may be gone after it abandoned us.
                let _ = done.try_send(pump.run());
            };
            std::thread::Builder::new().name(name).stack_size(PUMP_STACK).spawn(run)?;
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
        match self.ends.recv().await {
            Some(end) => end,
            None => std::future::pending().await,
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
