//! `ledgerctl write`: one event.

use super::place::{Place, redactor};
use super::{CtlError, PROGRAM, Verdict};
use crate::base::ids::AgentName;
use crate::base::limits::LINE_MAX;
use crate::base::time::Clock as _;
use crate::cli::diag::warn;
use crate::ledger::record::{Draft, EventKind};
use crate::ledger::{Problem, is_event};
use crate::sys::clock::SystemClock;
use serde_json::{Map, Value};
use std::io::Read as _;

/// Append one event to an agent's ledger
#[derive(Debug, clap::Args)]
pub(crate) struct WriteArgs {
    /// Whose ledger: 1 to 64 characters of a-z, 0-9, `_` and `-`
    #[arg(value_name = "AGENT")]
    agent: String,
    /// heartbeat, `task_start`, `task_result`, error or info
    #[arg(value_name = "EVENT")]
    event: String,
    /// The task it belongs to
    #[arg(value_name = "TASK_ID", allow_hyphen_values = true)]
    task_id: String,
    /// Who reports it
    #[arg(value_name = "SOURCE", allow_hyphen_values = true)]
    source: String,
    /// One line for people
    #[arg(value_name = "SUMMARY", allow_hyphen_values = true)]
    summary: String,
    /// A JSON object with everything else; `-` reads it from standard input
    #[arg(value_name = "DATA_JSON", default_value = "{}", allow_hyphen_values = true)]
    data: String,
}

/// Checks every argument, then appends the event.
pub(crate) fn run(args: &WriteArgs, place: &Place) -> Result<Verdict, CtlError> {
    let agent: AgentName = args.agent.parse().map_err(|error| CtlError::argument("AGENT", error))?;
    let event = event(&args.event)?;
    let data = data(&args.data)?;
    let draft = Draft {
        ts: SystemClock::new().now(),
        event,
        task_id: args.task_id.clone(),
        source: args.source.clone(),
        summary: args.summary.clone(),
        data,
    };
    let written = place.ledger(&agent).write(&redactor().record(draft));
    for problem in written.problems.iter().filter(|problem| problem.concerns_record()) {
        warn(PROGRAM, problem);
    }
    let lost = written.problems.iter().any(|problem| matches!(problem, Problem::Unrecorded { .. }));
    Ok(Verdict::wrong_if(lost))
}

fn event(name: &str) -> Result<EventKind, CtlError> {
    let wrong = || {
        CtlError::argument(
            "EVENT",
            format!("`{name}` is none of heartbeat, task_start, task_result, error, info"),
        )
    };
    if !is_event(name) {
        return Err(wrong());
    }
    serde_json::from_value(Value::from(name)).map_err(|_| wrong())
}

fn data(text: &str) -> Result<Map<String, Value>, CtlError> {
    let wrong = |problem: String| CtlError::argument("DATA_JSON", problem);
    let mut input = String::new();
    let text = if text == "-" {
        let limit = LINE_MAX as u64;
        std::io::stdin()
            .lock()
            .take(limit + 1)
            .read_to_string(&mut input)
            .map_err(|error| wrong(format!("failed to read standard input: {error}")))?;
        input.as_str()
    } else {
        text
    };
    if text.len() > LINE_MAX / 2 {
        return Err(wrong(format!("longer than {} bytes: a line must stay below {LINE_MAX}", LINE_MAX / 2)));
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(wrong(format!(
            "expected a JSON object like {{\"key\": 1}}, found `{}`",
            shown(&other.to_string())
        ))),
        Err(error) => Err(wrong(format!("not JSON ({error}): `{}`", shown(text)))),
    }
}

fn shown(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}
