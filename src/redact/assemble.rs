//! Turns an expression into a [`Program`](super::program::Program). Part of `build.rs`, and of tests.
//!
//! What the expression means is not decided here: it is the automaton that regex-automata compiles, written down in
//! another form. A chain of states that take bytes of the same set becomes one step.

use super::byte_set::ByteSet;
use super::program::{Op, Step};
use regex_automata::nfa::thompson::{Compiler, Config, NFA, State, Transition};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::Hir;

/// Programs, which share their sets.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    pub(super) steps: Vec<Step>,
    pub(super) sets: Vec<ByteSet>,
}

/// Where a program stands among the others.
#[derive(Debug)]
pub(super) struct Assembled {
    pub(super) at: usize,
    pub(super) length: usize,
    /// The set of what a match begins with.
    pub(super) first: u16,
    pub(super) joins: u16,
    /// Groups, the whole included.
    pub(super) groups: usize,
}

impl Assembler {
    /// Adds the program of `hir`.
    ///
    /// # Errors
    ///
    /// It is too long for a program, or has an assertion that programs do not have.
    pub(super) fn add(&mut self, hir: &Hir) -> Result<Assembled, String> {
        let config = Config::new().utf8(false);
        let nfa = Compiler::new().configure(config).build_from_hir(hir).map_err(|error| error.to_string())?;
        let at = self.steps.len();
        let mut layout = Layout {
            nfa: &nfa,
            steps: Vec::new(),
            sets: &mut self.sets,
            ways: ways(&nfa),
            places: vec![None; nfa.states().len()],
            open: Vec::new(),
            joins: 0,
        };
        layout.lay_out()?;
        let (steps, joins) = (layout.steps, layout.joins);
        let first = first(&steps, &self.sets);
        let first = number_of(&mut self.sets, first)?;
        self.steps.extend_from_slice(&steps);
        let groups = nfa.group_info().all_group_len();
        Ok(Assembled { at, length: steps.len(), first, joins, groups })
    }
}

/// The steps of one automaton as they are laid out.
struct Layout<'a> {
    nfa: &'a NFA,
    steps: Vec<Step>,
    sets: &'a mut Vec<ByteSet>,
    /// How many ways lead to each state.
    ways: Vec<usize>,
    /// The step of each state that has one.
    places: Vec<Option<u16>>,
    /// States whose steps have a place and no content yet.
    open: Vec<(StateID, u16)>,
    joins: u16,
}

impl Layout<'_> {
    fn lay_out(&mut self) -> Result<(), String> {
        self.place(self.nfa.start_anchored())?;
        while let Some((state, at)) = self.open.pop() {
            self.fill(state, at)?;
        }
        Ok(())
    }

    /// The step of `state`; a join before it if several ways lead there.
    fn place(&mut self, state: StateID) -> Result<u16, String> {
        if let Some(place) = self.places[state.as_usize()] {
            return Ok(place);
        }
        let place = self.reserve()?;
        self.places[state.as_usize()] = Some(place);
        let mut own = place;
        if self.ways[state.as_usize()] > 1 {
            own = self.reserve()?;
            self.set(place, Op::Join, 0, own, self.joins);
            self.joins += 1;
        }
        self.open.push((state, own));
        Ok(place)
    }

    fn reserve(&mut self) -> Result<u16, String> {
        let at = u16::try_from(self.steps.len()).map_err(|_| "it is too long for a program".to_owned())?;
        self.steps.push(Step { op: Op::Match, byte: 0, next: 0, other: 0 });
        Ok(at)
    }

    fn set(&mut self, at: u16, op: Op, byte: u8, next: u16, other: u16) {
        self.steps[usize::from(at)] = Step { op, byte, next, other };
    }

    fn fill(&mut self, state: StateID, at: u16) -> Result<(), String> {
        if let Some((set, after)) = self.taken(state) {
            return self.fill_taking(set, after, at);
        }
        match self.nfa.state(state) {
            State::Match { .. } => self.set(at, Op::Match, 0, 0, 0),
            State::Capture { next, slot, .. } => {
                let next = self.place(*next)?;
                let slot = u16::try_from(slot.as_usize()).map_err(|error| error.to_string())?;
                self.set(at, Op::Save, 0, next, slot);
            }
            State::Look { look, next } => {
                let op = match look {
                    Look::Start => Op::Start,
                    Look::End => Op::End,
                    Look::WordAscii => Op::WordBoundary,
                    other => return Err(format!("its assertion {other:?} is none a program has")),
                };
                let next = self.place(*next)?;
                self.set(at, op, 0, next, 0);
            }
            State::BinaryUnion { alt1, alt2 } => self.fill_choice(&[*alt1, *alt2], at)?,
            State::Union { alternates } => self.fill_choice(alternates, at)?,
            State::Sparse(transitions) => self.fill_branches(&transitions.transitions, at)?,
            State::ByteRange { .. } => unreachable!("it takes bytes of one set"),
            State::Dense(_) | State::Fail => return Err("no program has such a state".to_owned()),
        }
        Ok(())
    }

    /// What `state` takes before which other, if it is one that takes a byte and then goes on in one way.
    fn taken(&self, state: StateID) -> Option<(ByteSet, StateID)> {
        let (transitions, after) = match self.nfa.state(state) {
            State::ByteRange { trans } => (std::slice::from_ref(trans), trans.next),
            State::Sparse(sparse) => (&*sparse.transitions, sparse.transitions[0].next),
            _ => return None,
        };
        let one_way = transitions.iter().all(|transition| transition.next == after);
        one_way.then(|| (members(transitions), after))
    }

    /// Bytes of `set`, as many as are taken one after the other.
    fn fill_taking(&mut self, set: ByteSet, mut after: StateID, at: u16) -> Result<(), String> {
        if set.len() == 1 {
            let byte = (0..=u8::MAX).find(|&byte| set.has(byte)).unwrap_or_default();
            let next = self.place(after)?;
            self.set(at, Op::Byte, byte, next, 0);
            return Ok(());
        }
        let mut count = 1;
        while count < u8::MAX
            && self.ways[after.as_usize()] == 1
            && let Some((same, next)) = self.taken(after).filter(|(next, _)| *next == set)
        {
            debug_assert_eq!(same, set);
            after = next;
            count += 1;
        }
        let set = number_of(self.sets, set)?;
        let next = self.place(after)?;
        self.set(at, Op::Run, count, next, set);
        Ok(())
    }

    /// One of `ways`, the first that leads to a match.
    fn fill_choice(&mut self, ways: &[StateID], at: u16) -> Result<(), String> {
        let mut at = at;
        let Some((last, ways)) = ways.split_last() else {
            return Err("a choice of nothing is no program".to_owned());
        };
        for (index, way) in ways.iter().enumerate() {
            let next = self.place(*way)?;
            let other = if index + 1 == ways.len() { self.place(*last)? } else { self.reserve()? };
            self.set(at, Op::Split, 0, next, other);
            at = other;
        }
        if ways.is_empty() {
            // One way is a choice that has been made.
            let next = self.place(*last)?;
            self.set(at, Op::Split, 0, next, next);
        }
        Ok(())
    }

    /// Takes a byte that decides how to go on.
    fn fill_branches(&mut self, transitions: &[Transition], at: u16) -> Result<(), String> {
        let mut at = at;
        for (index, transition) in transitions.iter().enumerate() {
            let last = index + 1 == transitions.len();
            let own = if last { at } else { self.reserve()? };
            let set = number_of(self.sets, members(std::slice::from_ref(transition)))?;
            let next = self.place(transition.next)?;
            self.set(own, Op::Run, 1, next, set);
            if !last {
                let other = self.reserve()?;
                self.set(at, Op::Split, 0, own, other);
                at = other;
            }
        }
        Ok(())
    }
}

/// How many ways lead to each state.
fn ways(nfa: &NFA) -> Vec<usize> {
    let mut ways = vec![0; nfa.states().len()];
    let mut lead_to = |state: &StateID| ways[state.as_usize()] += 1;
    lead_to(&nfa.start_anchored());
    for state in nfa.states() {
        match state {
            State::ByteRange { trans } => lead_to(&trans.next),
            State::Sparse(sparse) if sparse.transitions.windows(2).all(|two| two[0].next == two[1].next) => {
                lead_to(&sparse.transitions[0].next);
            }
            State::Sparse(sparse) => {
                sparse.transitions.iter().for_each(|transition| lead_to(&transition.next));
            }
            State::Look { next, .. } | State::Capture { next, .. } => lead_to(next),
            State::Union { alternates } => alternates.iter().for_each(&mut lead_to),
            State::BinaryUnion { alt1, alt2 } => [alt1, alt2].into_iter().for_each(&mut lead_to),
            State::Dense(_) | State::Fail | State::Match { .. } => {}
        }
    }
    ways
}

fn members(transitions: &[Transition]) -> ByteSet {
    transitions
        .iter()
        .fold(ByteSet::of(&[]), |all, transition| all.or(&ByteSet::range(transition.start, transition.end)))
}

/// The number of a set, which is added if it is new.
fn number_of(sets: &mut Vec<ByteSet>, set: ByteSet) -> Result<u16, String> {
    let at = sets.iter().position(|known| *known == set).unwrap_or_else(|| {
        sets.push(set);
        sets.len() - 1
    });
    u16::try_from(at).map_err(|_| "there are too many sets of bytes".to_owned())
}

/// What a match can begin with.
fn first(steps: &[Step], sets: &[ByteSet]) -> ByteSet {
    let mut first = ByteSet::of(&[]);
    let mut seen = vec![false; steps.len()];
    let mut open = vec![0u16];
    while let Some(at) = open.pop() {
        let at = usize::from(at);
        if std::mem::replace(&mut seen[at], true) {
            continue;
        }
        let Step { op, byte, next, other } = steps[at];
        match op {
            Op::Byte => first = first.or(&ByteSet::of(&[byte])),
            Op::Run => first = first.or(&sets[usize::from(other)]),
            Op::Split => open.extend([next, other]),
            Op::Join | Op::Save | Op::Start | Op::End | Op::WordBoundary => open.push(next),
            // It may be empty.
            Op::Match => return ByteSet::of(&[]).not(),
        }
    }
    first
}
