//! Signals on their way in, out, and around the command.

use crate::harness::{Env, Launch, Running, argv, eventually, missing, state, tool};
use nix::libc;
use std::time::{Duration, Instant};

/// A shell that says `ready`, then waits until a signal makes it exit 7. No process of its own outlives it.
fn trapping(signal: i32) -> String {
    format!(
        "trap 'echo got {signal}; kill -9 $waiter; exit 7' {signal}; sleep 100 & waiter=$!; echo ready; wait; wait"
    )
}

#[test]
fn a_signal_to_the_wrapper_is_one_to_the_command() {
    let realtime = libc::SIGRTMIN() + 1;
    for signal in
        [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGUSR1, libc::SIGUSR2, libc::SIGQUIT, realtime]
    {
        let env = Env::new();
        let send = |launch: Launch| {
            let running = launch.start();
            running.says("ready\n");
            running.signal(signal);
            running.finish()
        };
        let bare = send(env.bare(&argv(&trapping(signal))));
        let wrapped = send(env.wrapped(&argv(&trapping(signal))));
        wrapped.is_like(&bare, &format!("signal {signal}"));
        assert_eq!((bare.code(), bare.text()), (Some(7), format!("ready\ngot {signal}\n")));
        assert_eq!(env.result()["exit_code"], 7);
        env.nobody_is_left();
    }
}

/// Nobody catches it: the command dies of it, and so do we.
#[test]
fn a_signal_nobody_traps_ends_both() {
    let env = Env::new();
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGUSR1] {
        let running = env.wrapped(&argv("echo ready; exec sleep 100")).start();
        running.says("ready\n");
        eventually("sleep to run", || (!env.pids_of("sleep 100").is_empty()).then_some(()));
        running.signal(signal);
        assert_eq!(running.finish().signal(), Some(signal));
    }
    env.nobody_is_left();
}

/// Mask and dispositions as the command finds them.
#[test]
fn the_command_gets_the_signals_we_were_given() {
    let dispositions = ["grep", "^Sig[BIC]", "/proc/self/status"];
    let env = Env::new();
    for options in [
        "",
        "--ignore-signal=HUP --ignore-signal=INT --ignore-signal=QUIT",
        "--ignore-signal=PIPE",
        "--ignore-signal=CHLD",
        "--block-signal=TERM --block-signal=USR1 --block-signal=CHLD",
        "--ignore-signal --block-signal",
    ] {
        let launcher = format!(r#"exec env {options} "$@""#);
        if !tool("signals given", "env", "--ignore-signal") {
            return;
        }
        let [bare, wrapped] = env.both(&launcher, &dispositions).map(Launch::run);
        assert_eq!(bare.text().lines().count(), 3, "{}", bare.complaint());
        wrapped.is_like(&bare, options);
    }
}

/// What `nohup` does: the wrapper must outlive the hang-up because its command does.
#[test]
fn an_ignored_signal_is_ignored() {
    let env = Env::new();
    env.fifo("gate");
    let [_, wrapped] = env.both(r#"trap "" HUP; exec "$@""#, &argv("echo ready; read go <gate; exit 3"));
    let running = wrapped.start();
    running.says("ready\n");
    running.signal(libc::SIGHUP);
    env.open_gate("gate");
    assert_eq!(running.finish().code(), Some(3));
}

/// What a command that begins with `echo $$` says.
fn its_pid(running: &Running) -> i32 {
    running.says("\n");
    String::from_utf8(running.stdout.so_far()).unwrap().trim_end().parse().unwrap()
}

#[test]
fn a_stopped_command_stops_us_and_its_time() {
    let env = Env::new();
    env.fifo("gate");
    // Long enough for a busy machine to get to the stop, shorter than the stop lasts.
    let limit = Duration::from_secs(3);
    let running = env
        .with_options(&["--timeout", "3s", "--heartbeat", "0.1s"], &argv("echo $$; read go <gate; exit 3"))
        .start();
    let command = its_pid(&running);
    running.signal(libc::SIGTSTP);
    assert_eq!(running.stops(), nix::sys::signal::Signal::SIGTSTP);
    let stopped = Instant::now();
    match state(command) {
        Some(state) => assert_eq!(state, 'T', "the command is stopped too"),
        None => missing("the state of a stopped command", "there is no /proc"),
    }
    // The time that passes is what is tested here.
    std::thread::sleep(limit + Duration::from_millis(200));
    let beats = env.events_named("heartbeat").len();
    running.signal(libc::SIGCONT);
    // Two of them: whatever was due meanwhile has had its turn before the command may end.
    eventually("heartbeats after the stop", || {
        (env.events_named("heartbeat").len() >= beats + 2).then_some(())
    });
    env.open_gate("gate");
    let stopped = stopped.elapsed().as_secs_f64();
    let ran = running.finish();
    assert_eq!(ran.code(), Some(3), "the timeout waited meanwhile: {}", ran.complaint());
    let data = env.result();
    let [duration, paused] = ["duration_sec", "stopped_sec"].map(|name| data[name].as_f64().unwrap());
    assert!(paused >= limit.as_secs_f64() && paused <= stopped + 1.0, "{paused} of {stopped}");
    assert!(duration + paused <= ran.took.as_secs_f64() + 0.01, "{duration} + {paused} of {:?}", ran.took);
}

/// SIGSTOP to the command alone: we wait, and go on with it.
#[test]
fn a_command_stopped_and_continued_by_others() {
    let env = Env::new();
    env.fifo("gate");
    let running = env.wrapped(&argv("echo $$; read go <gate; exit 3")).start();
    let command = its_pid(&running);
    let send = |number| {
        ledger_run::sys::signal::kill(command, ledger_run::sys::signal::Signal(number)).unwrap();
    };
    send(libc::SIGSTOP);
    if state(command).is_some() {
        eventually("the stop", || (state(command) == Some('T')).then_some(()));
    }
    send(libc::SIGCONT);
    env.open_gate("gate");
    assert_eq!(running.finish().code(), Some(3));
}

/// What the command sends to its parent or to its own group must not come back to it.
#[test]
fn the_commands_own_signals_are_not_echoed() {
    for (target, expected) in [("$PPID", "0"), ("0", "1")] {
        let env = Env::new();
        let program = format!(
            "n=0; trap 'n=$((n+1))' USR1; trap 'echo count $n; kill -9 $waiter; exit 7' USR2
             kill -USR1 {target}
             sleep 100 & waiter=$!; echo sent; while :; do wait; done"
        );
        let running = env.wrapped(&argv(&program)).start();
        running.says("sent\n");
        // Signals are taken in the order of their numbers: when this one arrives the other has been dealt with.
        running.signal(libc::SIGUSR2);
        let ran = running.finish();
        assert_eq!((ran.text(), ran.code()), (format!("sent\ncount {expected}\n"), Some(7)), "to {target}");
        env.nobody_is_left();
    }
}
