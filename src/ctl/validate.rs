//! `ledgerctl validate`: whether files are what schema v1 says.

use super::output::Out;
use super::place::Place;
use super::{CtlError, Verdict};
use crate::base::limits::LINE_MAX;
use crate::ledger::{Violation, agents_dir, check_line, check_status};
use serde::Serialize;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// Check ledger files and status.json against schema v1
#[derive(Debug, clap::Args)]
pub(crate) struct ValidateArgs {
    /// Ledger files (.jsonl), status files (.json), or directories to search for both; by default the whole root
    #[arg(value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// One JSON object per violation instead of text, and one for the totals
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Default, Serialize)]
struct Totals {
    files: u64,
    lines: u64,
    bad: u64,
}

/// A violation and its place, for `--json`.
#[derive(Serialize)]
struct Located<'a> {
    file: String,
    line: u64,
    #[serde(flatten)]
    violation: &'a Violation,
}

/// Checks everything and reports every violation.
pub(crate) fn run(args: &ValidateArgs, place: &Place, out: &mut Out) -> Result<Verdict, CtlError> {
    let mut files = Vec::new();
    if args.paths.is_empty() {
        collect(&agents_dir(place.root()), &mut files)?;
        collect(&place.root().join("agents"), &mut files)?;
    }
    for path in &args.paths {
        if path.is_dir() {
            collect(path, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    let mut report = Report { out, json: args.json, totals: Totals::default() };
    for path in &files {
        report.totals.files += 1;
        if path.extension().is_some_and(|extension| extension == "json") {
            report.status(path)?;
        } else {
            report.ledger(path)?;
        }
    }
    let Totals { files, lines, bad } = report.totals;
    if args.json {
        out.json(&Totals { files, lines, bad })?;
    } else {
        out.line(format_args!("{files} file(s), {lines} line(s), {bad} violation(s)"))?;
    }
    Ok(Verdict::wrong_if(bad > 0))
}

struct Report<'a> {
    out: &'a mut Out,
    json: bool,
    totals: Totals,
}

impl Report<'_> {
    fn ledger(&mut self, path: &Path) -> Result<(), CtlError> {
        let failed = |source| CtlError::Read { path: path.display().to_string(), source };
        let mut reader = BufReader::with_capacity(1 << 18, File::open(path).map_err(failed)?);
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            let count =
                (&mut reader).take(LINE_MAX as u64 + 1).read_until(b'\n', &mut line).map_err(failed)?;
            if count == 0 {
                return Ok(());
            }
            number += 1;
            let violations = if count > LINE_MAX && line.last() != Some(&b'\n') {
                skip_line(&mut reader).map_err(failed)?;
                vec![Violation {
                    member: String::new(),
                    found: format!("longer than {LINE_MAX} bytes"),
                    expected: "a shorter line".to_owned(),
                }]
            } else {
                check_line(line.strip_suffix(b"\n").unwrap_or(&line))
            };
            self.totals.lines += 1;
            self.violations(path, number, &violations)?;
        }
    }

    fn status(&mut self, path: &Path) -> Result<(), CtlError> {
        let text = std::fs::read(path)
            .map_err(|source| CtlError::Read { path: path.display().to_string(), source })?;
        self.totals.lines += 1;
        self.violations(path, 1, &check_status(&text))
    }

    fn violations(&mut self, path: &Path, line: u64, violations: &[Violation]) -> Result<(), CtlError> {
        for violation in violations {
            self.totals.bad += 1;
            if self.json {
                self.out.json(&Located { file: path.display().to_string(), line, violation })?;
            } else {
                self.out.line(format_args!("{}:{line}: {violation}", path.display()))?;
            }
        }
        Ok(())
    }
}

fn skip_line(reader: &mut BufReader<File>) -> std::io::Result<()> {
    loop {
        let bytes = reader.fill_buf()?;
        let (count, done) = match memchr::memchr(b'\n', bytes) {
            Some(at) => (at + 1, true),
            None => (bytes.len(), bytes.is_empty()),
        };
        reader.consume(count);
        if done {
            return Ok(());
        }
    }
}

/// Ledger and status files below `path`, in order; hidden directories are none of the schema's business.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), CtlError> {
    let failed = |source| CtlError::Read { path: path.display().to_string(), source };
    let entries = match std::fs::read_dir(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(failed)?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort_unstable();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !path.is_symlink() {
            if !name.starts_with('.') {
                collect(&path, files)?;
            }
        } else if name == "status.json" || path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
    Ok(())
}
