//! Random programs of file operations against the difference of two full looks at the tree.

use super::acts::performer;
use super::harness::{Place, exact_works, run, spec};
use super::tree;
use crate::harness::cases;
use ledger_run::touch::{TouchMode, TouchReport};
use proptest::prelude::*;
use std::path::Path;

const OPERATIONS: [&str; 20] = [
    "write",
    "append",
    "new",
    "peek",
    "read",
    "write_at",
    "mkdir",
    "rmdir",
    "unlink",
    "chdir",
    "mkfifo",
    "truncate",
    "chmod",
    "rename",
    "exchange",
    "move_new",
    "link",
    "symlink",
    "name_unnamed",
    "reopen",
];

/// A path of up to three names out of a few, so that programs meet themselves; `@` stands for the stage.
fn path() -> impl Strategy<Value = String> {
    let name = prop_oneof![Just("a"), Just("b"), Just("c"), Just("d"), Just("l"), Just("..")];
    let names = prop::collection::vec(name, 1..4).prop_map(|names| names.join("/"));
    (names, prop_oneof![3 => Just(""), 2 => Just("@/")]).prop_map(|(path, start)| format!("{start}{path}"))
}

fn act(threads: u8, processes: u8) -> impl Strategy<Value = String> {
    let who = (0..processes, 0..threads);
    let operation = prop::sample::select(&OPERATIONS[..]);
    (who, operation, path(), path())
        .prop_map(|((p, t), operation, a, b)| format!("{p} {t} {operation} {a} {b}"))
}

fn seed(place: &Place) {
    for (name, text) in
        [("w/a/a", "1"), ("w/a/b", "22"), ("w/b/c/d", "333"), ("w/c", "4444"), ("w/a/c/a", "5")]
    {
        place.write(name, text);
    }
    std::os::unix::fs::symlink("../b", place.at("w/a/l")).unwrap();
    std::os::unix::fs::symlink("a/a", place.at("w/l")).unwrap();
    std::os::unix::fs::symlink("a", place.at("w/d")).unwrap();
}

/// Performs `acts` under the watch; the truth, what is claimed, and the report. `..` may lead out of the working
/// directory, again and again, but not out of the place: no program has enough of them for that many directories.
fn perform(mode: TouchMode, acts: &[String]) -> (tree::Truth, tree::Truth, TouchReport) {
    let place = Place::new();
    let stage = place.at(&format!("{}stage", "x/".repeat(60)));
    std::fs::create_dir_all(&stage).unwrap();
    let inner = Place::new();
    let program = inner.at("program");
    std::fs::write(&program, acts.join("\n").replace('@', &format!("{}/w", stage.display()))).unwrap();
    seed_in(&stage);
    let before = tree::look(place.path());
    let mut spec = spec(mode, &stage.join("w"));
    spec.roots = vec![place.path().to_path_buf()];
    let (status, report) = run(spec, performer(&program).stdout(std::process::Stdio::null()));
    assert!(status.success(), "{acts:#?}");
    let after = tree::look(place.path());
    let truth = tree::difference(&before, &after);
    let claimed = tree::claimed(&report, &stage.join("w"), &before, &after);
    (truth, claimed, report)
}

fn seed_in(stage: &Path) {
    let place = Place::new();
    seed(&place);
    let copied =
        std::process::Command::new("cp").args(["-a"]).arg(place.at("w")).arg(stage).status().unwrap();
    assert!(copied.success());
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: cases(),
        max_shrink_iters: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn exact_equals_the_difference_of_two_full_looks() {
    if !exact_works("exact_equals_the_difference_of_two_full_looks") {
        return;
    }
    proptest!(config(), |(acts in prop::collection::vec(act(1, 1), 1..60))| {
        let (truth, claimed, report) = perform(TouchMode::Exact, &acts);
        prop_assert!(report.data.complete, "{:?}", report.data);
        prop_assert_eq!(truth, claimed, "{:?}", report.data);
    });
}

/// Programs found by chance, each wrong once.
fn is_told_right(acts: &[&str]) {
    let acts: Vec<String> =
        std::iter::once("in turn").chain(acts.iter().copied()).map(str::to_owned).collect();
    let (truth, claimed, report) = perform(TouchMode::Exact, &acts);
    assert!(!truth.is_empty());
    assert_eq!(truth, claimed, "{:?}", report.data);
}

#[test]
fn a_name_tried_before_its_directory_came_there() {
    if !exact_works("a_name_tried_before_its_directory_came_there") {
        return;
    }
    is_told_right(&[
        "0 0 mkdir b/b/d a",
        "0 0 rename a b/b",
        "0 0 symlink b/b/d a",
        "0 0 write a a",
        "0 0 write a/d a",
    ]);
}

/// The second rename fails, and nobody has seen that yet when the third goes below its directory.
#[test]
fn a_rename_that_came_to_nothing() {
    if !exact_works("a_rename_that_came_to_nothing") {
        return;
    }
    is_told_right(&["0 0 exchange b d", "0 1 rename d b", "0 0 rename d/c ../a"]);
}

/// Another thread's exchange brings the directory where a rename could not.
#[test]
fn a_rename_that_failed_before_an_exchange() {
    if !exact_works("a_rename_that_failed_before_an_exchange") {
        return;
    }
    is_told_right(&["0 0 rename b a", "0 1 exchange b a", "0 0 write l a"]);
}

/// As long as nobody knows that the rename has failed, `b/c/n` may mean `a/c/n`; what is seen there in the end was shown
/// by a link that no call was about.
#[test]
fn what_a_rename_that_failed_would_have_brought_below_a_link() {
    if !exact_works("what_a_rename_that_failed_would_have_brought_below_a_link") {
        return;
    }
    is_told_right(&["0 0 rename b a", "0 1 mkdir b/l/c x", "0 1 unlink a/b x"]);
}

/// Another thread brings the directory there in the end, at once or by a third name.
#[test]
fn a_rename_that_failed_before_it_was_possible() {
    if !exact_works("a_rename_that_failed_before_it_was_possible") {
        return;
    }
    let back = ["0 0 rename a/c b/c", "0 0 append b/c/d x"];
    let at_once = ["0 0 rename b/c a/c", "0 1 unlink a/c/a x", "0 1 rename b/c a/c"];
    is_told_right(&[&at_once[..], &back].concat());
    let by_a_third = ["0 0 rename b/c a/c", "0 1 rename b/c b/x", "0 1 rename a/c a/y", "0 1 rename b/x a/c"];
    is_told_right(&[&by_a_third[..], &back].concat());
}

#[test]
fn whoever_performs_it() {
    if !exact_works("whoever_performs_it") {
        return;
    }
    proptest!(config(), |(acts in prop::collection::vec(act(3, 2), 20..100))| {
        let acts: Vec<String> = std::iter::once("in turn".to_owned()).chain(acts).collect();
        let (truth, claimed, report) = perform(TouchMode::Exact, &acts);
        prop_assert_eq!(truth, claimed, "{:?}", report.data);
    });
}

/// Every thread has a directory of its own: which of two calls that race for one name comes first is not for us to say.
fn side_by_side() -> impl Strategy<Value = String> {
    let names = prop::collection::vec(prop::sample::select(&["a", "b", "c", "d", "l"][..]), 1..3);
    let path = names.prop_map(|names| names.join("/"));
    let operations = OPERATIONS.iter().copied().filter(|operation| *operation != "chdir").collect::<Vec<_>>();
    (0..2_u8, 0..3_u8, prop::sample::select(operations), path.clone(), path).prop_map(
        |(p, t, operation, a, b)| {
            let b = if operation == "symlink" { b } else { format!("@/own{p}{t}/{b}") };
            format!("{p} {t} {operation} @/own{p}{t}/{a} {b}")
        },
    )
}

#[test]
fn also_side_by_side() {
    if !exact_works("also_side_by_side") {
        return;
    }
    let rooms = ["00", "01", "02", "10", "11", "12"];
    let rooms: Vec<String> =
        rooms.iter().map(|room| format!("{0} {1} mkdir @/own{room} x", &room[..1], &room[1..])).collect();
    proptest!(config(), |(acts in prop::collection::vec(side_by_side(), 30..200))| {
        let acts: Vec<String> = rooms.iter().cloned().chain(acts).collect();
        let (truth, claimed, report) = perform(TouchMode::Exact, &acts);
        prop_assert_eq!(truth, claimed, "{:?}", report.data);
    });
}

#[test]
fn a_snapshot_never_claims_completeness_with_something_missing() {
    proptest!(config(), |(acts in prop::collection::vec(act(2, 1), 1..40))| {
        let (truth, claimed, report) = perform(TouchMode::Snapshot, &acts);
        let missing: Vec<_> = truth.keys().filter(|path| !claimed.contains_key(*path)).collect();
        prop_assert!(missing.is_empty() || !report.data.complete, "{:?} {:?}", missing, report.data);
    });
}
