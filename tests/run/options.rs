//! The options, the environment variables and the forms of the command line.

use crate::harness::{Env, argv, eventually, is_empty};
use serde_json::Value;
use std::fs;

#[test]
fn ok_exit_widens_success_and_changes_no_code() {
    let env = Env::new();
    for (code, status, state) in [(0, "success", "idle"), (1, "success", "idle"), (2, "failure", "error")] {
        let ran = env.with_options(&["--ok-exit", "0,1"], &argv(&format!("exit {code}"))).run();
        assert_eq!(ran.code(), Some(code));
        let data = env.events().pop().unwrap()["data"].take();
        assert_eq!((&data["status"], &data["exit_code"]), (&status.into(), &code.into()));
        assert_eq!(env.status()["state"], state);
    }
}

#[test]
fn capture_off_leaves_the_streams_alone() {
    let env = Env::new();
    let ran =
        env.with_options(&["--capture", "off"], &argv("echo out; echo err >&2; ls -l /proc/self/fd/1")).run();
    assert_eq!((ran.text().starts_with("out\n"), ran.complaint().as_str()), (true, "err\n"));
    let data = env.result();
    for stream in ["stdout", "stderr"] {
        assert_eq!((&data[stream]["captured"], &data[stream]["reason"]), (&false.into(), &"off".into()));
        assert!(data[stream].get("head").is_none());
    }
}

#[test]
fn what_the_caller_says_is_recorded_on_every_event() {
    let env = Env::new();
    let session = "2025-11-16_x_042";
    let options = ["--task-id", "wo-1", "--source", "me", "--summary", "one line", "--session", session];
    env.with_options(&options, &argv("env")).run();
    let events = env.events();
    assert_eq!(events.len(), 2);
    for event in &events {
        for (member, value) in
            [("task_id", "wo-1"), ("source", "me"), ("summary", "one line"), ("session_id", session)]
        {
            assert_eq!(event[member], value, "{event}");
        }
    }
    // The same by environment variables.
    let ran = env.wrapped(&["env"]).env("LEDGER_TASK_ID", "wo-2").env("LEDGER_SESSION_ID", session).run();
    assert!(ran.text().contains("LEDGER_TASK_ID=wo-2\n") && ran.text().contains(session), "{}", ran.text());
    let last = env.events().pop().unwrap();
    assert_eq!((&last["task_id"], &last["session_id"]), (&"wo-2".into(), &session.into()));
}

#[test]
fn status_fd_gets_one_line_of_json() {
    let env = Env::new();
    for (program, outcome, code, signal) in [
        ("ls /proc/self/fd; exit 3", "exited", Value::from(3), Value::Null),
        ("kill -9 $$", "signaled", Value::Null, Value::from("SIGKILL")),
    ] {
        let [_, launch] = env.both(r#"lr=$1; shift; exec "$lr" --status-fd 5 "$@" 5>status"#, &argv(program));
        let ran = launch.run();
        let listing = ran.text();
        assert!(!listing.lines().any(|fd| fd == "5"), "the command must not have it: {listing}");
        let text = fs::read_to_string(env.path("status")).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&line["outcome"], &line["exit_code"], &line["signal"]),
            (&outcome.into(), &code, &signal)
        );
        assert_eq!(line["recorded"], true);
    }
}

/// A file stands where the root should be: not even root can write below it.
#[test]
fn an_unwritable_ledger_stops_only_a_fail_closed_run() {
    let env = Env::new();
    fs::write(env.root(), "in the way").unwrap();
    let program = argv("echo ran; touch ran; exit 3");
    let ran = env.with_options(&["--fail-closed"], &program).run();
    assert_eq!((ran.code(), ran.text().as_str()), (Some(125), ""));
    assert_eq!(ran.complaint().lines().count(), 1, "{}", ran.complaint());
    assert!(!env.path("ran").exists());
    let ran = env.wrapped(&program).run();
    assert_eq!((ran.code(), ran.text().as_str()), (Some(3), "ran\n"), "{}", ran.complaint());
    assert!(env.path("ran").exists());
    assert!(ran.complaint().lines().count() <= 2, "{}", ran.complaint());
}

#[test]
fn quiet_success_prints_only_what_failed() {
    let env = Env::new();
    let quiet = |program: &str| env.with_options(&["--quiet-success"], &argv(program)).run();
    let ran = quiet("echo out; echo err >&2; exit 0");
    assert_eq!((ran.code(), ran.stdout.len(), ran.stderr.len()), (Some(0), 0, 0));
    assert_eq!(env.result()["stdout"]["head"], "out\n", "the record has it all the same");
    let ran = quiet("echo one; echo two; exit 3");
    assert_eq!((ran.code(), ran.text().as_str()), (Some(3), "one\ntwo\n"));
    // More than is held in memory.
    let program = "i=0; while [ $i -lt 4000 ]; do printf '%0999d\\n' $i; i=$((i+1)); done";
    let bare = env.bare(&argv(&format!("{program}; exit 3"))).run();
    assert!(bare.stdout.len() > 3_000_000);
    quiet(&format!("{program}; exit 3")).is_like(&bare, "4 MB held back");
    assert_eq!(quiet(program).stdout.len(), 0);
    let ran = quiet(&format!("{program} >&2; kill -9 $$"));
    assert_eq!((ran.signal(), ran.stdout.len(), ran.stderr.len()), (Some(9), 0, bare.stdout.len()));
}

/// Both streams in one file come out in the order they were written.
#[test]
fn quiet_success_keeps_the_order() {
    let env = Env::new();
    let program = argv("for i in 1 2 3 4 5; do echo o$i; echo e$i >&2; done; exit 3");
    let [bare, launch] = env.both(
        r#"case $1 in *ledger-run) lr=$1; shift; set -- "$lr" --quiet-success "$@";; esac; exec "$@" 2>&1"#,
        &program,
    );
    launch.run().is_like(&bare.run(), "held back, one pipe");
}

#[test]
fn runs_that_must_not_overlap_are_skipped() {
    for options in [&["--no-overlap"][..], &["--lock", "nightly"]] {
        let env = Env::new();
        env.fifo("gate");
        let program = argv("echo in; read go <gate; echo out");
        let first = env.with_options(options, &program).start();
        first.says("in\n");
        let second = env.with_options(options, &program).run();
        assert_eq!((second.code(), second.text().as_str(), second.complaint().as_str()), (Some(75), "", ""));
        let skipped = env.events_named("info");
        assert_eq!(skipped.len(), 1, "{skipped:#?}");
        assert_eq!(skipped[0]["data"]["outcome"], "canceled");
        // Another command is another matter, unless both name one lock.
        let other = env.with_options(options, &["true"]).run();
        assert_eq!(other.code(), Some(if options.len() == 1 { 0 } else { 75 }));
        env.open_gate("gate");
        assert_eq!(first.finish().text(), "in\nout\n");
        let third = env.with_options(options, &argv("echo free")).run();
        assert_eq!(third.text(), "free\n");
    }
}

#[test]
fn a_disabled_run_leaves_one_line_that_says_so() {
    let env = Env::new();
    let ran = env.wrapped(&argv("echo hi; kill -9 $$")).env("LEDGER_RUN_DISABLE", "1").run();
    assert_eq!((ran.signal(), ran.text().as_str(), ran.complaint().as_str()), (Some(9), "hi\n", ""));
    let events = env.events();
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!((&events[0]["event"], &events[0]["data"]["bypassed"]), (&"info".into(), &true.into()));
    let ran = env.wrapped(&["no-such-command-anywhere"]).env("LEDGER_RUN_DISABLE", "1").run();
    assert_eq!(ran.code(), Some(127));
    assert_eq!(env.wrapped(&["true"]).env("LEDGER_RUN_DISABLE", "0").run().code(), Some(0));
    assert_eq!(env.events_named("task_result").len(), 1, "0 does not disable");
}

#[test]
fn one_argument_can_hold_a_whole_shell_program() {
    let env = Env::new();
    let ran = env.ledger_run(&["--agent", "x", "echo 'a  b' | tr a-z A-Z; exit 3"]).run();
    assert_eq!((ran.code(), ran.text().as_str()), (Some(3), "A  B\n"), "{}", ran.complaint());
    assert_eq!(env.events_named("task_start")[0]["data"]["argv"][1], "-c");
}

/// As cron and others call `$SHELL -c`; a program that starts `$SHELL` must not wrap itself again.
#[test]
fn as_a_shell() {
    let env = Env::new();
    let shell = env!("CARGO_BIN_EXE_ledger-run");
    let ran = env.ledger_run(&["-c", "echo $SHELL $0 $1", "zero", "one"]).env("SHELL", shell).run();
    assert_eq!((ran.code(), ran.text().as_str()), (Some(0), "/bin/sh zero one\n"), "{}", ran.complaint());
    assert_eq!(env.events_of("shell").len(), 2, "without a name the agent is `shell`");
    let ran = env.ledger_run(&["-c", "exit 4"]).env("LEDGER_AGENT", "cron").run();
    assert_eq!(ran.code(), Some(4));
    assert_eq!(env.events_of("cron")[0]["source"], "cron", "with the preset of that agent");
    let nested = format!("{shell} -c 'echo $SHELL'");
    let ran = env.bare(&["sh", "-c", &nested]).env("LEDGER_SHELL", shell).run();
    assert_eq!((ran.code(), ran.text().as_str()), (Some(0), "/bin/sh\n"), "never itself");
    assert_eq!(ran.complaint().lines().count(), 1, "{}", ran.complaint());
}

#[test]
fn nested_runs_are_a_tree() {
    let env = Env::new();
    let inner = format!("{} inner -- sh -c 'echo $TRACEPARENT'", env!("CARGO_BIN_EXE_ledger-run"));
    let middle = format!("echo $TRACEPARENT; {} middle -- {inner}", env!("CARGO_BIN_EXE_ledger-run"));
    let trace = format!("00-{}-{}-01", "ab".repeat(16), "cd".repeat(8));
    let ran = env.wrapped(&argv(&middle)).env("TRACEPARENT", &trace).run();
    assert_eq!(ran.code(), Some(0), "{}", ran.complaint());
    let ids = |agent| {
        let data = env.events_of(agent)[0]["data"].take();
        ["run_id", "parent_run_id", "root_run_id"].map(|name| data[name].as_str().map(str::to_owned))
    };
    let [outer, middle, inner] = ["x", "middle", "inner"].map(ids);
    assert_eq!(outer[1], None);
    assert_eq!((&middle[1], &middle[2]), (&outer[0], &outer[0]));
    assert_eq!((&inner[1], &inner[2]), (&middle[0], &outer[0]));
    let traces: Vec<String> = ran.text().lines().map(str::to_owned).collect();
    assert_eq!(traces.len(), 2);
    assert!(traces.iter().all(|line| line[3..35] == trace[3..35]), "one trace: {traces:?}");
    assert_ne!(traces[0][36..52], traces[1][36..52], "two spans: {traces:?}");
}

#[test]
fn a_bad_command_line_is_one_line_125_and_nothing_written() {
    let env = Env::new();
    for line in [
        &[][..],
        &["x"],
        &["x", "--"],
        &["x", "true"],
        &["Bad Name", "--", "true"],
        &["../up", "--", "true"],
        &["--no-such-option", "x", "--", "true"],
        &["--timeout", "soon", "x", "--", "true"],
        &["--timeout", "-1", "x", "--", "true"],
        &["--ok-exit", "256", "x", "--", "true"],
        &["--capture", "99M", "x", "--", "true"],
        &["--session", "yesterday", "x", "--", "true"],
        &["--lock", "../x", "x", "--", "true"],
        &["--status-fd", "five", "x", "--", "true"],
        &["--agent", "x", "true", "more"],
    ] {
        let ran = env.ledger_run(line).run();
        assert_eq!((ran.code(), ran.stdout.len()), (Some(125), 0), "{line:?}: {}", ran.complaint());
        let complaint = ran.complaint();
        assert!(
            complaint.starts_with("ledger-run: ") && complaint.lines().count() == 1,
            "{line:?}: {complaint}"
        );
    }
    assert!(!env.root().exists(), "nothing written");
    assert!(is_empty(&env.home()), "nothing written at home");
}

#[test]
fn help_and_version_are_no_run() {
    let env = Env::new();
    for option in ["--help", "--version", "-h", "-V"] {
        let ran = env.ledger_run(&[option]).run();
        assert_eq!((ran.code(), ran.stderr.len()), (Some(0), 0), "{option}");
        assert!(ran.text().contains("ledger-run"), "{option}");
    }
    assert!(!env.root().exists());
}

#[test]
fn broken_settings_are_named_and_stop_nothing() {
    let env = Env::new();
    let config = env.home().join(".config/ledger-run/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    let broken = |said: &str| {
        let ran = env.wrapped(&argv("echo ran; exit 3")).run();
        assert_eq!((ran.code(), ran.text().as_str()), (Some(3), "ran\n"));
        assert_eq!(ran.complaint().lines().count(), 1, "{}", ran.complaint());
        assert!(ran.complaint().contains(said), "{} does not say {said}", ran.complaint());
        let degraded = env.events().pop().unwrap()["data"]["degraded"].to_string();
        assert!(degraded.contains(said), "{degraded} does not say {said}");
    };
    fs::write(&config, "[defaults]\n\nheartbaet = \"1s\"\n").unwrap();
    broken("config.toml:3: `heartbaet`");
    fs::write(&config, "[defaults\n").unwrap();
    broken("config.toml:1:");
    fs::remove_file(&config).unwrap();
    fs::write(env.root().join("ledger-run.toml"), "[agents.x]\ntimeout = \"soon\"\n").unwrap();
    broken("ledger-run.toml:2: `timeout`");
    fs::remove_file(env.root().join("ledger-run.toml")).unwrap();
    for (name, value) in [("LEDGER_SESSION_ID", "yesterday"), ("LEDGER_AGENT", "Bad Name")] {
        let ran = env.ledger_run(&["-c", "exit 3"]).env(name, value).run();
        assert_eq!((ran.code(), ran.complaint().lines().count()), (Some(3), 1), "{}", ran.complaint());
        assert!(ran.complaint().contains(name), "{}", ran.complaint());
    }
}

#[test]
fn settings_come_from_the_nearest_layer() {
    let env = Env::new();
    fs::create_dir_all(env.root()).unwrap();
    let config = env.home().join(".config/ledger-run/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    let source = |options: &[&str]| {
        env.with_options(options, &["true"]).run();
        env.events().pop().unwrap()["source"].as_str().unwrap().to_owned()
    };
    assert_eq!(source(&[]), "ledger_run");
    fs::write(&config, "[defaults]\nsource = \"user\"\n").unwrap();
    assert_eq!(source(&[]), "user");
    fs::write(env.root().join("ledger-run.toml"), "[agents.x]\nsource = \"root\"\n").unwrap();
    assert_eq!(source(&[]), "root");
    assert_eq!(source(&["--source", "typed"]), "typed");
}

/// Without any variable the root is the nearest directory upwards that holds a ledger, else the state directory.
#[test]
fn the_root_is_found() {
    let env = Env::new();
    let run = |options: &[&str]| {
        let launch = env.with_options(options, &["true"]).without_env("LEDGER_ROOT");
        assert_eq!(launch.cwd(&env.path("deep/er")).run().code(), Some(0));
    };
    fs::create_dir_all(env.path("deep/er")).unwrap();
    run(&[]);
    let fallback = env.home().join(".local/state/ledger-run");
    eventually("the ledger in the state directory", || fallback.join("g/ledger/x").is_dir().then_some(()));
    fs::create_dir_all(env.path("deep/g/ledger")).unwrap();
    run(&[]);
    assert!(env.path("deep/g/ledger/x").is_dir() && env.path("deep/agents/x/status.json").is_file());
    run(&["--root", "named"]);
    assert!(env.path("deep/er/named/g/ledger/x").is_dir(), "relative to the working directory");
}

/// A command must not fail because of what a file on the machine lacks; a typing error is another matter.
#[test]
fn a_missing_secret_file_of_a_configuration_costs_the_record_its_output_alone() {
    let env = Env::new();
    fs::create_dir_all(env.root()).unwrap();
    fs::write(
        env.root().join("ledger-run.toml"),
        "[defaults]\nsecret_file = [\"/nowhere/key\"]\nlog = true\n",
    )
    .unwrap();
    let ran = env.wrapped(&argv("echo seen; exit 3")).run();
    assert_eq!((ran.code(), ran.text()), (Some(3), "seen\n".to_owned()));
    let result = env.result();
    let degraded = result["degraded"].to_string();
    assert!(degraded.contains("/nowhere/key") && degraded.contains("no output is kept"), "{result}");
    assert!(!result.to_string().contains("seen"), "{result}");
    assert!(result["stdout"]["log"].is_null(), "{result}");
    let asked = env.with_options(&["--secret-file", "/nowhere/key"], &argv("echo seen")).run();
    assert_eq!((asked.code(), asked.text()), (Some(125), String::new()));
}
