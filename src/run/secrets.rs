//! What this run must keep to itself: the built-in rules, the user's rules, and values that are known.

use crate::config::resolve::SecretSettings;
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

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("failed to read {}: {error}", path.display()))
}
