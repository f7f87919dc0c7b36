//! `ledgerctl redact`: standard input to standard output, secrets hidden.

use super::{CtlError, Verdict};
use crate::base::limits::PUMP_CHUNK;
use crate::redact::Redactor;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// Copy standard input to standard output with secrets hidden
///
/// The same rules and the same streaming as `ledger-run --mask`: memory stays flat, what cannot belong to a secret
/// passes at once. Values of environment variables with secret-looking names are hidden too.
#[derive(Debug, clap::Args)]
pub(crate) struct RedactArgs {
    /// Also use the rules of FILE, in the gitleaks format; may be given more than once
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Also hide the value of the environment variable NAME; may be given more than once
    #[arg(long, value_name = "NAME")]
    secret_env: Vec<String>,
    /// Also hide the content of FILE; may be given more than once
    #[arg(long, value_name = "FILE")]
    secret_file: Vec<PathBuf>,
    /// Say on standard error how much each rule hid
    #[arg(long)]
    count: bool,
}

/// Runs the filter.
pub(crate) fn run(args: &RedactArgs) -> Result<Verdict, CtlError> {
    let redactor = redactor(args)?;
    let mut stream = redactor.stream();
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut bytes = vec![0; PUMP_CHUNK];
    let mut ready = Vec::with_capacity(PUMP_CHUNK);
    loop {
        let count = match input.read(&mut bytes) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(CtlError::Read { path: "standard input".to_owned(), source }),
        };
        if count == 0 {
            stream.flush(&mut ready);
        } else {
            stream.push(&bytes[..count], &mut ready);
        }
        output.write_all(&ready)?;
        output.flush()?;
        ready.clear();
        if count == 0 {
            break;
        }
    }
    if args.count {
        for (rule, count) in redactor.counts() {
            crate::cli::diag::warn(super::PROGRAM, format!("{rule}: {count}"));
        }
    }
    Ok(Verdict::Fine)
}

/// The redactor of these arguments. Whatever was named and cannot be used is an error: nothing would hide it.
fn redactor(args: &RedactArgs) -> Result<Redactor, CtlError> {
    let mut builder = Redactor::builder();
    builder.environment(std::env::vars_os());
    for path in &args.rules {
        let text = super::rules::read(path)?;
        let report = builder
            .rules_toml(&text)
            .map_err(|error| CtlError::argument("--rules", format!("{}: {error}", path.display())))?;
        if let Some(problem) = report.problems.iter().find(|problem| problem.fatal) {
            let place = format!("{}:{}", path.display(), problem.line);
            return Err(CtlError::argument(
                "--rules",
                format!("{place}: rule `{}`: {}", problem.rule, problem.problem),
            ));
        }
    }
    for name in &args.secret_env {
        let value = std::env::var_os(name)
            .ok_or_else(|| CtlError::argument("--secret-env", format!("{name} is not set")))?;
        if !builder.literal(name, value.as_bytes()) {
            return Err(CtlError::argument(
                "--secret-env",
                format!("the value of {name} is shorter than 6 bytes"),
            ));
        }
    }
    for path in &args.secret_file {
        let content = std::fs::read(path)
            .map_err(|source| CtlError::Read { path: path.display().to_string(), source })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !builder.literal(&name, content.trim_ascii_end()) {
            return Err(CtlError::argument(
                "--secret-file",
                format!("{} holds fewer than 6 bytes", path.display()),
            ));
        }
    }
    Ok(builder.build())
}
