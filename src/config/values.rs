//! Values as people write them on command lines and in configuration files.

use serde::Deserialize;
use std::str::FromStr;
use std::time::Duration;

/// A span of time as people type it: `30s`, `1h 5m`, or a number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Span(pub Duration);

impl FromStr for Span {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = text.parse::<f64>().ok().and_then(|number| Duration::try_from_secs_f64(number).ok());
        seconds
            .or_else(|| humantime::parse_duration(text).ok())
            .map(Self)
            .ok_or_else(|| "use a number of seconds or something like 30s, 5m, 1h 30m".to_owned())
    }
}

/// How much of a stream to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub enum CaptureSize {
    /// Leave the streams alone.
    Off,
    /// Bytes of each end.
    Keep(usize),
}

impl FromStr for CaptureSize {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        use crate::base::limits::CAPTURE_KEEP_MAX;
        if text == "off" {
            return Ok(Self::Off);
        }
        let (digits, unit) = match text.to_ascii_lowercase().strip_suffix(['k', 'm']) {
            Some(digits) if text.ends_with(['k', 'K']) => (digits.to_owned(), 1024),
            Some(digits) => (digits.to_owned(), 1024 * 1024),
            None => (text.to_owned(), 1),
        };
        let bytes = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
        bytes
            .filter(|bytes| *bytes <= CAPTURE_KEEP_MAX)
            .map(Self::Keep)
            .ok_or_else(|| "use `off` or a number of bytes up to 4M, such as 16k".to_owned())
    }
}

/// Name of a `--lock`: it becomes a file name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockName(pub String);

impl FromStr for LockName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        if plain && (1..=100).contains(&text.len()) && !text.starts_with('.') {
            Ok(Self(text.to_owned()))
        } else {
            Err("use 1 to 100 letters, digits, `_`, `-` and `.`".to_owned())
        }
    }
}

/// What a record must survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// The death of any process.
    Os,
    /// A power cut.
    Disk,
}

impl FromStr for Durability {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "os" => Ok(Self::Os),
            "disk" => Ok(Self::Disk),
            _ => Err("use `os` or `disk`".to_owned()),
        }
    }
}

/// How touched files are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TouchChoice {
    /// Exactly where that costs the command nothing, else by snapshot.
    #[default]
    Auto,
    /// Exactly, or by snapshot if that cannot be had.
    Exact,
    /// By comparing metadata before and after.
    Snapshot,
    /// Not at all.
    Off,
}

impl FromStr for TouchChoice {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "exact" => Ok(Self::Exact),
            "snapshot" => Ok(Self::Snapshot),
            "off" => Ok(Self::Off),
            _ => Err("use auto, exact, snapshot or off".to_owned()),
        }
    }
}

/// When the command gets a terminal of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PtyChoice {
    /// If its output is a terminal.
    #[default]
    Auto,
    /// Also if it is not.
    Always,
    /// Never: it keeps ours, unrecorded.
    Never,
}

impl FromStr for PtyChoice {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => Err("use auto, always or never".to_owned()),
        }
    }
}

/// A value of a configuration file that may be written with or without quotes: `timeout = 30` or `timeout = "5m"`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Written {
    Whole(u64),
    Fraction(f64),
    Text(String),
}

impl Written {
    fn parse<T: FromStr<Err = String>>(self) -> Result<T, String> {
        match self {
            Self::Whole(number) => number.to_string().parse(),
            Self::Fraction(number) => number.to_string().parse(),
            Self::Text(text) => text.parse(),
        }
    }
}

impl TryFrom<Written> for Span {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        written.parse()
    }
}

impl TryFrom<Written> for CaptureSize {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        written.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_spans() {
        assert_eq!("16k".parse(), Ok(CaptureSize::Keep(16384)));
        assert_eq!("1M".parse(), Ok(CaptureSize::Keep(1 << 20)));
        assert_eq!("0".parse(), Ok(CaptureSize::Keep(0)));
        assert_eq!("0.5".parse(), Ok(Span(Duration::from_millis(500))));
        assert_eq!("1h 30m".parse(), Ok(Span(Duration::from_mins(90))));
        assert!("-1".parse::<Span>().is_err());
    }
}
