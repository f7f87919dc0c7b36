//! A terminal's session as a file to be played again: asciicast v2 (<https://docs.asciinema.org/manual/asciicast/v2/>).
//!
//! One JSON value per line: a header, then `[seconds, "o", text]` for output and `[seconds, "r", "COLSxROWS"]` for a new
//! size. What is typed is not in it.

use super::dir::FsError;
use super::log::LogFile;
use crate::base::redacted::Redacted;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The version of the format that is written and read.
const VERSION: u8 = 2;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CastHeader {
    /// Of the format.
    pub version: u8,
    /// Columns at the beginning.
    pub width: u16,
    /// Rows at the beginning.
    pub height: u16,
    /// When it began, in seconds of Unix time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
    /// The command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// Any other line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CastEvent {
    /// The terminal was written to.
    Output(String),
    /// It has another size: columns and rows.
    Resize(u16, u16),
    /// Something this program does not write.
    Other,
}

/// A line that is none of the format.
#[derive(Debug, thiserror::Error)]
pub enum CastError {
    /// Not what the format says.
    #[error("this is no line of an asciicast: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Another format.
    #[error("asciicast version {0} cannot be read, only version 2")]
    Version(u8),
}

/// A session's file, being written.
#[derive(Debug)]
pub struct CastFile {
    file: LogFile,
    /// The beginning of a character whose end has not come.
    unfinished: Vec<u8>,
    last: Duration,
}

impl CastFile {
    /// Begins with the header; `size` is columns and rows, `began` is in seconds of Unix time.
    pub fn begin(
        mut file: LogFile,
        size: (u16, u16),
        began: i64,
        command: &Redacted<String>,
    ) -> Result<Self, FsError> {
        let (width, height) = size;
        let (timestamp, command) = (Some(began), Some(command.get().clone()));
        let header = CastHeader { version: VERSION, width, height, timestamp, command };
        file.append(&line(&header))?;
        Ok(Self { file, unfinished: Vec::new(), last: Duration::ZERO })
    }

    /// Appends output that came `at` after the beginning.
    pub fn output(&mut self, at: Duration, bytes: &Redacted<Vec<u8>>) -> Result<(), FsError> {
        self.last = at;
        self.unfinished.extend_from_slice(bytes.get());
        let whole = self.unfinished.len() - unfinished_length(&self.unfinished);
        let rest = self.unfinished.split_off(whole);
        let bytes = std::mem::replace(&mut self.unfinished, rest);
        self.append(&bytes)
    }

    /// Appends a new size, columns and rows.
    pub fn resize(&mut self, at: Duration, size: (u16, u16)) -> Result<(), FsError> {
        let (columns, rows) = size;
        self.file.append(&line(&(seconds(at), "r", format!("{columns}x{rows}"))))
    }

    /// Makes what was written so far readable.
    pub fn flush(&mut self) -> Result<(), FsError> {
        self.file.flush()
    }

    /// Ends the session; the file is still to be finished.
    pub fn end(&mut self) -> Result<(), FsError> {
        let rest = std::mem::take(&mut self.unfinished);
        self.append(&rest)
    }

    /// The file.
    pub fn into_file(self) -> LogFile {
        self.file
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), FsError> {
        if bytes.is_empty() {
            return Ok(());
        }
        // The format has text only; a terminal shows a replacement for what is none, too.
        let text = String::from_utf8_lossy(bytes);
        self.file.append(&line(&(seconds(self.last), "o", text)))
    }
}

/// Bytes at the end that begin a character of UTF-8 and do not end it.
fn unfinished_length(bytes: &[u8]) -> usize {
    let last = bytes.utf8_chunks().last();
    last.map(|chunk| chunk.invalid().len()).filter(|length| (1..4).contains(length)).map_or(0, |length| {
        let invalid = &bytes[bytes.len() - length..];
        // An error in the middle has no length; at the end it may be only too short.
        std::str::from_utf8(invalid)
            .err()
            .map_or(0, |error| if error.error_len().is_none() { length } else { 0 })
    })
}

fn seconds(at: Duration) -> f64 {
    (at.as_secs_f64() * 1e6).round() / 1e6
}

/// Numbers and text always become JSON.
fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}

/// Reads a first line.
pub fn read_header(line: &str) -> Result<CastHeader, CastError> {
    let header: CastHeader = serde_json::from_str(line)?;
    if header.version == VERSION { Ok(header) } else { Err(CastError::Version(header.version)) }
}

/// Reads any other line: when it happened, counted from the beginning, and what.
pub fn read_event(line: &str) -> Result<(Duration, CastEvent), CastError> {
    let (at, kind, data): (f64, String, String) = serde_json::from_str(line)?;
    let at = Duration::try_from_secs_f64(at).unwrap_or_default();
    let size = || {
        let (columns, rows) = data.split_once('x')?;
        Some(CastEvent::Resize(columns.parse().ok()?, rows.parse().ok()?))
    };
    let event = match kind.as_str() {
        "o" => CastEvent::Output(data),
        "r" => size().unwrap_or(CastEvent::Other),
        _ => CastEvent::Other,
    };
    Ok((at, event))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::LedgerPaths;
    use crate::ledger::log::LogForm;
    use std::path::Path;

    fn redacted(bytes: &[u8]) -> Redacted<Vec<u8>> {
        Redacted::vouch(bytes.to_vec())
    }

    #[test]
    fn what_is_written_can_be_read() {
        let temp = tempfile::tempdir().unwrap();
        let paths = LedgerPaths::new(temp.path(), Path::new("/s"), &"cls".parse().unwrap());
        let run = "0194fdc2-fa2f-7cc0-8b3a-000102030405".parse().unwrap();
        let file = LogFile::create(&paths, temp.path(), &run, "stdout.cast", LogForm::Plain, 0o600).unwrap();
        let command = Redacted::vouch("vim x".to_owned());
        let mut cast = CastFile::begin(file, (80, 24), 1_700_000_000, &command).unwrap();
        let ms = Duration::from_millis;
        cast.output(ms(1), &redacted(b"\x1b[1ma\r\n")).unwrap();
        // A character in two pieces, and a byte that is none.
        cast.output(ms(2), &redacted(b"caf\xc3")).unwrap();
        cast.resize(ms(3), (100, 40)).unwrap();
        cast.output(ms(1500), &redacted(b"\xa9 \xff!")).unwrap();
        cast.output(ms(1600), &redacted(b"\xe2\x82")).unwrap();
        cast.end().unwrap();
        let data = cast.into_file().finish().unwrap();
        let text = std::fs::read_to_string(temp.path().join(data.path)).unwrap();
        let mut lines = text.lines();
        let header = read_header(lines.next().unwrap()).unwrap();
        assert_eq!((header.width, header.height, header.command.as_deref()), (80, 24, Some("vim x")));
        let events: Vec<_> = lines.map(|line| read_event(line).unwrap()).collect();
        let output = |text: &str| CastEvent::Output(text.to_owned());
        assert_eq!(
            events,
            [
                (ms(1), output("\x1b[1ma\r\n")),
                (ms(2), output("caf")),
                (ms(3), CastEvent::Resize(100, 40)),
                (ms(1500), output("é \u{fffd}!")),
                (ms(1600), output("\u{fffd}")),
            ]
        );
    }

    #[test]
    fn other_formats_are_refused() {
        assert!(read_header("{\"version\":3,\"width\":80,\"height\":24}").is_err());
        assert!(read_header("no json").is_err());
        assert!(read_event("[1]").is_err());
        assert_eq!(read_event("[1.5,\"i\",\"x\"]").unwrap().1, CastEvent::Other);
    }
}
