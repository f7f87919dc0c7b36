//! What is recorded: excerpts, argument lists, known values, rule files.

use ledger_run::base::redacted::Scrub;
use ledger_run::redact::{Kept, Redactor};
use std::ffi::OsString;

fn secret() -> String {
    format!("{}{}", ["gh", "p_"].concat(), "a1B2c3D4e5".repeat(4))
}

fn kept(text: &[u8], keep: usize, context: usize) -> Kept<'_> {
    let edge = (keep + context).min(text.len());
    Kept {
        head: &text[..edge],
        tail: &text[text.len() - edge..],
        head_keep: keep,
        tail_keep: keep,
        total: text.len() as u64,
    }
}

#[test]
fn a_secret_at_any_cut_is_gone_and_the_numbers_add_up() {
    let secret = secret();
    for offset in 0..120 {
        let text = format!("{}{} é {}\n", "x ".repeat(offset), secret, "y ".repeat(200));
        let excerpt = Redactor::default().excerpt(kept(text.as_bytes(), 100, 200));
        let tail = excerpt.tail.clone().unwrap_or_default();
        for part in [&excerpt.head, &tail] {
            assert!(!part.contains("a1B2"), "{offset}: {part}");
            assert_eq!(
                part.matches("[REDACTED:").count(),
                part.matches("[REDACTED:github-token]").count(),
                "{part}"
            );
        }
        assert_eq!(excerpt.truncated, excerpt.omitted_bytes > 0);
        if excerpt.head.contains("[REDACTED") && !tail.contains("[REDACTED") {
            let shown = excerpt.head.replace("[REDACTED:github-token]", &secret).len() + tail.len();
            assert_eq!(shown as u64 + excerpt.omitted_bytes, text.len() as u64);
        }
    }
}

#[test]
fn short_output_is_whole_even_when_head_and_tail_overlap() {
    let text = "0123456789".repeat(10);
    for (head, tail) in [(100, 100), (60, 60), (100, 0), (60, 40)] {
        let kept = Kept {
            head: &text.as_bytes()[..head],
            tail: &text.as_bytes()[100 - tail..],
            head_keep: 50,
            tail_keep: 50,
            total: 100,
        };
        let excerpt = Redactor::default().excerpt(kept);
        assert_eq!((excerpt.head.as_str(), excerpt.tail, excerpt.truncated), (text.as_str(), None, false));
    }
}

#[test]
fn a_tail_that_begins_inside_a_private_key_is_hidden_up_to_its_end() {
    let label = ["PRIVATE", " KEY-----"].concat();
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n".repeat(20);
    let text = format!("{}-----BEGIN {label}\n{body}-----END {label}\nafter\n", "line\n".repeat(400));
    for keep in [40, 200, 700, 1300] {
        let excerpt = Redactor::default().excerpt(kept(text.as_bytes(), keep, 60));
        let tail = excerpt.tail.expect("a tail");
        assert!(!tail.contains("MIIE") && !tail.contains("VJTU"), "{keep}: {tail}");
        assert!(tail.ends_with("after\n"));
    }
}

#[test]
fn what_the_end_reveals_is_hidden_at_the_beginning_too() {
    let value = ["q7W3e9", "R1t5Y8u2"].concat();
    let text = format!("using {value}\n{}api_key={value}\n", "line\n".repeat(400));
    let excerpt = Redactor::default().excerpt(kept(text.as_bytes(), 100, 100));
    assert!(!excerpt.head.contains(&value) && !excerpt.tail.expect("a tail").contains(&value));
    assert!(!Redactor::default().text(&text).contains(&value));
}

#[test]
fn arguments_that_only_the_one_before_declares() {
    let hidden = |arguments: &[&str]| {
        let bytes: Vec<&[u8]> = arguments.iter().map(|argument| argument.as_bytes()).collect();
        Redactor::default().argv(&bytes).join(" ")
    };
    for arguments in [
        &["tool", "--password", "hunter2"][..],
        &["tool", "--api-key", "hunter2"],
        &["tool", "--password=hunter2"],
        &["curl", "-u", "me:hunter2", "https://example.com"],
        &["/usr/bin/curl", "--user", "me:hunter2"],
        &["curl", "-ume:hunter2"],
        &["mysql", "-u", "root", "-phunter2", "db"],
        &["sshpass", "-p", "hunter2", "ssh", "host"],
        &["docker", "login", "-u", "me", "-p", "hunter2"],
        &["redis-cli", "-a", "hunter2", "ping"],
        &["env", "PGPASSWORD=hunter2", "psql"],
        &["sh", "-c", "mysql -phunter2 db"],
        &["openssl", "enc", "-k", "hunter2"],
        &["openssl", "rsa", "-passin", "pass:hunter2"],
    ] {
        let shown = hidden(arguments);
        assert!(!shown.contains("hunter2") && shown.contains("[REDACTED:"), "{shown}");
    }
    for arguments in [
        &["git", "commit", "-m", "explain --password"][..],
        &["mkdir", "-p", "a/b/c"],
        &["cp", "-p", "hunter2", "b"],
        &["tool", "--password", "--verbose"],
        &["tool", "--token", "$TOKEN"],
        &["tool", "--password-file", "/run/hunter2"],
        &["ls", "-la", "token", "password"],
        &["cargo", "test", "-p", "hunter2"],
    ] {
        assert_eq!(hidden(arguments), arguments.join(" "));
    }
}

#[test]
fn known_values_vanish_in_every_encoding() {
    let mut builder = Redactor::builder();
    let value = "p@ss \"w0rd\" & more";
    assert!(builder.literal("db", value.as_bytes()));
    assert!(!builder.literal("short", b"abc"));
    let skipped = builder.environment([
        (OsString::from("DEPLOY_TOKEN"), OsString::from("zq81-xx-77")),
        (OsString::from("DB_PASSWORD"), OsString::from("password")),
        (OsString::from("EDITOR"), OsString::from("vim-nox-9")),
    ]);
    assert_eq!(skipped, ["DB_PASSWORD"]);
    let redactor = builder.build();
    for text in [
        value,
        "p@ss \\\"w0rd\\\" & more",
        "p%40ss%20%22w0rd%22%20%26%20more",
        "cEBzcyAidzByZCIgJiBtb3Jl",
        "p@ss &quot;w0rd&quot; &amp; more",
        "zq81-xx-77",
    ] {
        let redacted = redactor.text(&format!("<{text}>"));
        assert!(redacted == "<[REDACTED:db]>" || redacted == "<[REDACTED:env-DEPLOY_TOKEN]>", "{redacted}");
    }
    assert_eq!(redactor.text("vim-nox-9"), "vim-nox-9");
    assert_eq!(redactor.counts()["db"], 5);
}

#[test]
fn records_are_redacted_keys_included() {
    let secret = secret();
    let value = serde_json::json!({"a": [secret.clone(), 1, null], "inner": {secret.clone(): "x"}});
    let mut shown = Redactor::default().record(value).into_inner();
    let mut all = String::new();
    shown.scrub(&mut |text| all.push_str(text));
    assert!(!shown.to_string().contains("a1B2") && !all.is_empty());
}

#[test]
fn a_rule_file_of_gitleaks_is_used_and_its_faults_are_named() {
    let file = r#"
title = "mine"
[extend]
useDefault = true
[[rules]]
id = "acme"
description = "Acme key"
regex = '''acme_([a-z0-9]{8})'''
keywords = ["acme_"]
[[rules.allowlists]]
stopwords = ["test0000"]
[[rules]]
id = "broken"
regex = '''acme_(['''
[[rules]]
id = "pathonly"
path = '''\.pem$'''
[[rules]]
id = "always"
regex = '''zz[0-9]{6}zz'''
"#;
    let mut builder = Redactor::builder();
    let report = builder.rules_toml(file).expect("it is TOML");
    assert_eq!(report.loaded, 2);
    let fatal: Vec<(usize, &str)> =
        report.problems.iter().filter(|problem| problem.fatal).map(|p| (p.line, p.rule.as_str())).collect();
    assert_eq!(fatal, [(14, "broken"), (16, "pathonly")]);
    let redactor = builder.build();
    assert_eq!(
        redactor.text("acme_q1w2e3r4 acme_test0000 zz123456zz"),
        "acme_[REDACTED:acme] acme_test0000 [REDACTED:always]"
    );
    assert!(Redactor::builder().rules_toml("rules = 3").is_err());
}
