//! Waiting for children: stops and continuations as well as ends, resource use, and orphans we inherited.

use super::signal::Signal;
use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// It exited with this code (0 to 255).
    Code(i32),
    /// A signal ended it.
    Signal {
        /// Which.
        signal: Signal,
        /// Whether a core was written.
        core_dumped: bool,
    },
}

/// Resource use of a process and the descendants it waited for (getrusage(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ResourceUse {
    /// CPU time in user mode.
    pub user: Duration,
    /// CPU time in the kernel.
    pub system: Duration,
    /// Largest resident set of one process, in bytes.
    pub max_rss: u64,
    /// Page faults served from disk.
    pub major_faults: u64,
    /// Blocks read.
    pub blocks_in: u64,
    /// Blocks written.
    pub blocks_out: u64,
    /// Voluntary context switches.
    pub voluntary_switches: u64,
    /// Involuntary context switches.
    pub involuntary_switches: u64,
}

/// A change of the command's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Stopped by this signal.
    Stopped(Signal),
    /// Continued.
    Continued,
    /// Ended, and reaped: its pid must not be used any more.
    Ended(ExitStatus, ResourceUse),
}

/// The next unreported change of child `pid`, without waiting.
pub fn next_change(pid: i32) -> io::Result<Option<Change>> {
    let id = libc::id_t::try_from(pid).map_err(io::Error::other)?;
    // All three kinds at once: asked for stops alone, waitid says ECHILD of a child that has ended meanwhile.
    let any = libc::WEXITED | libc::WSTOPPED | libc::WCONTINUED;
    let Some(info) = waitid(libc::P_PID, id, any | libc::WNOHANG | libc::WNOWAIT)? else { return Ok(None) };
    match info.code {
        libc::CLD_CONTINUED => {
            waitid(libc::P_PID, id, libc::WCONTINUED | libc::WNOHANG)?;
            Ok(Some(Change::Continued))
        }
        libc::CLD_STOPPED | libc::CLD_TRAPPED => {
            waitid(libc::P_PID, id, libc::WSTOPPED | libc::WNOHANG)?;
            Ok(Some(Change::Stopped(Signal(info.status))))
        }
        _ => reap(pid).map(Some),
    }
}

/// Reaps ended children other than `pid`: orphans that became ours because we are a subreaper.
pub fn reap_orphans(pid: Option<i32>) {
    let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    while let Ok(Some(info)) = waitid(libc::P_ALL, 0, flags) {
        if Some(info.pid) == pid {
            return;
        }
        let Ok(id) = libc::id_t::try_from(info.pid) else { return };
        if waitid(libc::P_PID, id, libc::WEXITED | libc::WNOHANG).is_err() {
            return;
        }
    }
}

/// Whether we have any child left, running or ended.
pub fn has_children() -> bool {
    let outcome = waitid(libc::P_ALL, 0, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT);
    !matches!(outcome, Err(error) if error.raw_os_error() == Some(libc::ECHILD))
}

/// Makes orphaned descendants our children instead of init's (Linux, prctl(2)), so that they can be found.
pub fn become_subreaper() -> bool {
    #[cfg(target_os = "linux")]
    // SAFETY: PR_SET_CHILD_SUBREAPER takes one integer.
    return unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) } == 0;
    #[cfg(not(target_os = "linux"))]
    false
}

struct WaitInfo {
    pid: i32,
    code: i32,
    status: i32,
}

fn waitid(kind: libc::idtype_t, id: libc::id_t, flags: i32) -> io::Result<Option<WaitInfo>> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: the buffer is a siginfo structure; it was zeroed, as waitid(2) asks when WNOHANG finds nothing.
    if unsafe { libc::waitid(kind, id, info.as_mut_ptr(), flags) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: zeroed or filled, both valid.
    let info = unsafe { info.assume_init() };
    // SAFETY: waitid fills the SIGCHLD members, or leaves zeros.
    let pid = unsafe { info.si_pid() };
    if pid == 0 {
        return Ok(None);
    }
    // SAFETY: as above.
    let status = unsafe { info.si_status() };
    Ok(Some(WaitInfo { pid, code: info.si_code, status }))
}

fn reap(pid: i32) -> io::Result<Change> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both buffers are valid; the child has ended, so this does not wait.
    let reaped = unsafe { libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()) };
    if reaped != pid {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: zeroed and then filled.
    let usage = unsafe { usage.assume_init() };
    let end = if libc::WIFSIGNALED(status) {
        ExitStatus::Signal { signal: Signal(libc::WTERMSIG(status)), core_dumped: libc::WCOREDUMP(status) }
    } else {
        ExitStatus::Code(libc::WEXITSTATUS(status))
    };
    Ok(Change::Ended(end, resource_use(&usage)))
}

fn resource_use(usage: &libc::rusage) -> ResourceUse {
    // Linux counts ru_maxrss in KiB, macOS in bytes.
    let rss_unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let count = |value: libc::c_long| u64::try_from(value).unwrap_or(0);
    ResourceUse {
        user: duration(usage.ru_utime),
        system: duration(usage.ru_stime),
        max_rss: count(usage.ru_maxrss) * rss_unit,
        major_faults: count(usage.ru_majflt),
        blocks_in: count(usage.ru_inblock),
        blocks_out: count(usage.ru_oublock),
        voluntary_switches: count(usage.ru_nvcsw),
        involuntary_switches: count(usage.ru_nivcsw),
    }
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    #[cfg_attr(
        target_os = "macos",
        expect(clippy::unnecessary_fallible_conversions, reason = "an i64 on Linux")
    )]
    let micros = u64::try_from(time.tv_usec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}
