//! What is hidden in one unit: a line, or a segment of a line that is too long.

use super::block::{Block, Verdict};
use super::engine::{Engine, Span};
use super::prefilter::{Prefilter, Target};
use super::rule::word_start;
use super::screen::{self, Derived};
use super::views::{VIEWS, View};
use std::ops::Range;
use std::sync::Arc;

/// The examiner of units: what one stream remembers from line to line, and its buffers.
#[derive(Debug)]
pub(super) struct Examiner {
    pub(super) engine: Arc<Engine>,
    pub(super) block: Block,
    /// The engine's needles and what was learned; absent until something was learned.
    filter: Option<Box<Prefilter>>,
    synced: usize,
    screen: Derived,
    view: Derived,
    inner: Derived,
}

/// What became of a unit.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Hide these spans; they are sorted and do not overlap.
    Spans(Vec<Span>),
    /// Remove it whole: it continues what was hidden before.
    Gone,
}

impl Examiner {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            block: Block::default(),
            filter: None,
            synced: 0,
            screen: Derived::default(),
            view: Derived::default(),
            inner: Derived::default(),
        }
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
    pub(super) fn filter(&self) -> &Prefilter {
        self.filter.as_deref().unwrap_or_else(|| self.engine.prefilter())
    }

    /// Whether lines have to be examined one by one whatever they hold.
    pub(super) fn examines_all(&self) -> bool {
        self.block != Block::Outside || self.engine.looks_at_all()
    }

    /// Where the first needle is that makes a closer look worth while.
    pub(super) fn first_needle(&self, text: &[u8], from: usize) -> Option<usize> {
        self.filter().scan(text, from, |at, length, target| self.engine.plausible(text, at, length, target))
    }

    /// Examines the unit `raw`, for needles that begin in `range`; `learn` says that it is complete.
    pub(super) fn examine(&mut self, raw: &[u8], range: Range<usize>, learn: bool) -> Outcome {
        self.sync();
        let mut screen = std::mem::take(&mut self.screen);
        let controls = screen::has_controls(raw);
        if controls {
            screen::render(raw, &mut screen);
        }
        let outcome = if controls {
            let shown = screen.position_of(range.start)..screen.position_of(range.end);
            let text = std::mem::take(&mut screen.text);
            let outcome =
                self.examine_text(&text, shown, learn, &|start, end| screen.source_span(start, end, |_| 1));
            screen.text = text;
            outcome
        } else {
            self.examine_text(raw, range, learn, &|start, end| (start, end))
        };
        self.screen = screen;
        match outcome {
            None => Outcome::Gone,
            Some(mut spans) => {
                self.engine.settle(raw, &mut spans);
                if learn && self.learn(raw, &mut spans) {
                    self.engine.settle(raw, &mut spans);
                }
                Outcome::Spans(spans)
            }
        }
    }

    /// The spans of the unit as it is shown, mapped by `to_raw`; `None` if the unit is to vanish.
    fn examine_text(
        &mut self,
        text: &[u8],
        range: Range<usize>,
        learn: bool,
        to_raw: &dyn Fn(usize, usize) -> (usize, usize),
    ) -> Option<Vec<Span>> {
        let mut spans = Vec::new();
        let mut push = |start: usize, end: usize, rule| {
            if start < end {
                let (start, end) = to_raw(start, end);
                spans.push(Span { start, end, rule });
            }
        };
        let mut block = self.block;
        match block.judge(text) {
            Verdict::Gone if learn => return None,
            Verdict::Gone => push(0, text.len(), self.engine.private_key()),
            Verdict::Hide(start, end) => push(start, end, self.engine.private_key()),
            Verdict::Free => {}
        }
        if let Some(first) = self.first_needle(text, range.start).or(self.engine.looks_at_all().then_some(0))
            && (first < range.end || self.engine.looks_at_all())
        {
            let announced =
                self.engine.find(self.filter(), text, range.clone(), &mut |s| push(s.start, s.end, s.rule));
            if announced {
                block.announce();
            }
            let (mut view, mut inner) = (std::mem::take(&mut self.view), std::mem::take(&mut self.inner));
            let base = word_start(text, first);
            self.find_in_views(
                &text[base..],
                range.end.saturating_sub(base),
                &mut view,
                &mut inner,
                &mut |span| {
                    push(base + span.start, base + span.end, span.rule);
                },
            );
            (self.view, self.inner) = (view, inner);
        }
        if learn {
            self.block = block;
        }
        Some(spans)
    }

    /// Finds what shows only when a layer of encoding is taken off; two layers for string escapes.
    fn find_in_views(
        &self,
        text: &[u8],
        end: usize,
        view: &mut Derived,
        inner: &mut Derived,
        found: &mut dyn FnMut(Span),
    ) {
        for kind in VIEWS.into_iter().filter(|kind| kind.applies(text)) {
            kind.derive(text, view);
            let mapped = |view: &Derived, span: Span| {
                let (start, end) = view.source_span(span.start, span.end, |at| kind.width(text, at));
                Span { start, end, ..span }
            };
            self.engine.find(self.filter(), &view.text, 0..view.position_of(end), &mut |span| {
                if span.start < span.end {
                    found(mapped(view, span));
                }
            });
            if kind == View::Unescaped && kind.applies(&view.text) {
                kind.derive(&view.text, inner);
                let last = inner.position_of(view.position_of(end));
                self.engine.find(self.filter(), &inner.text, 0..last, &mut |span| {
                    if span.start < span.end {
                        let width = |at| kind.width(&view.text, at);
                        let (start, end) = inner.source_span(span.start, span.end, width);
                        found(mapped(view, Span { start, end, ..span }));
                    }
                });
            }
        }
    }

    /// Remembers the values of `spans`; hides further copies of new ones in the rest of the unit.
    fn learn(&mut self, raw: &[u8], spans: &mut Vec<Span>) -> bool {
        let known = spans.len();
        for index in 0..known {
            let span = spans[index];
            let value = &raw[span.start..span.end];
            let shown = screen::has_controls(value).then(|| {
                let mut shown = Derived::default();
                screen::render(value, &mut shown);
                shown.text
            });
            let value = shown.as_deref().unwrap_or(value);
            if span.rule != self.engine.private_key() && self.engine.learned.add(value, span.rule) {
                let copies = memchr::memmem::find_iter(&raw[span.end..], value);
                spans.extend(copies.map(|at| Span {
                    start: span.end + at,
                    end: span.end + at + value.len(),
                    rule: span.rule,
                }));
            }
        }
        spans.len() > known
    }

    /// How much of `raw`, a line that is not finished, can be let go: nothing that follows changes it.
    pub(super) fn decided(&mut self, raw: &[u8]) -> usize {
        if self.examines_all() {
            return 0;
        }
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

    fn decided_text(&self, text: &[u8]) -> usize {
        let last_word =
            text.iter().rposition(|byte| matches!(byte, b' ' | b'\t')).map_or(0, |space| space + 1);
        let undecided = self.engine.undecided(self.filter(), text).unwrap_or(text.len());
        let encoded = self.first_needle(text, 0).map(|first| word_start(text, first)).filter(|&base| {
            // An encoded reading of what follows the first needle may show more.
            text[base..].iter().any(|byte| matches!(byte, b'\\' | b'%' | b'&' | b'\r'))
        });
        last_word.min(undecided).min(encoded.unwrap_or(text.len()))
    }

    /// How much of `raw` can be shown to somebody who waits: everything but a secret that has begun.
    pub(super) fn presentable(&mut self, raw: &[u8], spans: &[Span]) -> usize {
        let begun = spans.iter().find(|span| span.end + 1 >= raw.len()).map_or(raw.len(), |span| span.start);
        let mut screen = std::mem::take(&mut self.screen);
        let unfinished = screen::render(raw, &mut screen).unwrap_or(raw.len());
        let text = &screen.text;
        let word = text.iter().rposition(|byte| matches!(byte, b' ' | b'\t')).map_or(0, |space| space + 1);
        let mut from = text.len();
        self.filter().scan(text, 0, |at, length, target| {
            match target {
                Target::Generic(stem) => {
                    // A key whose value has not begun is a prompt.
                    if let Some(at) = super::generic::undecided(text, at, length, stem)
                        && at < text.len()
                        && !text[at..].contains(&b' ')
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
