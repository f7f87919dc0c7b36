//! Every kind of tampering with a chain of three days must be found.

use super::*;
use crate::ledger::chain::{Digest, Link, Piece};
use crate::ledger::mirror::{HeadRecord, Heads};
use std::collections::BTreeMap;

type Files = BTreeMap<String, Vec<u8>>;

const DAYS: [&str; 3] = ["2025-11-16.jsonl", "2025-11-17.jsonl", "2025-11-18.jsonl"];

/// Three days, chained and foreign lines mixed; built by the format's text, not by the writer.
fn sample() -> (Files, Heads) {
    let mut files = Files::new();
    let mut previous: Option<(&str, u64)> = None;
    let mut seq = 0;
    for (number, day) in DAYS.into_iter().enumerate() {
        for turn in 0..3 {
            if (turn + number) % 2 == 0 {
                files.entry(day.to_owned()).or_default().extend_from_slice(
                    format!("{{\"foreign\":\"line {turn} of another writer\",\"day\":{number}}}\n")
                        .as_bytes(),
                );
            }
            let text = files.entry(day.to_owned()).or_default().clone();
            let (at, mut over) = (text.len() as u64, Vec::new());
            let covered = match previous {
                Some((before, from)) if before != day => {
                    let earlier = &files[before];
                    over.push(Piece { file: before.to_owned(), from, to: earlier.len() as u64 });
                    if at > 0 {
                        over.push(Piece { file: day.to_owned(), from: 0, to: at });
                    }
                    [&earlier[usize::try_from(from).unwrap()..], &text[..]].concat()
                }
                Some((_, from)) => text[usize::try_from(from).unwrap()..].to_vec(),
                None => text.clone(),
            };
            seq += 1;
            let mut line = format!("{{\"event\":\"info\",\"data\":{{\"n\":{seq}}}").into_bytes();
            Link { seq, prev: Digest::of(&covered), at, over }.close(&mut line);
            files.get_mut(day).unwrap().extend(line);
            previous = Some((day, at));
        }
    }
    let last = &files[DAYS[2]];
    let start = previous.unwrap().1;
    let line = &last[usize::try_from(start).unwrap()..];
    let newest =
        HeadRecord { seq, sha256: Digest::of(line), file: DAYS[2].to_owned(), start, len: line.len() as u64 };
    (files, Heads { newest: Some(newest), missing: Vec::new() })
}

fn breaks(files: &Files, heads: &Heads) -> Vec<Break> {
    verify(files, heads, &[]).unwrap().breaks
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Checks that tampered `files` are found out, naming `day` first and nothing before `offset`'s link.
fn found(files: &Files, heads: &Heads, what: &str) -> Break {
    let breaks = breaks(files, heads);
    assert!(!breaks.is_empty(), "not found: {what}");
    breaks[0].clone()
}

#[test]
fn the_sample_itself_holds() {
    let (files, heads) = sample();
    let report = verify(&files, &heads, &[]).unwrap();
    assert_eq!((report.breaks, report.notes), (Vec::new(), Vec::<String>::new()));
    assert_eq!((report.chained, report.foreign, report.days, report.head), (9, 5, 3, heads.newest));
}

#[test]
fn every_change_of_a_byte_is_found() {
    let (files, heads) = sample();
    for day in DAYS {
        for at in 0..files[day].len() {
            for change in [0x01, 0x02, 0x10, 0x20, 0x80, files[day][at] ^ b'\n', files[day][at] ^ b'0'] {
                if change == 0 {
                    continue;
                }
                let mut tampered = files.clone();
                tampered.get_mut(day).unwrap()[at] ^= change;
                let first = found(&tampered, &heads, &format!("{day} byte {at} xor {change:#x}"));
                // One further where a new newline splits a line.
                let named = (first.file.as_str(), first.offset);
                assert!(named <= (day, at as u64 + 1), "{day} byte {at} xor {change:#x}: {first}");
            }
        }
    }
}

#[test]
fn every_deleted_line_is_found() {
    let (files, heads) = sample();
    for day in DAYS {
        for gone in 0..lines(&files[day]).len() {
            let mut tampered = files.clone();
            let mut kept = lines(&files[day]);
            let line = kept.remove(gone);
            tampered.insert(day.to_owned(), kept.concat());
            let first = found(&tampered, &heads, &format!("{day} line {gone} deleted"));
            let last = day == DAYS[2] && gone + 1 == lines(&files[day]).len();
            let chained = Link::of_line(line).is_some();
            let kind = if last { BreakKind::Cut } else { BreakKind::Deleted };
            assert!(first.kind == kind || !chained, "{day} line {gone}: {first}");
        }
    }
}

#[test]
fn every_exchanged_pair_is_found() {
    let (files, heads) = sample();
    for (one, day) in DAYS.into_iter().enumerate() {
        for other in &DAYS[one..] {
            for first in 0..lines(&files[day]).len() {
                for second in 0..lines(&files[*other]).len() {
                    let (a, b) = (lines(&files[day])[first], lines(&files[*other])[second]);
                    if a == b || (day == *other && first >= second) {
                        continue;
                    }
                    let mut tampered = files.clone();
                    for (name, number, line) in [(day, first, b), (other, second, a)] {
                        let mut text =
                            lines(&tampered[name]).into_iter().map(<[u8]>::to_vec).collect::<Vec<_>>();
                        text[number] = line.to_vec();
                        tampered.insert(name.to_owned(), text.concat());
                    }
                    found(&tampered, &heads, &format!("{day}:{first} and {other}:{second} exchanged"));
                }
            }
        }
    }
}

#[test]
fn every_inserted_line_is_found() {
    let (files, heads) = sample();
    let copies: Vec<Vec<u8>> = DAYS.iter().flat_map(|day| lines(&files[*day])).map(<[u8]>::to_vec).collect();
    let foreign = b"{\"inserted\":true}\n".to_vec();
    for day in DAYS {
        for place in 0..=lines(&files[day]).len() {
            for line in copies.iter().chain([&foreign]) {
                let mut tampered = files.clone();
                let mut text = lines(&files[day]);
                text.insert(place, line);
                tampered.insert(day.to_owned(), text.concat());
                let end = day == DAYS[2] && place == lines(&files[day]).len();
                if end && Link::of_line(line).is_none() {
                    // What another writer appends after the newest link is not linked yet: said, not accused.
                    let report = verify(&tampered, &heads, &[]).unwrap();
                    assert!(report.is_intact() && report.notes[0].contains("not covered yet"), "{report:?}");
                } else {
                    found(&tampered, &heads, &format!("{day} line {place} inserted"));
                }
            }
        }
    }
}

#[test]
fn every_cut_tail_is_found() {
    let (files, heads) = sample();
    let last = DAYS[2];
    for size in 0..files[last].len() {
        let mut tampered = files.clone();
        tampered.get_mut(last).unwrap().truncate(size);
        assert_eq!(found(&tampered, &heads, &format!("cut to {size}")).kind, BreakKind::Cut, "{size}");
    }
    let mut tampered = files.clone();
    tampered.remove(last);
    assert_eq!(found(&tampered, &heads, "a day removed").kind, BreakKind::Cut);
    for day in &DAYS[..2] {
        let mut tampered = files.clone();
        tampered.remove(*day);
        assert_eq!(found(&tampered, &heads, "a day removed").kind, BreakKind::Deleted, "{day}");
        for size in 0..files[*day].len() {
            let mut tampered = files.clone();
            tampered.get_mut(*day).unwrap().truncate(size);
            found(&tampered, &heads, &format!("{day} cut to {size}"));
        }
    }
    assert_eq!(found(&Files::new(), &heads, "everything removed").kind, BreakKind::Cut);
}

#[test]
fn added_days_and_doubled_days_are_found() {
    let (files, heads) = sample();
    for (name, text) in
        [("2025-11-17.jsonl", DAYS[0]), ("2025-11-19.jsonl", DAYS[2]), ("2025-11-15.jsonl", DAYS[1])]
    {
        if files.contains_key(name) {
            continue;
        }
        let mut tampered = files.clone();
        tampered.insert(name.to_owned(), files[text].clone());
        found(&tampered, &heads, name);
    }
    let mut tampered: Files = files.clone();
    let moved = tampered.remove(DAYS[1]).unwrap();
    tampered.insert("2025-11-19.jsonl".to_owned(), moved);
    found(&tampered, &heads, "a day under another name");
}

#[test]
fn a_rewritten_chain_is_found_by_the_mirror_and_by_anchors() {
    let (files, heads) = sample();
    let head = heads.newest.clone().unwrap();
    let anchor = |sha256, seq| Anchor { sha256, seq };
    let report =
        verify(&files, &Heads::default(), &[anchor(head.sha256, None), anchor(head.sha256, Some(9))])
            .unwrap();
    assert!(report.is_intact(), "{report:?}");
    assert!(!verify(&files, &Heads::default(), &[anchor(Digest::of(b"x"), None)]).unwrap().is_intact());
    assert!(!verify(&files, &Heads::default(), &[anchor(head.sha256, Some(8))]).unwrap().is_intact());
    // The first day alone is a whole chain, if one does not know better.
    let rewritten = Files::from([(DAYS[0].to_owned(), files[DAYS[0]].clone())]);
    let report = verify(&rewritten, &Heads::default(), &[]).unwrap();
    assert!(report.is_intact() && report.notes.iter().any(|note| note.contains("no head is mirrored")));
    assert_eq!(breaks(&rewritten, &heads)[0].kind, BreakKind::Cut);
}

#[test]
fn kinds_are_told_apart() {
    let (files, heads) = sample();
    let day = DAYS[1];
    let text = lines(&files[day]);
    let changed = |text: Vec<&[u8]>| {
        let mut tampered = files.clone();
        tampered.insert(day.to_owned(), text.concat());
        found(&tampered, &heads, "changed")
    };
    let mut inserted = text.clone();
    inserted.insert(2, b"{\"inserted\":true}\n");
    let first = changed(inserted);
    assert_eq!((first.kind, first.line, first.date.as_str()), (BreakKind::Inserted, 3, "2025-11-17"));
    let mut exchanged = text.clone();
    exchanged.swap(0, 2);
    assert_eq!(changed(exchanged).kind, BreakKind::Reordered);
    let edited: Vec<Vec<u8>> = text
        .iter()
        .map(|line| String::from_utf8_lossy(line).replace("\"n\":5", "\"n\":7").into_bytes())
        .collect();
    let first = changed(edited.iter().map(Vec::as_slice).collect());
    assert_eq!(first.kind, BreakKind::Edited);
    let wrong = edited.iter().position(|line| line.windows(5).any(|part| part == b"\"n\":7")).unwrap();
    assert_eq!(first.line, wrong as u64 + 1);
}
