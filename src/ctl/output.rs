//! Standard output, buffered and locked; a reader that goes away is noticed, not a panic.

use serde::Serialize;
use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write as _};

/// Standard output of one subcommand.
pub(crate) struct Out(BufWriter<StdoutLock<'static>>);

impl Out {
    /// Locks standard output.
    pub(crate) fn new() -> Self {
        Self(BufWriter::new(io::stdout().lock()))
    }

    /// Writes `text` as it is, and sends it.
    pub(crate) fn text(&mut self, text: impl Display) -> io::Result<()> {
        write!(self.0, "{text}")?;
        self.flush()
    }

    /// Writes one line. Control characters in it are escaped: it may quote what others wrote.
    pub(crate) fn line(&mut self, line: impl Display) -> io::Result<()> {
        let line = line.to_string();
        let plain = line.chars().all(|character| !character.is_control());
        let line = if plain { line } else { line.escape_debug().to_string() };
        writeln!(self.0, "{line}")
    }

    /// Writes one value as one line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, value)?;
        writeln!(self.0)
    }

    /// Sends what is buffered.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
