//! The seat of the redactor: everything that is recorded passes through here.

use super::argv;
use super::engine::{Engine, Literal};
use super::excerpt::{self, Excerpt, Kept};
use super::expected::Expected;
use super::literals;
use super::preset::PRESETS;
use super::recorded::RecordedStream;
use super::rescue::or_hidden;
use super::rule::UserRule;
use super::rulefile::{self, RuleFileError, RuleFileReport};
use super::stream::StreamRedactor;
use super::unit::Examiner;
use crate::base::redacted::{Redacted, Scrub};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;

/// Hides secrets in texts and streams. Cheap to make: no expression is compiled before its keyword is seen.
#[derive(Debug, Clone)]
pub struct Redactor {
    engine: Arc<Engine>,
    /// What the first line of output may be.
    expected: Option<Expected>,
}

impl Default for Redactor {
    /// The embedded rules, no known values.
    fn default() -> Self {
        Self::builder().build()
    }
}

impl Redactor {
    /// Starts with the embedded rules.
    pub fn builder() -> RedactorBuilder {
        RedactorBuilder::default()
    }

    /// Says which command the output is of: some print a secret and nothing else (`op read`, `openssl rand`; the list is in
    /// `docs/redaction.md`), which is hidden in every stream made from here on.
    pub fn expect_output_of(&mut self, command: &[u8]) {
        self.expected = or_hidden(
            &self.engine,
            || Examiner::expected_of_command(&self.engine, command),
            |_| Some(Expected::printed_next()),
        );
    }

    /// Redacts every free text of `value`. The texts are those of `base::bytes::to_text`.
    pub fn record<T: Scrub>(&self, mut value: T) -> Redacted<T> {
        value.scrub(&mut |text| {
            if let Some(redacted) = self.redacted(text) {
                *text = redacted;
            }
        });
        Redacted::vouch(value)
    }

    /// Redacts one text: a summary, a path, a message.
    pub fn text(&self, text: &str) -> String {
        self.redacted(text).unwrap_or_else(|| text.to_owned())
    }

    fn redacted(&self, text: &str) -> Option<String> {
        or_hidden(&self.engine, || excerpt::redact_text(&self.engine, text.as_bytes()), Some)
    }

    /// Redacts an argument list, secrets that are an argument of their own (`--password x`) included; lossless text
    /// of [`to_text`](crate::base::bytes::to_text).
    pub fn argv(&self, arguments: &[&[u8]]) -> Vec<String> {
        or_hidden(
            &self.engine,
            || argv::redact(&self.engine, arguments),
            |marker| arguments.iter().map(|_| marker.clone()).collect(),
        )
    }

    /// Redacts what was kept of a stream, then cuts it to what is recorded.
    pub fn excerpt(&self, kept: Kept<'_>) -> Excerpt {
        let hidden =
            |head| Excerpt { head, truncated: true, omitted_bytes: kept.total, ..Excerpt::default() };
        or_hidden(&self.engine, || excerpt::excerpt(&self.engine, kept, self.expected.as_ref()), hidden)
    }

    /// A redactor for one stream, which shares what is learned with this one.
    pub fn stream(&self) -> StreamRedactor {
        StreamRedactor::new(Arc::clone(&self.engine)).expecting(self.expected.clone())
    }

    /// A redactor for one stream that is recorded whole.
    pub fn recorded(&self) -> RecordedStream {
        RecordedStream::new(Arc::clone(&self.engine), self.expected.clone())
    }

    /// Where the rules match in `text`, without what they match.
    pub fn findings(&self, text: &[u8]) -> Vec<Finding> {
        let at = |start: usize| {
            let line_start = memchr::memrchr(b'\n', &text[..start]).map_or(0, |lf| lf + 1);
            (memchr::memchr_iter(b'\n', &text[..start]).count() + 1, start - line_start + 1)
        };
        excerpt::spans_twice(&self.engine, text)
            .into_iter()
            .map(|(range, rule)| {
                let (line, column) = at(range.start);
                Finding { line, column, length: range.len(), rule: self.engine.id(rule).into_owned() }
            })
            .collect()
    }

    /// Spans hidden so far, by rule id.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for (id, count) in self.engine.counts() {
            *counts.entry(id.into_owned()).or_default() += count;
        }
        counts
    }
}

/// Where a rule matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Line, from 1.
    pub line: usize,
    /// Byte in the line, from 1.
    pub column: usize,
    /// Bytes that would be hidden.
    pub length: usize,
    /// Id of the rule.
    pub rule: String,
}

/// An embedded rule, as its preset describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct RuleInfo {
    /// The set it belongs to.
    pub set: &'static str,
    /// What markers and counts call it.
    pub id: &'static str,
    /// What it hides.
    pub description: &'static str,
    /// The public document that gives the format.
    pub source: &'static str,
}

/// The embedded rules, by file.
pub fn embedded_rules() -> impl Iterator<Item = RuleInfo> {
    PRESETS.iter().map(|rule| RuleInfo {
        set: rule.set.get(),
        id: rule.id.get(),
        description: rule.description.get(),
        source: rule.source.get(),
    })
}

/// Collects rules and known values.
#[derive(Debug, Default)]
pub struct RedactorBuilder {
    rules: Vec<UserRule>,
    literals: Vec<Literal>,
}

impl RedactorBuilder {
    /// Hides `value` wherever it is printed, as it is and in the usual encodings, under `[REDACTED:name]`. Returns
    /// false, and hides nothing, if it is shorter than 6 bytes.
    pub fn literal(&mut self, name: &str, value: &[u8]) -> bool {
        let forms = literals::forms(value, literals::NAMED_MIN);
        let long_enough = value.trim_ascii().len() >= literals::NAMED_MIN;
        if long_enough {
            self.literals.push(Literal { name: name.to_owned(), forms });
        }
        long_enough
    }

    /// Hides the values of variables whose names say they are secret (`*TOKEN*`, `*PASSWORD*`, …; the list is in
    /// `docs/redaction.md`). Returns the names of those whose value is too short or too common to be hidden.
    pub fn environment(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<String> {
        let mut skipped = Vec::new();
        for (name, value) in variables {
            let name = name.to_string_lossy();
            if !literals::is_secret_name(&name) {
                continue;
            }
            let Some(value) = literals::secret_part(value.as_bytes()) else { continue };
            if value.len() < literals::ENVIRONMENT_MIN || literals::is_common(value) {
                skipped.push(name.into_owned());
                continue;
            }
            let forms = literals::forms(value, literals::ENVIRONMENT_MIN);
            self.literals.push(Literal { name: format!("env-{name}"), forms });
        }
        skipped
    }

    /// Adds the rules of a file in the gitleaks format. A rule that cannot be used is left out and reported; only
    /// a text that is no TOML of that format is an error.
    pub fn rules_toml(&mut self, text: &str) -> Result<RuleFileReport, RuleFileError> {
        let (rules, report) = rulefile::load(text)?;
        self.rules.extend(rules);
        Ok(report)
    }

    /// The redactor.
    pub fn build(self) -> Redactor {
        Redactor { engine: Arc::new(Engine::new(self.rules, self.literals)), expected: None }
    }
}
