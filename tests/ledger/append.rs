//! One writer at a time: sessions, days, foreign lines, long lines, status.

use super::harness::{Place, at, draft, info, meta, noon, result, run_id, start};
use ledger_run::ledger::record::EventKind;
use ledger_run::ledger::verify::{DirSource, verify};
use ledger_run::ledger::{AgentLedger, FaultHook, Recorded, RunEnd};
use serde_json::json;
use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;

fn append_foreign(place: &Place, date: &str, text: &str) {
    std::fs::create_dir_all(place.dir()).unwrap();
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(place.day(date)).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_run_leaves_start_heartbeat_and_result() {
    let place = Place::new();
    let begun = place.ledger().begin(&start(noon(0), 1), meta(1));
    assert!(begun.problems.is_empty() && begun.recorded == Recorded::Ledger, "{:?}", begun.problems);
    assert_eq!(begun.session.as_str(), "2025-11-16_cls_001");
    let status = place.status();
    assert_eq!((status["state"].as_str(), status["active_runs"].as_u64()), (Some("busy"), Some(1)));
    assert_eq!(status["stale_after"], "2025-11-16T12:03:00.000+07:00");
    let mut run = begun.run;
    let beat = draft(noon(60), EventKind::Heartbeat, &json!({"run_id": run_id(1)}));
    assert!(run.append(&beat).is_empty());
    assert_eq!(place.status()["last_heartbeat"], noon(60).to_string());
    let problems = run.finish(&[result(noon(61), 1)], &RunEnd { at: noon(61), failed: None });
    assert!(problems.is_empty(), "{problems:?}");
    let status = place.status();
    assert_eq!((status["state"].as_str(), status["active_runs"].as_u64()), (Some("idle"), Some(0)));
    assert_eq!((status["last_task_id"].as_str(), status["last_error"].as_str()), (Some("wo-1"), None));
    let events: Vec<_> =
        place.lines().iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect();
    assert_eq!(events, ["task_start", "heartbeat", "task_result"]);
    assert_eq!(place.check(), 3);
    assert_eq!(std::fs::read_dir(place.dir().join(".open")).unwrap().count(), 0);
}

#[test]
fn the_chain_goes_on_over_days_foreign_lines_and_late_events() {
    let place = Place::new();
    append_foreign(&place, "2025-11-16", "{\"from\":\"a script\"}\n");
    for number in 0..3 {
        assert!(place.ledger().write(&info(noon(number), number)).problems.is_empty());
        append_foreign(&place, "2025-11-16", "not even json\n");
    }
    append_foreign(&place, "2025-11-17", "{\"a day without us\":1}\n");
    append_foreign(&place, "2025-11-18", "{\"before us\":1}\n");
    let ledger = place.ledger();
    let later = at("2025-11-18T00:00:01+07:00");
    assert!(ledger.write(&info(later, 3)).problems.is_empty());
    assert!(ledger.write(&info(later, 4)).problems.is_empty());
    // Late: its day has been left behind.
    assert!(ledger.write(&info(noon(9), 5)).problems.is_empty());
    assert!(place.ledger().write(&info(later, 6)).problems.is_empty());
    assert_eq!(place.ledger().write(&info(later, 7)).appended.unwrap().seq, 8);
    let of_the_day = std::fs::read_to_string(place.day("2025-11-16")).unwrap();
    assert!(of_the_day.ends_with("}}\n") && of_the_day.contains("\"number\":5"));
    assert_eq!(super::harness::check_chain(&place.dir()), 8);
}

#[test]
fn a_line_of_a_megabyte_is_one_line() {
    let place = Place::new();
    let big = draft(noon(0), EventKind::Info, &json!({"text": "a \"line\" of\ttext\n".repeat(1 << 16)}));
    for _ in 0..3 {
        assert!(place.ledger().write(&big).problems.is_empty());
    }
    assert_eq!((place.check(), place.lines().len()), (3, 3));
}

#[test]
fn sessions_continue_until_idle_and_also_foreign_ones_count() {
    let place = Place::new();
    let session = |seconds| place.ledger().write(&info(noon(seconds), 0)).session.unwrap().to_string();
    assert_eq!(session(0), "2025-11-16_cls_001");
    assert_eq!(session(1799), "2025-11-16_cls_001");
    assert_eq!(session(1799 + 1800), "2025-11-16_cls_002");
    let foreign = json!({
        "ts": noon(4000).to_string(), "agent": "cls", "session_id": "2025-11-16_cls_007", "event": "info",
        "task_id": "t", "source": "s", "summary": "", "data": {},
    });
    append_foreign(&place, "2025-11-16", &format!("{foreign}\n"));
    assert_eq!(session(5000), "2025-11-16_cls_007");
    assert_eq!(session(9000), "2025-11-16_cls_008");
    let counter = std::fs::read_to_string(place.root().join("memory/cls/sessions/.last_session_id")).unwrap();
    assert_eq!(counter, "2025-11-16\n8\n");
    place.check();
}

#[test]
fn a_torn_tail_is_ended_and_reported() {
    let place = Place::new();
    place.ledger().write(&info(noon(0), 0));
    append_foreign(&place, "2025-11-16", "{\"half a li");
    place.ledger().write(&info(noon(1), 1));
    let text = std::fs::read_to_string(place.day("2025-11-16")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[1], "{\"half a li");
    assert!(lines[2].contains("\"repair\":\"torn_line\"") && lines[2].contains("\"bytes\":11"));
    place.ledger().write(&info(noon(2), 2));
    assert_eq!(place.check(), 4);
}

#[test]
fn runs_at_the_same_time_keep_the_agent_busy() {
    let place = Place::new();
    let first = place.ledger().begin(&start(noon(0), 1), meta(1));
    let second = place.ledger().begin(&start(noon(1), 2), meta(2));
    assert_eq!(place.status()["active_runs"], 2);
    first.run.finish(&[result(noon(2), 1)], &RunEnd { at: noon(2), failed: None });
    let status = place.status();
    assert_eq!((status["state"].as_str(), status["active_runs"].as_u64()), (Some("busy"), Some(1)));
    let reason = ledger_run::redact::Redactor::default().record("exit code 3".to_owned());
    second.run.finish(&[result(noon(3), 2)], &RunEnd { at: noon(3), failed: Some(reason) });
    let status = place.status();
    assert_eq!(
        (status["state"].as_str(), status["last_error"].as_str()),
        (Some("error"), Some("exit code 3"))
    );
}

#[test]
fn a_run_dropped_without_an_end_is_lost() {
    let place = Place::new();
    let mut begun = place.ledger().begin(&start(noon(0), 1), meta(1));
    begun.run.append(&draft(noon(30), EventKind::Heartbeat, &json!({"run_id": run_id(1)})));
    drop(begun);
    let next = place.ledger().begin(&start(noon(90), 2), meta(2));
    next.run.finish(&[result(noon(91), 2)], &RunEnd { at: noon(91), failed: None });
    let lines = place.lines();
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["task_start", "heartbeat", "error", "task_result", "task_start", "task_result"]);
    let lost = &lines[3]["data"];
    assert_eq!((lost["outcome"].as_str(), lost["status"].as_str()), (Some("lost"), Some("failure")));
    assert_eq!(
        (lost["run_id"].as_str(), lost["duration_sec"].as_f64()),
        (Some(&*run_id(1).to_string()), Some(30.0))
    );
    assert_eq!(place.check(), 6);
}

/// A writer without the lock that always appends in the worst moment: between the link and the write.
struct Racing(std::path::PathBuf);

impl FaultHook for Racing {
    fn write(&self, _file: &File, _line: &[u8]) -> Option<std::io::Result<usize>> {
        let mut file = std::fs::OpenOptions::new().append(true).open(&self.0).unwrap();
        file.write_all(b"{\"slipped\":\"in\"}\n").unwrap();
        None
    }
}

#[test]
fn lines_that_slip_in_before_a_write_are_covered_by_the_next_link() {
    let place = Place::new();
    let racing = AgentLedger::with_hook(place.config(), Arc::new(Racing(place.day("2025-11-16"))));
    for number in 0..4 {
        assert!(racing.write(&info(noon(number), number)).problems.is_empty());
    }
    assert!(place.ledger().write(&info(noon(5), 5)).problems.is_empty());
    assert!(racing.write(&info(noon(6), 6)).problems.is_empty());
    assert_eq!((place.check(), place.lines().len()), (6, 11));
    let source = DirSource::open(&place.dir()).unwrap();
    let report = verify(&source, &place.ledger().mirrored(), &[]).unwrap();
    assert!(report.is_intact() && report.foreign == 5, "{report:?}");
}

#[test]
fn whoever_has_the_status_open_keeps_what_was_there() {
    let place = Place::new();
    let path = place.root().join("agents/cls/status.json");
    let run = |number| {
        let begun = place.ledger().begin(&start(noon(number), 1), meta(1));
        begun.run.finish(&[result(noon(number + 1), 1)], &RunEnd { at: noon(number + 1), failed: None });
    };
    run(0);
    let open = |number| {
        run(number);
        (File::open(&path).unwrap(), std::fs::read_to_string(&path).unwrap())
    };
    // Two, so that whichever of two files is written into next is open.
    let readers: Vec<_> = [10, 21].map(open).into();
    (3..8).for_each(|number| run(number * 10));
    for (file, seen) in readers {
        assert_eq!(std::io::read_to_string(file).unwrap(), seen);
    }
    assert_eq!(place.status()["last_heartbeat"], noon(71).to_string());
}
