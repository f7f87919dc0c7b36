//! Rule files in the configuration format of gitleaks (<https://github.com/gitleaks/gitleaks#configuration>).

use super::allow::{AllowTarget, UserAllowlist};
use super::rule::{self, Rule, UserRule};
use serde::Deserialize;
use toml::Spanned;

/// Why a text is no rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a rule file in the gitleaks format: {0}")]
pub struct RuleFileError(String);

/// One thing that is wrong with a rule file, or that it asks for and does not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleProblem {
    /// Line in the file, from 1.
    pub line: usize,
    /// Id of the rule, as far as there is one.
    pub rule: String,
    /// What is wrong.
    pub problem: String,
    /// Whether the rule is left out because of it.
    pub fatal: bool,
}

/// What became of a rule file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleFileReport {
    /// Rules that are in use.
    pub loaded: usize,
    /// What is wrong or not supported.
    pub problems: Vec<RuleProblem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    rules: Vec<RuleText>,
    #[serde(default)]
    allowlists: Vec<AllowText>,
    allowlist: Option<AllowText>,
    extend: Option<Spanned<toml::Table>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleText {
    id: Option<Spanned<String>>,
    regex: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    #[serde(default)]
    secret_group: usize,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    allowlists: Vec<AllowText>,
    allowlist: Option<AllowText>,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
struct AllowText {
    #[serde(default)]
    condition: String,
    #[serde(default)]
    regex_target: String,
    #[serde(default)]
    regexes: Vec<Spanned<String>>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    commits: Vec<String>,
}

/// Reads the rules of `text`.
pub(super) fn load(text: &str) -> Result<(Vec<UserRule>, RuleFileReport), RuleFileError> {
    let file: File = toml::from_str(text).map_err(|error| RuleFileError(describe(&error)))?;
    let mut loader = Loader { text, report: RuleFileReport::default() };
    if let Some(extend) = &file.extend {
        let line = loader.line(extend.span().start);
        loader.note(line, "", "[extend] is not followed; the embedded rules are always in use");
    }
    let shared: Vec<UserAllowlist> =
        file.allowlists.iter().chain(&file.allowlist).filter_map(|list| loader.allowlist("", list)).collect();
    let mut rules = Vec::new();
    for rule in &file.rules {
        if let Some(mut rule) = loader.rule(rule) {
            rule.allowlists.extend(shared.iter().cloned());
            rules.push(rule);
        }
    }
    loader.report.loaded = rules.len();
    Ok((rules, loader.report))
}

/// Reads `text` as [`RedactorBuilder::rules_toml`](super::RedactorBuilder::rules_toml) does, and compiles every
/// expression too, which loading leaves to the first use.
pub fn check_rules(text: &str) -> Result<RuleFileReport, RuleFileError> {
    let (rules, mut report) = load(text)?;
    for rule in rules {
        let (id, line) = (rule.id.clone(), line_of(text, &rule.id));
        if let Err(problem) = Rule::user(rule).check() {
            report.loaded -= 1;
            report.problems.push(RuleProblem { line, rule: id, problem: problem.to_string(), fatal: true });
        }
    }
    report.problems.sort_by_key(|problem| problem.line);
    Ok(report)
}

/// The line on which a rule has its id.
fn line_of(text: &str, id: &str) -> usize {
    let named = |line: &str| line.trim_start().starts_with("id") && line.contains(id);
    text.lines().position(named).map_or(1, |line| line + 1)
}

fn describe(error: &toml::de::Error) -> String {
    error.to_string().trim_end().replace('\n', "\n  ")
}

struct Loader<'a> {
    text: &'a str,
    report: RuleFileReport,
}

impl Loader<'_> {
    fn line(&self, at: usize) -> usize {
        self.text[..at.min(self.text.len())].matches('\n').count() + 1
    }

    fn push(&mut self, line: usize, rule: &str, problem: String, fatal: bool) {
        self.report.problems.push(RuleProblem { line, rule: rule.to_owned(), problem, fatal });
    }

    fn note(&mut self, line: usize, rule: &str, problem: &str) {
        self.push(line, rule, problem.to_owned(), false);
    }

    fn rule(&mut self, rule: &RuleText) -> Option<UserRule> {
        let id = rule.id.as_ref().map(|id| id.get_ref().clone()).unwrap_or_default();
        let start =
            [&rule.id, &rule.regex, &rule.path].into_iter().flatten().map(|text| text.span().start).min();
        let line = self.line(start.unwrap_or(0));
        if id.is_empty() {
            self.push(line, "", "a rule without `id`".to_owned(), true);
            return None;
        }
        let Some(regex) = &rule.regex else {
            let what =
                if rule.path.is_some() { "has only a `path`; output has no path" } else { "has no `regex`" };
            self.push(line, &id, what.to_owned(), true);
            return None;
        };
        let line = self.line(regex.span().start);
        if rule.path.is_some() {
            self.note(line, &id, "`path` is ignored: output has no path");
        }
        if let Err(problem) = rule::parse(regex.get_ref()) {
            self.push(line, &id, format!("regex: {problem}"), true);
            return None;
        }
        if !rule.keywords.iter().any(|keyword| keyword.len() >= super::prefilter::SHORTEST) {
            self.note(
                line,
                &id,
                "no keyword of 3 bytes or more: the rule is tried on every line, which is slow",
            );
        }
        let lists = rule.allowlists.iter().chain(&rule.allowlist);
        Some(UserRule {
            allowlists: lists.filter_map(|list| self.allowlist(&id, list)).collect(),
            id,
            regex: regex.get_ref().clone(),
            secret_group: rule.secret_group,
            entropy: rule.entropy,
            keywords: rule.keywords.iter().map(|keyword| keyword.to_lowercase()).collect(),
        })
    }

    fn allowlist(&mut self, rule: &str, list: &AllowText) -> Option<UserAllowlist> {
        let all = list.condition.eq_ignore_ascii_case("and");
        if all && !(list.paths.is_empty() && list.commits.is_empty()) {
            // It asks for a path or a commit too, and output has neither.
            return None;
        }
        let mut regexes = Vec::new();
        for regex in &list.regexes {
            match rule::compile(regex.get_ref()) {
                Ok(_) => regexes.push(regex.get_ref().clone()),
                Err(problem) => {
                    let line = self.line(regex.span().start);
                    self.push(line, rule, format!("allowlist regex: {problem}"), false);
                }
            }
        }
        let target = AllowTarget::named(&list.regex_target);
        Some(UserAllowlist { all, target, regexes, stopwords: list.stopwords.clone() })
    }
}
