//! Files: none too long, none forgotten, every preset embedded.

use super::source::{files_below, lines_with, none_of, package, package_files, rust_files};
use ledger_run::config::preset::built_in;
use ledger_run::config::settings::Settings;
use std::collections::BTreeSet;

/// Longest Rust file in lines; most have 60 to 350.
const LINES_MAX: usize = 600;

#[test]
fn no_file_is_too_long() {
    let wrong: Vec<String> = package_files()
        .iter()
        .filter(|file| file.has_extension("rs"))
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| *lines > LINES_MAX)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    none_of(&wrong, "a file has at most 600 lines");
}

/// Follows `mod name;` from `root` and returns every file reached.
fn reached(root: &str) -> BTreeSet<String> {
    let mut open = vec![root.to_owned()];
    let mut reached = BTreeSet::new();
    while let Some(path) = open.pop() {
        let source = files_below(&path).pop();
        let source = source.unwrap_or_else(|| panic!("{path} is named by a `mod` and does not exist"));
        let stem = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let home = match stem.as_str() {
            "main" | "lib" | "mod" => parent(&path).to_owned(),
            _ => format!("{}/{stem}", parent(&path)),
        };
        let code = source.code();
        for line in code.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let Some(at) = words.iter().position(|word| *word == "mod") else { continue };
            let Some(name) = words.get(at + 1).and_then(|name| name.strip_suffix(';')) else { continue };
            let flat = format!("{home}/{name}.rs");
            let exists = package().join(&flat).is_file();
            open.push(if exists { flat } else { format!("{home}/{name}/mod.rs") });
        }
        reached.insert(path);
    }
    reached
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(parent, _)| parent)
}

#[test]
fn no_file_is_forgotten() {
    for (folder, root) in [("tests", "tests/main.rs"), ("src", "src/lib.rs")] {
        let reached = reached(root);
        let wrong: Vec<String> = rust_files(folder)
            .into_iter()
            .map(|file| file.path)
            .filter(|path| !reached.contains(path) && !is_no_module(path))
            .collect();
        none_of(&wrong, "no `mod` leads to these files");
        assert!(reached.len() > 10, "{reached:?}");
    }
}

/// Binaries, and programs that a test takes in whole by their names.
fn is_no_module(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let taken = format!("include_str!(\"{name}\")");
    path.starts_with("src/bin/") || files_below(parent(path)).iter().any(|file| file.text.contains(&taken))
}

#[test]
fn every_agent_preset_is_embedded_and_parses() {
    let presets = files_below("presets/agents");
    assert!(presets.len() >= 4, "presets/agents holds {} files", presets.len());
    for preset in presets {
        let name = preset.path.trim_start_matches("presets/agents/").trim_end_matches(".toml").to_owned();
        let embedded = built_in(&name.parse().unwrap()).unwrap_or_else(|error| panic!("{error}"));
        let in_file: Settings = toml::from_str(&preset.text).unwrap();
        assert_eq!(embedded, in_file, "{} is not what is embedded", preset.path);
        assert_ne!(embedded, Settings::default(), "{} says nothing", preset.path);
    }
}

#[test]
fn no_test_is_switched_off() {
    let ignored = format!("#[{}", "ignore");
    let wrong: Vec<String> = ["src", "tests"]
        .into_iter()
        .flat_map(rust_files)
        .flat_map(|file| {
            let code = file.code();
            let lines = lines_with(&code, &ignored);
            lines.into_iter().map(move |line| format!("{}:{line}", file.path)).collect::<Vec<_>>()
        })
        .collect();
    none_of(&wrong, "a test that does not run proves nothing");
}
