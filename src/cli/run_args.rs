//! The command line of `ledger-run`: what was typed, checked but not yet acted upon.

use crate::base::ids::{AgentName, SessionId};
use crate::config::resolve::Invocation;
use crate::config::settings::Settings;
use crate::config::values::{CaptureSize, Durability, LockName, PtyChoice, Span, TouchChoice};
use crate::touch::PathGlobs;
use clap::Parser;
use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` begins with.
const ABOUT: &str = "\
Run a command as if nothing were in front of it, and record what it did.

Forms:
  ledger-run [OPTIONS] <AGENT> -- <CMD> [ARG]...
  ledger-run [OPTIONS] --agent <AGENT> '<shell program>'
  ledger-run [OPTIONS] -c '<shell program>'   (as a SHELL, for cron)";

/// The command line as it was typed.
#[derive(Debug, Parser)]
#[command(
    name = "ledger-run",
    version,
    about = ABOUT,
    override_usage = "ledger-run [OPTIONS] <AGENT> -- <CMD> [ARG]...",
    disable_help_subcommand = true
)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, one per option")]
pub struct RunArgs {
    /// Who runs the command: 1 to 64 characters of a-z, 0-9, `_` and `-`
    #[arg(value_name = "AGENT")]
    pub words: Vec<OsString>,
    /// The command and its arguments
    #[arg(last = true, value_name = "CMD")]
    pub command: Vec<OsString>,
    /// Who runs the command, when the command is one argument holding a shell program
    #[arg(long, value_name = "AGENT")]
    pub agent: Option<AgentName>,
    /// Run a shell program with LEDGER_SHELL, else /bin/sh; the agent is LEDGER_AGENT, else `shell`
    #[arg(short = 'c', value_name = "PROGRAM")]
    pub program: Option<OsString>,
    /// Directory that holds g/ledger, agents and memory
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Task this run belongs to; the run's id by default
    #[arg(long, value_name = "ID")]
    pub task_id: Option<String>,
    /// Who reports, in the record's `source`
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// One line about the run; the command line by default
    #[arg(long, value_name = "TEXT")]
    pub summary: Option<String>,
    /// Session this run belongs to, such as 2025-11-16_cls_001
    #[arg(long, value_name = "ID")]
    pub session: Option<SessionId>,
    /// End the command after this long (30s, 5m, or seconds) and exit 124; 0 means never
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<Span>,
    /// Between SIGTERM and SIGKILL once the timeout has expired
    #[arg(long, value_name = "DURATION")]
    pub grace: Option<Span>,
    /// Between two heartbeat events; 0 means none
    #[arg(long, value_name = "DURATION")]
    pub heartbeat: Option<Span>,
    /// Bytes kept of each end of each output stream (16k, 1M), or `off` to leave the streams alone
    #[arg(long, value_name = "SIZE")]
    pub capture: Option<CaptureSize>,
    /// When the command gets a terminal of its own, recorded like a pipe: auto (if its output is a terminal), always, or
    /// never
    #[arg(long, value_name = "WHEN")]
    pub pty: Option<PtyChoice>,
    /// Keep each captured stream whole, redacted and compressed, in a file beside the ledger
    #[arg(long)]
    pub log: bool,
    /// Exit codes that count as success, such as 0,1
    #[arg(long, value_name = "CODES", value_delimiter = ',')]
    pub ok_exit: Option<Vec<u8>>,
    /// End processes that the command leaves behind
    #[arg(long)]
    pub kill_leaked: bool,
    /// Write the outcome as one JSON line to this inherited descriptor
    #[arg(long, value_name = "FD", value_parser = clap::value_parser!(i32).range(0..))]
    pub status_fd: Option<i32>,
    /// Exit 125 without running the command if its start cannot be recorded in the ledger
    #[arg(long)]
    pub fail_closed: bool,
    /// Hold the command's output back and print it only if the command fails
    #[arg(long)]
    pub quiet_success: bool,
    /// Skip the run with exit status 75 while another run of the same agent and command is under way
    #[arg(long)]
    pub no_overlap: bool,
    /// Like --no-overlap, for all runs of the agent that name the same lock
    #[arg(long, value_name = "NAME")]
    pub lock: Option<LockName>,
    /// How touched files are found: auto, exact, snapshot or off
    #[arg(long, value_name = "MODE")]
    pub touch: Option<TouchChoice>,
    /// Watch this directory too; may be given again
    #[arg(long, value_name = "DIR")]
    pub watch: Option<Vec<PathBuf>>,
    /// Leave paths that match out of the record; may be given again
    #[arg(long, value_name = "GLOB")]
    pub touch_ignore: Option<Vec<String>>,
    /// Look through the watched places at the end for changes the trace does not explain
    #[arg(long)]
    pub touch_verify: bool,
    /// Promise that only matching files change; the record says pass, fail or unverified; may be given again
    #[arg(long, value_name = "GLOB")]
    pub expect_files: Vec<String>,
    /// Exit 123 if the command ended well and broke the promise of --expect-files
    #[arg(long, requires = "expect_files")]
    pub enforce_scope: bool,
    /// Hide secrets in the live output too, not only in the record
    #[arg(long)]
    pub mask: bool,
    /// The value of this environment variable is a secret; may be given again
    #[arg(long, value_name = "NAME")]
    pub secret_env: Option<Vec<String>>,
    /// The content of this file is a secret; may be given again
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<Vec<PathBuf>>,
    /// `os`: records survive the death of any process; `disk`: start and result survive a power cut too
    #[arg(long, value_name = "LEVEL")]
    pub durability: Option<Durability>,
}

/// A command line that says something.
#[derive(Debug)]
pub struct Typed {
    /// The agent, if it was typed.
    pub agent: Option<AgentName>,
    /// What to run.
    pub invocation: Invocation,
    /// Everything else.
    pub args: RunArgs,
}

impl RunArgs {
    /// The options that configuration files can set as well.
    pub fn settings(&self) -> Settings {
        Settings {
            source: self.source.clone(),
            timeout: self.timeout,
            grace: self.grace,
            heartbeat: self.heartbeat,
            capture: self.capture,
            pty: self.pty,
            log: self.log.then_some(true),
            ok_exit: self.ok_exit.clone(),
            kill_leaked: self.kill_leaked.then_some(true),
            fail_closed: self.fail_closed.then_some(true),
            quiet_success: self.quiet_success.then_some(true),
            no_overlap: self.no_overlap.then_some(true),
            durability: self.durability,
            touch: self.touch,
            watch: self.watch.clone(),
            touch_ignore: self.touch_ignore.clone(),
            touch_verify: self.touch_verify.then_some(true),
            mask: self.mask.then_some(true),
            secret_env: self.secret_env.clone(),
            secret_file: self.secret_file.clone(),
            ..Settings::default()
        }
    }
}

/// A command line that cannot be acted upon.
#[derive(Debug)]
pub enum Unusable {
    /// Help or version was asked for; this is the text.
    Asked(String),
    /// It is wrong; this says how, and what would be right.
    Wrong(String),
}

/// Parses the arguments, program name first.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Typed, Unusable> {
    let args = RunArgs::try_parse_from(args).map_err(|error| unusable(&error))?;
    let (agent, invocation) = form(&args).map_err(Unusable::Wrong)?;
    check_globs(&args).map_err(Unusable::Wrong)?;
    Ok(Typed { agent, invocation, args })
}

fn form(args: &RunArgs) -> Result<(Option<AgentName>, Invocation), String> {
    if let Some(program) = &args.program {
        let parameters = args.words.iter().chain(&args.command).cloned().collect();
        return Ok((args.agent.clone(), Invocation::Program(program.clone(), parameters)));
    }
    match (&args.agent, args.words.as_slice(), args.command.as_slice()) {
        (Some(agent), [program], []) => {
            Ok((Some(agent.clone()), Invocation::Program(program.clone(), Vec::new())))
        }
        (Some(agent), [], [_, ..]) => Ok((Some(agent.clone()), Invocation::Command(args.command.clone()))),
        (Some(agent), _, _) => Err(format!(
            "--agent takes one argument holding a shell program: ledger-run --agent {agent} 'make && make test'"
        )),
        (None, [agent], [_, ..]) => {
            let name: AgentName = agent.to_string_lossy().parse().map_err(|error| format!("{error}"))?;
            Ok((Some(name), Invocation::Command(args.command.clone())))
        }
        (None, [], _) => Err("the agent is missing: ledger-run <AGENT> -- <CMD> [ARG]...".to_owned()),
        (None, [agent], []) => {
            Err(format!("the command is missing: ledger-run {} -- <CMD> [ARG]...", agent.to_string_lossy()))
        }
        (None, [agent, first, ..], _) => Err(format!(
            "put `--` between agent and command: ledger-run {} -- {} ...",
            agent.to_string_lossy(),
            first.to_string_lossy()
        )),
    }
}

fn check_globs(args: &RunArgs) -> Result<(), String> {
    let ignored = args.touch_ignore.as_deref().unwrap_or_default();
    PathGlobs::anywhere(ignored).map_err(|error| format!("--touch-ignore: {error}"))?;
    PathGlobs::anchored(&args.expect_files).map_err(|error| format!("--expect-files: {error}"))?;
    Ok(())
}

fn unusable(error: &clap::Error) -> Unusable {
    use clap::error::ErrorKind;
    let text = error.to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Unusable::Asked(text);
    }
    let first = text.lines().next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let fix = match error.kind() {
        ErrorKind::UnknownArgument => {
            "; options stand before the agent, the command after `--` (ledger-run --help lists them)"
        }
        _ => "",
    };
    Unusable::Wrong(format!("{first}{fix}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn typed(line: &[&str]) -> Result<Typed, String> {
        let args = std::iter::once("ledger-run").chain(line.iter().copied()).map(OsString::from);
        parse(args).map_err(|unusable| match unusable {
            Unusable::Asked(text) | Unusable::Wrong(text) => text,
        })
    }

    #[test]
    fn the_three_forms() {
        let main = typed(&["--timeout", "5m", "andy", "--", "git", "status", "--short"]).unwrap();
        assert_eq!(main.agent.unwrap().as_str(), "andy");
        assert_eq!(
            main.invocation,
            Invocation::Command(vec!["git".into(), "status".into(), "--short".into()])
        );
        assert_eq!(main.args.timeout, Some(Span(Duration::from_secs(300))));
        let prefix = typed(&["--agent", "cls", "cd x && -make"]).unwrap();
        assert_eq!(prefix.invocation, Invocation::Program("cd x && -make".into(), vec![]));
        let shell = typed(&["-c", "echo $0", "name"]).unwrap();
        assert_eq!(shell.invocation, Invocation::Program("echo $0".into(), vec!["name".into()]));
        assert!(shell.agent.is_none());
    }

    #[test]
    fn a_bad_line_says_what_would_be_right() {
        for (line, fix) in [
            (&[][..], "ledger-run <AGENT> -- <CMD>"),
            (&["andy"], "ledger-run andy -- <CMD>"),
            (&["andy", "git", "status"], "ledger-run andy -- git ..."),
            (&["andy", "git", "--version2"], "the command after `--`"),
            (&["Andy!", "--", "true"], "a-z, 0-9"),
            (&["--agent", "x y", "true"], "a-z, 0-9"),
            (&["--timeout", "soon", "a", "--", "true"], "30s"),
            (&["--capture", "5M", "a", "--", "true"], "up to 4M"),
            (&["--ok-exit", "256", "a", "--", "true"], "256"),
            (&["--nonsense", "a", "--", "true"], "--nonsense"),
            (&["--agent", "a", "x", "y"], "one argument"),
            (&["--session", "x", "a", "--", "true"], "2025-11-16_cls_001"),
            (&["--status-fd", "-1", "a", "--", "true"], "-1"),
        ] {
            let said = typed(line).unwrap_err();
            assert!(said.contains(fix), "{line:?}: {said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    }
}
