//! Commands in a terminal: what they see, how they end, and how they leave ours, bare and wrapped.

use crate::harness::{DEADLINE, Env, Size, Typist, argv, eventually, high_water_mark, missing, read_until};
use ledger_run::sys::modes::WindowSize;
use ledger_run::sys::pty::Pty;
use std::ffi::OsString;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;

/// The command bare and wrapped, each in a terminal.
fn both(env: &Env, argv: &[OsString]) -> [Typist; 2] {
    [env.bare(argv).in_terminal(), env.wrapped(argv).in_terminal()]
}

#[test]
fn the_command_sees_the_terminal_it_would_have_seen() {
    let env = Env::new();
    let program = argv(
        "for fd in 0 1 2; do test -t $fd && echo $fd is one; done
         stty size </dev/tty; stty -g </dev/tty; echo through >/dev/tty; exit 3",
    );
    for launcher in [
        r#"exec "$@""#,
        r#""$@" | cat"#,
        r#""$@" 2>log"#,
        r#""$@" >log; cat log"#,
        r#""$@" </dev/null"#,
        r#"echo hi | "$@""#,
        r#""$@" 2>&1 | cat"#,
        r#""$@" <&-"#,
        r#""$@" 2>&-"#,
    ] {
        // One after the other: both write the same file.
        let [bare, wrapped] = env.both(launcher, &program).map(|launch| launch.in_terminal().finish());
        // Different programs wrote it through different terminals, so the order of the lines may differ.
        let lines = |shown: &str| {
            let mut lines: Vec<String> = shown.replace('\r', "").lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        assert_eq!(lines(&wrapped.1), lines(&bare.1), "{launcher}");
        assert_eq!(wrapped.0, bare.0, "{launcher}");
    }
    env.nobody_is_left();
}

#[test]
fn it_is_in_the_foreground_of_its_terminal() {
    let env = Env::new();
    let program = argv("ps -o pgid=,tpgid=,pid= -p $$ | { read a b c; echo $((a == b)) $((a == c)); }");
    let (status, shown) = env.wrapped(&program).in_terminal().finish();
    assert_eq!((status.code(), shown.as_str()), (Some(0), "1 1\r\n"));
}

#[test]
fn the_exit_contract_holds_in_a_terminal() {
    let env = Env::new();
    for program in [
        "exit 0",
        "exit 3",
        "exit 255",
        "ulimit -c 0; kill -9 $$",
        "ulimit -c 0; kill -TERM $$",
        "ulimit -c 0; kill -SEGV $$",
        "ulimit -c 0; kill -HUP $$",
    ] {
        let [bare, wrapped] = both(&env, &argv(program)).map(Typist::finish);
        assert_eq!((wrapped.0.code(), wrapped.0.signal()), (bare.0.code(), bare.0.signal()), "{program}");
    }
    let script = env.script("not-executable", "#!/bin/sh\n", 0o644);
    for (command, code, outcome) in
        [("no-such-command", 127, "not_found"), (script.to_str().unwrap(), 126, "not_executable")]
    {
        let mut typist = env.wrapped(&[command]).in_terminal();
        assert_eq!(typist.ends().code(), Some(code), "{command}");
        typist.finds_modes("the modes from before", |modes| modes == typist.first_modes());
        assert_eq!(env.events().pop().unwrap()["data"]["outcome"], outcome);
    }
    let timed_out = env.with_options(&["--timeout", "0.2s"], &["sleep", "100"]).in_terminal().finish();
    assert_eq!(timed_out.0.code(), Some(124));
    let result = env.events().pop().unwrap()["data"].take();
    assert_eq!((&result["outcome"], &result["signal"]), (&"timed_out".into(), &"SIGTERM".into()));
    assert!(result["rusage"]["max_rss_bytes"].as_u64().unwrap() > 0, "{result}");
    env.nobody_is_left();
}

#[test]
fn keys_that_send_signals() {
    let env = Env::new();
    for (key, signal) in [("\x03", 2), ("\x1c", 3)] {
        for mut typist in both(&env, &argv("ulimit -c 0; echo ready; exec sleep 100")) {
            typist.sees("ready");
            typist.types(key);
            assert_eq!(typist.ends().signal(), Some(signal));
        }
    }
    // The end of what is typed is no signal.
    let [bare, wrapped] = both(&env, &argv("echo ready; exec cat")).map(|mut typist| {
        typist.sees("ready\r\n");
        typist.types("a line\r");
        typist.sees("a line\r\na line\r\n");
        typist.types("\x04");
        typist.finish()
    });
    assert_eq!(wrapped, bare);
    env.nobody_is_left();
}

#[test]
fn a_signal_sent_to_us_reaches_the_command() {
    let env = Env::new();
    let program = argv("trap 'echo got it; exit 7' TERM; echo ready; while :; do sleep 0.01; done");
    let mut typist = env.wrapped(&program).in_terminal();
    typist.sees("ready");
    ledger_run::sys::signal::kill(typist.pid(), ledger_run::sys::signal::Signal::TERM).unwrap();
    typist.sees("got it");
    assert_eq!(typist.ends().code(), Some(7));
}

#[test]
fn the_window_size_is_followed() {
    let env = Env::new();
    let program = argv(
        "trap 'stty size' WINCH; stty size; echo ready; until read go; do :; done; stty rows 11 cols 22; stty size",
    );
    for mut typist in both(&env, &program) {
        typist.sees("24 80\r\nready\r\n");
        typist.resizes(Size(40, 100));
        typist.sees("40 100\r\n");
        typist.types("go\r");
        typist.sees("11 22\r\n");
        assert_eq!(typist.ends().code(), Some(0));
        assert_eq!(typist.size(), (11, 22), "what the command has changed stays changed");
    }
}

#[test]
fn modes_stay_as_the_command_leaves_them() {
    let env = Env::new();
    for (program, changed) in [
        ("true", false),
        ("stty -echo", true),
        ("stty raw -echo; exit 3", true),
        ("stty raw; stty sane", false),
    ] {
        let [bare, wrapped] = both(&env, &argv(program)).map(|mut typist| {
            typist.ends();
            (typist.modes(), typist.modes() != *typist.first_modes())
        });
        assert_eq!(wrapped.0, bare.0, "{program}");
        if program != "stty raw; stty sane" {
            assert_eq!(wrapped.1, changed, "{program}");
        }
    }
}

/// A fault of ours must not leave the terminal raw, nor must the command's death.
#[test]
fn whatever_ends_us_the_terminal_is_left_as_it_was_found() {
    let env = Env::new();
    for (signal, to_us) in [(11, true), (6, true), (24, true), (9, false)] {
        let mut typist = env.wrapped(&argv("stty raw; echo ready; exec sleep 100")).in_terminal();
        typist.sees("ready");
        assert_ne!(typist.modes(), *typist.first_modes(), "raw while the command has it");
        let pid = if to_us { typist.pid() } else { env.pids_of("sleep 100").pop().unwrap() };
        ledger_run::sys::signal::kill(pid, ledger_run::sys::signal::Signal(signal)).unwrap();
        assert_eq!(typist.ends().signal(), Some(signal));
        typist.finds_modes(&format!("the modes from before, after {signal}"), |modes| {
            modes == typist.first_modes()
        });
        env.nobody_is_left();
    }
}

#[test]
fn a_hang_up_reaches_the_command() {
    let env = Env::new();
    for launch in [env.bare(&hangs()), env.wrapped(&hangs())] {
        let (typist, mut screen) = launch.in_unread_terminal();
        read_until(&mut screen, "ready");
        let mut child = typist.hangs_up(screen);
        eventually("the command to hear of it", || env.path("hup").exists().then_some(()));
        eventually("its end", || child.try_wait().unwrap());
        std::fs::remove_file(env.path("hup")).unwrap();
        env.nobody_is_left();
    }
    assert_eq!(env.result()["exit_code"], 9);
}

fn hangs() -> [OsString; 3] {
    argv("trap 'echo >hup; exit 9' HUP; echo ready; while :; do sleep 0.01; done")
}

#[test]
fn killed_we_hang_up_and_the_next_run_says_so() {
    let env = Env::new();
    let mut typist = env.wrapped(&hangs()).in_terminal();
    typist.sees("ready");
    ledger_run::sys::signal::kill(typist.pid(), ledger_run::sys::signal::Signal::KILL).unwrap();
    eventually("the command to hear of it", || env.path("hup").exists().then_some(()));
    typist.ends();
    env.nobody_is_left();
    assert_eq!(env.wrapped(&["true"]).run().code(), Some(0));
    let results = env.events_named("task_result");
    assert_eq!(results[0]["data"]["outcome"], "lost", "{results:#?}");
}

#[test]
fn what_is_left_behind_writes_on_and_is_not_hung_up() {
    let env = Env::new();
    env.fifo("gate");
    let program = argv("(read go <gate; echo late; echo >late) & echo now");
    let mut typist = env.wrapped(&program).in_terminal();
    typist.sees("now\r\n");
    assert_eq!(typist.ends().code(), Some(0));
    assert_eq!(env.result()["leaked_processes"]["holding_output"], true);
    env.open_gate("gate");
    typist.sees("late\r\n");
    eventually("the rest of it", || env.path("late").exists().then_some(()));
    env.nobody_is_left();
}

#[test]
fn always_and_never() {
    let env = Env::new();
    let program = argv("test -t 1 && stty size </dev/tty; echo err >&2; exit 3");
    let ran = env.with_options(&["--pty", "always"], &program).run();
    assert_eq!((ran.code(), ran.text().as_str()), (Some(3), "24 80\r\nerr\r\n"));
    let result = env.result();
    assert_eq!(result["stdout"]["head"], "24 80\nerr\n");
    assert_eq!(result["stderr"]["reason"], "merged into stdout");
    let (status, shown) = env.with_options(&["--pty", "never"], &program).in_terminal().finish();
    assert_eq!((status.code(), shown.as_str()), (Some(3), "24 80\r\nerr\r\n"));
    let result = env.events().pop().unwrap()["data"].take();
    assert_eq!((&result["stdout"]["captured"], &result["stdout"]["reason"]), (&false.into(), &"tty".into()));
    // As a setting.
    std::fs::create_dir_all(env.root()).unwrap();
    std::fs::write(env.root().join("ledger-run.toml"), "[defaults]\npty = \"always\"\n").unwrap();
    assert_eq!(env.wrapped(&argv("test -t 1")).run().code(), Some(0));
    env.nobody_is_left();
}

/// One of them cannot stand for the other.
#[test]
fn two_different_terminals_are_left_alone() {
    let env = Env::new();
    let other = Pty::open(None, WindowSize::USUAL).unwrap();
    let name = nix::unistd::ttyname(&other.follower).unwrap();
    let [_, launch] = env.both(&format!(r#"exec "$@" 2>{}"#, name.display()), &argv("tty; tty <&2; exit 3"));
    let (status, shown) = launch.in_terminal().finish();
    assert_eq!(status.code(), Some(3));
    assert!(shown.ends_with(&format!("{}\r\n", name.display())), "{shown}");
    let result = env.result();
    for stream in ["stdout", "stderr"] {
        assert_eq!(result[stream]["reason"], "tty", "{result}");
    }
}

/// Nobody reads the screen; the command must be made to wait, and nothing be piled up or lost.
#[test]
fn an_unread_terminal_stalls_the_command() {
    const LINES: usize = 400_000;
    const BOUND_KIB: u64 = 24 * 1024;
    if high_water_mark(std::process::id().cast_signed()).is_none() {
        return missing("an unread terminal", "memory is measured through /proc");
    }
    let env = Env::new();
    let (mut typist, mut screen) =
        env.wrapped(&argv(&format!("seq 1 {LINES}; echo end"))).in_unread_terminal();
    let written = || {
        let pid = env.pids_of("seq 1").pop()?;
        std::fs::read_to_string(format!("/proc/{pid}/io")).ok()
    };
    let (mut last, mut calm) = (None, 0);
    eventually("the command to stall", || {
        let now = written();
        calm = if now.is_some() && now == last { calm + 1 } else { 0 };
        last = now;
        (calm > 60).then_some(())
    });
    let resident = high_water_mark(typist.pid()).unwrap();
    assert!(resident < BOUND_KIB, "{resident} KiB resident");
    let mut all = Vec::new();
    let mut piece = vec![0; 65536];
    let end = std::time::Instant::now() + DEADLINE;
    while !all.ends_with(b"end\r\n") && std::time::Instant::now() < end {
        let read = screen.read(&mut piece).unwrap();
        all.extend_from_slice(&piece[..read]);
    }
    assert_eq!(typist.ends().code(), Some(0));
    let expected: String = (1..=LINES).fold(String::new(), |text, line| text + &format!("{line}\r\n"));
    assert!(all == (expected + "end\r\n").as_bytes(), "{} bytes", all.len());
    assert_eq!(env.result()["stdout"]["bytes"], all.len());
}

/// More than a terminal holds is pasted into a command that does not read yet.
#[test]
fn what_is_typed_ahead_is_neither_lost_nor_piled_up() {
    let env = Env::new();
    env.fifo("gate");
    let program = argv("stty raw -echo; echo ready; read go <gate; exec head -c 300000 | md5sum");
    let mut typist = env.wrapped(&program).in_terminal();
    typist.sees("ready");
    let keys: String = (0..50_000).fold(String::new(), |text, at| text + &format!("{at:05} "));
    assert_eq!(keys.len(), 300_000);
    std::thread::scope(|scope| {
        // Waits in its write until the command reads.
        scope.spawn(|| typist.types(&keys));
        env.open_gate("gate");
    });
    let sum = env.bare(&["md5sum"]).input(keys.into_bytes()).run().text();
    typist.sees(sum.trim_end());
    assert_eq!(typist.ends().code(), Some(0));
}
