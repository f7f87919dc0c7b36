//! Runs a command under the watch without the supervisor.

use ledger_run::touch::{TouchMode, TouchReport, TouchSpec, prepare};
use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// Descendants get this long to end: none of the commands here leaves any on purpose without saying so.
pub(crate) const GRACE: Duration = Duration::from_secs(60);

/// An empty directory without symbolic links in its path, which disappears at the end.
pub(crate) struct Place {
    _keep: tempfile::TempDir,
    root: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(keep.path()).unwrap();
        Self { _keep: keep, root }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Everything about `place`, listed in full.
pub(crate) fn spec(mode: TouchMode, place: &Path) -> TouchSpec {
    let mut spec = TouchSpec::new(mode, place.to_path_buf());
    // Where the output of the tests goes is open for the command as well.
    let inherited = [1, 2].map(|fd| std::fs::read_link(format!("/proc/self/fd/{fd}")));
    spec.exclude.extend(inherited.into_iter().flatten().filter(|path| path.is_absolute()));
    spec.list_all = true;
    spec.budget.listed = usize::MAX;
    spec.budget.detailed = usize::MAX;
    spec
}

/// Runs `command` to its end and reports.
pub(crate) fn run(spec: TouchSpec, command: &mut Command) -> (ExitStatus, TouchReport) {
    run_with_grace(spec, command, GRACE)
}

#[expect(unsafe_code, reason = "the hook runs between fork and exec")]
pub(crate) fn run_with_grace(
    spec: TouchSpec,
    command: &mut Command,
    grace: Duration,
) -> (ExitStatus, TouchReport) {
    command.current_dir(&spec.cwd);
    let mut prepared = prepare(spec);
    if let Some(hook) = prepared.child_hook() {
        // SAFETY: the hook makes only async-signal-safe calls.
        unsafe { command.pre_exec(hook) };
    }
    let mut child = command.spawn().unwrap();
    let running = prepared.spawned(child.id().cast_signed());
    let status = child.wait().unwrap();
    (status, running.finish(grace))
}

/// A shell program.
pub(crate) fn sh(program: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", program]).stdin(Stdio::null());
    command
}

/// `Created a`, `Renamed b from c`, …, sorted.
pub(crate) fn changes(report: &TouchReport) -> Vec<String> {
    let show = |file: &ledger_run::ledger::record::FileChange| {
        let from = file.from.as_ref().map(|from| format!(" from {from}"));
        format!("{:?} {}{}", file.change, file.path, from.unwrap_or_default())
    };
    let mut changes: Vec<String> = report.files.iter().map(show).collect();
    changes.sort();
    changes
}

/// The program `name`, if it is installed.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| OsStr::new("/usr/bin:/bin").to_owned());
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|path| path.is_file())
}

/// Says that a test cannot run; in CI that is a failure.
pub(crate) fn not_run(test: &str, why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{test} cannot run: {why}");
    // Not eprintln: what a passing test prints with it is not shown.
    eprintln!("NOT RUN: {test}: {why}");
}

/// Whether the exact backend works here; says so if not.
pub(crate) fn exact_works(test: &str) -> bool {
    let place = Place::new();
    let (_, report) = run(spec(TouchMode::Exact, place.path()), &mut sh("exit 0"));
    let works = report.data.method == ledger_run::ledger::record::TouchMethod::Exact;
    if !works {
        not_run(test, report.data.reason.as_deref().unwrap_or("no reason given"));
    }
    works
}
