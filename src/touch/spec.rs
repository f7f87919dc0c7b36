//! What is to be watched, and how much that may cost.

use crate::base::limits;
use crate::touch::globs::PathGlobs;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Which backend is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TouchMode {
    /// The best one that takes nothing from the command; see [`crate::touch::choose`].
    #[default]
    Auto,
    /// Every call that can change the tree, even where that costs the command `sudo` and other set-uid programs.
    Exact,
    /// The roots before and after.
    Snapshot,
    /// Nothing.
    Off,
}

/// The text is no mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a way to watch files: use auto, exact, snapshot or off")]
pub struct TouchModeError(pub String);

impl FromStr for TouchMode {
    type Err = TouchModeError;
    fn from_str(text: &str) -> Result<Self, TouchModeError> {
        match text {
            "auto" => Ok(Self::Auto),
            "exact" => Ok(Self::Exact),
            "snapshot" => Ok(Self::Snapshot),
            "off" => Ok(Self::Off),
            other => Err(TouchModeError(other.to_owned())),
        }
    }
}

/// Bounds on work and on the size of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Longest a walk after the command's end may take.
    pub walk_time: Duration,
    /// Most entries one walk looks at.
    pub walk_entries: u64,
    /// Most paths in `files_touched`.
    pub listed: usize,
    /// Most objects in `files`.
    pub detailed: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            walk_time: limits::WALK_TIME,
            walk_entries: limits::WALK_ENTRIES,
            listed: limits::TOUCHED_LISTED_MAX,
            detailed: limits::TOUCHED_DETAILED_MAX,
        }
    }
}

/// What to watch.
#[derive(Debug, Clone)]
pub struct TouchSpec {
    /// Which backend is wanted.
    pub mode: TouchMode,
    /// Working directory of the command; absolute and without symbolic links, as getcwd(3) gives it.
    pub cwd: PathBuf,
    /// Directories a snapshot or sweep walks: the git work tree or `cwd`, and what the user adds. Absolute.
    pub roots: Vec<PathBuf>,
    /// What the user does not want to hear about.
    pub ignore: PathGlobs,
    /// Our own files: ledger, agents, memory, state directory, logs. Absolute; everything below them too.
    pub exclude: Vec<PathBuf>,
    /// Walk the roots after an exact run too, and say what it does not explain.
    pub verify: bool,
    /// List version control internals, caches and build output like everything else.
    pub list_all: bool,
    /// Where the verdict of the self-test is kept between runs; it costs about a millisecond otherwise.
    pub state_dir: Option<PathBuf>,
    /// Bounds.
    pub budget: Budget,
}

impl TouchSpec {
    /// Watches `cwd` alone, with the default bounds.
    pub fn new(mode: TouchMode, cwd: PathBuf) -> Self {
        Self {
            mode,
            roots: vec![cwd.clone()],
            cwd,
            ignore: PathGlobs::default(),
            exclude: Vec::new(),
            verify: false,
            list_all: false,
            state_dir: None,
            budget: Budget::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_words() {
        assert_eq!("exact".parse(), Ok(TouchMode::Exact));
        assert_eq!("off".parse(), Ok(TouchMode::Off));
        assert!("Exact".parse::<TouchMode>().unwrap_err().to_string().contains("use auto"));
    }
}
