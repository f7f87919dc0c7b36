//! What the monitor of a terminal and we tell each other, as frames of one size over a socket.
//!
//! Both ends are the same program on the same machine, so numbers stand as this machine writes them.

use super::signal::Signal;
use super::wait::{ExitStatus, ResourceUse};
use std::time::Duration;

/// Words of a frame: a tag, three for its arguments, eight for resource use.
const WORDS: usize = 12;

/// Bytes of a frame.
pub const FRAME: usize = WORDS * 8;

/// What the monitor reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The command runs, with this process id.
    Started(i32),
    /// It could not be started; the errno is fork's or exec's.
    SpawnFailed(i32),
    /// It was stopped by this signal.
    Stopped(Signal),
    /// It goes on.
    Continued,
    /// An [`Order::Resume`] has been carried out: keys reach whom they should.
    Resumed,
    /// It has ended, and was reaped.
    Ended(ExitStatus, ResourceUse),
    /// Its status cannot be had; the errno is that of wait.
    Lost(i32),
}

/// What we want of the monitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Send this signal to the command.
    Signal(Signal),
    /// Send this signal where a key of the terminal would have sent it: to the foreground group.
    Keyboard(Signal),
    /// Continue the command, in the foreground of its terminal or in the background.
    Resume {
        /// Which of the two.
        foreground: bool,
    },
    /// Our terminal has hung up: see to it that the command hears of it.
    HangUp,
}

type Words = [u64; WORDS];

fn frame(words: Words) -> [u8; FRAME] {
    let mut bytes = [0; FRAME];
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_ne_bytes());
    }
    bytes
}

fn words(bytes: &[u8; FRAME]) -> Words {
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_ne_bytes(bytes.try_into().unwrap_or_default());
    }
    words
}

fn tagged(tag: u64, argument: i32) -> Words {
    let mut words = [0; WORDS];
    (words[0], words[1]) = (tag, number(argument));
    words
}

fn number(value: i32) -> u64 {
    u64::from(value.cast_unsigned())
}

fn small(word: u64) -> Option<i32> {
    u32::try_from(word).ok().map(u32::cast_signed)
}

impl Report {
    /// The frame that says it.
    pub fn encode(self) -> [u8; FRAME] {
        frame(match self {
            Self::Started(pid) => tagged(1, pid),
            Self::SpawnFailed(errno) => tagged(2, errno),
            Self::Stopped(signal) => tagged(3, signal.0),
            Self::Continued => tagged(4, 0),
            Self::Lost(errno) => tagged(5, errno),
            Self::Resumed => tagged(8, 0),
            Self::Ended(ExitStatus::Code(code), usage) => with_usage(tagged(6, code), &usage),
            Self::Ended(ExitStatus::Signal { signal, core_dumped }, usage) => {
                let mut words = tagged(7, signal.0);
                words[2] = u64::from(core_dumped);
                with_usage(words, &usage)
            }
        })
    }

    /// What `bytes` say; none if nothing.
    pub fn decode(bytes: &[u8; FRAME]) -> Option<Self> {
        let words = words(bytes);
        let argument = small(words[1])?;
        Some(match words[0] {
            1 => Self::Started(argument),
            2 => Self::SpawnFailed(argument),
            3 => Self::Stopped(Signal(argument)),
            4 => Self::Continued,
            5 => Self::Lost(argument),
            6 => Self::Ended(ExitStatus::Code(argument), usage(&words)),
            7 => {
                let status = ExitStatus::Signal { signal: Signal(argument), core_dumped: words[2] != 0 };
                Self::Ended(status, usage(&words))
            }
            8 => Self::Resumed,
            _ => return None,
        })
    }
}

impl Order {
    /// The frame that says it.
    pub fn encode(self) -> [u8; FRAME] {
        frame(match self {
            Self::Signal(signal) => tagged(1, signal.0),
            Self::Keyboard(signal) => tagged(2, signal.0),
            Self::Resume { foreground } => tagged(3, i32::from(foreground)),
            Self::HangUp => tagged(4, 0),
        })
    }

    /// What `bytes` say; none if nothing.
    pub fn decode(bytes: &[u8; FRAME]) -> Option<Self> {
        let words = words(bytes);
        let argument = small(words[1])?;
        Some(match words[0] {
            1 => Self::Signal(Signal(argument)),
            2 => Self::Keyboard(Signal(argument)),
            3 => Self::Resume { foreground: argument != 0 },
            4 => Self::HangUp,
            _ => return None,
        })
    }
}

fn with_usage(mut words: Words, usage: &ResourceUse) -> Words {
    let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    words[4..].copy_from_slice(&[
        nanos(usage.user),
        nanos(usage.system),
        usage.max_rss,
        usage.major_faults,
        usage.blocks_in,
        usage.blocks_out,
        usage.voluntary_switches,
        usage.involuntary_switches,
    ]);
    words
}

fn usage(words: &Words) -> ResourceUse {
    ResourceUse {
        user: Duration::from_nanos(words[4]),
        system: Duration::from_nanos(words[5]),
        max_rss: words[6],
        major_faults: words[7],
        blocks_in: words[8],
        blocks_out: words[9],
        voluntary_switches: words[10],
        involuntary_switches: words[11],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        let usage = ResourceUse {
            user: Duration::from_micros(1_500_001),
            system: Duration::from_secs(2),
            max_rss: 3,
            major_faults: 4,
            blocks_in: 5,
            blocks_out: 6,
            voluntary_switches: 7,
            involuntary_switches: 8,
        };
        let killed = ExitStatus::Signal { signal: Signal::KILL, core_dumped: true };
        for report in [
            Report::Started(4711),
            Report::SpawnFailed(libc::ENOENT),
            Report::Stopped(Signal::TSTP),
            Report::Continued,
            Report::Resumed,
            Report::Lost(libc::ECHILD),
            Report::Ended(ExitStatus::Code(255), usage),
            Report::Ended(killed, usage),
        ] {
            assert_eq!(Report::decode(&report.encode()), Some(report));
        }
        for order in [
            Order::Signal(Signal::TERM),
            Order::Keyboard(Signal::INT),
            Order::Resume { foreground: true },
            Order::Resume { foreground: false },
            Order::HangUp,
        ] {
            assert_eq!(Order::decode(&order.encode()), Some(order));
        }
        assert_eq!(Report::decode(&[0; FRAME]), None);
        assert_eq!(Order::decode(&[255; FRAME]), None);
    }
}
