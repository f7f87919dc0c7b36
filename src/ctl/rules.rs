//! `ledgerctl rules`: which redaction rules there are, what they match, and what is wrong with a rule file.

use super::output::Out;
use super::{CtlError, Verdict};
use crate::redact::{Redactor, RuleProblem, check_rules, embedded_rules};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// List, test and check redaction rules
#[derive(Debug, clap::Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// List the embedded rules: set, id, what they hide
    List {
        /// Only the rules of this set
        #[arg(long, value_name = "SET")]
        set: Option<String>,
        /// One JSON object per rule, with the document that gives the format
        #[arg(long)]
        json: bool,
    },
    /// Show which rule matches where in FILE, or in standard input, without showing the secret
    ///
    /// Exits with 1 if anything matches.
    Test {
        /// The text to look at; `-` is standard input
        #[arg(value_name = "FILE", default_value = "-")]
        file: PathBuf,
        /// Also use the rules of FILE, in the gitleaks format
        #[arg(long, value_name = "FILE")]
        rules: Vec<PathBuf>,
    },
    /// Say what is wrong with a rule file in the gitleaks format, and what of it is not supported
    ///
    /// Exits with 1 if a rule cannot be used.
    Check {
        /// The rule file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Runs the subcommand.
pub(crate) fn run(args: &RulesArgs, out: &mut Out) -> Result<Verdict, CtlError> {
    match &args.command {
        RulesCommand::List { set, json } => list(set.as_deref(), *json, out),
        RulesCommand::Test { file, rules } => test(file, rules, out),
        RulesCommand::Check { file } => check(file, out),
    }
}

fn list(set: Option<&str>, json: bool, out: &mut Out) -> Result<Verdict, CtlError> {
    let mut any = false;
    for rule in embedded_rules().filter(|rule| set.is_none_or(|set| set == rule.set)) {
        any = true;
        if json {
            out.json(&rule)?;
        } else {
            out.line(format!("{:<12} {:<40} {}", rule.set, rule.id, rule.description))?;
        }
    }
    match set {
        Some(set) if !any => Err(CtlError::argument("--set", format!("no rule is in a set named `{set}`"))),
        _ => Ok(Verdict::Fine),
    }
}

fn test(file: &Path, rules: &[PathBuf], out: &mut Out) -> Result<Verdict, CtlError> {
    let mut builder = Redactor::builder();
    for path in rules {
        builder
            .rules_toml(&read(path)?)
            .map_err(|error| CtlError::argument("--rules", format!("{}: {error}", path.display())))?;
    }
    let text = if file == Path::new("-") { read_stdin()? } else { read_bytes(file)? };
    let findings = builder.build().findings(&text);
    for finding in &findings {
        let name = if file == Path::new("-") { "-".into() } else { file.display().to_string() };
        out.line(format!(
            "{name}:{}:{}: {} ({} bytes)",
            finding.line, finding.column, finding.rule, finding.length
        ))?;
    }
    Ok(Verdict::wrong_if(!findings.is_empty()))
}

fn check(file: &Path, out: &mut Out) -> Result<Verdict, CtlError> {
    let text = read(file)?;
    let report = match check_rules(&text) {
        Ok(report) => report,
        Err(error) => {
            out.line(format!("{}: {error}", file.display()))?;
            return Ok(Verdict::Wrong);
        }
    };
    for RuleProblem { line, rule, problem, fatal } in &report.problems {
        let rule = if rule.is_empty() { String::new() } else { format!("rule `{rule}`: ") };
        let weight = if *fatal { "error" } else { "note" };
        out.line(format!("{}:{line}: {weight}: {rule}{problem}", file.display()))?;
    }
    out.line(format!("{}: {} rules can be used", file.display(), report.loaded))?;
    Ok(Verdict::wrong_if(report.problems.iter().any(|problem| problem.fatal)))
}

/// Reads a rule file as text.
pub(super) fn read(path: &Path) -> Result<String, CtlError> {
    Ok(String::from_utf8_lossy(&read_bytes(path)?).into_owned())
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, CtlError> {
    std::fs::read(path).map_err(|source| CtlError::Read { path: path.display().to_string(), source })
}

fn read_stdin() -> Result<Vec<u8>, CtlError> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)
        .map_err(|source| CtlError::Read { path: "standard input".to_owned(), source })?;
    Ok(bytes)
}
