//! Our own terminal: whether we may use it, raw modes, and how it is left whatever happens.

use super::modes::{Modes, WindowSize};
use super::signal::set_disposition;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use std::cell::UnsafeCell;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicI32, Ordering};

/// The controlling terminal, through an open file of our own: its flags are not shared with the processes around us.
/// Dropping it leaves the terminal in the modes it was found in.
#[derive(Debug)]
pub struct Terminal {
    fd: OwnedFd,
    found: Option<Modes>,
}

impl Terminal {
    /// The terminal behind standard stream `stream`; none if it is not the one that controls this process, or cannot
    /// be opened again.
    pub fn controlling(stream: RawFd) -> Option<Self> {
        // SAFETY: the standard streams stay open as long as the process runs.
        let stream = unsafe { BorrowedFd::borrow_raw(stream) };
        // Of any other terminal this is refused.
        nix::unistd::tcgetpgrp(stream).ok()?;
        Some(Self { fd: open_again(stream)?, found: None })
    }

    /// Its descriptor.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// A second descriptor of our open file: non-blocking, close-on-exec.
    pub fn reader(&self) -> io::Result<OwnedFd> {
        self.fd.try_clone()
    }

    /// Whether our process group is its foreground group.
    pub fn in_foreground(&self) -> bool {
        nix::unistd::tcgetpgrp(&self.fd).is_ok_and(|group| group == nix::unistd::getpgrp())
    }

    /// Whether it has hung up.
    pub fn is_gone(&self) -> bool {
        Modes::of(self.fd()).is_err()
    }

    /// Its modes.
    pub fn modes(&self) -> io::Result<Modes> {
        Modes::of(self.fd())
    }

    /// Its size.
    pub fn size(&self) -> io::Result<WindowSize> {
        WindowSize::of(self.fd())
    }

    /// Whether it is in raw modes by us.
    pub fn is_raw(&self) -> bool {
        self.found.is_some()
    }

    /// Puts it into raw modes, if we are in its foreground; true if it is in raw modes then. If it is `shared` with others
    /// who write to it, their output is processed as before.
    pub fn make_raw(&mut self, shared: bool) -> bool {
        if self.found.is_none() && self.in_foreground() {
            let Ok(found) = self.modes() else { return false };
            rescue::arm(self.fd.as_raw_fd(), &found);
            if found.raw(shared).apply(self.fd()).is_err() {
                rescue::disarm();
                return false;
            }
            self.found = Some(found);
        }
        self.is_raw()
    }

    /// Puts it back into the modes it was found in, or into others. Nothing if it is not raw, or no longer ours to
    /// change.
    pub fn restore(&mut self, instead: Option<&Modes>) {
        let Some(found) = self.found.take() else { return };
        rescue::disarm();
        if self.in_foreground() {
            // A terminal that has hung up has no modes to restore.
            let _ = instead.unwrap_or(&found).apply(self.fd());
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.restore(None);
    }
}

/// `/dev/tty` is everybody's, the device itself may belong to another user (after su). On macOS kqueue knows the device
/// only.
fn open_again(stream: BorrowedFd<'_>) -> Option<OwnedFd> {
    let flags = OFlag::O_RDWR | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC | OFlag::O_NOCTTY;
    let device = || {
        let name = nix::unistd::ttyname(stream).ok()?;
        nix::fcntl::open(&name, flags, Mode::empty()).ok()
    };
    let generic = || nix::fcntl::open("/dev/tty", flags, Mode::empty()).ok();
    if cfg!(target_os = "macos") { device().or_else(generic) } else { generic().or_else(device) }
}

/// Whether two standard streams are one terminal, also if one was opened as `/dev/tty`.
pub fn same_terminal(one: RawFd, other: RawFd) -> bool {
    match (device(one), device(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

#[cfg(target_os = "linux")]
fn device(fd: RawFd) -> Option<u64> {
    let mut number = MaybeUninit::<libc::c_uint>::uninit();
    // SAFETY: TIOCGDEV writes one unsigned integer.
    if unsafe { libc::ioctl(fd, libc::TIOCGDEV as _, number.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: filled, as the call succeeded.
    Some(u64::from(unsafe { number.assume_init() }))
}

#[cfg(not(target_os = "linux"))]
fn device(fd: RawFd) -> Option<u64> {
    // SAFETY: the standard streams stay open as long as the process runs.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    nix::sys::stat::fstat(fd).ok().and_then(|status| u64::try_from(status.st_rdev).ok())
}

/// For a process forked from us: the terminal is not its to restore.
pub(super) fn forget() {
    rescue::disarm();
}

/// A signal that ends us on the spot (a fault, a limit) must not leave the terminal raw either: its handler restores
/// the modes and then lets it end us.
mod rescue {
    use super::{AtomicI32, MaybeUninit, Modes, Ordering, RawFd, UnsafeCell, set_disposition};

    const FATAL: [i32; 9] = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGILL,
        libc::SIGABRT,
        libc::SIGSYS,
        libc::SIGTRAP,
        libc::SIGXCPU,
        libc::SIGXFSZ,
    ];

    /// The terminal to restore, -1 if none.
    static TERMINAL: AtomicI32 = AtomicI32::new(-1);
    static FOUND: Shared<libc::termios> = Shared::new();
    static BEFORE: [Shared<libc::sigaction>; FATAL.len()] = [const { Shared::new() }; FATAL.len()];

    /// Written by the main thread before `TERMINAL` is set, read by a handler after.
    struct Shared<T>(UnsafeCell<MaybeUninit<T>>);

    // SAFETY: see the type: writes and reads are ordered by `TERMINAL`.
    unsafe impl<T> Sync for Shared<T> {}

    impl<T> Shared<T> {
        const fn new() -> Self {
            Self(UnsafeCell::new(MaybeUninit::uninit()))
        }

        fn pointer(&self) -> *mut T {
            self.0.get().cast()
        }
    }

    pub(super) fn arm(fd: RawFd, found: &Modes) {
        // SAFETY: no handler reads it before `TERMINAL` is set below.
        unsafe { FOUND.pointer().write(found.0) };
        for (signal, before) in FATAL.iter().zip(&BEFORE) {
            if super::super::signal::disposition(*signal) == Some(libc::SIG_IGN) {
                continue;
            }
            let mut action = MaybeUninit::<libc::sigaction>::zeroed();
            // SAFETY: all-zero is a valid sigaction.
            let action = unsafe { action.assume_init_mut() };
            action.sa_sigaction = on_fatal as *const () as usize;
            action.sa_flags = libc::SA_ONSTACK;
            // SAFETY: the action is initialized and `on_fatal` is async-signal-safe; `before` is large enough.
            unsafe { libc::sigaction(*signal, &raw const *action, before.pointer()) };
        }
        TERMINAL.store(fd, Ordering::SeqCst);
    }

    pub(super) fn disarm() {
        if TERMINAL.swap(-1, Ordering::SeqCst) < 0 {
            return;
        }
        for (signal, before) in FATAL.iter().zip(&BEFORE) {
            if super::super::signal::disposition(*signal) == Some(on_fatal as *const () as usize) {
                // SAFETY: filled when our handler was installed.
                unsafe { libc::sigaction(*signal, before.pointer(), std::ptr::null_mut()) };
            }
        }
    }

    extern "C" fn on_fatal(signal: libc::c_int) {
        let fd = TERMINAL.swap(-1, Ordering::SeqCst);
        if fd >= 0 {
            // SAFETY: the modes were written before `TERMINAL` was set; tcsetattr is async-signal-safe.
            unsafe { libc::tcsetattr(fd, libc::TCSANOW, FOUND.pointer()) };
        }
        set_disposition(signal, libc::SIG_DFL);
        // Blocked while we are here: it comes when we return. What was there before us (the runtime's handler, which tells a
        // stack overflow) would not end a process that was sent the signal.
        // SAFETY: takes a plain number.
        unsafe { libc::raise(signal) };
    }
}
