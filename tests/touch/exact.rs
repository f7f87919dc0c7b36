//! The exact backend.

use super::harness::{Place, changes, exact_works, run, sh, spec};
use ledger_run::touch::TouchMode;

#[test]
fn a_shell_that_does_a_little_of_everything() {
    if !exact_works("a_shell_that_does_a_little_of_everything") {
        return;
    }
    let place = Place::new();
    for name in ["keep", "edit", "append", "gone", "old", "dir/x", "dir/y", "mode", "both"] {
        place.write(name, "before");
    }
    let program = "echo new > made; echo edited > edit; echo more >> append; rm gone; mv old renamed; mv dir moved; \
        echo z > moved/x; chmod 700 mode; : <> both; mkdir -p a/b; echo t > t; rm t; cat keep > /dev/null; \
        rmdir nothing 2>/dev/null; mkdir a 2>/dev/null; true";
    let (status, report) = run(spec(TouchMode::Exact, place.path()), &mut sh(program));
    assert!(status.success());
    let expected = [
        "Created a",
        "Created a/b",
        "Created made",
        "Deleted gone",
        "Metadata mode",
        "Modified append",
        "Modified edit",
        "Modified moved/x from dir/x",
        "Renamed moved from dir",
        "Renamed renamed from old",
    ];
    assert_eq!(changes(&report), expected, "{:?}", report.data);
    assert_eq!((report.data.complete, report.data.transient), (true, Some(1)));
}
