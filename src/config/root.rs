//! Where the ledger is.

use super::environment::{Lookup, non_empty, state_dir};
use std::path::{Path, PathBuf};

/// The root, first that applies: `typed` (`--root`), LEDGER_ROOT, LUKA_SOT, `configured` (the user's file), the nearest
/// directory from `cwd` upwards that holds `g/ledger/`, the user's state directory. Always absolute if `cwd` is.
pub fn find(typed: Option<&Path>, configured: Option<&Path>, cwd: &Path, lookup: Lookup<'_>) -> PathBuf {
    let named = typed
        .map(Path::to_owned)
        .or_else(|| non_empty(lookup, "LEDGER_ROOT").map(PathBuf::from))
        .or_else(|| non_empty(lookup, "LUKA_SOT").map(PathBuf::from))
        .or_else(|| configured.map(Path::to_owned));
    match named {
        Some(root) => cwd.join(root),
        None => cwd
            .ancestors()
            .find(|directory| directory.join("g/ledger").is_dir())
            .map_or_else(|| state_dir(lookup), Path::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    #[test]
    fn the_first_that_applies() {
        let directory = tempfile::tempdir().unwrap();
        let cwd = directory.path().join("a/b");
        std::fs::create_dir_all(&cwd).unwrap();
        let none = |_: &str| None;
        let home = |name: &str| (name == "HOME").then(|| OsString::from("/h"));
        assert_eq!(find(None, None, &cwd, &home), Path::new("/h/.local/state/ledger-run"));
        std::fs::create_dir_all(directory.path().join("g/ledger")).unwrap();
        assert_eq!(find(None, None, &cwd, &none), directory.path());
        assert_eq!(find(None, Some(Path::new("/c")), &cwd, &none), Path::new("/c"));
        let luka = |name: &str| (name == "LUKA_SOT").then(|| OsString::from("/l"));
        assert_eq!(find(None, Some(Path::new("/c")), &cwd, &luka), Path::new("/l"));
        let both = |name: &str| Some(OsString::from(if name == "LEDGER_ROOT" { "/e" } else { "/l" }));
        assert_eq!(find(None, None, &cwd, &both), Path::new("/e"));
        assert_eq!(find(Some(Path::new("rel")), None, &cwd, &both), cwd.join("rel"));
    }
}
