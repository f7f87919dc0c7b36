//! Many writers at once, with and without others that do not know the lock.

use super::harness::Place;
use super::helper::{Role, helper};
use std::collections::BTreeSet;
use std::process::{Child, Command};

fn crowd(place: &Place, processes: u64, count: u64) -> Vec<Child> {
    (0..processes)
        .map(|seed| helper(&Role::Append { place: place.path().to_owned(), count, seed }).spawn().unwrap())
        .collect()
}

fn wait(children: Vec<Child>) {
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn two_hundred_processes_make_one_chain() {
    let place = Place::new();
    wait(crowd(&place, 200, 50));
    let lines = place.lines();
    let numbers: BTreeSet<u64> = lines.iter().map(|line| line["data"]["number"].as_u64().unwrap()).collect();
    assert_eq!((lines.len(), numbers.len()), (10_000, 10_000));
    assert_eq!(place.check(), 10_000);
    let sessions: BTreeSet<&str> = lines.iter().map(|line| line["session_id"].as_str().unwrap()).collect();
    assert_eq!(sessions, BTreeSet::from(["2025-11-16_cls_001"]));
}

#[test]
fn shells_that_append_in_between_are_covered() {
    let place = Place::new();
    std::fs::create_dir_all(place.dir()).unwrap();
    let day = place.day("2025-11-16");
    let script = r#"i=0; while [ $i -lt 200 ]; do echo "{\"foreign\":$i}" >> "$1"; i=$((i+1)); done"#;
    let shells: Vec<Child> =
        (0..8).map(|_| Command::new("sh").args(["-c", script, "sh"]).arg(&day).spawn().unwrap()).collect();
    wait(crowd(&place, 40, 50));
    wait(shells);
    let foreign = place.lines().iter().filter(|line| line.get("foreign").is_some()).count();
    assert_eq!((place.check(), foreign), (2000, 1600));
}
