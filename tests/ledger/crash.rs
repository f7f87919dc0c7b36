//! Kill -9 at every point of the protocol, within writes and at random times.

use super::harness::{Place, meta, noon, result, start};
use super::helper::{Death, Role, helper};
use ledger_run::ledger::verify::{DirSource, verify};
use ledger_run::ledger::{AgentLedger, RunEnd};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

/// A sequence of numbers that is the same in every run of the tests.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn death(dice: &mut Dice) -> Death {
    match dice.throw(4) {
        0 => Death::AtPoint(dice.throw(40)),
        1 => Death::InWrite { line: dice.throw(4), thousandths: dice.throw(1001) },
        2 => Death::DiskFull { line: dice.throw(3), thousandths: dice.throw(1000), point: dice.throw(50) },
        _ => Death::External,
    }
}

/// After a clean run every start has exactly one result, and everything else is in order.
fn check(place: &Place, clean: u64) {
    let ledger = place.ledger();
    let begun = ledger.begin(&start(noon(clean), clean), meta(clean));
    assert!(begun.problems.is_empty(), "{:?}", begun.problems);
    let problems = begun.run.finish(&[result(noon(clean), clean)], &RunEnd { at: noon(clean), failed: None });
    assert!(problems.is_empty(), "{problems:?}");
    ended_once(place);
    let status = place.status();
    assert_eq!((status["state"].as_str(), status["active_runs"].as_u64()), (Some("idle"), Some(0)));
    assert!(ledger.examine().is_empty(), "{:?}", ledger.examine());
    let report = verify(&DirSource::open(&place.dir()).unwrap(), &ledger.mirrored(), &[]).unwrap();
    assert!(report.is_intact() && report.foreign == 0, "{report:?}");
}

fn ended_once(place: &Place) {
    let mut runs: BTreeMap<String, [u64; 2]> = BTreeMap::new();
    for line in place.lines() {
        let kind = match line["event"].as_str() {
            Some("task_start") => 0,
            Some("task_result") => 1,
            _ => continue,
        };
        runs.entry(line["data"]["run_id"].to_string()).or_default()[kind] += 1;
    }
    for (run, counts) in runs {
        assert_eq!(counts, [1, 1], "starts and results of {run}");
    }
}

#[test]
fn killed_writers_leave_a_whole_ledger() {
    const KILLS: u64 = 1500;
    let place = Place::new();
    let mut dice = Dice(20_251_116);
    for number in 0..KILLS {
        let death = death(&mut dice);
        let external = matches!(death, Death::External);
        let role = Role::Run { place: place.path().to_owned(), number, death };
        let mut child = helper(&role).spawn().unwrap();
        if external {
            std::thread::sleep(Duration::from_micros(dice.throw(30_000)));
            child.kill().unwrap();
        }
        child.wait().unwrap();
        if number % 25 == 24 {
            check(&place, KILLS + number);
        }
    }
    assert_eq!(place.check(), place.lines().len() as u64);
}

#[test]
fn a_killed_ledger_run_is_ended_by_the_next() {
    const KILLS: u64 = 500;
    let place = Place::new();
    let mut dice = Dice(7);
    let run = |number: u64| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ledger-run"));
        command
            .arg("--root")
            .arg(place.root())
            .args(["cls", "--", "sh", "-c", "echo $0; exec 2>&1; echo x", &number.to_string()])
            .env("XDG_STATE_HOME", place.path().join("xdg"))
            .env_remove("LEDGER_RUN_ID")
            .env_remove("LEDGER_SESSION_ID")
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null());
        command
    };
    for number in 0..KILLS {
        let mut child = run(number).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.throw(12_000)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(run(KILLS).status().unwrap().success());
    ended_once(&place);
    assert_eq!(place.check(), place.lines().len() as u64);
    let mut config = place.config();
    config.state_dir = place.path().join("xdg/ledger-run");
    let ledger = AgentLedger::new(config);
    assert!(ledger.examine().is_empty(), "{:?}", ledger.examine());
    assert_eq!(place.status()["state"], "idle");
}

#[test]
fn doctor_ends_lost_runs_and_corrects_the_status() {
    let place = Place::new();
    let role = Role::Run {
        place: place.path().to_owned(),
        number: 1,
        death: Death::InWrite { line: 1, thousandths: 400 },
    };
    helper(&role).status().unwrap();
    assert_eq!(place.status()["state"], "busy");
    let ledger = place.ledger();
    let found = ledger.examine().len();
    assert!(found >= 3, "a lost run, a torn tail and a wrong status: {:?}", ledger.examine());
    let (findings, problems) = ledger.mend(noon(60)).unwrap();
    assert!(problems.is_empty() && findings.iter().all(|finding| finding.fixed), "{findings:?} {problems:?}");
    assert!(ledger.examine().is_empty());
    let status = place.status();
    assert_eq!((status["state"].as_str(), status["active_runs"].as_u64()), (Some("error"), Some(0)));
    assert!(status["last_error"].as_str().unwrap().contains("was lost"));
    ended_once(&place);
    assert_eq!(place.check(), 4);
}
