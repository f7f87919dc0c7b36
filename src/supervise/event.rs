//! What the supervisor tells: events while the command runs, and the whole story at its end.

use super::capture::Capture;
use super::outcome::Outcome;
use super::pump::End;
use crate::sys::modes::WindowSize;
use crate::sys::wait::ResourceUse;
use std::time::Duration;

/// Something that happened while the command ran.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionEvent {
    /// The command was started, with this process id.
    Started(i32),
    /// It is time for a heartbeat.
    Beat(Beat),
    /// The command's own terminal has this size now.
    Resized(WindowSize),
}

/// The state of the run at a heartbeat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beat {
    /// Since the spawn, stopped time not counted.
    pub elapsed: Duration,
    /// Bytes of standard output so far.
    pub stdout_bytes: u64,
    /// Bytes of standard error so far.
    pub stderr_bytes: u64,
    /// CPU time of the live tree.
    pub cpu: Duration,
    /// Resident bytes of the live tree.
    pub rss: u64,
    /// Live processes.
    pub processes: usize,
}

/// What became of one output stream.
#[derive(Debug)]
pub enum StreamEnd {
    /// It passed through us.
    Captured(Capture, End),
    /// It passed through the command's own terminal and us.
    Screen(Screen, End),
    /// It went into standard output's pipe.
    Merged,
    /// It did not pass through us, for this reason.
    NotCaptured(&'static str),
}

/// What was kept of a terminal: bytes that only a terminal of this size can read.
#[derive(Debug)]
pub struct Screen {
    /// The bytes.
    pub capture: Capture,
    /// The size the terminal had in the end.
    pub size: WindowSize,
}

/// A process the command left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftBehind {
    /// Its process id.
    pub pid: i32,
    /// Its arguments as bytes.
    pub argv: Vec<Vec<u8>>,
}

/// The whole story of a run.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub outcome: Outcome,
    /// From spawn to the command's end, stopped time not counted.
    pub duration: Duration,
    /// How long it was stopped.
    pub stopped: Duration,
    /// When the command ended; what followed is our own time.
    pub ended: std::time::Instant,
    /// What it used; none if it never ran.
    pub usage: Option<ResourceUse>,
    /// Standard output.
    pub stdout: StreamEnd,
    /// Standard error.
    pub stderr: StreamEnd,
    /// Descendants that outlived it.
    pub left_behind: Vec<LeftBehind>,
    /// Whether one of them still held a captured stream.
    pub held: bool,
    /// Whether they were ended.
    pub killed: bool,
    /// What went wrong in watching it, one phrase each.
    pub degraded: Vec<String>,
}
