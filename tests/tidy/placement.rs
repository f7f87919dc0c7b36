//! What may stand in one place only.

use super::source::{Source, files_below, lines_with, none_of, rust_files};

/// Uses of the standard streams outside of `cli::diag`, each with its reason.
const STREAMS: [(&str, &str); 4] = [
    ("src/cli/diag.rs", "the one place that says something on standard error"),
    ("src/supervise/pump.rs", "the command's own bytes, forwarded"),
    ("src/supervise/held.rs", "the command's own bytes, held back and then forwarded"),
    ("src/run.rs", "help and version on standard output"),
];

fn occurrences(sources: &[Source], words: &[&str], fine: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| !fine(&source.path)) {
        let code = source.shipped_code();
        for word in words {
            let lines = lines_with(&code, word);
            found.extend(lines.iter().map(|line| format!("{}:{line}: {word}", source.path)));
        }
    }
    found
}

#[test]
fn unsafe_stands_in_sys_alone() {
    let sources = rust_files("src");
    let wrong = occurrences(&sources, &["unsafe"], &|path| path.starts_with("src/sys/"));
    none_of(&wrong, "unsafe code belongs into src/sys");
    assert!(!occurrences(&sources, &["unsafe"], &|_| false).is_empty(), "the search finds nothing at all");
}

#[test]
fn only_the_redactor_vouches() {
    let sources = rust_files("src");
    let home = |path: &str| path.starts_with("src/redact/") || path == "src/base/redacted.rs";
    none_of(&occurrences(&sources, &["vouch"], &home), "only redact may declare a value redacted");
    assert!(!occurrences(&sources, &["vouch"], &|_| false).is_empty(), "the search finds nothing at all");
}

#[test]
fn standard_streams_are_written_where_it_is_said() {
    let sources = rust_files("src");
    let listed = |path: &str| STREAMS.iter().any(|(file, _)| *file == path) || path.starts_with("src/ctl/");
    let wrong = occurrences(&sources, &["io::stdout", "io::stderr", "stdout()", "stderr()"], &listed);
    none_of(&wrong, "the standard streams belong to the command, and diagnostics to cli::diag");
    let macros = ["print!", "println!", "eprint!", "eprintln!", "dbg!"];
    none_of(&occurrences(&sources, &macros, &|_| false), "these macros panic on a closed stream");
    let ctl = |path: &str| !path.starts_with("src/ctl/");
    none_of(&occurrences(&sources, &["io::stderr", "stderr()"], &ctl), "ledgerctl says trouble by cli::diag");
}

#[test]
fn pure_layers_stay_pure() {
    let sources: Vec<Source> =
        ["src/ledger", "src/redact", "src/query", "src/base"].into_iter().flat_map(rust_files).collect();
    let banned = [
        "Command",
        "SystemTime",
        "Instant",
        "env::var",
        "env::var_os",
        "env::vars",
        "env::vars_os",
        "env::args",
        "current_dir",
        "io::stdin",
        "process::exit",
    ];
    let fine = |path: &str| path == "src/base/limits.rs";
    none_of(&occurrences(&sources, &banned, &fine), "no process, clock, environment or stream here");
}

#[test]
fn the_lifecycle_is_pure() {
    let lifecycle: Vec<Source> =
        files_below("src/supervise").into_iter().filter(|file| file.path.ends_with("lifecycle.rs")).collect();
    let banned = ["Instant", "tokio", "kill", "std::io", "thread", "async", "await"];
    none_of(&occurrences(&lifecycle, &banned, &|_| false), "the lifecycle only decides");
    assert_eq!(lifecycle.len(), 1);
}
