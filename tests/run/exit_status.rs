//! The exit contract: the bare command, `timeout 60` and `ledger-run` side by side.

use crate::harness::{Env, Ran, argv};
use std::ffi::OsString;

/// Runs `argv` three ways; all must end alike and write the same bytes.
fn three_ways(env: &Env, argv: &[OsString]) -> Ran {
    let bare = env.bare(argv).run();
    let wrapped = env.wrapped(argv).run();
    wrapped.is_like(&bare, &format!("{argv:?} behind ledger-run"));
    if Env::has_timeout("exit status beside GNU timeout") {
        let timeout = env.under_timeout(argv).run();
        assert_eq!(timeout.end(), wrapped.end(), "{argv:?}: timeout and ledger-run");
    }
    wrapped
}

#[test]
fn codes_are_passed_through() {
    let env = Env::new();
    for code in [0, 1, 2, 3, 124, 125, 126, 127, 128, 143, 255] {
        let ran = three_ways(&env, &argv(&format!("echo out; echo err >&2; exit {code}")));
        assert_eq!(ran.code(), Some(code));
        let data = env.events().pop().unwrap()["data"].take();
        assert_eq!((&data["exit_code"], &data["outcome"]), (&code.into(), &"exited".into()));
        assert_eq!(data["status"], if code == 0 { "success" } else { "failure" });
        assert!(data.get("signal").is_none());
    }
    assert!(env.events_named("error").is_empty(), "a code is a result, not an error");
    env.nobody_is_left();
}

#[test]
fn signals_that_end_the_command_end_us() {
    let env = Env::new();
    for (signal, name) in [
        (15, "SIGTERM"),
        (9, "SIGKILL"),
        (11, "SIGSEGV"),
        (1, "SIGHUP"),
        (13, "SIGPIPE"),
        (2, "SIGINT"),
        (3, "SIGQUIT"),
        (6, "SIGABRT"),
        (10, "SIGUSR1"),
        (14, "SIGALRM"),
    ] {
        // Linux numbers; only 10 differs elsewhere.
        let ran =
            three_ways(&env, &argv(&format!("ulimit -c 0; echo out; kill -{signal} $$; echo not reached")));
        assert_eq!(ran.signal(), Some(signal));
        let data = env.events().pop().unwrap()["data"].take();
        assert_eq!((&data["signal"], &data["outcome"]), (&name.into(), &"signaled".into()));
        assert!(data.get("exit_code").is_none(), "{data}");
    }
}

#[test]
fn realtime_signals_too() {
    let env = Env::new();
    let number = nix::libc::SIGRTMIN() + 1;
    let ran = three_ways(&env, &argv(&format!("kill -{number} $$")));
    assert_eq!(ran.signal(), Some(number));
    assert_eq!(env.result()["signal"], "SIGRTMIN+1");
}

/// Commands exec refuses. There is no bare command to compare with; timeout is the contract.
#[test]
fn what_cannot_be_executed_is_told_by_the_errno_of_exec() {
    let env = Env::new();
    env.script("not-executable", "#!/bin/sh\n", 0o644);
    env.script("bad-interpreter", "#!/no/such/interpreter\n", 0o755);
    let noise = [0x7f, b'E', b'L', b'F', 9, 9, 9, 9];
    env.write("broken-elf", noise);
    for (command, code, outcome) in [
        ("no-such-command-anywhere", 127, "not_found"),
        ("./no-such-file", 127, "not_found"),
        ("./bad-interpreter", 127, "not_found"),
        ("", 127, "not_found"),
        ("./not-executable", 126, "not_executable"),
        (".", 126, "not_executable"),
        ("./not-executable/below", 126, "not_executable"),
        ("./broken-elf", 126, "not_executable"),
    ] {
        let ran = env.wrapped(&[command]).run();
        assert_eq!((ran.code(), ran.stdout.len()), (Some(code), 0), "{command:?}: {}", ran.complaint());
        assert_eq!(ran.complaint().lines().count(), 1, "{}", ran.complaint());
        assert!(ran.complaint().contains(command), "{}", ran.complaint());
        let mut events = env.events();
        let (result, error) = (events.pop().unwrap(), events.pop().unwrap());
        assert_eq!((&result["data"]["outcome"], &error["event"]), (&outcome.into(), &"error".into()));
        assert!(result["data"].get("exit_code").is_none());
        if Env::has_timeout("exec failures beside GNU timeout") {
            assert_eq!(env.under_timeout(&[command]).run().code(), Some(code), "timeout {command:?}");
        }
    }
}

/// execvp(3) gives a file without `#!` to the shell, and goes on in PATH after one it may not execute.
#[test]
fn commands_are_found_as_execvp_finds_them() {
    let env = Env::new();
    let plain = env.script("plain", "echo from the shell\nexit 4\n", 0o755);
    // The bare one goes through env, which uses execvp(3) itself; the standard library's posix_spawnp does not.
    let bare = env.bare(&["env".as_ref(), plain.as_os_str()]).run();
    let ran = env.wrapped(&[plain]).run();
    ran.is_like(&bare, "a script without an interpreter line");
    assert_eq!((ran.text().as_str(), ran.code()), ("from the shell\n", Some(4)));
    for (directory, mode) in [("first", 0o644), ("second", 0o755)] {
        std::fs::create_dir(env.path(directory)).unwrap();
        env.script(&format!("{directory}/lr-tool"), &format!("#!/bin/sh\necho {directory}\n"), mode);
    }
    let path =
        std::env::join_paths([env.path("first"), env.path("second"), "/usr/bin".into(), "/bin".into()]);
    let ran = env.wrapped(&["lr-tool"]).env("PATH", path.unwrap()).run();
    assert_eq!((ran.text().as_str(), ran.code()), ("second\n", Some(0)));
}

/// 127 from a command that ran is not "not found".
#[test]
fn a_command_that_itself_exits_127_was_found() {
    let env = Env::new();
    let ran = env.wrapped(&argv("no-such-command-anywhere")).run();
    assert_eq!(ran.code(), Some(127));
    assert_eq!(env.result()["outcome"], "exited");
    assert!(env.events_named("error").is_empty());
}
