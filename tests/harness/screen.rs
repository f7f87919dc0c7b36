//! A screen as a person sees it: a terminal emulator that is not ours (tmux), and what is on its screen.

use super::env::Env;
use super::tap::eventually;
use std::ffi::OsStr;
use std::process::Command;

/// A tmux session with one window of 24 rows and 80 columns, in which a shell waits for a command. In the working
/// directory there is `./run`, which runs its arguments bare or wrapped.
pub(crate) struct Screen<'a> {
    env: &'a Env,
    wrapped: bool,
}

impl<'a> Screen<'a> {
    /// Starts it.
    pub(crate) fn new(env: &'a Env, wrapped: bool) -> Self {
        let prefix = if wrapped { concat!(env!("CARGO_BIN_EXE_ledger-run"), " x -- ") } else { "" };
        env.script("run", &format!("#!/bin/sh\nexec {prefix}\"$@\"\n"), 0o755);
        let screen = Self { env, wrapped };
        let shell = "exec env PS1='shell> ' HISTFILE= bash --norc --noprofile -i";
        screen.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", shell]);
        screen.tmux(&["set-option", "-g", "status", "off"]);
        screen.prompts();
        screen
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let socket = self.env.home().join("screen");
        let mut words: Vec<&OsStr> = vec!["tmux".as_ref(), "-S".as_ref(), socket.as_os_str()];
        words.extend(arguments.iter().map(OsStr::new));
        // Users without a login have a shell that runs nothing.
        let ran = self.env.bare(&words).env("SHELL", "/bin/sh").run();
        assert_eq!(ran.code(), Some(0), "tmux {arguments:?}: {}", ran.complaint());
        ran.text()
    }

    /// Presses keys by tmux's names: `Enter`, `C-z`, or text.
    pub(crate) fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Types a line into the shell.
    pub(crate) fn enter(&self, line: &str) {
        self.tmux(&["send-keys", "-l", line]);
        self.press(&["Enter"]);
    }

    /// The screen.
    pub(crate) fn now(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until `part` is on the screen.
    pub(crate) fn shows(&self, part: &str) -> String {
        self.waits(part, |screen| screen.contains(part))
    }

    /// Waits until the screen is right.
    pub(crate) fn waits(&self, what: &str, right: impl Fn(&str) -> bool) -> String {
        let mut last = String::new();
        let shown = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            eventually(what, || {
                last = self.now();
                right(&last).then(|| last.clone())
            })
        }));
        shown.unwrap_or_else(|_| panic!("wrapped: {}: no {what:?} on\n{last}", self.wrapped))
    }

    /// Waits until the shell asks for a command.
    pub(crate) fn prompts(&self) -> String {
        self.ends_with("shell>")
    }

    /// Waits until the last line that is not empty is this one.
    pub(crate) fn ends_with(&self, line: &str) -> String {
        self.waits(line, |screen| screen.trim_end().lines().last().map(str::trim_end) == Some(line))
    }

    /// Resizes the window.
    pub(crate) fn resize(&self, columns: &str, rows: &str) {
        self.tmux(&["resize-window", "-x", columns, "-y", rows]);
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        let socket = self.env.home().join("screen");
        let _ = Command::new("tmux").arg("-S").arg(socket).arg("kill-server").output();
    }
}
