//! A descriptor of our own that the loop can wait for.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd, RawFd};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// What a pipe says to its reader, and to a writer that has none.
const SIGN: Interest = Interest::READABLE.add(Interest::ERROR);

/// A non-blocking descriptor registered with the runtime.
#[derive(Debug)]
pub struct Polled(AsyncFd<OwnedFd>);

impl Polled {
    /// For reading. Must be called inside the runtime.
    pub fn for_reading(fd: OwnedFd) -> io::Result<Self> {
        Self::register(fd, Interest::READABLE)
    }

    /// For writing. Must be called inside the runtime.
    pub fn for_writing(fd: OwnedFd) -> io::Result<Self> {
        Self::register(fd, Interest::WRITABLE)
    }

    /// For a second descriptor of the open file of `fd`, which is only watched: see [`Polled::sign`].
    pub fn for_watching(fd: RawFd) -> io::Result<Self> {
        Self::register(super::pipe::duplicate(fd)?, SIGN)
    }

    fn register(fd: OwnedFd, interest: Interest) -> io::Result<Self> {
        // SAFETY: the AsyncFd owns the descriptor, and nothing else closes or changes it while it is registered.
        let fd = unsafe { AsyncFd::register_with_interest(fd, interest) }?;
        Ok(Self(fd))
    }

    /// Waits until something can be read, and reads it; zero is the end. Cancel-safe.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.0.readable().await?;
            match ready.try_io(|fd| super::pipe::read(fd.as_fd(), buffer)) {
                Ok(read) => return read,
                Err(_would_block) => {}
            }
        }
    }

    /// Waits until something can be written, and writes a beginning of `bytes`. Cancel-safe.
    pub async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.0.writable().await?;
            match ready.try_io(|fd| nix::unistd::write(fd, bytes).map_err(io::Error::from)) {
                Ok(written) => return written,
                Err(_would_block) => {}
            }
        }
    }

    /// Waits until there is something to read or the end of it, or until it has lost its reader. Cancel-safe.
    pub async fn sign(&self) -> io::Result<()> {
        self.0.ready(SIGN).await.map(drop)
    }

    /// The descriptor.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.get_ref().as_fd()
    }
}
