//! What every machine prints by the megabyte, and what people write every day, stays as it is.

use super::snippets::SNIPPETS;
use crate::harness::missing;
use flate2::read::MultiGzDecoder;
use ledger_run::redact::Redactor;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Bytes that are looked at.
const WANTED: usize = 30_000_000;
const TEST: &str = "30 MB of benign output";

/// What a program prints; nothing where it is not there.
fn printed(program: &str, arguments: &[&str], most: usize) -> Vec<u8> {
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C").current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut text = Vec::new();
    if let Ok(mut child) = command.spawn() {
        if let Some(output) = child.stdout.take() {
            let _ = output.take(most as u64).read_to_end(&mut text);
        }
        let _ = child.wait();
    }
    if text.is_empty() {
        missing(TEST, &format!("`{program}` prints nothing here"));
    }
    text
}

/// Files below `folder` whose names end so, in the order of their names, until there are `most` bytes of them.
fn files(folder: &str, end: &str, most: usize) -> Vec<u8> {
    fn collect(folder: &Path, end: &str, most: usize, text: &mut Vec<u8>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if text.len() >= most {
                return;
            }
            // Neither links, which go round in circles, nor what is no regular file.
            let Ok(kind) = path.symlink_metadata() else { continue };
            if kind.is_dir() {
                collect(&path, end, most, text);
            } else if kind.is_file() && path.to_string_lossy().ends_with(end) {
                let bytes = fs::read(&path).unwrap_or_default();
                if path.extension().is_some_and(|extension| extension == "gz") {
                    let _ = MultiGzDecoder::new(&*bytes).read_to_end(text);
                } else {
                    text.extend(bytes);
                }
            }
        }
    }
    let mut text = Vec::new();
    collect(Path::new(folder), end, most, &mut text);
    text.truncate(most);
    if text.is_empty() {
        missing(TEST, &format!("there is no {folder}/…{end}"));
    }
    text
}

/// The texts, by what they are.
fn texts() -> Vec<(&'static str, Vec<u8>)> {
    // Of this repository's history without the files that are about secrets: the tokens of the tests, the rules, and the
    // documents of both are there to be found.
    let history = ["log", "-p", "--", ".", ":!tests", ":!fuzz", ":!benches", ":!proptest-regressions"];
    let history = [&history[..], &[":!presets", ":!src/redact", ":!docs"]].concat();
    let metadata = ["metadata", "--offline", "--format-version", "1"];
    vec![
        ("ls -lR /usr", printed("ls", &["-lR", "/usr"], 9_000_000)),
        ("dpkg -l", printed("dpkg", &["-l"], 500_000)),
        ("dpkg status", files("/var/lib/dpkg", "status", 2_000_000)),
        ("lists of packages", files("/var/lib/dpkg/info", ".list", 3_000_000)),
        ("checksums of packages", files("/var/lib/dpkg/info", ".md5sums", 3_000_000)),
        ("git log -p", printed("git", &history, 4_000_000)),
        ("cargo metadata", printed("cargo", &metadata, 2_000_000)),
        ("Cargo.lock", files(env!("CARGO_MANIFEST_DIR"), "Cargo.lock", 100_000)),
        ("sha256sum /usr/bin", printed("sh", &["-c", "sha256sum /usr/bin/*"], 1_000_000)),
        ("manual pages", files("/usr/share/man/man1", ".gz", 6_000_000)),
        ("copyrights", files("/usr/share/doc", "copyright", 3_000_000)),
        ("headers", files("/usr/include", ".h", 6_000_000)),
    ]
}

/// The lines of `text` that change, with what is hidden.
fn changed(text: &[u8]) -> Vec<String> {
    let mut stream = Redactor::default().stream();
    let mut out = Vec::with_capacity(text.len());
    for piece in text.chunks(64 * 1024) {
        stream.push(piece, &mut out);
    }
    stream.flush(&mut out);
    if out == text {
        return Vec::new();
    }
    let lines = |bytes: &[u8]| -> BTreeMap<String, usize> {
        let mut lines = BTreeMap::new();
        for line in String::from_utf8_lossy(bytes).lines() {
            *lines.entry(line.to_owned()).or_default() += 1;
        }
        lines
    };
    let before = lines(text);
    let hidden = lines(&out).into_iter().filter(|(line, _)| !before.contains_key(line));
    hidden.flat_map(|(line, count)| std::iter::repeat_n(line, count)).collect()
}

#[test]
fn fewer_than_one_redaction_in_a_megabyte_of_what_every_machine_prints() {
    let mut total = 0;
    let mut complaints = Vec::new();
    for (what, text) in texts() {
        total += text.len();
        complaints.extend(changed(&text).into_iter().map(|line| format!("{what}: {line}")));
    }
    if total < WANTED {
        missing(TEST, &format!("this machine has {total} bytes"));
    }
    assert!(
        complaints.len() * 1_000_000 < total.max(1),
        "{} redactions in {total} bytes:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

#[test]
fn what_people_write_every_day_is_left_alone() {
    let mut complaints = Vec::new();
    for (what, text) in SNIPPETS {
        let redacted = Redactor::default().text(text);
        for (line, shown) in text.lines().zip(redacted.lines()).filter(|(line, shown)| line != shown) {
            complaints.push(format!("{what}: {line:?} became {shown:?}"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
