//! Identifiers: agents, runs, sessions, trace contexts.

use crate::base::limits::AGENT_NAME_MAX;
use crate::base::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why a text is no identifier of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Agent names become directories and parts of ids.
    #[error("`{0}` is not an agent name: use 1 to {AGENT_NAME_MAX} characters of a-z, 0-9, `_` and `-`")]
    Agent(String),
    /// Sessions are named by schema v1.
    #[error("`{0}` is not a session id: it must look like 2025-11-16_cls_001")]
    Session(String),
    /// Runs are UUIDs.
    #[error("`{0}` is not a run id: it must be a UUID")]
    Run(String),
}

macro_rules! text_id {
    ($name:ident) => {
        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

/// Who ran something: `[a-z0-9_-]+`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgentName(String);
text_id!(AgentName);

impl FromStr for AgentName {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let fits = (1..=AGENT_NAME_MAX).contains(&text.len());
        if fits && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-')) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError::Agent(text.to_owned()))
        }
    }
}

impl AgentName {
    /// Who runs a shell program when nobody is named.
    pub fn of_shell() -> Self {
        Self("shell".to_owned())
    }
}

/// One sitting of an agent: `YYYY-MM-DD_<agent>_NNN` (schema v1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(String);
text_id!(SessionId);

impl SessionId {
    /// Names session `number` (1 to 999) of `agent` on `date` (`YYYY-MM-DD`).
    pub fn new(date: &str, agent: &AgentName, number: u16) -> Self {
        Self(format!("{date}_{agent}_{number:03}"))
    }

    /// The day the session began, `YYYY-MM-DD`.
    pub fn date(&self) -> &str {
        &self.0[..10]
    }

    /// The session's number on its day.
    pub fn number(&self) -> u16 {
        self.0[self.0.len() - 3..].parse().unwrap_or(0)
    }
}

impl FromStr for SessionId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        session_parts(text).ok_or_else(|| IdError::Session(text.to_owned()))?;
        Ok(Self(text.to_owned()))
    }
}

/// Matches `^\d{4}-\d{2}-\d{2}_[a-z0-9_-]+_\d{3}$` without a regex: this runs at every start.
fn session_parts(text: &str) -> Option<()> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix('_')?;
    let (agent, number) = rest.rsplit_once('_')?;
    let date_shaped = date.bytes().enumerate().all(|(at, b)| match at {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    });
    let number_shaped = number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit());
    let agent_shaped =
        !agent.is_empty() && agent.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
    (date_shaped && number_shaped && agent_shaped).then_some(())
}

/// One execution of `ledger-run`: a UUIDv7 (RFC 9562), so that ids sort by start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(uuid::Uuid);

impl RunId {
    /// A fresh id whose leading bits are `now`.
    pub fn new(now: Timestamp) -> Self {
        let (seconds, nanoseconds) = now.since_epoch();
        Self(uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds)))
    }

    /// The 128 bits.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RunId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        uuid::Uuid::parse_str(text).map(Self).map_err(|_| IdError::Run(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agent_names() {
        for good in ["andy", "cls", "a", "x-1_y", "0"] {
            assert!(good.parse::<AgentName>().is_ok(), "{good}");
        }
        for bad in ["", "Andy", "a b", "a/b", "..", "ä", &"x".repeat(65)] {
            assert!(bad.parse::<AgentName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn session_ids() {
        let id: SessionId = "2025-11-16_cls_001".parse().unwrap();
        assert_eq!((id.date(), id.number()), ("2025-11-16", 1));
        assert!("2025-11-16_a_b-c_999".parse::<SessionId>().is_ok());
        for bad in [
            "",
            "2025-11-16_cls_01",
            "2025-11-16__001",
            "2025-1-16_cls_001",
            "2025-11-16_Cls_001",
            "20251116_cls_0001",
        ] {
            assert!(bad.parse::<SessionId>().is_err(), "{bad}");
        }
    }
}
