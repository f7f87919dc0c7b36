//! Everything that decides what is hidden, shared by all streams of one run.

use super::block;
use super::generic::{self, Announced, What, ends_bare};
use super::lead::{Lead, WORD_MAX};
use super::learned::Learned;
use super::marker;
use super::prefilter::{DISORDER_MAX, Prefilter, Target};
use super::preset::{NEEDLES, PRESETS};
use super::rule::{Rule, UserRule, word_start};
use super::surroundings::Surroundings;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Index of a rule, a generic rule or a literal, in one numbering; also the index of its count.
pub(super) type RuleIndex = u32;

/// Longest escape of one byte: `\u003d`.
const ESCAPE_MAX: usize = 6;

/// Something to hide: bytes `start..end` of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// What has to be seen again to find it again begins here.
    pub(super) anchor: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) rule: RuleIndex,
}

/// What was seen in a text beside its secrets.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// A private key is announced for the following lines.
    pub(super) announced: bool,
    /// A name is told whose value may be on the following lines.
    pub(super) name: Option<Announced>,
    /// The name of a column of secrets stands by itself in a cell.
    pub(super) column: bool,
    /// The markers in it.
    pub(super) markers: Vec<Range<usize>>,
    /// Nothing but the needles seen may lead to a secret.
    pub(super) by_needles: bool,
}

/// The needles of a text with a secret, to read them once more with the marker in place.
#[derive(Debug, Default)]
pub(super) struct Needles {
    seen: [Option<Seen>; SEEN_MAX],
    count: usize,
}

/// A needle, and the value of the key it is in, if that was found.
#[derive(Debug, Clone, Copy)]
struct Seen {
    at: usize,
    length: usize,
    target: Target,
    value: (usize, usize),
}

/// Needles in a line with a secret; a line with more of them is simply looked at again.
const SEEN_MAX: usize = 8;

impl Needles {
    fn saw(&mut self, at: usize, length: usize, target: Target) {
        if let Some(seen) = self.seen.get_mut(self.count) {
            *seen = Some(Seen { at, length, target, value: (0, 0) });
        }
        self.count += 1;
    }

    fn clear(&mut self) {
        // What is behind the count is not asked.
        self.count = 0;
    }

    /// The needle seen last has this value.
    fn told(&mut self, start: usize, end: usize) {
        if let Some(Some(seen)) = self.count.checked_sub(1).and_then(|last| self.seen.get_mut(last)) {
            seen.value = (start, end);
        }
    }
}

/// A known value and the id it is hidden under.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    pub(super) name: String,
    pub(super) forms: Vec<Vec<u8>>,
}

/// The rules, the literals and what was learned.
#[derive(Debug)]
pub(super) struct Engine {
    /// Rules of rule files; their numbers follow those of the embedded rules.
    user: Vec<Rule>,
    /// Rules without a keyword: tried on every line.
    always: Vec<u32>,
    literals: Vec<Literal>,
    prefilter: OnceLock<Prefilter>,
    counts: Vec<AtomicU64>,
    pub(super) learned: Learned,
}

/// The embedded rules; what is compiled of them serves every redactor of the process.
fn presets() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| PRESETS.iter().map(Rule::preset).collect())
}

/// The needles of everything embedded.
fn preset_filter() -> &'static Prefilter {
    static FILTER: OnceLock<Prefilter> = OnceLock::new();
    FILTER.get_or_init(|| Prefilter::of(&NEEDLES))
}

impl Engine {
    pub(super) fn new(user: Vec<UserRule>, literals: Vec<Literal>) -> Self {
        let user: Vec<Rule> = user.into_iter().map(Rule::user).collect();
        let mut always = Vec::new();
        for (index, rule) in (to_index(PRESETS.len())..).zip(&user) {
            if !rule.has_keyword() {
                always.push(index);
            }
        }
        let ids = PRESETS.len() + user.len() + generic::IDS.len() + literals.len();
        let counts = (0..ids).map(|_| AtomicU64::new(0)).collect();
        Self { user, always, literals, prefilter: OnceLock::new(), counts, learned: Learned::default() }
    }

    /// The needles of all keywords and literals. Made when the first text is looked at.
    pub(super) fn prefilter(&self) -> &Prefilter {
        if self.user.is_empty() && self.literals.is_empty() {
            return preset_filter();
        }
        self.prefilter.get_or_init(|| {
            let mut filter = preset_filter().clone();
            for (index, rule) in (to_index(PRESETS.len())..).zip(&self.user) {
                rule.enter(&mut filter, Target::Rule(index));
            }
            let first = self.generic_rules() + to_index(generic::IDS.len());
            for (index, literal) in (first..).zip(&self.literals) {
                for form in &literal.forms {
                    filter.insert(form, true, Target::Literal(index));
                }
            }
            filter
        })
    }

    fn rule(&self, index: RuleIndex) -> &Rule {
        let index = index as usize;
        presets().get(index).unwrap_or_else(|| &self.user[index - PRESETS.len()])
    }

    /// The number of the first generic rule.
    pub(super) fn generic_rules(&self) -> RuleIndex {
        to_index(PRESETS.len() + self.user.len())
    }

    /// Whether every line has to be looked at, keyword or not.
    pub(super) fn looks_at_all(&self) -> bool {
        !self.always.is_empty()
    }

    /// The id that names a rule in markers and counts.
    pub(super) fn id(&self, rule: RuleIndex) -> Cow<'static, str> {
        let Some(index) = rule.checked_sub(self.generic_rules()) else { return self.rule(rule).id() };
        let index = index as usize;
        match generic::IDS.get(index) {
            Some(id) => Cow::Borrowed(id),
            None => Cow::Owned(self.literals[index - generic::IDS.len()].name.clone()),
        }
    }

    /// Appends what stands where a secret of `rule` was.
    pub(super) fn push_marker(&self, out: &mut Vec<u8>, rule: RuleIndex) {
        if let Some(preset) = PRESETS.get(rule as usize) {
            return marker::push_own(out, preset.id.get());
        }
        let generic = rule.checked_sub(self.generic_rules()).and_then(|rule| generic::IDS.get(rule as usize));
        match generic {
            Some(id) => marker::push_own(out, id),
            None => marker::push(out, &self.id(rule)),
        }
    }

    /// Whether values of this rule are known for certain, which gives them precedence in a merged span.
    fn precedence(&self, rule: RuleIndex) -> u8 {
        match rule.checked_sub(self.generic_rules()) {
            None => 1,
            Some(index) if (index as usize) < generic::IDS.len() => 0,
            Some(_) => 2,
        }
    }

    /// Adds one to the count of a rule.
    pub(super) fn count(&self, rule: RuleIndex) {
        self.counts[rule as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// All counts that are not zero.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Cow<'static, str>, u64)> + '_ {
        (0..).zip(&self.counts).filter_map(|(rule, count)| {
            let count = count.load(Ordering::Relaxed);
            (count > 0).then(|| (self.id(rule), count))
        })
    }

    /// Whether a needle at `at` makes its line worth a closer look: something is found as it stands, or there is
    /// an encoding that may hide it.
    pub(super) fn plausible(
        &self,
        text: &[u8],
        surroundings: &mut Surroundings,
        (at, length): (usize, usize),
        target: Target,
    ) -> bool {
        surroundings.move_to(text, at);
        let (start, end, is_cut) = surroundings.line();
        if let Target::Rule(index) = target
            && !is_cut
            && self.rule(index).is_ruled_out(&text[..end], at)
        {
            return false;
        }
        let (line, at) = (&text[start..end], at - start);
        #[cfg(test)]
        super::rescue::fail_if_asked(line);
        match target {
            Target::Generic(stem) => generic::plausible(line, at, length, stem),
            Target::Rule(index) => {
                let rule = self.rule(index);
                // What such a rule finds may begin anywhere.
                let by_word = rule.lead() == Lead::Word;
                let from = if by_word { 0 } else { at.saturating_sub(ESCAPE_MAX) };
                if is_cut && by_word
                    || surroundings.may_be_encoded(text, start + from)
                        && (is_cut || rule.may_match_encoded(line, at))
                {
                    return true;
                }
                let mut any = false;
                rule.find(line, at, &mut |_, _| any = true);
                any
            }
            Target::Literal(_) | Target::Block => true,
        }
    }

    /// Calls `found` with every secret in `text`, one unit as it is shown, for needles that begin at `seen` or later.
    ///
    /// What is before `from` was put out already. A needle there counts for what begins behind it: another one may stand
    /// nearer to it now than when that was judged. All needles are noted in `needles`.
    pub(super) fn find(
        &self,
        filter: &Prefilter,
        text: &[u8],
        (seen, from): (usize, usize),
        needles: &mut Needles,
        found: &mut dyn FnMut(Span),
    ) -> Sight {
        debug_assert!(from == 0 || seen <= from, "a needle would be passed over");
        let (mut announced, mut name, mut column) = (false, None, false);
        let markers: Vec<_> = marker::find(text).collect();
        needles.clear();
        let mut searched: Vec<u32> = Vec::new();
        let mut covered = 0..0;
        let mut name_of_covered = 0..0;
        filter.scan(text, seen, |at, length, target| {
            // The words of a marker that is already there say nothing.
            if is_in_marker(&markers, at) {
                return false;
            }
            let fresh = |start: usize| at >= from || start >= from;
            needles.saw(at, length, target);
            match target {
                Target::Rule(index) => {
                    let rule = self.rule(index);
                    let by_word = rule.lead() == Lead::Word;
                    if by_word && searched.contains(&index) {
                        return false;
                    }
                    searched.extend(by_word.then_some(index));
                    rule.find(text, at, &mut |start, end| {
                        // Where the match began that shows this secret is not known: not further back than this.
                        let anchor =
                            rule.anchor(text, if by_word { start.saturating_sub(WORD_MAX) } else { at });
                        if fresh(start) {
                            found(Span { anchor, start, end, rule: index });
                        }
                    });
                }
                // A key inside a value belongs to it: both end with the same word.
                Target::Generic(_) if covered.contains(&at) => {}
                // Another part of the name whose value has been found: `key` in `apiKey`.
                Target::Generic(_) if name_of_covered.contains(&at) => {}
                Target::Generic(stem) => {
                    let first = self.generic_rules();
                    let mut has_value = false;
                    generic::find(text, at, length, stem, &mut |start, end, id| {
                        has_value = true;
                        if generic::is_of_key(id) {
                            needles.told(start, end);
                        }
                        if !fresh(start) {
                            return;
                        }
                        if generic::is_pair(id) {
                            covered = start..end;
                            name_of_covered = at..at + generic::rest_of_name(text, at);
                        }
                        found(Span { anchor: word_start(text, at), start, end, rule: first + id });
                    });
                    if has_value {
                        // More rows may follow on the lines below.
                        column = column || generic::is_sql_column(text, at, length, stem);
                        return false;
                    }
                    column = column || generic::names_column(text, at, length, stem);
                    // A name says more than that of a service.
                    if markers.is_empty() && name.is_none_or(|name: Announced| name.what == What::Service) {
                        name = generic::announced(text, at, length, stem).or(name);
                    }
                }
                Target::Literal(_) if !fresh(at) => {}
                Target::Literal(rule) => found(Span { anchor: at, start: at, end: at + length, rule }),
                Target::Block => announced |= self.find_block(text, at, &fresh, found),
            }
            false
        });
        for &index in &self.always {
            self.rule(index).find_all(text, &mut |start, end| {
                found(Span { anchor: word_start(text, start), start, end, rule: index });
            });
        }
        let by_needles = self.always.is_empty() && markers.is_empty();
        Sight { announced, name, column, markers, by_needles }
    }

    /// A private key at `at`, in this line or announced for the next.
    fn find_block(
        &self,
        text: &[u8],
        at: usize,
        fresh: &dyn Fn(usize) -> bool,
        found: &mut dyn FnMut(Span),
    ) -> bool {
        match block::opener(text, at) {
            block::Opener::Inline(start, end) if fresh(start) => {
                found(Span { anchor: word_start(text, at), start, end, rule: self.private_key() });
                false
            }
            block::Opener::Announces => true,
            block::Opener::Inline(..) | block::Opener::None => false,
        }
    }

    /// Whether nothing more is found with the marker of `secret` in its place. `needles` are those of `text` but for
    /// those before `seen`, which were passed over. `edited` is overwritten.
    pub(super) fn is_settled(
        &self,
        filter: &Prefilter,
        text: &[u8],
        seen: usize,
        needles: &mut Needles,
        secret: &Span,
        edited: &mut Vec<u8>,
    ) -> bool {
        // No needle may come to be at the edges of the marker.
        let apart = text.get(secret.end).is_none_or(|&byte| ends_bare(byte))
            && text[..secret.start].last().is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if !apart {
            return false;
        }
        if seen > 0 {
            filter.scan(text, 0, |at, length, target| {
                if at < seen {
                    needles.saw(at, length, target);
                }
                at >= seen + DISORDER_MAX
            });
        }
        if needles.count > SEEN_MAX {
            return false;
        }
        edited.clear();
        edited.extend_from_slice(&text[..secret.start]);
        self.push_marker(edited, secret.rule);
        let marker = secret.start..edited.len();
        edited.extend_from_slice(&text[secret.end..]);
        // The key whose value the secret is reads the marker as its value, for with a hyphen in it the marker is no type
        // that stands before one.
        let hyphened = memchr::memchr(b'-', &edited[marker.clone()]).is_some();
        // The end of a string may come into reach.
        let quote = text[..secret.start].last().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        let closed = quote.is_none_or(|quote| text.get(secret.end) == Some(quote));
        let is_its_value = |seen: &Seen| seen.value == (secret.start, secret.end) && hyphened && closed;
        let hidden = secret.start..secret.end;
        needles.seen[..needles.count]
            .iter()
            .flatten()
            .filter(|seen| !hidden.contains(&seen.at) && !is_its_value(seen))
            .all(|&Seen { at, length, target, .. }| {
                let at = if at < secret.start { at } else { at - secret.end + marker.end };
                let mut nothing = true;
                let mut found = |start, end| nothing &= marker.start <= start && end <= marker.end;
                match target {
                    Target::Rule(rule) => self.rule(rule).find(edited, at, &mut found),
                    Target::Generic(stem) => {
                        generic::find(edited, at, length, stem, &mut |start, end, _| found(start, end));
                    }
                    Target::Literal(_) | Target::Block => nothing = false,
                }
                nothing
            })
    }

    /// Whether `name` is one of a secret.
    pub(super) fn names_secret(&self, name: &[u8]) -> bool {
        let is_part = |at, length, target| match target {
            Target::Generic(stem) => generic::is_secret_name(name, at, length, stem),
            _ => false,
        };
        self.prefilter().scan(name, 0, is_part).is_some()
    }

    /// The rule under which bodies of private keys are hidden.
    pub(super) fn private_key(&self) -> RuleIndex {
        self.generic_rules() + generic::PRIVATE_KEY
    }

    /// From where on `text`, the beginning of an unfinished line, may still change; `None` if nothing may.
    pub(super) fn undecided(&self, filter: &Prefilter, text: &[u8]) -> Option<usize> {
        let mut from = filter.unfinished(text).unwrap_or(text.len());
        // A value that is none, but goes on over other keys.
        let mut around = 0..0;
        filter.scan(text, 0, |at, length, target| {
            let open = match target {
                // A value comes behind its key: it cannot be before what is held already.
                Target::Generic(_) if at >= from && !around.contains(&at) => None,
                Target::Generic(stem) => {
                    let undecided = generic::undecided(text, at, length, stem);
                    if undecided.value.end > around.end {
                        let begin = if around.contains(&at) { around.start } else { undecided.value.start };
                        around = begin..undecided.value.end;
                    }
                    undecided.from
                }
                Target::Literal(_) => Some(at),
                Target::Rule(index) => Some(self.rule(index).anchor(text, at)),
                Target::Block => Some(word_start(text, at)),
            };
            let outer = if around.contains(&at) { around.start } else { usize::MAX };
            from = open.map_or(from, |open| open.min(outer).min(from));
            false
        });
        (from < text.len()).then_some(from)
    }

    /// Keeps what was found in `text` off the `markers` that are already there, and off the white space before it.
    pub(super) fn keep_off_markers(text: &[u8], markers: &[Range<usize>], spans: &mut Vec<Span>) {
        spans.retain_mut(|span| {
            let secret = &text[span.start..span.end];
            span.start += secret.len() - secret.trim_ascii_start().len();
            span.start < span.end && (markers.is_empty() || keep_off(text, markers, span))
        });
    }

    /// Sorts spans and merges those that overlap.
    pub(super) fn merge(&self, spans: &mut Vec<Span>) {
        spans.sort_unstable_by_key(|span| (span.start, span.end));
        spans.dedup_by(|next, merged| {
            if next.start >= merged.end {
                return false;
            }
            let rank = |span: &Span| (self.precedence(span.rule), span.end - span.start);
            if rank(next) > rank(merged) {
                merged.rule = next.rule;
            }
            merged.anchor = merged.anchor.min(next.anchor);
            merged.end = merged.end.max(next.end);
            true
        });
    }
}

/// Drops a span that hides next to nothing but markers; widens one that cuts a marker.
fn keep_off(text: &[u8], markers: &[Range<usize>], span: &mut Span) -> bool {
    let mut fresh = span.end - span.start;
    let (start, end) = (span.start, span.end);
    let mut outside = 0;
    let mut at = start;
    let first = markers.partition_point(|marker| marker.end <= start);
    for marker in markers[first..].iter().take_while(|marker| marker.start < end) {
        outside += alphanumeric(&text[at..marker.start.max(at)]);
        at = marker.end.min(end);
        fresh -= marker.end.min(end) - marker.start.max(start);
        span.start = span.start.min(marker.start);
        span.end = span.end.max(marker.end);
    }
    outside += alphanumeric(&text[at..end]);
    fresh == end - start || fresh >= 4 && outside >= 4
}

/// Whether one of the `markers`, in their order, is at `at`.
fn is_in_marker(markers: &[Range<usize>], at: usize) -> bool {
    markers.get(markers.partition_point(|marker| marker.end <= at)).is_some_and(|marker| marker.start <= at)
}

fn alphanumeric(text: &[u8]) -> usize {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).count()
}

/// Where the last word begins: behind the last white space.
pub(super) fn last_word(text: &[u8]) -> usize {
    memchr::memrchr2(b' ', b'\t', text).map_or(0, |space| space + 1)
}

/// Where the line that `at` is in begins.
pub(super) fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &text[..at]).map_or(0, |lf| lf + 1)
}

fn to_index(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
