//! What is to be run, and what becomes of each output stream.

use super::held::Held;
use super::lifecycle::Limits;
use super::pump::{Filter, Tap};
use crate::sys::modes::{Modes, WindowSize};
use crate::sys::pty::Pty;
use crate::sys::signal::Inherited;
use crate::sys::spawn::{ChildHook, Environment};
use crate::sys::stdio::{StreamKind, kind, same_open_file};
use crate::sys::tty::{Terminal, same_terminal};
use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd as _;
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
    /// It goes through a terminal of the command's own and us.
    Terminal,
    /// It goes where the other stream goes: both are one open file, and the order of what is written to it shows.
    Merge,
    /// The command gets our own stream, and nothing is recorded, for this reason.
    Inherit(&'static str),
}

/// When the command gets a terminal of its own (`--pty`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminalUse {
    /// If an output stream is a terminal.
    Auto,
    /// Also if none is.
    Always,
    /// Never: it keeps ours, and nothing of it is recorded.
    Never,
}

/// What somebody wants of the streams.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// They are recorded, or held back.
    pub capture: bool,
    /// They are masked. A stream that cannot go through a terminal of the command's own then goes through a pipe even if
    /// it is a terminal: its secrets stay off the screen.
    pub masked: bool,
    /// When the command gets a terminal of its own.
    pub terminal: TerminalUse,
}

/// A terminal for the command.
#[derive(Debug)]
pub struct TerminalPlan {
    /// Both of its ends.
    pub pty: Pty,
    /// Our terminal, if we have one.
    pub ours: Option<Terminal>,
    /// The modes it begins with.
    pub modes: Modes,
    /// Its size.
    pub size: WindowSize,
    /// Whether it is the command's standard input too.
    pub input: bool,
    /// Whether others in a pipeline write to ours, too.
    pub shared: bool,
    /// Whether the command begins in its foreground, with our terminal in raw modes. If not it gets there as soon as it
    /// reads from the terminal or changes it.
    pub foreground: bool,
}

/// What becomes of the streams.
#[derive(Debug)]
pub struct StreamsPlan {
    /// Standard output and standard error.
    pub outputs: [StreamPlan; 2],
    /// The command's own terminal.
    pub terminal: Option<TerminalPlan>,
    /// Why there is none although there should be.
    pub trouble: Option<String>,
}

/// Decides for each stream: one that is a terminal goes through a terminal, a pipe through a pipe.
pub fn plan_streams(wanted: Wanted) -> StreamsPlan {
    let kinds = [kind(0), kind(1), kind(2)];
    let (terminal, trouble) = match terminal_plan(wanted, kinds) {
        Ok(terminal) => (terminal, None),
        Err(error) => (None, Some(format!("the command gets no terminal of its own: {error}"))),
    };
    let outputs = match &terminal {
        Some(_) if !kinds[1..].contains(&StreamKind::Terminal) => all_into_terminal(kinds),
        _ => each_on_its_own(wanted, kinds, terminal.is_some()),
    };
    StreamsPlan { outputs, terminal, trouble }
}

fn each_on_its_own(wanted: Wanted, kinds: [StreamKind; 3], own_terminal: bool) -> [StreamPlan; 2] {
    let plan = |kind| match kind {
        StreamKind::Closed => StreamPlan::Inherit("closed"),
        StreamKind::Terminal if own_terminal => StreamPlan::Terminal,
        _ if wanted.masked => StreamPlan::Capture,
        StreamKind::Terminal => StreamPlan::Inherit("tty"),
        _ if !wanted.capture => StreamPlan::Inherit("off"),
        _ => StreamPlan::Capture,
    };
    let [stdout, mut stderr] = [plan(kinds[1]), plan(kinds[2])];
    // Nobody sees an order in /dev/null.
    let ordered = matches!(kinds[1], StreamKind::Pipe | StreamKind::Socket | StreamKind::File);
    let one_pipe = (stdout, stderr) == (StreamPlan::Capture, StreamPlan::Capture) && ordered;
    let one_terminal = (stdout, stderr) == (StreamPlan::Terminal, StreamPlan::Terminal);
    if one_terminal || one_pipe && same_open_file(1, 2) {
        stderr = StreamPlan::Merge;
    }
    [stdout, stderr]
}

/// A terminal nobody else has: everything goes into it, and comes out at the first stream that is open.
fn all_into_terminal(kinds: [StreamKind; 3]) -> [StreamPlan; 2] {
    match kinds {
        [_, StreamKind::Closed, _] => [StreamPlan::Inherit("closed"), StreamPlan::Terminal],
        [_, _, StreamKind::Closed] => [StreamPlan::Terminal, StreamPlan::Inherit("closed")],
        _ => [StreamPlan::Terminal, StreamPlan::Merge],
    }
}

/// Makes the command's terminal, if it is to have one. A terminal that is only its input it keeps: nothing of it would
/// be recorded. Two different terminals, or one that does not control us, it keeps too.
fn terminal_plan(wanted: Wanted, kinds: [StreamKind; 3]) -> io::Result<Option<TerminalPlan>> {
    let terminals: Vec<i32> =
        (0..3).filter(|fd| kinds[usize::try_from(*fd).unwrap_or(0)] == StreamKind::Terminal).collect();
    let on_output = kinds[1..].contains(&StreamKind::Terminal);
    let open = kinds[1..].iter().any(|kind| *kind != StreamKind::Closed);
    let wants = match wanted.terminal {
        TerminalUse::Never => false,
        TerminalUse::Auto => on_output && (wanted.capture || wanted.masked),
        TerminalUse::Always => open,
    };
    if !wants {
        return Ok(None);
    }
    let one = terminals.windows(2).all(|pair| same_terminal(pair[0], pair[1]));
    let ours = terminals.first().filter(|_| one).and_then(|fd| Terminal::controlling(*fd));
    match ours {
        None if on_output => Ok(None),
        None => alone().map(Some),
        Some(ours) => beside(ours, kinds).map(Some),
    }
}

/// With no terminal on our side.
fn alone() -> io::Result<TerminalPlan> {
    let size = WindowSize::USUAL;
    let pty = Pty::open(None, size)?;
    let modes = Modes::of(pty.follower.as_fd())?;
    Ok(TerminalPlan { pty, ours: None, modes, size, input: false, shared: false, foreground: true })
}

/// With ours on the other side.
fn beside(ours: Terminal, kinds: [StreamKind; 3]) -> io::Result<TerminalPlan> {
    let size = ours.size().unwrap_or(WindowSize::USUAL);
    let in_foreground = ours.in_foreground();
    let found = ours.modes()?;
    // In the background these are somebody else's.
    let modes = if in_foreground { found } else { found.sane() };
    let input = kinds[0] == StreamKind::Terminal;
    // In a pipeline the terminal may be another's: `ledger-run x -- cmd | less`.
    let piped = matches!(kinds[1], StreamKind::Pipe | StreamKind::Socket);
    let pty = Pty::open(Some(&modes), size)?;
    let foreground = in_foreground && input && !piped;
    Ok(TerminalPlan { pty, ours: Some(ours), modes, size, input, shared: piped, foreground })
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
    /// The command's own terminal, if it gets one.
    pub terminal: Option<TerminalPlan>,
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
