//! One thread per captured stream: bytes from the command's pipe to our stream, as they come.
//!
//! The thread may block in its write for as long as the reader pleases; that is backpressure, and it reaches the
//! command because nothing is read meanwhile. Our end of the pipe is non-blocking (it is ours alone); the inherited stream
//! is never touched.

use super::capture::Capture;
use super::held::Held;
use super::plan::Stream;
use crate::base::limits::{PIPE_WIDE, PIPE_WIDE_AFTER, PUMP_CHUNK, REDACT_IDLE};
use crate::sys::pipe::{self, Ready, readable_bytes, wait, write_all};
use crate::sys::pty;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Changes a live stream on its way; `--mask` is one.
pub trait Filter: Send {
    /// Takes `input` and appends what may go out to `out`.
    fn push(&mut self, input: &[u8], out: &mut Vec<u8>);
    /// Nothing came for a moment: appends what need not be held back any longer.
    fn idle(&mut self, out: &mut Vec<u8>);
    /// The stream has ended: appends the rest.
    fn finish(&mut self, out: &mut Vec<u8>);
}

/// Gets a copy of the command's own bytes as they pass, before any filter.
pub trait Tap: Send {
    /// Called once before the first bytes, from where threads may be started.
    fn begin(&mut self);
    /// Takes the next bytes. It may wait for room, and the stream waits with it; it never fails.
    fn push(&mut self, bytes: &[u8]);
}

/// Why a pump has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The last writer closed the pipe.
    Closed,
    /// Our reader went away, so the command's has.
    ReaderGone,
    /// We were told to let go while somebody still held the pipe.
    Released,
    /// Reading or writing failed otherwise, with this errno.
    Failed(i32),
}

/// What a pump hands back.
#[derive(Debug)]
pub struct PumpEnd {
    /// Which stream it was.
    pub stream: Stream,
    /// Whether it came from a terminal.
    pub terminal: bool,
    /// Why it ended.
    pub end: End,
    /// What was kept.
    pub capture: Capture,
    /// The pipe, if it was released and can still be forwarded by somebody else.
    pub source: Option<OwnedFd>,
}

/// What others see of a pump while it runs.
#[derive(Debug, Default)]
pub struct Gauge {
    bytes: AtomicU64,
    busy: AtomicBool,
}

impl Gauge {
    /// Bytes so far, for heartbeats.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Whether the pump may hold something it has not passed on. What cannot be read any more and is in no busy pump has
    /// gone out.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst)
    }
}

/// Tells pumps to let go: raised by dropping `hang_up`'s other end and setting the flag.
#[derive(Debug, Clone)]
pub struct Release {
    /// Set before the pipe hangs up.
    pub flag: Arc<AtomicBool>,
    /// Read end of a pipe nobody writes to; wakes a pump that waits.
    pub hang_up: Arc<OwnedFd>,
}

/// A stream on its way.
pub struct Pump {
    /// Which stream it is.
    pub stream: Stream,
    /// Read end of the command's pipe, or the leader of its terminal; non-blocking.
    pub source: OwnedFd,
    /// Whether it is a terminal.
    pub terminal: bool,
    /// What changes it on its way.
    pub filter: Option<Box<dyn Filter>>,
    /// Who gets a copy of it.
    pub tap: Option<Box<dyn Tap>>,
    /// Where it is held back, if it is.
    pub held: Option<Arc<Held>>,
    /// Whether our stream can lose its reader (a pipe or a socket).
    pub watch_reader: bool,
    /// How we are told to let go.
    pub release: Release,
    /// What is kept.
    pub capture: Capture,
    /// Shared count.
    pub gauge: Arc<Gauge>,
}

impl Pump {
    /// Moves bytes until the stream ends or is released.
    pub fn run(mut self) -> PumpEnd {
        let mut out = Vec::new();
        let end = self.forward(&mut out).unwrap_or_else(|error| match error.raw_os_error() {
            Some(libc::EPIPE) => End::ReaderGone,
            errno => End::Failed(errno.unwrap_or(libc::EIO)),
        });
        if end == End::ReaderGone {
            self.take_rest();
        }
        self.gauge.busy.store(false, Ordering::SeqCst);
        if let Some(filter) = &mut self.filter {
            out.clear();
            filter.finish(&mut out);
            // The reader may be gone; then nobody misses it.
            let _ = emit(self.stream, self.held.as_deref(), &out);
        }
        // A filtered or held stream must not go on unfiltered or too early.
        let forwardable = end == End::Released && self.filter.is_none() && self.held.is_none();
        PumpEnd {
            stream: self.stream,
            terminal: self.terminal,
            end,
            capture: self.capture,
            source: forwardable.then_some(self.source),
        }
    }

    fn forward(&mut self, out: &mut Vec<u8>) -> io::Result<End> {
        let mut passed = 0;
        loop {
            if self.release.flag.load(Ordering::Acquire) {
                return self.take_what_is_there(out);
            }
            self.gauge.busy.store(true, Ordering::SeqCst);
            let space = self.capture.space();
            let room = space.len();
            let drained = match read(&self.source, self.terminal, space) {
                Ok(0) => return Ok(End::Closed),
                Ok(length) => {
                    self.pass(length, out)?;
                    passed = self.widen(passed, length);
                    // Asking an empty pipe again would only say that it is empty; a terminal gives less than it has.
                    length < room && !self.terminal
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => false,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => true,
                Err(error) => return Err(error),
            };
            if drained && self.wait(out)? == Ready::SinkGone {
                return Ok(End::ReaderGone);
            }
        }
    }

    /// Gives the pipe of a command that writes much more room, once: it then goes on writing while we do. Most commands
    /// never get there, and pipe memory is accounted to the user (pipe(7)). Returns the bytes passed by now.
    fn widen(&self, before: usize, length: usize) -> usize {
        let passed = before.saturating_add(length);
        if before < PIPE_WIDE_AFTER && passed >= PIPE_WIDE_AFTER {
            pipe::widen(self.source.as_fd(), PIPE_WIDE);
        }
        passed
    }

    fn wait(&mut self, out: &mut Vec<u8>) -> io::Result<Ready> {
        let patience = self.filter.is_some().then_some(REDACT_IDLE);
        let source = self.source.as_fd();
        let stop = self.release.hang_up.as_fd();
        self.gauge.busy.store(false, Ordering::SeqCst);
        let ready = match self.stream {
            _ if !self.watch_reader => wait(source, stop, None, patience),
            Stream::Stdout => wait(source, stop, Some(io::stdout().as_fd()), patience),
            Stream::Stderr => wait(source, stop, Some(io::stderr().as_fd()), patience),
        }?;
        if let (Ready::Idle, Some(filter)) = (ready, &mut self.filter) {
            out.clear();
            filter.idle(out);
            emit(self.stream, self.held.as_deref(), out)?;
        }
        Ok(ready)
    }

    fn pass(&mut self, length: usize, out: &mut Vec<u8>) -> io::Result<()> {
        self.gauge.bytes.fetch_add(length as u64, Ordering::Relaxed);
        let fresh = self.capture.commit(length);
        if let Some(tap) = &mut self.tap {
            tap.push(fresh);
        }
        let fresh = match &mut self.filter {
            None => fresh,
            Some(filter) => {
                out.clear();
                filter.push(fresh, out);
                out
            }
        };
        emit(self.stream, self.held.as_deref(), fresh)
    }

    /// Released: forwards what is in the pipe by now, and no more, or a busy writer would hold us for ever.
    fn take_what_is_there(&mut self, out: &mut Vec<u8>) -> io::Result<End> {
        // A terminal does not tell how much it holds.
        let mut left = if self.terminal { PIPE_CAPACITY_MAX } else { readable_bytes(self.source.as_fd()) };
        while left > 0 {
            let space = self.capture.space();
            let piece = left.min(space.len());
            match read(&self.source, self.terminal, &mut space[..piece]) {
                Ok(0) => return Ok(End::Closed),
                Ok(length) => {
                    left -= length;
                    self.pass(length, out)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        Ok(End::Released)
    }

    /// The reader is gone: what the command has written already belongs into the record all the same.
    fn take_rest(&mut self) {
        for _ in 0..=(PIPE_CAPACITY_MAX / PUMP_CHUNK) {
            match read(&self.source, self.terminal, self.capture.space()) {
                Ok(length) if length > 0 => {
                    self.gauge.bytes.fetch_add(length as u64, Ordering::Relaxed);
                    let fresh = self.capture.commit(length);
                    if let Some(tap) = &mut self.tap {
                        tap.push(fresh);
                    }
                }
                _ => break,
            }
        }
    }
}

/// Largest capacity an unprivileged pipe can have (pipe(7)).
const PIPE_CAPACITY_MAX: usize = 1024 * 1024;

/// Reads what the command has written; zero when it has ended.
fn read(source: &OwnedFd, terminal: bool, space: &mut [u8]) -> io::Result<usize> {
    if terminal { pty::read(source.as_fd(), space) } else { pipe::read(source.as_fd(), space) }
}

fn emit(stream: Stream, held: Option<&Held>, bytes: &[u8]) -> io::Result<()> {
    match (held, stream) {
        (Some(held), _) => held.push(stream, bytes),
        (None, Stream::Stdout) => write_all(io::stdout().as_fd(), bytes),
        (None, Stream::Stderr) => write_all(io::stderr().as_fd(), bytes),
    }
}
