//! Which ledger `ledgerctl` works on: the same answer as `ledger-run` gives.

use super::{CtlError, PROGRAM};
use crate::base::ids::AgentName;
use crate::cli::diag::warn;
use crate::config::resolve::{Invocation, Request, RunSpec, resolve};
use crate::config::settings::Settings;
use crate::config::values::Durability;
use crate::ledger::{self, AgentLedger, LedgerConfig, SessionChoice, agents_dir, canonical, state_of_root};
use crate::redact::Redactor;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Root, state directory and settings.
pub(crate) struct Place {
    typed: Option<PathBuf>,
    spec: RunSpec,
}

impl Place {
    /// Finds the root by `--root`, the environment, the configuration and the working directory.
    pub(crate) fn find(root: Option<PathBuf>) -> Self {
        Self { spec: spec(root.clone(), None), typed: root }
    }

    /// The root.
    pub(crate) fn root(&self) -> &Path {
        &self.spec.root
    }

    /// The working directory, if it can be told.
    pub(crate) fn cwd(&self) -> Option<&Path> {
        self.spec.cwd.as_deref()
    }

    /// The ledger of `agent`, with the settings that apply to that agent.
    pub(crate) fn ledger(&self, agent: &AgentName) -> AgentLedger {
        let spec = spec(self.typed.clone(), Some(agent.clone()));
        for trouble in &spec.troubles {
            warn(PROGRAM, trouble);
        }
        AgentLedger::new(LedgerConfig {
            root: spec.root,
            state_dir: spec.state_dir,
            temp_dir: spec.temp_dir,
            agent: agent.clone(),
            session: match spec.session {
                Some(session) => SessionChoice::Fixed(session),
                None => SessionChoice::Idle(spec.session_idle),
            },
            lock_wait: spec.lock_wait,
            durability: match spec.durability {
                Durability::Os => ledger::Durability::Os,
                Durability::Disk => ledger::Durability::Disk,
            },
            file_mode: 0o600,
            files: &crate::sys::files::SystemFiles,
        })
    }

    /// The agents named, else all that have a ledger or a mirrored head.
    pub(crate) fn agents(&self, named: &[String]) -> Result<Vec<AgentName>, CtlError> {
        if !named.is_empty() {
            let parse = |name: &String| name.parse().map_err(|error| CtlError::argument("AGENT", error));
            return named.iter().map(parse).collect();
        }
        let root = canonical(&self.spec.root);
        let mut agents = BTreeSet::new();
        agents.extend(names_in(&agents_dir(&root), None));
        agents.extend(names_in(&state_of_root(&root, &self.spec.state_dir), Some("head")));
        Ok(agents.into_iter().collect())
    }
}

/// Directories in `path`, or the stems of files with `extension`, that are agent names.
fn names_in(path: &Path, extension: Option<&str>) -> Vec<AgentName> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let path = entry.path();
            let fits = match extension {
                Some(extension) => path.extension() == Some(OsStr::new(extension)),
                None => path.is_dir(),
            };
            let name = if extension.is_some() { path.file_stem() } else { path.file_name() };
            name.filter(|_| fits)?.to_str()?.parse().ok()
        })
        .collect()
}

fn spec(root: Option<PathBuf>, agent: Option<AgentName>) -> RunSpec {
    let request = Request {
        agent,
        invocation: Invocation::Command(Vec::new()),
        root,
        task_id: None,
        session: None,
        summary: None,
        status_fd: None,
        lock: None,
        expect_files: Vec::new(),
        enforce_scope: false,
        settings: Settings::default(),
    };
    resolve(request, std::env::current_dir().ok(), &|name| std::env::var_os(name))
}

/// What hides secrets in everything `ledgerctl` writes.
pub(crate) fn redactor() -> Redactor {
    let mut builder = Redactor::builder();
    builder.environment(std::env::vars_os());
    builder.build()
}
