//! The agents whose habits are known: `presets/agents/*.toml`, embedded.

use super::file::{FileError, parse};
use super::settings::Settings;
use crate::base::ids::AgentName;
use std::path::Path;

const PRESETS: [(&str, &str); 4] = [
    ("andy", include_str!("../../presets/agents/andy.toml")),
    ("cls", include_str!("../../presets/agents/cls.toml")),
    ("cron", include_str!("../../presets/agents/cron.toml")),
    ("hybrid", include_str!("../../presets/agents/hybrid.toml")),
];

/// What is built in for `agent`; nothing for an agent without a preset.
pub fn built_in(agent: &AgentName) -> Result<Settings, FileError> {
    match PRESETS.iter().find(|(name, _)| *name == agent.as_str()) {
        Some((name, text)) => parse(&Path::new("presets/agents").join(format!("{name}.toml")), text),
        None => Ok(Settings::default()),
    }
}

/// What `<root>/presets/agents/<agent>.toml` says instead, if it exists.
pub fn overriding(root: &Path, agent: &AgentName) -> Result<Option<Settings>, FileError> {
    let path = root.join("presets/agents").join(format!("{agent}.toml"));
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&path, &text).map(Some),
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR)) => Ok(None),
        Err(error) => Err(FileError::Read { path: path.display().to_string(), reason: error.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_parses_and_names_its_source() {
        for (name, _) in PRESETS {
            let settings = built_in(&name.parse().unwrap()).unwrap();
            assert!(settings.source.is_some(), "{name}");
        }
        assert_eq!(built_in(&"somebody".parse().unwrap()), Ok(Settings::default()));
    }
}
