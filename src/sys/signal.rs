//! Signals: names, the set we handle, masks and dispositions saved and put back.

use std::io;
use std::mem::MaybeUninit;

/// A signal number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(pub i32);

impl Signal {
    /// Ends the command politely.
    pub const TERM: Self = Self(libc::SIGTERM);
    /// Ends it for certain.
    pub const KILL: Self = Self(libc::SIGKILL);
    /// Continues a stopped process.
    pub const CONT: Self = Self(libc::SIGCONT);
    /// Stops a process for certain.
    pub const STOP: Self = Self(libc::SIGSTOP);
    /// Ctrl-Z.
    pub const TSTP: Self = Self(libc::SIGTSTP);
    /// Ctrl-C.
    pub const INT: Self = Self(libc::SIGINT);
    /// The terminal or the parent went away.
    pub const HUP: Self = Self(libc::SIGHUP);
    /// Ctrl-\.
    pub const QUIT: Self = Self(libc::SIGQUIT);
    /// A child changed state.
    pub const CHLD: Self = Self(libc::SIGCHLD);
    /// A reader has gone.
    pub const PIPE: Self = Self(libc::SIGPIPE);
    /// The window changed its size.
    pub const WINCH: Self = Self(libc::SIGWINCH);
    /// A background process read from its terminal.
    pub const TTIN: Self = Self(libc::SIGTTIN);
    /// A background process wrote to its terminal, or changed it.
    pub const TTOU: Self = Self(libc::SIGTTOU);

    /// Whether its default action is to stop the process and it can be handled.
    pub fn is_job_stop(self) -> bool {
        matches!(self, Self::TSTP | Self::TTIN | Self::TTOU)
    }

    /// Whether its default action is to end the process (signal(7)).
    pub fn is_fatal(self) -> bool {
        let ignored = [libc::SIGCHLD, libc::SIGWINCH, libc::SIGURG, libc::SIGCONT];
        !self.is_job_stop() && self != Self::STOP && !ignored.contains(&self.0)
    }

    /// Whether this process ignores it.
    pub fn is_ignored(self) -> bool {
        disposition(self.0) == Some(libc::SIG_IGN)
    }

    /// The name, such as `SIGTERM` or `SIGRTMIN+3`.
    pub fn name(self) -> String {
        if let Ok(known) = nix::sys::signal::Signal::try_from(self.0) {
            return known.as_str().to_owned();
        }
        #[cfg(target_os = "linux")]
        if (libc::SIGRTMIN()..=libc::SIGRTMAX()).contains(&self.0) {
            return format!("SIGRTMIN+{}", self.0 - libc::SIGRTMIN());
        }
        format!("signal {}", self.0)
    }
}

impl std::fmt::Debug for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}

/// Every signal we take over: all that can be caught, save those a fault raises, those that tell us of our own
/// limits, and SIGPIPE (which stays ignored here). Real-time signals are among them on Linux: each would otherwise
/// end the recorder and leave the command behind.
pub fn handled() -> impl Iterator<Item = Signal> {
    const LEFT_ALONE: [i32; 12] = [
        libc::SIGKILL,
        libc::SIGSTOP,
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGSYS,
        libc::SIGPIPE,
        libc::SIGXCPU,
        libc::SIGXFSZ,
    ];
    #[cfg(target_os = "linux")]
    let realtime = libc::SIGRTMIN()..=libc::SIGRTMAX();
    #[cfg(not(target_os = "linux"))]
    let realtime = 0..0;
    (1..32).chain(realtime).filter(|signal| !LEFT_ALONE.contains(signal)).map(Signal)
}

/// A set of signals.
#[derive(Clone, Copy)]
pub struct SignalSet(pub(super) libc::sigset_t);

impl SignalSet {
    /// The signals of `members`; numbers the system does not know are left out.
    pub fn of(members: impl IntoIterator<Item = Signal>) -> Self {
        let mut set = MaybeUninit::uninit();
        // SAFETY: sigemptyset initializes the set it is given.
        unsafe { libc::sigemptyset(set.as_mut_ptr()) };
        // SAFETY: initialized by the call above.
        let mut set = unsafe { set.assume_init() };
        for signal in members {
            // SAFETY: `set` is initialized; an invalid number is refused with EINVAL.
            unsafe { libc::sigaddset(&raw mut set, signal.0) };
        }
        Self(set)
    }

    /// Makes this the calling thread's mask, with `how` one of `SIG_BLOCK`, `SIG_UNBLOCK`, `SIG_SETMASK`; returns the
    /// mask before. Async-signal-safe.
    fn apply(&self, how: i32) -> Self {
        let mut before = MaybeUninit::uninit();
        // SAFETY: both sets are valid for the call, which cannot fail for these `how`s and fills `before`.
        unsafe { libc::pthread_sigmask(how, &raw const self.0, before.as_mut_ptr()) };
        // SAFETY: filled by the call above.
        Self(unsafe { before.assume_init() })
    }

    #[must_use = "the mask before is what a child must get back"]
    /// Blocks these signals in the calling thread and in the threads it will start; returns the mask before.
    pub fn block(&self) -> Self {
        self.apply(libc::SIG_BLOCK)
    }

    /// Makes this the calling thread's whole mask. Async-signal-safe.
    pub fn set_as_mask(&self) {
        let _ = self.apply(libc::SIG_SETMASK);
    }
}

impl std::fmt::Debug for SignalSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignalSet")
    }
}

/// The raw handler of `signal` (`SIG_DFL`, `SIG_IGN` or an address). Async-signal-safe.
pub(super) fn disposition(signal: i32) -> Option<usize> {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: a null new action only asks; the kernel fills `action` on success.
    if unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: filled, as the call succeeded.
    Some(unsafe { action.assume_init() }.sa_sigaction)
}

/// Sets `signal` to `SIG_DFL` or `SIG_IGN`. Async-signal-safe.
pub(super) fn set_disposition(signal: i32, handler: usize) {
    // SAFETY: `handler` is SIG_DFL or SIG_IGN, no address of ours.
    unsafe { libc::signal(signal, handler) };
}

/// What the process was given: mask, and which signals were ignored. Saved before anything is changed, put back in
/// the child.
#[derive(Debug, Clone)]
pub struct Inherited {
    mask: SignalSet,
    ignored: Vec<i32>,
}

impl Inherited {
    /// Saves mask and dispositions, blocks every handled signal, and makes sure that SIGCHLD is not ignored (it may
    /// be inherited so, and no child could be waited for). Call it first, while there is one thread.
    pub fn take_over() -> Self {
        let mut ignored: Vec<i32> = handled()
            .map(|signal| signal.0)
            .filter(|signal| disposition(*signal) == Some(libc::SIG_IGN))
            .collect();
        let mask = SignalSet::of(handled()).block();
        set_disposition(libc::SIGCHLD, libc::SIG_DFL);
        if super::startup::sigpipe_was_ignored() {
            ignored.push(libc::SIGPIPE);
        }
        Self { mask, ignored }
    }

    /// Puts everything back, in the child between fork and exec or before our own exec. Async-signal-safe
    /// (sigaction and sigprocmask alone).
    pub fn restore(&self) {
        set_disposition(libc::SIGPIPE, libc::SIG_DFL);
        for signal in &self.ignored {
            set_disposition(*signal, libc::SIG_IGN);
        }
        self.mask.set_as_mask();
    }
}

/// Sends `signal` to process `pid`. ESRCH means it is gone.
pub fn kill(pid: i32, signal: Signal) -> io::Result<()> {
    // SAFETY: no pointers are passed.
    match unsafe { libc::kill(pid, signal.0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Sends `signal` to every process of group `group`.
pub fn kill_group(group: i32, signal: Signal) -> io::Result<()> {
    // SAFETY: no pointers are passed.
    match unsafe { libc::killpg(group, signal.0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Stops this process the way `signal` (SIGTSTP, SIGTTIN, SIGTTOU or SIGSTOP) would have, and returns when it is
/// continued. In an orphaned process group the kernel discards all but SIGSTOP; then nothing happens.
pub fn stop_self(signal: Signal) {
    stop(signal, || kill(std::process::id().cast_signed(), signal));
}

/// Stops our whole process group as a key of its terminal would have, and returns when this process is continued. The
/// SIGCONT that did it is taken, where the system lets us.
pub fn stop_own_group(signal: Signal) {
    stop(signal, || kill_group(nix::unistd::getpgrp().as_raw(), signal));
    #[cfg(target_os = "linux")]
    {
        let cont = SignalSet::of([Signal::CONT]);
        let none = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: set and time are valid for the call; what is known of the signal is not asked for.
        unsafe { libc::sigtimedwait(&raw const cont.0, std::ptr::null_mut(), &raw const none) };
    }
}

fn stop(signal: Signal, send: impl FnOnce() -> io::Result<()>) {
    let mut before = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: a null new action only asks.
    let known = unsafe { libc::sigaction(signal.0, std::ptr::null(), before.as_mut_ptr()) } == 0;
    set_disposition(signal.0, libc::SIG_DFL);
    let _ = send();
    let only = SignalSet::of([signal]);
    // Pending until here; the stop happens inside this call.
    only.apply(libc::SIG_UNBLOCK);
    let _ = only.block();
    if known {
        // SAFETY: `before` was filled by the first call.
        unsafe { libc::sigaction(signal.0, before.as_ptr(), std::ptr::null_mut()) };
    }
}

/// Dies of `signal`, so that our parent sees what the command's parent would have seen: no core of ours, default
/// disposition, unblocked, raised. Returns only if that signal cannot end this process.
pub fn die_of(signal: Signal) {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the limit is valid for the call; lowering a limit is always allowed.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
    // A core_pattern that is a pipe ignores RLIMIT_CORE (core(5)).
    #[cfg(target_os = "linux")]
    // SAFETY: no pointers are passed.
    unsafe {
        libc::prctl(libc::PR_SET_DUMPABLE, 0)
    };
    set_disposition(signal.0, libc::SIG_DFL);
    let _ = kill(std::process::id().cast_signed(), signal);
    SignalSet::of([signal]).apply(libc::SIG_UNBLOCK);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(Signal::TERM.name(), "SIGTERM");
        #[cfg(target_os = "linux")]
        assert_eq!(Signal(libc::SIGRTMIN() + 3).name(), "SIGRTMIN+3");
        assert_eq!(Signal(0).name(), "signal 0");
    }

    #[test]
    fn what_ends_a_process_by_default() {
        for fatal in
            [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT, Signal(libc::SIGUSR1), Signal::KILL]
        {
            assert!(fatal.is_fatal(), "{fatal:?}");
        }
        for harmless in [Signal::CHLD, Signal::WINCH, Signal::CONT, Signal::TSTP, Signal::STOP] {
            assert!(!harmless.is_fatal(), "{harmless:?}");
        }
    }
}
