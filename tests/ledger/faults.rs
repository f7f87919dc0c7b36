//! Ledgers that cannot be written: full, read-only, locked, or with something else in a file's place.

use super::harness::{Place, at, info, meta, noon, start};
use super::helper::{Role, helper, whole_run};
use ledger_run::ledger::{AgentLedger, Recorded};
use std::ffi::CString;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Output};

/// Says on standard error that a test was not run; in CI, where everything must be there, it fails instead.
fn not_run(test: &str, why: &str) {
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{test}: {why}");
    eprintln!("NOT RUN: {test}: {why}");
}

/// What stood in the way is gone: the next writer appends everything, in order.
fn replayed(place: &Place, runs: u64) {
    let written = place.ledger().write(&info(noon(100), 0));
    assert!(written.problems.is_empty(), "{:?}", written.problems);
    in_order(place, runs);
}

/// The ledger holds the spooled events of so many runs, in the order they happened.
fn in_order(place: &Place, runs: u64) {
    let lines = place.lines();
    let spooled: Vec<_> = lines.iter().filter(|line| line["data"]["spooled"] == true).collect();
    let events: Vec<_> = spooled.iter().map(|line| line["event"].as_str().unwrap()).collect();
    let expected: Vec<_> = (0..runs).flat_map(|_| ["task_start", "heartbeat", "task_result"]).collect();
    assert_eq!(events, expected);
    let times: Vec<_> = spooled.iter().map(|line| at(line["ts"].as_str().unwrap()).as_millis()).collect();
    assert!(times.is_sorted());
    assert_eq!(place.check(), lines.len() as u64);
}

/// The real `ledger-run` gives the command's result and output although it cannot record.
fn transparent(place: &Place) {
    let output = ledger_run(place);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(7), &b"out\n"[..]));
    let trouble = String::from_utf8_lossy(&output.stderr);
    assert!(trouble.lines().all(|line| line.starts_with("ledger-run: ")) && !trouble.is_empty(), "{trouble}");
}

fn ledger_run(place: &Place) -> Output {
    let config = place.path().join("config/ledger-run");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "[defaults]\nlock_wait = \"50ms\"\n").unwrap();
    Command::new(env!("CARGO_BIN_EXE_ledger-run"))
        .arg("--root")
        .arg(place.root())
        .args(["cls", "--", "sh", "-c", "echo out; exit 7"])
        .env("XDG_STATE_HOME", place.path().join("xdg"))
        .env("XDG_CONFIG_HOME", place.path().join("config"))
        .env_remove("LEDGER_SESSION_ID")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

#[derive(Clone, Copy, Debug)]
enum Obstacle {
    Directory,
    Link,
    DanglingLink,
    Fifo,
}

impl Obstacle {
    fn put(self, path: &Path, outside: &Path) {
        match self {
            Self::Directory => std::fs::create_dir(path).unwrap(),
            Self::Link => symlink(outside.join("precious"), path).unwrap(),
            Self::DanglingLink => symlink(outside.join("new"), path).unwrap(),
            Self::Fifo => {
                let path = CString::new(path.as_os_str().as_encoded_bytes()).unwrap();
                nix::unistd::mkfifo(path.as_c_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
            }
        }
    }

    fn remove(self, path: &Path) {
        match self {
            Self::Directory => std::fs::remove_dir_all(path).unwrap(),
            _ => std::fs::remove_file(path).unwrap(),
        }
    }
}

#[test]
fn nothing_is_written_through_what_stands_in_a_files_place() {
    for obstacle in [Obstacle::Directory, Obstacle::Link, Obstacle::DanglingLink, Obstacle::Fifo] {
        for name in ["2025-11-16.jsonl", ".lock"] {
            let place = Place::new();
            std::fs::create_dir_all(place.dir()).unwrap();
            let outside = place.path().join("outside");
            std::fs::create_dir(&outside).unwrap();
            std::fs::write(outside.join("precious"), "content").unwrap();
            let path = place.dir().join(name);
            obstacle.put(&path, &outside);
            assert_eq!(whole_run(place.path(), 1), Recorded::Spool, "{obstacle:?} as {name}");
            if name == ".lock" {
                transparent(&place);
            }
            assert_eq!(std::fs::read(outside.join("precious")).unwrap(), b"content");
            assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
            obstacle.remove(&path);
            replayed(&place, 1);
        }
    }
}

#[test]
fn an_agent_directory_that_is_a_link_is_not_entered() {
    let place = Place::new();
    let outside = place.path().join("outside");
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::create_dir_all(place.root().join("g/ledger")).unwrap();
    symlink(&outside, place.dir()).unwrap();
    assert_eq!(whole_run(place.path(), 1), Recorded::Spool);
    transparent(&place);
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
    std::fs::remove_file(place.dir()).unwrap();
    replayed(&place, 1);
}

/// A stopped process; it would outlive a failed test.
struct Stopped(Child);

impl Stopped {
    fn end(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.end();
    }
}

#[test]
fn a_lock_held_by_a_stopped_process_delays_but_a_moment() {
    let place = Place::new();
    place.ledger().write(&info(noon(0), 0));
    let mut holder = Stopped(helper(&Role::HoldLock { place: place.path().to_owned() }).spawn().unwrap());
    while !place.path().join("held").exists() {
        std::thread::yield_now();
    }
    assert_eq!(whole_run(place.path(), 1), Recorded::Spool);
    assert_eq!(whole_run(place.path(), 2), Recorded::Spool);
    transparent(&place);
    holder.end();
    replayed(&place, 2);
}

#[test]
fn too_few_descriptors_spool_the_run() {
    for spare in 3..10 {
        let place = Place::new();
        let status =
            helper(&Role::FewDescriptors { place: place.path().to_owned(), spare }).status().unwrap();
        assert!(status.success(), "{spare} descriptors");
        assert!(place.ledger().write(&info(noon(100), 0)).problems.is_empty());
        let lines = place.lines();
        let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
        assert_eq!(events, ["task_start", "heartbeat", "task_result", "info"], "{spare} descriptors");
        assert_eq!(place.check(), 4);
    }
}

#[test]
fn without_permission_the_run_is_spooled() {
    const TEST: &str = "without_permission_the_run_is_spooled";
    let place = Place::new();
    std::fs::create_dir_all(place.dir()).unwrap();
    let mode = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    mode(place.path(), 0o777);
    mode(&place.root(), 0o777);
    mode(&place.dir(), 0o555);
    // root may write everywhere: somebody else has to try.
    let somebody = |role: &Role| {
        let mut command = helper(role);
        if nix::unistd::geteuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        command.status()
    };
    match somebody(&Role::Spooled { place: place.path().to_owned(), number: 1 }) {
        Err(error) => return not_run(TEST, &format!("another user cannot start the test binary: {error}")),
        Ok(status) => assert!(status.success()),
    }
    mode(&place.dir(), 0o777);
    let status = somebody(&Role::Append { place: place.path().to_owned(), count: 1, seed: 1 }).unwrap();
    assert!(status.success());
    in_order(&place, 1);
}

/// Runs a helper where `root` is what `mount` makes of it, in a mount namespace of its own.
fn mounted(place: &Place, role: &Role, mount: &str) -> Option<Output> {
    let helper = helper(role);
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c"]);
    command.arg(format!("{mount} || exit 99; exec \"$@\"")).arg("sh").arg(helper.get_program());
    command.args(helper.get_args()).env("ROOT", place.root()).env("KEPT", place.path().join("kept"));
    for (name, value) in helper.get_envs() {
        command.env(name, value.unwrap());
    }
    let output = command.output().ok()?;
    (output.status.code() != Some(99) && !output.stderr.starts_with(b"unshare: ")).then_some(output)
}

#[test]
fn a_read_only_file_system_spools_the_run() {
    const TEST: &str = "a_read_only_file_system_spools_the_run";
    let place = Place::new();
    place.ledger().write(&info(noon(0), 0));
    let role = Role::Spooled { place: place.path().to_owned(), number: 1 };
    let mount = "mount --bind \"$ROOT\" \"$ROOT\" && mount -o remount,ro,bind \"$ROOT\"";
    match mounted(&place, &role, mount) {
        None => return not_run(TEST, "no mount namespace can be made"),
        Some(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
    }
    replayed(&place, 1);
}

#[test]
fn a_full_file_system_spools_the_run() {
    const TEST: &str = "a_full_file_system_spools_the_run";
    let place = Place::new();
    place.ledger().write(&info(noon(0), 0));
    // A small file system with a copy of the ledger, filled to the last byte; what became of it is copied back.
    let mount = "mkdir -p \"$KEPT\" && cp -a \"$ROOT/.\" \"$KEPT\" && mount -t tmpfs -o size=64k none \"$ROOT\" \
                 && cp -a \"$KEPT/.\" \"$ROOT\" && { cat /dev/zero > \"$ROOT/filler\" 2>/dev/null; true; }";
    let role = Role::Spooled { place: place.path().to_owned(), number: 1 };
    match mounted(&place, &role, mount) {
        None => return not_run(TEST, "no mount namespace can be made"),
        Some(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
    }
    replayed(&place, 1);
}

#[test]
fn what_neither_ledger_nor_state_takes_goes_to_the_temporary_directory() {
    let place = Place::new();
    std::fs::create_dir_all(place.root().join("g/ledger")).unwrap();
    std::fs::write(place.dir(), "not a directory").unwrap();
    std::fs::write(place.path().join("state"), "not a directory either").unwrap();
    assert_eq!(whole_run(place.path(), 1), Recorded::Spool);
    let user = nix::unistd::geteuid();
    let shared = place.path().join(format!("tmp/ledger-run-{user}"));
    assert_eq!(std::fs::metadata(&shared).unwrap().permissions().mode() & 0o777, 0o700);
    std::fs::remove_file(place.dir()).unwrap();
    std::fs::remove_file(place.path().join("state")).unwrap();
    replayed(&place, 1);
}

#[test]
fn when_nothing_takes_an_event_the_problem_says_so() {
    let place = Place::new();
    for name in ["root/g", "state", "tmp"] {
        std::fs::write(place.path().join(name), "not a directory").unwrap();
    }
    assert_eq!(whole_run(place.path(), 1), Recorded::Nowhere);
    let problems = place.ledger().write(&info(noon(0), 0)).problems;
    let last = problems.last().unwrap();
    assert!(last.concerns_record() && last.to_string().contains("1 event(s) lost"), "{problems:?}");
    let strict = place.ledger().begin_strict(&start(noon(0), 1), meta(1));
    assert!(strict.is_err());
}

#[test]
fn a_cut_tail_is_reported_by_the_next_writer() {
    let place = Place::new();
    let ledger = place.ledger();
    for number in 0..3 {
        ledger.write(&info(noon(number), number));
    }
    let text = std::fs::read_to_string(place.day("2025-11-16")).unwrap();
    let first: String = text.split_inclusive('\n').take(2).collect();
    std::fs::write(place.day("2025-11-16"), first).unwrap();
    let problems = AgentLedger::new(place.config()).write(&info(noon(9), 9)).problems;
    assert!(
        problems.iter().any(|problem| problem.to_string().contains("no longer holds line 3")),
        "{problems:?}"
    );
    assert!(place.lines().iter().any(|line| line["data"]["repair"] == "head_missing"));
    // The evidence outlives the newer heads.
    assert_eq!(place.ledger().mirrored().missing[0].seq, 3);
    assert!(place.ledger().write(&info(noon(10), 10)).problems.is_empty());
}
