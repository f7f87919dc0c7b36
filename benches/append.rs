//! The cost of recording: one append in an empty and in a long ledger, a whole run, 64 processes at once.
//!
//! `cargo bench --bench append`; `LEDGER_BENCH_LINES` sets how long the long ledger is (2,000,000 lines).

use criterion::{BatchSize, Criterion, Throughput, criterion_group};
use ledger_run::base::ids::{RunId, SessionId};
use ledger_run::base::redacted::Redacted;
use ledger_run::base::time::{Clock as _, Timestamp};
use ledger_run::ledger::record::{Draft, EventKind};
use ledger_run::ledger::{AgentLedger, Durability, LedgerConfig, RunEnd, RunMeta, SessionChoice};
use ledger_run::redact::Redactor;
use ledger_run::sys::clock::SystemClock;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

const WORKER: &str = "LEDGER_BENCH_WORKER";
const PROCESSES: u64 = 64;
const EVENTS_EACH: u64 = 500;

fn ledger(place: &Path, durability: Durability) -> AgentLedger {
    AgentLedger::new(LedgerConfig {
        root: place.join("root"),
        state_dir: place.join("state"),
        temp_dir: place.join("tmp"),
        agent: "cls".parse().expect("a valid name"),
        session: SessionChoice::Idle(Duration::from_secs(1800)),
        lock_wait: Duration::from_secs(60),
        durability,
        file_mode: 0o600,
        files: &ledger_run::sys::files::SystemFiles,
    })
}

/// An event of the usual size, about 400 bytes with its link.
fn event(now: Timestamp, kind: EventKind) -> Redacted<Draft> {
    let data = serde_json::json!({"argv": ["cargo", "test"], "cwd": "/home/user/project", "pid": 4242});
    Redactor::default().record(Draft {
        ts: now,
        event: kind,
        task_id: "wo-251116-agents-layout".to_owned(),
        source: "bench".to_owned(),
        summary: "cargo test".to_owned(),
        data: data.as_object().cloned().unwrap_or_default(),
    })
}

fn session() -> SessionId {
    "2025-11-16_cls_001".parse().expect("a valid session")
}

fn fill(ledger: &AgentLedger, lines: u64, event: &Redacted<Draft>) {
    let session = session();
    for _ in 0..lines {
        ledger.append(&session, event).expect("an append");
    }
}

fn one_append(criterion: &mut Criterion) {
    let long: u64 =
        std::env::var("LEDGER_BENCH_LINES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000_000);
    let event = event(SystemClock::new().now(), EventKind::Info);
    let session = session();
    let mut group = criterion.benchmark_group("append");
    for (name, lines) in [("empty", 0), ("long", long), ("empty again", 0)] {
        let place = tempfile::tempdir().expect("a directory");
        let ledger = ledger(place.path(), Durability::Os);
        fill(&ledger, lines, &event);
        group.bench_function(name, |bencher| bencher.iter(|| ledger.append(&session, &event)));
    }
    let place = tempfile::tempdir().expect("a directory");
    let disk = self::ledger(place.path(), Durability::Disk);
    let result = self::event(SystemClock::new().now(), EventKind::TaskResult);
    group.sample_size(10);
    group.bench_function("flushed to disk", |bencher| bencher.iter(|| disk.append(&session, &result)));
    group.finish();
}

fn whole_run(criterion: &mut Criterion) {
    let clock = SystemClock::new();
    let place = tempfile::tempdir().expect("a directory");
    criterion.bench_function("begin and finish, opened anew", |bencher| {
        bencher.iter_batched(
            || ledger(place.path(), Durability::Os),
            |ledger| {
                let now = clock.now();
                let meta = RunMeta { run_id: RunId::new(now), pid: 1, heartbeat: Duration::from_secs(60) };
                let begun = ledger.begin(&event(now, EventKind::TaskStart), meta);
                begun.run.finish(&[event(now, EventKind::TaskResult)], &RunEnd { at: now, failed: None })
            },
            BatchSize::PerIteration,
        );
    });
}

fn crowd(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("crowd");
    group.sample_size(10).throughput(Throughput::Elements(PROCESSES * EVENTS_EACH));
    group.bench_function("64 processes, one agent", |bencher| {
        bencher.iter_custom(|rounds| (0..rounds).map(|_| one_crowd()).sum());
    });
    group.finish();
}

/// The time from letting 64 waiting processes go until the last of them has appended its events.
fn one_crowd() -> Duration {
    let place = tempfile::tempdir().expect("a directory");
    let gate = std::fs::File::create(place.path().join("gate")).expect("a gate");
    gate.lock().expect("a closed gate");
    let program = std::env::current_exe().expect("our own path");
    let workers: Vec<_> = (0..PROCESSES)
        .map(|_| Command::new(&program).env(WORKER, place.path()).spawn().expect("a worker"))
        .collect();
    let ready = |entry: &std::io::Result<std::fs::DirEntry>| {
        entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("ready-"))
    };
    while std::fs::read_dir(place.path()).expect("a listing").filter(ready).count() < workers.len() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let started = Instant::now();
    drop(gate);
    for mut worker in workers {
        assert!(worker.wait().expect("its end").success());
    }
    started.elapsed()
}

fn work(place: &Path) {
    let ledger = ledger(place, Durability::Os);
    let event = event(SystemClock::new().now(), EventKind::Info);
    std::fs::write(place.join(format!("ready-{}", std::process::id())), "").expect("a sign");
    let gate = std::fs::File::open(place.join("gate")).expect("a gate");
    gate.lock_shared().expect("an open gate");
    fill(&ledger, EVENTS_EACH, &event);
}

criterion_group!(benches, one_append, whole_run, crowd);

fn main() -> ExitCode {
    if let Some(place) = std::env::var_os(WORKER) {
        work(Path::new(&place));
    } else {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
    ExitCode::SUCCESS
}
