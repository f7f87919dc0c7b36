//! Throughput of redaction with the whole rule set, on one core: text without secrets, text with one in every line, and
//! one long line of nothing but keywords.
//!
//! ```text
//! cargo bench --bench redact
//! ```
//!
//! `LEDGER_BENCH_TEXT=FILE` measures a text of your own as well.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ledger_run::redact::Redactor;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

/// Bytes of each text.
const LENGTH: usize = 8 * 1024 * 1024;
/// What a pump reads at once.
const CHUNK: usize = 64 * 1024;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn word(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..length)
            .map(|_| alphabet[usize::try_from(self.throw(alphabet.len() as u64)).unwrap_or(0)])
            .collect()
    }
}

/// Lines of `line` until there are enough.
fn text(mut line: impl FnMut(&mut Dice, &mut String)) -> Vec<u8> {
    let mut dice = Dice(7);
    let mut text = String::with_capacity(LENGTH + 256);
    while text.len() < LENGTH {
        line(&mut dice, &mut text);
        text.push('\n');
    }
    text.into_bytes()
}

fn listing(dice: &mut Dice, text: &mut String) {
    let names = ["lib", "share", "include", "linux", "python3", "locale", "main", "config", "index", "test"];
    let name = |dice: &mut Dice| names[usize::try_from(dice.throw(10)).unwrap_or(0)];
    let (size, minute, number) = (dice.throw(900_000), dice.throw(60), dice.throw(1000));
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "-rw-r--r-- 1 root root {size:8} Nov 16 02:{minute:02} {}-{}{number}.so",
        name(dice),
        name(dice)
    );
}

fn build_log(dice: &mut Dice, text: &mut String) {
    let words =
        ["Compiling", "serde_json", "warning:", "unused", "variable", "src/main.rs", "Finished", "target(s)"];
    for _ in 0..9 {
        text.push_str(words[usize::try_from(dice.throw(8)).unwrap_or(0)]);
        text.push(' ');
    }
    let _ = write!(text, "v{}.{}.{}", dice.throw(9), dice.throw(30), dice.throw(90));
}

fn secret(dice: &mut Dice, text: &mut String) {
    let token = dice.word("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 32);
    let _ = match dice.throw(4) {
        0 => write!(text, "export SERVICE_TOKEN={token}"),
        1 => write!(text, "  \"apiKey\": \"{token}\","),
        2 => write!(text, "Authorization: Bearer {token}"),
        _ => write!(text, "{}{token}abcd", ["gh", "p_"].concat()),
    };
}

/// The sources of this crate, over and over.
fn sources() -> Vec<u8> {
    fn collect(folder: &Path, all: &mut Vec<u8>) {
        let mut entries: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::path);
        for entry in entries {
            if entry.path().is_dir() {
                collect(&entry.path(), all);
            } else {
                all.extend(std::fs::read(entry.path()).expect("a file"));
            }
        }
    }
    let mut all = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    all.iter().copied().cycle().take(LENGTH).collect()
}

fn stream(text: &[u8], out: &mut Vec<u8>) -> usize {
    let mut stream = Redactor::default().stream();
    let mut length = 0;
    for chunk in text.chunks(CHUNK) {
        out.clear();
        stream.push(chunk, out);
        length += black_box(&*out).len();
    }
    out.clear();
    stream.flush(out);
    length + out.len()
}

fn throughput(criterion: &mut Criterion) {
    let keywords = "token password secret api_key authorization ".repeat(1024 * 1024 / 44);
    let mut texts = vec![
        ("listing", text(listing)),
        ("build log", text(build_log)),
        ("sources of this crate", sources()),
        ("a secret in every line", text(secret)),
        ("a line of keywords", keywords.into_bytes()),
        ("a row of assignments", "password=".repeat(1024 * 1024 / 9).into_bytes()),
    ];
    if let Some(path) = std::env::var_os("LEDGER_BENCH_TEXT") {
        texts.push(("LEDGER_BENCH_TEXT", std::fs::read(path).expect("a readable text")));
    }
    let mut group = criterion.benchmark_group("redact");
    group.sample_size(10);
    for (name, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let mut out = Vec::new();
        group.bench_function(*name, |bencher| bencher.iter(|| stream(text, &mut out)));
    }
    group.finish();
}

/// What a start pays before the first byte: the redactor, and one short line.
fn start(criterion: &mut Criterion) {
    criterion.bench_function("a redactor and its first line", |bencher| {
        bencher.iter(|| Redactor::default().text(black_box("Compiling ledger-run v0.1.0")));
    });
}

criterion_group!(benches, throughput, start);
criterion_main!(benches);
