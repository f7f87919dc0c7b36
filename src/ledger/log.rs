//! A whole redacted stream in a file of its own, beside the ledger (`--log`).
//!
//! The file is a gzip member (RFC 1952), so that `zcat` reads it everywhere, also when its writer was killed: up to the
//! last pause in the stream. A terminal's session is not compressed, because players want it as it is.

use super::chain::Hasher;
use super::dir::{Dir, FsError, Open, dir_mode};
use super::paths::{LOG_DIR, LedgerPaths};
use super::record::LogData;
use crate::base::ids::RunId;
use crate::base::redacted::Redacted;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Level 1 of 9: a log is written while somebody waits for the stream, and text shrinks to about a fifth anyway.
const LEVEL: Compression = Compression::new(1);

/// The file of one stream of one run, being written.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    shown: String,
    body: Body,
    unflushed: bool,
}

/// Whether a log is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// Compressed; `.gz` is added to the file's name.
    Gzip,
    /// As it is.
    Plain,
}

#[derive(Debug)]
enum Body {
    Gzip(Box<GzEncoder<Hashed>>),
    Plain(Hashed),
}

impl Body {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Gzip(encoder) => encoder,
            Self::Plain(file) => file,
        }
    }

    fn file(&self) -> &Hashed {
        match self {
            Self::Gzip(encoder) => encoder.get_ref(),
            Self::Plain(file) => file,
        }
    }
}

/// A file whose bytes are hashed and counted as they are written.
#[derive(Debug)]
struct Hashed {
    file: File,
    hasher: Hasher,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl LogFile {
    /// Creates `<root>/g/ledger/<agent>/logs/<run id>.<stream>`, or the same with `.gz`, which must not exist yet. `root` is
    /// what the path in the record is relative to.
    pub fn create(
        paths: &LedgerPaths,
        root: &Path,
        run: &RunId,
        stream: &str,
        form: LogForm,
        file_mode: u32,
    ) -> Result<Self, FsError> {
        let dir = Dir::open_or_create(&paths.ledger, dir_mode(file_mode))?;
        let dir = dir.subdir(LOG_DIR, Some(dir_mode(file_mode)))?;
        let ending = if form == LogForm::Gzip { ".gz" } else { "" };
        let name = format!("{run}.{stream}{ending}");
        let file = dir.file(&name, Open::New, file_mode)?;
        let path = dir.join(&name);
        let shown = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let target = Hashed { file, hasher: Hasher::default(), bytes: 0 };
        let body = match form {
            LogForm::Gzip => Body::Gzip(Box::new(GzEncoder::new(target, LEVEL))),
            LogForm::Plain => Body::Plain(target),
        };
        Ok(Self { path, shown, body, unflushed: false })
    }

    /// Appends redacted bytes.
    pub fn write(&mut self, bytes: &Redacted<Vec<u8>>) -> Result<(), FsError> {
        self.append(bytes.get())
    }

    /// Appends bytes made of redacted ones by the ledger itself.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), FsError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.unflushed = true;
        self.body.writer().write_all(bytes).map_err(|error| FsError::new("append to", &self.path, error))
    }

    /// Makes what was written so far readable; to be called in a pause, as it costs some compression.
    pub fn flush(&mut self) -> Result<(), FsError> {
        if !std::mem::take(&mut self.unflushed) {
            return Ok(());
        }
        self.body.writer().flush().map_err(|error| FsError::new("append to", &self.path, error))
    }

    /// Ends the file and describes it. What the caller knows better, it fills in: `redactions`, and whether the stream
    /// came to its end.
    pub fn finish(self) -> Result<LogData, FsError> {
        let target = match self.body {
            Body::Gzip(encoder) => {
                encoder.finish().map_err(|error| FsError::new("append to", &self.path, error))?
            }
            Body::Plain(file) => file,
        };
        Ok(LogData {
            path: self.shown,
            bytes: target.bytes,
            sha256: Some(target.hasher.finish().to_string()),
            redactions: 0,
            complete: true,
            reason: None,
        })
    }

    /// Describes a file that could not be written to its end.
    pub fn broken(self, reason: String) -> LogData {
        let bytes = self.body.file().bytes;
        LogData {
            path: self.shown,
            bytes,
            sha256: None,
            redactions: 0,
            complete: false,
            reason: Some(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Digest;
    use std::io::Read as _;

    fn redacted(text: &str) -> Redacted<Vec<u8>> {
        Redacted::vouch(text.as_bytes().to_vec())
    }

    fn open(root: &Path) -> Result<LogFile, FsError> {
        let paths = LedgerPaths::new(root, Path::new("/s"), &"cls".parse().unwrap());
        let run = "0194fdc2-fa2f-7cc0-8b3a-000102030405".parse().unwrap();
        LogFile::create(&paths, root, &run, "stdout", LogForm::Gzip, 0o600)
    }

    #[test]
    fn what_is_described_is_what_is_on_disk() {
        let temp = tempfile::tempdir().unwrap();
        let mut log = open(temp.path()).unwrap();
        assert!(open(temp.path()).is_err(), "a log is never written over");
        log.write(&redacted("one\n")).unwrap();
        log.flush().unwrap();
        let early = std::fs::read(&log.path).unwrap();
        let mut text = String::new();
        // Without its end the file is read up to the pause, then reported as cut.
        assert!(flate2::read::GzDecoder::new(early.as_slice()).read_to_string(&mut text).is_err());
        assert_eq!(text, "one\n");
        log.write(&redacted("two")).unwrap();
        let data = log.finish().unwrap();
        let bytes = std::fs::read(temp.path().join(&data.path)).unwrap();
        assert_eq!((data.bytes, data.sha256), (bytes.len() as u64, Some(Digest::of(&bytes).to_string())));
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "one\ntwo");
    }
}
