//! What can go wrong while recording, and what it means for the record.

use super::dir::FsError;
use std::path::PathBuf;
use std::time::Duration;

/// Why an event did not reach the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file system refused.
    #[error(transparent)]
    Fs(#[from] FsError),
    /// Somebody held the lock all the time.
    #[error("failed to lock {} within {waited:?}: another writer holds it, or was stopped while it did", path.display())]
    LockTimeout {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// A directory, FIFO or device stands where a file should be.
    #[error("failed to use {}: it is not a regular file", path.display())]
    NotRegular {
        /// What stands there.
        path: PathBuf,
    },
    /// Only a part of the line could be written, and it could not be taken back. The next writer completes it.
    #[error("failed to finish a line in {}: {source}; the next writer completes it", path.display())]
    Unfinished {
        /// The day's file.
        path: PathBuf,
        /// What stopped the write.
        source: std::io::Error,
    },
    /// The end of the chain kept changing while it was looked at.
    #[error("failed to find the end of the chain in {}: run `ledgerctl verify`", path.display())]
    NoEnd {
        /// The agent's directory.
        path: PathBuf,
    },
}

/// Something that went wrong beside the run; the run itself goes on.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Events wait in a spool; the next successful writer appends them.
    #[error("{why}; {events} event(s) kept in {}, to be appended by the next run or `ledgerctl doctor --fix`", spool.display())]
    Spooled {
        /// What the ledger said.
        why: LedgerError,
        /// How many events.
        events: usize,
        /// Where they are.
        spool: PathBuf,
    },
    /// Events are gone: neither the ledger nor a spool took them.
    #[error("{why}; {events} event(s) lost, the spool failed too: {spool}")]
    Unrecorded {
        /// What the ledger said.
        why: LedgerError,
        /// How many events.
        events: usize,
        /// What the last spool said.
        spool: FsError,
    },
    /// A line is half written; the next writer completes it.
    #[error("{0}")]
    Unfinished(LedgerError),
    /// Earlier events still wait in a spool, so later ones do too.
    #[error("spooled events stay in {}: {why}; run `ledgerctl doctor --fix`", spool.display())]
    NotReplayed {
        /// Where they are.
        spool: PathBuf,
        /// What went wrong.
        why: String,
    },
    /// The run cannot be told lost if its recorder dies.
    #[error("this run is not listed as open: {0}")]
    OpenRun(FsError),
    /// `status.json` is not up to date.
    #[error("status.json was not updated: {0}")]
    Status(FsError),
    /// The newest head is not known outside the ledger, so a cut tail would not be noticed.
    #[error("the ledger's head is not mirrored outside it: {0}")]
    Mirror(FsError),
    /// A head that was mirrored is not in the ledger any more.
    #[error(
        "the ledger of `{agent}` no longer holds line {seq} as it was written: run `ledgerctl verify {agent}`"
    )]
    HeadMissing {
        /// Whose ledger.
        agent: String,
        /// The line's number.
        seq: u64,
    },
}

impl Problem {
    /// Whether the record of this run lacks something because of it; the others are about things beside the record
    /// (`status.json`, the mirror), which need no line on the terminal each time.
    pub fn concerns_record(&self) -> bool {
        !matches!(self, Self::Status(_) | Self::Mirror(_))
    }
}

/// Where the events of a call are now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recorded {
    /// In no place that survives this process.
    Nowhere,
    /// In a spool outside the ledger.
    Spool,
    /// In the ledger.
    Ledger,
}
