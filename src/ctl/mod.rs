//! Joins the layers for `ledgerctl`: one file per subcommand.
//!
//! Exit codes: 0 fine, 1 something is wrong with a ledger (or could not be done), 2 the command line is wrong.

mod doctor;
mod head;
mod output;
mod place;
mod redact;
mod replay;
mod rules;
mod set_status;
mod validate;
mod verify;
mod write;

use crate::cli::diag::warn;
use clap::{Parser, Subcommand};
use output::Out;
use place::Place;
use std::path::PathBuf;
use std::process::ExitCode;

const PROGRAM: &str = "ledgerctl";

/// Write, check, repair and read the ledgers of `ledger-run`.
#[derive(Debug, Parser)]
#[command(name = "ledgerctl", version, disable_help_subcommand = true)]
pub(crate) struct CtlArgs {
    /// Directory that holds g/ledger, agents and memory
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Write(write::WriteArgs),
    SetStatus(set_status::SetStatusArgs),
    Validate(validate::ValidateArgs),
    Verify(verify::VerifyArgs),
    Head(head::HeadArgs),
    Doctor(doctor::DoctorArgs),
    Replay(replay::ReplayArgs),
    Redact(redact::RedactArgs),
    Rules(rules::RulesArgs),
}

/// Why a subcommand could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CtlError {
    /// An argument is not what it must be; nothing was written.
    #[error("{argument}: {problem}")]
    Argument {
        /// Which one, as the usage names it.
        argument: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The ledger refused.
    #[error(transparent)]
    Ledger(#[from] crate::ledger::LedgerError),
    /// The file system refused.
    #[error(transparent)]
    Fs(#[from] crate::ledger::FsError),
    /// A file could not be read.
    #[error("failed to read {path}: {source}")]
    Read {
        /// Which one.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Standard output could not be written.
    #[error("failed to write to standard output: {0}")]
    Output(#[from] std::io::Error),
}

impl CtlError {
    /// An argument that cannot be used.
    pub(crate) fn argument(argument: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Argument { argument, problem: problem.to_string() }
    }
}

/// What a subcommand found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing wrong.
    Fine,
    /// Something wrong, said on standard output or standard error.
    Wrong,
}

impl Verdict {
    /// Wrong if `wrong`.
    pub(crate) fn wrong_if(wrong: bool) -> Self {
        if wrong { Self::Wrong } else { Self::Fine }
    }
}

/// `ledgerctl`, from arguments to exit status.
pub fn ctl_main() -> ExitCode {
    let args = match CtlArgs::try_parse() {
        Ok(args) => args,
        Err(error) if error.use_stderr() => {
            let text = error.to_string();
            warn(PROGRAM, one_line(&text));
            return ExitCode::from(2);
        }
        Err(help) => return exit(Out::new().text(help).map(|()| Verdict::Fine).map_err(CtlError::from)),
    };
    exit(run(&args))
}

fn run(args: &CtlArgs) -> Result<Verdict, CtlError> {
    let mut out = Out::new();
    let place = Place::find(args.root.clone());
    let verdict = match &args.command {
        Command::Write(args) => write::run(args, &place),
        Command::SetStatus(args) => set_status::run(args, &place),
        Command::Validate(args) => validate::run(args, &place, &mut out),
        Command::Verify(args) => verify::run(args, &place, &mut out),
        Command::Head(args) => head::run(args, &place, &mut out),
        Command::Doctor(args) => doctor::run(args, &place, &mut out),
        Command::Replay(args) => replay::run(args, &place, &mut out),
        Command::Redact(args) => redact::run(args),
        Command::Rules(args) => rules::run(args, &mut out),
    }?;
    out.flush()?;
    Ok(verdict)
}

fn exit(result: Result<Verdict, CtlError>) -> ExitCode {
    match result {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Wrong) => ExitCode::from(1),
        // Whoever reads our output has seen enough.
        Err(CtlError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            warn(PROGRAM, &error);
            ExitCode::from(if matches!(error, CtlError::Argument { .. }) { 2 } else { 1 })
        }
    }
}

/// clap's message without its heading, usage and advice, which take several lines.
fn one_line(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let message = text.split("\n\n").next().unwrap_or(text);
    let words: Vec<&str> = message.split_whitespace().collect();
    format!("{}; see `ledgerctl --help`", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        CtlArgs::command().debug_assert();
    }

    #[test]
    fn usage_errors_fit_on_a_line() {
        let error = CtlArgs::try_parse_from(["ledgerctl", "write", "cls"]).unwrap_err().to_string();
        let line = one_line(&error);
        assert!(line.starts_with("the following required arguments were not provided: <EVENT>"), "{line}");
    }
}
