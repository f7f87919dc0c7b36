//! The same corpus through the whole redactor, and the texts only it can judge.

use super::checks::{cases, report};
use super::generic::{FORMS, STAYS};
use super::reference::rules;
use super::template::{Generator, expand, unmark};
use ledger_run::redact::Redactor;
use std::ops::Range;

/// A redactor that has learned nothing: what one text teaches must not help with the next.
fn fresh() -> Redactor {
    Redactor::builder().build()
}

/// The longest part of a secret that can still be read.
fn survivor<'t>(text: &'t str, secrets: &[Range<usize>], redacted: &str) -> Option<&'t str> {
    secrets.iter().find_map(|secret| {
        let secret = &text[secret.clone()];
        let least = (secret.len() / 4).max(6).min(secret.len());
        let parts = (0..=secret.len() - least).filter_map(|at| secret.get(at..at + least));
        parts.into_iter().find(|part| redacted.contains(part))
    })
}

/// Most texts of one rule that go through the redactor: the names of services are all read by one expression.
const TEXTS_MAX: usize = 120;

#[test]
fn no_secret_of_any_rule_survives() {
    let cases = cases();
    let mut complaints = Vec::new();
    for rule in rules() {
        let Some(case) = cases.get(rule.id.as_str()) else { continue };
        let positives = case.positives(&rule.keywords);
        let step = positives.len().div_ceil(TEXTS_MAX);
        let texts: Vec<_> = positives.into_iter().step_by(step).collect();
        // One redactor reads all texts of a rule in one go; every token in them is different.
        let all: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
        let redacted = fresh().text(&all.join("\n"));
        for (text, secrets) in &texts {
            if let Some(part) = survivor(text, secrets, &redacted) {
                complaints.push(format!("{}: {part:?} is left of {text:?}", rule.id));
            }
        }
    }
    report(&complaints);
}

#[test]
fn no_secret_survives_in_any_way_of_writing() {
    let mut complaints = Vec::new();
    for form in FORMS {
        for (at, template) in form.hides.iter().enumerate() {
            for example in 0..3 {
                let filled = expand(template, &mut Generator::new(form.name, 10 * at + example), 100);
                let (text, secrets) = unmark(&filled);
                let redacted = fresh().text(&text);
                if let Some(part) = survivor(&text, &secrets, &redacted) {
                    complaints.push(format!("{}: {part:?} is left of {text:?}: {redacted:?}", form.name));
                }
            }
        }
    }
    report(&complaints);
}

#[test]
fn what_only_looks_like_a_secret_stays_readable() {
    let mut complaints = Vec::new();
    for (at, template) in STAYS.iter().enumerate() {
        let text = expand(template, &mut Generator::new("stays", at), 100);
        let redacted = fresh().text(&text);
        if redacted != text {
            complaints.push(format!("{text:?} became {redacted:?}"));
        }
    }
    report(&complaints);
}
