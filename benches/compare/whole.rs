//! Whole commands beside their peers: start-up and throughput. Run it on an idle machine:
//!
//! ```text
//! cargo bench --bench whole
//! ```
//!
//! Each round runs every contestant once, in rotating order; figures are medians, ratios are medians of the rounds'
//! own ratios, so that a machine that slows down meanwhile does not favour anybody.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use ledger_run::sys::wait::{Change, next_change};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 200;
const GIGABYTES: u64 = 10;
const PIPE_ROUNDS: usize = 3;

fn main() {
    let root = tempfile::tempdir().expect("a temporary directory");
    start_up(root.path());
    throughput(root.path());
}

fn ledger_run(root: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledger-run"));
    command.arg("--root").arg(root).args(options).args(["bench", "--"]);
    command.env("XDG_STATE_HOME", root.join("state"));
    command
}

fn start_up(root: &Path) {
    let with = |mut command: Command| {
        command.arg("true").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let timeout = || {
        let mut command = Command::new("timeout");
        command.arg("10");
        command
    };
    let mut contestants = [
        ("true", with_program("true")),
        ("timeout 10 true", with(timeout())),
        ("ledger-run x -- true", with(ledger_run(root, &[]))),
        ("ledger-run --touch off x -- true", with(ledger_run(root, &["--touch", "off"]))),
        ("ledger-run --touch snapshot x -- true", with(ledger_run(root, &["--touch", "snapshot"]))),
        ("ledger-run --durability disk x -- true", with(ledger_run(root, &["--durability", "disk"]))),
    ];
    let mut times = vec![Vec::new(); contestants.len()];
    for round in 0..ROUNDS + 5 {
        for step in 0..contestants.len() {
            let at = (step + round) % contestants.len();
            let took = time(&mut contestants[at].1);
            if round >= 5 {
                times[at].push(took);
            }
        }
    }
    println!("start-up, {ROUNDS} rounds: median ms, above bare, ratio to timeout");
    for (at, (name, _)) in contestants.iter().enumerate() {
        let above = median(times[at].iter().zip(&times[0]).map(|(own, bare)| own - bare).collect());
        let ratio = median(times[at].iter().zip(&times[1]).map(|(own, peer)| own / peer).collect());
        println!("  {name:40} {:6.3}  {:+6.3}  {ratio:5.2}", median(times[at].clone()) * 1e3, above * 1e3);
    }
}

fn with_program(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn throughput(root: &Path) {
    println!(
        "throughput, {GIGABYTES} GB through a pipe: GB/s, ratio to `cat | cat`, largest resident set in MB"
    );
    let mut ratios = Vec::new();
    let mut last = (0.0, 0.0, 0);
    for _ in 0..PIPE_ROUNDS {
        let (peer, _) = piped(Command::new("cat"));
        let (own, rss) = piped({
            let mut command = ledger_run(root, &["--touch", "off"]);
            command.arg("cat");
            command
        });
        ratios.push(peer / own);
        last = (peer, own, rss);
    }
    let speed = |seconds: f64| f64::from(u32::try_from(GIGABYTES).unwrap_or(0)) / seconds;
    println!("  cat | cat               {:5.2}", speed(last.0));
    println!(
        "  cat | ledger-run -- cat {:5.2}  {:5.2}  {:.1}",
        speed(last.1),
        median(ratios),
        f64::from(u32::try_from(last.2 / 1024).unwrap_or(u32::MAX)) / 1024.0
    );
}

/// Seconds that `last` takes to pass on what `head -c … /dev/zero | cat` writes, and its largest resident set.
#[expect(clippy::zombie_processes, reason = "next_change reaps it, and says what it used")]
fn piped(mut last: Command) -> (f64, u64) {
    let started = Instant::now();
    let bytes = format!("{}", GIGABYTES * 1_000_000_000);
    let mut head = spawn(Command::new("head").args(["-c", &bytes, "/dev/zero"]).stdout(Stdio::piped()));
    let from_head = head.stdout.take().expect("piped");
    let mut first = spawn(Command::new("cat").stdin(from_head).stdout(Stdio::piped()));
    let from_first = first.stdout.take().expect("piped");
    let mut child = spawn(last.stdin(from_first).stdout(Stdio::piped()).stderr(Stdio::null()));
    let pid = child.id().cast_signed();
    let mut output = child.stdout.take().expect("piped");
    std::io::copy(&mut output, &mut std::io::sink()).expect("copied");
    let used = loop {
        match next_change(pid).expect("a child of ours") {
            Some(Change::Ended(_, used)) => break used,
            _ => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    let took = started.elapsed().as_secs_f64();
    head.wait().expect("head ended");
    first.wait().expect("cat ended");
    (took, used.max_rss)
}

fn spawn(command: &mut Command) -> std::process::Child {
    command.spawn().expect("started")
}

fn time(command: &mut Command) -> f64 {
    let started = Instant::now();
    command.status().expect("started");
    started.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
