//! A terminal for tests: a pseudo-terminal whose leader is ours, with somebody at the keyboard who reads the screen.

use super::launch::Launch;
use super::tap::{DEADLINE, Tap, eventually};
use ledger_run::sys::modes::{Modes, WindowSize};
use ledger_run::sys::pty::Pty;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Instant;

/// Rows and columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size(pub(crate) u16, pub(crate) u16);

/// A program in a terminal of its own, which is its controlling terminal, and a person in front of it.
pub(crate) struct Typist {
    child: Child,
    keyboard: File,
    screen: Tap,
    /// Everything up to here has been waited for.
    seen: usize,
    /// The modes before anybody could change them.
    first: Modes,
}

impl Launch {
    /// Starts it as the leader of a new session with a terminal of 24 rows and 80 columns.
    pub(crate) fn in_terminal(self) -> Typist {
        let (mut typist, unread) = self.in_unread_terminal();
        typist.screen = Tap::on(unread);
        typist
    }

    /// The same, and nobody reads the screen yet: it comes back to be read.
    #[expect(unsafe_code, reason = "a controlling terminal is taken between fork and exec")]
    pub(crate) fn in_unread_terminal(mut self) -> (Typist, File) {
        let pty = Pty::open(None, WindowSize::USUAL).unwrap();
        let first = Modes::of(pty.follower.as_fd()).unwrap();
        let follower = || Stdio::from(pty.follower.try_clone().unwrap());
        self.command.stdin(follower()).stdout(follower()).stderr(follower()).env("TERM", "xterm");
        let lead = || {
            nix::unistd::setsid()?;
            ledger_run::sys::pty::control(std::io::stdin().as_fd())
        };
        // SAFETY: setsid and ioctl are async-signal-safe, and nothing is allocated.
        unsafe { self.command.pre_exec(lead) };
        let child = self.command.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", self.command));
        blocking(&pty.leader);
        let unread = File::from(pty.leader.try_clone().unwrap());
        let keyboard = File::from(pty.leader);
        (Typist { child, keyboard, screen: Tap::ended(), seen: 0, first }, unread)
    }
}

/// The open file is ours alone.
fn blocking(leader: &OwnedFd) {
    nix::fcntl::fcntl(leader, nix::fcntl::FcntlArg::F_SETFL(nix::fcntl::OFlag::O_RDWR)).unwrap();
}

impl Typist {
    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Types.
    pub(crate) fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until `part` is shown, behind what was waited for before.
    pub(crate) fn sees(&mut self, part: &str) {
        match self.screen.has_after(self.seen, part) {
            Some(end) => self.seen = end,
            None => panic!("no {part:?} on the screen: {}", self.shown().escape_debug()),
        }
    }

    /// Waits until both are shown, in whatever order, behind what was waited for before.
    pub(crate) fn sees_both(&mut self, one: &str, other: &str) {
        let from = self.seen;
        self.sees(one);
        let end = std::mem::replace(&mut self.seen, from);
        self.sees(other);
        self.seen = self.seen.max(end);
    }

    /// Everything shown so far.
    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.screen.so_far()).into_owned()
    }

    pub(crate) fn resizes(&self, Size(rows, columns): Size) {
        WindowSize { rows, columns, pixels: (0, 0) }.apply(self.keyboard.as_fd()).unwrap();
    }

    pub(crate) fn size(&self) -> (u16, u16) {
        let size = WindowSize::of(self.keyboard.as_fd()).unwrap();
        (size.rows, size.columns)
    }

    /// The modes the terminal was in before the command was started.
    pub(crate) fn first_modes(&self) -> &Modes {
        &self.first
    }

    /// The modes the terminal is in.
    pub(crate) fn modes(&self) -> Modes {
        Modes::of(self.keyboard.as_fd()).unwrap()
    }

    /// Waits until the modes are such.
    pub(crate) fn finds_modes(&self, what: &str, right: impl Fn(&Modes) -> bool) {
        eventually(what, || right(&self.modes()).then_some(()));
    }

    /// Waits for its end; the terminal stays.
    pub(crate) fn ends(&mut self) -> ExitStatus {
        let end = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if Instant::now() > end {
                let _ = self.child.kill();
                panic!("not over after {DEADLINE:?}: {}", self.shown().escape_debug());
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }

    /// Waits for its end and returns it with everything that was shown.
    pub(crate) fn finish(mut self) -> (ExitStatus, String) {
        let status = self.ends();
        assert!(self.screen.has_ended(), "somebody still has the terminal: {}", self.shown());
        (status, self.shown())
    }

    /// Pulls the plug; only of a terminal whose screen nobody reads, or the reader holds it.
    pub(crate) fn hangs_up(self, unread: File) -> Child {
        let Self { child, keyboard, .. } = self;
        drop((keyboard, unread));
        child
    }
}

/// Reads a screen that nobody else reads, until `part` is on it.
pub(crate) fn read_until(screen: &mut File, part: &str) {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(part.as_bytes()) {
        assert_eq!(screen.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&seen));
        seen.push(byte[0]);
    }
}
