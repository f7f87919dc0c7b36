//! `ledgerctl set-status`: an agent's `status.json`.

use super::place::{Place, redactor};
use super::{CtlError, Verdict};
use crate::base::ids::AgentName;
use crate::base::time::Timestamp;
use crate::ledger::{AgentState, StatusFile};

/// Replace an agent's status.json
#[derive(Debug, clap::Args)]
pub(crate) struct SetStatusArgs {
    /// Whose status
    #[arg(value_name = "AGENT")]
    agent: String,
    /// idle, busy, error or offline
    #[arg(value_name = "STATE")]
    state: String,
    /// When, as in 2025-11-16T02:12:34+07:00
    #[arg(value_name = "TS")]
    ts: String,
    /// The newest task; empty or `null` for none
    #[arg(value_name = "TASK_ID", allow_hyphen_values = true)]
    task_id: Option<String>,
    /// The newest session; empty or `null` for none
    #[arg(value_name = "SESSION_ID", allow_hyphen_values = true)]
    session_id: Option<String>,
    /// Why the last run failed; empty or `null` for none
    #[arg(value_name = "LAST_ERROR", allow_hyphen_values = true)]
    last_error: Option<String>,
}

/// Checks every argument, then replaces the file.
pub(crate) fn run(args: &SetStatusArgs, place: &Place) -> Result<Verdict, CtlError> {
    let agent: AgentName = args.agent.parse().map_err(|error| CtlError::argument("AGENT", error))?;
    let state = AgentState::from_name(&args.state).ok_or_else(|| {
        CtlError::argument("STATE", format!("`{}` is none of idle, busy, error, offline", args.state))
    })?;
    let ts: Timestamp = args.ts.parse().map_err(|error| CtlError::argument("TS", error))?;
    let status = StatusFile {
        agent: agent.to_string(),
        state,
        last_heartbeat: ts.to_string(),
        last_task_id: given(args.task_id.as_ref()),
        session_id: given(args.session_id.as_ref()),
        last_error: given(args.last_error.as_ref()),
        active_runs: None,
        stale_after: None,
    };
    place.ledger(&agent).set_status(&redactor().record(status))?;
    Ok(Verdict::Fine)
}

/// Shell scripts pass an empty word, or the word `null`, for what they do not have.
fn given(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty() && *text != "null").cloned()
}
