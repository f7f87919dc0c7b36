//! Turns the rule presets into a table at build time, so that no start of the program parses TOML.
//!
//! Reads `presets/redact/*.toml` (the gitleaks rule format plus `set` and `source`) and writes `presets.rs` with
//! one `PresetRule` per rule. The expressions are not compiled here; a test does that for every one of them.

#[path = "src/redact/rarity.rs"]
mod rarity;

use rarity::{SHORTEST, rarest, without_delimiter};
use serde::Deserialize;
use std::collections::BTreeSet;
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
    println!("cargo::rerun-if-changed=src/redact/rarity.rs");
    println!("cargo::rerun-if-changed=presets/redact");
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
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("failed to read {}: {error}", path.display()))?;
        let file: File = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        for rule in &file.rules {
            push_rule(&mut table, &file.set, rule);
        }
    }
    table.push_str("];\n");
    Ok(table)
}

fn push_rule(table: &mut String, set: &str, rule: &Rule) {
    let keywords = keywords(rule);
    // Writing to a String cannot fail.
    let _ = write!(
        table,
        "PresetRule {{ set: {set:?}, id: {:?}, description: {:?}, source: {:?}, regex: {:?}, \
         secret_group: {}, entropy: {:?}, keywords: &[{keywords}], allowlists: &[",
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

/// The keywords of a rule with what the prefilter looks for. `"\nsk-"`, `"=sk-"` and so on become one.
fn keywords(rule: &Rule) -> String {
    let mut seen = BTreeSet::new();
    let mut table = String::new();
    for keyword in rule.keywords.iter().map(|keyword| keyword.to_ascii_lowercase()) {
        let bare = without_delimiter(keyword.as_bytes());
        if bare.len() < SHORTEST || !seen.insert(bare.to_vec()) {
            continue;
        }
        let (offset, key) = if bare.len() > SHORTEST { rarest(bare) } else { (0, 0) };
        let text = String::from_utf8_lossy(bare);
        // Writing to a String cannot fail.
        let _ = write!(
            table,
            "PresetKeyword {{ text: {text:?}, bounded: {}, offset: {offset}, key: 0x{:04x}_{:04x} }},",
            bare.len() < keyword.len(),
            key >> 16,
            key & 0xffff
        );
    }
    table
}
