//! Programs a test needs that a machine may lack.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Says that `test` is not run, and why. Where everything has to be there (`CI=true`), that is a failure.
#[expect(clippy::print_stderr, reason = "a test that is not run must not go unnoticed")]
pub(crate) fn missing(test: &str, why: &str) {
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{test} needs something: {why}");
    eprintln!("NOT RUN: {test}: {why}");
}

/// Whether program `name` can be started with `probe`; says so if not.
pub(crate) fn tool(test: &str, name: &str, probe: &str) -> bool {
    let mut command = Command::new(name);
    command.arg(probe).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let there = command.status().is_ok_and(|status| status.success());
    if !there {
        missing(test, &format!("`{name} {probe}` does not work here"));
    }
    there
}

/// The Python interpreter itself: version managers put a slow shell script in front of it.
pub(crate) fn python(test: &str) -> Option<PathBuf> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let asked =
            Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
        Some(PathBuf::from(String::from_utf8(asked.stdout).ok()?.trim_end())).filter(|path| path.is_file())
    });
    if found.is_none() {
        missing(test, "there is no python3");
    }
    found.clone()
}
