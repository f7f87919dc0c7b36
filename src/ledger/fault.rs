//! Named points of the append protocol, where a test may kill the process or make a write fail.
//!
//! The shipped binaries never install anything here; nothing outside the process can.

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// A point the protocol passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Point {
    /// The agent's lock is held.
    Locked,
    /// The link is computed.
    Linked,
    /// The line is in the journal.
    Journaled,
    /// The line is in the day's file.
    Written,
    /// The head is mirrored.
    Mirrored,
    /// The open-run file exists and is locked.
    RunOpened,
    /// A spool was renamed for replay.
    ReplayBegun,
    /// All its events are in the ledger.
    Replayed,
    /// A lost run's events are in the ledger.
    LossWritten,
    /// All events of a run are written; its open-run file still exists.
    ResultWritten,
    /// `status.json` is replaced.
    StatusWritten,
    /// The open-run file is gone.
    RunClosed,
}

/// What a test installs.
pub trait FaultHook: Send + Sync {
    /// Called at every point passed.
    fn reached(&self, _point: Point) {}
    /// Called instead of writing `line` to a day's file; `None` lets it be written as usual.
    fn write(&self, _file: &File, _line: &[u8]) -> Option<io::Result<usize>> {
        None
    }
}

/// The hook of a ledger, usually none.
#[derive(Clone, Default)]
pub(super) struct Fault(Option<Arc<dyn FaultHook>>);

impl Fault {
    pub(super) fn new(hook: Arc<dyn FaultHook>) -> Self {
        Self(Some(hook))
    }

    pub(super) fn reached(&self, point: Point) {
        if let Some(hook) = &self.0 {
            hook.reached(point);
        }
    }

    pub(super) fn write(&self, file: &File, line: &[u8]) -> Option<io::Result<usize>> {
        self.0.as_ref()?.write(file, line)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Fault(installed)" } else { "Fault(none)" })
    }
}
