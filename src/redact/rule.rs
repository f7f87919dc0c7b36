//! One rule: an expression that is compiled when its keyword is first seen, and what to hide where it matches.

use super::allow::{Allowlist, Found, UserAllowlist};
use super::generic::is_constant;
use super::guard::{ENCODED_MAX, Guard, Sign};
use super::lead::{self, Lead, WORD_MAX, lead};
use super::prefilter::{Prefilter, SHORTEST, Target};
use super::preset::PresetRule;
use super::program::{GROUPS_MAX, Room, Slot, Verdict};
use super::rarity::without_delimiter;
use super::value::{is_object, is_placeholder, shannon_entropy};
use regex_automata::meta::Regex;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// How far behind a keyword an expression looks.
pub(super) const WINDOW: usize = 7 * 1024;
/// Length of what counts as a line and not a long one.
const LINE: usize = 512;

/// Most memory one compiled expression may take, in bytes of its automaton.
pub(super) const SIZE_MAX: usize = 4 * 1024 * 1024;

/// Most steps of a program in one search, and in all searches of a rule. From there on the expression is compiled: the
/// program has taken as long as that will, and an automaton is faster where there is much to search.
const STEPS_MAX: usize = 1 << 14;
/// Steps that are not counted, of each search: an automaton does not fail sooner.
const STEPS_FREE: usize = 128;
const STEPS_MAX_IN_ALL: u32 = 1 << 16;

thread_local! {
    /// Kept, for most searches are short.
    static ROOM: RefCell<Room> = const { RefCell::new(Room::new()) };
}

/// A rule with everything that decides what it hides.
#[derive(Debug)]
pub(super) struct Rule {
    definition: Definition,
    /// Steps its program has taken.
    steps: AtomicU32,
    /// Compiled when the program has taken too many, or there is none.
    matcher: OnceLock<Option<Box<Matcher>>>,
    /// Those of a rule file, compiled when something is found.
    allowlists: OnceLock<Vec<Allowlist>>,
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

#[derive(Debug)]
struct Matcher {
    regex: Regex,
    lead: Lead,
    /// What is in every match of a rule file's rule; the table has those of the embedded ones.
    guard: Option<Guard>,
    sign: Option<Sign>,
}

/// A regular expression that cannot be used, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct BadRegex(pub(super) String);

impl Rule {
    pub(super) fn preset(preset: &'static PresetRule) -> Self {
        Self::new(Definition::Preset(preset))
    }

    pub(super) fn user(rule: UserRule) -> Self {
        Self::new(Definition::User(Box::new(rule)))
    }

    fn new(definition: Definition) -> Self {
        Self { definition, steps: AtomicU32::new(0), matcher: OnceLock::new(), allowlists: OnceLock::new() }
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
        self.compile()?;
        match &self.definition {
            Definition::Preset(preset) => {
                let mut lists = preset.allowlists().iter().flat_map(|list| list.regexes.iter());
                lists.try_for_each(|regex| compile(regex).map(|_| ()))
            }
            Definition::User(rule) => compile_all(&rule.allowlists).map(|_| ()),
        }
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
        let (guard, sign) = match &self.definition {
            Definition::Preset(_) => (None, None),
            Definition::User(_) => (Guard::of(&hir), Sign::of(&hir)),
        };
        Ok(Matcher { regex, lead, guard, sign })
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
        if let Lead::Keyword(_) = self.lead() {
            let end = text.len().min(at + WINDOW);
            self.search(text, from..at + 1, end, &|| self.anchor(text, at), found);
        } else {
            self.find_from(text, from, &|| word_start(text, at), found);
        }
    }

    /// Whether [`find`](Self::find) may find something at the keyword at `at` once a layer of encoding or two are taken off
    /// `text`. As a guard sees it: of what is not ruled out most is nothing.
    pub(super) fn may_match_encoded(&self, text: &[u8], at: usize) -> bool {
        self.guard().is_none_or(|guard| {
            let Lead::Keyword(back) = self.lead() else { return guard.encoded().is_in(text) };
            let from = at.saturating_sub(back * ENCODED_MAX);
            let near = &text[from..text.len().min(guard.end_encoded(at))];
            let is_near = memchr::memchr(b'\r', near).is_none();
            guard.encoded().is_in(if is_near { near } else { &text[from..] })
        })
    }

    /// Whether what is in every match is missing behind the keyword at `at`, however `text` is encoded. Lines may stand before
    /// the one the keyword is in.
    pub(super) fn is_ruled_out(&self, text: &[u8], at: usize) -> bool {
        matches!(self.lead(), Lead::Keyword(_)) && !self.may_match_encoded(text, at)
    }

    /// What is in every match.
    fn guard(&self) -> Option<&Guard> {
        match &self.definition {
            Definition::Preset(preset) => preset.guard.as_ref(),
            Definition::User(_) => self.matcher().and_then(|matcher| matcher.guard.as_ref()),
        }
    }

    fn sign(&self) -> Option<Sign> {
        match &self.definition {
            Definition::Preset(preset) => preset.sign,
            Definition::User(_) => self.matcher().and_then(|matcher| matcher.sign),
        }
    }

    /// Whether there can be a match in `text` whose keyword is at `at`.
    fn may_match(&self, text: &[u8], at: usize) -> bool {
        let by_word = self.lead() == Lead::Word;
        let up_to = |reach: usize| if by_word { text } else { &text[..text.len().min(at + reach)] };
        let signed = || {
            self.sign().is_none_or(|Sign([one, two, three])| {
                memchr::memchr3(one, two, three, up_to(WINDOW)).is_some()
            })
        };
        // It begins at the keyword at the latest.
        let guarded = || {
            self.guard().is_none_or(|guard| {
                if by_word { guard.is_in(text) } else { guard.is_behind(up_to(guard.reach), at) }
            })
        };
        // A rare byte is soon found missing in a line. In a window of a long one the search itself is sooner over.
        (text.len() >= LINE || signed()) && guarded()
    }

    /// Calls `found` with each secret of a rule that has no keyword.
    pub(super) fn find_all(&self, text: &[u8], found: &mut dyn FnMut(usize, usize)) {
        self.find_from(text, 0, &|| 0, found);
    }

    fn find_from(
        &self,
        text: &[u8],
        from: usize,
        floor: &dyn Fn() -> usize,
        found: &mut dyn FnMut(usize, usize),
    ) {
        let mut from = from;
        while from < text.len() {
            let Some(end) = self.search(text, from..text.len(), text.len(), floor, found) else { return };
            from = end.max(from + 1);
        }
    }

    /// One search for a match that begins in `starts`; returns the end of its secret, hidden or allowed, for the next match may
    /// begin with what ends this one. Nothing before `floor` is hidden.
    fn search(
        &self,
        text: &[u8],
        starts: Range<usize>,
        end: usize,
        floor: &dyn Fn() -> usize,
        found: &mut dyn FnMut(usize, usize),
    ) -> Option<usize> {
        let (whole, secret) = self.first_match(text, starts, end)?;
        let floor = floor();
        let (start, end) = whole_token(text, floor, secret.start, secret.end);
        if secret.is_empty()
            || is_in_base64(text, &whole, &secret)
            || is_revision(text, &whole, &secret)
            || is_placeholder(&text[secret.clone()])
            || matches!(self.definition, Definition::Preset(_))
                && (is_object(&text[secret.clone()]) || is_constant(&text[secret.clone()]))
            || self.allows(text, &whole, &secret)
        {
            return Some(secret.end);
        }
        found(start.max(floor), end);
        Some(end)
    }

    /// The first match that begins in `starts` and ends before `end`, and the secret in it.
    fn first_match(
        &self,
        text: &[u8],
        starts: Range<usize>,
        end: usize,
    ) -> Option<(Range<usize>, Range<usize>)> {
        if let Definition::Preset(preset) = &self.definition
            && self.steps.load(Ordering::Relaxed) < STEPS_MAX_IN_ALL
        {
            let mut slots = [None; 2 * GROUPS_MAX];
            let slots = &mut slots[..2 * preset.groups];
            let mut left = STEPS_MAX;
            let verdict = ROOM.with_borrow_mut(|room| {
                preset.program.get().search(text, starts.clone(), end, slots, room, &mut left)
            });
            let taken = (STEPS_MAX - left).saturating_sub(STEPS_FREE);
            if taken > 0 {
                self.steps.fetch_add(u32::try_from(taken).unwrap_or(STEPS_MAX_IN_ALL), Ordering::Relaxed);
            }
            match verdict {
                Verdict::Match => return self.told(preset.groups, |slot| slots[slot]),
                Verdict::NoMatch => return None,
                Verdict::GaveUp => self.steps.store(STEPS_MAX_IN_ALL, Ordering::Relaxed),
            }
        }
        let Matcher { regex, lead, .. } = self.matcher()?;
        let groups = regex.captures_len();
        let mut few = [None; 2 * GROUPS_MAX];
        let mut many = Vec::new();
        let slots = if let Some(slots) = few.get_mut(..2 * groups) {
            slots
        } else {
            many.resize(2 * groups, None);
            &mut many
        };
        let mut search = |input: Input<'_>| regex.search_slots(&input, slots).is_some();
        let matches = match lead {
            Lead::Keyword(_) if self.has_keyword() => starts
                .into_iter()
                .filter(|&start| self.may_begin_with(text.get(start)))
                .any(|start| search(Input::new(text).range(start..end).anchored(Anchored::Yes))),
            _ => search(Input::new(text).range(starts.start..end)),
        };
        matches.then(|| self.told(groups, |slot| slots[slot].map(NonMaxUsize::get))).flatten()
    }

    /// Whether a match may begin with this byte.
    fn may_begin_with(&self, byte: Option<&u8>) -> bool {
        match &self.definition {
            Definition::Preset(preset) => byte.is_some_and(|&byte| preset.program.get().first.has(byte)),
            Definition::User(_) => true,
        }
    }

    /// The match, and the secret in it: the group asked for, else the first that took part (the convention of gitleaks).
    fn told(&self, groups: usize, slot: impl Fn(usize) -> Slot) -> Option<(Range<usize>, Range<usize>)> {
        let group = |index: usize| Some(slot(2 * index)?..slot(2 * index + 1)?);
        let told = |index| group(index).filter(|range| !range.is_empty());
        let asked = self.secret_group();
        let whole = group(0)?;
        let secret = if asked > 0 { told(asked) } else { (1..groups).find_map(told) };
        Some((whole.clone(), secret.unwrap_or(whole)))
    }

    fn allows(&self, text: &[u8], whole: &Range<usize>, secret: &Range<usize>) -> bool {
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
        let found = Found { line: text, whole: &text[whole.clone()], secret: value };
        match &self.definition {
            Definition::Preset(preset) => {
                let mut lists = preset.allowlists().iter();
                ROOM.with_borrow_mut(|room| lists.any(|list| list.allows(&found, room)))
            }
            // As for the expression: what was accepted when it was loaded compiles now.
            Definition::User(rule) => {
                let lists = self.allowlists.get_or_init(|| compile_all(&rule.allowlists).unwrap_or_default());
                lists.iter().any(|list| list.allows(&found))
            }
        }
    }
}

fn compile_all(lists: &[UserAllowlist]) -> Result<Vec<Allowlist>, BadRegex> {
    lists.iter().map(Allowlist::compile).collect()
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
    memchr::memrchr3(b' ', b'\t', b'\n', &text[from..at]).map_or(from, |space| from + space + 1)
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
