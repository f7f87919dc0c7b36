//! Streams: the result does not depend on how the bytes arrive, prompts are shown, memory is bounded.

use super::corpus::examples;
use crate::harness::{cases, seed};
use ledger_run::redact::Redactor;
use proptest::prelude::*;

fn whole(text: &[u8]) -> Vec<u8> {
    in_pieces(text, &[])
}

/// Redacts `text` cut at `cuts`, each taken modulo the text's length.
pub(super) fn in_pieces(text: &[u8], cuts: &[usize]) -> Vec<u8> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
    cuts.push(text.len());
    cuts.sort_unstable();
    let mut stream = Redactor::default().stream();
    let mut out = Vec::new();
    let mut at = 0;
    for cut in cuts {
        stream.push(&text[at..cut], &mut out);
        assert!(stream.held() <= 64 * 1024, "{} bytes held", stream.held());
        at = cut;
    }
    stream.flush(&mut out);
    out
}

#[test]
fn one_byte_at_a_time_for_every_rule() {
    for (index, case) in examples().iter().enumerate() {
        // Another way of writing for each rule.
        for (text, _) in case.positives.iter().cycle().skip(index % case.positives.len()).take(1) {
            let text = format!("before\n{text}\nafter");
            let every: Vec<usize> = (0..text.len()).collect();
            assert_eq!(
                String::from_utf8_lossy(&in_pieces(text.as_bytes(), &every)),
                String::from_utf8_lossy(&whole(text.as_bytes())),
                "{}",
                case.rule
            );
        }
    }
}

#[test]
fn cut_at_every_byte() {
    for case in examples().iter().step_by(11) {
        let (text, _) = &case.positives[0];
        let expected = whole(text.as_bytes());
        for cut in 0..text.len() {
            assert_eq!(in_pieces(text.as_bytes(), &[cut]), expected, "{}: at {cut} of {text:?}", case.rule);
        }
    }
}

/// Pieces of output: secrets, near-misses, colours, line ends, keys, long lines.
fn piece() -> impl Strategy<Value = String> {
    let positives: Vec<String> = examples()
        .into_iter()
        .flat_map(|case| case.positives.into_iter().take(2).map(|(text, _)| text))
        .collect();
    let near: Vec<String> =
        examples().into_iter().flat_map(|case| case.near_misses.into_iter().take(2)).collect();
    prop_oneof![
        4 => proptest::sample::select(positives),
        2 => proptest::sample::select(near),
        2 => proptest::sample::select(vec![
            "\n", "\r\n", " ", "\t", "\u{1b}[31m", "\u{1b}[0m", "\u{1b}]0;title\u{7}", "\r", "password: ", "token=",
            "\"", "'", "\\n", "\\\"", "%3D", "&quot;", "[REDACTED:x]", "-----BEGIN ", "gh", "ghp_", "://", "é",
        ].into_iter().map(str::to_owned).collect::<Vec<_>>()),
        2 => proptest::sample::select(ANNOUNCED).prop_map(str::to_owned),
        2 => "[ -~]{0,40}",
        1 => "[A-Za-z0-9+/]{16,64}\n",
        1 => Just(private_key()),
        1 => (1usize..40_000).prop_map(|length| "all work and no play ".chars().cycle().take(length).collect()),
        1 => (1usize..40_000).prop_map(|length| "token=x1y2".chars().cycle().take(length).collect()),
    ]
}

/// Names whose value is on a line below, lines between them, and what such values look like.
const ANNOUNCED: &[&str] = &[
    "- name: DB_PASSWORD\n",
    "variable \"api_token\" {\n",
    "\"Name\": \"/prod/db-secret\",\n",
    "Your access token:\n",
    "[cypress]\n",
    "<key>ClientSecret</key>\n",
    "[\"api_key\"]=>\n",
    "  type = string\n",
    "\n",
    "  value: ",
    "default = \"",
    "return \"",
    "<string>",
    "2) \"",
    "string(20) \"",
    "user,password,role\n",
    " id | password | api_key\n",
    "----+----\n",
    "app,",
    ",admin\n",
    " 1 | ",
    " | ",
    "INSERT INTO users (id, password, role) VALUES (",
    "INSERT INTO t(api_token) values ('",
    "CREATE TABLE users (id int, password text, n int);\n",
    "CREATE TABLE t (\n",
    "  api_token text,\n",
    ");\n",
    "INSERT INTO users VALUES (",
    "INSERT INTO t VALUES\n",
    "(1, 'tr0ub4dor&3', 2)",
    "', 3), (4, '",
    "x7Kq2mVb9TzR4wLp\n",
    "tr0ub4dor&3\n",
    "\"\n",
    "key = ",
    "mqtt_password: ",
    "  passphrase: walnut ",
    "shadow ",
    "tulip lantern ",
    "ferry\n",
    "db_password: >-\n",
    "password:\n",
    "    ",
    "portal.pass=\\\n",
    "password\nV 16\n",
    "# client\tserver\tsecret\t\tIP addresses\n",
    "### server:login:password\n",
    "ann * ",
    "name;host;password\n",
    "ch;h;",
    "acme_api_token,",
    "network_key: [",
    "0xA3, 0xB0, 12, ",
    "password: [-old-]{+",
    "+}",
    "rotate the api token? it's ",
    "SSHPASS=",
    "user ann pass ",
    "PASS ",
    "$ pass show web/ann\n",
    "expect \"*assword:\"\nsend \"",
    "wgzkdgqxopxvtdjguq",
    "sparrow-Oyster-badger-winter",
    "Oasis&Harbor#87",
    "1RA^{)]||)e)=9Q",
];

fn private_key() -> String {
    let label = ["PRIVATE", " KEY-----"].concat();
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n".repeat(4);
    format!("-----BEGIN {label}\n{body}-----END {label}\n")
}

proptest! {
    // The targets in fuzz/ look for other texts.
    #![proptest_config(ProptestConfig { cases: cases(), rng_seed: seed(20_251_116), ..ProptestConfig::default() })]

    #[test]
    fn any_cuts_give_the_same(
        pieces in proptest::collection::vec(piece(), 1..12),
        cuts in proptest::collection::vec(any::<usize>(), 0..24),
    ) {
        let text = pieces.concat();
        prop_assert_eq!(
            String::from_utf8_lossy(&in_pieces(text.as_bytes(), &cuts)).into_owned(),
            String::from_utf8_lossy(&whole(text.as_bytes())).into_owned()
        );
    }

    #[test]
    fn any_bytes_cut_anyhow(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        cuts in proptest::collection::vec(any::<usize>(), 0..24),
    ) {
        prop_assert_eq!(in_pieces(&bytes, &cuts), whole(&bytes));
    }

    #[test]
    fn redacting_twice_changes_nothing(pieces in proptest::collection::vec(piece(), 1..8)) {
        let once = whole(pieces.concat().as_bytes());
        let twice = whole(&once);
        prop_assert_eq!(String::from_utf8_lossy(&once).into_owned(), String::from_utf8_lossy(&twice).into_owned());
    }
}

/// Texts for which the result once depended on the cuts, or on how often it was redacted.
fn regressions() -> Vec<String> {
    let repeated = |text: &str, length: usize| text.chars().cycle().take(length).collect::<String>();
    let value = ["q7W3e9", "R1t5Y8u2"].concat();
    vec![
        // A name that looks like a key itself once its value is hidden.
        format!("terraform apply -var 'ipina{}_token={}' -auto-approve", "881c76aa086fo", "5c97da5dd6f033"),
        // A value longer than what is looked at of one, with further keys in it.
        repeated("token=x1y2", 40_000),
        // The same, ended inside the second segment of the line.
        format!("{}\n", &repeated("token=x1y2", 32_800)),
        // A line of several segments, the last of which ends in the same piece of input as the line.
        format!("{}+0Aa{}\n", repeated("all work and no play ", 80_000), "aAA0A+aAA/AAA+AaA0a+Y+j"),
        // A value learned on one line, then an unfinished line that begins with it.
        format!("api_key={value}\n{value} is what it was"),
        // A row in a line longer than that of a table.
        format!("INSERT INTO t(api_token) values ('0AAA0A#A'){}\n", repeated("all work and no play ", 5000)),
        // A key that counts because it begins its line.
        format!("e\npassword:{}\n", "kSQpm"),
        // A string whose end decides what it is.
        format!("password=\"Correct {}\" and more", "horse9!"),
        format!("<password>sec {}</password> and more", "ret99!"),
        // The first line of a key, longer than what is looked at, whose beginning goes with a secret.
        format!("-----BEGIN {}{}", repeated("token=x1y2", 34_000), private_key()),
        // A name that is near to what looks like its key once a value of several segments between them has gone.
        format!(
            "WANDB_API_KEY=${{WANDB_API_KEY}}{}value: {}, cut short",
            repeated("token=x1y2", 39_000),
            ["sk-an", "t-api03-Tg59AA"].concat()
        ),
        // What only another reading shows, far behind the key that makes a line worth reading so.
        format!(
            "{} x {}",
            repeated("token=x1y2", 34_000),
            ["R=%3DNRA", "K-MNYP2AOHD4IBZF4GDIKS42OT4PN"].concat()
        ),
        // A marker that was there before, with more of a secret behind it.
        format!("password=[REDACTED:x]{value} token=[REDACTED:y]"),
        // The quote behind one secret is the one before the next name.
        format!("1 [0 10.1.2.3:5] \"AUTH\" \"ham:1] \"AUTH\" \"{}\"\n", "hammer_anchor-436"),
        // Brackets of a marker, in what would be a value with brackets in it.
        format!("Key Content   encoding=\"base64\">dGlnZX{}==</Pass>\n", "ItbWFwbGUt19Q"),
        // Keys inside values, values inside markers' reach.
        format!("token={value}=password: {value}x secret=\"a b\" {value}"),
    ]
}

#[test]
fn what_once_depended_on_the_cuts_does_no_more() {
    for text in regressions() {
        let text = text.as_bytes();
        let expected = whole(text);
        for cut in [1, 9, 10, 15, 21, 22, 4494, 20_000, 32_767, 32_768, 32_769, 40_000, 65_535] {
            let output = in_pieces(text, &[cut, cut + 1, cut * 2]);
            assert!(
                output == expected,
                "cut at {cut}: {}",
                String::from_utf8_lossy(&text[..text.len().min(60)])
            );
        }
        let twice = whole(&expected);
        assert!(twice == expected, "redacted twice: {}", String::from_utf8_lossy(&expected));
    }
}

/// The string ends with a quote that is part of another secret. Once that is hidden, it has no end.
#[test]
fn a_string_that_goes_on_over_another_key_may_end_elsewhere() {
    let mut changed = Vec::new();
    for outer in ["a_pass = '", "token: '", "api_key='", "password '", "<password>'", "x --token '"] {
        for value in ["hunter2x ", "x1 ", "q7W3e9R1t5Y8u2 ", "hunter2x;", "hunter2x', '"] {
            for inner in
                ["password = \"it's2\"", "secret=it's2aa", "token: \"q7W'3e9R1t5Y8u2\"", "db_pass='it2', 'b'"]
            {
                for tail in ["", " and more", "' and more", " api_key='x'\n", "\npassword='hunter3x'\n"] {
                    let text = [outer, value, inner, tail].concat();
                    let expected = whole(text.as_bytes());
                    let every: Vec<usize> = (0..text.len()).collect();
                    let cut = |at: usize| in_pieces(text.as_bytes(), &[at]) != expected;
                    if in_pieces(text.as_bytes(), &every) != expected || (0..text.len()).any(cut) {
                        changed.push(text);
                    }
                }
            }
        }
    }
    assert_eq!(changed, [""; 0]);
}

#[test]
fn a_private_key_vanishes_from_its_first_line_even_without_an_end() {
    let key = private_key();
    let cut = &key[..key.len() / 2];
    for text in [key.as_str(), cut] {
        let redacted = String::from_utf8(whole(text.as_bytes())).expect("text");
        assert!(!redacted.contains("MIIE") && redacted.contains("[REDACTED:private-key]"), "{redacted}");
    }
}

#[test]
fn a_private_key_vanishes_behind_a_first_line_of_any_length() {
    // The second one's own beginning goes with the value before it, and the other is far away.
    for (before, pairs) in [("", "token=x1y2"), ("", "token=x1y2 "), ("all work and no play ", "token=x1y2")]
    {
        let line: String = pairs.chars().cycle().take(100_000).collect();
        let text = format!("-----BEGIN {}{line}{}", before.repeat(60), private_key());
        let redacted = String::from_utf8(whole(text.as_bytes())).expect("text");
        assert!(!redacted.contains("MIIE"), "{pairs}: {}", &redacted[redacted.len().saturating_sub(300)..]);
    }
}

#[test]
fn prompts_are_shown_at_once_or_when_input_pauses() {
    for prompt in [
        "Password: ",
        "Enter passphrase for key '/x/id': ",
        "Continue? [y/N] ",
        "Downloading ... ",
        "Token: ",
        "host login: ",
        "API key: ",
    ] {
        let mut stream = Redactor::default().stream();
        let mut out = Vec::new();
        stream.push(prompt.as_bytes(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), prompt);
    }
    for word in ["....", "login:", "gh", "50%\r", "sudo] password for x:"] {
        let mut stream = Redactor::default().stream();
        let mut out = Vec::new();
        stream.push(word.as_bytes(), &mut out);
        stream.idle(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), word);
    }
}

#[test]
fn what_only_began_like_a_secret_is_released() {
    let mut stream = Redactor::default().stream();
    let mut out = Vec::new();
    stream.push(b"see ghp_ab", &mut out);
    assert_eq!(out, b"see ");
    stream.push(b" and more", &mut out);
    stream.idle(&mut out);
    assert_eq!(String::from_utf8_lossy(&out), "see ghp_ab and more");
}

#[test]
fn a_secret_that_has_begun_is_not_released_when_input_pauses() {
    let token = format!("{}{}", ["gh", "p_"].concat(), "a1B2".repeat(9));
    for cut in 8..token.len() {
        let mut stream = Redactor::default().stream();
        let mut out = Vec::new();
        stream.push(&token.as_bytes()[..cut], &mut out);
        stream.idle(&mut out);
        stream.push(format!("{}\n", &token[cut..]).as_bytes(), &mut out);
        assert!(!String::from_utf8_lossy(&out).contains("a1B2"), "{cut}: {}", String::from_utf8_lossy(&out));
    }
}

#[test]
fn the_numbers_of_a_key_that_has_begun_are_not_released_when_input_pauses() {
    let numbers = (0..16u8).map(|n| format!("0x{:02x}", n.wrapping_mul(37) ^ 0xa5)).collect::<Vec<_>>();
    let key = format!("aesKey = {{ {} }};", numbers.join(", "));
    for cut in 16..key.len() - 4 {
        let mut stream = Redactor::default().stream();
        let mut out = Vec::new();
        stream.push(&key.as_bytes()[..cut], &mut out);
        stream.idle(&mut out);
        stream.push(format!("{}\n", &key[cut..]).as_bytes(), &mut out);
        let text = String::from_utf8(out).expect("text");
        assert!(!numbers.iter().any(|number| text.contains(number)), "{cut}: {text}");
    }
}

#[test]
fn a_learned_value_is_hidden_without_its_key_and_on_the_other_stream() {
    let redactor = Redactor::default();
    let value = ["q7W3e9", "R1t5Y8u2"].concat();
    let (mut first, mut second) = (redactor.stream(), redactor.stream());
    let mut out = Vec::new();
    first.push(format!("api_key={value}\nagain {value}!\n").as_bytes(), &mut out);
    second.push(format!("also {value}\n").as_bytes(), &mut out);
    let text = String::from_utf8(out).expect("text");
    assert!(!text.contains(&value), "{text}");
    assert_eq!(redactor.counts().values().sum::<u64>(), 3);
}

#[test]
fn endless_tokens_and_lines_are_dropped_or_passed_with_bounded_memory() {
    let mut stream = Redactor::default().stream();
    let mut out = Vec::new();
    stream.push(["gh", "p_"].concat().as_bytes(), &mut out);
    for _ in 0..64 {
        stream.push(&b"a1B2c3D4".repeat(4096), &mut out);
        assert!(stream.held() <= 64 * 1024);
    }
    stream.push(b" rest\n", &mut out);
    assert!(out.len() < 100 && out.ends_with(b" rest\n"), "{}", String::from_utf8_lossy(&out));

    let line = b"no line feed here, only words ".repeat(10_000);
    out.clear();
    stream.push(&line, &mut out);
    assert!(stream.held() < 64);
    stream.flush(&mut out);
    assert_eq!(out, line);
}
