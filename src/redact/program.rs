//! Expressions as programs that are run as they stand: the tables of the embedded rules hold one for each.
//!
//! To parse and compile an expression takes a hundred microseconds, as long as it takes to look through 50 KB of text, and
//! most expressions are tried once or twice in the life of a process. A program is there already. It is run by backtracking
//! (Cox, Regular Expression Matching: the Virtual Machine Approach, 2009), which never comes twice to the same place of the
//! program with the same place of the text: where several ways lead to one place, a [`Op::Join`] notes that somebody has
//! been there, so that a search takes time linear in the length of the text.

use super::byte_set::ByteSet;

/// Most groups of an embedded rule's expression, the whole included; those of any other rule cost an allocation beyond it.
pub(super) const GROUPS_MAX: usize = 12;

/// One step of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) op: Op,
    /// The byte of [`Op::Byte`]; how many bytes [`Op::Run`] takes.
    pub(super) byte: u8,
    /// The step behind this one.
    pub(super) next: u16,
    /// The other step of [`Op::Split`]; the number of [`Op::Run`]'s set, of a join, of a slot.
    pub(super) other: u16,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// Takes this byte.
    Byte,
    /// Takes so many bytes of a set.
    Run,
    /// Goes on with the next step and, if that leads nowhere, with the other one.
    Split,
    /// Goes on if nobody was here before.
    Join,
    /// Remembers the position: where a group begins or ends.
    Save,
    /// Goes on at the beginning of the text.
    Start,
    /// Goes on at its end.
    End,
    /// Goes on where a word of ASCII letters, digits and `_` begins or ends.
    WordBoundary,
    /// Has found a match.
    Match,
}

/// A program, and the table of byte sets its runs refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program<'a> {
    pub(super) steps: &'a [Step],
    pub(super) sets: &'a [ByteSet],
    /// What a match begins with.
    pub(super) first: &'a ByteSet,
    /// How many joins it has.
    pub(super) joins: usize,
}

/// What a search has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Match,
    NoMatch,
    /// It took more steps than it was given.
    GaveUp,
}

/// Where a group begins or ends in a text.
pub(super) type Slot = Option<usize>;

/// What a search needs room for; kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// What is left to be tried, the last first.
    left: Vec<Left>,
    /// A bit for each join at each position from the first start on.
    visited: Vec<u64>,
}

impl Room {
    pub(super) const fn new() -> Self {
        Self { left: Vec::new(), visited: Vec::new() }
    }
}

#[derive(Debug)]
enum Left {
    Try { step: u16, at: usize },
    Restore { slot: u16, value: Slot },
}

impl Program<'_> {
    /// Looks in `text[..end]` for the match that begins first, at one of `starts`, and of those that begin there for the
    /// one that the expression prefers. Its groups are written to `slots`, two for each; those that have none are
    /// not remembered. What is around is seen by
    /// assertions. Each step is taken off `steps`.
    pub(super) fn search(
        &self,
        text: &[u8],
        starts: std::ops::Range<usize>,
        end: usize,
        slots: &mut [Slot],
        room: &mut Room,
        steps: &mut usize,
    ) -> Verdict {
        let base = starts.start;
        let candidates = text[..end].get(starts).unwrap_or_default();
        room.visited.clear();
        let mut from = 0;
        while let Some(ahead) = candidates[from..].iter().position(|&byte| self.first.has(byte)) {
            from += ahead;
            match self.run(text, (base, base + from, end), slots, room, steps) {
                Verdict::NoMatch => from += 1,
                verdict => return verdict,
            }
        }
        Verdict::NoMatch
    }

    /// Whether there is a match anywhere in `text`.
    pub(super) fn is_match(&self, text: &[u8], room: &mut Room) -> bool {
        let mut steps = usize::MAX;
        self.search(text, 0..text.len(), text.len(), &mut [], room, &mut steps) == Verdict::Match
    }

    /// Looks for a match that begins at `at`.
    fn run(
        &self,
        text: &[u8],
        (base, at, end): (usize, usize, usize),
        slots: &mut [Slot],
        room: &mut Room,
        steps: &mut usize,
    ) -> Verdict {
        let (mut at, mut step) = (at, 0);
        slots.fill(None);
        room.left.clear();
        loop {
            let Some(less) = steps.checked_sub(1) else { return Verdict::GaveUp };
            *steps = less;
            let Step { op, byte, next, other } = self.steps[usize::from(step)];
            let goes_on = match op {
                Op::Byte => {
                    let same = at < end && text[at] == byte;
                    at += usize::from(same);
                    same
                }
                Op::Run => {
                    let set = &self.sets[usize::from(other)];
                    let run = text[..end].get(at..at + usize::from(byte));
                    let all = run.is_some_and(|run| run.iter().all(|&byte| set.has(byte)));
                    at += usize::from(byte);
                    all
                }
                // Most ways end with their first byte, and cost no more than a look at it.
                Op::Split => {
                    let byte = text[..end].get(at).copied();
                    if !self.may_go_on(next, byte) {
                        step = other;
                        continue;
                    }
                    if self.may_go_on(other, byte) {
                        room.left.push(Left::Try { step: other, at });
                    }
                    true
                }
                Op::Join => {
                    let bit = (at - base) * self.joins + usize::from(other);
                    room.first_visit(bit)
                }
                Op::Save => {
                    if let Some(slot) = slots.get_mut(usize::from(other)) {
                        room.left.push(Left::Restore { slot: other, value: *slot });
                        *slot = Some(at);
                    }
                    true
                }
                Op::Start => at == 0,
                Op::End => at == text.len(),
                Op::WordBoundary => {
                    is_word(at.checked_sub(1).map(|at| text[at])) != is_word(text.get(at).copied())
                }
                Op::Match => return Verdict::Match,
            };
            if goes_on {
                step = next;
                continue;
            }
            (step, at) = loop {
                match room.left.pop() {
                    Some(Left::Try { step, at }) => break (step, at),
                    Some(Left::Restore { slot, value }) => slots[usize::from(slot)] = value,
                    None => return Verdict::NoMatch,
                }
            };
        }
    }

    /// Whether `step` may lead anywhere where `byte` is next.
    fn may_go_on(&self, mut step: u16, byte: Option<u8>) -> bool {
        loop {
            let Step { op, byte: wanted, next, other } = self.steps[usize::from(step)];
            return match op {
                Op::Byte => byte == Some(wanted),
                Op::Run => byte.is_some_and(|byte| self.sets[usize::from(other)].has(byte)),
                Op::Save => {
                    step = next;
                    continue;
                }
                _ => true,
            };
        }
    }
}

impl Room {
    fn first_visit(&mut self, bit: usize) -> bool {
        let (word, bit) = (bit / 64, 1 << (bit % 64));
        if word >= self.visited.len() {
            self.visited.resize(word + 1, 0);
        }
        let before = self.visited[word];
        self.visited[word] |= bit;
        before & bit == 0
    }
}

fn is_word(byte: Option<u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
