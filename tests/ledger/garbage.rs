//! Bytes that nobody meant to be a ledger: in day files, in the lock's journal, in the mirror, the spool, the counter and
//! the status. Reading them ends in a report, and the next writer goes on.

use super::harness::{Place, info, meta, noon, result, start};
use crate::harness::{cases, seed};
use ledger_run::ledger::verify::{DirSource, verify};
use ledger_run::ledger::{RunEnd, check_line, check_status};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;

/// Bytes as a broken disk, a foreign program or an attacker leaves them: noise, or pieces of what belongs there.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        vec(any::<u8>(), 0..40),
        proptest::sample::select(vec![
            r#"{"ts":"2025-11-16T12:00:00+07:00","agent":"cls","session_id":"2025-11-16_cls_001","event":"info","task_id":"t","source":"s","summary":"x","data":{}"#,
            r#","chain":{"seq":1,"prev":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","at":0}}"#,
            r#","chain":{"seq":18446744073709551615,"prev":"sha256:00","at":18446744073709551615}}"#,
            r#"{"head":{"seq":7,"file":"2025-11-16.jsonl","start":99,"at":18446744073709551615}}"#,
            "}\n", "\n", "{", "}", "\"", "\\", "\u{0}", "[[[[[[[[", "null", "1e999999", "2025-11-16\n999\n", "\u{feff}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Every file the ledger keeps for agent `cls`, by what it is for.
fn files(place: &Place) -> Vec<PathBuf> {
    let state = fs::read_dir(place.path().join("state/ledgers")).unwrap().next().unwrap().unwrap().path();
    vec![
        place.day("2025-11-15"),
        place.day("2025-11-16"),
        place.day("2025-11-17"),
        place.dir().join(".lock"),
        place.dir().join(".open/0193a5b4-0000-7000-8000-00000000abcd"),
        state.join("cls.head"),
        state.join("cls.spool/events.jsonl"),
        place.root().join("agents/cls/status.json"),
        place.root().join("memory/cls/sessions/.last_session_id"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), rng_seed: seed(20_251_117), ..ProptestConfig::default() })]

    #[test]
    fn any_line_is_judged(line in garbage()) {
        for violation in check_line(&line).into_iter().chain(check_status(&line)) {
            prop_assert!(!violation.to_string().contains('\n'));
        }
    }

    #[test]
    fn a_ledger_full_of_garbage_is_reported_and_written_on(
        contents in vec(proptest::option::weighted(0.4, garbage()), 9),
        append in any::<bool>(),
    ) {
        let place = Place::new();
        let before = place.ledger().begin(&start(noon(0), 1), meta(1));
        before.run.finish(&[result(noon(1), 1)], &RunEnd { at: noon(1), failed: None });
        for (path, content) in files(&place).into_iter().zip(contents) {
            let Some(content) = content else { continue };
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let kept = if append { fs::read(&path).unwrap_or_default() } else { Vec::new() };
            fs::write(&path, [kept, content].concat()).unwrap();
        }
        let look = || {
            let ledger = place.ledger();
            verify(&DirSource::open(&place.dir()).unwrap(), &ledger.mirrored(), &[]).unwrap();
            ledger.examine();
            drop(ledger.head());
        };
        look();
        let ledger = place.ledger();
        let begun = ledger.begin(&start(noon(2), 2), meta(2));
        begun.run.finish(&[result(noon(3), 2)], &RunEnd { at: noon(3), failed: None });
        prop_assert!(ledger.write(&info(noon(4), 3)).appended.is_some());
        look();
        // Day by day: the last line of an earlier day may have no end, and the next day's first line is not its rest.
        let ours = |day: &PathBuf| {
            let text = fs::read(day).unwrap();
            let lines = text.split(|byte| *byte == b'\n').filter(|line| {
                serde_json::from_slice::<serde_json::Value>(line)
                    .is_ok_and(|line| line["data"]["run_id"] == meta(2).run_id.to_string())
            });
            lines.count()
        };
        prop_assert_eq!(
            place.days().iter().map(ours).sum::<usize>(),
            2,
            "start and result of the run that came afterwards"
        );
    }
}
