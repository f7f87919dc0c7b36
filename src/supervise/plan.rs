//! What is to be run, and what becomes of each output stream.

use super::held::Held;
use super::lifecycle::Limits;
use super::pump::{Filter, Tap};
use crate::sys::signal::Inherited;
use crate::sys::spawn::{ChildHook, Environment};
use crate::sys::stdio::{StreamKind, kind, same_open_file};
use std::ffi::OsString;
use std::sync::Arc;

/// One of the two output streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// Its place in a pair of both.
    pub fn index(self) -> usize {
        match self {
            Self::Stdout => 0,
            Self::Stderr => 1,
        }
    }

    /// Its descriptor number.
    pub fn fd(self) -> i32 {
        match self {
            Self::Stdout => 1,
            Self::Stderr => 2,
        }
    }
}

/// What becomes of one output stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamPlan {
    /// It goes through a pipe and us.
    Capture,
    /// It goes into the other stream's pipe: both are one open file, and the order of what is written to it shows.
    Merge,
    /// The command gets our own stream, and nothing is recorded, for this reason.
    Inherit(&'static str),
}

/// Decides for standard output and standard error. A stream that is to be `masked` goes through us even if it is a
/// terminal: the command then sees a pipe, but its secrets stay off the screen.
pub fn plan_streams(capture: bool, masked: bool) -> [StreamPlan; 2] {
    let plan = |fd| match kind(fd) {
        StreamKind::Closed => StreamPlan::Inherit("closed"),
        _ if masked => StreamPlan::Capture,
        StreamKind::Terminal => StreamPlan::Inherit("tty"),
        _ if !capture => StreamPlan::Inherit("off"),
        _ => StreamPlan::Capture,
    };
    let [stdout, mut stderr] = [plan(1), plan(2)];
    // Nobody sees an order in /dev/null.
    let ordered = matches!(kind(1), StreamKind::Pipe | StreamKind::Socket | StreamKind::File);
    if (stdout, stderr) == (StreamPlan::Capture, StreamPlan::Capture) && ordered && same_open_file(1, 2) {
        stderr = StreamPlan::Merge;
    }
    [stdout, stderr]
}

/// Everything the supervisor needs to know, decided beforehand.
pub struct RunPlan<'a> {
    /// The command.
    pub program: OsString,
    /// Its arguments, without the command itself.
    pub args: Vec<OsString>,
    /// Its environment.
    pub environment: Environment,
    /// Signal mask and dispositions to give back to it.
    pub inherited: &'a Inherited,
    /// Standard output and standard error.
    pub streams: [StreamPlan; 2],
    /// Bytes to keep of each end of a captured stream.
    pub keep: usize,
    /// Timers.
    pub limits: Limits,
    /// Ends what the command leaves behind.
    pub kill_leaked: bool,
    /// What changes each live stream on its way (`--mask`).
    pub filters: [Option<Box<dyn Filter>>; 2],
    /// Who gets a copy of each captured stream (`--log`).
    pub taps: [Option<Box<dyn Tap>>; 2],
    /// Where output is held back (`--quiet-success`).
    pub held: Option<Arc<Held>>,
    /// Runs in the child before exec.
    pub hook: Option<ChildHook>,
    /// Helper processes of our own below us, neither signalled nor reported.
    pub spared: Vec<i32>,
}
