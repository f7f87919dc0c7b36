//! Commands in a terminal beside `script` and beside nothing: throughput of much coloured output, and how long a key
//! takes to come back. Run it on an idle machine:
//!
//! ```text
//! cargo bench --bench pty
//! ```
//!
//! Each round runs every contestant once, in rotating order; figures are medians, ratios are medians of the rounds'
//! own ratios.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use ledger_run::sys::modes::WindowSize;
use ledger_run::sys::pty::{Pty, control};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const ROUNDS: usize = 5;
const MEGABYTES: usize = 100;
const KEYS: usize = 2000;

fn main() {
    let place = tempfile::tempdir().expect("a temporary directory");
    keys(place.path());
    let text = place.path().join("coloured");
    std::fs::write(&text, coloured()).expect("written");
    throughput(place.path(), &format!("cat {}", text.display()));
}

/// Lines of one colour after the other.
fn coloured() -> Vec<u8> {
    let mut text = Vec::with_capacity(MEGABYTES * 1_000_000 + 100);
    let mut line = 0;
    while text.len() < MEGABYTES * 1_000_000 {
        writeln!(text, "\x1b[1;3{}mline {line}\x1b[0m of some text as a compiler prints it", line % 8)
            .expect("memory");
        line += 1;
    }
    text
}

/// The contestants: a name, and how each runs a shell program.
fn contestants(root: &Path, program: &str) -> [(&'static str, Command); 3] {
    let mut bare = Command::new("sh");
    bare.args(["-c", program]);
    let mut script = Command::new("script");
    script.args(["-qec", program]).arg(root.join("typescript"));
    let mut own = Command::new(env!("CARGO_BIN_EXE_ledger-run"));
    own.arg("--root").arg(root).args(["bench", "--", "sh", "-c", program]);
    own.env("XDG_STATE_HOME", root.join("state"));
    [("bare", bare), ("script -qec", script), ("ledger-run x --", own)]
}

fn throughput(root: &Path, program: &str) {
    let mut times = [const { Vec::new() }; 3];
    for round in 0..ROUNDS {
        for step in 0..3 {
            let at = (step + round) % 3;
            let (_, command) = contestants(root, program).into_iter().nth(at).expect("three");
            let started = Instant::now();
            let (mut child, mut screen) = in_terminal(command);
            let mut buffer = vec![0; 1 << 16];
            // The end of the terminal is an error.
            while screen.read(&mut buffer).is_ok_and(|read| read > 0) {}
            child.wait().expect("ended");
            times[at].push(started.elapsed().as_secs_f64());
        }
    }
    println!("{MEGABYTES} MB of coloured output through a terminal: MB/s, speed relative to script");
    for (at, (name, _)) in contestants(root, program).iter().enumerate() {
        let ratio = median(times[1].iter().zip(&times[at]).map(|(script, own)| script / own).collect());
        let speed = f64::from(u32::try_from(MEGABYTES).unwrap_or(0)) / median(times[at].clone());
        println!("  {name:20} {speed:7.1}  {ratio:5.2}");
    }
}

fn keys(root: &Path) {
    let program = "stty raw -echo; echo ready; exec cat";
    println!("a key and back, {KEYS} keys: median and 99th percentile in ms, median above bare");
    let mut bare = 0.0;
    for (name, command) in contestants(root, program) {
        let (mut child, mut screen) = in_terminal(command);
        let mut seen = Vec::new();
        let mut byte = [0];
        while !seen.ends_with(b"ready\n") && !seen.ends_with(b"ready\r\n") {
            screen.read_exact(&mut byte).expect("it begins");
            seen.push(byte[0]);
        }
        let mut times = Vec::with_capacity(KEYS);
        for _ in 0..KEYS {
            let pressed = Instant::now();
            screen.write_all(b"k").expect("typed");
            screen.read_exact(&mut byte).expect("it comes back");
            times.push(pressed.elapsed().as_secs_f64() * 1e3);
        }
        drop(screen);
        // Not every contestant ends when its terminal hangs up.
        let _ = child.kill();
        child.wait().expect("ended");
        times.sort_by(f64::total_cmp);
        let middle = times[KEYS / 2];
        if name == "bare" {
            bare = middle;
        }
        println!("  {name:20} {middle:7.3}  {:7.3}  {:+7.3}", times[KEYS * 99 / 100], middle - bare);
    }
}

/// Starts the command as the leader of a session with a terminal; our end of it can be read and written.
#[expect(unsafe_code, reason = "a controlling terminal is taken between fork and exec")]
fn in_terminal(mut command: Command) -> (Child, File) {
    let pty = Pty::open(None, WindowSize::USUAL).expect("a terminal");
    let follower = || Stdio::from(pty.follower.try_clone().expect("copied"));
    command.stdin(follower()).stdout(follower()).stderr(follower()).env("TERM", "xterm");
    let lead = || {
        nix::unistd::setsid()?;
        control(std::io::stdin().as_fd())
    };
    // SAFETY: setsid and ioctl are async-signal-safe, and nothing is allocated.
    unsafe { command.pre_exec(lead) };
    let child = command.spawn().expect("started");
    let flags = nix::fcntl::OFlag::O_RDWR;
    nix::fcntl::fcntl(&pty.leader, nix::fcntl::FcntlArg::F_SETFL(flags)).expect("blocking");
    (child, File::from(pty.leader))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
