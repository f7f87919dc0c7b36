//! Wall-clock instants with their local offset, and the clock as something that can be fixed in a test.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// An instant with its UTC offset, kept to the millisecond, as schema v1 writes it: `2025-11-16T02:12:34.567+07:00`.
///
/// The text has exactly three fraction digits and a numeric offset (never `Z`), so that Python 3.7's
/// `datetime.fromisoformat` reads it. Parsing also accepts no fraction at all, the other form schema v1 allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    instant: jiff::Timestamp,
    offset: jiff::tz::Offset,
    subsecond: bool,
}

impl Timestamp {
    /// The instant `since_epoch` after 1970-01-01T00:00:00Z, `offset` seconds east of UTC. Instants outside jiff's range
    /// (years -9999 to 9999) become the epoch, offsets of a day or more UTC.
    pub fn new(since_epoch: Duration, offset: i32) -> Self {
        let milliseconds = i64::try_from(since_epoch.as_millis()).unwrap_or(0);
        let instant = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        // Offsets with seconds (local mean time before 1900) have no numeric form that Python 3.6 reads.
        let offset = jiff::tz::Offset::from_seconds(offset - offset % 60).unwrap_or(jiff::tz::Offset::UTC);
        Self { instant, offset, subsecond: true }
    }

    /// Seconds and nanoseconds since the epoch; instants before it count as the epoch.
    pub fn since_epoch(self) -> (u64, u32) {
        let elapsed = self.instant.as_duration();
        (u64::try_from(elapsed.as_secs()).unwrap_or(0), u32::try_from(elapsed.subsec_nanos()).unwrap_or(0))
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.instant.as_millisecond()
    }

    /// The local calendar day, `YYYY-MM-DD`: it names the ledger file the event belongs to.
    pub fn date(self) -> String {
        self.offset.to_datetime(self.instant).date().to_string()
    }

    /// `later` after this instant, shown with the same offset; the last instant jiff knows if it lies beyond.
    #[must_use]
    pub fn plus(self, later: Duration) -> Self {
        let instant = self.instant.saturating_add(later).unwrap_or(jiff::Timestamp::MAX);
        Self { instant, subsecond: true, ..self }
    }

    /// How long before `self` `earlier` was; zero if it was not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.as_millis() - earlier.as_millis()).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.offset.to_datetime(self.instant);
        let seconds = self.offset.seconds();
        let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
        write!(f, "{}T{:02}:{:02}:{:02}", local.date(), local.hour(), local.minute(), local.second())?;
        if self.subsecond {
            write!(f, ".{:03}", local.subsec_nanosecond() / 1_000_000)?;
        }
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// The text is no timestamp of schema v1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a timestamp: it must look like 2025-11-16T02:12:34+07:00, with no fraction or exactly 3 digits"
)]
pub struct TimestampError(pub String);

impl FromStr for Timestamp {
    type Err = TimestampError;
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        parse_strict(text).ok_or_else(|| TimestampError(text.to_owned()))
    }
}

fn parse_strict(text: &str) -> Option<Timestamp> {
    let (shape, subsecond) = match text.len() {
        25 => ("dddd-dd-ddTdd:dd:ddsdd:dd", false),
        29 => ("dddd-dd-ddTdd:dd:dd.dddsdd:dd", true),
        _ => return None,
    };
    let fits = text.bytes().zip(shape.bytes()).all(|(byte, kind)| match kind {
        b'd' => byte.is_ascii_digit(),
        b's' => matches!(byte, b'+' | b'-'),
        literal => byte == literal,
    });
    // jiff reads a leap second as :59; Python refuses it.
    if !fits || &text[17..19] == "60" {
        return None;
    }
    let zone = &text[text.len() - 6..];
    let hours: i32 = zone[1..3].parse().ok()?;
    let minutes: i32 = zone[4..6].parse().ok()?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = (hours * 60 + minutes) * 60 * if zone.starts_with('-') { -1 } else { 1 };
    let offset = jiff::tz::Offset::from_seconds(seconds).ok()?;
    let local: jiff::civil::DateTime = text[..text.len() - 6].parse().ok()?;
    let instant = offset.to_timestamp(local).ok()?;
    Some(Timestamp { instant, offset, subsecond })
}

/// Where the time comes from; the real one is [`crate::sys::clock::SystemClock`].
pub trait Clock {
    /// The wall clock, for people and for file names.
    fn now(&self) -> Timestamp;
    /// A clock that only goes forward, for durations: time since an arbitrary fixed point.
    fn monotonic(&self) -> Duration;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for text in
            ["2025-11-16T02:12:34+07:00", "2025-11-16T02:12:34.567+07:00", "1999-12-31T23:59:59.001-03:30"]
        {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_python_3_7_cannot_read_is_refused() {
        for text in [
            "2025-11-16T02:12:34Z",
            "2025-11-16T02:12:34",
            "2025-11-16T02:12:34.5+07:00",
            "2025-11-16T02:12:34.567890+07:00",
            "2025-11-16 02:12:34+07:00",
            "2025-13-16T02:12:34+07:00",
            "2025-02-30T02:12:34+07:00",
            "2025-11-16T25:12:34+07:00",
            "2025-11-16T02:12:34+24:00",
            "2016-12-31T23:59:60+00:00",
            "",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_date_is_the_local_one() {
        let zone = 7 * 3600;
        let late = Timestamp::new(Duration::from_millis(1_763_254_800_567), zone);
        assert_eq!(late.to_string(), "2025-11-16T08:00:00.567+07:00");
        let early = Timestamp::new(Duration::from_secs(1_763_226_000), zone);
        assert_eq!(
            (early.to_string().as_str(), early.date().as_str()),
            ("2025-11-16T00:00:00.000+07:00", "2025-11-16")
        );
    }
}
