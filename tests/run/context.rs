//! What a command can see of where it runs: the same behind the wrapper as without it.

use crate::harness::{Env, Launch, argv, tool};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

/// Runs `program` bare and wrapped behind `launcher`; both must print the same.
fn same(env: &Env, launcher: &str, argv: &[OsString]) -> String {
    let [bare, wrapped] = env.both(launcher, argv).map(Launch::run);
    wrapped.is_like(&bare, launcher);
    assert_eq!(bare.code(), Some(0), "{}", bare.complaint());
    bare.text()
}

/// All but `Seccomp`: the exact backend of `touch` is a filter.
#[test]
fn process_attributes() {
    let env = Env::new();
    std::fs::create_dir(env.path("a b\n\u{e9}")).unwrap();
    let program = "umask; pwd; ulimit -a; nice; cat /proc/self/oom_score_adj; \
                   cat /proc/self/timerslack_ns; grep -E '^(NoNewPrivs|Cpus_allowed|Cap|Groups)' /proc/self/status";
    let launcher = "umask 027; cd 'a b\n\u{e9}'; ulimit -n 200; ulimit -c 0; ulimit -f 4000000; \
                    echo 500 >/proc/self/oom_score_adj; exec nice -n 3 \"$@\"";
    let seen = same(&env, launcher, &argv(program));
    assert!(seen.starts_with("0027\n") && seen.contains(" 200\n") && seen.contains("\n500\n"), "{seen}");
}

#[test]
fn process_group_session_and_terminal() {
    let env = Env::new();
    // Group, session, terminal and its foreground group: fields 5 to 8 of proc_pid_stat(5).
    let fields = argv("cut -d' ' -f5-8 /proc/self/stat");
    for launch in env.both(r#""$@"; exit $?"#, &fields) {
        let running = launch.start();
        let (pid, ran) = (running.pid(), running.finish());
        let own = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let own: Vec<&str> = own.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        assert_eq!(ran.text().trim_end(), format!("{pid} {}", own[3..6].join(" ")));
    }
}

#[test]
fn the_environment_and_its_order() {
    let env = Env::new();
    let launch = |launch: Launch| {
        let launch = launch.env("ZZ_LAST", "1").env("AA_FIRST", "two\nlines");
        launch.env("ODD", OsString::from_vec(vec![0xff, b'=', 0xfe])).env("EMPTY", "").run().stdout
    };
    let split = |bytes: &[u8]| -> Vec<Vec<u8>> {
        bytes.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()).map(<[u8]>::to_vec).collect()
    };
    let bare = split(&launch(env.bare(&["cat", "/proc/self/environ"])));
    let wrapped = split(&launch(env.wrapped(&["cat", "/proc/self/environ"])));
    let (kept, added) = wrapped.split_at(bare.len());
    assert_eq!(kept, bare, "what was there stays, in its order");
    let mut added: Vec<_> = added.iter().map(|entry| String::from_utf8_lossy(entry).into_owned()).collect();
    added.sort();
    let names: Vec<&str> = added.iter().map(|entry| entry.split('=').next().unwrap()).collect();
    let documented = [
        "LEDGER_AGENT",
        "LEDGER_ROOT_RUN_ID",
        "LEDGER_RUN_ID",
        "LEDGER_SESSION_ID",
        "LEDGER_TASK_ID",
        "TRACEPARENT",
    ];
    assert_eq!(names, documented);
}

#[test]
fn inherited_descriptors() {
    let env = Env::new();
    env.write("nine", "from nine\n");
    let seen = same(&env, r#"exec 9<nine; exec "$@""#, &argv("ls /proc/self/fd; cat <&9"));
    assert!(seen.contains("\n9\n") && seen.ends_with("from nine\n"), "{seen}");
    // None of ours.
    same(&env, r#"exec "$@""#, &argv("ls /proc/self/fd"));
}

#[test]
fn arguments_are_bytes() {
    let env = Env::new();
    let odd = ["", "two\nlines", " ", "'\"\\", "--", "-x", "*"].map(OsString::from);
    let mut arguments: Vec<OsString> = argv("cat /proc/$$/cmdline; :").into();
    arguments.extend(odd);
    arguments.push(OsString::from_vec(vec![0xff, 0xfe, b'a']));
    same(&env, r#"exec "$@""#, &arguments);
    let recorded = env.events_named("task_start").remove(0)["data"]["argv"].take();
    let recorded: Vec<&str> = recorded.as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
    assert_eq!(recorded[3..6], ["", "two\nlines", " "]);
    assert_eq!(recorded.len(), arguments.len());
    assert_eq!(recorded.last(), Some(&"\\xff\\xfea"));
}

#[test]
fn a_working_directory_that_is_gone() {
    let env = Env::new();
    std::fs::create_dir(env.path("gone")).unwrap();
    let [_, wrapped] = env.both(r#"cd gone; rmdir ../gone; exec "$@""#, &argv("echo still runs; exit 3"));
    let ran = wrapped.run();
    assert_eq!((ran.text().as_str(), ran.code()), ("still runs\n", Some(3)));
    assert!(env.result()["degraded"].to_string().contains("working directory"));
}

/// Below what we need for ourselves nothing can be watched; the command runs all the same, and has what is left.
#[test]
fn few_descriptors_stop_nothing() {
    let env = Env::new();
    for limit in [5, 7, 10, 13, 17, 24] {
        let launcher = format!(r#"ulimit -n {limit}; exec "$@""#);
        let [bare, wrapped] = env.both(&launcher, &argv("echo out; ulimit -n; exit 3")).map(Launch::run);
        assert_eq!((wrapped.end(), wrapped.text()), (bare.end(), bare.text()), "{}", wrapped.complaint());
        assert_eq!(bare.code(), Some(3));
    }
}

/// make hands its jobserver to recursive makes through inherited descriptors or a FIFO, named in MAKEFLAGS.
#[test]
fn a_make_jobserver_is_passed_through() {
    if !tool("the make jobserver", "make", "--version") {
        return;
    }
    let env = Env::new();
    let wrapper = format!("{} x --", env!("CARGO_BIN_EXE_ledger-run"));
    for wrap in ["", wrapper.as_str()] {
        env.write("Makefile", format!("all:\n\t+@{wrap} $(MAKE) --no-print-directory -f sub.mk\n"));
        env.write("sub.mk", "all: a b\na b:\n\t@echo made $@\n");
        for style in ["", "--jobserver-style=pipe"] {
            if !style.is_empty() && env.bare(&["make", style, "--version"]).run().code() != Some(0) {
                continue;
            }
            let flags: Vec<&str> = ["make", "-j2", "--no-print-directory", style]
                .into_iter()
                .filter(|flag| !flag.is_empty())
                .collect();
            for ran in [env.bare(&flags).run(), env.wrapped(&flags).run()] {
                assert_eq!((ran.code(), ran.complaint().as_str()), (Some(0), ""), "{wrap} {style}");
                assert_eq!(ran.text().lines().count(), 2, "{}", ran.text());
            }
        }
    }
}
