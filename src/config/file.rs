//! Configuration files: `$XDG_CONFIG_HOME/ledger-run/config.toml` and `<root>/ledger-run.toml`.
//!
//! ```toml
//! root = "/srv/ledger"        # only in the user's file
//! shell = "/bin/zsh"
//!
//! [defaults]                  # for every agent
//! heartbeat = "30s"
//!
//! [agents.andy]               # for one
//! capture = "64k"
//! ```

use super::settings::Settings;
use crate::base::ids::AgentName;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One file.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigFile {
    /// The ledger's root.
    pub root: Option<PathBuf>,
    /// The shell for shell programs.
    pub shell: Option<PathBuf>,
    /// Settings of every agent.
    pub defaults: Settings,
    /// Settings of single agents.
    pub agents: BTreeMap<AgentName, Settings>,
}

/// A file that cannot be used: one line naming file, line and key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It could not be read.
    #[error("failed to read {path}: {reason}; built-in defaults apply")]
    Read {
        /// Which file.
        path: String,
        /// The system's reason.
        reason: String,
    },
    /// It is not what it should be.
    #[error("{path}:{line}: {key}{message}; built-in defaults apply until it is mended")]
    Parse {
        /// Which file.
        path: String,
        /// Line, from 1.
        line: usize,
        /// The key on that line, quoted, with a colon; or empty.
        key: String,
        /// What is wrong with it.
        message: String,
    },
}

impl ConfigFile {
    /// Reads `path`; a file that does not exist says nothing.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        match std::fs::read_to_string(path) {
            Ok(text) => parse(path, &text),
            // A root below a plain file is reported where it matters, when the ledger is opened.
            Err(error) if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR)) => {
                Ok(Self::default())
            }
            Err(error) => {
                Err(FileError::Read { path: path.display().to_string(), reason: error.to_string() })
            }
        }
    }

    /// What it says for `agent`.
    pub fn for_agent(&self, agent: &AgentName) -> Settings {
        self.agents.get(agent).cloned().unwrap_or_default().or(self.defaults.clone())
    }
}

/// Parses `text`, read from `path`.
pub fn parse<T: serde::de::DeserializeOwned>(path: &Path, text: &str) -> Result<T, FileError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text[..at].matches('\n').count() + 1;
        let key = text.lines().nth(line - 1).and_then(|line| line.split_once('=')).map(|(key, _)| key.trim());
        FileError::Parse {
            path: path.display().to_string(),
            line,
            key: key.map(|key| format!("`{key}`: ")).unwrap_or_default(),
            message: error.message().lines().collect::<Vec<_>>().join(" "),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ConfigFile, String> {
        parse(Path::new("/x/config.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn an_agents_settings_come_before_the_defaults() {
        let file =
            read("[defaults]\nheartbeat = 5\nsource = \"a\"\n[agents.andy]\nheartbeat = \"2m\"").unwrap();
        let andy = file.for_agent(&"andy".parse().unwrap());
        assert_eq!(andy.heartbeat, "2m".parse().ok());
        assert_eq!(andy.source.as_deref(), Some("a"));
    }

    #[test]
    fn trouble_names_file_line_and_key() {
        for (text, part) in [
            ("root = \"/x\"\nshel = \"/bin/sh\"", "/x/config.toml:2: `shel`: unknown field"),
            ("[defaults]\n\ntimeout = \"soon\"", "/x/config.toml:3: `timeout`: use a number of seconds"),
            ("[defaults]\ncapture = true", "/x/config.toml:2: `capture`: "),
            ("[agents.\"Bad Name\"]\n", "/x/config.toml:1: "),
            ("[defaults\n", "/x/config.toml:1: "),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.starts_with(part), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    }
}
