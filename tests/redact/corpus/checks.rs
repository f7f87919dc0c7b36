//! What must hold for every rule.

use super::{
    case::Case,
    reference::{Rule, rules},
    sets,
};
use std::collections::BTreeMap;

pub(super) fn cases() -> BTreeMap<&'static str, Case> {
    let mut by_rule = BTreeMap::new();
    for case in sets::all() {
        assert!(by_rule.insert(case.rule, case).is_none(), "two cases for {}", case.rule);
    }
    by_rule
}

/// Gathers complaints, so that one run shows all of them.
pub(super) fn report(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn every_rule_is_described_and_has_examples() {
    let cases = cases();
    let mut complaints = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    for rule in rules() {
        let mut complain = |what: &str| complaints.push(format!("{}: {}: {what}", rule.file, rule.id));
        if !ids.insert(rule.id.clone()) {
            complain("the id is taken");
        }
        if !cases.contains_key(rule.id.as_str()) {
            complain("no examples");
        }
        if rule.description.len() < 8 || !rule.source.starts_with("https://") {
            complain("needs a description and the https:// address of the document that gives the format");
        }
        if rule.regex.is_match(b"") {
            complain("matches the empty text");
        }
        let selective = |keyword: &String| keyword.len() >= 4 && *keyword == keyword.to_ascii_lowercase();
        if rule.keywords.is_empty() || !rule.keywords.iter().all(selective) {
            complain("needs lower-case keywords of at least 4 characters");
        }
    }
    complaints
        .extend(cases.keys().filter(|id| !ids.contains(**id)).map(|id| format!("{id}: examples of no rule")));
    report(&complaints);
}

#[test]
fn every_rule_alone_finds_its_secrets_whole() {
    let cases = cases();
    let mut complaints = Vec::new();
    for rule in rules() {
        let Some(case) = cases.get(rule.id.as_str()) else { continue };
        let positives = case.positives(&rule.keywords);
        assert!(positives.len() >= 3, "{}: {} positives", rule.id, positives.len());
        for (text, secrets) in positives {
            let spans = rule.spans(&text);
            if spans != secrets {
                let shown: Vec<&str> = spans.iter().map(|span| &text[span.clone()]).collect();
                complaints.push(format!("{}: in {text:?} finds {shown:?}", rule.id));
            }
        }
    }
    report(&complaints);
}

#[test]
fn every_rule_leaves_its_near_misses_alone() {
    let rules: BTreeMap<String, Rule> = rules().into_iter().map(|rule| (rule.id.clone(), rule)).collect();
    let mut complaints = Vec::new();
    for (id, case) in cases() {
        let Some(rule) = rules.get(id) else { continue };
        let near = case.near_misses(&rule.keywords);
        assert!(near.len() >= 3, "{id}: {} near-misses", near.len());
        for text in near {
            let spans = rule.spans(&text);
            if let Some(span) = spans.first() {
                complaints.push(format!("{id}: in {text:?} finds {:?}", &text[span.clone()]));
            }
        }
    }
    report(&complaints);
}
