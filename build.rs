//! Turns the rule presets into tables at build time, so that no start of the program parses TOML or enters a needle.
//!
//! Reads `presets/redact/*.toml` (the gitleaks rule format plus `set` and `source`) and writes `presets.rs`: one
//! `PresetRule` per rule, with the place where it is tried, and the needles of all rules, made by the very code that adds
//! needles at run time. The expressions are parsed, not compiled; a test does that for every one of them.

#[path = "src/redact/assemble.rs"]
mod assemble;
#[path = "src/redact/byte_set.rs"]
#[expect(dead_code, reason = "most of it is for run time")]
mod byte_set;
#[path = "src/redact/guard.rs"]
#[expect(dead_code, reason = "looking for a run is for run time")]
mod guard;
#[path = "src/redact/lead.rs"]
#[expect(dead_code, reason = "how far a keyword's word goes is for run time")]
mod lead;
#[path = "src/redact/prefilter.rs"]
#[expect(dead_code, reason = "the searching half is for run time")]
mod prefilter;
#[path = "src/redact/program.rs"]
#[expect(dead_code, reason = "running programs is for run time")]
mod program;
#[path = "src/redact/rarity.rs"]
mod rarity;
#[path = "src/redact/signs.rs"]
#[expect(dead_code, reason = "what stems say is for run time")]
mod signs;

use assemble::{Assembled, Assembler};
use prefilter::{Prefilter, Target};
use rarity::{Rarity, SHORTEST, without_delimiter};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
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
    for source in ["assemble", "byte_set", "guard", "lead", "prefilter", "program", "rarity", "signs"] {
        println!("cargo::rerun-if-changed=src/redact/{source}.rs");
    }
    println!("cargo::rerun-if-changed=presets/redact");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("presets.rs");
    if let Err(why) = generate(Path::new("presets/redact")).and_then(|tables| {
        fs::write(&out, tables).map_err(|error| format!("failed to write {}: {error}", out.display()))
    }) {
        println!("cargo::error={why}");
    }
}

/// The text of the tables. Files are taken in the order of their names, so that the build is reproducible.
fn generate(folder: &Path) -> Result<String, String> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|error| format!("failed to list {}: {error}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let mut tables = Tables::default();
    let pieces = folder.join("common-fragments.txt");
    let pieces = fs::read_to_string(&pieces)
        .map_err(|error| format!("failed to read {}: {error}", pieces.display()))?;
    let mut filter = Prefilter { rarity: Rarity::from(pieces.as_str()), ..Prefilter::default() };
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("failed to read {}: {error}", path.display()))?;
        let file: File = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        for rule in &file.rules {
            for keyword in &rule.keywords {
                let keyword = keyword.to_ascii_lowercase();
                filter.insert_keyword(keyword.as_bytes(), Target::Rule(tables.count));
            }
            tables.push_rule(&file.set, rule).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    enter_signs(&mut filter);
    enter_services(&mut filter, &folder.join("service-names.txt"))?;
    Ok(tables.finish() + &needles(&filter))
}

/// What announces a private key; `block::opener` judges what follows it.
const OPENERS: [&str; 15] = [
    "-----begin",
    "<tls-auth>",
    "<tls-crypt",
    "---- begin ssh2",
    "private-lines:",
    "priv:",
    "privateexponent:",
    "prime1:",
    "prime2:",
    "exponent1:",
    "exponent2:",
    "coefficient:",
    "private key----",
    "private key ----",
    "private key block----",
];

/// The needles that belong to no rule.
fn enter_signs(filter: &mut Prefilter) {
    for opener in OPENERS {
        filter.insert(opener.as_bytes(), false, Target::Block);
    }
    for (index, stem) in (0..).zip(&signs::STEMS) {
        let text = stem.text.as_bytes();
        // A letter follows `://`; none follows a word of three letters.
        let added = if text[0].is_ascii_alphabetic() {
            filter.insert(text, false, Target::Generic(index))
        } else {
            filter.insert_keyword(text, Target::Generic(index))
        };
        assert!(added, "the stem {} is too short", stem.text);
    }
}

/// The names of services, one a line, in lower case. All of them stand for the stem behind the last one: what follows a
/// name is judged in the same way whoever it is.
fn enter_services(filter: &mut Prefilter, path: &Path) -> Result<(), String> {
    let text =
        fs::read_to_string(path).map_err(|error| format!("failed to read {}: {error}", path.display()))?;
    let service = u16::try_from(signs::STEMS.len()).unwrap_or(u16::MAX);
    for name in text.lines() {
        if !filter.insert(name.as_bytes(), false, Target::Generic(service)) {
            return Err(format!("{}: the name `{name}` is too short", path.display()));
        }
    }
    Ok(())
}

/// The tables of rules as they grow: texts one behind the other, and everything else by position.
#[derive(Default)]
struct Tables {
    text: String,
    known: BTreeMap<String, usize>,
    texts: String,
    texts_count: usize,
    allowlists: String,
    allowlists_count: usize,
    programs: Assembler,
    /// The programs of allowlists, which have many expressions in common.
    checks: String,
    checks_known: BTreeMap<String, String>,
    checks_count: usize,
    rules: String,
    count: u32,
}

impl Tables {
    fn text(&mut self, text: &str) -> String {
        let end = self.text.len();
        let at = *self.known.entry(text.to_owned()).or_insert(end);
        if at == end {
            self.text.push_str(text);
        }
        format!("Text {{ at: {at}, length: {} }}", text.len())
    }

    fn texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> String {
        let at = self.texts_count;
        for text in texts {
            let text = self.text(text);
            self.texts.push_str(&text);
            self.texts.push_str(",\n");
            self.texts_count += 1;
        }
        format!("Texts {{ at: {at}, length: {} }}", self.texts_count - at)
    }

    fn push_rule(&mut self, set: &str, rule: &Rule) -> Result<(), String> {
        let first_allowlist = self.allowlists_count;
        for list in &rule.allowlists {
            let stopwords: Vec<String> = list.stopwords.iter().map(|word| word.to_lowercase()).collect();
            let first_check = self.checks_count;
            for regex in &list.regexes {
                let program = match self.checks_known.get(regex) {
                    Some(program) => program.clone(),
                    None => self.program(rule, regex)?.0,
                };
                let _ = writeln!(self.checks, "{program},");
                self.checks_known.insert(regex.clone(), program);
                self.checks_count += 1;
            }
            let row = format!(
                "PresetAllowlist {{ all: {}, target: {}, regexes: {}, programs: ({first_check}, {}), stopwords: {} }},\n",
                list.condition.eq_ignore_ascii_case("and"),
                self.text(&list.regex_target),
                self.texts(list.regexes.iter().map(String::as_str)),
                list.regexes.len(),
                self.texts(stopwords.iter().map(String::as_str)),
            );
            self.allowlists.push_str(&row);
            self.allowlists_count += 1;
        }
        let keywords = keywords(rule);
        let hir = lead::parse(&rule.regex).map_err(|error| format!("rule {}: {error}", rule.id))?;
        let lead = lead::lead(&hir, &keywords.iter().map(String::as_str).collect::<Vec<_>>());
        // It is put into markers as it stands.
        let harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        assert!(rule.id.bytes().all(harmless), "the id {} cannot stand in a marker", rule.id);
        let guard = match guard::Guard::of(&hir) {
            Some(guard::Guard { set, ahead, least, reach }) => {
                format!(
                    "Some(Guard {{ set: ByteSet({:?}), ahead: ByteSet({:?}), least: {least}, reach: {reach} }})",
                    set.0, ahead.0
                )
            }
            None => "None".to_owned(),
        };
        let (program, groups) = self.program(rule, &rule.regex)?;
        assert!(groups <= program::GROUPS_MAX, "rule {}: more than {} groups", rule.id, program::GROUPS_MAX);
        let sign = match guard::Sign::of(&hir) {
            Some(guard::Sign(bytes)) => format!("Some(Sign({bytes:?}))"),
            None => "None".to_owned(),
        };
        let row = format!(
            "PresetRule {{ set: {}, id: {}, description: {}, source: {}, regex: {}, program: {program}, groups: {groups}, \
             secret_group: {}, entropy: {:?}, lead: Lead::{lead:?}, guard: {guard}, sign: {sign}, keywords: {}, allowlists: ({first_allowlist}, {}) }},\n",
            self.text(set),
            self.text(&rule.id),
            self.text(&rule.description),
            self.text(&rule.source),
            self.text(&rule.regex),
            rule.secret_group,
            rule.entropy,
            self.texts(keywords.iter().map(String::as_str)),
            rule.allowlists.len(),
        );
        self.rules.push_str(&row);
        self.count += 1;
        Ok(())
    }

    /// Adds the program of an expression; returns it and the number of its groups.
    fn program(&mut self, rule: &Rule, regex: &str) -> Result<(String, usize), String> {
        let hir = lead::parse(regex).map_err(|error| format!("rule {}: {error}", rule.id))?;
        let Assembled { at, length, first, joins, groups } =
            self.programs.add(&hir).map_err(|why| format!("rule {}: {why}", rule.id))?;
        let program =
            format!("PresetProgram {{ at: {at}, length: {length}, first: {first}, joins: {joins} }}");
        Ok((program, groups))
    }

    fn finish(self) -> String {
        let mut steps = String::new();
        // Writing to a String cannot fail.
        for program::Step { op, byte, next, other } in &self.programs.steps {
            let _ = writeln!(steps, "Step {{ op: Op::{op:?}, byte: {byte}, next: {next}, other: {other} }},");
        }
        let mut sets = String::new();
        for set in &self.programs.sets {
            let _ = writeln!(sets, "ByteSet({:?}),", set.0);
        }
        format!(
            "pub(super) static STEPS: &[Step] = &[\n{steps}];\npub(super) static SETS: &[ByteSet] = &[\n{sets}];\n\
             pub(super) static CHECKS: &[PresetProgram] = &[\n{}];\n\
             pub(super) static TEXT: &str = {:?};\npub(super) static TEXTS: &[Text] = &[{}];\n\
             pub(super) static ALLOWLISTS: &[PresetAllowlist] = &[{}];\n\
             pub(crate) static PRESETS: &[PresetRule] = &[\n{}];\n",
            self.checks, self.text, self.texts, self.allowlists, self.rules
        )
    }
}

/// The keywords of a rule. `"\nsk-"`, `"=sk-"` and so on become one.
fn keywords(rule: &Rule) -> BTreeSet<String> {
    let lower = rule.keywords.iter().map(|keyword| keyword.to_ascii_lowercase());
    lower
        .map(|keyword| String::from_utf8_lossy(without_delimiter(keyword.as_bytes())).into_owned())
        .filter(|bare| bare.len() >= SHORTEST)
        .collect()
}

/// The table of needles, as a Rust static.
fn needles(filter: &Prefilter) -> String {
    let mut spaced = filter.spaced.clone();
    spaced.sort_by_key(|&index| filter.needle(index).1);
    let is_lower = |index: &u32| !filter.needle(*index).1.iter().any(u8::is_ascii_uppercase);
    assert!(spaced.iter().all(is_lower), "`Prefilter::unfinished` looks for them in lower case");
    // The entries of a slot one behind the other, so that nothing has to be followed.
    let entry = |index: u32| filter.entries.get(index as usize);
    let mut entries = Vec::with_capacity(filter.entries.len());
    let mut slots = Vec::with_capacity(filter.slots.len());
    let mut count = 0;
    for &(tags, first) in filter.slots.iter() {
        slots.push((tags, if first == prefilter::NONE { first } else { count }));
        for before in std::iter::successors(entry(first), |before| entry(before.next)) {
            count += 1;
            let next = if before.next == prefilter::NONE { before.next } else { count };
            entries.push(prefilter::Entry { next, ..*before });
        }
    }
    let mut table = String::from("pub(crate) static NEEDLES: Table = Table { marks: [");
    // Writing to a String cannot fail.
    for word in filter.marks.iter() {
        let _ = writeln!(table, "{word},");
    }
    table.push_str("], slots: [");
    for (tags, first) in slots {
        let _ = writeln!(table, "({tags},{first}),");
    }
    table.push_str("], lists: Lists { entries: &[");
    for entry in entries {
        let _ = writeln!(
            table,
            "Entry {{ key: {}, needle: {}, next: {}, offset: {}, around: {}, has: {} }},",
            entry.key, entry.needle, entry.next, entry.offset, entry.around, entry.has
        );
    }
    table.push_str("], needles: &[");
    for needle in &filter.needles {
        let _ = writeln!(
            table,
            "Needle {{ at: {}, length: {}, target: Target::{:?}, exact: {}, bounded: {} }},",
            needle.at, needle.length, needle.target, needle.exact, needle.bounded
        );
    }
    let _ = writeln!(table, "], text: &{:?}, spaced: &{spaced:?} }} }};", filter.text);
    table
}
