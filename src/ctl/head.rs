//! `ledgerctl head`: the newest line of each chain, to be kept elsewhere as an anchor.

use super::output::Out;
use super::place::Place;
use super::{CtlError, Verdict};
use serde_json::json;

/// Print the newest line of each chain, in the form `ledgerctl verify --anchor` reads
#[derive(Debug, clap::Args)]
pub(crate) struct HeadArgs {
    /// Whose chains; all by default
    #[arg(value_name = "AGENT")]
    agents: Vec<String>,
    /// One JSON object per agent instead of text
    #[arg(long)]
    json: bool,
}

/// Prints agent, number, digest and file of each head.
pub(crate) fn run(args: &HeadArgs, place: &Place, out: &mut Out) -> Result<Verdict, CtlError> {
    for agent in place.agents(&args.agents)? {
        let Some(head) = place.ledger(&agent).head()? else { continue };
        if args.json {
            out.json(&json!({"agent": agent, "head": head}))?;
        } else {
            out.line(format_args!("{agent} {} {} {}", head.seq, head.sha256, head.file))?;
        }
    }
    Ok(Verdict::Fine)
}
