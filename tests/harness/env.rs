//! A place of its own for one test: home, root, temporary directory, and an environment with nothing else in it.

use super::launch::Launch;
use super::need::tool;
use super::tap::eventually;

use super::tree::{generation, marked};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// The agent of all runs whose agent does not matter.
const AGENT: &str = "x";

/// One test's place. Processes started in it carry its mark, and whatever is left of them is killed with it.
pub(crate) struct Env {
    temp: tempfile::TempDir,
    mark: String,
}

impl Env {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let temp = tempfile::tempdir().unwrap();
        for directory in ["home", "tmp", "work"] {
            fs::create_dir(temp.path().join(directory)).unwrap();
        }
        let mark = format!("TEST_MARK={}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self { temp, mark }
    }

    /// `name` in the working directory of the commands.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join("work").join(name)
    }

    /// The ledger's root; not made yet.
    pub(crate) fn root(&self) -> PathBuf {
        self.temp.path().join("root")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.temp.path().join("home")
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn script(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.write(name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    /// A FIFO for commands to wait at.
    pub(crate) fn fifo(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        path
    }

    /// Lets whoever reads `fifo` go on.
    pub(crate) fn open_gate(&self, fifo: &str) {
        use std::io::Write as _;
        let path = self.path(fifo);
        // Opened for both, so that this never waits for the reader: it may be gone if something is wrong.
        let mut gate = fs::File::options().read(true).write(true).open(path).unwrap();
        gate.write_all(b"go\n").unwrap();
        eventually("the gate's reader", || {
            let waiting = ledger_run::sys::pipe::readable_bytes(std::os::fd::AsFd::as_fd(&gate));
            (waiting == 0).then_some(())
        });
    }

    /// The command itself.
    pub(crate) fn bare(&self, argv: &[impl AsRef<OsStr>]) -> Launch {
        let mut command = Command::new(argv[0].as_ref());
        command.args(&argv[1..]).current_dir(self.path("")).env_clear();
        if let Some(zone) = std::env::var_os("TZ") {
            command.env("TZ", zone);
        }
        command.env("PATH", search_path());
        let (name, value) = self.mark.split_once('=').unwrap();
        command.env(name, value).env("LC_ALL", "C").env("HOME", self.home());
        command.env("TMPDIR", self.temp.path().join("tmp")).env("LEDGER_ROOT", self.root());
        Launch::new(command)
    }

    /// `ledger-run` with these arguments.
    pub(crate) fn ledger_run(&self, args: &[impl AsRef<OsStr>]) -> Launch {
        self.bare(&with([env!("CARGO_BIN_EXE_ledger-run")], args))
    }

    /// The command behind `ledger-run x --`.
    pub(crate) fn wrapped(&self, argv: &[impl AsRef<OsStr>]) -> Launch {
        self.ledger_run(&with([AGENT, "--"], argv))
    }

    /// The command behind `ledger-run OPTIONS x --`.
    pub(crate) fn with_options(&self, options: &[&str], argv: &[impl AsRef<OsStr>]) -> Launch {
        let options: Vec<OsString> = options.iter().map(OsString::from).collect();
        self.ledger_run(&[options, with([AGENT, "--"], argv)].concat())
    }

    /// The command behind GNU timeout, the oracle of the exit contract.
    pub(crate) fn under_timeout(&self, argv: &[impl AsRef<OsStr>]) -> Launch {
        self.bare(&with(["timeout", "60"], argv))
    }

    /// Whether GNU timeout is there to compare with.
    pub(crate) fn has_timeout(test: &str) -> bool {
        tool(test, "timeout", "--version")
    }

    /// Both the bare command and the wrapped one, started by `launcher`, a shell program that ends in running `"$@"`.
    pub(crate) fn both(&self, launcher: &str, argv: &[impl AsRef<OsStr>]) -> [Launch; 2] {
        let start = ["sh", "-c", launcher, "sh"];
        let wrapped = with([env!("CARGO_BIN_EXE_ledger-run"), AGENT, "--"], argv);
        [self.bare(&with(start, argv)), self.bare(&with(start, &wrapped))]
    }

    /// All events of `agent`, in the order of its ledger.
    pub(crate) fn events_of(&self, agent: &str) -> Vec<Value> {
        let directory = self.root().join("g/ledger").join(agent);
        let mut days: Vec<PathBuf> = fs::read_dir(directory)
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default();
        days.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        days.sort();
        let text: String = days.iter().map(|day| fs::read_to_string(day).unwrap()).collect();
        text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// All events of the agent whose name does not matter.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.events_of(AGENT)
    }

    /// Those of one kind.
    pub(crate) fn events_named(&self, event: &str) -> Vec<Value> {
        self.events().into_iter().filter(|line| line["event"] == event).collect()
    }

    /// `data` of the one result in the ledger.
    pub(crate) fn result(&self) -> Value {
        let mut results = self.events_named("task_result");
        assert_eq!(results.len(), 1, "{results:#?}");
        results.remove(0)["data"].take()
    }

    pub(crate) fn status_of(&self, agent: &str) -> Value {
        let path = self.root().join("agents").join(agent).join("status.json");
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    pub(crate) fn status(&self) -> Value {
        self.status_of(AGENT)
    }

    /// Live processes that were started here: pid and command line.
    pub(crate) fn processes(&self) -> Vec<(i32, String)> {
        marked(&self.mark)
    }

    /// Live processes here whose command line holds `part`, parents before their children. The numbers say nothing of
    /// that: they start again at the lowest when the highest is reached.
    pub(crate) fn pids_of(&self, part: &str) -> Vec<i32> {
        let found = self.processes().into_iter().filter(|(_, line)| line.contains(part));
        let mut found: Vec<i32> = found.map(|(pid, _)| pid).collect();
        found.sort_by_key(|pid| generation(*pid));
        found
    }

    /// Waits until nothing that was started here lives any more.
    pub(crate) fn nobody_is_left(&self) {
        let mut left = Vec::new();
        let end = std::time::Instant::now() + super::DEADLINE;
        while std::time::Instant::now() < end {
            left = self.processes();
            if left.is_empty() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        panic!("still alive: {left:?}");
    }
}

impl Drop for Env {
    fn drop(&mut self) {
        for (pid, _) in self.processes() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// Our PATH without the directories we may not look into: with one of those, execvp(3) says EACCES of a command that
/// is nowhere.
fn search_path() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let open = std::env::split_paths(&path).filter(|directory| fs::read_dir(directory).is_ok());
    std::env::join_paths(open).unwrap()
}

fn with<const N: usize>(first: [&str; N], rest: &[impl AsRef<OsStr>]) -> Vec<OsString> {
    first.iter().map(OsString::from).chain(rest.iter().map(|arg| arg.as_ref().to_owned())).collect()
}

/// `sh -c program`.
pub(crate) fn argv(program: &str) -> [OsString; 3] {
    ["sh".into(), "-c".into(), program.into()]
}

/// Files below `directory`, none if it is not there.
pub(crate) fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).map_or(true, |mut entries| entries.next().is_none())
}
