//! Which session an event belongs to.

use super::config::{LedgerConfig, SessionChoice};
use super::dir::{Dir, FsError, Open, dir_mode};
use super::journal::LockFile;
use super::paths::{LAST_SESSION_FILE, LOCK_FILE, LedgerPaths};
use super::replace::Replace;
use crate::base::files::FileCalls;
use crate::base::ids::{AgentName, SessionId};
use crate::base::limits::SESSIONS_PER_DAY;
use crate::base::time::Timestamp;
use std::io::Read as _;
use std::path::Path;

const TEMP: &str = ".last_session_id.tmp";

/// The newest event's session and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LastEvent {
    pub(super) session: SessionId,
    pub(super) ms: i64,
}

impl LastEvent {
    /// Reads both from a line of any writer.
    pub(super) fn of_line(line: &[u8]) -> Option<Self> {
        #[derive(serde::Deserialize)]
        struct Members {
            ts: String,
            session_id: SessionId,
        }
        let members: Members = serde_json::from_slice(line).ok()?;
        let ts: Timestamp = members.ts.parse().ok()?;
        Some(Self { session: members.session_id, ms: ts.as_millis() })
    }
}

/// The session an event at `now` continues; `None` if a new one begins.
pub(super) fn continued(
    choice: &SessionChoice,
    agent: &AgentName,
    last: Option<&LastEvent>,
    now: Timestamp,
) -> Option<SessionId> {
    match choice {
        SessionChoice::Fixed(session) => Some(session.clone()),
        SessionChoice::Idle(gap) => {
            let last = last?;
            let idle = u64::try_from(now.as_millis().saturating_sub(last.ms)).unwrap_or(0);
            let ours = last.session.as_str()[11..].strip_prefix(agent.as_str())?.starts_with('_');
            (ours && u128::from(idle) < gap.as_millis()).then(|| last.session.clone())
        }
    }
}

/// The next session of the day of `now`, after `last` and after what the counter file says; without writing it.
pub(super) fn next(dir: &Path, agent: &AgentName, last: Option<&LastEvent>, now: Timestamp) -> SessionId {
    let date = now.date();
    let counted = read_counter(dir).filter(|(day, _)| *day == date).map_or(0, |(_, number)| number);
    let seen = last.filter(|last| last.session.date() == date).map_or(0, |last| last.session.number());
    SessionId::new(&date, agent, (counted.max(seen) + 1).min(SESSIONS_PER_DAY))
}

/// The session of an event that happens while the lock cannot be had: continues what can be read, and reserves
/// nothing. Where nothing can be read it is number 0 of its day.
pub(super) fn unlocked(paths: &LedgerPaths, config: &LedgerConfig, now: Timestamp) -> SessionId {
    let readable = Dir::open(&paths.ledger).and_then(|dir| {
        let lock = dir.file(LOCK_FILE, Open::Read, 0)?;
        LockFile::new(lock, dir.join(LOCK_FILE)).read()
    });
    let Ok(journal) = readable else {
        return SessionId::new(&now.date(), &config.agent, 0);
    };
    let last = journal
        .and_then(|journal| Some(LastEvent { session: journal.session?.parse().ok()?, ms: journal.last_ms }));
    continued(&config.session, &config.agent, last.as_ref(), now)
        .unwrap_or_else(|| next(&paths.sessions, &config.agent, last.as_ref(), now))
}

/// Writes `session` to the counter file that the shell scripts share. To be called under the agent's lock.
pub(super) fn write_counter(
    dir: &Path,
    session: &SessionId,
    file_mode: u32,
    files: &dyn FileCalls,
) -> Result<(), FsError> {
    let dir = Dir::open_or_create(dir, dir_mode(file_mode))?;
    let text = format!("{}\n{}\n", session.date(), session.number());
    Replace { dir: &dir, name: LAST_SESSION_FILE, spare: TEMP, mode: file_mode, files }.with(text.as_bytes())
}

fn read_counter(dir: &Path) -> Option<(String, u16)> {
    let mut text = String::new();
    let file = Dir::open(dir).ok()?.file(LAST_SESSION_FILE, Open::Read, 0).ok()?;
    file.take(256).read_to_string(&mut text).ok()?;
    let mut lines = text.lines();
    Some((lines.next()?.trim().to_owned(), lines.next()?.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::replace::tests::NoCalls;
    use std::time::Duration;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn last(session: &str, ts: &str) -> LastEvent {
        LastEvent { session: session.parse().unwrap(), ms: at(ts).as_millis() }
    }

    #[test]
    fn a_session_lasts_until_the_idle_gap() {
        let agent = "cls".parse().unwrap();
        let idle = SessionChoice::Idle(Duration::from_secs(1800));
        let before = last("2025-11-16_cls_004", "2025-11-16T23:50:00+07:00");
        let goes_on = |now| continued(&idle, &agent, Some(&before), at(now));
        assert_eq!(goes_on("2025-11-17T00:19:59+07:00").unwrap().as_str(), "2025-11-16_cls_004");
        assert_eq!(goes_on("2025-11-17T00:20:00+07:00"), None);
        // A clock set back does not end it.
        assert!(goes_on("2025-11-16T20:00:00+07:00").is_some());
        assert_eq!(continued(&idle, &agent, None, at("2025-11-16T00:00:00+07:00")), None);
        let other = last("2025-11-16_cls-2_004", "2025-11-16T23:50:00+07:00");
        assert_eq!(continued(&idle, &agent, Some(&other), at("2025-11-16T23:50:01+07:00")), None);
    }

    #[test]
    fn numbers_follow_both_the_counter_and_the_ledger() {
        let temp = tempfile::tempdir().unwrap();
        let (dir, agent) = (temp.path().join("s"), "cls".parse().unwrap());
        let now = at("2025-11-16T12:00:00+07:00");
        assert_eq!(next(&dir, &agent, None, now).as_str(), "2025-11-16_cls_001");
        write_counter(&dir, &"2025-11-16_cls_007".parse().unwrap(), 0o600, &NoCalls).unwrap();
        assert_eq!(std::fs::read_to_string(dir.join(LAST_SESSION_FILE)).unwrap(), "2025-11-16\n7\n");
        assert_eq!(next(&dir, &agent, None, now).number(), 8);
        let seen = last("2025-11-16_cls_011", "2025-11-16T01:00:00+07:00");
        assert_eq!(next(&dir, &agent, Some(&seen), now).number(), 12);
        assert_eq!(next(&dir, &agent, Some(&seen), at("2025-11-17T12:00:00+07:00")).number(), 1);
        write_counter(&dir, &"2025-11-16_cls_999".parse().unwrap(), 0o600, &NoCalls).unwrap();
        assert_eq!(next(&dir, &agent, None, now).number(), 999);
    }
}
