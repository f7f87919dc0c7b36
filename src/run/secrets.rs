//! What this run must keep to itself: the built-in rules, the user's rules, and values that are known.

use crate::config::resolve::{RunSpec, SecretSettings};
use crate::redact::Redactor;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Builds the redactor. A broken rule file is a line in `troubles`, and the other rules apply; a secret that was named
/// and cannot be read is an error, because nothing would hide it.
pub(super) fn redactor(settings: &SecretSettings, troubles: &mut Vec<String>) -> Result<Redactor, String> {
    let mut builder = Redactor::builder();
    for path in &settings.rules {
        let loaded = read(path).and_then(|text| {
            let text = String::from_utf8_lossy(&text);
            builder.rules_toml(&text).map_err(|error| format!("{}: {error}", path.display()))
        });
        if let Err(trouble) = loaded {
            troubles.push(format!("{trouble}; the built-in rules apply"));
        }
    }
    builder.environment(std::env::vars_os());
    for name in &settings.env {
        if let Some(value) = std::env::var_os(name) {
            builder.literal(name, value.as_bytes());
        }
    }
    for path in &settings.files {
        let content = read(path).map_err(|trouble| format!("--secret-file: {trouble}"))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        builder.literal(&name, content.trim_ascii_end());
    }
    Ok(builder.build())
}

/// A file that a configuration names and that cannot be read must not keep every command from running. What it holds
/// cannot be hidden, so nothing of the command's output is kept.
pub(super) fn do_without_missing_files(spec: &mut RunSpec) {
    let RunSpec { secrets, troubles, .. } = spec;
    let before = secrets.files.len();
    secrets.files.retain(|path| match read(path) {
        Ok(_) => true,
        Err(trouble) => {
            troubles.push(format!("{trouble}; no output is kept, for a secret in it would not be hidden"));
            false
        }
    });
    if secrets.files.len() < before {
        (spec.capture, spec.log) = (None, false);
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("failed to read {}: {error}", path.display()))
}
