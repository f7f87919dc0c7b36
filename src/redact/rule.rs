//! One rule: an expression that is compiled when its keyword is first seen, and what to hide where it matches.

use super::guard::Guard;
use super::lead::{self, Lead, WORD_MAX, lead};
use super::prefilter::{Prefilter, SHORTEST, Target};
use super::preset::PresetRule;
use super::rarity::without_delimiter;
use super::value::{is_placeholder, shannon_entropy};
use regex_automata::meta::Regex;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// How far behind a keyword an expression looks.
pub(super) const WINDOW: usize = 7 * 1024;

/// Groups of an expression, the whole included, that cost no allocation.
const GROUPS_FEW: usize = 8;

/// Most memory one compiled expression may take, in bytes of its automaton.
pub(super) const SIZE_MAX: usize = 4 * 1024 * 1024;

/// A rule with everything that decides what it hides.
#[derive(Debug)]
pub(super) struct Rule {
    definition: Definition,
    matcher: OnceLock<Option<Box<Matcher>>>,
}

#[derive(Debug)]
enum Definition {
    Preset(&'static PresetRule),
    User(Box<UserRule>),
}

/// A rule of a rule file.
#[derive(Debug, Clone, Default)]
pub(super) struct UserRule {
    pub(super) id: String,
    pub(super) regex: String,
    /// The group that is the secret; 0 takes the first one that took part in the match.
    pub(super) secret_group: usize,
    /// Secrets with no more bits per byte are left alone; 0 asks nothing.
    pub(super) entropy: f64,
    /// In lower case.
    pub(super) keywords: Vec<String>,
    pub(super) allowlists: Vec<UserAllowlist>,
}

/// What a rule must not hide.
#[derive(Debug, Clone, Default)]
pub(super) struct UserAllowlist {
    /// Every criterion has to hold, not just one.
    pub(super) all: bool,
    pub(super) target: AllowTarget,
    pub(super) regexes: Vec<String>,
    pub(super) stopwords: Vec<String>,
}

/// What an allowlist's expressions look at.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum AllowTarget {
    #[default]
    Secret,
    Match,
    Line,
}

#[derive(Debug)]
struct Matcher {
    regex: Regex,
    lead: Lead,
    /// What is in every match of a rule file's rule; the table has those of the embedded ones.
    guard: Option<Guard>,
    /// Compiled when something is found.
    allowlists: OnceLock<Vec<Allowlist>>,
}

#[derive(Debug)]
struct Allowlist {
    all: bool,
    target: AllowTarget,
    regexes: Vec<Regex>,
    /// In lower case.
    stopwords: Vec<String>,
}

/// A regular expression that cannot be used, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct BadRegex(pub(super) String);

impl Rule {
    pub(super) fn preset(preset: &'static PresetRule) -> Self {
        Self { definition: Definition::Preset(preset), matcher: OnceLock::new() }
    }

    pub(super) fn user(rule: UserRule) -> Self {
        Self { definition: Definition::User(Box::new(rule)), matcher: OnceLock::new() }
    }

    pub(super) fn id(&self) -> Cow<'static, str> {
        match &self.definition {
            Definition::Preset(preset) => Cow::Borrowed(preset.id.get()),
            Definition::User(rule) => Cow::Owned(rule.id.clone()),
        }
    }

    /// Enters the keywords of a rule file's rule, found as `target`; those of the embedded rules are in the table
    /// already.
    pub(super) fn enter(&self, filter: &mut Prefilter, target: Target) {
        if let Definition::User(rule) = &self.definition {
            for word in &rule.keywords {
                filter.insert_keyword(word.as_bytes(), target);
            }
        }
    }

    /// Whether the prefilter can find this rule.
    pub(super) fn has_keyword(&self) -> bool {
        match &self.definition {
            Definition::Preset(preset) => !preset.keywords.is_empty(),
            Definition::User(rule) => rule.keywords.iter().any(|word| word.len() >= SHORTEST),
        }
    }

    /// The keywords of a rule file's rule without the delimiters before them, in lower case.
    fn bare_keywords(rule: &UserRule) -> Vec<String> {
        let bare = |word: &String| String::from_utf8_lossy(without_delimiter(word.as_bytes())).into_owned();
        rule.keywords.iter().map(bare).collect()
    }

    fn regex(&self) -> &str {
        match &self.definition {
            Definition::Preset(preset) => preset.regex.get(),
            Definition::User(rule) => &rule.regex,
        }
    }

    fn secret_group(&self) -> usize {
        match &self.definition {
            Definition::Preset(preset) => preset.secret_group,
            Definition::User(rule) => rule.secret_group,
        }
    }

    fn entropy(&self) -> f64 {
        match &self.definition {
            Definition::Preset(preset) => preset.entropy,
            Definition::User(rule) => rule.entropy,
        }
    }

    /// Compiles the expression now and says what is wrong with it.
    pub(super) fn check(&self) -> Result<(), BadRegex> {
        self.compile().and(self.compile_allowlists()).map(|_| ())
    }

    fn compile(&self) -> Result<Matcher, BadRegex> {
        let hir = parse(self.regex())?;
        let lead = match &self.definition {
            Definition::Preset(preset) => preset.lead,
            Definition::User(rule) => {
                let keywords = Self::bare_keywords(rule);
                let keywords: Vec<&str> = keywords.iter().map(String::as_str).collect();
                lead(&hir, &keywords)
            }
        };
        // Where it begins is known: looking for its literals first would only make it longer to compile.
        let anchored = lead != Lead::Word && self.has_keyword();
        let regex = build(&hir, !anchored)?;
        if self.secret_group() >= regex.captures_len() {
            return Err(BadRegex(format!(
                "secretGroup is {}, but the expression has {} groups",
                self.secret_group(),
                regex.captures_len() - 1
            )));
        }
        let guard = match &self.definition {
            Definition::Preset(_) => None,
            Definition::User(_) => Guard::of(&hir),
        };
        Ok(Matcher { regex, lead, guard, allowlists: OnceLock::new() })
    }

    fn compile_allowlists(&self) -> Result<Vec<Allowlist>, BadRegex> {
        let build = |all, target, regexes: &[&str], stopwords: &[&str]| {
            let regexes = regexes.iter().map(|regex| compile(regex)).collect::<Result<_, _>>()?;
            let stopwords = stopwords.iter().map(|word| word.to_lowercase()).collect();
            Ok(Allowlist { all, target, regexes, stopwords })
        };
        match &self.definition {
            Definition::Preset(preset) => preset
                .allowlists()
                .iter()
                .map(|list| {
                    let regexes: Vec<&str> = list.regexes.iter().collect();
                    let stopwords: Vec<&str> = list.stopwords.iter().collect();
                    build(list.all, AllowTarget::named(list.target.get()), &regexes, &stopwords)
                })
                .collect(),
            Definition::User(rule) => rule
                .allowlists
                .iter()
                .map(|list| {
                    let regexes: Vec<&str> = list.regexes.iter().map(String::as_str).collect();
                    let stopwords: Vec<&str> = list.stopwords.iter().map(String::as_str).collect();
                    build(list.all, list.target, &regexes, &stopwords)
                })
                .collect(),
        }
    }

    fn matcher(&self) -> Option<&Matcher> {
        // An expression that was accepted when it was loaded and still does not compile hides nothing.
        self.matcher.get_or_init(|| self.compile().ok().map(Box::new)).as_deref()
    }

    /// Where this rule is tried.
    pub(super) fn lead(&self) -> Lead {
        match &self.definition {
            Definition::Preset(preset) => preset.lead,
            Definition::User(_) => self.matcher().map_or(Lead::Keyword(0), |matcher| matcher.lead),
        }
    }

    /// From where on the text has to be kept for this rule to be tried at the keyword at `at`.
    pub(super) fn anchor(&self, text: &[u8], at: usize) -> usize {
        match self.lead() {
            // One byte before the keyword is a boundary, and no part of the secret.
            Lead::Word | Lead::Keyword(0 | 1) => word_start(text, at),
            Lead::Keyword(back) => word_start(text, at.saturating_sub(back)),
        }
    }

    /// Calls `found(start, end)` with each secret for the keyword at `at`. What begins more than [`WINDOW`] bytes
    /// behind it is not looked at, so that the answer is the same wherever a long line is cut. A rule that is searched
    /// word by word reports all its matches from there on at once.
    pub(super) fn find(&self, text: &[u8], at: usize, found: &mut dyn FnMut(usize, usize)) {
        let from = match self.lead() {
            Lead::Keyword(back) => at.saturating_sub(back),
            Lead::Word => word_start(text, at).saturating_sub(1),
        };
        if !self.may_match(&text[from..], at - from) {
            return;
        }
        let Some(matcher) = self.matcher() else { return };
        match matcher.lead {
            Lead::Keyword(back) => {
                let floor = self.anchor(text, at);
                let end = text.len().min(at + WINDOW);
                for start in at.saturating_sub(back)..=at {
                    let input = Input::new(text).range(start..end).anchored(Anchored::Yes);
                    if self.search(matcher, input, floor, found).is_some() {
                        return;
                    }
                }
            }
            Lead::Word => {
                let floor = word_start(text, at);
                let mut from = floor.saturating_sub(1);
                while from < text.len() {
                    let Some(end) = self.search(matcher, Input::new(text).range(from..), floor, found) else {
                        return;
                    };
                    from = end.max(from + 1);
                }
            }
        }
    }

    /// Whether there can be a match in `text` whose keyword is at `at`.
    fn may_match(&self, text: &[u8], at: usize) -> bool {
        let guard = match &self.definition {
            Definition::Preset(preset) => preset.guard,
            Definition::User(_) => self.matcher().and_then(|matcher| matcher.guard),
        };
        guard.is_none_or(|guard| match self.lead() {
            // It begins at the keyword at the latest.
            Lead::Keyword(_) => guard.is_in(&text[..text.len().min(at + guard.reach)]),
            Lead::Word => guard.is_in(text),
        })
    }

    /// Calls `found` with each secret of a rule that has no keyword.
    pub(super) fn find_all(&self, text: &[u8], found: &mut dyn FnMut(usize, usize)) {
        let Some(matcher) = self.matcher() else { return };
        let mut from = 0;
        while from < text.len() {
            let Some(end) = self.search(matcher, Input::new(text).range(from..), 0, found) else { return };
            from = end.max(from + 1);
        }
    }

    /// One search; returns the end of what was hidden or, when it was allowed, of the match. Nothing before `floor` is
    /// hidden.
    #[expect(clippy::needless_pass_by_value, reason = "the engine takes its input by value")]
    fn search(
        &self,
        matcher: &Matcher,
        input: Input<'_>,
        floor: usize,
        found: &mut dyn FnMut(usize, usize),
    ) -> Option<usize> {
        let text = input.haystack();
        let regex = &matcher.regex;
        let mut few = [None; 2 * GROUPS_FEW];
        let mut many = Vec::new();
        let slots = if let Some(slots) = few.get_mut(..2 * regex.captures_len()) {
            slots
        } else {
            many.resize(2 * regex.captures_len(), None);
            &mut many
        };
        regex.search_slots(&input, slots)?;
        let whole = group(slots, 0)?;
        let secret = secret_group(slots, self.secret_group()).unwrap_or(whole.clone());
        let (start, end) = whole_token(text, floor, secret.start, secret.end);
        if secret.is_empty()
            || is_in_base64(text, &whole, &secret)
            || is_revision(text, &whole, &secret)
            || is_placeholder(&text[secret.clone()])
            || self.allows(matcher, text, &whole, &secret)
        {
            return Some(whole.end);
        }
        found(start.max(floor), end);
        Some(end.max(whole.end))
    }

    fn allows(&self, matcher: &Matcher, text: &[u8], whole: &Range<usize>, secret: &Range<usize>) -> bool {
        let value = &text[secret.clone()];
        if self.entropy() > 0.0 && shannon_entropy(value) <= self.entropy() {
            return true;
        }
        let preset = matches!(self.definition, Definition::Preset(_));
        let name = !value.iter().any(u8::is_ascii_digit) && super::generic::is_wordy(value);
        // The name of a type or a constant.
        if preset && self.entropy() > 0.0 && name && value.iter().any(u8::is_ascii_uppercase) {
            return true;
        }
        // As for the expression: what was accepted when it was loaded compiles now.
        let allowlists = matcher.allowlists.get_or_init(|| self.compile_allowlists().unwrap_or_default());
        allowlists.iter().any(|list| {
            let target = match list.target {
                AllowTarget::Secret => value,
                AllowTarget::Match => &text[whole.clone()],
                AllowTarget::Line => text,
            };
            let listed = || list.regexes.iter().any(|regex| regex.is_match(target));
            let stopped = || {
                let lower = value.to_ascii_lowercase();
                list.stopwords.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
            };
            match (list.all, list.regexes.is_empty(), list.stopwords.is_empty()) {
                (true, false, false) => listed() && stopped(),
                _ => listed() || stopped(),
            }
        })
    }
}

impl AllowTarget {
    /// The gitleaks name: `match`, `line`, else the secret.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "match" => Self::Match,
            "line" => Self::Line,
            _ => Self::Secret,
        }
    }
}

/// The group to hide: the one asked for, else the first that took part (the convention of gitleaks).
fn secret_group(slots: &[Option<NonMaxUsize>], asked: usize) -> Option<Range<usize>> {
    let told = |index| group(slots, index).filter(|range| !range.is_empty());
    if asked > 0 { told(asked) } else { (1..slots.len() / 2).find_map(told) }
}

/// Where a group matched, if it took part.
fn group(slots: &[Option<NonMaxUsize>], index: usize) -> Option<Range<usize>> {
    let (start, end) = (slots.get(2 * index)?.as_ref()?, slots.get(2 * index + 1)?.as_ref()?);
    Some(start.get()..end.get())
}

/// Widens a span to the token it is part of: a rule that matches a fragment must not leave the rest readable.
fn whole_token(text: &[u8], floor: usize, mut start: usize, mut end: usize) -> (usize, usize) {
    let secret = &text[start..end];
    if secret.is_empty() || secret.iter().any(u8::is_ascii_whitespace) {
        return (start, end);
    }
    let base64 = secret.iter().any(|byte| matches!(byte, b'+' | b'/'));
    let continues = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || base64 && matches!(byte, b'+' | b'/')
    };
    if continues(secret[secret.len() - 1]) {
        while end < text.len() && continues(text[end]) {
            end += 1;
        }
        let padding = text[end..].iter().take_while(|&&byte| byte == b'=').count();
        // `=` right behind a token pads it only if nothing is assigned there.
        if (1..=2).contains(&padding) && !text.get(end + padding).is_some_and(u8::is_ascii_alphanumeric) {
            end += padding;
        }
    }
    if secret[0].is_ascii_alphanumeric() {
        while start > floor && text[start - 1].is_ascii_alphanumeric() && !after_escape(text, start) {
            start -= 1;
        }
    }
    (start, end)
}

/// Whether name and token are both a part of one stretch of base64: the name is there by chance.
fn is_in_base64(text: &[u8], whole: &Range<usize>, secret: &Range<usize>) -> bool {
    let symbol = |byte: &u8| matches!(byte, b'+' | b'/');
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || symbol(byte);
    let between = &text[whole.start..secret.start];
    if !between.iter().any(symbol) || !text[whole.clone()].iter().all(belongs) {
        return false;
    }
    let before = text[..whole.start].iter().rev().take(48).take_while(|byte| belongs(byte)).count();
    let blob = &text[whole.start - before..whole.end];
    let count = |test: fn(&u8) -> bool| blob.iter().filter(|byte| test(byte)).count();
    // Names in a path are in one case, and have few digits.
    before >= 8
        && count(u8::is_ascii_digit) > 2
        && count(u8::is_ascii_uppercase) > 4
        && count(u8::is_ascii_lowercase) > 4
}

/// Whether the token is the id of a commit, behind the name of a repository: `name@…`, `name/compare/…`.
fn is_revision(text: &[u8], whole: &Range<usize>, secret: &Range<usize>) -> bool {
    secret.len() == 40
        && secret.start > whole.start
        && [&b"@"[..], b"/compare/", b"/commit/", b"/tree/", b"/blob/", b"..."]
            .iter()
            .any(|before| text[..secret.start].ends_with(before))
        && text[secret.clone()].iter().all(u8::is_ascii_hexdigit)
}

/// Whether the letter before `at` belongs to a two-character escape such as `\n`.
fn after_escape(text: &[u8], at: usize) -> bool {
    at >= 2 && text[at - 2] == b'\\'
}

/// Where the word around `at` begins: behind the last white space, but not too far back.
pub(super) fn word_start(text: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(WORD_MAX);
    text[from..at]
        .iter()
        .rposition(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
        .map_or(from, |space| from + space + 1)
}

/// Parses an expression and says what is wrong with it.
pub(super) fn parse(regex: &str) -> Result<regex_syntax::hir::Hir, BadRegex> {
    let hir = lead::parse(regex).map_err(|error| BadRegex(syntax_problem(&error)))?;
    if hir.properties().minimum_len() == Some(0) {
        return Err(BadRegex("the expression matches the empty string".to_owned()));
    }
    Ok(hir)
}

fn syntax_problem(error: &regex_syntax::Error) -> String {
    let text = error.to_string();
    // The last line of a syntax error says what is wrong; the others draw it.
    text.lines().last().unwrap_or("not a regular expression").trim_start_matches("error: ").to_owned()
}

fn build(hir: &regex_syntax::hir::Hir, prefilter: bool) -> Result<Regex, BadRegex> {
    let config = Regex::config().utf8_empty(false).nfa_size_limit(Some(SIZE_MAX)).auto_prefilter(prefilter);
    Regex::builder().configure(config).build_from_hir(hir).map_err(|error| match error.size_limit() {
        Some(limit) => {
            BadRegex(format!("the expression is too large: compiled it needs more than {limit} bytes"))
        }
        None => BadRegex(error.to_string()),
    })
}

/// Compiles an expression of an allowlist.
pub(super) fn compile(regex: &str) -> Result<Regex, BadRegex> {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false).nfa_size_limit(Some(SIZE_MAX)))
        .build(regex)
        .map_err(|error| BadRegex(error.to_string()))
}
