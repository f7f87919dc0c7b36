//! `ledgerctl doctor`: what dead writers, full disks and other programs left behind.

use super::output::Out;
use super::place::Place;
use super::{CtlError, PROGRAM, Verdict};
use crate::base::ids::AgentName;
use crate::base::time::Clock as _;
use crate::cli::diag::warn;
use crate::ledger::{Finding, canonical};
use crate::sys::clock::SystemClock;
use serde::Serialize;
use std::path::Path;

/// Find lost runs, torn tails, spooled events, wrong statuses, permissions and file types
#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// Whose ledgers; all by default
    #[arg(value_name = "AGENT")]
    agents: Vec<String>,
    /// Put right what can be put right without destroying anything
    #[arg(long)]
    fix: bool,
    /// One JSON object per finding instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct AgentFinding<'a> {
    agent: &'a AgentName,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// Examines each agent's ledger, and mends it if asked to.
pub(crate) fn run(args: &DoctorArgs, place: &Place, out: &mut Out) -> Result<Verdict, CtlError> {
    let now = SystemClock::new().now();
    let mut wrong = false;
    for agent in place.agents(&args.agents)? {
        let ledger = place.ledger(&agent);
        let findings = if args.fix {
            let (findings, problems) = ledger.mend(now)?;
            for problem in &problems {
                warn(PROGRAM, problem);
            }
            findings
        } else {
            ledger.examine()
        };
        wrong |= findings.iter().any(|finding| !finding.fixed);
        for finding in &findings {
            print(out, &agent, finding, args)?;
        }
        if findings.is_empty() && !args.json {
            out.line(format_args!("{agent}: nothing wrong"))?;
        }
    }
    if !args.json {
        advise(out, place)?;
    }
    Ok(Verdict::wrong_if(wrong))
}

fn print(out: &mut Out, agent: &AgentName, finding: &Finding, args: &DoctorArgs) -> Result<(), CtlError> {
    if args.json {
        return Ok(out.json(&AgentFinding { agent, finding })?);
    }
    let done = match (args.fix, finding.fixed) {
        (true, true) => "fixed: ",
        (true, false) => "NOT fixed: ",
        _ => "",
    };
    Ok(out.line(format_args!("{agent}: {done}{}: {}", finding.path.display(), finding.detail))?)
}

/// An agent that works in the directory around its ledger can change the ledger with a slip of the hand. That is how
/// some deployments are meant, so it is advice, not a finding.
fn advise(out: &mut Out, place: &Place) -> Result<(), CtlError> {
    let root = canonical(place.root());
    let work_tree = root.ancestors().find(|directory| directory.join(".git").exists());
    let inside_cwd = place.cwd().filter(|cwd| root.starts_with(cwd) && *cwd != Path::new("/"));
    if let Some(around) = work_tree.or(inside_cwd) {
        out.line(format_args!(
            "advice: the ledger lies within {}, where agents may write; keep `ledgerctl head` somewhere else, or move the root",
            around.display()
        ))?;
    }
    Ok(())
}
