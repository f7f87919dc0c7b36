//! `--log`: whole streams, redacted, in files beside the ledger. One thread per stream redacts, compresses and writes, so
//! that the pump only copies; when it cannot keep up the stream waits, as memory must stay flat. What went through a
//! terminal is kept with its times and sizes, to be played again.

use super::drafts::Story;
use crate::base::limits::{LOG_PATIENCE, LOG_PAUSE, LOG_WAITING};
use crate::base::redacted::Redacted;
use crate::base::time::Timestamp;
use crate::ledger::record::LogData;
use crate::ledger::{CastFile, FsError, LedgerPaths, LogFile, LogForm, canonical};
use crate::redact::RecordedStream;
use crate::supervise::pump::Tap;
use crate::sys::modes::WindowSize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Mode of a log, as of the ledger's own files.
const MODE: u32 = 0o600;

/// The log of one stream while the command runs.
pub(super) struct Log {
    chunks: SyncSender<Chunk>,
    written: Receiver<LogData>,
    size: Arc<SharedSize>,
}

enum Chunk {
    /// Output that came at this time.
    Bytes(Instant, Vec<u8>),
    /// The terminal has this size: columns and rows.
    Size(Instant, (u16, u16)),
    /// Nothing more comes, although a pump that was abandoned may still hold its end.
    End,
}

/// The pump's end of a log.
struct Copies {
    chunks: Option<SyncSender<Chunk>>,
    /// The log's thread, not started yet.
    work: Option<Box<dyn FnOnce() + Send>>,
    size: Arc<SharedSize>,
    told: u32,
}

/// The size of the command's terminal, columns and rows in one number.
#[derive(Debug, Default)]
struct SharedSize(AtomicU32);

impl SharedSize {
    fn set(&self, size: WindowSize) {
        self.0.store(u32::from(size.columns) << 16 | u32::from(size.rows), Ordering::Release);
    }

    fn get(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
}

/// Columns and rows of such a number.
fn columns_and_rows(both: u32) -> (u16, u16) {
    let [high, low, rows_high, rows_low] = both.to_be_bytes();
    (u16::from_be_bytes([high, low]), u16::from_be_bytes([rows_high, rows_low]))
}

impl Tap for Copies {
    fn begin(&mut self) {
        let Some(work) = self.work.take() else { return };
        if std::thread::Builder::new().name("log".to_owned()).spawn(work).is_err() {
            // The answer is never given, which the end of the log notices.
            self.chunks = None;
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        let size = self.size.get();
        if std::mem::replace(&mut self.told, size) != size {
            self.send(Chunk::Size(Instant::now(), columns_and_rows(size)));
        }
        self.send(Chunk::Bytes(Instant::now(), bytes.to_vec()));
    }
}

impl Copies {
    /// If nobody takes it any more, the log has failed, and says so itself.
    fn send(&mut self, chunk: Chunk) {
        if self.chunks.as_ref().is_some_and(|chunks| chunks.send(chunk).is_err()) {
            self.chunks = None;
        }
    }
}

impl Log {
    /// Creates the log of `stream` (`stdout` or `stderr`); its thread starts with the pump. `terminal` is the size of the
    /// terminal it goes through, if it is one, and the time.
    pub(super) fn begin(
        story: &Story<'_>,
        stream: &'static str,
        terminal: Option<(WindowSize, Timestamp)>,
    ) -> Result<(Self, Box<dyn Tap>), String> {
        let spec = story.spec;
        let root = canonical(&spec.root);
        let paths = LedgerPaths::new(&root, &spec.state_dir, &spec.agent);
        let wrong = |error: FsError| format!("no log of {stream}: {error}");
        let size = SharedSize::default();
        let file = match terminal {
            None => File::Plain(
                LogFile::create(&paths, &root, &story.run_id, stream, LogForm::Gzip, MODE).map_err(wrong)?,
            ),
            Some((found, began)) => {
                // Players refuse a terminal without a size.
                size.set(if found.rows == 0 || found.columns == 0 { WindowSize::USUAL } else { found });
                let name = format!("{stream}.cast");
                let file = LogFile::create(&paths, &root, &story.run_id, &name, LogForm::Plain, MODE)
                    .map_err(wrong)?;
                let command = story.redactor.record(story.line().to_owned());
                let began = i64::try_from(began.since_epoch().0).unwrap_or(0);
                let cast = CastFile::begin(file, columns_and_rows(size.get()), began, &command);
                File::Cast(cast.map_err(wrong)?, Instant::now())
            }
        };
        let size = Arc::new(size);
        let redactor = story.redactor.recorded();
        let (chunks, waiting) = sync_channel(LOG_WAITING);
        let (done, written) = sync_channel(1);
        let work = move || {
            // Room for the one answer; a run that has lost patience does not take it.
            let _ = done.try_send(write(file, redactor, &waiting));
        };
        let tap = Copies {
            chunks: Some(chunks.clone()),
            work: Some(Box::new(work)),
            told: size.get(),
            size: Arc::clone(&size),
        };
        Ok((Self { chunks, written, size }, Box::new(tap)))
    }

    /// The terminal has another size.
    pub(super) fn resized(&self, size: WindowSize) {
        self.size.set(size);
    }

    /// Ends the log and describes it; `None` if that takes too long or its thread has failed.
    pub(super) fn finish(self) -> Option<LogData> {
        // A full channel empties by itself; a broken one has its answer waiting.
        let _ = self.chunks.send(Chunk::End);
        self.written.recv_timeout(LOG_PATIENCE).ok()
    }
}

/// A log on disk.
enum File {
    Plain(LogFile),
    /// With the time it began at.
    Cast(CastFile, Instant),
}

impl File {
    fn write(&mut self, at: Duration, bytes: &Redacted<Vec<u8>>) -> Result<(), FsError> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Cast(cast, _) => cast.output(at, bytes),
        }
    }

    fn resize(&mut self, at: Duration, size: (u16, u16)) -> Result<(), FsError> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Cast(cast, _) => cast.resize(at, size),
        }
    }

    fn flush(&mut self) -> Result<(), FsError> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Cast(cast, _) => cast.flush(),
        }
    }

    fn end(&mut self) -> Result<(), FsError> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Cast(cast, _) => cast.end(),
        }
    }

    /// How long after its beginning `at` is.
    fn since(&self, at: Instant) -> Duration {
        match self {
            Self::Plain(_) => Duration::ZERO,
            Self::Cast(_, began) => at.saturating_duration_since(*began),
        }
    }

    fn into_log(self) -> LogFile {
        match self {
            Self::Plain(file) => file,
            Self::Cast(cast, _) => cast.into_file(),
        }
    }
}

/// Writes chunks until the stream ends. After a failure nothing more is taken.
fn write(mut file: File, mut redactor: RecordedStream, chunks: &Receiver<Chunk>) -> LogData {
    let outcome = write_all(&mut file, &mut redactor, chunks);
    let file = file.into_log();
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
    file: &mut File,
    redactor: &mut RecordedStream,
    chunks: &Receiver<Chunk>,
) -> Result<(), FsError> {
    let mut last = Duration::ZERO;
    loop {
        match chunks.recv_timeout(LOG_PAUSE) {
            Ok(Chunk::Bytes(at, bytes)) => {
                last = file.since(at);
                file.write(last, &redactor.push(&bytes))?;
            }
            Ok(Chunk::Size(at, size)) => file.resize(file.since(at), size)?,
            Err(RecvTimeoutError::Timeout) => file.flush()?,
            Ok(Chunk::End) | Err(RecvTimeoutError::Disconnected) => {
                file.write(last, &redactor.finish())?;
                return file.end();
            }
        }
    }
}
