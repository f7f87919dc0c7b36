//! What flows through: every byte, in order, at once, and never more of it in memory than the record keeps.

use crate::harness::{Env, Launch, argv, eventually, high_water_mark, tool};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{Read as _, Write as _};

/// Bytes of every value in no pattern a cut could hide in, and no valid UTF-8.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let step = |state: &mut u64| {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(|| step(&mut state)).flatten().take(length).collect()
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[test]
fn twenty_megabytes_on_both_streams_at_once() {
    let env = Env::new();
    let bytes = noise(20_000_000);
    env.write("big", &bytes);
    let ran = env.wrapped(&argv("cat big & cat big >&2; wait")).run();
    assert_eq!(ran.code(), Some(0));
    for stream in [&ran.stdout, &ran.stderr] {
        assert_eq!((stream.len(), hash(stream)), (bytes.len(), hash(&bytes)));
    }
    let data = env.result();
    for stream in ["stdout", "stderr"] {
        assert_eq!(data[stream]["bytes"], 20_000_000);
        assert_eq!(data[stream]["truncated"], true);
    }
}

#[test]
fn bytes_that_are_not_utf8() {
    let env = Env::new();
    let bytes = noise(5_000_000);
    env.write("odd", &bytes);
    let bare = env.bare(&["cat", "odd"]).run();
    let wrapped = env.wrapped(&["cat", "odd"]).run();
    wrapped.is_like(&bare, "cat of 5 MB");
    assert!(wrapped.stdout == bytes);
    assert_eq!(env.result()["stdout"]["bytes"], 5_000_000);
}

#[test]
fn output_into_a_file_and_into_nothing() {
    let env = Env::new();
    let program = argv("echo out; echo err >&2; exit 3");
    let [out, err] = ["out", "err"].map(|name| File::create(env.path(name)).unwrap());
    let ran = env.wrapped(&program).stdout(out).stderr(err).run();
    assert_eq!(ran.code(), Some(3));
    let read = |name| std::fs::read_to_string(env.path(name)).unwrap();
    assert_eq!((read("out").as_str(), read("err").as_str()), ("out\n", "err\n"));
    let data = env.result();
    assert_eq!((&data["stdout"]["head"], &data["stderr"]["head"]), (&"out\n".into(), &"err\n".into()));
    let null = || File::options().write(true).open("/dev/null").unwrap();
    assert_eq!(env.wrapped(&program).stdout(null()).stderr(null()).run().code(), Some(3));
    assert_eq!(env.events().pop().unwrap()["data"]["stdout"]["head"], "out\n");
}

/// Appending to a file must go on appending, whoever else writes to it.
#[test]
fn a_file_opened_for_appending() {
    let env = Env::new();
    let log = env.write("log", "first\n");
    let file = || File::options().append(true).open(&log).unwrap();
    let ran = env.wrapped(&argv("echo two; echo three >&2")).stdout(file()).stderr(file()).run();
    assert_eq!(ran.code(), Some(0));
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.starts_with("first\n") && text.contains("two\n") && text.contains("three\n"), "{text}");
}

/// The program's end is the end, whoever it leaves behind: here one that still holds the stream and waits at a gate.
#[test]
fn a_background_process_that_holds_the_stream_does_not_hold_us() {
    for into_file in [true, false] {
        let env = Env::new();
        env.fifo("gate");
        let launch = env.wrapped(&argv("(read go <gate; echo late) & echo hi"));
        let out = env.path("out");
        let launch = if into_file { launch.stdout(File::create(&out).unwrap()) } else { launch };
        let mut running = launch.start();
        assert_eq!(running.ends().code(), Some(0), "while its child waits at the gate");
        let heard = |part: &str| {
            if into_file {
                std::fs::read_to_string(&out).unwrap().contains(part)
            } else {
                running.stdout.has(part)
            }
        };
        assert!(heard("hi\n"));
        let data = env.result();
        assert_eq!(data["leaked_processes"]["total"], 1, "{data}");
        assert_eq!(data["leaked_processes"]["holding_output"], true);
        assert_eq!(data["leaked_processes"]["killed"], false);
        env.open_gate("gate");
        eventually("the late line", || heard("late\n").then_some(()));
        // Its writer gone, whoever forwarded the line must go too.
        env.nobody_is_left();
        assert!(running.stdout.has_ended());
    }
}

#[test]
fn input_is_read_by_the_command_alone() {
    let env = Env::new();
    let bytes = noise(100_000_000);
    let expected: String =
        hash(&bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let ran = env.wrapped(&["sha256sum"]).input(bytes).run();
    assert!(ran.text().starts_with(&expected), "{}", ran.text());
    // What the command leaves in its input is for the next one.
    let [bare, wrapped] = env.both(r#""$@"; cat"#, &argv("read line; echo got $line"));
    let bare = bare.input("one\ntwo\n").run();
    wrapped.input("one\ntwo\n").run().is_like(&bare, "the rest of the input");
    assert_eq!(bare.text(), "got one\ntwo\n");
}

#[test]
fn closed_streams_stay_closed() {
    let env = Env::new();
    for (closed, argv) in [
        ("<&-", argv("ls /proc/self/fd; cat")),
        (">&-", argv("ls /proc/self/fd >&2; /bin/echo hi")),
        ("2>&-", argv("ls /proc/self/fd; cat no-such-file; echo $?")),
        ("<&- >&- 2>&-", argv("ls /proc/self/fd >listing; cat")),
        ("<&- >&-", argv("/bin/echo hi; cat no-such-file")),
    ] {
        let [bare, wrapped] = env.both(&format!(r#"exec "$@" {closed}"#), &argv).map(|launch| {
            let ran = launch.run();
            (ran, std::fs::read(env.path("listing")).ok())
        });
        wrapped.0.is_like(&bare.0, closed);
        assert_eq!(wrapped.1, bare.1, "{closed}: open descriptors");
    }
}

#[test]
fn a_reader_that_leaves_ends_an_endless_writer() {
    let env = Env::new();
    let pipeline = r#"{ "$@"; echo "status $?" >&2; } | head -1"#;
    let [bare, wrapped] = env.both(pipeline, &["yes"]).map(Launch::run);
    wrapped.is_like(&bare, "yes | head -1");
    assert!(wrapped.complaint().contains("status 141"), "{}", wrapped.complaint());
    assert_eq!(env.result()["signal"], "SIGPIPE");
    env.nobody_is_left();
}

/// Without a byte written: GNU tail looks whether anybody still reads.
#[test]
fn a_silent_command_hears_that_its_reader_has_gone() {
    if !tool("a silent command", "tail", "--version") {
        return;
    }
    let env = Env::new();
    env.write("empty", "");
    let pipeline = r#"{ "$@"; echo "status $?" >&2; } | :"#;
    let [bare, wrapped] = env.both(pipeline, &["tail", "-f", "empty"]).map(Launch::run);
    wrapped.is_like(&bare, "tail -f | :");
    assert!(wrapped.complaint().contains("status 141"), "{}", wrapped.complaint());
    env.nobody_is_left();
}

#[test]
fn both_streams_in_one_pipe_keep_their_order() {
    let env = Env::new();
    let program = argv("i=0; while [ $i -lt 3000 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done");
    let [bare, wrapped] = env.both(r#"exec "$@" 2>&1"#, &program).map(Launch::run);
    wrapped.is_like(&bare, "2>&1");
    assert_eq!(env.result()["stderr"]["reason"], "merged into stdout");
}

#[test]
fn a_prompt_without_newline_appears_at_once() {
    let env = Env::new();
    let mut running =
        env.wrapped(&argv("printf 'name? '; read name; printf \"hello $name\"")).open_input().start();
    running.says("name? ");
    running.stdin.as_mut().unwrap().write_all(b"you\n").unwrap();
    let ran = running.finish();
    assert_eq!((ran.text().as_str(), ran.code()), ("name? hello you", Some(0)));
}

/// Nobody reads; the command must be made to wait, and nothing be piled up.
#[test]
fn a_stalled_reader_stalls_the_command_and_loses_nothing() {
    const LENGTH: usize = 60_000_000;
    const BOUND_KIB: u64 = 24 * 1024;
    if high_water_mark(std::process::id().cast_signed()).is_none() {
        return crate::harness::missing("a stalled reader", "memory is measured through /proc");
    }
    let env = Env::new();
    let bytes = noise(LENGTH);
    env.write("big", &bytes);
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut running = env.wrapped(&argv("echo $$; exec cat big")).stdout(writer).start();
    let mut pid = String::new();
    let mut byte = [0];
    // One at a time: the bytes behind the line belong to the comparison.
    while reader.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
        pid.push(char::from(byte[0]));
    }
    let mut seen = vec![0; 1_000_000];
    reader.read_exact(&mut seen).unwrap();
    let written = || std::fs::read_to_string(format!("/proc/{pid}/io")).unwrap_or_default();
    let (mut last, mut calm) = (written(), 0);
    // Stalled once nothing has moved for a while.
    eventually("the command to stall", || {
        let now = written();
        calm = if now == last { calm + 1 } else { 0 };
        last = now;
        (calm > 60).then_some(())
    });
    let resident = high_water_mark(running.pid()).unwrap();
    assert!(resident < BOUND_KIB, "{resident} KiB resident");
    reader.read_to_end(&mut seen).unwrap();
    assert_eq!(running.ends().code(), Some(0));
    assert_eq!((seen.len(), hash(&seen)), (LENGTH, hash(&bytes)));
    assert_eq!(env.result()["stdout"]["bytes"], LENGTH + pid.len() + 1);
}
