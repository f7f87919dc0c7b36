//! What every match of an expression has in it: a run of bytes of one kind.
//!
//! A keyword says little: `azure` is in many texts that have no key of 86 letters and digits behind it. Such a run is looked
//! for before an expression is compiled and tried, which ordinary text then never comes to.

use super::byte_set::ByteSet;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Runs that may begin further behind the beginning of a match are not asked for: looking that far at each keyword would
/// cost more than it saves.
const REACH_MAX: usize = 1024;

/// Most bytes that stand for one: `\\u0026quot;`, an entity whose ampersand is escaped, in JSON in JSON.
pub(super) const ENCODED_MAX: usize = 12;

/// A run of at least `least` bytes of `set`, which are over `reach` bytes behind the beginning of the match. Between that and
/// the byte before the run, which is often a boundary, there are only bytes of `ahead`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guard {
    pub(super) set: ByteSet,
    pub(super) ahead: ByteSet,
    pub(super) least: usize,
    pub(super) reach: usize,
}

/// Bytes of which each match has one: what a rule without such a run can be asked, `:` of a user and a password, say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign(pub(super) [u8; 3]);

/// Bytes that are in few lines first, in nearly all last.
const RARE_FIRST: &[u8] = b"^~`|@!#&$%?*\\;{}[]<>+=\"'():/";

impl Sign {
    /// The rarest byte, or two or three, of which there is one in each match of `hir`.
    pub(super) fn of(hir: &Hir) -> Option<Self> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => None,
            HirKind::Literal(literal) => {
                literal.0.iter().filter_map(|byte| Self::one(*byte)).min_by_key(|sign| sign.rank())
            }
            HirKind::Class(class) => {
                let members = members(class);
                let mut bytes = (0..=u8::MAX).filter(|byte| members.has(*byte));
                let first = Self::one(bytes.next()?)?;
                bytes.try_fold(first, |all, byte| all.or(Self::one(byte)?))
            }
            HirKind::Repetition(repetition) if repetition.min == 0 => None,
            HirKind::Repetition(repetition) => Self::of(&repetition.sub),
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Concat(parts) => parts.iter().filter_map(Self::of).min_by_key(|sign| sign.rank()),
            HirKind::Alternation(branches) => {
                let mut signs = branches.iter().map(Self::of);
                let first = signs.next()??;
                signs.try_fold(first, |all, sign| all.or(sign?))
            }
        }
    }

    fn one(byte: u8) -> Option<Self> {
        RARE_FIRST.contains(&byte).then_some(Self([byte; 3]))
    }

    /// These or those, if they are not more than three.
    fn or(self, other: Self) -> Option<Self> {
        let mut all: Vec<u8> = self.0.into_iter().chain(other.0).collect();
        all.sort_unstable();
        all.dedup();
        let (&first, &last) = (all.first()?, all.last()?);
        (all.len() <= 3).then(|| Self([first, all.get(1).copied().unwrap_or(first), last]))
    }

    /// Where the most frequent of them stands.
    fn rank(self) -> usize {
        let rank = |byte: &u8| RARE_FIRST.iter().position(|rare| rare == byte).unwrap_or(RARE_FIRST.len());
        self.0.iter().map(rank).max().unwrap_or(0)
    }
}

impl Guard {
    /// What can be asked of every match of `hir`; `None` if that is nothing of use.
    pub(super) fn of(hir: &Hir) -> Option<Self> {
        let run = best(hir);
        let reach = run.before?.saturating_add(run.least);
        (run.weight() > 0).then_some(Self { set: run.set, ahead: run.ahead, least: run.least, reach })
    }

    /// Where such a run ends at the latest that is as short as may be, if a match begins at `at` or before, however the text is
    /// encoded; unless there are carriage returns in it, for of these there may be any number between two bytes of a match.
    pub(super) fn end_encoded(&self, at: usize) -> usize {
        at + (self.reach - self.least) * ENCODED_MAX + self.least
    }

    /// What can be asked of a text before encodings are taken off: each byte of the run is one there too, or is written with
    /// several of these.
    pub(super) fn encoded(&self) -> Self {
        const MORE: ByteSet = ByteSet::alphanumeric_and(b"\\%&;#\r");
        Self { set: self.set.or(&MORE), reach: usize::MAX, ..*self }
    }

    /// Whether there is such a run in `text`.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        self.first(text).is_some()
    }

    /// The same if the match has begun at `from` or before, so that what is between there and the run belongs to it.
    pub(super) fn is_behind(&self, text: &[u8], from: usize) -> bool {
        let between = |run: usize| {
            text.get(from..run.saturating_sub(1))
                .is_none_or(|between| self.ahead.run(between) == between.len())
        };
        self.first(text).is_some_and(between)
    }

    /// Where the first such run begins.
    fn first(&self, text: &[u8]) -> Option<usize> {
        let mut end = self.least;
        // From the end of where a run could be back to its beginning: a byte that is not of the set rules out all runs
        // it would be in.
        while let Some(window) = text.get(end - self.least..end) {
            match window.iter().rposition(|&byte| !self.set.has(byte)) {
                None => return Some(end - self.least),
                Some(at) => end += at + 1,
            }
        }
        None
    }
}

/// A run in every match of an expression.
#[derive(Debug, Clone, Copy)]
struct Run {
    set: ByteSet,
    least: usize,
    /// So many of them are not spelt out in the expression. The others are the keyword, which is there already.
    open: usize,
    /// Most bytes of the match before it; `None`: any number.
    before: Option<usize>,
    /// What they are, but for the last of them.
    ahead: ByteSet,
}

impl Run {
    const NONE: Self =
        Self { set: ByteSet::of(&[]), least: 0, open: 0, before: Some(0), ahead: ByteSet::of(&[]) };

    /// How much of a text it rules out: the more, the longer the run and the smaller the set.
    fn weight(&self) -> usize {
        // Of what is in every second byte long runs are everywhere.
        let bits = 7usize.saturating_sub(self.set.len().max(1).ilog2() as usize);
        if self.before.is_none_or(|before| before + self.least > REACH_MAX) { 0 } else { bits * self.open }
    }

    fn heavier(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }

    fn behind(self, bytes: Option<usize>, ahead: &ByteSet) -> Self {
        let before = self.before.zip(bytes).map(|(before, bytes)| before.saturating_add(bytes));
        Self { before, ahead: self.ahead.or(ahead), ..self }
    }
}

/// The match as a whole, as a run.
fn whole(hir: &Hir) -> Run {
    let set = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => ByteSet::of(&[]),
        HirKind::Literal(literal) => ByteSet::of(&literal.0),
        HirKind::Class(class) => members(class),
        HirKind::Repetition(repetition) => whole(&repetition.sub).set,
        HirKind::Capture(capture) => whole(&capture.sub).set,
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(ByteSet::of(&[]), |all, part| all.or(&whole(part).set))
        }
    };
    Run { set, least: hir.properties().minimum_len().unwrap_or(0), open: open(hir), ..Run::NONE }
}

/// Bytes of each match that are not spelt out.
fn open(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) => 0,
        // A letter in either case is spelt out.
        HirKind::Class(class) => usize::from(members(class).len() > 2),
        HirKind::Repetition(repetition) => open(&repetition.sub).saturating_mul(repetition.min as usize),
        HirKind::Capture(capture) => open(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(open).fold(0, usize::saturating_add),
        HirKind::Alternation(branches) => branches.iter().map(open).min().unwrap_or(0),
    }
}

/// The run that rules out most.
fn best(hir: &Hir) -> Run {
    let inside = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => Run::NONE,
        HirKind::Repetition(repetition) if repetition.min == 0 => return Run::NONE,
        HirKind::Repetition(repetition) => best(&repetition.sub),
        HirKind::Capture(capture) => best(&capture.sub),
        HirKind::Concat(parts) => best_of_sequence(parts),
        HirKind::Alternation(branches) => {
            let runs = branches.iter().map(best);
            let weakest = |one: Run, other: Run| Run {
                set: one.set.or(&other.set),
                least: one.least.min(other.least),
                open: one.open.min(other.open),
                before: one.before.zip(other.before).map(|(one, other)| one.max(other)),
                ahead: one.ahead.or(&other.ahead),
            };
            runs.reduce(weakest).unwrap_or(Run::NONE)
        }
    };
    whole(hir).heavier(inside)
}

/// The heaviest run in one part, or over neighbouring ones.
fn best_of_sequence(parts: &[Hir]) -> Run {
    let mut heaviest = Run::NONE;
    let mut before = Some(0usize);
    // All that may be before the part at hand, and all that may be before the byte before it.
    let mut all = ByteSet::of(&[]);
    let mut ahead = all;
    for (first, part) in parts.iter().enumerate() {
        let inside = best(part);
        // What is in this part before the run stands between: the byte before that is one of it.
        let open = if inside.before == Some(0) { &ahead } else { &all };
        heaviest = heaviest.heavier(inside.behind(before, open));
        let mut together = Run { before, ahead, ..Run::NONE };
        for part in &parts[first..] {
            let next = whole(part);
            together.set = together.set.or(&next.set);
            together.least = together.least.saturating_add(next.least);
            together.open = together.open.saturating_add(next.open);
            heaviest = heaviest.heavier(together);
        }
        let length = part.properties().maximum_len();
        before = before.zip(length).map(|(before, length)| before.saturating_add(length));
        let single = part.properties().minimum_len() == Some(1) && length == Some(1);
        ahead = if single { all } else { all.or(&whole(part).set) };
        all = all.or(&whole(part).set);
    }
    heaviest
}

fn members(class: &Class) -> ByteSet {
    let every = ByteSet::of(&[]).not();
    match class {
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .fold(ByteSet::of(&[]), |all, range| all.or(&ByteSet::range(range.start(), range.end()))),
        Class::Unicode(class) => class.ranges().iter().fold(ByteSet::of(&[]), |all, range| {
            match (u8::try_from(range.start()), u8::try_from(range.end())) {
                (Ok(start), Ok(end)) if end.is_ascii() => all.or(&ByteSet::range(start, end)),
                // Characters of several bytes.
                _ => every,
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::lead::parse;

    fn of(regex: &str) -> Option<(usize, usize, usize)> {
        Guard::of(&parse(regex).unwrap()).map(|guard| (guard.set.len(), guard.least, guard.reach))
    }

    #[test]
    fn the_run_that_rules_out_most() {
        assert_eq!(of(r"ghp_[0-9A-Za-z]{36,}"), Some((63, 40, 40)));
        // Between two of its parts there is a hyphen.
        assert_eq!(of(r"(?i)azure[^\n]{0,40}?[^0-9a-z]([0-9a-f]{8}-[0-9a-f]{4})"), Some((23, 13, 59)));
        // Of two branches, what both have.
        assert_eq!(of(r"[^x]{4}(?:[0-9]{16}|[0-9a-f]{32})"), Some((16, 16, 20)));
        // Not the keyword.
        assert_eq!(of(r"(?i)(?:bitbucket|stash)=?[^/]{1,9}[0-9a-z]{5}"), Some((62, 5, 24)));
    }

    #[test]
    fn what_is_out_of_reach_is_not_asked_for() {
        assert_eq!(of(r"a.{0,2000}[0-9]{40}"), None);
        assert_eq!(of(r"a.*[0-9]{40}"), None);
        assert_eq!(of(r"[^\s]"), None);
    }

    fn sign(regex: &str) -> Option<[u8; 3]> {
        Sign::of(&parse(regex).unwrap()).map(|sign| sign.0)
    }

    #[test]
    fn a_sign_is_in_every_match() {
        assert_eq!(sign("curl .{0,99}-u [^:]*:.{3,}"), Some(*b":::"));
        // The rarer of two.
        assert_eq!(sign("user=[a-z]+@host"), Some(*b"@@@"));
        assert_eq!(sign("echo (?:>{1,2}|[|] tee)"), Some(*b">||"));
        assert_eq!(sign("[|;]x"), Some(*b";||"));
        // One way has none.
        assert_eq!(sign("a(?::|b)"), None);
        assert_eq!(sign("a:?b[:c]"), None);
        assert_eq!(sign("user (?:/|:) [a-z]+"), Some(*b"/::"));
        assert_eq!(sign("[!#$%]"), None);
    }

    #[test]
    fn a_run_is_found_wherever_it_is() {
        let guard = Guard { set: ByteSet::of(b"ab"), ahead: ByteSet::of(b"xyz"), least: 3, reach: 9 };
        for (text, is_in) in [
            ("aba", true),
            ("xaba", true),
            ("abxaab", true),
            ("xxabxabxab", false),
            ("ab", false),
            ("", false),
        ] {
            assert_eq!(guard.is_in(text.as_bytes()), is_in, "{text}");
        }
    }

    #[test]
    fn only_what_a_match_may_have_there_stands_before_the_run() {
        let hir = parse(r"key[^/\n]{0,9}?[:=]([0-9a-f]{8})").unwrap();
        let guard = Guard::of(&hir).unwrap();
        let cases = [
            ("a/b key : =01234567", 4, true),
            ("a/b key a/x=01234567", 4, false),
            ("a/b key/xx=01234567", 4, false),
            // What is before the keyword is no part of the match.
            ("01234567 key=01234567", 9, true),
            ("key=0123", 0, false),
        ];
        for (text, at, is_behind) in cases {
            assert_eq!(guard.is_behind(text.as_bytes(), at), is_behind, "{text}");
        }
    }
}
