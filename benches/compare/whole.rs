//! Whole commands beside their peers: start-up and throughput. Run it on an idle machine:
//!
//! ```text
//! cargo bench --bench whole
//! ```
//!
//! Each round runs every contestant once, in rotating order; figures are medians, ratios are medians of the rounds'
//! own ratios, so that a machine that slows down meanwhile does not favour anybody.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use ledger_run::sys::wait::{Change, ResourceUse, next_change};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 200;
const GIGABYTES: u64 = 10;
const PIPE_ROUNDS: usize = 5;

fn main() {
    let root = tempfile::tempdir().expect("a temporary directory");
    install(root.path());
    start_up(root.path());
    throughput(root.path());
}

/// Copies the program, as installing does. What a linker has just written starts a millisecond slower: it is in memory in
/// single pages, and a copy in large ones.
fn install(root: &Path) {
    std::fs::copy(env!("CARGO_BIN_EXE_ledger-run"), root.join("ledger-run")).expect("installed");
}

fn ledger_run(root: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(root.join("ledger-run"));
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

/// `ledger-run x -- cat` is two processes, a pipe between them, and our own standard streams at both ends: so is
/// `cat | cat`, which is what it is compared with.
fn throughput(root: &Path) {
    println!(
        "throughput, {GIGABYTES} GB through a pipe: GB/s, ratio to `cat | cat`, CPU seconds, own peak in MB"
    );
    let mut rows = [("cat | cat", Vec::new()), ("ledger-run x -- cat", Vec::new())];
    for round in 0..PIPE_ROUNDS {
        for step in 0..rows.len() {
            let at = (step + round) % rows.len();
            let command = if at == 0 {
                let mut shell = Command::new("sh");
                shell.args(["-c", "cat | cat"]);
                shell
            } else {
                let mut command = ledger_run(root, &["--touch", "off"]);
                command.arg("cat");
                command
            };
            rows[at].1.push(piped(command));
        }
    }
    let seconds = |at: usize| rows[at].1.iter().map(|(took, _)| *took).collect::<Vec<f64>>();
    for (at, (name, runs)) in rows.iter().enumerate() {
        let ratio = median(seconds(0).iter().zip(seconds(at)).map(|(peer, own)| peer / own).collect());
        let speed = f64::from(u32::try_from(GIGABYTES).unwrap_or(0)) / median(seconds(at));
        let cpu = median(runs.iter().map(|(_, used)| (used.user + used.system).as_secs_f64()).collect());
        print!("  {name:20} {speed:5.2}  {ratio:5.2}  {cpu:5.2}");
        // Of the shell it would be that of a process that does nothing.
        if at > 0 {
            let peak = runs.iter().map(|(_, used)| used.max_rss).max().unwrap_or(0) / 1024;
            print!("  {:.1}", f64::from(u32::try_from(peak).unwrap_or(u32::MAX)) / 1024.0);
        }
        println!();
    }
}

/// Seconds that `command` takes to pass on what `head -c … /dev/zero` writes, and what it used.
#[expect(clippy::zombie_processes, reason = "next_change reaps it, and says what it used")]
fn piped(mut command: Command) -> (f64, ResourceUse) {
    let started = Instant::now();
    let bytes = format!("{}", GIGABYTES * 1_000_000_000);
    let mut head = spawn(Command::new("head").args(["-c", &bytes, "/dev/zero"]).stdout(Stdio::piped()));
    let from_head = head.stdout.take().expect("piped");
    let mut child = spawn(command.stdin(from_head).stdout(Stdio::piped()).stderr(Stdio::null()));
    // The bench must not hold ends of its children's pipes open.
    drop(command);
    let pid = child.id().cast_signed();
    let mut output = child.stdout.take().expect("piped");
    // As much at a time as `cat` reads.
    let mut buffer = vec![0; 128 * 1024];
    while output.read(&mut buffer).expect("read") > 0 {}
    let used = loop {
        match next_change(pid).expect("a child of ours") {
            Some(Change::Ended(_, used)) => break used,
            _ => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    let took = started.elapsed().as_secs_f64();
    head.wait().expect("head ended");
    (took, used)
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
