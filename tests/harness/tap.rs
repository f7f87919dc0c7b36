//! Barriers: waiting for something to be true, never for time to pass.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// How long anything may take before it counts as hung. Far above what it takes on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Asks until `question` has an answer; panics with `what` once the deadline is over.
pub(crate) fn eventually<T>(what: &str, mut question: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        assert!(Instant::now() < end, "waited {DEADLINE:?} in vain for: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A stream that is read as it comes, and can be waited for.
#[derive(Clone, Default)]
pub(crate) struct Tap(Arc<(Mutex<Seen>, Condvar)>);

#[derive(Default)]
struct Seen {
    bytes: Vec<u8>,
    ended: bool,
}

impl Tap {
    /// Reads `source` to its end on a thread of its own.
    pub(crate) fn on(mut source: impl Read + Send + 'static) -> Self {
        let tap = Self::default();
        let filled = tap.clone();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            loop {
                // A terminal says too early that nobody has it any more (see `sys::pty::read`): ask twice.
                let read = source.read(&mut buffer).or_else(|_| source.read(&mut buffer)).unwrap_or(0);
                let (seen, changed) = &*filled.0;
                let mut seen = seen.lock().unwrap();
                seen.bytes.extend_from_slice(&buffer[..read]);
                seen.ended = read == 0;
                changed.notify_all();
                if seen.ended {
                    return;
                }
            }
        });
        tap
    }

    /// A tap on nothing.
    pub(crate) fn ended() -> Self {
        let tap = Self::default();
        tap.0.0.lock().unwrap().ended = true;
        tap
    }

    /// What has come so far.
    pub(crate) fn so_far(&self) -> Vec<u8> {
        self.0.0.lock().unwrap().bytes.clone()
    }

    /// Waits until `part` has come; false when the stream ended, or the deadline came, without it.
    pub(crate) fn has(&self, part: &str) -> bool {
        self.until(|seen| seen.ended || contains(&seen.bytes, part.as_bytes()));
        contains(&self.so_far(), part.as_bytes())
    }

    /// Waits until `part` has come behind the first `from` bytes, and returns where it ends there.
    pub(crate) fn has_after(&self, from: usize, part: &str) -> Option<usize> {
        let end = |seen: &Seen| {
            let rest = seen.bytes.get(from..)?;
            let at = rest.windows(part.len()).position(|window| window == part.as_bytes())?;
            Some(from + at + part.len())
        };
        self.until(|seen| seen.ended || end(seen).is_some());
        let seen = self.0.0.lock().unwrap();
        end(&seen)
    }

    /// Waits for the end of the stream; false when the deadline came first.
    pub(crate) fn has_ended(&self) -> bool {
        self.until(|seen| seen.ended)
    }

    fn until(&self, done: impl Fn(&Seen) -> bool) -> bool {
        let (seen, changed) = &*self.0;
        let seen = seen.lock().unwrap();
        let (_seen, waited) = changed.wait_timeout_while(seen, DEADLINE, |seen| !done(seen)).unwrap();
        !waited.timed_out()
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}
