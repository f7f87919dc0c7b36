//! Programs against the engine that compiles the same expressions.

use super::assemble::{Assembled, Assembler};
use super::guard::{Guard, Sign};
use super::lead::parse;
use super::preset::{PRESETS, PresetRule};
use super::program::{Program, Room, Slot, Verdict};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng};
use regex_automata::meta::Regex;
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::ops::Range;

/// What a search that has time finds.
fn search(
    program: &Program<'_>,
    groups: usize,
    text: &[u8],
    starts: Range<usize>,
    end: usize,
) -> Option<Vec<Slot>> {
    let mut slots = vec![None; 2 * groups];
    let verdict = program.search(text, starts, end, &mut slots, &mut Room::new(), &mut usize::MAX.clone());
    assert_ne!(verdict, Verdict::GaveUp);
    (verdict == Verdict::Match).then_some(slots)
}

/// The same of the engine.
fn expected(regex: &Regex, text: &[u8], starts: Range<usize>, end: usize) -> Option<Vec<Slot>> {
    let mut slots = vec![None; 2 * regex.captures_len()];
    let one = starts.len() == 1;
    let input = Input::new(text).range(starts.start..end);
    let input = input.anchored(if one { Anchored::Yes } else { Anchored::No });
    regex.search_slots(&input, &mut slots)?;
    Some(slots.into_iter().map(|slot| slot.map(NonMaxUsize::get)).collect())
}

fn compiled(hir: &Hir) -> Regex {
    Regex::builder().configure(Regex::config().utf8_empty(false)).build_from_hir(hir).unwrap()
}

/// A text that `hir` matches, but for its assertions.
fn sample(hir: &Hir, random: &mut TestRng, text: &mut Vec<u8>) {
    let below = |random: &mut TestRng, bound: usize| random.next_u32() as usize % bound.max(1);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.extend_from_slice(&literal.0),
        HirKind::Class(Class::Bytes(class)) => {
            let range = class.ranges()[below(random, class.ranges().len())];
            let length = usize::from(range.end() - range.start()) + 1;
            text.push(range.start() + u8::try_from(below(random, length)).unwrap());
        }
        HirKind::Class(Class::Unicode(class)) => {
            let character = class.ranges()[below(random, class.ranges().len())].start();
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        HirKind::Repetition(repetition) => {
            let least = repetition.min as usize;
            let most = repetition.max.map_or(least + 3, |most| most as usize).min(least + 12);
            for _ in 0..least + below(random, most - least + 1) {
                sample(&repetition.sub, random, text);
            }
        }
        HirKind::Capture(capture) => sample(&capture.sub, random, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(part, random, text)),
        HirKind::Alternation(branches) => {
            let branch = below(random, branches.len());
            sample(&branches[branch], random, text);
        }
    }
}

#[test]
fn the_program_of_each_embedded_rule_finds_what_its_expression_finds() {
    let mut random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    for preset in PRESETS {
        let hir = parse(preset.regex.get()).unwrap();
        let (regex, program) = (compiled(&hir), preset.program.get());
        let mut found = 0;
        for round in 0..24 {
            let mut text = b"x \n=a"[..round % 6].to_vec();
            sample(&hir, &mut random, &mut text);
            text.extend_from_slice(&b" y\n"[..round % 4]);
            if round % 3 == 2 {
                let at = random.next_u32() as usize % text.len();
                text[at] = b" a:\"\nZ0"[round % 7];
            }
            let id = preset.id.get();
            for (from, to) in [(0, text.len()), (1, text.len()), (2, text.len().saturating_sub(1).max(2))] {
                let wide = search(&program, preset.groups, &text, from..to, to);
                assert_eq!(wide, expected(&regex, &text, from..to, to), "{id} in {}", text.escape_ascii());
                found += usize::from(wide.is_some());
                if let Some(slots) = wide {
                    asks_no_more_than_there_is(preset, &text, slots[0].unwrap()..slots[1].unwrap());
                }
                let one = search(&program, preset.groups, &text, from..from + 1, to);
                assert_eq!(
                    one,
                    expected(&regex, &text, from..from + 1, to),
                    "{id} in {}",
                    text.escape_ascii()
                );
            }
        }
        assert!(found > 4, "{} is hardly tested", preset.id.get());
    }
}

/// What is looked for before an expression is tried has to be in each of its matches.
fn asks_no_more_than_there_is(preset: &PresetRule, text: &[u8], whole: Range<usize>) {
    let near = |guard: Guard| &text[whole.start..text.len().min(whole.start + guard.reach)];
    let (id, shown) = (preset.id.get(), text.escape_ascii());
    assert!(preset.guard.is_none_or(|guard| guard.is_in(near(guard))), "{id} in {shown}");
    let found = &text[whole.clone()];
    let signs = |Sign(bytes): Sign| bytes.iter().any(|byte| found.contains(byte));
    assert!(preset.sign.is_none_or(signs), "{id} in {shown}");
}

#[test]
fn the_programs_of_allowlists_decide_as_their_expressions_do() {
    let mut random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut seen = std::collections::BTreeSet::new();
    for list in PRESETS.iter().flat_map(PresetRule::allowlists) {
        for (regex, program) in
            list.regexes.iter().zip(list.programs()).filter(|(regex, _)| seen.insert(*regex))
        {
            let hir = parse(regex).unwrap();
            let engine = compiled(&hir);
            for round in 0..24 {
                let mut text = b"-x "[..round % 4].to_vec();
                sample(&hir, &mut random, &mut text);
                text.extend_from_slice(&b"9 z"[..round / 6]);
                let found = program.is_match(&text, &mut Room::new());
                assert_eq!(found, engine.is_match(&text), "{regex} in {}", text.escape_ascii());
            }
        }
    }
}

#[test]
fn a_search_ends_with_its_steps() {
    let mut assembler = Assembler::default();
    // As many ways through the text as there are subsets of its letters, if nobody notes where he has been.
    let place = assembler.add(&parse("(?:(?:a|b|ab)*)*c").unwrap()).unwrap();
    let program = program(&assembler, &place);
    let text = b"ab".repeat(500);
    let mut slots = [None; 2];
    let mut steps = 100_000;
    let verdict = program.search(&text, 0..1, text.len(), &mut slots, &mut Room::new(), &mut steps);
    assert_eq!(verdict, Verdict::NoMatch);
    assert!(steps > 50_000, "{steps}");
    let verdict = program.search(&text, 0..1, text.len(), &mut slots, &mut Room::new(), &mut 1_000);
    assert_eq!(verdict, Verdict::GaveUp);
}

fn program<'a>(assembler: &'a Assembler, place: &Assembled) -> Program<'a> {
    Program {
        steps: &assembler.steps[place.at..][..place.length],
        sets: &assembler.sets,
        first: &assembler.sets[usize::from(place.first)],
        joins: usize::from(place.joins),
    }
}

/// Expressions of everything that programs have.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => "[abc]{1,3}",
        2 => prop::sample::select(vec!["[ab]", "[^a]", "[a-c_]", ".", r"\n", "(?i:ab)", r"\s"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["^", "$", r"\b", ""]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let quantifier =
            prop::sample::select(vec!["*", "+", "?", "*?", "+?", "??", "{2}", "{0,3}", "{1,2}?", "{3,}"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            inner.clone().prop_map(|inner| format!("({inner})")),
            (inner, quantifier).prop_map(|(inner, quantifier)| format!("(?:{inner}){quantifier}")),
        ]
    })
}

proptest! {
    #[test]
    fn a_program_finds_what_its_expression_finds(regex in expression(), text in "[abc _\n]{0,24}", from in 0..8usize) {
        let Ok(hir) = parse(&regex) else { return Ok(()) };
        let mut assembler = Assembler::default();
        let place = assembler.add(&hir).unwrap();
        let engine = compiled(&hir);
        let program = program(&assembler, &place);
        let text = text.as_bytes();
        let starts = from.min(text.len())..text.len();
        // Nothing begins at the very end, where only the empty match could be: rules have none.
        let behind = |slots: &Vec<Slot>| slots[0] == Some(text.len());
        prop_assert_eq!(
            search(&program, place.groups, text, starts.clone(), text.len()),
            expected(&engine, text, starts, text.len()).filter(|slots| !behind(slots))
        );
    }
}
