//! What is left behind in the ledger: read by somebody else's reader, and true.

use crate::harness::{Env, argv, eventually, python};
use serde_json::Value;

/// Every line, checked by a Python program that knows schema v1 and nothing of ours.
#[test]
fn every_line_is_schema_v1() {
    let Some(python) = python("schema v1 as Python reads it") else { return };
    let env = Env::new();
    let odd = "\u{2028} \u{1f600} \u{7} \" \\";
    for program in ["exit 0", "echo hi; exit 3", "kill -9 $$", "printf '\\377\\376\\000\\033[31m'", odd] {
        env.wrapped(&argv(program)).run();
    }
    env.wrapped(&["no-such-command-anywhere"]).run();
    env.with_options(&["--timeout", "0.1s"], &["sleep", "100"]).run();
    env.with_options(&["--heartbeat", "0.05s"], &["sleep", "0.3"]).run();
    env.wrapped(&["true"]).env("LEDGER_RUN_DISABLE", "1").run();
    let directory = env.root().join("g/ledger/x");
    let mut count = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let checker = [python.as_os_str(), "-c".as_ref(), include_str!("check_v1.py").as_ref()];
        let ran = env.bare(&checker).input(std::fs::read(&path).unwrap()).run();
        assert_eq!(ran.code(), Some(0), "{}: {}", path.display(), ran.complaint());
        count += ran.text().trim_end().parse::<usize>().unwrap();
    }
    assert_eq!(count, env.events().len());
    assert!(count >= 20, "{count} lines");
}

#[test]
fn a_run_has_one_start_and_one_result() {
    let env = Env::new();
    let programs = ["exit 0", "exit 3", "kill -9 $$", "echo hi"];
    for program in programs {
        env.wrapped(&argv(program)).run();
    }
    env.wrapped(&["no-such-command-anywhere"]).run();
    let events = env.events();
    let run_ids = |kind: &str| -> Vec<&str> {
        let of_kind = events.iter().filter(|event| event["event"] == kind);
        of_kind.map(|event| event["data"]["run_id"].as_str().unwrap()).collect()
    };
    let (starts, results) = (run_ids("task_start"), run_ids("task_result"));
    assert_eq!(starts.len(), programs.len() + 1);
    assert_eq!(starts, results, "each start is followed by its result");
    let start = &events[0]["data"];
    assert_eq!(start["argv"], serde_json::json!(["sh", "-c", "exit 0"]));
    assert_eq!(start["cwd"], env.path("").canonicalize().unwrap().to_str().unwrap());
    assert_eq!(events[0]["task_id"], start["run_id"], "a task without a name is named by its run");
    let sessions: Vec<&Value> = events.iter().map(|event| &event["session_id"]).collect();
    assert!(sessions.windows(2).all(|pair| pair[0] == pair[1]), "one session: {sessions:?}");
}

/// The start is there while the command runs, and says busy; heartbeats follow; the end says idle.
#[test]
fn a_long_run_is_seen_to_live() {
    let env = Env::new();
    env.fifo("gate");
    let command = argv("echo 12345; read go <gate; echo 67 >&2");
    let running = env.with_options(&["--heartbeat", "0.2s"], &command).start();
    let beats = eventually("two heartbeats", || {
        let beats = env.events_named("heartbeat");
        (beats.len() >= 2).then_some(beats)
    });
    assert_eq!(env.events_named("task_start").len(), 1);
    assert!(env.events_named("task_result").is_empty());
    let status = env.status();
    assert_eq!((&status["state"], &status["active_runs"]), (&"busy".into(), &1.into()), "{status}");
    let (one, two) = (&beats[0]["data"], &beats[1]["data"]);
    assert_eq!((&two["stdout_bytes"], &two["stderr_bytes"]), (&6.into(), &0.into()), "{two}");
    assert!(two["elapsed_sec"].as_f64() > one["elapsed_sec"].as_f64());
    assert!(two["processes"].as_u64() >= Some(1) && two["rss_bytes"].as_u64() > Some(0), "{two}");
    env.open_gate("gate");
    assert_eq!(running.finish().code(), Some(0));
    let status = env.status();
    assert_eq!((&status["state"], &status["active_runs"]), (&"idle".into(), &0.into()), "{status}");
}

#[test]
fn a_failed_run_is_the_last_error() {
    let env = Env::new();
    env.wrapped(&argv("exit 3")).run();
    let status = env.status();
    assert_eq!(status["state"], "error");
    assert!(status["last_error"].as_str().unwrap().contains("exited 3"), "{status}");
    env.wrapped(&["true"]).run();
    assert_eq!(env.status()["state"], "idle");
}

/// Kept beginning, kept end and what is missing between them add up to what was written.
#[test]
fn truncation_adds_up() {
    let env = Env::new();
    let text: String = (0..40_000).fold(String::new(), |text, number| text + &format!("line {number}\n"));
    for (size, keep) in [("100", 100), ("16k", 16 << 10), ("0", 0), ("1M", 1 << 20)] {
        env.write("text", &text);
        let ran = env.with_options(&["--capture", size], &["cat", "text"]).run();
        assert_eq!(ran.text(), text);
        let out = env.events().pop().unwrap()["data"]["stdout"].take();
        let kept = |name: &str| out[name].as_str().unwrap_or_default().to_owned();
        let (head, tail) = (kept("head"), kept("tail"));
        assert_eq!((&out["bytes"], &out["lines"]), (&text.len().into(), &40_000.into()));
        let omitted = usize::try_from(out["omitted_bytes"].as_u64().unwrap()).unwrap();
        assert_eq!(head.len() + omitted + tail.len(), text.len(), "{size}");
        assert_eq!(out["truncated"], omitted > 0, "{size}");
        assert!(head.len() <= 2 * keep && tail.len() <= keep, "{size}: {} and {}", head.len(), tail.len());
        assert!(text.starts_with(&head) && text.ends_with(&tail), "{size}");
    }
}

#[test]
fn what_was_used_is_told() {
    let env = Env::new();
    let program = argv("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
    let ran = env.wrapped(&program).run();
    let data = env.result();
    assert!(data["rusage"]["max_rss_bytes"].as_u64().unwrap() > 100_000, "{data}");
    assert!(data["rusage"]["user_sec"].as_f64().unwrap() > 0.0, "{data}");
    assert!(data["duration_sec"].as_f64().unwrap() <= ran.took.as_secs_f64());
    assert!(data["overhead_ms"].as_f64().unwrap() > 0.0);
}
