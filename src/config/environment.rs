//! The environment variables that mean something to us.

use std::ffi::OsString;
use std::path::PathBuf;

/// A look-up in an environment; the real one is `std::env::var_os`.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// `name`, unless it is empty: an empty variable is how shells unset one for a single command.
pub fn non_empty(lookup: Lookup<'_>, name: &str) -> Option<OsString> {
    lookup(name).filter(|value| !value.is_empty())
}

/// A directory of the XDG base directory specification: `$variable`, else `fallback` below the home directory. Relative
/// values are ignored, as the specification asks.
pub fn xdg(lookup: Lookup<'_>, variable: &str, fallback: &str) -> Option<PathBuf> {
    let set = non_empty(lookup, variable).map(PathBuf::from).filter(|path| path.is_absolute());
    set.or_else(|| Some(PathBuf::from(non_empty(lookup, "HOME")?).join(fallback)))
}

/// Where files that belong to nobody else may be put for a while.
pub fn temp_dir(lookup: Lookup<'_>) -> PathBuf {
    let set = non_empty(lookup, "TMPDIR").map(PathBuf::from).filter(|path| path.is_absolute());
    set.unwrap_or_else(|| PathBuf::from("/tmp"))
}

/// Our own directory for what must lie outside the root: spool, mirrored heads.
pub fn state_dir(lookup: Lookup<'_>) -> PathBuf {
    let own = |base: PathBuf| base.join("ledger-run");
    let user = crate::sys::identity::user_id();
    xdg(lookup, "XDG_STATE_HOME", ".local/state")
        .map_or_else(|| temp_dir(lookup).join(format!("ledger-run-{user}")), own)
}

/// Whether a variable that switches something on does: set, and not `0`, `false` or `no`.
pub fn is_on(lookup: Lookup<'_>, name: &str) -> bool {
    non_empty(lookup, name).is_some_and(|value| !matches!(value.to_str(), Some("0" | "false" | "no")))
}
