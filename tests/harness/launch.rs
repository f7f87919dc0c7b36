//! Children under a deadline: started, watched, signalled, and killed with everything they printed shown.

use super::tap::{DEADLINE, Tap, eventually};
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A command about to be started. Its input is empty and its output is read, unless said otherwise.
pub(crate) struct Launch {
    pub(super) command: Command,
    input: Input,
    stdout: Option<Stdio>,
    stderr: Option<Stdio>,
}

enum Input {
    Empty,
    Bytes(Vec<u8>),
    /// Written by the test while the command runs.
    Open,
}

impl Launch {
    pub(crate) fn new(command: Command) -> Self {
        Self { command, input: Input::Empty, stdout: None, stderr: None }
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn cwd(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    pub(crate) fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Input::Bytes(bytes.into());
        self
    }

    pub(crate) fn open_input(mut self) -> Self {
        self.input = Input::Open;
        self
    }

    pub(crate) fn stdout(mut self, stdout: impl Into<Stdio>) -> Self {
        self.stdout = Some(stdout.into());
        self
    }

    pub(crate) fn stderr(mut self, stderr: impl Into<Stdio>) -> Self {
        self.stderr = Some(stderr.into());
        self
    }

    /// Starts it as the leader of its own process group, which has our session and is not orphaned.
    pub(crate) fn start(mut self) -> Running {
        self.command.process_group(0);
        self.command.stdin(match self.input {
            Input::Empty => Stdio::null(),
            Input::Bytes(_) | Input::Open => Stdio::piped(),
        });
        self.command.stdout(self.stdout.unwrap_or_else(Stdio::piped));
        self.command.stderr(self.stderr.unwrap_or_else(Stdio::piped));
        let started = Instant::now();
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", self.command));
        let mut stdin = child.stdin.take();
        if let Input::Bytes(bytes) = self.input
            && let Some(mut pipe) = stdin.take()
        {
            // A command need not read all of its input.
            std::thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        Running {
            stdout: child.stdout.take().map_or_else(Tap::ended, Tap::on),
            stderr: child.stderr.take().map_or_else(Tap::ended, Tap::on),
            line: format!("{:?}", self.command.get_args().collect::<Vec<_>>()),
            child,
            stdin,
            started,
        }
    }

    /// Runs it to its end and to the end of its output.
    pub(crate) fn run(self) -> Ran {
        self.start().finish()
    }
}

/// A child that runs.
pub(crate) struct Running {
    child: Child,
    /// Its input, if the test writes it.
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) stdout: Tap,
    pub(crate) stderr: Tap,
    line: String,
    started: Instant,
}

impl Running {
    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Waits until `part` has come on standard output.
    pub(crate) fn says(&self, part: &str) {
        assert!(self.stdout.has(part), "no {part:?}: {}", self.story());
    }

    /// Sends a signal by its number to this process alone.
    pub(crate) fn signal(&self, number: i32) {
        ledger_run::sys::signal::kill(self.pid(), ledger_run::sys::signal::Signal(number)).unwrap();
    }

    /// Waits until its parent sees it stopped, and returns the signal that did it.
    pub(crate) fn stops(&self) -> Signal {
        let pid = Pid::from_raw(self.pid());
        eventually(&format!("a stop of {}", self.story()), || {
            match waitpid(pid, Some(WaitPidFlag::WUNTRACED | WaitPidFlag::WNOHANG)).unwrap() {
                WaitStatus::StillAlive => None,
                WaitStatus::Stopped(_, signal) => Some(signal),
                other => panic!("instead of a stop, {other:?} of {}", self.story()),
            }
        })
    }

    /// Waits for its end, its output may still be open.
    pub(crate) fn ends(&mut self) -> ExitStatus {
        let end = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if Instant::now() > end {
                self.kill();
                panic!("not over after {DEADLINE:?}: {}", self.story());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits for its end and for the end of its output.
    pub(crate) fn finish(mut self) -> Ran {
        drop(self.stdin.take());
        let status = self.ends();
        if !(self.stdout.has_ended() && self.stderr.has_ended()) {
            self.kill();
            panic!("its output is still open: {}", self.story());
        }
        Ran {
            status,
            stdout: self.stdout.so_far(),
            stderr: self.stderr.so_far(),
            took: self.started.elapsed(),
        }
    }

    fn kill(&mut self) {
        let _ = killpg(Pid::from_raw(self.pid()), Signal::SIGKILL);
        let _ = self.child.wait();
    }

    fn story(&self) -> String {
        let [stdout, stderr] = [&self.stdout, &self.stderr].map(|tap| excerpt(&tap.so_far()));
        format!("{} (stdout {stdout}, stderr {stderr})", self.line)
    }
}

/// A child that has ended.
#[derive(PartialEq)]
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) took: Duration,
}

impl Ran {
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    pub(crate) fn signal(&self) -> Option<i32> {
        self.status.signal()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub(crate) fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Code and signal, not whether a core was written: nobody writes one for a wrapper that re-raises.
    pub(crate) fn end(&self) -> (Option<i32>, Option<i32>) {
        (self.code(), self.signal())
    }

    /// Panics unless both ended alike and wrote the same bytes.
    pub(crate) fn is_like(&self, bare: &Self, what: &str) {
        assert_eq!(self.end(), bare.end(), "{what}: (code, signal); stderr {}", excerpt(&self.stderr));
        for (name, ours, theirs) in
            [("stdout", &self.stdout, &bare.stdout), ("stderr", &self.stderr, &bare.stderr)]
        {
            assert!(ours == theirs, "{what}: {name} is {} instead of {}", excerpt(ours), excerpt(theirs));
        }
    }
}

fn excerpt(bytes: &[u8]) -> String {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2000)]).into_owned();
    format!("{} bytes {start:?}", bytes.len())
}
