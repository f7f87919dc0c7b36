//! Whether a line or a status is what schema v1 says, whoever wrote it. Pure.
//!
//! Required are the eight members and their types. Members added by this program are checked where schema v1 gives
//! them a meaning (`status`, `exit_code`, `duration_sec`, `files_touched`, `error`); everything else may be anything.

use super::status::AgentState;
use crate::base::ids::{AgentName, SessionId};
use crate::base::time::Timestamp;
use serde_json::{Map, Value};
use std::fmt;

/// Something that is not as the schema has it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Violation {
    /// The member, `data.status` for one within `data`; empty for the whole line.
    pub member: String,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.member.is_empty() {
            write!(f, "{}: ", self.member)?;
        }
        write!(f, "{}; expected {}", self.found, self.expected)
    }
}

const EVENTS: &str = "one of heartbeat, task_start, task_result, error, info";
const STATES: &str = "one of idle, busy, error, offline";
const TIME: &str =
    "an ISO 8601 time with a numeric offset and no fraction or 3 digits, like 2025-11-16T02:12:34+07:00";

/// Checks one line of a ledger, without its newline. Blank lines are nobody's event and fine.
pub fn check_line(line: &[u8]) -> Vec<Violation> {
    if line.trim_ascii().is_empty() {
        return Vec::new();
    }
    check(line, |checker| {
        checker.text("ts", true, TIME, |text| text.parse::<Timestamp>().is_ok());
        let agent = "an agent name: a-z, 0-9, `_` and `-`";
        checker.text("agent", true, agent, |text| text.parse::<AgentName>().is_ok());
        let session = "a session id like 2025-11-16_cls_001";
        checker.text("session_id", true, session, |text| text.parse::<SessionId>().is_ok());
        checker.text("event", true, EVENTS, is_event);
        for member in ["task_id", "source", "summary"] {
            checker.text(member, true, "a string", |_| true);
        }
        checker.object("data", true);
        checker.data();
        checker.chain();
    })
}

/// Checks the content of a `status.json`.
pub fn check_status(text: &[u8]) -> Vec<Violation> {
    check(text, |checker| {
        let agent = "an agent name: a-z, 0-9, `_` and `-`";
        checker.text("agent", true, agent, |text| text.parse::<AgentName>().is_ok());
        checker.text("state", true, STATES, |text| AgentState::from_name(text).is_some());
        checker.text("last_heartbeat", true, TIME, |text| text.parse::<Timestamp>().is_ok());
        for member in ["last_task_id", "session_id", "last_error", "stale_after"] {
            checker.value(member, "a string or null", |value| value.is_string() || value.is_null());
        }
        checker.value("active_runs", "a number of runs", Value::is_u64);
    })
}

/// Whether `name` is one of the five events.
pub fn is_event(name: &str) -> bool {
    serde_json::from_value::<super::record::EventKind>(Value::from(name)).is_ok()
}

fn check(text: &[u8], members: impl FnOnce(&mut Checker<'_>)) -> Vec<Violation> {
    let whole = |found: String, expected: &str| {
        vec![Violation { member: String::new(), found, expected: expected.to_owned() }]
    };
    let text = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => return whole(format!("byte {} is not UTF-8", error.valid_up_to() + 1), "UTF-8 text"),
    };
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => {
            let mut checker = Checker { object: &object, prefix: "", violations: Vec::new() };
            members(&mut checker);
            checker.violations
        }
        Ok(other) => whole(format!("found {}", kind_of(&other)), "a JSON object"),
        Err(error) => whole(format!("not JSON: {error}"), "one JSON object"),
    }
}

struct Checker<'a> {
    object: &'a Map<String, Value>,
    prefix: &'static str,
    violations: Vec<Violation>,
}

impl Checker<'_> {
    fn object(&mut self, member: &str, required: bool) {
        match self.object.get(member) {
            None if required => self.violation(member, "missing", "an object"),
            None | Some(Value::Object(_)) => {}
            Some(other) => self.violation(member, &format!("found {}", kind_of(other)), "an object"),
        }
    }

    fn text(&mut self, member: &str, required: bool, expected: &str, fits: impl Fn(&str) -> bool) {
        match self.object.get(member) {
            None if required => self.violation(member, "missing", expected),
            None => {}
            Some(Value::String(text)) if fits(text) => {}
            Some(Value::String(text)) => {
                let shown: String = text.chars().take(80).collect();
                self.violation(member, &format!("found {shown:?}"), expected);
            }
            Some(other) => self.violation(member, &format!("found {}", kind_of(other)), expected),
        }
    }

    fn value(&mut self, member: &str, expected: &str, fits: impl Fn(&Value) -> bool) {
        if let Some(value) = self.object.get(member).filter(|value| !fits(value)) {
            self.violation(member, &format!("found {}", kind_of(value)), expected);
        }
    }

    fn violation(&mut self, member: &str, found: &str, expected: &str) {
        self.violations.push(Violation {
            member: format!("{}{member}", self.prefix),
            found: found.to_owned(),
            expected: expected.to_owned(),
        });
    }

    /// Members of `data` that schema v1 gives a type, where they are present.
    fn data(&mut self) {
        let Some(Value::Object(data)) = self.object.get("data") else { return };
        let mut inner = Checker { object: data, prefix: "data.", violations: Vec::new() };
        match self.object.get("event").and_then(Value::as_str) {
            Some("task_result") => {
                inner.text("status", false, "success or failure", |text| {
                    matches!(text, "success" | "failure")
                });
                inner.value("exit_code", "an integer", Value::is_i64);
                inner.value("duration_sec", "a number", Value::is_number);
                let paths =
                    |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
                inner.value("files_touched", "an array of strings", paths);
            }
            Some("error") => inner.text("error", false, "a string", |_| true),
            _ => {}
        }
        self.violations.append(&mut inner.violations);
    }

    fn chain(&mut self) {
        let expected = "{\"seq\": a number from 1 on, \"prev\": \"sha256:…\", \"at\": a number}";
        self.value("chain", expected, |chain| {
            let number = |member: &str| chain.get(member).and_then(Value::as_u64);
            let prev = chain.get("prev").and_then(Value::as_str);
            number("seq").is_some_and(|seq| seq > 0)
                && prev.is_some_and(|prev| prev.parse::<super::chain::Digest>().is_ok())
                && number("at").is_some()
        });
    }
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the string {:?}", text.chars().take(80).collect::<String>()),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line() -> Value {
        json!({
            "ts": "2025-11-16T02:12:34+07:00", "agent": "cls", "session_id": "2025-11-16_cls_001",
            "event": "task_result", "task_id": "wo-251116-agents-layout", "source": "gg_orchestrator",
            "summary": "Completed", "data": {
                "status": "success", "duration_sec": 132, "files_touched": ["path1", "path2"]
            },
        })
    }

    fn members(value: &Value) -> Vec<String> {
        check_line(value.to_string().as_bytes()).into_iter().map(|violation| violation.member).collect()
    }

    #[test]
    fn lines_of_other_tools_are_valid() {
        assert_eq!(members(&line()), [""; 0]);
        let mut more = line();
        more["extra"] = json!({"any": ["thing"]});
        more["data"] = json!({});
        assert_eq!(members(&more), [""; 0]);
        assert!(check_line(b"  ").is_empty());
    }

    #[test]
    fn each_wrong_member_is_named() {
        for (member, wrong) in [
            ("ts", json!("2025-11-16T02:12:34Z")),
            ("ts", json!(17)),
            ("agent", json!("CLS")),
            ("session_id", json!("1")),
            ("event", json!("done")),
            ("event", json!(null)),
            ("task_id", json!(1)),
            ("source", json!({})),
            ("summary", json!(null)),
            ("data", json!([])),
            ("chain", json!({"seq": 0})),
        ] {
            let mut bad = line();
            bad[member] = wrong;
            assert_eq!(members(&bad), [member], "{bad}");
        }
        for member in ["ts", "agent", "session_id", "event", "task_id", "source", "summary", "data"] {
            let mut bad = line();
            bad.as_object_mut().unwrap().remove(member);
            assert_eq!(members(&bad), [member]);
        }
        for (member, wrong) in [
            ("status", json!("ok")),
            ("exit_code", json!("0")),
            ("duration_sec", json!("1")),
            ("files_touched", json!([1])),
        ] {
            let mut bad = line();
            bad["data"][member] = wrong;
            assert_eq!(members(&bad), [format!("data.{member}")]);
        }
    }

    #[test]
    fn what_is_no_object_is_said_so() {
        for (bad, says) in
            [(&b"{"[..], "not JSON"), (b"[]", "an array"), (b"{\"a\":\"\xff\"}", "byte 7 is not UTF-8")]
        {
            let violations = check_line(bad);
            assert!(violations.len() == 1 && violations[0].to_string().contains(says), "{violations:?}");
        }
    }

    #[test]
    fn a_status_is_checked_too() {
        let good = json!({"agent": "a", "state": "idle", "last_heartbeat": "2025-11-16T02:12:34+07:00", "last_error": null});
        assert!(check_status(good.to_string().as_bytes()).is_empty());
        let bad = json!({"agent": "a", "state": "sleeping", "last_error": 1});
        let members: Vec<_> =
            check_status(bad.to_string().as_bytes()).into_iter().map(|violation| violation.member).collect();
        assert_eq!(members, ["state", "last_heartbeat", "last_error"]);
    }
}
