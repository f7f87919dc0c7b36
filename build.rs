//! Turns the rule presets into a table at build time, so that no start of the program parses TOML.
//!
//! Reads `presets/redact/*.toml` (the gitleaks rule format plus `set` and `source`) and writes `presets.rs` with
//! one `PresetRule` per rule. The expressions are not compiled here; a test does that for every one of them.

#[path = "src/redact/needle.rs"]
mod needle;

use serde::Deserialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    set: String,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    #[serde(default)]
    description: String,
    regex: String,
    #[serde(default)]
    secret_group: usize,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    source: String,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allowlist {
    #[serde(default)]
    condition: String,
    #[serde(default)]
    regex_target: String,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=presets/redact");
    println!("cargo::rerun-if-changed=src/redact/needle.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("presets.rs");
    if let Err(why) = generate(Path::new("presets/redact")).and_then(|table| {
        fs::write(&out, table).map_err(|error| format!("failed to write {}: {error}", out.display()))
    }) {
        println!("cargo::error={why}");
    }
}

/// The text of the table. Files are taken in the order of their names, so that the build is reproducible.
fn generate(folder: &Path) -> Result<String, String> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|error| format!("failed to list {}: {error}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let mut table = String::from("pub(super) static PRESETS: &[PresetRule] = &[\n");
    let mut needles = String::from("pub(super) static PRESET_NEEDLES: &[PresetNeedle] = &[\n");
    let mut index = 0;
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("failed to read {}: {error}", path.display()))?;
        let file: File = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        for rule in &file.rules {
            push_rule(&mut table, &file.set, rule);
            push_needles(&mut needles, index, rule);
            index += 1;
        }
    }
    Ok(format!("{table}];\n{needles}];\n"))
}

fn push_rule(table: &mut String, set: &str, rule: &Rule) {
    let keywords: Vec<String> = rule.keywords.iter().map(|keyword| keyword.to_ascii_lowercase()).collect();
    // Writing to a String cannot fail.
    let _ = write!(
        table,
        "PresetRule {{ set: {set:?}, id: {:?}, description: {:?}, source: {:?}, regex: {:?}, \
         secret_group: {}, entropy: {:?}, keywords: &{keywords:?}, allowlists: &[",
        rule.id, rule.description, rule.source, rule.regex, rule.secret_group, rule.entropy
    );
    for list in &rule.allowlists {
        let all = list.condition.eq_ignore_ascii_case("and");
        let _ = write!(
            table,
            "PresetAllowlist {{ all: {all}, target: {:?}, regexes: &{:?}, stopwords: &{:?} }},",
            list.regex_target, list.regexes, list.stopwords
        );
    }
    table.push_str("] },\n");
}

/// A keyword of the form "delimiter, then prefix" stands for the prefix behind anything but a letter or a digit, so
/// several such keywords of a rule are one needle.
fn push_needles(needles: &mut String, index: usize, rule: &Rule) {
    let mut bounded: Vec<Vec<u8>> = Vec::new();
    for (number, keyword) in rule.keywords.iter().enumerate() {
        let keyword = keyword.to_ascii_lowercase().into_bytes();
        let bare = needle::without_delimiter(&keyword);
        let skip = keyword.len() - bare.len();
        let Some((offset, key)) = needle::spot(bare) else { continue };
        if skip > 0 {
            if bounded.iter().any(|known| known == bare) {
                continue;
            }
            bounded.push(bare.to_vec());
        }
        let spaced = bare.iter().any(u8::is_ascii_whitespace);
        // Writing to a String cannot fail.
        let _ = writeln!(
            needles,
            "PresetNeedle {{ rule: {index}, keyword: {number}, skip: {skip}, offset: {offset}, spaced: {spaced}, key: 0x{:04x}_{:04x} }},",
            key >> 16,
            key & 0xffff
        );
    }
}
