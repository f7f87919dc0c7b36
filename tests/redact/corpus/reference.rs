//! The rules read from `presets/redact` and applied in the plainest way: the standard the engine is measured by.

use regex::bytes::{Regex, RegexBuilder};
use std::{fs, ops::Range, path::PathBuf};

/// One rule, with every regular expression compiled.
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) file: String,
    pub(crate) description: String,
    pub(crate) source: String,
    pub(crate) keywords: Vec<String>,
    pub(crate) regex: Regex,
    group: usize,
    entropy: f64,
    allowed: Vec<(bool, Regex)>,
}

/// All rules of all sets, in the order of their files.
pub(crate) fn rules() -> Vec<Rule> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("presets/redact");
    let entries = fs::read_dir(&folder).expect("the rule sets are there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files.iter().flat_map(load).collect()
}

fn load(file: &PathBuf) -> Vec<Rule> {
    let text = fs::read_to_string(file).expect("a readable rule set");
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(table.get("set").and_then(toml::Value::as_str).is_some(), "{}: no `set`", file.display());
    let rules = table["rules"].as_array().expect("`rules` is a list of tables");
    rules.iter().map(|rule| read(rule, &file.display().to_string())).collect()
}

fn read(rule: &toml::Value, file: &str) -> Rule {
    let string = |key: &str| rule.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let id = string("id");
    let group = rule.get("secretGroup").and_then(toml::Value::as_integer).unwrap_or(0);
    let entropy = rule.get("entropy").and_then(toml::Value::as_float).unwrap_or(0.0);
    let lists = rule.get("allowlists").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let allowed = lists.iter().flat_map(|list| {
        let whole = list.get("regexTarget").and_then(toml::Value::as_str) == Some("match");
        strings(list, "regexes").into_iter().map(move |regex| (whole, regex))
    });
    Rule {
        regex: compile(&id, &string("regex")),
        allowed: allowed.map(|(whole, regex)| (whole, compile(&id, &regex))).collect(),
        file: file.to_owned(),
        description: string("description"),
        source: string("source"),
        keywords: strings(rule, "keywords"),
        group: usize::try_from(group).expect("a group's number"),
        entropy,
        id,
    }
}

fn strings(table: &toml::Value, key: &str) -> Vec<String> {
    let list = table.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    list.iter().map(|item| item.as_str().expect("a list of strings").to_owned()).collect()
}

/// Classes are classes of bytes, as in the tools that rule files are shared with: `\w` is ASCII.
fn compile(id: &str, regex: &str) -> Regex {
    let built = RegexBuilder::new(regex).unicode(false).size_limit(1 << 21).build();
    built.unwrap_or_else(|error| panic!("{id}: {error}"))
}

impl Rule {
    /// Where this rule alone sees secrets.
    pub(crate) fn spans(&self, text: &str) -> Vec<Range<usize>> {
        // The beginning of a text counts as the beginning of a line.
        let lower = format!("\n{}", text.to_ascii_lowercase());
        if !self.keywords.iter().any(|keyword| lower.contains(keyword.as_str())) {
            return Vec::new();
        }
        let found = self.regex.captures_iter(text.as_bytes());
        found
            .filter_map(|captures| {
                let whole = captures.get(0)?;
                // Without a number it is the first group that took part.
                let first = || (1..captures.len()).find_map(|group| captures.get(group));
                let secret =
                    if self.group > 0 { captures.get(self.group)? } else { first().unwrap_or(whole) };
                (!self.excused(secret.as_bytes(), whole.as_bytes())).then(|| secret.range())
            })
            .collect()
    }

    fn excused(&self, secret: &[u8], whole: &[u8]) -> bool {
        let listed =
            |(on_match, regex): &(bool, Regex)| regex.is_match(if *on_match { whole } else { secret });
        placeholder(secret) || entropy(secret) < self.entropy || self.allowed.iter().any(listed)
    }
}

/// A value that stands for another stays readable: a variable, a template's field, something in angle brackets, stars.
fn placeholder(secret: &[u8]) -> bool {
    let text = String::from_utf8_lossy(secret);
    let name = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    let between = |open: &str, close: &str| {
        text.strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|inner| !inner.contains(close))
    };
    let variable = text.strip_prefix('$').is_some_and(name) || between("%", "%") || between("<", ">");
    let field = ["${", "{{", "$("].iter().any(|mark| text.contains(mark));
    variable || field || text.contains("****") || text.to_ascii_lowercase().contains("xxxxxx")
}

/// Shannon entropy in bits per byte.
fn entropy(secret: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in secret {
        counts[usize::from(*byte)] += 1;
    }
    let total = f64::from(u32::try_from(secret.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total)
        .map(|p| -p * p.log2())
        .sum()
}
