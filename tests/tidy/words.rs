//! Words that must not be in the package: unfinished work, paths of one machine, strings that look like credentials.

use super::source::{lines_with, none_of, package_files, rust_files};
use regex::Regex;

fn lines_where(wrong: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in package_files() {
        for (at, line) in file.text.lines().enumerate() {
            // The path and the kind of finding are enough: a real secret must not be printed either.
            if wrong(line) {
                found.push(format!("{}:{}", file.path, at + 1));
            }
        }
    }
    found
}

#[test]
fn nothing_is_left_unfinished() {
    let words = [["FIX", "ME"], ["X", "XX"], ["TO", "DO"], ["HA", "CK"]].map(|halves| halves.concat());
    let macros = [["to", "do!"], ["unimple", "mented!"], ["db", "g!"]].map(|halves| halves.concat());
    let mut wrong = Vec::new();
    for file in ["src", "tests", "benches"].into_iter().flat_map(rust_files) {
        let code = file.code();
        for (text, words) in [(&file.text, &words[..]), (&code, &macros[..])] {
            for word in words {
                let lines = lines_with(text, word);
                wrong.extend(lines.iter().map(|line| format!("{}:{line}: {word}", file.path)));
            }
        }
    }
    none_of(&wrong, "unfinished work is said in an issue, not in the code");
}

#[test]
fn lints_are_expected_and_never_allowed() {
    let attribute = format!("#[{}(", "allow");
    let inner = format!("#![{}(", "allow");
    let wrong: Vec<String> = ["src", "tests", "benches"]
        .into_iter()
        .flat_map(rust_files)
        .filter(|file| file.text.contains(&attribute) || file.text.contains(&inner))
        .map(|file| file.path)
        .collect();
    none_of(&wrong, "use #[expect(lint, reason = \"...\")]: it says when it is no longer needed");
}

#[test]
fn no_path_of_one_machine() {
    let tops = ["wo\u{72}k", "ro\u{6f}t", "ho\u{6d}e", "Use\u{72}s"].join("|");
    let pattern = Regex::new(&format!(r#"(?:^|[\s"'`(=:<\[])/(?:{tops})/([A-Za-z0-9_.-]+)"#)).unwrap();
    let somebody =
        |line: &str| pattern.captures_iter(line).any(|found| !["me", "you", "user"].contains(&&found[1]));
    assert!(somebody(&format!("see /{}/x", "ho\u{6d}e")), "the search finds nothing at all");
    none_of(&lines_where(&somebody), "a path of one machine");
}

/// Forms that scanners of repositories report: a prefix and a body of the right length.
fn credential_forms() -> Vec<Regex> {
    let forms = [
        ("AK", r"IA[A-Z2-7]{16}\b"),
        ("gh", r"[pousr]_[A-Za-z0-9]{36}"),
        ("github", r"_pat_[A-Za-z0-9_]{40,}"),
        ("glp", r"at-[A-Za-z0-9_-]{20,}"),
        ("xo", r"x[abeprs]-[A-Za-z0-9-]{20,}"),
        ("sk_", r"(live|test)_[A-Za-z0-9]{20,}"),
        ("sk-", r"(ant|proj)-[A-Za-z0-9_-]{30,}"),
        ("AI", r"za[A-Za-z0-9_-]{35}"),
        ("np", r"m_[A-Za-z0-9]{36}"),
        ("hf", r"_[A-Za-z]{34}"),
        ("ey", r"J[A-Za-z0-9_-]{20,}\.ey[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"),
        ("https://hooks.", r"slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,}"),
        ("-----BEGIN", r" [A-Z ]*PRIVATE KEY-----(\\n)?[A-Za-z0-9+/]{40,}"),
    ];
    forms.map(|(prefix, body)| Regex::new(&format!("{prefix}{body}")).unwrap()).into()
}

#[test]
fn no_string_looks_like_a_live_credential() {
    let forms = credential_forms();
    let sample = format!("{}IA{}", "AK", "Q".repeat(16));
    assert!(forms[0].is_match(&sample), "the search finds nothing at all");
    let wrong: Vec<String> = lines_where(&|line| forms.iter().any(|form| form.is_match(line)));
    none_of(&wrong, "build test tokens at run time; a scanner cannot know that these are not real");
}
