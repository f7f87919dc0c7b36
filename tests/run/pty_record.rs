//! What the record has of a run in a terminal.

use crate::harness::{Env, Size, argv, tool};
use serde_json::Value;
use std::ffi::OsStr;
use std::os::unix::process::ExitStatusExt as _;

/// A test token, made here so that no scanner takes it for a live one.
fn token() -> String {
    format!("gh{}_{}", "p", "Zq9mTk4Wx7Lp2Rv8Ns5Jd1Hf6Gb3Yc0AeXoP")
}

fn whole_ledger(env: &Env) -> String {
    env.events().iter().map(ToString::to_string).collect()
}

#[test]
fn the_record_is_text_a_person_would_have_read() {
    let env = Env::new();
    let program = argv(
        "printf '\\033[31mred\\033[0m\\n'; for i in 1 50 100; do printf '\\r%3d%%' $i; done; echo; echo end >&2",
    );
    let (status, shown) = env.wrapped(&program).in_terminal().finish();
    assert_eq!(status.code(), Some(0));
    assert!(shown.contains("\x1b[31mred\x1b[0m\r\n"), "byte for byte on the screen: {shown:?}");
    let result = env.result();
    assert_eq!(result["stdout"]["head"], "red\n100%\nend\n");
    assert_eq!(result["stdout"]["bytes"], shown.len());
    assert_eq!(result["stdout"]["lines"], 3);
    assert_eq!(result["stderr"]["reason"], "merged into stdout");
}

#[test]
fn much_output_is_cut_and_says_so() {
    let env = Env::new();
    let (_, shown) = env.wrapped(&argv("seq 1 100000")).in_terminal().finish();
    let stdout = &env.result()["stdout"];
    assert_eq!(stdout["bytes"], shown.len());
    assert_eq!((&stdout["truncated"], &stdout["lines"]), (&true.into(), &100_000.into()));
    let (head, tail) = (stdout["head"].as_str().unwrap(), stdout["tail"].as_str().unwrap());
    assert!(head.starts_with("1\n2\n3\n") && tail.ends_with("\n99999\n100000\n"), "{head}…{tail}");
    assert!(!head.contains('\r') && !tail.contains('\r'));
}

#[test]
fn what_is_typed_without_echo_is_nowhere() {
    let env = Env::new();
    let secret = "correct-horse-battery";
    let program = argv("stty -echo; printf 'Password: '; read word; stty echo; echo; echo ${#word}");
    let mut typist = env.wrapped(&program).in_terminal();
    typist.sees("Password: ");
    typist.types(&format!("{secret}\r"));
    typist.sees(&format!("{}\r\n", secret.len()));
    typist.ends();
    assert!(!typist.shown().contains(secret));
    assert!(!whole_ledger(&env).contains(secret));
    assert_eq!(env.result()["stdout"]["head"], format!("Password:\n{}\n", secret.len()));
}

#[test]
fn a_printed_secret_is_hidden_in_the_record_and_with_mask_on_the_screen() {
    let env = Env::new();
    let program = argv(&format!("test -t 1 && echo '{}'", token()));
    let (status, shown) = env.wrapped(&program).in_terminal().finish();
    assert_eq!(status.code(), Some(0));
    assert!(shown.contains(&token()), "the live stream is as it was");
    let (status, shown) = env.with_options(&["--mask"], &program).in_terminal().finish();
    assert_eq!(status.code(), Some(0), "a masked terminal is still a terminal");
    assert!(!shown.contains(&token()) && shown.contains("[REDACTED:"), "{shown}");
    assert!(!whole_ledger(&env).contains(&token()));
    assert!(whole_ledger(&env).contains("[REDACTED:"));
}

#[test]
fn a_masked_prompt_appears_at_once() {
    let env = Env::new();
    let launch = env.with_options(&["--mask"], &argv("printf 'token: '; read word; echo got $word"));
    let mut typist = launch.in_terminal();
    typist.sees("token: ");
    typist.types("x\r");
    typist.sees("got x\r\n");
    assert_eq!(typist.ends().code(), Some(0));
}

#[test]
fn files_are_found_behind_a_terminal_too() {
    for mode in ["exact", "snapshot"] {
        let env = Env::new();
        let (status, _) = env.with_options(&["--touch", mode], &argv("echo >made")).in_terminal().finish();
        assert_eq!(status.code(), Some(0));
        let result = env.result();
        assert_eq!(result["files_touched"], serde_json::json!(["made"]), "{mode}: {result}");
        // Where exact recording cannot be had, the record says so for a pipe as well.
        let piped = Env::new();
        piped.with_options(&["--touch", mode], &argv("echo >made")).run();
        assert_eq!(result["touch"]["method"], piped.result()["touch"]["method"]);
    }
}

#[test]
fn quiet_success_holds_a_terminal_back() {
    let env = Env::new();
    let quiet = |program: &str| env.with_options(&["--quiet-success"], &argv(program)).in_terminal().finish();
    assert_eq!(quiet("test -t 1 && echo noise").1, "");
    let (status, shown) = quiet("test -t 1 && echo noise; exit 3");
    assert_eq!(status.code(), Some(3));
    assert!(shown.contains("noise"), "{shown}");
}

/// The session's file.
fn cast(env: &Env) -> String {
    let log = &env.result()["stdout"]["log"];
    let path = env.root().join(log["path"].as_str().expect("a path"));
    assert!(path.to_string_lossy().ends_with(".stdout.cast"), "{log}");
    std::fs::read_to_string(path).unwrap()
}

/// What a file in asciicast's form shows, put together by `read`.
fn played(cast: &str) -> (Vec<String>, String) {
    let mut lines = cast.lines();
    let header: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!(
        (&header["version"], &header["width"], &header["height"]),
        (&2.into(), &80.into(), &24.into())
    );
    let (mut sizes, mut output, mut last) = (Vec::new(), String::new(), 0.0);
    for line in lines {
        let (at, kind, data): (f64, String, String) = serde_json::from_str(line).unwrap();
        assert!(at >= last, "{line}");
        last = at;
        if kind == "r" { sizes.push(data) } else { output.push_str(&data) }
    }
    (sizes, output)
}

#[test]
fn a_log_can_be_played_again_and_has_no_secret() {
    if !tool("the log of a terminal", "gzip", "--version") {
        return;
    }
    let env = Env::new();
    let program = argv(&format!(
        "trap 'echo resized' WINCH; printf '\\033[32mgreen\\033[0m\\n'; echo '{}'
         until read go; do :; done; stty -echo; printf 'Password: '; read word; stty echo; echo; echo done",
        token()
    ));
    let mut typist = env.with_options(&["--log"], &program).in_terminal();
    typist.sees(&token());
    typist.resizes(Size(30, 100));
    typist.sees("resized\r\n");
    typist.types("go\r");
    typist.sees("Password: ");
    typist.types("typed-and-not-shown\r");
    typist.sees("done\r\n");
    assert_eq!(typist.ends().code(), Some(0));
    let cast = cast(&env);
    let (sizes, output) = played(&cast);
    assert_eq!(sizes, ["100x30"]);
    assert!(!cast.contains(&token()) && !cast.contains("typed-and-not-shown"), "{cast}");
    let marker = format!("[REDACTED:{}]", marked(&output));
    assert_eq!(output, typist.shown().replace(&token(), &marker), "but for the secret all that was shown");
    // Our own player, and the one the format is from.
    let run = env.result()["run_id"].as_str().unwrap().to_owned();
    let player =
        |run: &str| env.bare(&[env!("CARGO_BIN_EXE_ledgerctl"), "replay", "--speed", "9", run]).run();
    assert_eq!((player(&run[..13]).code(), player(&run).text()), (Some(0), output.clone()));
    assert_eq!(player("no-such-run").code(), Some(2));
    if tool("the log of a terminal in asciinema", "asciinema", "--version") {
        let file = env.root().join(env.result()["stdout"]["log"]["path"].as_str().unwrap());
        for words in [&["cat"][..], &["play", "--speed", "20"]] {
            let words = ["asciinema"].iter().chain(words).map(OsStr::new).chain([file.as_os_str()]);
            let launch = env.bare(&words.collect::<Vec<_>>());
            let (status, shown) = launch.env("LC_ALL", "C.UTF-8").in_terminal().finish();
            assert_eq!(status.code(), Some(0), "{shown}");
            // Through a terminal that processes output once more.
            assert_eq!(shown.replace("\r\r\n", "\r\n"), output);
        }
    }
}

/// It ends where it is, and leaves a terminal one can go on with.
#[test]
fn an_interrupted_replay_puts_the_terminal_in_order() {
    let env = Env::new();
    env.with_options(&["--log"], &argv("true")).in_terminal().finish();
    let log = env.root().join(env.result()["stdout"]["log"]["path"].as_str().unwrap());
    let header = std::fs::read_to_string(&log).unwrap().lines().next().unwrap().to_owned();
    let events = "[0.0, \"o\", \"\\u001b[?1049hfull screen\"]\n[9000.0, \"o\", \"the end\"]\n";
    std::fs::write(&log, format!("{header}\n{events}")).unwrap();
    let run = env.result()["run_id"].as_str().unwrap().to_owned();
    let mut typist = env.bare(&[env!("CARGO_BIN_EXE_ledgerctl"), "replay", &run]).in_terminal();
    typist.sees("full screen");
    typist.types("\x03");
    let (status, shown) = typist.finish();
    assert_eq!(status.signal(), Some(2));
    assert!(shown.ends_with("\x1b[?1049l\x1b[m\x1b[?25h"), "{}", shown.escape_debug());
}

/// The rule that hid something in `text`.
fn marked(text: &str) -> String {
    let (_, rest) = text.split_once("[REDACTED:").expect("a marker");
    rest.split_once(']').expect("its end").0.to_owned()
}
