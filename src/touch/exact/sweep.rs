//! One walk over the roots after the run: what has changed since the start that the trace does not explain?
//!
//! An empty answer turns a trace with a blind spot into a statement about the roots. Times alone cannot tell
//! what kind of change it was, and changes of times or extended attributes show up here too.

use crate::base::limits::UNATTRIBUTED_MAX;
use crate::sys::stat::{FileKind, FileState};
use crate::touch::passes::{Start, walk_until};
use crate::touch::report::is_of_interest;
use crate::touch::snapshot::join;
use crate::touch::spec::TouchSpec;
use crate::touch::summary::Observations;
use crate::touch::walk::Walk;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

/// What a sweep says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Changed paths without explanation, up to [`UNATTRIBUTED_MAX`].
    pub unattributed: Vec<Vec<u8>>,
    /// Why something may have been missed.
    pub gaps: Vec<String>,
}

/// Sweeps the roots.
pub fn sweep(spec: &Arc<TouchSpec>, start: &Start, explained: &Observations) -> Sweep {
    let walk = walk_until(spec, Instant::now() + spec.budget.walk_time);
    let mut gaps = walk.gaps();
    gaps.extend(start.doubts(spec));
    let mut unattributed = unexplained(&walk, start, explained);
    unattributed.retain(|path| is_of_interest(spec, path));
    unattributed.sort_unstable();
    if unattributed.len() > UNATTRIBUTED_MAX {
        gaps.push(format!("{} changed paths have no explanation", unattributed.len()));
        unattributed.truncate(UNATTRIBUTED_MAX);
    }
    Sweep { unattributed, gaps }
}

fn unexplained(walk: &Walk, start: &Start, explained: &Observations) -> Vec<Vec<u8>> {
    let paths: HashSet<&[u8]> = explained.iter().map(|(path, _)| path.as_slice()).collect();
    let inodes: HashSet<(u64, u64)> =
        explained.iter().filter_map(|(_, seen)| seen.after).map(|state| (state.dev, state.ino)).collect();
    // A directory changes when a name in it comes or goes.
    let parents: HashSet<&[u8]> = paths.iter().filter_map(|path| parent(path)).collect();
    let mut found = Vec::new();
    for (directory, listing) in &walk.directories {
        for (name, state) in listing.iter() {
            // Whatever flows through a pipe changes its times.
            let counts = |state: &&FileState| {
                state.ctime >= start.ctime && !matches!(state.kind(), FileKind::Endpoint | FileKind::Device)
            };
            let Some(state) = state.filter(counts) else { continue };
            let path = join(directory, name);
            let by_child = state.kind() == FileKind::Directory && parents.contains(path.as_slice());
            if !by_child && !paths.contains(path.as_slice()) && !inodes.contains(&(state.dev, state.ino)) {
                found.push(path);
            }
        }
    }
    found
}

fn parent(path: &[u8]) -> Option<&[u8]> {
    memchr::memrchr(b'/', path).map(|at| &path[..at.max(1)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::touch::exact::trap::look;
    use crate::touch::spec::TouchMode;
    use crate::touch::summary::{Before, Observation};
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    fn explain(path: &Path) -> (Vec<u8>, Observation) {
        let path = path.as_os_str().as_bytes().to_vec();
        let after = look(&path);
        (path, Observation { before: Before::Known(None), after, seen_alive: true })
    }

    #[test]
    fn only_what_nobody_explains_is_found() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        for name in ["d", "e"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        for name in ["old", "e/gone"] {
            std::fs::write(at(name), "").unwrap();
        }
        let then = crate::sys::stat::change_clock();
        while crate::sys::stat::change_clock() <= then {}
        let start = Start::now();
        std::fs::write(at("d/explained"), "").unwrap();
        std::fs::hard_link(at("d/explained"), at("second-name")).unwrap();
        std::fs::write(at("d/foreign"), "").unwrap();
        std::fs::remove_file(at("e/gone")).unwrap();
        let spec = Arc::new(TouchSpec::new(TouchMode::Exact, root.path().to_path_buf()));
        let explained = vec![explain(&at("d/explained"))];
        let found = sweep(&spec, &start, &explained);
        let expected: Vec<_> = ["d/foreign", "e"].map(|name| at(name).as_os_str().as_bytes().to_vec()).into();
        assert_eq!(found, Sweep { unattributed: expected, gaps: Vec::new() });
    }
}
