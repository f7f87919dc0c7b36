//! A descriptor of our own that the loop can wait for.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

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

    /// The descriptor.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.get_ref().as_fd()
    }
}
