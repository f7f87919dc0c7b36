//! The threads that answer trapped calls.
//!
//! One waits from the start; the second, and the watchdog, come with the first call. Two are needed: looking at a path
//! on a file system that is served by the command's own tree may wait for the very process whose call we hold. The
//! watchdog lets a call through that has waited too long and puts another thread in the place of the one that hangs.
//! Whatever goes wrong, the call runs.

use crate::base::limits::{TRAP_PATIENCE, TRAP_WORKERS_MAX};
use crate::sys::notify::Listener;
use crate::sys::notify_guard::{SLOTS, SharedBoard};
use crate::touch::exact::blind::Blind;
use crate::touch::exact::trap::Trace;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How often the watchdog looks.
const WATCH_EVERY: Duration = Duration::from_millis(250);

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
    helped: AtomicBool,
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
            helped: AtomicBool::new(false),
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
        loop {
            match self.listener.receive() {
                Ok(call) => self.serve(slot, &call),
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => {}
                    Some(libc::ENOENT) if !self.is_over() => {}
                    _ => return,
                },
            }
            if !self.helped.swap(true, Ordering::AcqRel) {
                self.get_help();
            }
        }
    }

    fn is_over(&self) -> bool {
        self.listener.wait(false, Duration::ZERO) == Some(false)
    }

    fn serve(&self, slot: usize, call: &crate::sys::notify::Notification) {
        let elapsed = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.taken_at[slot].store(elapsed, Ordering::Relaxed);
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

    fn get_help(self: &Arc<Self>) {
        // Without help one thread does it all; only the deadlock described above would then last until the guard's tick.
        drop(self.add_worker());
        let recorder = Arc::clone(self);
        let thread = std::thread::Builder::new().name("touch-watch".to_owned());
        drop(thread.spawn(move || recorder.watch()));
    }

    fn watch(self: Arc<Self>) {
        let mut let_through = [0; SLOTS];
        while self.listener.wait(false, WATCH_EVERY).is_none() {
            let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
            for (slot, done) in let_through.iter_mut().enumerate() {
                let id = self.board.in_work[slot].load(Ordering::Acquire);
                let age = now.saturating_sub(self.taken_at[slot].load(Ordering::Relaxed));
                if id != 0 && id != *done && u128::from(age) >= TRAP_PATIENCE.as_millis() {
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
