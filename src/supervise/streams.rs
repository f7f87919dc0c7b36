//! The captured streams of one run: their pumps, and what has come back from them.

use super::capture::Capture;
use super::event::StreamEnd;
use super::lifecycle::Input;
use super::plan::{RunPlan, Stream, StreamPlan};
use super::pump::{End, Gauge, Pump, PumpEnd, Release};
use crate::sys::caretaker::keep_forwarding;
use crate::sys::pipe;
use crate::sys::spawn::Sink;
use crate::sys::stdio::{StreamKind, kind};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
}

impl Streams {
    /// Makes a pipe and starts a pump for each captured stream; returns what the command gets as its streams.
    pub(super) fn open(plan: &mut RunPlan<'_>) -> io::Result<(Self, [Sink; 2])> {
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
        };
        let mut sinks = [Sink::Inherit, Sink::Inherit];
        for stream in [Stream::Stdout, Stream::Stderr] {
            let at = stream.index();
            if plan.streams[at] == StreamPlan::Capture {
                let gauge = Arc::clone(&streams.gauges[at]);
                sinks[at] = Sink::Into(start_pump(plan, stream, release.clone(), gauge, sender.clone())?);
                streams.open += 1;
            }
        }
        if plan.streams[1] == StreamPlan::Merge
            && let Sink::Into(write) = &sinks[0]
        {
            sinks[1] = Sink::Into(write.try_clone()?);
        }
        Ok((streams, sinks))
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

    /// What became of standard output and standard error.
    pub(super) fn into_ends(self) -> [StreamEnd; 2] {
        let mut finished = self.finished;
        [Stream::Stdout, Stream::Stderr].map(|stream| match self.plans[stream.index()] {
            StreamPlan::Inherit(reason) => StreamEnd::NotCaptured(reason),
            StreamPlan::Merge => StreamEnd::Merged,
            StreamPlan::Capture => match finished.iter().position(|end| end.stream == stream) {
                Some(at) => {
                    let end = finished.swap_remove(at);
                    StreamEnd::Captured(end.capture, end.end)
                }
                None => StreamEnd::NotCaptured("abandoned"),
            },
        })
    }
}

fn start_pump(
    plan: &mut RunPlan<'_>,
    stream: Stream,
    release: Release,
    gauge: Arc<Gauge>,
    done: mpsc::Sender<PumpEnd>,
) -> io::Result<OwnedFd> {
    let (source, write) = pipe::pipe()?;
    pipe::set_nonblocking(source.as_raw_fd())?;
    let pump = Pump {
        stream,
        source,
        watch_reader: matches!(kind(stream.fd()), StreamKind::Pipe | StreamKind::Socket),
        filter: plan.filters[stream.index()].take(),
        tap: plan.taps[stream.index()].take(),
        held: plan.held.clone(),
        release,
        capture: Capture::new(plan.keep),
        gauge,
    };
    let run = move || {
        // Room for one end per stream: this never waits. The loop may be gone after it abandoned us.
        let _ = done.try_send(pump.run());
    };
    std::thread::Builder::new().name(format!("pump-{}", stream.fd())).stack_size(PUMP_STACK).spawn(run)?;
    Ok(write)
}
