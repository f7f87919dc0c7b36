//! Timers that can be paused: a stopped command uses up neither its timeout nor its grace.

use std::time::Duration;
use tokio::time::Instant;

/// What a deadline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// `--timeout`.
    Timeout,
    /// Between the polite and the certain signal.
    Grace,
    /// For streams still held after the command has ended.
    Leak,
    /// The next heartbeat.
    Heartbeat,
}

const TIMERS: [Timer; 4] = [Timer::Timeout, Timer::Grace, Timer::Leak, Timer::Heartbeat];

#[derive(Debug, Clone, Copy)]
enum Deadline {
    At(Instant),
    Paused(Duration),
}

/// At most one deadline per [`Timer`].
#[derive(Debug, Default)]
pub struct Deadlines {
    slots: [Option<Deadline>; TIMERS.len()],
    paused: bool,
}

impl Deadlines {
    /// Sets `timer` to go off `after` from now. A time too far to be represented never comes.
    pub fn arm(&mut self, timer: Timer, after: Duration) {
        self.slots[timer as usize] = match Instant::now().checked_add(after) {
            _ if self.paused => Some(Deadline::Paused(after)),
            Some(at) => Some(Deadline::At(at)),
            None => None,
        };
    }

    /// Takes `timer` back.
    pub fn disarm(&mut self, timer: Timer) {
        self.slots[timer as usize] = None;
    }

    /// Stops the clock for all timers.
    pub fn pause(&mut self) {
        let now = Instant::now();
        self.paused = true;
        for slot in self.slots.iter_mut().flatten() {
            if let Deadline::At(at) = *slot {
                *slot = Deadline::Paused(at.saturating_duration_since(now));
            }
        }
    }

    /// Lets it run on.
    pub fn resume(&mut self) {
        self.paused = false;
        for timer in TIMERS {
            if let Some(Deadline::Paused(left)) = self.slots[timer as usize] {
                self.arm(timer, left);
            }
        }
    }

    /// Waits for the next deadline, takes it out and returns it; for ever when there is none. Cancel-safe.
    pub async fn next(&mut self) -> Timer {
        let due = TIMERS
            .into_iter()
            .filter_map(|timer| match self.slots[timer as usize] {
                Some(Deadline::At(at)) => Some((at, timer)),
                _ => None,
            })
            .min_by_key(|(at, _)| *at);
        let Some((at, timer)) = due else { return std::future::pending().await };
        tokio::time::sleep_until(at).await;
        self.disarm(timer);
        timer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_time<T>(test: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(test)
    }

    #[test]
    fn the_earliest_comes_first_and_only_once() {
        with_time(async {
            let mut deadlines = Deadlines::default();
            deadlines.arm(Timer::Timeout, Duration::from_millis(20));
            deadlines.arm(Timer::Leak, Duration::from_millis(1));
            deadlines.arm(Timer::Heartbeat, Duration::MAX);
            assert_eq!(deadlines.next().await, Timer::Leak);
            assert_eq!(deadlines.next().await, Timer::Timeout);
            let never = tokio::time::timeout(Duration::from_millis(5), deadlines.next()).await;
            assert!(never.is_err());
        });
    }

    #[test]
    fn a_paused_timer_waits() {
        with_time(async {
            let mut deadlines = Deadlines::default();
            deadlines.arm(Timer::Timeout, Duration::from_millis(1));
            deadlines.pause();
            deadlines.arm(Timer::Grace, Duration::from_millis(1));
            assert!(tokio::time::timeout(Duration::from_millis(20), deadlines.next()).await.is_err());
            deadlines.resume();
            assert_eq!(deadlines.next().await, Timer::Timeout);
            assert_eq!(deadlines.next().await, Timer::Grace);
        });
    }
}
