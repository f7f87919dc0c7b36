//! `ledgerctl replay`: plays a session in a terminal that was kept with `--log`.

use super::output::Out;
use super::place::Place;
use super::{CtlError, PROGRAM, Verdict};
use crate::cli::diag::warn;
use crate::config::values::Span;
use crate::ledger::{CastEvent, CastHeader, read_event, read_header};
use crate::sys::modes::WindowSize;
use crate::sys::signal::{Signal, SignalSet, die_of};
use crate::sys::signal_source::SignalSource;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How the name of a session's file ends.
const ENDING: &str = ".cast";

/// What leaves a full screen, shows the cursor and takes colours back.
const LEAVE_SCREEN: &str = "\x1b[?1049l";
const PLAIN: &str = "\x1b[m\x1b[?25h";

/// Play a session that `ledger-run --log` recorded in a terminal; at once if standard output is none
#[derive(Debug, clap::Args)]
pub(crate) struct ReplayArgs {
    /// The run's id, or as much of its beginning as no other run has
    #[arg(value_name = "RUN")]
    run: String,
    /// How many times faster than it was
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    speed: f64,
    /// Make longer pauses as short as this (2s, 0.5)
    #[arg(long, value_name = "DURATION", visible_alias = "max-idle")]
    idle_limit: Option<Span>,
}

/// Finds the session and plays it.
pub(crate) fn run(args: &ReplayArgs, place: &Place, out: &mut Out) -> Result<Verdict, CtlError> {
    if !(args.speed.is_finite() && args.speed > 0.0) {
        return Err(CtlError::argument("--speed", "use a number above 0, such as 2 or 0.5"));
    }
    let path = find(&args.run, place)?;
    let unreadable = |source| CtlError::Read { path: path.display().to_string(), source };
    let file = File::open(&path).map_err(unreadable)?;
    let mut lines = BufReader::new(file).lines();
    let header = lines.next().transpose().map_err(unreadable)?.unwrap_or_default();
    let header = read_header(&header).map_err(|error| unreadable(std::io::Error::other(error)))?;
    let mut player = Player::new(args, &header)?;
    let mut verdict = Verdict::Fine;
    for line in lines {
        match line.and_then(|line| read_event(&line).map_err(std::io::Error::other)) {
            Ok((at, event)) => {
                if let Some(signal) = player.play(at, event, out)? {
                    player.leave(out)?;
                    out.flush()?;
                    die_of(signal);
                    return Ok(Verdict::Wrong);
                }
            }
            Err(error) => {
                // A recorder that was killed leaves a file without its end; what there is has been played.
                warn(PROGRAM, format!("{}: it ends here: {error}", path.display()));
                verdict = Verdict::Wrong;
                break;
            }
        }
    }
    player.leave(out)?;
    Ok(verdict)
}

/// The one file whose run begins with `prefix`.
fn find(prefix: &str, place: &Place) -> Result<PathBuf, CtlError> {
    let mut found = Vec::new();
    for agent in place.agents(&[])? {
        found.extend(logs_of(&place.ledger(&agent).paths().logs(), prefix));
    }
    found.sort();
    let sessions: Vec<&PathBuf> =
        found.iter().filter(|path| path.to_string_lossy().ends_with(ENDING)).collect();
    match sessions[..] {
        [path] => Ok(path.clone()),
        [] if found.is_empty() => Err(CtlError::argument(
            "RUN",
            format!("no run that begins with `{prefix}` has a log; `ledger-run --log` keeps one"),
        )),
        [] => Err(CtlError::argument(
            "RUN",
            format!("it ran without a terminal; read its output with: zcat {}", found[0].display()),
        )),
        [first, second, ..] => Err(CtlError::argument(
            "RUN",
            format!("more than one begins like this: {} and {}", name(first), name(second)),
        )),
    }
}

fn logs_of(directory: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| name(path).starts_with(prefix)).collect()
}

/// The run a log is of.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

/// A session being played.
struct Player {
    speed: f64,
    idle_limit: Option<Duration>,
    /// None if nobody watches: no pauses then, and nothing that was not recorded.
    pauses: Option<Pauses>,
    last: Duration,
    full_screen: bool,
    due: Instant,
}

impl Player {
    fn new(args: &ReplayArgs, header: &CastHeader) -> std::io::Result<Self> {
        let size = WindowSize::of(std::io::stdout().as_fd()).ok();
        if let Some(size) = size.filter(|size| size.columns < header.width || size.rows < header.height) {
            warn(
                PROGRAM,
                format!(
                    "it was recorded with {} columns and {} rows, and here are {} and {}",
                    header.width, header.height, size.columns, size.rows
                ),
            );
        }
        Ok(Self {
            speed: args.speed,
            idle_limit: args.idle_limit.map(|span| span.0),
            pauses: size.map(|_| Pauses::new()).transpose()?,
            last: Duration::ZERO,
            full_screen: false,
            due: Instant::now(),
        })
    }

    /// Plays an event when it is due; returns the signal that came before.
    fn play(&mut self, at: Duration, event: CastEvent, out: &mut Out) -> Result<Option<Signal>, CtlError> {
        // Counted from when the last one was due: what writing takes does not add up.
        self.due += pause(at.saturating_sub(self.last), self.idle_limit, self.speed);
        self.last = self.last.max(at);
        let CastEvent::Output(text) = event else { return Ok(None) };
        if let Some(signal) = self.pauses.as_ref().and_then(|pauses| pauses.until(self.due)) {
            return Ok(Some(signal));
        }
        self.full_screen = is_full_screen(&text).unwrap_or(self.full_screen);
        out.text(text)?;
        Ok(None)
    }

    /// A session that was cut may have left the terminal in any state.
    fn leave(&self, out: &mut Out) -> Result<(), CtlError> {
        if self.pauses.is_none() {
            return Ok(());
        }
        if self.full_screen {
            out.text(LEAVE_SCREEN)?;
        }
        Ok(out.text(PLAIN)?)
    }
}

/// Pauses that end with a signal that would end us: the terminal is put in order first.
struct Pauses {
    runtime: tokio::runtime::Runtime,
    signals: SignalSource,
}

impl Pauses {
    fn new() -> std::io::Result<Self> {
        let ending = [Signal::HUP, Signal::INT, Signal::QUIT, Signal::TERM];
        let ending = SignalSet::of(ending.into_iter().filter(|signal| !signal.is_ignored()));
        let _before = ending.block();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let signals = runtime.block_on(async { SignalSource::new(&ending) })?;
        Ok(Self { runtime, signals })
    }

    fn until(&self, due: Instant) -> Option<Signal> {
        self.runtime.block_on(async {
            tokio::select! { biased;
                delivery = self.signals.next() => delivery.ok().map(|delivery| delivery.signal),
                () = tokio::time::sleep_until(due.into()) => None,
            }
        })
    }
}

/// Nobody waits longer, and no clock overflows.
const PAUSE_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How long a pause is when it is played.
fn pause(recorded: Duration, limit: Option<Duration>, speed: f64) -> Duration {
    let pause = limit.map_or(recorded, |limit| recorded.min(limit));
    Duration::try_from_secs_f64(pause.as_secs_f64() / speed).unwrap_or(PAUSE_MAX).min(PAUSE_MAX)
}

/// Whether the terminal shows a full screen of its own after `text`; none if it does not say.
fn is_full_screen(text: &str) -> Option<bool> {
    let entered = text.rfind("\x1b[?1049h");
    let left = text.rfind(LEAVE_SCREEN);
    (entered.is_some() || left.is_some()).then_some(entered > left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_shortened() {
        let ms = Duration::from_millis;
        assert_eq!(pause(ms(100), None, 1.0), ms(100));
        assert_eq!(pause(ms(100), None, 2.0), ms(50));
        assert_eq!(pause(ms(5000), Some(ms(1000)), 2.0), ms(500));
        assert_eq!(pause(ms(100), None, 1e-300), PAUSE_MAX);
    }

    #[test]
    fn full_screens_are_noticed() {
        assert_eq!(is_full_screen("plain"), None);
        assert_eq!(is_full_screen("\x1b[?1049hx"), Some(true));
        assert_eq!(is_full_screen("\x1b[?1049hx\x1b[?1049l"), Some(false));
        assert_eq!(is_full_screen("\x1b[?1049l\x1b[?1049h"), Some(true));
    }
}
