//! `--log`: whole streams, redacted, in files beside the ledger. One thread per stream redacts, compresses and writes, so
//! that the pump only copies; when it cannot keep up the stream waits, as memory must stay flat.

use super::drafts::Story;
use crate::base::limits::{LOG_PATIENCE, LOG_PAUSE, LOG_WAITING};
use crate::ledger::record::LogData;
use crate::ledger::{FsError, LedgerPaths, LogFile, canonical};
use crate::redact::RecordedStream;
use crate::supervise::pump::Tap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

/// Mode of a log, as of the ledger's own files.
const MODE: u32 = 0o600;

/// The log of one stream while the command runs.
pub(super) struct Log {
    chunks: SyncSender<Chunk>,
    written: Receiver<LogData>,
}

enum Chunk {
    Bytes(Vec<u8>),
    /// Nothing more comes, although a pump that was abandoned may still hold its end.
    End,
}

/// The pump's end of a log.
struct Copies(Option<SyncSender<Chunk>>);

impl Tap for Copies {
    fn push(&mut self, bytes: &[u8]) {
        // Nobody takes it any more: the log has failed, and says so itself.
        if self.0.as_ref().is_some_and(|chunks| chunks.send(Chunk::Bytes(bytes.to_vec())).is_err()) {
            self.0 = None;
        }
    }
}

impl Log {
    /// Creates the log of `stream` (`stdout` or `stderr`) and starts its thread.
    pub(super) fn begin(story: &Story<'_>, stream: &'static str) -> Result<(Self, Box<dyn Tap>), String> {
        let spec = story.spec;
        let root = canonical(&spec.root);
        let paths = LedgerPaths::new(&root, &spec.state_dir, &spec.agent);
        let file = LogFile::create(&paths, &root, &story.run_id, stream, MODE)
            .map_err(|error| format!("no log of {stream}: {error}"))?;
        let redactor = story.redactor.recorded();
        let (chunks, waiting) = sync_channel(LOG_WAITING);
        let (done, written) = sync_channel(1);
        let work = move || {
            // Room for the one answer; a run that has lost patience does not take it.
            let _ = done.try_send(write(file, redactor, &waiting));
        };
        std::thread::Builder::new()
            .name(format!("log-{stream}"))
            .spawn(work)
            .map_err(|error| format!("no log of {stream}: {error}"))?;
        let tap = Copies(Some(chunks.clone()));
        Ok((Self { chunks, written }, Box::new(tap)))
    }

    /// Ends the log and describes it; `None` if that takes too long or its thread has failed.
    pub(super) fn finish(self) -> Option<LogData> {
        // A full channel empties by itself; a broken one has its answer waiting.
        let _ = self.chunks.send(Chunk::End);
        self.written.recv_timeout(LOG_PATIENCE).ok()
    }
}

/// Writes chunks until the stream ends. After a failure nothing more is taken.
fn write(mut file: LogFile, mut redactor: RecordedStream, chunks: &Receiver<Chunk>) -> LogData {
    let outcome = write_all(&mut file, &mut redactor, chunks);
    let mut data = match outcome {
        Ok(()) => file
            .finish()
            .unwrap_or_else(|error| LogData { reason: Some(error.to_string()), ..LogData::default() }),
        Err(error) => file.broken(error.to_string()),
    };
    data.redactions = redactor.hidden();
    data
}

fn write_all(
    file: &mut LogFile,
    redactor: &mut RecordedStream,
    chunks: &Receiver<Chunk>,
) -> Result<(), FsError> {
    loop {
        match chunks.recv_timeout(LOG_PAUSE) {
            Ok(Chunk::Bytes(bytes)) => file.write(&redactor.push(&bytes))?,
            Err(RecvTimeoutError::Timeout) => file.flush()?,
            Ok(Chunk::End) | Err(RecvTimeoutError::Disconnected) => return file.write(&redactor.finish()),
        }
    }
}
