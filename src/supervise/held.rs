//! Output held back until it is known whether anybody wants it (`--quiet-success`).

use super::plan::Stream;
use crate::base::limits::{PUMP_CHUNK, QUIET_MEMORY};
use crate::sys::pipe::write_all;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::sync::Mutex;

/// Both streams' output in the order it came: in memory up to [`QUIET_MEMORY`], then in an unlinked temporary file that
/// only this process can reach.
#[derive(Debug)]
pub struct Held {
    temp_dir: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    order: Vec<(Stream, usize)>,
    memory: Vec<u8>,
    spill: Option<File>,
}

impl Held {
    /// Holds output, with `temp_dir` for what does not fit in memory.
    pub fn new(temp_dir: PathBuf) -> Self {
        Self { temp_dir, state: Mutex::default() }
    }

    /// Takes in a piece of `stream`. An error means that it could not be kept.
    pub fn push(&self, stream: Stream, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.spill.is_none() && state.memory.len() + bytes.len() > QUIET_MEMORY {
            let mut file = unlinked_file(&self.temp_dir)?;
            file.write_all(&std::mem::take(&mut state.memory))?;
            state.spill = Some(file);
        }
        match &mut state.spill {
            Some(file) => file.write_all(bytes)?,
            None => state.memory.extend_from_slice(bytes),
        }
        match state.order.last_mut() {
            Some((last, length)) if *last == stream => *length += bytes.len(),
            _ => state.order.push((stream, bytes.len())),
        }
        Ok(())
    }

    /// Writes everything where it would have gone, in its order. A reader that has gone away ends its stream only.
    pub fn release(&self) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let state = std::mem::take(&mut *state);
        let mut source: Box<dyn io::Read> = match state.spill {
            Some(mut file) => {
                file.rewind()?;
                Box::new(file)
            }
            None => Box::new(io::Cursor::new(state.memory)),
        };
        let mut buffer = vec![0; PUMP_CHUNK];
        for (stream, mut left) in state.order {
            while left > 0 {
                let piece = left.min(buffer.len());
                source.read_exact(&mut buffer[..piece])?;
                left -= piece;
                // EPIPE on one stream must not keep the other from its reader.
                let _ = match stream {
                    Stream::Stdout => write_all(io::stdout().as_fd(), &buffer[..piece]),
                    Stream::Stderr => write_all(io::stderr().as_fd(), &buffer[..piece]),
                };
            }
        }
        Ok(())
    }
}

fn unlinked_file(directory: &std::path::Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = directory.join(format!(".ledger-run-{}", uuid::Uuid::now_v7()));
    let file = File::options().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}
