//! `--mask`: what the command prints reaches the reader at once unless it may be a secret, and no way of cutting,
//! escaping or colouring one brings it through, neither to the reader nor into the record.

use crate::harness::{Env, argv};

/// The part of [`token`] that must not be seen.
const BODY: &str = "a1B2c3D4e5";

/// A token with a form of its own.
fn token() -> String {
    format!("{}{}", ["gh", "p_"].concat(), BODY.repeat(4).split_at(36).0)
}

/// Whether any six characters of the token's body are in `text`.
fn leaks(text: &str) -> bool {
    let twice = BODY.repeat(2);
    (0..BODY.len()).any(|at| text.contains(&twice[at..at + 6]))
}

/// What everybody who reads a pipe through `--mask` waits for.
#[test]
fn a_prompt_is_shown_while_its_command_waits() {
    let env = Env::new();
    env.fifo("gate");
    for prompt in ["Password: ", "Enter passphrase for key: ", "token? "] {
        let program = format!("printf '{prompt}'; read word < gate; echo got it");
        let running = env.with_options(&["--mask"], &argv(&program)).start();
        // The command goes on only behind the gate, so it is still running.
        running.says(prompt);
        env.open_gate("gate");
        assert_eq!(running.finish().text(), format!("{prompt}got it\n"));
    }
}

#[test]
fn what_began_like_a_secret_is_shown_as_soon_as_it_is_none() {
    let env = Env::new();
    env.fifo("first");
    env.fifo("second");
    let began = ["gh", "p_ab"].concat();
    let program =
        format!("printf 'see {began}'; read word < first; printf ' and'; read word < second; echo more");
    let running = env.with_options(&["--mask"], &argv(&program)).start();
    running.says("see ");
    env.open_gate("first");
    running.says(&format!("see {began} and"));
    env.open_gate("second");
    assert_eq!(running.finish().text(), format!("see {began} andmore\n"));
}

#[test]
fn what_began_like_a_secret_and_is_one_never_shows() {
    let env = Env::new();
    env.fifo("gate");
    let token = token();
    let (head, rest) = token.split_at(20);
    let program = format!("printf 'see {head}'; read word < gate; printf '{rest} end\\n'");
    let running = env.with_options(&["--mask"], &argv(&program)).start();
    running.says("see ");
    env.open_gate("gate");
    let shown = running.finish().text();
    assert!(shown.starts_with("see [REDACTED:") && shown.ends_with("] end\n"), "{shown}");
}

/// The ways a secret may be cut on its way: by a read of 64 KiB, by the escapes of JSON, by colours.
#[test]
fn a_cut_secret_is_gone_from_the_stream_and_the_record() {
    let env = Env::new();
    let token = token();
    let (head, tail) = token.split_at(17);
    let escaped = format!("{{\"out\": \"line\\nkey \\u00{:02x}{}\\n\"}}\n", token.as_bytes()[0], &token[1..]);
    let mut texts = vec![
        ("an escape before it", escaped),
        ("JSON in JSON", serde_json::to_string(&format!("{{\"password\": \"{token}\"}}")).unwrap()),
        ("a colour inside", format!("see {head}\u{1b}[1;31m{tail}\u{1b}[0m end\n")),
        (
            "a colour at each letter",
            token.chars().flat_map(|letter| ["\u{1b}[32m".to_owned(), letter.to_string()]).collect(),
        ),
        ("a return inside", format!("see {head}\r{tail} end\n")),
    ];
    for before in [1, 4, 20, 39] {
        // One byte is not the end of a line, so that the unfinished line is held across the reads.
        let filler = "all work and no play\n".repeat(4000);
        let filler = &filler[..64 * 1024 - before - 1];
        texts.push(("the end of a read", format!("{filler}\n{token} end\n")));
        texts.push(("two ends of reads", format!("{filler} {token} {filler} {token}\n")));
    }
    for (what, text) in texts {
        env.write("text", &text);
        let ran = env.with_options(&["--mask"], &argv("cat text; cat text >&2")).run();
        let record = env.events().pop().expect("a result")["data"].to_string();
        for shown in [ran.text(), ran.complaint(), record] {
            let plain = shown.replace("\u{1b}[32m", "").replace("\u{1b}[1;31m", "").replace('\r', "");
            assert!(
                !leaks(&plain.replace("\\u001b[32m", "").replace("\\u001b[1;31m", "")),
                "{what}: {shown}"
            );
            assert!(shown.contains("[REDACTED:"), "{what}: {shown}");
        }
    }
}

/// The record keeps the beginning and the end of a stream; a secret may lie across either cut.
#[test]
fn a_secret_at_the_cut_of_head_or_tail_is_gone() {
    let env = Env::new();
    let token = token();
    let keep = ledger_run::base::limits::CAPTURE_KEEP;
    let filler = "all work and no play\n".repeat(20_000);
    let end = &filler[..keep];
    for shift in [0, 1, 3, 5, 20, 38, 40, 41] {
        // With the head's cut inside the first token, and the tail's inside the second.
        let head = &filler[..keep - shift];
        let middle = &filler[..200_000];
        let rest = &end[..keep - (token.len().saturating_sub(shift))];
        env.write("text", format!("{head} {token} {middle} {token} {rest}"));
        assert_eq!(env.wrapped(&argv("cat text")).run().code(), Some(0));
        let stdout = env.events().pop().expect("a result")["data"]["stdout"].take();
        assert_eq!(stdout["truncated"], true);
        for part in ["head", "tail"] {
            let part = stdout[part].as_str().expect("a text");
            assert!(!leaks(part), "{shift}: {part}");
        }
    }
}

/// Nothing in such output says that it is a secret; the command does.
#[test]
fn what_a_password_manager_prints_is_gone() {
    let env = Env::new();
    let secret = ["hbQR", "lQpVU50cP1"].concat();
    env.script("bw", &format!("#!/bin/sh\necho {secret}\necho done\n"), 0o755);
    let bw = env.path("bw").display().to_string();
    let direct = [&*bw, "get", "password", "db.example"];
    let by_shell = ["sh", "-c", &format!("{bw} get password db.example")];
    let logged = ["--log"];
    for argv in [&direct[..], &by_shell] {
        for options in [&[][..], &logged, &["--mask"]] {
            let ran = env.with_options(options, argv).run();
            let record = env.events().pop().expect("a result")["data"].to_string();
            assert!(!record.contains(&secret), "{argv:?}: {record}");
            assert!(record.contains("done"), "{argv:?}: {record}");
            assert_eq!(!ran.text().contains(&secret), options == ["--mask"], "{argv:?}: {}", ran.text());
        }
    }
    // The same output of another command is none.
    env.with_options(&[], &[&*bw, "list"]).run();
    let record = env.events().pop().expect("a result")["data"].to_string();
    assert!(record.contains(&secret), "{record}");
}
