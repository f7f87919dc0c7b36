//! What the trace could not see, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// Kinds of things a trace can notice but not look into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blind {
    /// A ring was set up; what it does to files bypasses the filter.
    IoUring,
    /// A file was opened for writing by its handle.
    Handle,
    /// A descriptor was taken from another process.
    StolenFd,
    /// A path could not be read from the caller, or not be looked at.
    UnreadablePath,
    /// What a path is in the end cannot be seen.
    Hidden,
    /// A path is on a mount that exists only in the namespace of a process inside.
    PrivateMount,
    /// A call was let through before its path had been looked at: a file system did not answer in time.
    Late,
    /// Our own mistake; the call was let through.
    Mistake,
}

const PHRASES: [(Blind, &str); 8] = [
    (Blind::IoUring, "io_uring was set up, and files changed through it are not seen"),
    (Blind::Handle, "files were opened for writing by handle, without a path"),
    (Blind::StolenFd, "descriptors were taken from other processes"),
    (Blind::UnreadablePath, "calls whose path could not be read or looked at were let through"),
    (Blind::Hidden, "files could not be looked at after the run"),
    (Blind::PrivateMount, "files were changed on a mount that only a sandbox inside can see"),
    (Blind::Late, "calls were let through unseen because a file system did not answer in time"),
    (Blind::Mistake, "calls were let through unseen because of a mistake in the recorder"),
];

/// Counters.
#[derive(Debug, Default)]
pub struct BlindSpots([AtomicU64; PHRASES.len()]);

impl BlindSpots {
    /// Counts one.
    pub fn add(&self, blind: Blind) {
        self.0[blind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// What was met, in words, with counts.
    pub fn phrases(&self) -> Vec<String> {
        let counted =
            PHRASES.iter().zip(&self.0).map(|((_, text), count)| (text, count.load(Ordering::Relaxed)));
        counted.filter(|(_, count)| *count > 0).map(|(text, count)| format!("{text} ({count})")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own_counter_and_phrase() {
        for (at, (blind, text)) in PHRASES.iter().enumerate() {
            assert_eq!(*blind as usize, at);
            let spots = BlindSpots::default();
            spots.add(*blind);
            spots.add(*blind);
            assert_eq!(spots.phrases(), [format!("{text} (2)")]);
        }
    }
}
