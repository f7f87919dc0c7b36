//! A promise of scope, `--expect-files GLOB…`, and whether it was kept. Pure.

use crate::base::bytes::to_text;
use crate::ledger::record::TouchMethod;
use crate::touch::globs::PathGlobs;
use crate::touch::report::TouchReport;

/// Whether a run stayed where it had promised to stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeVerdict {
    /// Every change is inside, and nothing can have been missed.
    Pass,
    /// These paths are outside.
    Fail(Vec<String>),
    /// Nothing outside was seen, but not everything was looked at, for this reason.
    Unverified(String),
}

/// Compares every net change with the promise: groups counted apart and paths beyond the cap as well. A change
/// outside fails the promise also if the record is not complete; a pass needs a complete and exact one.
pub fn evaluate(promise: &PathGlobs, report: &TouchReport) -> ScopeVerdict {
    let outside: Vec<String> = report
        .every_path
        .iter()
        .filter(|path| !promise.matches(path))
        .map(|path| to_text(path).into_owned())
        .chain(report.data.unattributed.iter().filter(|path| !promise.matches(path.as_bytes())).cloned())
        .collect();
    let why = || report.data.reason.clone().unwrap_or_else(|| "the record is not complete".to_owned());
    match report.data.method {
        TouchMethod::Off => ScopeVerdict::Unverified(why()),
        _ if !outside.is_empty() => ScopeVerdict::Fail(outside),
        TouchMethod::Exact if report.data.complete => ScopeVerdict::Pass,
        TouchMethod::Exact => ScopeVerdict::Unverified(why()),
        TouchMethod::Snapshot => {
            let places = report.data.scope.join(", ");
            ScopeVerdict::Unverified(format!("a snapshot sees nothing outside {places}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(method: TouchMethod, complete: bool, paths: &[&str]) -> TouchReport {
        let mut report = TouchReport::off("somebody set up io_uring");
        (report.data.method, report.data.complete) = (method, complete);
        report.data.scope = vec!["/w".to_owned()];
        report.every_path = paths.iter().map(|path| path.as_bytes().to_vec()).collect();
        report
    }

    fn verdict(method: TouchMethod, complete: bool, paths: &[&str]) -> ScopeVerdict {
        evaluate(&PathGlobs::anchored(&["src/**"]).unwrap(), &report(method, complete, paths))
    }

    #[test]
    fn a_pass_needs_everything_inside_and_everything_seen() {
        let inside = ["src/a", "src/b/c"];
        assert_eq!(verdict(TouchMethod::Exact, true, &inside), ScopeVerdict::Pass);
        assert_eq!(verdict(TouchMethod::Exact, true, &[]), ScopeVerdict::Pass);
        let unverified = |why: &str| ScopeVerdict::Unverified(why.to_owned());
        assert_eq!(verdict(TouchMethod::Exact, false, &inside), unverified("somebody set up io_uring"));
        assert_eq!(
            verdict(TouchMethod::Snapshot, true, &inside),
            unverified("a snapshot sees nothing outside /w")
        );
        assert_eq!(verdict(TouchMethod::Off, false, &[]), unverified("somebody set up io_uring"));
    }

    #[test]
    fn a_change_outside_fails_and_is_named() {
        let outside = ScopeVerdict::Fail(vec!["/etc/x".to_owned(), "README".to_owned()]);
        let paths = ["/etc/x", "README", "src/a"];
        assert_eq!(verdict(TouchMethod::Exact, true, &paths), outside);
        assert_eq!(verdict(TouchMethod::Exact, false, &paths), outside);
        assert_eq!(verdict(TouchMethod::Snapshot, true, &paths), outside);
    }
}
