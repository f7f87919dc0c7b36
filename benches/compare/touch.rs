//! What watching files costs: alternating pairs of bare and watched runs.
//!
//! `cargo bench --bench touch -- WORKLOAD ROUNDS [WAYS]`, for instance `-- git 9 exact,snapshot,strace`. Workloads: `true`,
//! `loop` (calls that are not trapped), `git`, `make`, `cargo`, `npm`, `tar` (20,000 files, disk), `tartmp` (the same, tmpfs),
//! `taruser` (disk, as a user who is not root unpacks: without setting owners and modes). `TMPDIR` says which disk.
//! Ways: `exact`, `snapshot`, `floor` (the same calls trapped and answered at once: what no recorder that traps them can
//! go below), `strace`, `strace-bpf`, `tracexec`, `in-toto` (what is not installed is said and left out). Each round
//! runs every way once in shuffled order, in fresh directories; the ratio is taken within the round, so that drift of
//! the machine cancels, and the median and quartiles of the ratios are printed.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measuring program that stops at the first surprise"
)]
#![expect(clippy::cast_precision_loss, reason = "microseconds and entries stay far below 2^52")]

use ledger_run::touch::{TouchMode, TouchSpec, prepare};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CALLS: &str = "open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,mknod,\
    mknodat,link,linkat,symlink,symlinkat,truncate,bind,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["spin"] => spin(),
        ["walk", root] => walk_speed(Path::new(root)),
        [workload, rounds] => measure(workload, rounds.parse().unwrap(), "exact,snapshot"),
        [workload, rounds, ways] => measure(workload, rounds.parse().unwrap(), ways),
        // `cargo test` and plain `cargo bench` come here: measuring takes minutes and wants a quiet machine.
        _ => println!("usage: cargo bench --bench touch -- WORKLOAD ROUNDS [WAYS]"),
    }
}

/// How fast a pass of the snapshot backend is over a tree that is in the cache.
fn walk_speed(root: &Path) {
    use ledger_run::touch::walk::{WalkLimits, walk};
    let pass = || {
        let (began, cpu) = (Instant::now(), cpu_so_far());
        let walked = walk(&[root.to_path_buf()], &|_| false, &WalkLimits::default());
        let cost = Cost::since(began, cpu);
        let entries = walked.entries as f64;
        (entries / cost.wall, cost.cpu * 1e6 / entries, entries)
    };
    pass();
    let passes: Vec<_> = (0..15).map(|_| pass()).collect();
    let speeds = quartiles(passes.iter().map(|pass| pass.0));
    let best = passes.iter().map(|pass| pass.0).fold(0.0, f64::max);
    let cpu = quartiles(passes.iter().map(|pass| pass.1));
    println!(
        "walk     {} entries: {:.0} entries/s [{:.0}, {:.0}], best {best:.0}; {:.2} us of processor time per entry",
        passes[0].2, speeds[1], speeds[0], speeds[2], cpu[1]
    );
}

/// Calls the filter lets through: what a program pays for it that changes nothing.
fn spin() {
    for _ in 0..200_000 {
        std::hint::black_box(std::os::unix::process::parent_id());
        drop(std::fs::File::open("/").unwrap());
        std::fs::symlink_metadata("/").unwrap();
    }
}

fn measure(workload: &str, rounds: usize, ways: &str) {
    let stage = Stage::new(workload);
    let mut ways: Vec<&str> = ways.split(',').filter(|way| is_installed(way)).collect();
    ways.insert(0, "bare");
    let mut times: Vec<Vec<Cost>> = Vec::new();
    for way in &ways {
        // Once to warm up.
        stage.run(way);
    }
    for round in 0..rounds {
        let mut row: Vec<Option<Cost>> = vec![None; ways.len()];
        for turn in 0..ways.len() {
            // A different order each round without a random number generator.
            let at = (turn * (round % 2 * 2 + 1) + round) % ways.len();
            let at = if row[at].is_none() { at } else { row.iter().position(Option::is_none).unwrap() };
            row[at] = Some(stage.run(ways[at]));
        }
        times.push(row.into_iter().flatten().collect());
    }
    for (at, way) in ways.iter().enumerate() {
        let wall = quartiles(times.iter().map(|row| row[at].wall / row[0].wall));
        let cpu = quartiles(times.iter().map(|row| row[at].cpu / row[0].cpu));
        let milliseconds = quartiles(times.iter().map(|row| row[at].wall * 1e3))[1];
        println!(
            "{workload:8} {way:10} {milliseconds:9.2} ms  wall {:.3} [{:.3}, {:.3}]  cpu {:.3} [{:.3}, {:.3}]",
            wall[1], wall[0], wall[2], cpu[1], cpu[0], cpu[2]
        );
    }
}

/// First quartile, median, third quartile.
fn quartiles(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let n = values.len();
    [values[n / 4], values[n / 2], values[3 * n / 4]]
}

/// What a run took, in seconds: on the clock, and of all processors, recorder included. On a busy machine only the
/// second means anything, and it is the larger one where the recorder works beside the command.
#[derive(Debug, Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
}

impl Cost {
    fn since(began: Instant, cpu_then: f64) -> Self {
        Self { wall: began.elapsed().as_secs_f64(), cpu: cpu_so_far() - cpu_then }
    }
}

/// Processor time of this process and of its children that have ended.
#[expect(clippy::cast_precision_loss, reason = "microseconds of one benchmark run")]
fn cpu_so_far() -> f64 {
    use nix::sys::resource::{UsageWho, getrusage};
    let of = |who| {
        let usage = getrusage(who).unwrap();
        [usage.user_time(), usage.system_time()]
            .map(|time| nix::sys::time::TimeValLike::num_microseconds(&time) as f64)
    };
    [of(UsageWho::RUSAGE_SELF), of(UsageWho::RUSAGE_CHILDREN)].concat().iter().sum::<f64>() / 1e6
}

fn is_installed(way: &str) -> bool {
    let program = match way {
        "exact" | "snapshot" | "floor" => return true,
        "strace" | "strace-bpf" => "strace",
        "in-toto" => "in-toto-run",
        other => other,
    };
    let found = std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|d| d.join(program).is_file());
    if !found {
        println!("NOT RUN: {way}: {program} is not installed");
    }
    found
}

/// A workload: prepared once, run in a fresh directory each time.
struct Stage {
    workload: String,
    keep: tempfile::TempDir,
}

impl Stage {
    fn new(workload: &str) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let stage = Self { workload: workload.to_owned(), keep };
        let material = stage.root().join("material");
        std::fs::create_dir(&material).unwrap();
        shell(&material, material_of(workload));
        std::fs::create_dir(stage.root().join("state")).unwrap();
        // For in-toto alone, which says so itself if there is none.
        shell(&stage.root(), "openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null || :");
        stage
    }

    fn root(&self) -> PathBuf {
        std::fs::canonicalize(self.keep.path()).unwrap()
    }

    fn run(&self, way: &str) -> Cost {
        let root = self.root();
        let place =
            tempfile::tempdir_in(if self.workload == "tartmp" { Path::new("/dev/shm") } else { &root })
                .unwrap();
        let place = std::fs::canonicalize(place.path()).map(|path| (place, path)).unwrap();
        let material = root.join("material");
        shell(&place.1, &format!("M={}; {}", material.display(), set_up_of(&self.workload)));
        nix::unistd::sync();
        let mut command = self.command(&material, &place.1);
        let (began, cpu) = (Instant::now(), cpu_so_far());
        match way {
            "exact" => self.watched(TouchMode::Exact, command, &place.1),
            "snapshot" => self.watched(TouchMode::Snapshot, command, &place.1),
            "floor" => answered(command.current_dir(&place.1)),
            other => wait(around(other, &command, &root).current_dir(&place.1)),
        }
        Cost::since(began, cpu)
    }

    fn command(&self, material: &Path, place: &Path) -> Command {
        let mut command = match self.workload.as_str() {
            "true" => Command::new("/bin/true"),
            "loop" => Command::new(std::env::current_exe().unwrap()),
            _ => Command::new("/bin/sh"),
        };
        match self.workload.as_str() {
            "true" => &mut command,
            "loop" => command.arg("spin"),
            other => command.args(["-c", program_of(other)]),
        };
        command
            .env("M", material)
            .env("npm_config_cache", place.join(".npm"))
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    #[expect(unsafe_code, reason = "the hook runs between fork and exec")]
    fn watched(&self, mode: TouchMode, mut command: Command, place: &Path) {
        let mut spec = TouchSpec::new(mode, place.to_path_buf());
        spec.state_dir = Some(self.root().join("state"));
        command.current_dir(place);
        let mut prepared = prepare(spec);
        if let Some(hook) = prepared.child_hook() {
            // SAFETY: the hook makes only async-signal-safe calls.
            unsafe { command.pre_exec(hook) };
        }
        let mut child = command.spawn().unwrap();
        let running = prepared.spawned(child.id().cast_signed());
        assert!(child.wait().unwrap().success());
        let report = running.finish(Duration::from_secs(1));
        assert!(report.data.complete || mode == TouchMode::Snapshot, "{:?}", report.data);
    }
}

/// Traps what the exact backend traps, and lets it run without a look.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the hook runs between fork and exec")]
fn answered(command: &mut Command) {
    use ledger_run::sys::hand_over;
    use ledger_run::sys::notify::Listener;
    use ledger_run::sys::seccomp::{Filter, set_no_new_privs};
    use std::os::fd::AsRawFd as _;
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let (filter, socket) = (Filter::for_tree_changes(), theirs.as_raw_fd());
    let hook = move || {
        set_no_new_privs();
        let listener = filter.install().map_err(std::io::Error::from_raw_os_error)?;
        hand_over::send(socket, listener)?;
        nix::unistd::close(listener).map_err(std::io::Error::from)
    };
    // SAFETY: prctl, seccomp, sendmsg and close are async-signal-safe, and nothing is allocated.
    unsafe { command.pre_exec(hook) };
    let mut child = command.spawn().unwrap();
    let listener = Listener::from(hand_over::receive(&ours).unwrap().unwrap());
    // Kernels before 6.6 have only the slow way.
    let _ = listener.wake_in_place(true);
    let answer = || {
        loop {
            match listener.receive() {
                Ok(call) => drop(listener.resume(call.id)),
                Err(_) if listener.wait(false, Duration::ZERO) == Some(false) => return,
                Err(_) => {}
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(answer);
        assert!(child.wait().unwrap().success());
    });
}

/// Nothing traps calls elsewhere.
#[cfg(not(target_os = "linux"))]
fn answered(command: &mut Command) {
    wait(command);
}

/// Somebody else's recorder in front.
fn around(way: &str, command: &Command, root: &Path) -> Command {
    let trace = format!("trace={CALLS}");
    let log = root.join("log");
    let log = log.to_str().unwrap();
    // in-toto signs whatever it records.
    let key = root.join("key.pem");
    let key = key.to_str().unwrap();
    let front: Vec<&str> = match way {
        "bare" => vec![],
        "strace" => vec!["strace", "-f", "-q", "-e", "signal=none", "-e", &trace, "-o", log],
        "strace-bpf" => {
            vec!["strace", "-f", "--seccomp-bpf", "-q", "-e", "signal=none", "-e", &trace, "-o", log]
        }
        "tracexec" => vec!["tracexec", "log", "-o", log, "--"],
        "in-toto" => vec!["in-toto-run", "-n", "s", "-m", ".", "-p", ".", "--signing-key", key, "--"],
        other => panic!("no such way: {other}"),
    };
    let mut whole = match front.split_first() {
        Some((program, arguments)) => {
            let mut whole = Command::new(program);
            whole.args(arguments).arg(command.get_program());
            whole
        }
        None => Command::new(command.get_program()),
    };
    whole.args(command.get_args()).stdin(Stdio::null()).stdout(Stdio::null());
    for (name, value) in command.get_envs() {
        whole.env(name, value.unwrap());
    }
    whole
}

fn shell(directory: &Path, program: &str) {
    wait(Command::new("/bin/sh").args(["-ec", program]).current_dir(directory).stdout(Stdio::null()));
}

fn wait(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

/// Made once.
fn material_of(workload: &str) -> &'static str {
    match workload {
        "git" => {
            "git init -q r; cd r; for i in $(seq 1 120); do mkdir -p d$((i % 12)); seq 1 $i > d$((i % 12))/f$i; done; \
             git add -A; git -c user.name=n -c user.email=n@example.invalid commit -qm one"
        }
        "make" => {
            "mkdir s; cd s; printf 'O=$(patsubst %%.c,%%.o,$(wildcard *.c))\\nprog: $(O)\\n\\tcc -o $@ $(O)\\n' > Makefile; \
             for i in $(seq 1 24); do { echo '#include <stdio.h>'; echo '#include <stdlib.h>'; \
             for j in $(seq 1 150); do echo \"int f${i}_$j(int x) { return x * $j + (int)strtol(\\\"$j\\\", 0, 10); }\"; done; } > a$i.c; done; \
             echo 'int main(void) { return 0; }' > main.c"
        }
        "cargo" => {
            "mkdir w; cd w; echo '[workspace]\nmembers = [\"c*\"]\nresolver = \"3\"' > Cargo.toml; for i in 1 2 3 4 5 6; do mkdir -p c$i/src; \
             printf '[package]\\nname = \"c%s\"\\nversion = \"0.1.0\"\\nedition = \"2021\"\\n' $i > c$i/Cargo.toml; \
             { echo 'use std::collections::HashMap;'; for j in $(seq 1 60); do \
             echo \"pub fn f$j(m: &mut HashMap<String, Vec<u32>>) { m.entry(format!(\\\"{}\\\", $j)).or_default().push($j); }\"; done; } > c$i/src/lib.rs; done"
        }
        "npm" => {
            "for i in $(seq 1 40); do mkdir -p s/p$i/lib; for j in $(seq 1 20); do echo \"exports.f = $j\" > s/p$i/lib/f$j.js; done; \
             echo \"{\\\"name\\\":\\\"p$i\\\",\\\"version\\\":\\\"1.0.0\\\"}\" > s/p$i/package.json; (cd s/p$i; npm pack --silent --pack-destination ../..); done; \
             { echo '{\"name\":\"x\",\"version\":\"1.0.0\",\"dependencies\":{'; for i in $(seq 1 40); do \
             [ $i = 1 ] || echo ,; echo \"\\\"p$i\\\":\\\"file:./t/p$i-1.0.0.tgz\\\"\"; done; echo '}}'; } > package.json"
        }
        "tar" | "tartmp" | "taruser" => {
            "for d in $(seq 1 2000); do mkdir -p t/p$((d % 40))/d$d; for f in 1 2 3 4 5 6 7 8 9 10; do echo content $f > t/p$((d % 40))/d$d/f$f; done; done; \
             tar cf t.tar t; rm -r t"
        }
        _ => ":",
    }
}

/// Made for each run, not measured.
fn set_up_of(workload: &str) -> &'static str {
    match workload {
        "make" => "cp -r $M/s/. .",
        "cargo" => "cp -r $M/w/. .",
        "npm" => "mkdir t; cp $M/*.tgz t; cp $M/package.json .",
        _ => ":",
    }
}

fn program_of(workload: &str) -> &'static str {
    match workload {
        "git" => {
            "git clone -q $M/r c && cd c && echo x >> d1/f1 && mkdir n && echo y > n/f && git add -A && \
             git -c user.name=n -c user.email=n@example.invalid commit -qm m && git checkout -q -b b && git rm -q d1/f1 && \
             git -c user.name=n -c user.email=n@example.invalid commit -qm m2"
        }
        "make" => "make -s -j2",
        "cargo" => "cargo build --offline --quiet",
        "npm" => "npm install --offline --no-audit --no-fund --silent",
        "tar" | "tartmp" => "tar xf $M/t.tar",
        "taruser" => "tar xf $M/t.tar --no-same-owner --no-same-permissions",
        other => panic!("no such workload: {other}"),
    }
}
