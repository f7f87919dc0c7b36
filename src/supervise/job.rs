//! The command as a process: our own child, or the child of a terminal's monitor.

use crate::sys::backchannel::{FRAME, Order, Report};
use crate::sys::monitor::{Monitor, Waiting};
use crate::sys::pipe::write_all;
use crate::sys::polled::Polled;
use crate::sys::signal::{Signal, kill};
use crate::sys::spawn::Spawn;
use std::io;

/// A command about to be started.
pub(super) enum Launch<'a> {
    /// By us.
    Own(Box<Spawn<'a>>),
    /// By a monitor.
    Monitored(Waiting),
}

impl Launch<'_> {
    /// Starts it. The error is exec's (or fork's). Must be called inside the runtime.
    pub(super) fn start(self) -> io::Result<(i32, Job)> {
        match self {
            Self::Own(spawn) => spawn.spawn().map(|pid| (pid, Job::Own(pid))),
            Self::Monitored(waiting) => {
                let Monitor { pid, command, channel } = waiting.start()?;
                let channel = Polled::for_reading(channel)?;
                Ok((command, Job::Monitored { monitor: pid, command, channel, frame: Vec::new() }))
            }
        }
    }
}

/// A command until it has been reaped.
#[derive(Debug)]
pub(super) enum Job {
    /// Our child.
    Own(i32),
    /// A monitor's.
    Monitored {
        /// The monitor's process id.
        monitor: i32,
        /// The command's.
        command: i32,
        /// To the monitor and from it.
        channel: Polled,
        /// The beginning of a report.
        frame: Vec<u8>,
    },
    /// It has been reaped: its pid must not be used any more. The monitor waits until this is dropped.
    Over(Option<Polled>),
}

impl Job {
    /// The command's process id, until it has been reaped.
    pub(super) fn pid(&self) -> Option<i32> {
        match self {
            Self::Own(pid) | Self::Monitored { command: pid, .. } => Some(*pid),
            Self::Over(_) => None,
        }
    }

    /// The process id of the monitor.
    pub(super) fn monitor(&self) -> Option<i32> {
        match self {
            Self::Monitored { monitor, .. } => Some(*monitor),
            Self::Own(_) | Self::Over(_) => None,
        }
    }

    /// The command has been reaped.
    pub(super) fn is_over(&mut self) {
        *self = match std::mem::replace(self, Self::Over(None)) {
            Self::Monitored { channel, .. } => Self::Over(Some(channel)),
            other => Self::Over(if let Self::Over(channel) = other { channel } else { None }),
        };
    }

    /// Waits for the monitor's next report; none if it has died, and the command with its session is ours (on Linux).
    /// For ever if there is no monitor. Cancel-safe.
    pub(super) async fn next_report(&mut self) -> Option<Report> {
        let Self::Monitored { command, channel, frame, .. } = self else {
            return std::future::pending().await;
        };
        loop {
            let mut bytes = [0; FRAME];
            let read = channel.read(&mut bytes[..FRAME - frame.len()]).await.unwrap_or(0);
            frame.extend_from_slice(&bytes[..read]);
            if let Ok(whole) = <[u8; FRAME]>::try_from(&frame[..]) {
                frame.clear();
                if let Some(report) = Report::decode(&whole) {
                    return Some(report);
                }
            } else if read == 0 {
                *self = Self::Own(*command);
                return None;
            }
        }
    }

    /// Sends the command a signal. An error means that it ended a moment ago.
    pub(super) fn signal(&self, signal: Signal) {
        if let Self::Own(pid) = self {
            let _ = kill(*pid, signal);
        }
        self.order(Order::Signal(signal));
    }

    /// Tells the monitor, if there is one. Orders are few and small, so that there is always room.
    pub(super) fn order(&self, order: Order) {
        if let Self::Monitored { channel, .. } = self {
            let _ = write_all(channel.fd(), &order.encode());
        }
    }
}
