//! The machine's clocks.

use crate::base::time::{Clock, Timestamp};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The real clock, in the local time zone as it was when the process started (`TZ`, else `/etc/localtime`).
#[derive(Debug, Clone)]
pub struct SystemClock {
    zone: jiff::tz::TimeZone,
    started: Instant,
}

impl SystemClock {
    /// Reads the time zone; an unknown one counts as UTC.
    pub fn new() -> Self {
        Self {
            zone: jiff::tz::TimeZone::try_system().unwrap_or(jiff::tz::TimeZone::UTC),
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the wall clock")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp::new(since_epoch, &self.zone)
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}
