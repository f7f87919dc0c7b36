//! Documents say what the program does: every option, exit status and variable, and links that lead somewhere.

use super::source::{Source, files_below, none_of, package, rust_files};
use regex::Regex;
use std::collections::BTreeSet;
use std::process::Command;

fn documents() -> Vec<Source> {
    let mut documents = files_below("docs");
    let top = |name: &str| Source {
        path: name.to_owned(),
        text: std::fs::read_to_string(package().join(name)).unwrap(),
    };
    documents.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(top));
    documents.into_iter().filter(|file| file.has_extension("md")).collect()
}

fn help(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).arg("--help").output().unwrap();
    assert!(output.status.success(), "{program} {words:?} --help: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The options of a help text: lines such as `  -c <PROGRAM>` or `      --agent <AGENT>`.
fn options(help: &str) -> BTreeSet<String> {
    let option = Regex::new(r"(?m)^\s{2,}(-[a-z])?(?:, )?\s*(--[a-z][a-z0-9-]*)?").unwrap();
    let both = option.captures_iter(help).flat_map(|found| [found.get(1), found.get(2)]);
    both.flatten().map(|name| name.as_str().to_owned()).collect()
}

/// The subcommands of a help text: the first words of the lines below `Commands:`.
fn subcommands(help: &str) -> Vec<String> {
    let below = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    below
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn said(name: &str) -> bool {
    let pattern = Regex::new(&format!(r"(^|[`\s(|/]){}([`\s,=.:)|\]]|$)", regex::escape(name))).unwrap();
    documents().iter().any(|document| document.text.lines().any(|line| pattern.is_match(line)))
}

#[test]
fn every_option_is_documented() {
    let mut wrong = Vec::new();
    let usual = ["-h", "--help", "-V", "--version"];
    let run = options(&help(env!("CARGO_BIN_EXE_ledger-run"), &[]));
    assert!(run.contains("--timeout") && run.contains("-c"), "{run:?}");
    wrong.extend(run.iter().filter(|name| !usual.contains(&name.as_str()) && !said(name)).cloned());
    let ctl = env!("CARGO_BIN_EXE_ledgerctl");
    let mut open: Vec<String> = subcommands(&help(ctl, &[]));
    assert!(open.len() > 5, "{open:?}");
    while let Some(command) = open.pop() {
        if !said(&format!("ledgerctl {command}")) {
            wrong.push(format!("ledgerctl {command}"));
        }
        let words: Vec<&str> = command.split(' ').collect();
        let help = help(ctl, &words);
        let names = options(&help);
        let missing = names.iter().filter(|name| !usual.contains(&name.as_str()) && !said(name));
        wrong.extend(missing.map(|name| format!("ledgerctl {command} {name}")));
        open.extend(subcommands(&help).iter().map(|inner| format!("{command} {inner}")));
    }
    none_of(&wrong, "neither README.md nor docs/ say a word of these");
}

#[test]
fn the_readme_promises_no_option_that_is_not_there() {
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let there = options(&help(env!("CARGO_BIN_EXE_ledger-run"), &[]));
    let row = Regex::new(r"(?m)^\| `(--?[a-z][a-z0-9-]*)").unwrap();
    let rows: Vec<String> = row.captures_iter(&readme).map(|found| found[1].to_owned()).collect();
    assert!(rows.len() > 10, "{rows:?}");
    let wrong: Vec<String> = rows.into_iter().filter(|name| !there.contains(name)).collect();
    none_of(&wrong, "README.md documents options that do not exist");
}

#[test]
fn every_exit_status_is_documented() {
    let table = std::fs::read_to_string(package().join("docs/exit-codes.md")).unwrap();
    let constant = Regex::new(r"const (EXIT_[A-Z_]+): u8 = (\d+);").unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in rust_files("src") {
        for found in constant.captures_iter(&file.text) {
            count += 1;
            if !table.lines().any(|line| line.starts_with(&format!("| {} |", &found[2]))) {
                wrong.push(format!("{}: {} = {}", file.path, &found[1], &found[2]));
            }
        }
    }
    assert!(count >= 5, "{count} constants found");
    none_of(&wrong, "docs/exit-codes.md has no row for these");
}

#[test]
fn every_variable_is_documented() {
    let name = Regex::new(r"\bLEDGER_[A-Z_]*[A-Z]\b|\bLUKA_SOT\b").unwrap();
    let mut wrong = BTreeSet::new();
    for file in rust_files("src") {
        wrong.extend(
            name.find_iter(file.shipped_text())
                .map(|found| found.as_str().to_owned())
                .filter(|name| !said(name)),
        );
    }
    none_of(&wrong.into_iter().collect::<Vec<_>>(), "neither README.md nor docs/ say a word of these");
}

#[test]
fn every_setting_is_documented() {
    let settings = std::fs::read_to_string(package().join("src/config/settings.rs")).unwrap();
    let field = Regex::new(r"(?m)^    pub ([a-z_]+): Option<").unwrap();
    let names: Vec<String> = field.captures_iter(&settings).map(|found| found[1].to_owned()).collect();
    assert!(names.len() > 10, "{names:?}");
    let wrong: Vec<String> = names.into_iter().filter(|name| !said(name)).collect();
    none_of(&wrong, "neither README.md nor docs/ say a word of these settings");
}

#[test]
fn links_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)#\s]+)(#[^)]*)?\)").unwrap();
    let mut wrong = Vec::new();
    for document in documents() {
        let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for found in link.captures_iter(&document.text) {
            let target = &found[1];
            if !target.contains("://") && !package().join(folder).join(target).exists() {
                wrong.push(format!("{}: {target}", document.path));
            }
        }
    }
    none_of(&wrong, "links into nowhere");
}
