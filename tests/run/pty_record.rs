//! What the record has of a run in a terminal.

use crate::harness::{Env, argv};

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
