//! Processes that write to a ledger and die: this test binary, started again with a role.

use super::harness::{config_at, draft, info, meta, noon, result, run_id};
use ledger_run::ledger::record::EventKind;
use ledger_run::ledger::{AgentLedger, FaultHook, Point, Recorded, RunEnd};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

const ROLE: &str = "LEDGER_TEST_ROLE";

/// What a helper process does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Role {
    /// Appends `count` events as fast as it can.
    Append { place: PathBuf, count: u64, seed: u64 },
    /// One whole run, dying on the way.
    Run { place: PathBuf, number: u64, death: Death },
    /// Takes the agent's lock, says so on standard output and stops.
    HoldLock { place: PathBuf },
    /// One whole run with only so many descriptors left.
    FewDescriptors { place: PathBuf, spare: u64 },
    /// One whole run, expecting its events to be spooled; its start is a long line.
    Spooled { place: PathBuf, number: u64 },
}

/// When a helper dies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Death {
    /// When somebody kills it, if ever.
    External,
    /// At the n-th point of the protocol it passes.
    AtPoint(u64),
    /// While writing its n-th line, after so many thousandths of it.
    InWrite { line: u64, thousandths: u64 },
    /// Never, but its n-th line finds the disk full after so many thousandths, and it dies at a later point.
    DiskFull { line: u64, thousandths: u64, point: u64 },
}

/// A command that runs `role` in a process of its own.
pub(crate) fn helper(role: &Role) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "ledger::helper::play_a_role", "--nocapture", "--test-threads=1", "--quiet"])
        .env(ROLE, serde_json::to_string(role).unwrap())
        .stdout(std::process::Stdio::null())
        .stdin(std::process::Stdio::null());
    command
}

/// Does nothing as a test; it is where [`helper`] processes begin.
#[test]
fn play_a_role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    match serde_json::from_str(&role).unwrap() {
        Role::Append { place, count, seed } => append(&place, count, seed),
        Role::Run { place, number, death } => run(&place, number, death),
        Role::HoldLock { place } => hold_lock(&place),
        Role::FewDescriptors { place, spare } => few_descriptors(&place, spare),
        Role::Spooled { place, number } => assert_eq!(long_run(&place, number, 9000), Recorded::Spool),
    }
}

fn append(place: &Path, count: u64, seed: u64) {
    let ledger = AgentLedger::new(config_at(place));
    for number in 0..count {
        let written = ledger.write(&info(noon(0), seed * 1_000_000 + number));
        assert!(written.problems.is_empty(), "{:?}", written.problems);
    }
}

/// Begins a run, sends a heartbeat and ends it; says where its events are.
pub(crate) fn whole_run(place: &Path, number: u64) -> Recorded {
    long_run(place, number, 0)
}

fn long_run(place: &Path, number: u64, filler: usize) -> Recorded {
    let mut config = config_at(place);
    config.lock_wait = Duration::from_millis(50);
    let data = json!({"run_id": run_id(number), "argv": ["true"], "filler": "x".repeat(filler)});
    let begun =
        AgentLedger::new(config).begin(&draft(noon(number), EventKind::TaskStart, &data), meta(number));
    let mut run = begun.run;
    run.append(&draft(noon(number), EventKind::Heartbeat, &json!({"run_id": run_id(number)})));
    run.finish(&[result(noon(number), number)], &RunEnd { at: noon(number), failed: None });
    begun.recorded
}

fn run(place: &Path, number: u64, death: Death) {
    let hook = Arc::new(Dying { death, points: AtomicU64::new(0), lines: AtomicU64::new(0) });
    let ledger = AgentLedger::with_hook(config_at(place), hook);
    let filler = "x".repeat(usize::try_from(number % 7 * 3000).unwrap());
    let data = json!({"run_id": run_id(number), "argv": ["true"], "filler": filler});
    let begun = ledger.begin(&draft(noon(number), EventKind::TaskStart, &data), meta(number));
    let mut run = begun.run;
    run.append(&draft(noon(number), EventKind::Heartbeat, &json!({"run_id": run_id(number)})));
    run.finish(&[result(noon(number), number)], &RunEnd { at: noon(number), failed: None });
}

fn die() -> ! {
    kill(Pid::this(), Signal::SIGKILL).unwrap();
    unreachable!("SIGKILL cannot be survived")
}

struct Dying {
    death: Death,
    points: AtomicU64,
    lines: AtomicU64,
}

impl FaultHook for Dying {
    fn reached(&self, _point: Point) {
        let passed = self.points.fetch_add(1, Relaxed);
        match self.death {
            Death::AtPoint(point) | Death::DiskFull { point, .. } if point == passed => die(),
            _ => {}
        }
    }

    fn write(&self, mut file: &File, line: &[u8]) -> Option<io::Result<usize>> {
        let passed = self.lines.fetch_add(1, Relaxed);
        let part = |thousandths: u64| &line[..line.len() * usize::try_from(thousandths).unwrap() / 1000];
        match self.death {
            Death::InWrite { line, thousandths } if line == passed => {
                file.write_all(part(thousandths)).unwrap();
                die()
            }
            Death::DiskFull { line, thousandths, .. } if line == passed => {
                Some(file.write_all(part(thousandths)).map(|()| part(thousandths).len()))
            }
            _ => None,
        }
    }
}

fn hold_lock(place: &Path) {
    let dir = config_at(place).root.join("g/ledger/cls");
    let lock = File::options().write(true).open(dir.join(".lock")).unwrap();
    lock.lock().unwrap();
    std::fs::write(place.join("held"), "").unwrap();
    kill(Pid::this(), Signal::SIGSTOP).unwrap();
    // Another thread may take the signal first; this one must not return and so drop the lock.
    loop {
        std::thread::park();
    }
}

fn few_descriptors(place: &Path, spare: u64) {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let open = std::fs::read_dir("/dev/fd").unwrap().count() as u64 - 1;
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, open + spare, hard).unwrap();
    let recorded = whole_run(place, 1);
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    assert!(recorded > Recorded::Nowhere);
}
