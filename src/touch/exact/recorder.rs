//! The threads that answer trapped calls.
//!
//! One does it as long as it keeps up: the kernel hands calls to waiting threads in turn, and two threads that take turns
//! cost a fifth more per call than one that stays on its processor. A second one comes when half of the calls have
//! waited for the first, or when the first hangs: looking at a path on a file system that is served by the command's own
//! tree may wait for the very process whose call we hold. The watchdog, which comes with the first call, sees that. It also
//! lets a call through that has waited too long and puts another thread in the place of the one that hangs. Whatever
//! goes wrong, the call runs.

use crate::base::limits::{TRAP_PATIENCE, TRAP_WORKERS_MAX};
use crate::sys::notify::{Listener, Notification};
use crate::sys::notify_guard::{SLOTS, SharedBoard};
use crate::touch::exact::blind::Blind;
use crate::touch::exact::trap::Trace;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How often the watchdog looks; also the longest that calls wait for a second thread while the first hangs, once a run.
const WATCH_EVERY: Duration = Duration::from_millis(100);

/// A call in work for so long means that its thread hangs; looking at a path takes microseconds.
const HANGS_AFTER: Duration = Duration::from_millis(20);

/// A thread that got its next call within this time did not have to wait: going to sleep and being woken takes longer.
const AT_ONCE: Duration = Duration::from_nanos(700);

/// Calls by which a thread judges whether it keeps up.
const JUDGED_CALLS: u32 = 256;

/// So many of them from callers that take turns say that several run at a time. What `git` starts one behind the other has one
/// or two, a build with two compilers five within fifty.
const TURNS_MAX: u32 = 4;

/// So many calls in [`WATCH_EVERY`] are worth waiting for on the caller's processor: each would cost several times as much
/// elsewhere.
const OFTEN: u64 = 2_000;

/// What the threads share.
#[derive(Debug)]
pub struct Recorder {
    listener: Listener,
    board: SharedBoard,
    /// What was seen.
    pub trace: Trace,
    began: Instant,
    /// When the call in each slot was taken, in milliseconds since `began`.
    taken_at: [AtomicU64; SLOTS],
    workers: AtomicUsize,
    watched: AtomicBool,
    reinforced: AtomicBool,
    /// Set when the record is closed: later calls are let through without a look.
    closed: AtomicBool,
}

impl Recorder {
    /// Starts to answer.
    pub fn start(listener: Listener, board: SharedBoard, trace: Trace) -> std::io::Result<Arc<Self>> {
        let recorder = Arc::new(Self {
            listener,
            board,
            trace,
            began: Instant::now(),
            taken_at: [const { AtomicU64::new(0) }; SLOTS],
            workers: AtomicUsize::new(0),
            watched: AtomicBool::new(false),
            reinforced: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        });
        recorder.add_worker()?;
        Ok(recorder)
    }

    /// Waits until no thread with the filter is left, at most `grace`; whether that came true.
    pub fn wait_for_the_end(&self, grace: Duration) -> bool {
        let deadline = Instant::now() + grace;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if self.listener.wait(false, left).is_some() {
                return true;
            }
            if left.is_zero() {
                return false;
            }
        }
    }

    /// Stops looking; calls are answered all the same.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Calls the guard had to answer.
    pub fn stood_in(&self) -> u64 {
        self.board.stood_in.load(Ordering::Acquire)
    }

    /// Calls answered.
    pub fn served(&self) -> u64 {
        self.board.served.load(Ordering::Acquire)
    }

    fn add_worker(self: &Arc<Self>) -> std::io::Result<()> {
        let slot = self.workers.fetch_add(1, Ordering::AcqRel);
        if slot >= TRAP_WORKERS_MAX.min(SLOTS) {
            return Ok(());
        }
        let recorder = Arc::clone(self);
        let thread = std::thread::Builder::new().name(format!("touch-{slot}"));
        thread.spawn(move || recorder.work(slot)).map(drop)
    }

    fn work(self: Arc<Self>, slot: usize) {
        let mut load = Load::default();
        loop {
            let asked = Instant::now();
            match self.listener.receive() {
                Ok(call) => {
                    let taken = Instant::now();
                    self.serve(slot, &call, taken);
                    let at_once = taken.saturating_duration_since(asked) < AT_ONCE;
                    if load.is_too_much(call.tid, at_once) {
                        self.reinforce();
                    }
                }
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => {}
                    Some(libc::ENOENT) if !self.is_over() => {}
                    _ => return,
                },
            }
            if !self.watched.swap(true, Ordering::AcqRel) {
                self.be_watched();
            }
        }
    }

    fn is_over(&self) -> bool {
        self.listener.wait(false, Duration::ZERO) == Some(false)
    }

    fn serve(&self, slot: usize, call: &Notification, taken: Instant) {
        self.taken_at[slot].store(self.milliseconds(taken), Ordering::Relaxed);
        self.board.in_work[slot].store(call.id, Ordering::Release);
        self.board.last_id.fetch_max(call.id, Ordering::AcqRel);
        if !self.closed.load(Ordering::Acquire) {
            let waiting = || self.listener.is_waiting(call.id);
            let noted = catch_unwind(AssertUnwindSafe(|| self.trace.note(call, &waiting)));
            if noted.is_err() {
                self.trace.blind.add(Blind::Mistake);
            }
        }
        // An error means that the caller is gone, or that the watchdog or the guard was faster.
        drop(self.listener.resume(call.id));
        self.board.in_work[slot].store(0, Ordering::Release);
        self.board.served.fetch_add(1, Ordering::AcqRel);
    }

    fn milliseconds(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    fn reinforce(self: &Arc<Self>) {
        if !self.reinforced.swap(true, Ordering::AcqRel) {
            // Without help one thread does it all, and the guard answers when that one hangs.
            drop(self.add_worker());
            drop(self.listener.wake_in_place(false));
        }
    }

    fn be_watched(self: &Arc<Self>) {
        let recorder = Arc::clone(self);
        let thread = std::thread::Builder::new().name("touch-watch".to_owned());
        drop(thread.spawn(move || recorder.watch()));
    }

    fn watch(self: Arc<Self>) {
        let mut let_through = [0; SLOTS];
        let mut served = 0;
        while self.listener.wait(false, WATCH_EVERY).is_none() {
            let calls = self.served() - served;
            served += calls;
            if self.reinforced.load(Ordering::Acquire) {
                // Fails where the self-test has said that it does: then nothing is handed over in place.
                drop(self.listener.wake_in_place(calls >= OFTEN));
            }
            let now = self.milliseconds(Instant::now());
            for (slot, done) in let_through.iter_mut().enumerate() {
                let id = self.board.in_work[slot].load(Ordering::Acquire);
                let age = now.saturating_sub(self.taken_at[slot].load(Ordering::Relaxed));
                if id == 0 || id == *done {
                    continue;
                }
                let age = Duration::from_millis(age);
                if age >= HANGS_AFTER {
                    self.reinforce();
                }
                if age >= TRAP_PATIENCE {
                    *done = id;
                    self.let_through(id);
                }
            }
        }
    }

    fn let_through(self: &Arc<Self>, id: u64) {
        if self.listener.resume(id).is_ok() {
            self.trace.blind.add(Blind::Late);
        }
        drop(self.add_worker());
    }
}

/// What a thread's last calls say of how many callers run at a time.
#[derive(Debug, Default)]
struct Load {
    calls: u32,
    /// Calls that were there already when the thread asked for them, each another caller's than the one before: that one may
    /// just have come back.
    queued: u32,
    /// Changes to a caller that was seen a few changes ago, each another one than the last that came back: not a shell to
    /// which each of its commands returns.
    returned: u32,
    last_returned: u32,
    /// The last callers, the newest first.
    callers: [u32; 4],
}

impl Load {
    /// Counts a call; whether one thread is not enough: more callers wait than it can serve, or some take turns. Then it is
    /// woken on the processor of one of them, may have to wait there for others to go on, and the rest waits with it.
    fn is_too_much(&mut self, caller: u32, at_once: bool) -> bool {
        self.calls += 1;
        if caller != self.callers[0] {
            self.queued += u32::from(at_once);
            if self.callers.contains(&caller) {
                self.returned += u32::from(caller != self.last_returned);
                self.last_returned = caller;
            }
            self.callers.rotate_right(1);
            self.callers[0] = caller;
        }
        let judged = self.calls >= JUDGED_CALLS;
        let too_much = judged && self.queued >= JUDGED_CALLS / 2 || self.returned >= TURNS_MAX;
        if judged || too_much {
            *self = Self { callers: self.callers, last_returned: self.last_returned, ..Self::default() };
        }
        too_much
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_too_much(calls: impl Iterator<Item = (u32, bool)>) -> bool {
        let mut load = Load::default();
        calls.map(|(caller, at_once)| load.is_too_much(caller, at_once)).fold(false, |any, one| any | one)
    }

    #[test]
    fn only_many_callers_that_wait_are_too_much() {
        let calls = || 0..JUDGED_CALLS * 4;
        assert!(is_too_much(calls().map(|n| (n % 3, true))));
        assert!(is_too_much(calls().map(|n| (n, n % 3 != 0))));
        assert!(is_too_much((0..2 * TURNS_MAX).map(|n| (n % 2, false))), "two take turns");
        assert!(
            !is_too_much(calls().map(|n| (if n % 2 == 0 { 7 } else { n }, false))),
            "a shell and its commands"
        );
        assert!(!is_too_much(calls().map(|_| (7, true))), "one caller that is quick");
        assert!(!is_too_much(calls().map(|n| (n, n % 3 == 0))), "most did not wait");
        assert!(!is_too_much((1..JUDGED_CALLS).map(|n| (n, true))), "too few to tell");
    }
}
