//! `--timeout`, its grace, and what a command leaves behind.

use crate::harness::{Env, argv, eventually, tool};

#[test]
fn an_expired_timeout_is_124_and_says_what_ended_the_command() {
    let env = Env::new();
    for (limit, program, code, signal) in [
        ("300ms", "exec sleep 100", None, Some("SIGTERM")),
        // Time enough for the trap to be set on a busy machine.
        ("2s", "trap 'exit 3' TERM; sleep 100 & wait", Some(3), None),
        // A stopped process takes SIGTERM only when it is continued.
        ("300ms", "sh -c 'kill -STOP $$' & wait", None, Some("SIGTERM")),
    ] {
        let ran = env.with_options(&["--timeout", limit], &argv(program)).run();
        assert_eq!(ran.code(), Some(124), "{program}");
        let mut events = env.events();
        let (result, error) = (events.pop().unwrap()["data"].take(), events.pop().unwrap());
        assert_eq!((&result["outcome"], &result["status"]), (&"timed_out".into(), &"failure".into()));
        assert_eq!(result["exit_code"].as_i64(), code, "{result}");
        assert_eq!(result["signal"].as_str(), signal, "{result}");
        assert!(
            error["data"]["error"].as_str().unwrap().contains(&format!("timed out after {limit}")),
            "{error}"
        );
        env.nobody_is_left();
    }
    assert_eq!(env.status()["state"], "error");
}

#[test]
fn a_command_in_time_is_not_touched() {
    let env = Env::new();
    let ran = env.with_options(&["--timeout", "60s"], &argv("echo hi; exit 3")).run();
    assert_eq!((ran.code(), ran.text().as_str()), (Some(3), "hi\n"));
}

/// One that ignores SIGTERM, one in a session of its own, one whose parents are gone: all are dead when we end.
#[test]
fn after_the_grace_the_whole_tree_is_killed() {
    if !tool("a timeout of the whole tree", "setsid", "--version") {
        return;
    }
    let env = Env::new();
    let stubborn = "trap '' TERM; while :; do sleep 100; done";
    let program = format!(
        "trap '' TERM
         setsid sh -c \"{stubborn}\" own-session &
         (sh -c \"{stubborn}\" forked-twice >/dev/null 2>&1 &)
         echo started; while :; do sleep 100; done"
    );
    let running = env.with_options(&["--timeout", "3s", "--grace", "0.2s"], &argv(&program)).start();
    running.says("started\n");
    eventually("all of them", || {
        let there = |name| !env.pids_of(name).is_empty();
        (there("own-session") && there("forked-twice")).then_some(())
    });
    let mut running = running;
    assert_eq!(running.ends().code(), Some(124));
    assert_eq!(env.processes(), [], "alive after the end");
    assert_eq!(env.result()["signal"], "SIGKILL");
}

/// The command itself obeys at once; its descendant gets the grace, and then SIGKILL.
#[test]
fn descendants_that_outlive_the_command_are_killed_too() {
    let env = Env::new();
    let program = "(trap '' TERM; echo started; while :; do sleep 100; done) & exec sleep 100";
    let mut running = env.with_options(&["--timeout", "3s", "--grace", "0.2s"], &argv(program)).start();
    running.says("started\n");
    assert_eq!(running.ends().code(), Some(124));
    assert_eq!(env.processes(), [], "alive after the end");
    assert_eq!(env.result()["signal"], "SIGTERM");
}

#[test]
fn what_is_left_behind_is_listed_and_left_alone_or_killed() {
    for kill in [false, true] {
        let env = Env::new();
        let options: &[&str] = if kill { &["--kill-leaked"] } else { &[] };
        env.fifo("gate");
        let program = "sleep 100 >/dev/null 2>&1 & (sleep 200 & sleep 300 &); read go <gate; echo hi; exit 3";
        let mut running = env.with_options(options, &argv(program)).start();
        eventually("all of them", || {
            let lines: Vec<String> = env.processes().into_iter().map(|(_, line)| line).collect();
            ["sleep 100 ", "sleep 200 ", "sleep 300 "]
                .iter()
                .all(|sleep| lines.iter().any(|line| line == sleep))
                .then_some(())
        });
        env.open_gate("gate");
        assert_eq!(running.ends().code(), Some(3));
        assert!(running.stdout.has("hi\n"));
        let leaked = env.result()["leaked_processes"].take();
        assert_eq!((&leaked["total"], &leaked["killed"]), (&3.into(), &kill.into()), "{leaked}");
        let mut lines: Vec<String> = leaked["processes"].as_array().unwrap().iter().map(line).collect();
        lines.sort();
        assert_eq!(lines, ["sleep 100", "sleep 200", "sleep 300"]);
        if kill {
            env.nobody_is_left();
            continue;
        }
        for process in leaked["processes"].as_array().unwrap() {
            let pid = i32::try_from(process["pid"].as_i64().unwrap()).unwrap();
            assert!(env.pids_of(&line(process)).contains(&pid), "{process} is gone");
        }
    }
}

fn line(process: &serde_json::Value) -> String {
    let words = process["argv"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_clean_command_has_left_nothing_behind() {
    let env = Env::new();
    assert_eq!(env.wrapped(&argv("sleep 0 & wait; true")).run().code(), Some(0));
    assert!(env.result().get("leaked_processes").is_none());
}
