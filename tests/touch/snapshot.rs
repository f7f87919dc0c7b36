//! The snapshot backend on real programs, and what it does not delay.

use super::harness::{Place, changes, run, sh, spec};
use super::tree;
use ledger_run::ledger::record::TouchMethod;
use ledger_run::touch::{TouchMode, prepare};

#[test]
fn net_changes_of_programs_are_found_or_the_record_says_it_is_not_complete() {
    let programs = [
        "echo x > new; rm a/f1; mv a/f2 b/g; echo more >> b/f3; chmod 700 b/f4; mkdir -p c/d; ln -s a link",
        "mv a moved; echo x > moved/f1; rm -r b",
        "tar cf x.tar a b && mkdir u && tar xf x.tar -C u && rm x.tar",
        "rm a/f1; sleep 0.1; rm b/f1",
    ];
    for program in programs {
        let place = Place::new();
        for n in 0..30 {
            place.write(&format!("a/f{n}"), "before");
            place.write(&format!("b/f{n}"), "before");
        }
        let before = tree::look(place.path());
        let (status, report) = run(spec(TouchMode::Snapshot, place.path()), &mut sh(program));
        assert!(status.success());
        let after = tree::look(place.path());
        let truth = tree::difference(&before, &after);
        let claimed = tree::claimed(&report, place.path(), &before, &after);
        let missing: Vec<_> = truth.keys().filter(|path| !claimed.contains_key(*path)).collect();
        assert!(missing.is_empty() || !report.data.complete, "{program}: {missing:?} {:?}", report.data);
        assert_eq!(report.data.method, TouchMethod::Snapshot);
        assert_eq!(report.data.scope, [place.path().to_str().unwrap()]);
    }
}

#[test]
fn what_happens_after_the_first_pass_is_complete() {
    let place = Place::new();
    for name in ["edit", "gone", "old", "d/x"] {
        place.write(name, "before");
    }
    // The command begins when the first pass is over: a pass over six files takes no second.
    let program = "sleep 1; echo y > edit; rm gone; mv old new; mv d e";
    let (_, report) = run(spec(TouchMode::Snapshot, place.path()), &mut sh(program));
    let expected = ["Deleted gone", "Modified edit", "Renamed e from d", "Renamed new from old"];
    assert_eq!(changes(&report), expected, "{:?}", report.data);
    assert!(report.data.complete, "{:?}", report.data);
}

#[test]
fn over_the_budget_the_record_says_what_was_not_looked_at() {
    let place = Place::new();
    (0..50).for_each(|n| place.write(&format!("d{n}/f"), ""));
    let mut spec = spec(TouchMode::Snapshot, place.path());
    spec.budget.walk_entries = 20;
    let (_, report) = run(spec, &mut sh("echo x > d7/f"));
    assert!(!report.data.complete);
    assert!(report.data.reason.unwrap().contains("directories were not looked at"));
}

#[test]
fn it_needs_nothing_of_the_child() {
    let place = Place::new();
    let mut prepared = prepare(spec(TouchMode::Snapshot, place.path()));
    assert!(prepared.child_hook().is_none() && prepared.guard_pid().is_none());
}

#[test]
fn off_says_off() {
    let place = Place::new();
    let (_, report) = run(spec(TouchMode::Off, place.path()), &mut sh("echo x > a"));
    assert_eq!((report.data.method, report.data.complete), (TouchMethod::Off, false));
    assert!(report.files_touched.is_empty() && report.data.reason.is_some() && report.data.total.is_none());
}
