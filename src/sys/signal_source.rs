//! Signals as something an event loop can wait for, each with its sender.
//!
//! Linux: a signalfd over the blocked set, so no handler runs and no disposition changes. Elsewhere: one handler
//! for all of them that writes number and sender to a pipe (the self-pipe technique).

use super::signal::{Signal, SignalSet};
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};
use tokio::io::unix::AsyncFd;

/// One signal as it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// The signal.
    pub signal: Signal,
    /// The sending process in our pid namespace; none when the kernel sent it (a terminal key, a hang-up) or the
    /// sender cannot be seen from here.
    pub sender: Option<i32>,
    /// Whether the kernel itself sent it.
    pub from_kernel: bool,
}

/// The stream of handled signals. They must be blocked before it is made (see [`super::signal::Inherited`]).
#[derive(Debug)]
pub struct SignalSource {
    fd: AsyncFd<OwnedFd>,
}

impl SignalSource {
    /// Starts to receive the signals of `set`. Must be called inside the runtime.
    pub fn new(set: &SignalSet) -> io::Result<Self> {
        let fd = platform::open(set)?;
        // SAFETY: the AsyncFd owns the descriptor, and nothing else closes or changes it while it is registered.
        let fd = unsafe { AsyncFd::register(fd) }?;
        Ok(Self { fd })
    }

    /// The next signal. Cancel-safe: a signal is consumed only when it is returned.
    pub async fn next(&self) -> io::Result<Delivery> {
        loop {
            let mut ready = self.fd.readable().await?;
            match ready.try_io(|fd| platform::read(fd.as_raw_fd())) {
                Ok(delivery) => return delivery,
                Err(_would_block) => {}
            }
        }
    }
}

/// The signals of `set` as a non-blocking descriptor, for a process without a runtime. They must be blocked.
pub(super) fn open(set: &SignalSet) -> io::Result<OwnedFd> {
    platform::open(set)
}

/// Takes one signal from such a descriptor; an error if none waits.
pub(super) fn read_one(fd: BorrowedFd<'_>) -> io::Result<Delivery> {
    platform::read(fd.as_raw_fd())
}

#[cfg(target_os = "linux")]
mod platform {
    use super::{Delivery, Signal, SignalSet};
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::{FromRawFd as _, OwnedFd, RawFd};

    pub(super) fn open(set: &SignalSet) -> io::Result<OwnedFd> {
        // SAFETY: the set is initialized; -1 asks for a new descriptor.
        let fd = unsafe { libc::signalfd(-1, &raw const set.0, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel just gave us this descriptor; nobody else owns it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    pub(super) fn read(fd: RawFd) -> io::Result<Delivery> {
        let mut info = MaybeUninit::<libc::signalfd_siginfo>::uninit();
        let size = size_of::<libc::signalfd_siginfo>();
        // SAFETY: the buffer is as large as one record; signalfd(2) reads whole records only.
        let read = unsafe { libc::read(fd, info.as_mut_ptr().cast(), size) };
        if read != size.cast_signed() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: a whole record was read.
        let info = unsafe { info.assume_init() };
        let sender = i32::try_from(info.ssi_pid).ok().filter(|pid| *pid > 0);
        Ok(Delivery { signal: Signal(info.ssi_signo.cast_signed()), sender, from_kernel: info.ssi_code > 0 })
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use super::{Delivery, Signal, SignalSet};
    use crate::sys::signal::handled;
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::{AsRawFd as _, IntoRawFd as _, OwnedFd, RawFd};
    use std::sync::atomic::{AtomicI32, Ordering};

    static WRITE_END: AtomicI32 = AtomicI32::new(-1);

    extern "C" fn relay(signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
        // SAFETY: with SA_SIGINFO the kernel passes a valid siginfo.
        let info = unsafe { &*info };
        let (pid, code) = (info.si_pid, info.si_code);
        let record = [signal, pid, code];
        // SAFETY: the record lives on this stack and write(2) is async-signal-safe. A full pipe loses the signal,
        // after more than a thousand unread ones.
        unsafe {
            libc::write(WRITE_END.load(Ordering::Relaxed), record.as_ptr().cast(), size_of_val(&record))
        };
    }

    pub(super) fn open(set: &SignalSet) -> io::Result<OwnedFd> {
        let (read, write) = crate::sys::pipe::pipe()?;
        crate::sys::pipe::set_nonblocking(read.as_raw_fd())?;
        crate::sys::pipe::set_nonblocking(write.as_raw_fd())?;
        WRITE_END.store(write.into_raw_fd(), Ordering::Relaxed);
        for signal in handled() {
            let mut action = MaybeUninit::<libc::sigaction>::zeroed();
            // SAFETY: all-zero is a valid sigaction; the handler has the SA_SIGINFO signature.
            let action = unsafe { action.assume_init_mut() };
            action.sa_sigaction = relay as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
            // SAFETY: the action is initialized; `relay` is async-signal-safe.
            unsafe { libc::sigaction(signal.0, &raw const *action, std::ptr::null_mut()) };
        }
        // SAFETY: the set is initialized. The handlers run from here on.
        unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set.0, std::ptr::null_mut()) };
        Ok(read)
    }

    pub(super) fn read(fd: RawFd) -> io::Result<Delivery> {
        let mut record = [0_i32; 3];
        let size = size_of_val(&record);
        // SAFETY: the buffer is as large as one record; the writer writes whole records below PIPE_BUF.
        let read = unsafe { libc::read(fd, record.as_mut_ptr().cast(), size) };
        if read != size.cast_signed() {
            return Err(io::Error::last_os_error());
        }
        let [signal, pid, _code] = record;
        Ok(Delivery { signal: Signal(signal), sender: (pid > 0).then_some(pid), from_kernel: pid == 0 })
    }
}
