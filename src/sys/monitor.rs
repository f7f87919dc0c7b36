//! The process between us and a command that has a terminal of its own.
//!
//! A command that led its terminal's session could not be stopped by Ctrl-Z: its process group would be orphaned, and
//! the kernel discards such stops. So a monitor leads the session, the command is a group of its own below it, and what
//! the monitor learns by waiting it reports over a socket ([`super::backchannel`]).
//!
//! The monitor is a fork, made while there is one thread, and no second start of this program: what the touch backend
//! has prepared for the child (descriptors, a shared page, a filter) is there without being passed on. It keeps nothing
//! but its terminal and its socket, ignores every signal, and ends when the socket does.

use super::backchannel::{FRAME, Order, Report};
use super::descriptors::close_others;
use super::pipe::{set_nonblocking, write_all};
use super::pty::lead_session;
use super::signal::{Signal, SignalSet, kill, kill_group};
use super::signal_source::{open, read_one};
use super::spawn::{Job, Spawn};
use super::wait::{Change, next_change};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Our end of a monitor whose command runs.
#[derive(Debug)]
pub struct Monitor {
    /// Its process id: a process of ours that is none of the command's.
    pub pid: i32,
    /// The command's process id.
    pub command: i32,
    /// Reports come in here, orders go out; non-blocking.
    pub channel: OwnedFd,
}

/// A monitor that has started nothing yet. Dropped, it goes away without a trace.
#[derive(Debug)]
pub struct Waiting {
    pid: i32,
    channel: UnixStream,
}

/// Forks the monitor of terminal `follower`. The process must have one thread.
pub fn fork(spawn: Spawn<'_>, follower: OwnedFd, foreground: bool) -> io::Result<Waiting> {
    let (ours, theirs) = UnixStream::pair()?;
    match fork_process()? {
        0 => {
            drop(ours);
            // Nothing may return into what was forked, whatever happens.
            let _ = catch_unwind(AssertUnwindSafe(|| run(spawn, follower, foreground, theirs)));
            // SAFETY: ends this process without running the parent's exit handlers.
            unsafe { libc::_exit(1) }
        }
        pid => Ok(Waiting { pid, channel: ours }),
    }
}

impl Waiting {
    /// Has it start the command, in the foreground of the terminal or in the background as was said. The error is that
    /// of the command's fork or exec.
    pub fn start(mut self) -> io::Result<Monitor> {
        let died = |_| io::Error::from_raw_os_error(libc::EAGAIN);
        write_all(self.channel.as_fd(), &GO).map_err(died)?;
        let mut frame = [0; FRAME];
        self.channel.read_exact(&mut frame).map_err(died)?;
        match Report::decode(&frame) {
            Some(Report::Started(command)) => {
                set_nonblocking(self.channel.as_raw_fd())?;
                Ok(Monitor { pid: self.pid, command, channel: self.channel.into() })
            }
            Some(Report::SpawnFailed(errno)) => Err(io::Error::from_raw_os_error(errno)),
            _ => Err(io::Error::from_raw_os_error(libc::EIO)),
        }
    }
}

/// Lets the monitor begin.
const GO: [u8; 1] = [b'g'];

/// On Linux without a signal at its end: then `wait` does not see it, and asking for left-behind processes costs nothing.
fn fork_process() -> io::Result<i32> {
    #[cfg(target_os = "linux")]
    return super::notify_guard::fork_quietly();
    #[cfg(not(target_os = "linux"))]
    // SAFETY: there is one thread, so that the child finds no lock held.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok(pid),
    }
}

struct Watch {
    command: i32,
    follower: OwnedFd,
    channel: UnixStream,
}

fn run(mut spawn: Spawn<'_>, follower: OwnedFd, foreground: bool, mut channel: UnixStream) {
    super::tty::forget();
    if channel.read_exact(&mut GO.clone()).is_err() {
        return;
    }
    spawn.job = Some(Job { terminal: follower.as_raw_fd(), foreground });
    let started = lead_session(follower.as_fd()).and_then(|()| spawn.spawn());
    let command = match started {
        Ok(command) => command,
        Err(error) => {
            let errno = error.raw_os_error().unwrap_or(libc::EIO);
            let _ = write_all(channel.as_fd(), &Report::SpawnFailed(errno).encode());
            return;
        }
    };
    let signals = open(&SignalSet::of([Signal::CHLD]));
    let signals_fd = signals.as_ref().map_or(channel.as_raw_fd(), AsRawFd::as_raw_fd);
    // Above all our end of the terminal: it must hang up when the recorder dies.
    close_others(&mut [follower.as_raw_fd(), channel.as_raw_fd(), signals_fd]);
    let watch = Watch { command, follower, channel };
    watch.report(Report::Started(command));
    match signals {
        Ok(signals) => watch.drive(&signals),
        Err(error) => watch.report(Report::Lost(error.raw_os_error().unwrap_or(libc::EIO))),
    }
}

impl Watch {
    /// A recorder that has died hears nothing; that is noticed when reading.
    fn report(&self, report: Report) {
        let _ = write_all(self.channel.as_fd(), &report.encode());
    }

    fn drive(mut self, signals: &OwnedFd) {
        // It may have ended before there was anything to hear of it.
        let mut open = !self.look();
        while open {
            let mut fds = [
                PollFd::new(signals.as_fd(), PollFlags::POLLIN),
                PollFd::new(self.channel.as_fd(), PollFlags::POLLIN),
            ];
            let _ = poll(&mut fds, PollTimeout::NONE);
            let [signal, order] = [0, 1].map(|at: usize| fds[at].revents().is_some_and(|e| !e.is_empty()));
            if signal {
                while read_one(signals.as_fd()).is_ok() {}
                open = !self.look();
            }
            if open && order && !self.obey() {
                return self.hang_up();
            }
        }
        self.leave();
    }

    /// Reports what has happened to the command; true if it has ended.
    fn look(&self) -> bool {
        loop {
            let report = match next_change(self.command) {
                Ok(Some(Change::Stopped(by))) => Report::Stopped(by),
                Ok(Some(Change::Continued)) => Report::Continued,
                Ok(Some(Change::Ended(status, usage))) => {
                    // The groups left in the terminal's foreground must not be hung up when this session ends.
                    self.give_terminal(own_group());
                    self.report(Report::Ended(status, usage));
                    return true;
                }
                Ok(None) => return false,
                Err(error) => {
                    self.report(Report::Lost(error.raw_os_error().unwrap_or(libc::EIO)));
                    return true;
                }
            };
            self.report(report);
        }
    }

    /// Takes one order; false if the recorder is gone.
    fn obey(&mut self) -> bool {
        let mut frame = [0; FRAME];
        if self.channel.read_exact(&mut frame).is_err() {
            return false;
        }
        // A failure means that the command ended a moment ago, which the next signal tells.
        let _ = match Order::decode(&frame) {
            Some(Order::Signal(signal)) => kill(self.command, signal),
            Some(Order::Keyboard(signal)) => {
                kill_group(self.foreground_group().unwrap_or_else(|| self.command_group()), signal)
            }
            Some(Order::Resume { foreground }) => {
                let group = self.command_group();
                self.give_terminal(if foreground { group } else { own_group() });
                let continued = kill_group(group, Signal::CONT);
                self.report(Report::Resumed);
                continued
            }
            // The kernel tells the foreground.
            Some(Order::HangUp) if self.foreground_group() == Some(self.command_group()) => Ok(()),
            Some(Order::HangUp) => kill_group(self.command_group(), Signal::HUP),
            None => Ok(()),
        };
        true
    }

    /// The group a key of the terminal reaches; none if that is us, because the command is in the background.
    fn foreground_group(&self) -> Option<i32> {
        let group = nix::unistd::tcgetpgrp(&self.follower).ok()?.as_raw();
        Some(group).filter(|group| *group != own_group())
    }

    /// A command may move to another group.
    fn command_group(&self) -> i32 {
        let command = nix::unistd::Pid::from_raw(self.command);
        nix::unistd::getpgid(Some(command)).map_or(self.command, nix::unistd::Pid::as_raw)
    }

    /// SIGTTOU is blocked here, so that this works from the background.
    fn give_terminal(&self, group: i32) {
        let _ = nix::unistd::tcsetpgrp(&self.follower, nix::unistd::Pid::from_raw(group));
    }

    /// The recorder has died and its end of the terminal with it. The kernel tells the foreground; this tells a command
    /// in the background, and one that is stopped.
    fn hang_up(&self) {
        let group = self.command_group();
        if self.foreground_group() != Some(group) {
            let _ = kill_group(group, Signal::HUP);
        }
        let _ = kill_group(group, Signal::CONT);
    }

    /// The command has ended. Without our descriptor the terminal ends when its last user does; the session lasts until
    /// the recorder has read everything, for on some systems its end takes the terminal with it.
    fn leave(self) {
        let Self { follower, mut channel, .. } = self;
        drop(follower);
        let mut rest = [0; FRAME];
        while channel.read(&mut rest).is_ok_and(|read| read > 0) {}
    }
}

fn own_group() -> i32 {
    nix::unistd::getpgrp().as_raw()
}
