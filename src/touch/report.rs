//! Net changes as the record shows them: paths as text, groups apart, detail up to a cap.

use crate::base::bytes::to_text;
use crate::ledger::record::{ChangeKind, FileChange, TouchData, TouchMethod};
use crate::sys::stat::{FileKind, FileState};
use crate::touch::apart::{Groups, is_at_or_below};
use crate::touch::spec::TouchSpec;
use crate::touch::summary::{Net, NetChange, Observations};
use std::os::unix::ffi::OsStrExt as _;

/// What a run touched. All texts are raw: the caller redacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchReport {
    /// How it was found out and whether it is everything.
    pub data: TouchData,
    /// One object per change, up to [`crate::touch::Budget::detailed`].
    pub files: Vec<FileChange>,
    /// Changed paths, the old names of renamed files among them, up to [`crate::touch::Budget::listed`].
    pub files_touched: Vec<String>,
    /// Every changed path without bounds and groups, relative to the working directory inside it. Not recorded: for
    /// [`crate::touch::scope::evaluate`].
    pub every_path: Vec<Vec<u8>>,
}

impl TouchReport {
    /// Nobody looked, for `reason`.
    pub fn off(reason: &str) -> Self {
        let data = TouchData::off(reason);
        Self { data, files: Vec::new(), files_touched: Vec::new(), every_path: Vec::new() }
    }
}

/// What a backend can say about its own work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Why something may be missing; empty means complete.
    pub gaps: Vec<String>,
    /// What a reader must know though nothing is missing.
    pub notes: Vec<String>,
    /// Where was looked; empty means everywhere.
    pub scope: Vec<Vec<u8>>,
    /// A sweep agreed with the trace.
    pub verified: bool,
    /// What a sweep found that the trace does not explain; absolute paths.
    pub unattributed: Vec<Vec<u8>>,
}

/// Which paths are nobody's business: kernel interfaces, our own files, what the user ignores.
pub fn is_of_interest(spec: &TouchSpec, path: &[u8]) -> bool {
    let kernel = [&b"/proc"[..], b"/sys", b"/dev"].iter().any(|place| is_at_or_below(path, place));
    let shared_memory = is_at_or_below(path, b"/dev/shm");
    let ours = spec.exclude.iter().any(|place| is_at_or_below(path, place.as_os_str().as_bytes()));
    (!kernel || shared_memory) && !ours && !spec.ignore.matches(relative(spec, path))
}

/// Drops what is not of interest.
pub fn keep_interesting(spec: &TouchSpec, observations: &mut Observations) {
    observations.retain(|(path, _)| is_of_interest(spec, path));
}

/// `path` below the working directory as seen from there (`.` for itself), any other as it is.
pub fn relative<'a>(spec: &TouchSpec, path: &'a [u8]) -> &'a [u8] {
    let cwd = spec.cwd.as_os_str().as_bytes();
    if cwd == b"/" || !is_at_or_below(path, cwd) {
        return path;
    }
    let rest = &path[cwd.len()..];
    rest.strip_prefix(b"/").unwrap_or(b".")
}

/// Writes the report.
pub fn write(spec: &TouchSpec, method: TouchMethod, net: &Net, coverage: &Coverage) -> TouchReport {
    let mut report = TouchReport::off("");
    report.data = data(spec, method, net, coverage);
    let mut groups = Groups::new(&spec.cwd);
    for change in &net.changes {
        groups.learn(&change.path, change.kind == ChangeKind::Created && is_directory(change));
    }
    for change in &net.changes {
        add(spec, &mut report, change, &mut groups);
    }
    let beyond = net.changes.len() - usize::try_from(apart_total(&report.data)).unwrap_or(0);
    if beyond > spec.budget.listed {
        let note = format!("only the first {} of {beyond} changes are listed", spec.budget.listed);
        report.data.reason = Some(join(report.data.reason.take(), &note));
    }
    report
}

fn data(spec: &TouchSpec, method: TouchMethod, net: &Net, coverage: &Coverage) -> TouchData {
    let text = |path: &Vec<u8>| to_text(relative(spec, path)).into_owned();
    let reasons: Vec<String> = coverage.gaps.iter().chain(&coverage.notes).cloned().collect();
    TouchData {
        method,
        complete: coverage.gaps.is_empty(),
        reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
        total: Some(net.changes.len() as u64),
        transient: Some(net.transient),
        verified: coverage.verified,
        scope: coverage.scope.iter().map(|path| to_text(path).into_owned()).collect(),
        unattributed: coverage.unattributed.iter().map(text).collect(),
        ..TouchData::off("")
    }
}

fn apart_total(data: &TouchData) -> u64 {
    data.apart.values().sum()
}

fn join(before: Option<String>, more: &str) -> String {
    before.map_or_else(|| more.to_owned(), |before| format!("{before}; {more}"))
}

fn add(spec: &TouchSpec, report: &mut TouchReport, change: &NetChange, groups: &mut Groups) {
    let paths = [Some(&change.path), change.from.as_ref().filter(|_| change.kind == ChangeKind::Renamed)];
    let shown = paths.into_iter().flatten().map(|path| relative(spec, path));
    report.every_path.extend(shown.clone().map(<[u8]>::to_vec));
    if !spec.list_all
        && let Some(group) = groups.group(&change.path, is_directory(change))
    {
        *report.data.apart.entry(group.to_owned()).or_default() += 1;
        return;
    }
    if report.files_touched.len() < spec.budget.listed {
        report.files_touched.extend(shown.map(|path| to_text(path).into_owned()));
    }
    if report.files.len() < spec.budget.detailed {
        report.files.push(detail(spec, change));
    }
}

fn is_directory(change: &NetChange) -> bool {
    let state = change.after.or(change.before);
    state.is_none_or(|state| state.kind() == FileKind::Directory)
}

fn detail(spec: &TouchSpec, change: &NetChange) -> FileChange {
    let text = |path: &[u8]| to_text(relative(spec, path)).into_owned();
    let size = |state: &Option<FileState>| state.filter(|s| s.kind() == FileKind::File).map(|s| s.size);
    let mode = match (&change.before, &change.after) {
        (Some(before), Some(after)) if before.permissions() != after.permissions() => {
            Some(format!("{:04o}", after.permissions()))
        }
        _ => None,
    };
    FileChange {
        path: text(&change.path),
        change: change.kind,
        from: change.from.as_deref().map(text),
        size_before: size(&change.before),
        size_after: size(&change.after),
        mode,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::touch::globs::PathGlobs;
    use crate::touch::spec::TouchMode;
    use std::path::PathBuf;

    fn spec() -> TouchSpec {
        let mut spec = TouchSpec::new(TouchMode::Auto, PathBuf::from("/w"));
        spec.exclude = vec![PathBuf::from("/w/g/ledger")];
        spec.ignore = PathGlobs::anywhere(&["*.log"]).unwrap();
        spec
    }

    fn created(path: &str) -> NetChange {
        let (path, kind) = (path.as_bytes().to_vec(), ChangeKind::Created);
        NetChange { path, kind, from: None, before: None, after: None }
    }

    #[test]
    fn only_the_commands_own_files_are_of_interest() {
        let spec = spec();
        for path in ["/w/a", "/tmp/x", "/dev/shm/x", "/processed", "/w/g/ledgers", "/w/g"] {
            assert!(is_of_interest(&spec, path.as_bytes()), "{path}");
        }
        for path in ["/dev/null", "/proc/1/x", "/sys/x", "/w/g/ledger/a.jsonl", "/w/g/ledger", "/x/y.log"] {
            assert!(!is_of_interest(&spec, path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn paths_are_relative_inside_the_working_directory_alone() {
        let spec = spec();
        for (path, shown) in [("/w/a/b", "a/b"), ("/w", "."), ("/wx", "/wx"), ("/tmp", "/tmp")] {
            assert_eq!(relative(&spec, path.as_bytes()), shown.as_bytes());
        }
    }

    #[test]
    fn groups_are_counted_and_the_rest_is_listed_up_to_the_cap() {
        let mut spec = spec();
        spec.budget.listed = 2;
        spec.budget.detailed = 1;
        let changes = ["/w/.git/index", "/w/a", "/w/b", "/w/c"].map(created).to_vec();
        let net = Net { changes, transient: 3 };
        let report = write(&spec, TouchMethod::Exact, &net, &Coverage::default());
        assert_eq!(report.files_touched, ["a", "b"]);
        assert_eq!(report.files.len(), 1);
        assert_eq!((report.data.total, report.data.transient), (Some(4), Some(3)));
        assert_eq!(report.data.apart.get("vcs"), Some(&1));
        assert_eq!(report.every_path.len(), 4);
        let reason = report.data.reason.as_deref();
        assert_eq!(reason, Some("only the first 2 of 3 changes are listed"));
        assert!(report.data.complete);
    }

    #[test]
    fn names_that_are_no_text_are_kept_without_loss() {
        let mut change = created("/w/");
        change.path.extend(b"caf\xe9");
        let net = Net { changes: vec![change], transient: 0 };
        let report = write(&spec(), TouchMethod::Exact, &net, &Coverage::default());
        assert_eq!(report.files_touched, [r"caf\xe9"]);
    }

    #[test]
    fn a_renamed_file_touches_both_names() {
        let mut change = created("/w/new");
        (change.kind, change.from) = (ChangeKind::Renamed, Some(b"/w/old".to_vec()));
        let net = Net { changes: vec![change], transient: 0 };
        let report = write(&spec(), TouchMethod::Exact, &net, &Coverage::default());
        assert_eq!(report.files_touched, ["new", "old"]);
        assert_eq!(report.files[0].from.as_deref(), Some("old"));
    }
}
