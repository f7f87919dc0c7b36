//! Reading the package: its files, and the code of a Rust file without comments and literals.

use std::fs;
use std::path::{Path, PathBuf};

/// One text file of the package.
pub(super) struct Source {
    /// Relative to the package, with `/`.
    pub(super) path: String,
    /// As it stands.
    pub(super) text: String,
}

impl Source {
    /// Whether its name ends so.
    pub(super) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// The text with comments and the contents of literals blanked; lines keep their numbers.
    pub(super) fn code(&self) -> String {
        blank(&self.text)
    }

    /// The text up to the unit tests, which stand last; nothing if the whole file is for tests.
    pub(super) fn shipped_text(&self) -> &str {
        let end = self.text.find("#[cfg(test)]\nmod ").filter(|at| self.text[*at..].contains('{'));
        if self.is_for_tests() { "" } else { &self.text[..end.unwrap_or(self.text.len())] }
    }

    /// [`Source::code`] of [`Source::shipped_text`].
    pub(super) fn shipped_code(&self) -> String {
        blank(self.shipped_text())
    }

    /// Whether the module that holds it says `#[cfg(test)]`.
    fn is_for_tests(&self) -> bool {
        let path = Path::new(&self.path);
        let (Some(folder), Some(name)) = (path.parent(), path.file_stem()) else { return false };
        let declared = format!("#[cfg(test)]\nmod {};", name.to_string_lossy());
        let parents = [folder.join("mod.rs"), folder.with_extension("rs")];
        parents.iter().any(|parent| {
            fs::read_to_string(package().join(parent)).is_ok_and(|text| text.contains(&declared))
        })
    }
}

/// The directory of the package.
pub(super) fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below `folder`, sorted.
pub(super) fn rust_files(folder: &str) -> Vec<Source> {
    files_below(folder).into_iter().filter(|source| source.has_extension("rs")).collect()
}

/// What the package consists of. Other things may lie beside it: build output, ledgers, an editor's files.
const PACKAGE: [&str; 17] = [
    ".ci",
    "benches",
    "docs",
    "examples",
    "fuzz",
    "presets",
    "src",
    "tests",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "build.rs",
    "clippy.toml",
    "rustfmt.toml",
];

/// All UTF-8 files of the package, sorted.
pub(super) fn package_files() -> Vec<Source> {
    PACKAGE.into_iter().flat_map(files_below).collect()
}

/// All UTF-8 files below `folder` of the package, sorted; none if there is no such folder.
pub(super) fn files_below(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&package().join(folder), &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn collect(path: &Path, found: &mut Vec<Source>) {
    let relative = path.strip_prefix(package()).unwrap_or(path).to_string_lossy().into_owned();
    let ignored = ["fuzz/target", "fuzz/corpus", "fuzz/artifacts"];
    if path.is_symlink() || ignored.contains(&relative.as_str()) {
        return;
    }
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())) {
            collect(&entry.unwrap().path(), found);
        }
    } else if let Ok(text) = fs::read_to_string(path) {
        found.push(Source { path: relative, text });
    }
}

/// Blanks comments and the contents of string and character literals.
pub(super) fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_or_comment(bytes, at);
        if let Some((from, to)) = end {
            for byte in &mut out[from..to] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
            at = to.max(at + 1);
        } else {
            at += 1;
        }
    }
    String::from_utf8(out).unwrap()
}

/// Where to blank if a comment or literal begins at `at`: its bytes without its delimiters.
fn literal_or_comment(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        return Some((at, at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())));
    }
    if rest.starts_with(b"/*") {
        return Some((at, at + find(rest, b"*/").map_or(rest.len(), |end| end + 2)));
    }
    if rest[0] == b'"' {
        return Some((at + 1, at + quoted(rest)));
    }
    if rest[0] == b'\'' {
        return character(rest).map(|length| (at + 1, at + length));
    }
    let raw = rest[0] == b'r'
        && !at.checked_sub(1).is_some_and(|before| is_word(bytes[before]) && bytes[before] != b'b');
    if raw && matches!(rest.get(1), Some(b'"' | b'#')) {
        let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
        if rest.get(1 + hashes) == Some(&b'"') {
            let close = [b"\"", "#".repeat(hashes).as_bytes()].concat();
            let body = 2 + hashes;
            return Some((
                at + body,
                at + body + find(&rest[body..], &close).map_or(rest.len() - body, |end| end + close.len()),
            ));
        }
    }
    None
}

fn quoted(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a character literal; none for a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return rest[3..].iter().position(|byte| *byte == b'\'').map(|end| end + 4);
    }
    let close = rest.iter().skip(1).take(6).position(|byte| *byte == b'\'')?;
    let content = std::str::from_utf8(&rest[1..=close]).ok()?;
    (content.chars().count() == 1).then_some(close + 2)
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

pub(super) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Each place where `word` stands alone in `code`, as a line number from 1.
pub(super) fn lines_with(code: &str, word: &str) -> Vec<usize> {
    let bytes = code.as_bytes();
    let edge = |at: Option<usize>, side: Option<&u8>| {
        side.is_none_or(|side| !is_word(*side)) || !at.is_some_and(|at| is_word(word.as_bytes()[at]))
    };
    code.match_indices(word)
        .filter(|(at, _)| {
            let before = at.checked_sub(1).map(|before| &bytes[before]);
            edge(Some(0), before) && edge(Some(word.len() - 1), bytes.get(at + word.len()))
        })
        .map(|(at, _)| code[..at].matches('\n').count() + 1)
        .collect()
}

/// Fails with all of `wrong`, one per line.
pub(super) fn none_of(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}:\n{}", wrong.join("\n"));
}

#[test]
fn blanking_keeps_code_and_lines() {
    let text = "a // \"x\n\"b\\\"c\" 'd' '\\n' &'e f /* g\nh */ r#\"i\"j\"# br\"k\" for\"l\" m";
    let seen: String = blank(text).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(seen, "a \" ' ' &'e f r#\" br\" for\" m");
    assert_eq!(blank(text).matches('\n').count(), 2);
    assert_eq!(lines_with("unsafe_code\nunsafe {", "unsafe"), [2]);
}
