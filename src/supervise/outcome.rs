//! Every way a run can end.

use crate::sys::signal::Signal;
use crate::sys::wait::ExitStatus;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The command ended by itself or by a signal.
    Ended(ExitStatus),
    /// `--timeout` expired first; the status says what then ended it.
    TimedOut(ExitStatus),
    /// It could not be started; the errno is exec's or fork's.
    SpawnFailed(i32),
}

/// What `ledger-run` does to its parent's eyes (docs/exit-codes.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It exits with this code.
    Code(u8),
    /// It dies of this signal.
    Signal(Signal),
}

/// Our own failure before the command ran.
pub const EXIT_OWN_FAILURE: u8 = 125;
/// `--timeout` expired.
pub const EXIT_TIMED_OUT: u8 = 124;
/// The command was found and could not be executed.
pub const EXIT_NOT_EXECUTABLE: u8 = 126;
/// The command was not found.
pub const EXIT_NOT_FOUND: u8 = 127;

/// Why a command could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpawnFailure {
    /// There is no such command (or no such interpreter).
    NotFound,
    /// It is there, and cannot be executed.
    NotExecutable,
    /// The system had no room for another process.
    NoResources,
}

impl SpawnFailure {
    /// Classifies the errno of fork or exec as GNU timeout does: ENOENT alone is "not found".
    pub fn of(errno: i32) -> Self {
        match errno {
            libc::ENOENT => Self::NotFound,
            libc::EAGAIN | libc::ENOMEM | libc::EMFILE | libc::ENFILE => Self::NoResources,
            _ => Self::NotExecutable,
        }
    }
}

impl Outcome {
    /// What our parent is to see.
    pub fn exit(self) -> Exit {
        match self {
            Self::Ended(ExitStatus::Code(code)) => Exit::Code(u8::try_from(code & 0xff).unwrap_or(u8::MAX)),
            Self::Ended(ExitStatus::Signal { signal, .. }) => Exit::Signal(signal),
            Self::TimedOut(_) => Exit::Code(EXIT_TIMED_OUT),
            Self::SpawnFailed(errno) => Exit::Code(match SpawnFailure::of(errno) {
                SpawnFailure::NotFound => EXIT_NOT_FOUND,
                SpawnFailure::NotExecutable => EXIT_NOT_EXECUTABLE,
                SpawnFailure::NoResources => EXIT_OWN_FAILURE,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_contract() {
        let signaled = ExitStatus::Signal { signal: Signal::KILL, core_dumped: false };
        let table = [
            (Outcome::Ended(ExitStatus::Code(0)), Exit::Code(0)),
            (Outcome::Ended(ExitStatus::Code(255)), Exit::Code(255)),
            (Outcome::Ended(signaled), Exit::Signal(Signal::KILL)),
            (Outcome::TimedOut(signaled), Exit::Code(124)),
            (Outcome::TimedOut(ExitStatus::Code(0)), Exit::Code(124)),
            (Outcome::SpawnFailed(libc::ENOENT), Exit::Code(127)),
            (Outcome::SpawnFailed(libc::EACCES), Exit::Code(126)),
            (Outcome::SpawnFailed(libc::ENOTDIR), Exit::Code(126)),
            (Outcome::SpawnFailed(libc::E2BIG), Exit::Code(126)),
            (Outcome::SpawnFailed(libc::EAGAIN), Exit::Code(125)),
        ];
        for (outcome, exit) in table {
            assert_eq!(outcome.exit(), exit, "{outcome:?}");
        }
    }
}
