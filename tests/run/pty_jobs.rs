//! Job control: a shell with a job in its terminal, and a shell inside.

use crate::harness::{Env, Typist, argv, eventually, in_front, state, tool};

/// An interactive bash in a terminal, with `./bare` and `./wrapped`, which run their arguments in the two ways.
fn shell(env: &Env) -> Typist {
    env.script("bare", "#!/bin/sh\nexec \"$@\"\n", 0o755);
    let wrapped = format!("#!/bin/sh\nexec {} x -- \"$@\"\n", env!("CARGO_BIN_EXE_ledger-run"));
    env.script("wrapped", &wrapped, 0o755);
    let launch = env.bare(&["bash", "--norc", "--noprofile", "--noediting", "-i"]);
    let mut typist = launch.env("PS1", "> ").env("HISTFILE", "").in_terminal();
    typist.sees("> ");
    typist
}

/// Types a line to whoever reads now. A shell must have asked for it: a prompt in the middle of the echo would make it
/// unreadable.
fn enter(typist: &mut Typist, line: &str) {
    typist.types(&format!("{line}\r"));
    typist.sees(&format!("{line}\r\n"));
}

fn has_bash(test: &str) -> bool {
    tool(test, "bash", "--version")
}

#[test]
fn a_plain_command_stops_goes_on_behind_and_in_front_and_ends() {
    if !has_bash("job control of a plain command") {
        return;
    }
    for way in ["./bare", "./wrapped"] {
        let env = Env::new();
        let mut typist = shell(&env);
        let prompt = typist.modes();
        enter(&mut typist, &format!("{way} sh -c 'echo ready; exec sleep 100'"));
        typist.sees("ready\r\n");
        typist.types("\x1a");
        typist.sees("Stopped");
        typist.sees("> ");
        assert!(typist.modes() == prompt, "{way}: stopped, the terminal is the shell's");
        let sleep = env.pids_of("sleep 100").pop().unwrap();
        assert_eq!(state(sleep), Some('T'), "{way}");
        enter(&mut typist, "bg");
        typist.sees("> ");
        eventually("it to run", || (state(sleep) == Some('S')).then_some(()));
        assert!(typist.modes() == prompt, "{way}: behind, the terminal is the shell's");
        enter(&mut typist, "jobs");
        typist.sees("Running");
        typist.sees("> ");
        enter(&mut typist, "fg");
        typist.sees("sleep 100'\r\n");
        // Of the shell's terminal. Wrapped, the first of these processes is ledger-run.
        eventually("it to be in front", || in_front(env.pids_of("sleep 100")[0]).then_some(()));
        typist.types("\x1a");
        typist.sees("Stopped");
        typist.sees("> ");
        enter(&mut typist, "fg");
        typist.sees("sleep 100'\r\n");
        eventually("it to be in front", || in_front(env.pids_of("sleep 100")[0]).then_some(()));
        typist.types("\x03");
        typist.sees("> ");
        enter(&mut typist, "echo status $?");
        typist.sees("status 130");
        typist.types("exit\r");
        assert_eq!(typist.ends().code(), Some(0));
        env.nobody_is_left();
        if way == "./wrapped" {
            let result = env.result();
            assert_eq!(result["signal"], "SIGINT");
            assert!(result["stopped_sec"].as_f64().unwrap() > 0.0, "{result}");
        }
    }
}

/// The process between us and the command is slow to bring it to the front: keys wait for that.
#[test]
fn a_key_before_the_command_is_in_front_again_is_not_lost() {
    if !has_bash("a key right after fg") {
        return;
    }
    let env = Env::new();
    let mut typist = shell(&env);
    let prompt = typist.modes();
    enter(&mut typist, "./wrapped sh -c 'echo ready; exec sleep 100'");
    typist.sees("ready\r\n");
    typist.types("\x1a");
    typist.sees("> ");
    let sleep = env.pids_of("sleep 100").pop().unwrap();
    enter(&mut typist, "bg");
    typist.sees("> ");
    eventually("it to run", || (state(sleep) == Some('S')).then_some(()));
    let [.., monitor, _] = env.pids_of("sleep 100")[..] else { panic!("a monitor is missing") };
    let send = |pid, signal| ledger_run::sys::signal::kill(pid, signal).unwrap();
    send(monitor, ledger_run::sys::signal::Signal::STOP);
    enter(&mut typist, "kill -STOP %1; until jobs | grep -q Stop[p]ed; do sleep 0.01; done; fg");
    typist.finds_modes("raw modes", |modes| *modes != prompt && modes != typist.first_modes());
    typist.types("\x03");
    eventually("the monitor to stand still", || (state(monitor) == Some('T')).then_some(()));
    send(monitor, ledger_run::sys::signal::Signal::CONT);
    typist.sees("> ");
    enter(&mut typist, "echo status $?");
    typist.sees("status 130");
    typist.types("exit\r");
    typist.ends();
}

#[test]
fn a_shell_inside_controls_its_own_jobs() {
    if !has_bash("job control of a shell inside") {
        return;
    }
    for way in ["./bare", "./wrapped"] {
        let env = Env::new();
        let mut typist = shell(&env);
        let prompt = typist.modes();
        enter(&mut typist, &format!("PS1='in ' {way} bash --norc --noprofile --noediting -i"));
        typist.sees("in ");
        enter(&mut typist, "sh -c 'echo ready; exec sleep 100'");
        typist.sees("ready\r\n");
        typist.types("\x1a");
        typist.sees("Stopped");
        typist.sees("in ");
        let sleep = env.pids_of("sleep 100").pop().unwrap();
        enter(&mut typist, "bg; jobs");
        typist.sees("Running");
        typist.sees("in ");
        enter(&mut typist, "fg");
        typist.sees("sleep 100'\r\n");
        eventually("it to be in front", || in_front(sleep).then_some(()));
        typist.types("\x03");
        typist.sees("in ");
        enter(&mut typist, "echo status $?");
        typist.sees("status 130");
        // The shell itself is a job too.
        enter(&mut typist, "suspend");
        typist.sees("Stopped");
        typist.sees("> ");
        enter(&mut typist, "fg");
        typist.sees("in ");
        typist.types("exit 5\r");
        typist.sees("> ");
        enter(&mut typist, "echo status $?");
        typist.sees("status 5");
        assert!(typist.modes() == prompt, "{way}");
        typist.types("exit\r");
        assert_eq!(typist.ends().code(), Some(0));
        env.nobody_is_left();
    }
}

#[test]
fn started_behind_it_waits_when_it_wants_to_read() {
    if !has_bash("a background start") {
        return;
    }
    for way in ["./bare", "./wrapped"] {
        let env = Env::new();
        let mut typist = shell(&env);
        let prompt = typist.modes();
        enter(&mut typist, &format!("{way} sh -c 'echo started; read line; echo got $line; exit 4' &"));
        // The shell does not wait for it with its prompt.
        typist.sees_both("started\r", "> ");
        assert!(typist.modes() == prompt, "{way}");
        // Wrapped, the first of these processes is ledger-run.
        let job = env.pids_of("got $line")[0];
        eventually("it to wait for the terminal", || (state(job) == Some('T')).then_some(()));
        // The shell hears of it a moment later. What is typed must not look like the answer.
        enter(&mut typist, "until jobs | grep -q Stop[p]ed; do sleep 0.01; done; jobs");
        typist.sees("Stopped");
        typist.sees("> ");
        enter(&mut typist, "fg");
        typist.sees("exit 4'\r\n");
        enter(&mut typist, "typed");
        typist.sees("got typed\r\n");
        typist.sees("> ");
        enter(&mut typist, "echo status $?");
        typist.sees("status 4");
        typist.types("exit\r");
        typist.ends();
    }
}

/// A pager's keyboard is the terminal, whatever its input is.
#[test]
fn in_a_pipeline_the_terminal_is_whose_it_would_be() {
    if !has_bash("a pipeline") {
        return;
    }
    for way in ["./bare", "./wrapped"] {
        let env = Env::new();
        let mut typist = shell(&env);
        // The last of the pipeline reads the keyboard, ours does not.
        enter(&mut typist, &format!("{way} echo piped | sh -c 'cat; read line </dev/tty; echo got $line'"));
        typist.sees("piped\r");
        enter(&mut typist, "one");
        typist.sees("got one\r");
        typist.sees("> ");
        // Ours reads it, with its output in a pipe.
        enter(&mut typist, &format!("{way} sh -c 'read line </dev/tty; echo got $line' | cat"));
        // Wrapped, what it says has another way to the screen than what is typed.
        typist.types("two\r");
        typist.sees("got two\r");
        // Ctrl-C ends all of it.
        typist.sees("> ");
        enter(&mut typist, &format!("{way} sh -c 'echo ready >&2; exec sleep 100' | cat"));
        typist.sees("ready\r");
        typist.types("\x03");
        typist.sees("> ");
        enter(&mut typist, "echo status ${PIPESTATUS[0]}");
        typist.sees("status 130");
        typist.sees("> ");
        // So does Ctrl-Z stop it.
        enter(&mut typist, &format!("{way} sh -c 'echo ready >&2; exec sleep 100' | cat"));
        typist.sees("ready\r");
        typist.types("\x1a");
        typist.sees("Stopped");
        let sleep = env.pids_of("sleep 100").pop().unwrap();
        assert_eq!(state(sleep), Some('T'), "{way}");
        typist.sees("> ");
        enter(&mut typist, "kill -9 %1");
        // It would not exit while it has not seen that the job is gone.
        typist.types("exec true\r");
        typist.ends();
        env.nobody_is_left();
    }
}

#[test]
fn a_stop_that_nobody_sees_stops_nothing() {
    let env = Env::new();
    // We lead the session: our group is orphaned, and the kernel discards the stop.
    let mut typist = env.wrapped(&argv("echo ready; read line; echo got $line")).in_terminal();
    typist.sees("ready");
    typist.types("\x1a");
    typist.types("on\r");
    typist.sees("got on\r\n");
    assert_eq!(typist.ends().code(), Some(0));
}
