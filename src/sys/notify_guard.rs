//! The guard of a listener: a process that holds it too, and answers when the recorder cannot.
//!
//! If nobody holds a listener any more, every trapped call fails with `ENOSYS`, even `> /dev/null`. So a guard, forked
//! before there are threads, gets a copy from the child itself. It sleeps, and
//!
//! - lets the child's first call run, so that the number of a call is known from the start;
//! - when the recorder ends, in whatever way, answers for the calls it had taken and for all to come, until no thread
//!   with the filter is left: daemons go on working after the run;
//! - when the recorder is stopped, or has not taken a waiting call for a whole tick, answers in its place and counts it.
//!
//! It holds none of the recorder's descriptors but its own, has no terminal, ignores signals, and is no child that
//! `wait` reports (its termination signal is zero). It makes only async-signal-safe calls.

#![expect(unsafe_code, reason = "clone, mmap and what a forked process may do")]

use crate::sys::hand_over;
use crate::sys::notify::{errno, poll, pollfd, receive, resume, wake_in_place};
use libc::c_int;
use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

/// Calls that can be in work at once.
pub const SLOTS: usize = 16;

/// How often the guard looks whether the recorder still works, in milliseconds.
const TICK_MS: c_int = 500;

/// How often it looks whether a stopped recorder still is, in milliseconds.
const STOPPED_TICK_MS: c_int = 50;

/// Ids on both sides of the last known one that are answered when the recorder is gone. They are handed out in
/// sequence; a recorder killed inside `receive` leaves one nobody has noted. Answering one that does not wait is harmless.
const WINDOW: u64 = 4096;

/// The same while the recorder is stopped: at most one call per thread can be lost between two notes.
const WINDOW_STOPPED: u64 = 256;

/// What recorder, guard and child know of each other; a page they share.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Board {
    /// The errno that kept the child from installing the filter; zero if it is installed.
    pub install_error: AtomicI32,
    /// Set once the child has handed the listener to both sides.
    pub handed_over: AtomicI32,
    /// Set if the recorder will never answer.
    pub abandoned: AtomicI32,
    /// The highest id seen.
    pub last_id: AtomicU64,
    /// Calls the recorder has answered.
    pub served: AtomicU64,
    /// Calls the guard has answered while the recorder was there.
    pub stood_in: AtomicU64,
    /// Ids in work; zero if free.
    pub in_work: [AtomicU64; SLOTS],
}

/// A [`Board`] shared with processes forked later. Never unmapped: it is one page, and threads may outlive the run.
#[derive(Debug, Clone, Copy)]
pub struct SharedBoard(NonNull<Board>);

// SAFETY: the board consists of atomics and is never unmapped.
unsafe impl Send for SharedBoard {}
// SAFETY: as above.
unsafe impl Sync for SharedBoard {}

impl SharedBoard {
    /// Maps a fresh board.
    pub fn new() -> io::Result<Self> {
        let (protection, flags) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: a new anonymous mapping touches nothing that exists; the kernel fills it with zeroes.
        let page = unsafe { libc::mmap(std::ptr::null_mut(), size_of::<Board>(), protection, flags, -1, 0) };
        if page == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        NonNull::new(page.cast()).map(Self).ok_or_else(|| io::Error::from_raw_os_error(libc::ENOMEM))
    }
}

impl std::ops::Deref for SharedBoard {
    type Target = Board;
    fn deref(&self) -> &Board {
        // SAFETY: mapped for ever, page-aligned, and zeroes are valid atomics.
        unsafe { self.0.as_ref() }
    }
}

/// Forks the guard and returns its process id. It will receive the listener over `socket`. The process must have one
/// thread, as after any fork.
pub fn fork_guard(board: SharedBoard, socket: &UnixStream) -> io::Result<i32> {
    // SAFETY: takes plain numbers.
    let recorder = unsafe {
        libc::syscall(libc::SYS_pidfd_open, libc::c_long::from(std::process::id().cast_signed()), 0)
    };
    let recorder =
        RawFd::try_from(recorder).ok().filter(|fd| *fd >= 0).ok_or_else(io::Error::last_os_error)?;
    // SAFETY: the kernel has just made this descriptor for us; dropping it closes the recorder's copy.
    let recorder = unsafe { OwnedFd::from_raw_fd(recorder) };
    let process = std::process::id().cast_signed();
    match fork_quietly()? {
        0 => Guard { board, recorder: recorder.as_raw_fd(), process, listener: -1 }.run(socket.as_raw_fd()),
        guard => Ok(guard),
    }
}

/// fork(2) with termination signal zero: no SIGCHLD, invisible to waits without `__WALL`.
pub(in crate::sys) fn fork_quietly() -> io::Result<i32> {
    // SAFETY: without CLONE_VM the child has its own memory; it makes only async-signal-safe calls and leaves by _exit.
    let pid = unsafe { libc::syscall(libc::SYS_clone, 0_u64, 0_u64, 0_u64, 0_u64, 0_u64) };
    i32::try_from(pid).ok().filter(|pid| *pid >= 0).ok_or_else(io::Error::last_os_error)
}

struct Guard {
    board: SharedBoard,
    recorder: RawFd,
    process: c_int,
    listener: RawFd,
}

impl Guard {
    fn run(mut self, socket: RawFd) -> ! {
        self.detach(socket);
        let Ok(Some(listener)) = hand_over::receive_raw(socket) else { leave() };
        self.listener = listener;
        close(socket);
        self.first_call();
        forget_arguments();
        self.watch();
        self.stand_in_around_the_last(WINDOW);
        self.answer_until_the_end();
        leave()
    }

    /// Keeps nothing of the recorder: neither its pipes (their readers would wait for us) nor its terminal.
    fn detach(&mut self, socket: RawFd) {
        // SAFETY: the name is a C string of at most 16 bytes.
        unsafe { libc::prctl(libc::PR_SET_NAME, c"ledger-guard".as_ptr()) };
        // SAFETY: takes nothing; we lead no group, so it succeeds.
        unsafe { libc::setsid() };
        let mut all = std::mem::MaybeUninit::uninit();
        // SAFETY: fills the set.
        unsafe { libc::sigfillset(all.as_mut_ptr()) };
        // SAFETY: the set has been filled; no old set is asked for.
        unsafe { libc::sigprocmask(libc::SIG_SETMASK, all.as_ptr(), std::ptr::null_mut()) };
        // SAFETY: the path is a C string.
        unsafe { libc::chdir(c"/".as_ptr()) };
        let (low, high) = (self.recorder.min(socket), self.recorder.max(socket));
        close_range(0, low - 1);
        close_range(low + 1, high - 1);
        close_range(high + 1, c_int::MAX);
    }

    /// The child makes one harmless trapped call before exec and waits for it; nobody else is listening yet.
    fn first_call(&self) {
        // Without it everything works, only slower.
        let _ = wake_in_place(self.listener, true);
        let mut fds = [pollfd(self.listener, libc::POLLIN)];
        poll(&mut fds, -1);
        if fds[0].revents & libc::POLLIN != 0
            && let Ok(call) = receive(self.listener)
        {
            self.board.last_id.store(call.id, Ordering::Release);
            let _ = resume(self.listener, call.id);
        }
    }

    /// Returns when the recorder has ended.
    fn watch(&self) {
        let mut last_served = self.board.served.load(Ordering::Acquire);
        let mut waited = false;
        loop {
            // No POLLIN: that would wake us at every call. The end of the last thread is reported anyhow.
            let mut fds = [pollfd(self.recorder, libc::POLLIN), pollfd(self.listener, 0)];
            poll(&mut fds, TICK_MS);
            if fds[1].revents != 0 {
                leave();
            }
            if fds[0].revents != 0 || self.board.abandoned.load(Ordering::Acquire) != 0 {
                return;
            }
            let served = self.board.served.load(Ordering::Acquire);
            let waiting = self.is_a_call_waiting();
            if self.is_recorder_stopped() {
                self.stand_in_while_stopped();
            } else if waiting && waited && served == last_served {
                self.stand_in();
            }
            (last_served, waited) = (served, waiting);
        }
    }

    fn is_a_call_waiting(&self) -> bool {
        let mut fds = [pollfd(self.listener, libc::POLLIN)];
        poll(&mut fds, 0);
        fds[0].revents & libc::POLLIN != 0
    }

    fn stand_in(&self) {
        while self.is_a_call_waiting() {
            let Ok(call) = receive(self.listener) else { return };
            self.board.last_id.fetch_max(call.id, Ordering::AcqRel);
            self.answer_counted(call.id);
        }
    }

    fn stand_in_while_stopped(&self) {
        while self.is_recorder_stopped() {
            // A thread may have been stopped between taking a call and noting it, so the slots do not tell all.
            self.stand_in_around_the_last(WINDOW_STOPPED);
            let mut fds = [pollfd(self.recorder, libc::POLLIN), pollfd(self.listener, libc::POLLIN)];
            poll(&mut fds, STOPPED_TICK_MS);
            if fds[0].revents != 0 || fds[1].revents & libc::POLLHUP != 0 {
                return;
            }
            self.stand_in();
        }
    }

    fn stand_in_around_the_last(&self, window: u64) {
        for slot in &self.board.in_work {
            self.answer_counted(slot.load(Ordering::Acquire));
        }
        let last = self.board.last_id.load(Ordering::Acquire);
        for id in last.saturating_sub(window)..=last.saturating_add(window) {
            self.answer_counted(id);
        }
    }

    fn answer_counted(&self, id: u64) {
        if resume(self.listener, id).is_ok() {
            self.board.stood_in.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Whether job control or a debugger has stopped the recorder (`T` or `t` in `/proc/PID/stat`, proc(5)).
    fn is_recorder_stopped(&self) -> bool {
        let mut path = [0_u8; 32];
        write_stat_path(&mut path, self.process);
        // SAFETY: path is NUL-terminated.
        let fd = unsafe { libc::open(path.as_ptr().cast(), libc::O_RDONLY | libc::O_CLOEXEC) };
        if fd < 0 {
            return false;
        }
        let mut text = [0_u8; 128];
        // SAFETY: text has that many bytes.
        let count = unsafe { libc::read(fd, text.as_mut_ptr().cast(), text.len()) };
        close(fd);
        let text = &text[..usize::try_from(count).unwrap_or(0)];
        // The name in parentheses may hold anything, so the last parenthesis counts.
        let state = text.iter().rposition(|byte| *byte == b')').and_then(|at| text.get(at + 2));
        matches!(state, Some(b'T' | b't'))
    }

    fn answer_until_the_end(&self) {
        loop {
            let mut fds = [pollfd(self.listener, libc::POLLIN)];
            poll(&mut fds, -1);
            if fds[0].revents & libc::POLLIN != 0 {
                match receive(self.listener) {
                    Ok(call) => {
                        let _ = resume(self.listener, call.id);
                    }
                    Err(libc::ENOENT | libc::EINTR) => {}
                    Err(_) => return,
                }
            } else if fds[0].revents != 0 {
                return;
            }
        }
    }
}

/// Blanks the command line it has from the recorder, in its own copy: `pkill -f ledger-run` must not end the guard with
/// what it guards, and what is in the arguments shall not be shown for as long as a daemon lives.
fn forget_arguments() {
    let mut text = [0_u8; 1024];
    // SAFETY: the path is a C string.
    let fd = unsafe { libc::open(c"/proc/self/stat".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    if fd < 0 {
        return;
    }
    // SAFETY: text has that many bytes.
    let count = unsafe { libc::read(fd, text.as_mut_ptr().cast(), text.len()) };
    close(fd);
    if let Some((start, end)) = arguments_of(&text[..usize::try_from(count).unwrap_or(0)]) {
        // SAFETY: the kernel says that the arguments are there; they are writable, ours alone since the fork, and
        // nothing in the guard reads them.
        unsafe { std::ptr::write_bytes(start as *mut u8, 0, end - start) };
    }
}

/// Where a process's arguments are: fields 48 and 49 of `/proc/PID/stat` (proc(5)); the name, the second field, may
/// hold anything, so counting starts behind its parenthesis.
fn arguments_of(stat: &[u8]) -> Option<(usize, usize)> {
    let after = stat.get(stat.iter().rposition(|byte| *byte == b')')? + 2..)?;
    let mut fields = after.split(|byte| *byte == b' ').skip(45);
    let mut address = || std::str::from_utf8(fields.next()?).ok()?.parse::<usize>().ok();
    let (from, to) = (address()?, address()?);
    (from > 0 && to > from).then_some((from, to))
}

/// Writes `/proc/PID/stat` and a NUL without allocating.
fn write_stat_path(path: &mut [u8; 32], pid: c_int) {
    let mut digits = [0_u8; 10];
    let (mut rest, mut from) = (pid.unsigned_abs(), digits.len());
    while from > 0 && (rest > 0 || from == digits.len()) {
        from -= 1;
        digits[from] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    let parts = b"/proc/".iter().chain(&digits[from..]).chain(b"/stat\0");
    path.iter_mut().zip(parts).for_each(|(to, byte)| *to = *byte);
}

fn close(fd: RawFd) {
    // SAFETY: only called for descriptors the guard owns.
    unsafe { libc::close(fd) };
}

fn close_range(first: c_int, last: c_int) {
    if first > last {
        return;
    }
    // SAFETY: takes plain numbers; the guard needs none of these descriptors.
    let result = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    if result != 0 && errno() == libc::ENOSYS {
        (first..=last.min(4096)).for_each(close);
    }
}

/// The guard's end: nothing of the recorder may run in it.
fn leave() -> ! {
    // SAFETY: ends the process at once.
    unsafe { libc::_exit(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_where_the_kernel_says() {
        let stat = std::fs::read("/proc/self/stat").unwrap();
        let (from, to) = arguments_of(&stat).unwrap();
        // SAFETY: the kernel says that our arguments are there, and nobody changes them.
        let found = unsafe { std::slice::from_raw_parts(from as *const u8, to - from) };
        assert_eq!(found, std::fs::read("/proc/self/cmdline").unwrap());
        assert_eq!(arguments_of(b"1 (a) b) R 1 2 3"), None);
    }

    #[test]
    fn the_path_of_a_process() {
        for pid in [1, 10, 4_194_304, c_int::MAX] {
            let mut path = [0; 32];
            write_stat_path(&mut path, pid);
            let end = path.iter().position(|byte| *byte == 0).unwrap();
            assert_eq!(std::str::from_utf8(&path[..end]).unwrap(), format!("/proc/{pid}/stat"));
        }
    }
}
