//! `ledgerctl verify`: whether the chain holds.

use super::output::Out;
use super::place::Place;
use super::{CtlError, Verdict};
use crate::base::ids::AgentName;
use crate::ledger::verify::{Anchor, Break, DirSource, VerifyReport, verify};
use crate::ledger::{AgentLedger, Digest};
use serde::Serialize;
use std::collections::BTreeMap;

/// Walk the hash chain over all days and say where it breaks
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// Whose chains; all by default
    #[arg(value_name = "AGENT")]
    agents: Vec<String>,
    /// An earlier head that must still be part of the chain: its digest, or a file that `ledgerctl head` printed
    #[arg(long = "anchor", value_name = "HASH|FILE")]
    anchors: Vec<String>,
    /// One JSON object per agent instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct AgentReport<'a> {
    agent: &'a AgentName,
    intact: bool,
    #[serde(flatten)]
    report: &'a VerifyReport,
}

/// Verifies each agent's chain.
pub(crate) fn run(args: &VerifyArgs, place: &Place, out: &mut Out) -> Result<Verdict, CtlError> {
    let agents = place.agents(&args.agents)?;
    let mut anchors = anchors(args, &agents)?;
    let mut wrong = false;
    for agent in agents {
        let expected = anchors.remove(&agent).unwrap_or_default();
        let report = check(&place.ledger(&agent), &expected)?;
        wrong |= !report.is_intact();
        if args.json {
            out.json(&AgentReport { agent: &agent, intact: report.is_intact(), report: &report })?;
        } else {
            print(out, &agent, &report)?;
        }
    }
    Ok(Verdict::wrong_if(wrong))
}

fn check(ledger: &AgentLedger, anchors: &[Anchor]) -> Result<VerifyReport, CtlError> {
    let path = &ledger.paths().ledger;
    let heads = ledger.mirrored();
    let report = match DirSource::open(path) {
        Ok(source) => verify(&source, &heads, anchors),
        Err(error) if error.is_not_found() => verify(&BTreeMap::new(), &heads, anchors),
        Err(error) => return Err(error.into()),
    };
    report.map_err(|source| CtlError::Read { path: path.display().to_string(), source })
}

/// What each agent's chain must contain.
fn anchors(args: &VerifyArgs, agents: &[AgentName]) -> Result<BTreeMap<AgentName, Vec<Anchor>>, CtlError> {
    let wrong = |problem: String| CtlError::argument("--anchor", problem);
    let mut anchors: BTreeMap<AgentName, Vec<Anchor>> = BTreeMap::new();
    for given in &args.anchors {
        if let Ok(sha256) = given.parse::<Digest>() {
            let [agent] = agents else {
                return Err(wrong(
                    "a digest alone says nothing about whose it is: name one agent".to_owned(),
                ));
            };
            anchors.entry(agent.clone()).or_default().push(Anchor { sha256, seq: None });
            continue;
        }
        let text = std::fs::read_to_string(given)
            .map_err(|error| wrong(format!("`{given}` is neither a digest nor a readable file: {error}")))?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (agent, anchor) = head_line(line)
                .ok_or_else(|| wrong(format!("`{given}`: `{line}` is no line of `ledgerctl head`")))?;
            if args.agents.is_empty() || agents.contains(&agent) {
                anchors.entry(agent).or_default().push(anchor);
            }
        }
    }
    if let Some(missing) = anchors.keys().find(|agent| !agents.contains(agent)) {
        return Err(wrong(format!("agent `{missing}` has no ledger here")));
    }
    Ok(anchors)
}

/// Reads a line of `ledgerctl head`: agent, number, digest, file.
fn head_line(line: &str) -> Option<(AgentName, Anchor)> {
    let mut words = line.split_whitespace();
    let agent = words.next()?.parse().ok()?;
    let seq = words.next()?.parse().ok()?;
    Some((agent, Anchor { sha256: words.next()?.parse().ok()?, seq: Some(seq) }))
}

fn print(out: &mut Out, agent: &AgentName, report: &VerifyReport) -> Result<(), CtlError> {
    let state = if report.is_intact() { "intact" } else { "BROKEN" };
    let VerifyReport { chained, foreign, days, .. } = report;
    out.line(format_args!("{agent}: {state}, {chained} chained line(s), {foreign} foreign, {days} day(s)"))?;
    for Break { kind, file, date, offset, line, detail, .. } in &report.breaks {
        out.line(format_args!("  {kind}: {file} line {line}, byte {offset} ({date}): {detail}"))?;
    }
    for note in &report.notes {
        out.line(format_args!("  note: {note}"))?;
    }
    if let Some(head) = &report.head {
        out.line(format_args!("  head: {agent} {} {} {}", head.seq, head.sha256, head.file))?;
    }
    Ok(())
}
