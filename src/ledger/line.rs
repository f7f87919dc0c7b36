//! Events as lines: one JSON object, its members in the order of schema v1, the chain link last.

use super::record::{Draft, EventKind};
use crate::base::ids::{AgentName, SessionId};
use crate::base::limits::{LINE_MAX, MEMBER_KEPT_MAX};
use serde::Serialize;
use serde_json::{Map, Value};

/// A line's fixed members, in the order they are written.
#[derive(Serialize)]
struct Members<'a> {
    ts: String,
    agent: &'a str,
    session_id: &'a str,
    event: &'a str,
    task_id: &'a str,
    source: &'a str,
    summary: &'a str,
    data: &'a Map<String, Value>,
}

/// Encodes an event up to, but without, the closing brace; [`Link::close`](super::chain::Link::close) or
/// [`close_unchained`] ends it. An event over [`LINE_MAX`] loses the largest parts of its `data`, by name.
pub(super) fn open_line(agent: &AgentName, session: &SessionId, draft: &Draft) -> Vec<u8> {
    let line = encode(agent, session, draft, &draft.data);
    if line.len() + super::chain::LINK_MAX <= LINE_MAX {
        return line;
    }
    encode(agent, session, draft, &without_large_members(&draft.data))
}

fn encode(agent: &AgentName, session: &SessionId, draft: &Draft, data: &Map<String, Value>) -> Vec<u8> {
    let members = Members {
        ts: draft.ts.to_string(),
        agent: agent.as_str(),
        session_id: session.as_str(),
        event: draft.event.as_str(),
        task_id: &draft.task_id,
        source: &draft.source,
        summary: &draft.summary,
        data,
    };
    // Neither strings nor JSON values can fail to encode.
    let mut line = serde_json::to_vec(&members).unwrap_or_default();
    line.pop();
    line
}

/// Ends a line that is not part of the chain (yet).
pub(super) fn close_unchained(line: &mut Vec<u8>) {
    line.extend_from_slice(b"}\n");
}

/// `data` with every member over [`MEMBER_KEPT_MAX`] replaced by an entry in `degraded`.
fn without_large_members(data: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    let mut dropped = Vec::new();
    for (name, value) in data {
        let size = serde_json::to_vec(value).map_or(0, |text| text.len());
        if size <= MEMBER_KEPT_MAX && name.len() <= MEMBER_KEPT_MAX {
            kept.insert(name.clone(), value.clone());
        } else {
            let name: String = name.chars().take(64).collect();
            dropped
                .push(Value::from(format!("`{name}` left out: {size} bytes would make the line too long")));
        }
    }
    match kept.get_mut("degraded") {
        Some(Value::Array(list)) => list.extend(dropped),
        _ => {
            kept.insert("degraded".to_owned(), Value::from(dropped));
        }
    }
    kept
}

/// Marks an event as written later than it happened.
pub(super) fn mark_spooled(draft: &Draft) -> Draft {
    let mut marked = draft.clone();
    marked.data.insert("spooled".to_owned(), Value::from(true));
    marked
}

/// An event the ledger itself has to report; its texts come from files it wrote, so they are redacted already.
pub(super) fn own_event(
    ts: crate::base::time::Timestamp,
    event: EventKind,
    task_id: &str,
    summary: String,
    data: Map<String, Value>,
) -> Draft {
    Draft { ts, event, task_id: task_id.to_owned(), source: "ledger-run".to_owned(), summary, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(data: &Value) -> Draft {
        Draft {
            ts: "2025-11-16T02:12:34+07:00".parse().unwrap(),
            event: EventKind::Info,
            task_id: "wo-1".to_owned(),
            source: "tool".to_owned(),
            summary: "two\nlines, \"quotes\" and \u{2028}".to_owned(),
            data: data.as_object().unwrap().clone(),
        }
    }

    fn line(draft: &Draft) -> Value {
        let session = "2025-11-16_cls_001".parse().unwrap();
        let mut line = open_line(&"cls".parse().unwrap(), &session, draft);
        close_unchained(&mut line);
        assert_eq!(memchr::memchr(b'\n', &line), Some(line.len() - 1));
        assert!(line.len() <= LINE_MAX);
        serde_json::from_slice(&line).unwrap()
    }

    #[test]
    fn members_come_in_the_order_of_the_schema() {
        let value = line(&draft(&serde_json::json!({"z": 1, "a": [null]})));
        let names: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["ts", "agent", "session_id", "event", "task_id", "source", "summary", "data"]);
        assert_eq!(value["data"].to_string(), r#"{"z":1,"a":[null]}"#);
        assert_eq!(value["summary"], "two\nlines, \"quotes\" and \u{2028}");
    }

    #[test]
    fn a_megabyte_fits_and_too_much_is_left_out_by_name() {
        let megabyte = "\u{1}".repeat(1 << 20);
        assert_eq!(line(&draft(&serde_json::json!({"text": megabyte})))["data"]["text"], megabyte);
        let value = line(&draft(&serde_json::json!({"run_id": "r", "text": "x".repeat(LINE_MAX)})));
        assert_eq!(value["data"]["run_id"], "r");
        assert!(value["data"].get("text").is_none());
        assert!(value["data"]["degraded"][0].as_str().unwrap().contains("`text` left out"));
    }
}
