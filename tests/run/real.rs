//! Programs people really run, and many of them at once.

use crate::harness::{Env, Launch, argv, missing, python, tool};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

#[test]
fn git_clone() {
    if !tool("git clone", "git", "--version") {
        return;
    }
    let env = Env::new();
    let git = |launch: Launch| {
        let names = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
        let ran = names.iter().fold(launch, |launch, name| launch.env(name, "x@example.org")).run();
        assert_eq!(ran.code(), Some(0), "{}", ran.complaint());
        ran
    };
    env.write(
        "setup",
        "git init -q -b main origin && cd origin && echo text >file && git add . && git commit -qm one",
    );
    git(env.bare(&["sh", "setup"]));
    let bare = git(env.bare(&["git", "clone", "origin", "copy"]));
    std::fs::rename(env.path("copy"), env.path("bare-copy")).unwrap();
    let wrapped = git(env.wrapped(&["git", "clone", "origin", "copy"]));
    wrapped.is_like(&bare, "git clone");
    let diff = env.bare(&["diff", "-r", "-x", ".git", "bare-copy", "copy"]).run();
    assert_eq!((diff.code(), diff.text().as_str()), (Some(0), ""));
    git(env.bare(&["git", "-C", "copy", "fsck", "--strict"]));
    // Recorded from within a work tree: where it stood.
    git(env.wrapped(&["git", "status"]).cwd(&env.path("copy")));
    let state = env.events_named("task_start")[1]["data"]["git"].take();
    let head = git(env.bare(&["git", "-C", "copy", "rev-parse", "HEAD"]));
    assert_eq!((&state["branch"], &state["head"]), (&"main".into(), &head.text().trim_end().into()));
}

#[test]
fn tar_through_a_pipe_of_two_wrapped_ends() {
    let env = Env::new();
    std::fs::create_dir(env.path("tree")).unwrap();
    for number in 0..200_u8 {
        env.write(&format!("tree/{number}"), vec![number; usize::from(number) * 37]);
    }
    std::fs::create_dir(env.path("copy")).unwrap();
    let wrapper = format!("{} x --", env!("CARGO_BIN_EXE_ledger-run"));
    let pipeline = format!("{wrapper} tar cf - tree | {wrapper} tar xf - -C copy");
    let ran = env.bare(&argv(&pipeline)).run();
    assert_eq!((ran.code(), ran.complaint().as_str()), (Some(0), ""));
    assert_eq!(env.bare(&["diff", "-r", "tree", "copy/tree"]).run().code(), Some(0));
    assert_eq!(env.events_named("task_result").len(), 2);
}

#[test]
fn python_and_a_pipeline_under_c() {
    let env = Env::new();
    if let Some(python) = python("a Python program") {
        let program = "import sys; print(sys.argv[1:]); sys.stderr.write('err\\n'); sys.exit(9)";
        let words = [python.as_os_str(), "-c".as_ref(), program.as_ref(), "a b".as_ref()];
        env.wrapped(&words).run().is_like(&env.bare(&words).run(), "python3 -c");
    }
    let program = "seq 1 100000 | grep 7 | sort -r | head -3; false | true; echo $?; exit 5";
    let bare = env.bare(&argv(program)).run();
    let wrapped = env.ledger_run(&["-c", program]).env("LEDGER_AGENT", "x").run();
    wrapped.is_like(&bare, "a pipeline");
    assert_eq!(bare.code(), Some(5));
}

/// A crate without dependencies, offline, by the toolchain that runs this test.
#[test]
fn cargo_build() {
    let cargo = std::env::var_os("CARGO").filter(|cargo| Path::new(cargo).is_file());
    let Some(cargo) = cargo else { return missing("cargo build", "CARGO names no cargo") };
    let rustc = Path::new(&cargo).with_file_name("rustc");
    if !Command::new(&rustc).arg("--version").output().is_ok_and(|output| output.status.success()) {
        return missing("cargo build", "there is no rustc beside cargo");
    }
    let env = Env::new();
    std::fs::create_dir(env.path("src")).unwrap();
    env.write("Cargo.toml", "[package]\nname = \"tiny\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    env.write("src/main.rs", "fn main() { println!(\"built\"); }\n");
    let build = [cargo.as_os_str(), "build".as_ref(), "--offline".as_ref()];
    let ran = env.wrapped(&build).env("RUSTC", &rustc).run();
    assert_eq!(ran.code(), Some(0), "{}", ran.complaint());
    assert_eq!(env.bare(&["target/debug/tiny"]).run().text(), "built\n");
    assert_eq!(env.result()["outcome"], "exited");
    env.write("src/main.rs", "fn main() { broken }\n");
    assert_eq!(env.wrapped(&build).env("RUSTC", &rustc).run().code(), Some(101));
}

#[test]
fn fifty_at_once_for_one_agent() {
    const RUNS: usize = 50;
    let env = Env::new();
    env.fifo("gate");
    // All of them are there before any may end.
    let running: Vec<_> = (0..RUNS)
        .map(|number| {
            env.wrapped(&argv(&format!("echo in; read go <gate; echo {number}; exit $(({number} % 2))")))
                .start()
        })
        .collect();
    for run in &running {
        run.says("in\n");
    }
    assert_eq!(env.status()["active_runs"], RUNS);
    // One empty line for each; open for reading too, so that it is there until the last has come for its own.
    let mut gate = std::fs::File::options().read(true).write(true).open(env.path("gate")).unwrap();
    gate.write_all(&[b'\n'; RUNS]).unwrap();
    for (number, run) in running.into_iter().enumerate() {
        let ran = run.finish();
        assert_eq!((ran.text(), ran.code()), (format!("in\n{number}\n"), Some(i32::from(number % 2 == 1))));
    }
    let events = env.events();
    assert_eq!(events.len(), 2 * RUNS);
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event["chain"]["seq"], events[0]["chain"]["seq"].as_u64().unwrap() + at as u64);
    }
    let ended: std::collections::HashSet<_> =
        env.events_named("task_result").iter().map(|event| event["data"]["run_id"].to_string()).collect();
    assert_eq!(ended.len(), RUNS);
    let sessions: std::collections::HashSet<_> =
        events.iter().map(|event| event["session_id"].to_string()).collect();
    assert_eq!(sessions.len(), 1);
    assert_eq!(env.wrapped(&["true"]).run().code(), Some(0));
    let status = env.status();
    assert_eq!((&status["state"], &status["active_runs"]), (&"idle".into(), &0.into()), "{status}");
    let verify = env.bare(&[env!("CARGO_BIN_EXE_ledgerctl"), "verify"]).run();
    assert_eq!(verify.code(), Some(0), "{}{}", verify.text(), verify.complaint());
}
