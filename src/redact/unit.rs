//! What is hidden in one unit: a line, or a segment of a line that is too long.
//!
//! A unit is examined until nothing more is found in the result, so that redacting twice changes nothing: what a
//! marker replaces may have kept something else from being seen. In the common case, one secret that stands by itself,
//! what else was seen is read once more with the marker in place, and the second examination is left out.

use super::block::{Block, Verdict};
use super::edit::Edited;
use super::engine::{Engine, Needles, Sight, Span, last_word};
use super::expected::{Candidate, Expected};
use super::fresh::{Fresh, copies, has_copies};
use super::generic::announced_by_command;
use super::marker;
use super::prefilter::{Prefilter, Target};
use super::rule::word_start;
use super::schema::Schemas;
use super::screen::{self, Derived};
use super::surroundings::Surroundings;
use super::table::Table;
use super::views::{any_applies, read_views};
use std::sync::Arc;

/// Most times a unit is examined; what is found after that hides the rest of it.
const ROUNDS_MAX: usize = 16;
/// Bytes before a keyword that a reading with an encoding taken off begins with.
const VIEW_LEAD: usize = 512;

/// The examiner of units: what one stream remembers from line to line, and its buffers.
#[derive(Debug)]
pub(super) struct Examiner {
    pub(super) engine: Arc<Engine>,
    pub(super) block: Block,
    /// A name whose value may be on this line.
    expected: Option<Expected>,
    /// A table whose row may be this line.
    table: Option<Table>,
    /// Tables whose rows may come.
    schemas: Schemas,
    /// The engine's needles and what was learned; absent until something was learned.
    filter: Option<Box<Prefilter>>,
    synced: usize,
    screen: Derived,
    view: Derived,
    inner: Derived,
    edited: Edited,
    /// The needles of the text looked at last.
    needles: Needles,
    /// An empty list, for the next unit's spans.
    spare: Vec<Span>,
    /// Values found in the last unit.
    fresh: Vec<Fresh>,
}

/// What became of a unit.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Hide these spans; they are sorted and do not overlap.
    Spans(Vec<Span>),
    /// Remove it whole: it continues what was hidden before.
    Gone,
}

/// Which part of a line a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A line to its end.
    Whole,
    /// The rest of a line to its end.
    Rest,
    /// A segment that begins a line; the line goes on.
    Beginning,
    /// A segment; the line goes on.
    Segment,
    /// The beginning of a line of which more will come: nothing is remembered.
    Glimpse,
}

/// What a unit says of the lines behind it.
#[derive(Debug, Default)]
struct Ahead {
    /// A private key begins there.
    key: bool,
    /// The value of this name may be there.
    value: Option<Expected>,
    /// A row of this table may be there.
    table: Option<Table>,
    /// The unit may declare columns.
    declares: bool,
}

impl Examiner {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            block: Block::default(),
            expected: None,
            table: None,
            schemas: Schemas::default(),
            filter: None,
            synced: 0,
            screen: Derived::default(),
            view: Derived::default(),
            inner: Derived::default(),
            edited: Edited::default(),
            needles: Needles::default(),
            spare: Vec::new(),
            fresh: Vec::new(),
        }
    }

    /// What is expected of the output of `command`, a line that was run: a secret, if it prints one.
    pub(super) fn expected_of_command(engine: &Engine, command: &[u8]) -> Option<Expected> {
        let mut expected = None;
        engine.prefilter().scan(command, 0, |at, length, target| {
            if let Target::Generic(stem) = target
                && let Some(announced) = announced_by_command(command, at, length, stem)
            {
                expected = Some(Expected::new(command, announced));
            }
            false
        });
        expected
    }

    /// Expects the body of a key, unless it has begun.
    pub(super) fn expect_key(&mut self) {
        if self.block == Block::Outside {
            self.block.announce();
        }
    }

    /// Begins with a line on which a secret is expected.
    pub(super) fn expect(&mut self, expected: Option<Expected>) {
        self.expected = expected;
    }

    /// Catches up with what was learned on any stream.
    pub(super) fn sync(&mut self) {
        if self.engine.learned.len() == self.synced {
            return;
        }
        let filter = self.filter.get_or_insert_with(|| Box::new(self.engine.prefilter().clone()));
        for (value, rule) in self.engine.learned.since(self.synced) {
            filter.insert(&value, true, Target::Literal(rule));
            self.synced += 1;
        }
    }

    /// The needles to look for.
    fn filter(&self) -> &Prefilter {
        self.filter.as_deref().unwrap_or_else(|| self.engine.prefilter())
    }

    /// Whether lines have to be examined one by one whatever they hold.
    pub(super) fn examines_all(&self) -> bool {
        self.block != Block::Outside
            || self.expected.is_some()
            || self.table.is_some()
            || self.schemas.is_open()
            || self.schemas.is_inserting()
            || self.engine.looks_at_all()
    }

    /// Where the first needle is that makes a closer look worth while.
    pub(super) fn first_needle(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut surroundings = Surroundings::default();
        self.filter().scan(text, from, |at, length, target| {
            self.engine.plausible(text, &mut surroundings, (at, length), target)
        })
    }

    /// Examines the unit `raw`, for needles that begin at `from` or later.
    pub(super) fn examine(&mut self, raw: &[u8], from: usize, part: Part) -> Outcome {
        self.examine_behind(raw, from, part, 0)
    }

    /// The same when it is known already that no needle before `seen` is plausible as the unit stands.
    pub(super) fn examine_behind(&mut self, raw: &[u8], from: usize, part: Part, seen: usize) -> Outcome {
        self.sync();
        #[cfg(test)]
        super::rescue::fail_if_asked(raw);
        let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
        if part == Part::Whole && self.passes(raw) {
            return Outcome::Spans(Vec::new());
        }
        let learn = part != Part::Glimpse;
        let mut block = self.block;
        let mut spans = Vec::new();
        if matches!(part, Part::Whole | Part::Beginning | Part::Glimpse) && block != Block::Outside {
            match self.judge(&mut block, raw) {
                Verdict::Gone if learn => {
                    (self.expected, self.table) = (None, None);
                    return Outcome::Gone;
                }
                Verdict::Gone => spans.push((from, raw.len())),
                Verdict::Hide(start, end) => spans.push((start, end)),
                Verdict::Free => {}
            }
        }
        let rule = self.engine.private_key();
        let mut spans: Vec<Span> =
            spans.into_iter().map(|(start, end)| Span { anchor: start, start, end, rule }).collect();
        let ahead = self.examine_rounds(raw, (from, seen), part, &mut spans);
        if ahead.key {
            block.announce();
        }
        if learn {
            self.block = block;
            self.expected = ahead.value.filter(|_| part == Part::Whole && spans.is_empty());
            self.table = ahead.table.filter(|_| part == Part::Whole);
            self.schemas.goes_on(raw, part);
            if part == Part::Whole && (ahead.declares || self.schemas.is_open()) {
                self.declare(raw);
            }
        }
        if matches!(part, Part::Whole | Part::Rest) {
            self.remember(usize::MAX);
        }
        Outcome::Spans(spans)
    }

    /// Whether `line` would be passed over but for a name before it, and is no value of that.
    fn passes(&mut self, line: &[u8]) -> bool {
        let Some(expected) = &self.expected else { return false };
        let passes = self.block == Block::Outside
            && self.table.is_none()
            && !self.schemas.is_open()
            && !self.engine.looks_at_all()
            && !screen::has_controls(line)
            && expected.candidate(line).is_none()
            && self.first_needle(line, 0).is_none();
        if passes {
            self.expected = self
                .expected_next(line, &Sight { markers: marker::find(line).collect(), ..Sight::default() });
        }
        passes
    }

    /// Remembers for the rest of the run the values found in the last unit before `end`. Those behind it are found
    /// again, and what is before them may be out already.
    pub(super) fn remember(&mut self, end: usize) {
        for value in self.fresh.drain(..).filter(|value| value.from <= end) {
            self.engine.learned.add(&value.value, value.rule);
        }
    }

    /// The end of the redacted unit before the raw position `to`: what its continuation has before it.
    pub(super) fn tail_before(&mut self, raw: &[u8], spans: &[Span], to: usize, length: usize) -> Vec<u8> {
        let mut edited = std::mem::take(&mut self.edited);
        edited.replace(&self.engine, raw, spans);
        let end = edited.position(to);
        let tail = edited.text[end.saturating_sub(length)..end].to_vec();
        self.edited = edited;
        tail
    }

    fn judge(&mut self, block: &mut Block, raw: &[u8]) -> Verdict {
        if !screen::has_controls(raw) {
            return block.judge(raw);
        }
        screen::render(raw, &mut self.screen);
        match block.judge(&self.screen.text) {
            Verdict::Hide(start, end) => {
                let (start, end) = self.screen.source_span(start, end, |_| 1);
                Verdict::Hide(start, end)
            }
            other => other,
        }
    }

    /// Adds to `spans` until nothing more is found; returns what is announced.
    fn examine_rounds(
        &mut self,
        raw: &[u8],
        (from, seen): (usize, usize),
        part: Part,
        spans: &mut Vec<Span>,
    ) -> Ahead {
        let mut edited = std::mem::take(&mut self.edited);
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.clear();
        let mut ahead = Ahead::default();
        let whole = part == Part::Whole || part == Part::Glimpse && from == 0;
        for round in 0.. {
            let mut found = std::mem::take(&mut self.spare);
            let (text, seen) = if spans.is_empty() {
                (raw, seen)
            } else {
                edited.replace(&self.engine, raw, spans);
                (&*edited.text, 0)
            };
            let sight = self.look(text, from, seen, &mut found);
            ahead.key |= sight.announced;
            ahead.declares |= sight.column;
            self.declare_listed(text, &sight, part);
            self.values_of_names_before(text, from, part, &mut found);
            if whole {
                ahead.value = self.expected_next(text, &sight);
                ahead.table = self.table_next(text, sight.column);
            }
            copies(text, &edited, &fresh, &mut found);
            for span in &mut found {
                span.start = span.start.max(from);
            }
            found.retain(|span| span.start < span.end);
            Engine::keep_off_markers(text, &sight.markers, &mut found);
            if found.is_empty() {
                self.spare = found;
                break;
            }
            if !spans.is_empty() {
                for span in &mut found {
                    span.anchor = edited.origin(span.anchor, span.anchor + 1).0;
                    (span.start, span.end) = edited.origin(span.start, span.end);
                }
            }
            self.engine.merge(&mut found);
            if part != Part::Glimpse {
                self.learn(raw, &found, part, &mut fresh);
            }
            let settled = part == Part::Whole
                && self.expected.is_none()
                && self.table.is_none()
                && !self.schemas.has_any()
                && spans.is_empty()
                && found.len() == 1
                && !has_copies(raw, &fresh)
                && sight.by_needles
                && !sight.column
                && self.is_settled(raw, seen, &found[0], &mut edited.text);
            if round == ROUNDS_MAX {
                found.truncate(1);
                found[0].end = raw.len();
            }
            if spans.is_empty() {
                *spans = found;
            } else {
                spans.append(&mut found);
                self.engine.merge(spans);
            }
            if round == ROUNDS_MAX || settled {
                // What is left begins no table: nothing in it is the name of a column.
                (ahead.value, ahead.table) = (None, None);
                break;
            }
        }
        self.fresh = fresh;
        self.edited = edited;
        ahead
    }

    fn is_settled(&mut self, raw: &[u8], seen: usize, secret: &Span, edited: &mut Vec<u8>) -> bool {
        let Self { engine, filter, needles, .. } = self;
        let filter = filter.as_deref().unwrap_or_else(|| engine.prefilter());
        engine.is_settled(filter, raw, seen, needles, secret, edited)
    }

    /// Takes a list of spans back that is no longer needed.
    pub(super) fn take_back(&mut self, mut spans: Vec<Span>) {
        spans.clear();
        self.spare = spans;
    }

    /// What was shown of `text` when it was looked at last.
    fn shown<'a>(&'a self, text: &'a [u8]) -> &'a [u8] {
        if screen::has_controls(text) { &self.screen.text } else { text }
    }

    /// Values in `text`, just looked at, of what is named on a line before it, or far before it on the same.
    fn values_of_names_before(&self, text: &[u8], from: usize, part: Part, found: &mut Vec<Span>) {
        if self.expected.is_none() && self.table.is_none() && !self.schemas.has_any() {
            return;
        }
        let shown = self.shown(text);
        // Where something is hidden already, the value was.
        let expected = self.expected.iter().filter(|_| marker::find(text).next().is_none());
        let mut candidates: Vec<Candidate> = match part {
            Part::Segment | Part::Rest if shown.len() == text.len() => {
                self.schemas.candidates_behind(shown, from)
            }
            Part::Segment | Part::Rest => return,
            Part::Glimpse if from > 0 => return,
            _ => self.schemas.candidates(shown),
        };
        if matches!(part, Part::Whole | Part::Glimpse) {
            candidates.extend(expected.filter_map(|expected| expected.candidate(shown)));
            candidates.extend(self.table.iter().flat_map(|table| table.candidates(shown)));
        }
        self.judge_candidates(text, candidates, found);
    }

    fn judge_candidates(&self, text: &[u8], candidates: Vec<Candidate>, found: &mut Vec<Span>) {
        let controls = screen::has_controls(text);
        for candidate in candidates {
            let length = candidate.end - candidate.start;
            let needles = &mut Needles::default();
            self.engine.find(self.filter(), &candidate.text, (0, 0), needles, &mut |span| {
                let end = span.end.min(candidate.at + length);
                if span.start < candidate.at || span.start >= end {
                    return;
                }
                let back = |at: usize| candidate.start + at - candidate.at;
                let (start, end) = (back(span.start), back(end));
                let (start, end) =
                    if controls { self.screen.source_span(start, end, |_| 1) } else { (start, end) };
                found.push(Span { anchor: start, start, end, ..span });
            });
        }
    }

    /// Where the last whole row ends in `range` of the segment `raw`, if a statement goes on in it.
    pub(super) fn row_end(&self, raw: &[u8], range: std::ops::Range<usize>) -> Option<usize> {
        self.schemas.row_end(raw, range)
    }

    /// Learns what columns the line `raw`, just looked at, declares.
    fn declare(&mut self, raw: &[u8]) {
        let controls = screen::has_controls(raw);
        if controls {
            screen::render(raw, &mut self.screen);
        }
        let shown = if controls { &self.screen.text } else { raw };
        self.schemas.learn(shown, &|name| self.engine.names_secret(name));
    }

    /// Learns what columns a statement in `text`, just looked at, lists before its rows.
    fn declare_listed(&mut self, text: &[u8], sight: &Sight, part: Part) {
        if !sight.column || matches!(part, Part::Segment | Part::Rest) {
            return;
        }
        let shown = if screen::has_controls(text) { &self.screen.text } else { text };
        self.schemas.learn_listed(shown, &|name| self.engine.names_secret(name));
    }

    /// The table that goes on, or begins, behind `text`.
    fn table_next(&self, text: &[u8], column: bool) -> Option<Table> {
        if self.table.is_none() && !column {
            return None;
        }
        let shown = self.shown(text);
        let begun = || {
            Table::begun_by(shown, |name| self.engine.names_secret(name))
                .or_else(|| self.schemas.table_begun_by(shown))
        };
        let goes_on = self.table.clone().and_then(|table| table.pass(shown));
        goes_on.or_else(|| column.then(begun).flatten())
    }

    /// What the line behind `text` may be the value of, if nothing is hidden in `text`.
    fn expected_next(&self, text: &[u8], sight: &Sight) -> Option<Expected> {
        if sight.name.is_none() && self.expected.is_none() || !sight.markers.is_empty() {
            return None;
        }
        let shown = self.shown(text);
        match sight.name {
            Some(name) => Some(Expected::new(shown, name)),
            None => self.expected.clone()?.pass(shown),
        }
    }

    /// Finds what there is to be found in `text`, for needles at `from` or later.
    fn look(&mut self, text: &[u8], from: usize, seen: usize, found: &mut Vec<Span>) -> Sight {
        if !screen::has_controls(text) {
            return self.look_at_shown(text, from, seen, &mut |span| found.push(span));
        }
        let mut screen = std::mem::take(&mut self.screen);
        screen::render(text, &mut screen);
        let from = screen.position_of(from);
        let sight = self.look_at_shown(&screen.text, from, 0, &mut |span| {
            let (start, end) = screen.source_span(span.start, span.end, |_| 1);
            found.push(Span { anchor: screen.source(span.anchor), start, end, ..span });
        });
        self.screen = screen;
        // What is hidden leaves its sequences behind.
        Sight { by_needles: false, markers: marker::find(text).collect(), ..sight }
    }

    fn look_at_shown(&mut self, text: &[u8], from: usize, seen: usize, found: &mut dyn FnMut(Span)) -> Sight {
        let mut report = |span: Span| {
            if span.start < span.end {
                found(span);
            }
        };
        let Self { engine, filter, needles, .. } = self;
        let filter = filter.as_deref().unwrap_or_else(|| engine.prefilter());
        let mut sight = engine.find(filter, text, (seen, from), needles, &mut report);
        if !any_applies(text) {
            return sight;
        }
        sight.by_needles = false;
        let first = self.first_needle(text, seen).or(self.engine.looks_at_all().then_some(from));
        let Some(first) = first else { return sight };
        let base = word_start(text, first).saturating_sub(VIEW_LEAD);
        let (mut view, mut inner) = (std::mem::take(&mut self.view), std::mem::take(&mut self.inner));
        read_views(&text[base..], &mut view, &mut inner, &mut |view, source| {
            let first = view.position_of(from.saturating_sub(base));
            let needles = &mut Needles::default();
            let inside = self.engine.find(self.filter(), &view.text, (0, first), needles, &mut |span| {
                if span.start < span.end {
                    let (start, end) = source(span.start, span.end);
                    let anchor = source(span.anchor, span.anchor + 1).0;
                    report(Span { anchor: base + anchor, start: base + start, end: base + end, ..span });
                }
            });
            sight.announced |= inside.announced;
        });
        (self.view, self.inner) = (view, inner);
        sight
    }

    /// Remembers the values of `spans`; what is seen of one that may go on behind the unit is no value.
    fn learn(&self, raw: &[u8], spans: &[Span], part: Part, fresh: &mut Vec<Fresh>) {
        if self.engine.learned.is_full() {
            return;
        }
        for span in spans {
            if span.rule == self.engine.private_key()
                || matches!(part, Part::Beginning | Part::Segment) && span.end == raw.len()
            {
                continue;
            }
            let value = &raw[span.start..span.end];
            let mut shown = Derived::default();
            let value = if screen::has_controls(value) {
                screen::render(value, &mut shown);
                &shown.text
            } else {
                value
            };
            if self.engine.learned.is_news(value) && fresh.iter().all(|known| known.value != value) {
                fresh.push(Fresh { value: value.to_vec(), from: span.end, rule: span.rule });
            }
        }
    }

    /// How much of `raw`, a line that is not finished, can be let go: nothing that follows changes it.
    pub(super) fn decided(&mut self, raw: &[u8]) -> usize {
        if self.examines_all() {
            return 0;
        }
        self.sync();
        let mut screen = std::mem::take(&mut self.screen);
        let limit = if screen::has_controls(raw) {
            let unfinished = screen::render(raw, &mut screen).unwrap_or(raw.len());
            let at = self.decided_text(&screen.text);
            screen.source(at).min(unfinished)
        } else {
            self.decided_text(raw)
        };
        self.screen = screen;
        limit
    }

    fn decided_text(&mut self, text: &[u8]) -> usize {
        let word = last_word(text);
        let mut limit = word.min(self.engine.undecided(self.filter(), text).unwrap_or(word));
        limit = limit.min(self.schemas.rows_begin(text).unwrap_or(limit));
        // An encoded reading may show more. What it makes of the last word, nobody knows yet.
        let (mut view, mut inner) = (std::mem::take(&mut self.view), std::mem::take(&mut self.inner));
        read_views(&text[..word], &mut view, &mut inner, &mut |view, source| {
            let word = last_word(&view.text);
            let undecided = self.engine.undecided(self.filter(), &view.text).unwrap_or(word).min(word);
            if undecided < view.text.len() {
                limit = limit.min(source(undecided, undecided + 1).0);
            }
        });
        (self.view, self.inner) = (view, inner);
        limit
    }

    /// How much of `raw` can be shown to somebody who waits: everything but a secret that has begun.
    pub(super) fn presentable(&mut self, raw: &[u8], spans: &[Span]) -> usize {
        let begun = spans.iter().find(|span| span.end + 1 >= raw.len()).map_or(raw.len(), |span| span.start);
        let mut screen = std::mem::take(&mut self.screen);
        let unfinished = screen::render(raw, &mut screen).unwrap_or(raw.len());
        let text = &screen.text;
        let word = last_word(text);
        let rows = if self.schemas.is_inserting() { Some(0) } else { self.schemas.rows_begin(text) };
        let mut from = rows.unwrap_or(text.len());
        self.filter().scan(text, 0, |at, length, target| {
            match target {
                Target::Generic(stem) => {
                    // A key whose value has not begun is a prompt. Only numbers of a key have spaces between them.
                    if let Some(at) = super::generic::undecided(text, at, length, stem).from
                        && at < text.len()
                        && (!text[at..].contains(&b' ') || super::generic::begins_bytes(text, at))
                    {
                        from = from.min(at);
                    }
                }
                _ if at >= word => from = from.min(at),
                _ => {}
            }
            false
        });
        let from = screen.source(from);
        self.screen = screen;
        begun.min(from).min(unfinished)
    }
}
