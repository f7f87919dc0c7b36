//! The labelled corpus through the whole engine: every secret vanishes, every near-miss stays.

use super::corpus::examples;
use ledger_run::redact::Redactor;

/// The longest piece of a secret that may stay readable: less than a quarter of it, or five characters.
fn survives(redacted: &str, secret: &str) -> Option<String> {
    let symbols: Vec<char> = secret.chars().collect();
    let length = (symbols.len() / 4).max(6).min(symbols.len());
    symbols
        .windows(length)
        .map(|window| window.iter().collect())
        .find(|piece: &String| redacted.contains(piece))
}

#[test]
fn every_secret_of_every_rule_vanishes() {
    let mut complaints = Vec::new();
    let mut total = 0;
    for case in examples() {
        for (text, secrets) in case.positives {
            let redacted = Redactor::default().text(&text);
            for secret in secrets {
                total += 1;
                if let Some(piece) = survives(&redacted, &text[secret]) {
                    complaints.push(format!("{}: {piece:?} is left of {text:?}", case.rule));
                }
            }
        }
    }
    assert!(total > 1000, "the corpus is there");
    assert!(complaints.is_empty(), "{} of {total} left:\n{}", complaints.len(), complaints.join("\n"));
}

/// Whether a text assigns something to a key that names a secret by itself.
fn generic_key(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["key=", "token: ", "key_key=", "secret="].iter().any(|key| text.contains(key))
}

#[test]
fn every_near_miss_stays() {
    let mut complaints = Vec::new();
    let mut total = 0;
    for case in examples() {
        for text in case.near_misses {
            total += 1;
            let redacted = Redactor::default().text(&text);
            // A key such as `client_secret` makes any random value a secret, whatever rule it is a near-miss of.
            if redacted.replace("[REDACTED:generic-", "") != redacted && generic_key(&text) {
                continue;
            }
            if redacted != text {
                complaints.push(format!("{}: {text:?} became {redacted:?}", case.rule));
            }
        }
    }
    assert!(complaints.is_empty(), "{} of {total} changed:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn redacting_twice_changes_nothing() {
    for case in examples() {
        for (text, _) in case.positives {
            let once = Redactor::default().text(&text);
            let twice = Redactor::default().text(&once);
            assert_eq!(once, twice, "{}: {text:?}", case.rule);
        }
    }
}

/// A string is followed for a kilobyte; with a marker in it, it is shorter.
#[test]
fn a_string_whose_end_comes_into_reach_is_read_at_once() {
    let mut random = 5u32;
    let mut letters = |length: u32| -> String {
        let mut letter = |_| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(
                b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789"[(random >> 16) as usize % 58],
            )
        };
        (0..length).map(&mut letter).collect()
    };
    for behind in (300..1_100).step_by(20) {
        let key = ["LS0tLS1CRUdJTiBSU0Eg", "UFJJVkFURSBLRVktLS0tLQp"].concat();
        let body = letters(600);
        let text = format!("T_PRIVATE_KEY_B64=\"{key}{body}<{}\"\n", letters(behind));
        let once = streamed(text.as_bytes());
        assert_eq!(streamed(&once), once, "{behind}");
    }
}

fn streamed(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut stream = Redactor::default().stream();
    stream.push(text, &mut out);
    stream.flush(&mut out);
    out
}

#[test]
fn terminal_codes_and_encodings_do_not_hide_a_secret() {
    for case in examples() {
        let (text, secrets) = &case.positives[0];
        let secret = &text[secrets[0].clone()];
        if secret.contains(['\n', '\\', '"']) {
            continue;
        }
        let middle =
            secrets[0].start + secret.char_indices().nth(secret.chars().count() / 2).expect("not empty").0;
        let coloured = format!("{}\u{1b}[1;31m{}\u{1b}[0m", &text[..middle], &text[middle..]);
        let returned = format!("{}\r{}", &text[..middle], &text[middle..]);
        let quoted = serde_json::to_string(text).expect("a string");
        let twice = serde_json::to_string(&quoted).expect("a string");
        for (what, changed) in
            [("colour", coloured), ("CR", returned), ("JSON", quoted), ("JSON twice", twice)]
        {
            let redacted = Redactor::default().text(&changed);
            let shown: String =
                redacted.replace("\u{1b}[1;31m", "").replace("\u{1b}[0m", "").replace('\r', "");
            let left = survives(&shown, secret);
            assert!(left.is_none(), "{}: {what}: {changed:?} became {redacted:?}", case.rule);
        }
    }
}
