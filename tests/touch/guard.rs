//! The command must not suffer: whatever happens to the recorder, what it watches goes on.

use super::harness::{GRACE, Place, changes, exact_works, find, not_run, run, run_with_grace, sh, spec};
use crate::harness::{eventually, state};
use ledger_run::touch::{TouchMode, TouchSpec, prepare};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PLACE: &str = "LEDGER_TOUCH_RECORDER";

/// A recorder in a process of its own, running a program in `place` that a test can then kill or stop.
pub(crate) fn recorder(place: &Path, program: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["touch::guard::records_when_told", "--exact", "--test-threads=1", "--quiet"]);
    command.env(PLACE, place).env("LEDGER_TOUCH_PROGRAM", program).stdout(Stdio::null()).stdin(Stdio::null());
    command
}

/// Does nothing unless started by [`recorder`].
#[test]
fn records_when_told() {
    let Some(place) = std::env::var_os(PLACE) else { return };
    let program = std::env::var("LEDGER_TOUCH_PROGRAM").unwrap();
    let spec = spec(TouchMode::Exact, Path::new(&place));
    let (status, report) = run_with_grace(spec, &mut sh(&program), Duration::from_millis(50));
    let complete = if report.data.complete { "complete" } else { "not complete" };
    let text = format!(
        "{status} {:?} {complete} {:?} {}",
        report.data.method,
        report.data.reason,
        report.files_touched.join(" ")
    );
    std::fs::write(Path::new(&place).join("report"), text).unwrap();
}

fn wait_for(path: &Path) {
    eventually(&path.display().to_string(), || path.exists().then_some(()));
}

/// Writes and renames files until told to end, then says whether anything failed.
const HAMMER: &str = "i=0; while [ ! -e stop ]; do i=$((i+1)); echo $i > f$((i%50)) || echo failed >> failures; \
    mv f$((i%50)) g$((i%50)) || echo failed >> failures; [ $i = 20 ] && : > going; done; : > done";

#[test]
fn a_recorder_killed_at_any_moment_takes_nothing_with_it() {
    if !exact_works("a_recorder_killed_at_any_moment_takes_nothing_with_it") {
        return;
    }
    for round in 0..10 {
        let place = Place::new();
        let mut recorder = recorder(place.path(), HAMMER).spawn().unwrap();
        wait_for(&place.at("going"));
        // Somewhere else in the course of a call each time.
        let until = Instant::now() + Duration::from_micros(137 * round);
        while Instant::now() < until {}
        recorder.kill().unwrap();
        assert_eq!(recorder.wait().unwrap().signal(), Some(9));
        place.write("stop", "");
        wait_for(&place.at("done"));
        assert!(!place.at("failures").exists(), "round {round}");
    }
}

#[test]
fn a_stopped_recorder_does_not_freeze_the_command() {
    if !exact_works("a_stopped_recorder_does_not_freeze_the_command") {
        return;
    }
    let place = Place::new();
    let mut recorder = recorder(place.path(), HAMMER).spawn().unwrap();
    wait_for(&place.at("going"));
    let pid = Pid::from_raw(recorder.id().cast_signed());
    kill(pid, Signal::SIGSTOP).unwrap();
    // The signal is on its way to each of the recorder's threads, and a call answered meanwhile proves nothing.
    eventually("the recorder to stop", || (state(pid.as_raw()) == Some('T')).then_some(()));
    place.write("stop", "");
    wait_for(&place.at("done"));
    kill(pid, Signal::SIGCONT).unwrap();
    assert!(recorder.wait().unwrap().success());
    assert!(!place.at("failures").exists());
    let report = std::fs::read_to_string(place.at("report")).unwrap();
    assert!(report.contains("while the recorder was stopped"), "{report}");
}

#[test]
fn a_daemon_goes_on_after_the_recorder_has_gone() {
    if !exact_works("a_daemon_goes_on_after_the_recorder_has_gone") {
        return;
    }
    let place = Place::new();
    let program = "(while [ ! -e go ]; do read -r x < ticks || exit 0; done; echo late > written && : > done) > /dev/null 2>&1 & \
        echo early > early";
    assert!(Command::new("mkfifo").arg(place.at("ticks")).status().unwrap().success());
    assert!(recorder(place.path(), program).status().unwrap().success());
    let report = std::fs::read_to_string(place.at("report")).unwrap();
    assert!(report.contains("processes the command left behind"), "{report}");
    place.write("go", "");
    std::fs::write(place.at("ticks"), "tick\n").unwrap();
    wait_for(&place.at("done"));
    assert_eq!(std::fs::read_to_string(place.at("written")).unwrap(), "late\n");
}

#[test]
fn the_guard_holds_none_of_our_pipes() {
    if !exact_works("the_guard_holds_none_of_our_pipes") {
        return;
    }
    let place = Place::new();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let program =
        "exec > /dev/null; (while [ ! -e go ]; do read -r x < ticks || exit 0; done) > /dev/null 2>&1 & :";
    assert!(Command::new("mkfifo").arg(place.at("ticks")).status().unwrap().success());
    let mut command = recorder(place.path(), program);
    command.stdout(writer);
    assert!(command.status().unwrap().success());
    drop(command);
    // Ends only when nobody holds the other end.
    let mut text = String::new();
    std::io::Read::read_to_string(&mut reader, &mut text).unwrap();
    place.write("go", "");
    std::fs::write(place.at("ticks"), "tick\n").unwrap();
}

#[test]
fn a_command_that_does_not_exist_leaves_nothing_behind() {
    let place = Place::new();
    let mut prepared = prepare(spec(TouchMode::Exact, place.path()));
    let guard = prepared.guard_pid();
    let mut command = Command::new(place.at("absent"));
    if let Some(hook) = prepared.child_hook() {
        with_hook(&mut command, hook);
    }
    assert_eq!(command.spawn().unwrap_err().kind(), std::io::ErrorKind::NotFound);
    drop(prepared);
    let Some(guard) = guard else { return };
    eventually("the guard to go", || state(guard).is_none_or(|state| state == 'Z').then_some(()));
}

#[test]
fn the_guard_does_not_look_like_the_recorder() {
    if !exact_works("the_guard_does_not_look_like_the_recorder") {
        return;
    }
    let place = Place::new();
    assert!(Command::new("mkfifo").arg(place.at("go")).status().unwrap().success());
    let mut prepared = prepare(spec(TouchMode::Exact, place.path()));
    let guard = prepared.guard_pid().unwrap();
    let mut command = sh("read -r line < go");
    with_hook(command.current_dir(place.path()), prepared.child_hook().unwrap());
    let mut child = command.spawn().unwrap();
    let running = prepared.spawned(child.id().cast_signed());
    // Whoever kills by what `ps` shows must not find it.
    let shown = || std::fs::read(format!("/proc/{guard}/cmdline")).unwrap();
    eventually("an empty command line", || shown().iter().all(|byte| *byte == 0).then_some(()));
    assert_eq!(std::fs::read_to_string(format!("/proc/{guard}/comm")).unwrap(), "ledger-guard\n");
    std::fs::write(place.at("go"), "go\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert!(running.finish(GRACE).data.complete);
}

#[expect(unsafe_code, reason = "the hook runs between fork and exec")]
fn with_hook(command: &mut Command, hook: ledger_run::touch::session::ChildHook) {
    // SAFETY: the hook makes only async-signal-safe calls.
    unsafe { command.pre_exec(hook) };
}

#[test]
fn inside_another_recorder_the_outer_one_records() {
    if !exact_works("inside_another_recorder_the_outer_one_records") {
        return;
    }
    let place = Place::new();
    let inner = place.at("inner");
    std::fs::create_dir(&inner).unwrap();
    let command = recorder(&inner, "echo x > made");
    let mut outer = Command::new(command.get_program());
    outer.args(command.get_args()).stdout(Stdio::null());
    for (name, value) in command.get_envs() {
        outer.env(name, value.unwrap());
    }
    let (status, report) = run(spec(TouchMode::Exact, place.path()), &mut outer);
    assert!(status.success());
    let said = std::fs::read_to_string(inner.join("report")).unwrap();
    assert!(said.contains("Snapshot") && said.contains("somebody around us records"), "{said}");
    assert!(changes(&report).contains(&"Created inner/made".to_owned()), "{:?}", changes(&report));
}

#[test]
fn signals_during_trapped_calls_are_no_errors() {
    let test = "signals_during_trapped_calls_are_no_errors";
    if find("python3").is_none() {
        return not_run(test, "python3 is not installed");
    }
    if !exact_works(test) {
        return;
    }
    // Python restarts interrupted calls itself, so ask the C library.
    let program = "import ctypes, os, signal\n\
        signal.signal(signal.SIGALRM, lambda *_: None); signal.siginterrupt(signal.SIGALRM, False)\n\
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)\n\
        libc = ctypes.CDLL(None, use_errno=True); bad = 0\n\
        for n in range(3000):\n\
        \x20   fd = libc.open(b'f%d' % (n % 7), os.O_WRONLY | os.O_CREAT, 0o644)\n\
        \x20   bad += fd < 0\n\
        \x20   libc.close(fd)\n\
        signal.setitimer(signal.ITIMER_REAL, 0)\n\
        raise SystemExit(bad > 0)\n";
    let place = Place::new();
    let (status, report) =
        run(spec(TouchMode::Exact, place.path()), Command::new("python3").args(["-c", program]));
    assert!(status.success());
    assert_eq!(changes(&report).len(), 7, "{:?}", report.data);
}

/// Lets nobody use sudo, in a mount namespace that only the program after it can see.
const WITH_SUDO: &str = "mount --bind sudoers /etc/sudoers && exec runuser -u nobody -- \"$@\"";

#[test]
fn auto_leaves_sudo_alone() {
    let test = "auto_leaves_sudo_alone";
    if !nix::unistd::geteuid().is_root() {
        return not_run(test, "only root can become an ordinary user to try it");
    }
    for program in ["sudo", "runuser", "unshare"] {
        if find(program).is_none() {
            return not_run(test, &format!("{program} is not installed"));
        }
    }
    let place = Place::new();
    place.write("sudoers", "nobody ALL=(ALL) NOPASSWD: ALL\n");
    let modes = "chmod 777 . && chmod 440 sudoers && mkdir --mode=777 tmp";
    assert!(sh(modes).current_dir(place.path()).status().unwrap().success());
    let exe = place.at("tests");
    std::fs::copy(std::env::current_exe().unwrap(), &exe).unwrap();
    let as_nobody = |program: &[&std::ffi::OsStr], mode: &str| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "/bin/sh", "-c", WITH_SUDO, "sh"]).args(program);
        command.env("LEDGER_TOUCH_SUDO", mode).env("TMPDIR", place.at("tmp")).current_dir(place.path());
        let output = command.output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let bare = as_nobody(&["sudo", "-n", "id", "-u"].map(std::ffi::OsStr::new), "");
    if bare != "0\n" {
        return not_run(test, &format!("sudo does not work here at all: {bare}"));
    }
    let asking = [exe.as_os_str()].into_iter().chain(
        ["touch::guard::asks_sudo_when_told", "--exact", "--nocapture", "--test-threads=1"]
            .map(std::ffi::OsStr::new),
    );
    let asking: Vec<_> = asking.collect();
    let auto = as_nobody(&asking, "auto");
    assert!(auto.contains("user 0 by Snapshot"), "{auto}");
    // What auto avoids; if this fails, auto could be exact.
    let exact = as_nobody(&asking, "exact");
    assert!(exact.contains("no new privileges") && exact.contains("user  by Exact"), "{exact}");
}

/// Does nothing unless started by [`auto_leaves_sudo_alone`].
#[test]
fn asks_sudo_when_told() {
    let Ok(mode) = std::env::var("LEDGER_TOUCH_SUDO") else { return };
    let place = Place::new();
    let spec: TouchSpec = spec(mode.parse().unwrap(), place.path());
    let (_, report) = run(spec, &mut sh("sudo -n id -u > user"));
    let user = std::fs::read_to_string(place.at("user")).unwrap();
    eprintln!("user {} by {:?}", user.trim(), report.data.method);
}

#[test]
fn grace_ends_early_when_everybody_has_ended() {
    if !exact_works("grace_ends_early_when_everybody_has_ended") {
        return;
    }
    let place = Place::new();
    let (_, report) =
        run_with_grace(spec(TouchMode::Exact, place.path()), &mut sh("(echo x > a) & wait"), GRACE * 6);
    assert_eq!(changes(&report), ["Created a"]);
    assert!(report.data.complete);
}
