//! The machine's clocks.

use crate::base::time::{Clock, Timestamp};
use std::mem::MaybeUninit;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The real clock, in the local time zone as the C library sees it (`TZ`, else `/etc/localtime`).
#[derive(Debug, Clone)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Starts the monotonic clock.
    #[expect(clippy::new_without_default, reason = "a clock that starts is no default value")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the wall clock")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp::new(since_epoch, local_offset(since_epoch))
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// Seconds east of UTC at an instant; UTC if the C library cannot tell. A time zone library would look through the
/// whole zone database for the name of the zone first; this reads one file.
fn local_offset(since_epoch: Duration) -> i32 {
    let Ok(seconds) = libc::time_t::try_from(since_epoch.as_secs()) else { return 0 };
    let mut local = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both pointers are valid for the call; nothing in this program changes TZ meanwhile.
    if unsafe { libc::localtime_r(&raw const seconds, local.as_mut_ptr()) }.is_null() {
        return 0;
    }
    // SAFETY: filled, as the call succeeded.
    i32::try_from(unsafe { local.assume_init() }.tm_gmtoff).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_the_one_date_prints() {
        let Ok(output) = std::process::Command::new("date").arg("+%z").output() else {
            return eprintln!("NOT RUN: the_offset_is_the_one_date_prints: no date command");
        };
        let printed = String::from_utf8(output.stdout).unwrap();
        let ours = SystemClock::new().now().to_string();
        assert_eq!(ours[ours.len() - 6..].replace(':', ""), printed.trim());
    }
}
