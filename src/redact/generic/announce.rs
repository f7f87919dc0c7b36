//! Lines that name a secret without a value: `- name: DB_PASSWORD`, `variable "api_token" {`, `Your access token:`. What
//! follows on the next lines is judged as if it stood behind the name (`redact::expected`).

use super::command::{evaluated, is_typed, opened, printed, shown};
use super::key::{self, Name};
use super::prose::is_prose;
use super::words::contains_any;
use crate::redact::byte_set::ByteSet;
use crate::redact::signs::{Kind, STEMS};

/// Longest text between a name and the end of its line.
pub(super) const REST_MAX: usize = 72;
/// The same if it does not say that a secret follows.
const SENTENCE_MAX: usize = 48;
/// The same with the white space at the end of the line.
const FAR: usize = 256;
/// Bytes before a name that are kept with it: the name of a service, or the rest of an identifier.
pub(super) const LEAD_MAX: usize = 48;
/// Longest line that is taken for the heading of a service's settings.
const HEADING_MAX: usize = 80;

/// Words of sentences behind which a secret is shown, once.
const GIVEN: [&[u8]; 7] = [b"again", b"copy", b"proceed", b"below", b"store", b"created", RESET];
const RESET: &[u8] = b" successfully reset.";

/// What it is that announces a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::redact) enum What {
    /// The name of a secret.
    Name,
    /// Only the name of a service: whoever follows must call itself a key.
    Service,
    /// A command whose output is the secret.
    Printer,
    /// The same if what it prints is an object of JSON.
    Document,
}

/// Where on the next line a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::redact) enum Below {
    /// Anywhere: in a here-document, below `The password is:`.
    Anywhere,
    /// Further in than its key, which is indented so far: in YAML.
    FurtherIn(usize),
}

/// A name at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::redact) struct Announced {
    /// The name with what leads to it.
    pub(in crate::redact) begin: usize,
    /// Where the words behind the name end.
    pub(in crate::redact) end: usize,
    pub(in crate::redact) what: What,
    /// A sentence or a heading: behind it a token may stand by itself.
    pub(in crate::redact) heading: bool,
    /// The sentence says that the secret follows.
    pub(in crate::redact) given: bool,
    /// The value stands on the next line and nowhere else.
    pub(in crate::redact) below: Option<Below>,
}

/// Whether the stem at `at` is in a name that ends `line` without a value.
pub(in crate::redact) fn announced(line: &[u8], at: usize, length: usize, stem: u16) -> Option<Announced> {
    match STEMS.get(usize::from(stem)).map(|stem| stem.kind) {
        Some(Kind::Url) => return None,
        Some(Kind::Printer) => {
            if let Some(opened) = opened(line, at, length) {
                return Some(opened);
            }
            return evaluated(line, at, length)
                .or_else(|| printed(line, at, length).filter(|_| is_typed(line, at)));
        }
        _ => {}
    }
    // Before anything is looked at to its end: a line may hold thousands of names, and go on for long.
    if line.len() - at - length > FAR {
        return None;
    }
    let line = line.trim_ascii_end();
    let ends_soon = at + length <= line.len() && line.len() - at - length <= REST_MAX + 16;
    if ends_soon { named(line, at, length, stem) } else { None }
}

/// The same for `line` without the white space at its end.
fn named(line: &[u8], at: usize, length: usize, stem: u16) -> Option<Announced> {
    let service = usize::from(stem) >= STEMS.len();
    // The name of a section: whatever else is called like a service opens nothing.
    let closed = || line.last().is_some_and(|last| is_closer(*last)) || is_title(line, at, length);
    if service && !(is_service(line, at, length) && closed()) {
        return None;
    }
    let end = at + length + PART.run(&line[at + length..]);
    // Most names are in the middle of a line, which ends with a word.
    let ends = line[end..].last().is_none_or(|last| is_closer(*last) || ends_label(*last));
    let weak = STEMS.get(usize::from(stem)).is_some_and(|stem| stem.kind == Kind::Weak);
    if !ends && (service || weak) || is_metavariable(&line[..end], at) || is_of_code(line, at, length) {
        return None;
    }
    if !service && let Some(shown) = shown(line, at, length, stem) {
        return Some(shown);
    }
    if !ends {
        return None;
    }
    let (rest, document) = without_label(&line[end..]);
    let rest = without_label_of_block(line, without_attributes(line, at, without_tag(rest)));
    // A common word at the end of a line of prose, or of a sentence.
    let at_end = rest.is_empty() || matches!(rest[0], b'.' | b',' | b')' | b']');
    if weak && at_end && !rest.iter().any(|byte| OPENS.has(*byte)) && is_prose(&line[..at]) {
        return None;
    }
    let parted = rest.starts_with(b" ") && rest.ends_with(b"):") && is_sentence(rest);
    let aside = memchr::memchr(b'(', rest).filter(|_| parted);
    let near = &line[at.saturating_sub(LEAD_MAX)..at];
    // What pexpect waits for; what it types follows.
    let waits = || contains_any(near, &[b".expect("]);
    let told = &rest[..aside.unwrap_or(rest.len())];
    let words = told.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    if !(words == 0 && rest.iter().all(|byte| is_closer(*byte)) && (!ends_statement(rest) || waits())
        || is_sentence(rest))
    {
        return None;
    }
    if service && !rest.iter().any(|byte| b":{]>=".contains(byte)) && !is_title(line, at, length) {
        return None;
    }
    let names = match STEMS.get(usize::from(stem)) {
        None => true,
        Some(stem) => {
            // A name is read to its end only if something follows it.
            let near = at.saturating_sub(LEAD_MAX + 16);
            let padded = [&line[near..end], b" "].concat();
            matches!(key::name(&padded, at - near, length, stem), Name::Key(_))
        }
    };
    // What has been counted of a file that is called so.
    if !names || contains_any(near, &[b"hash of ", b"digest of ", b"sum of ", b"print of "]) {
        return None;
    }
    let lead = line[..at].iter().rev().take(LEAD_MAX).take_while(|byte| **byte != b'<').count();
    let given = document || contains_any(rest, &GIVEN);
    let signs: &[u8] = if given { b"()[]{};=" } else { b"()[]{},;=" };
    let code = aside.is_none() && rest.iter().any(|byte| signs.contains(byte));
    let heading = (!code || document) && !service;
    // A secret that surely follows belongs to the name alone, whatever is said behind it.
    let end = if given { end } else { end + words };
    let what = if service { What::Service } else { What::Name };
    let below = if document || aside.is_some() || rest.ends_with(b" is:") {
        Some(Below::Anywhere)
    } else {
        indent_of_key(line, at, rest).map(Below::FurtherIn)
    };
    Some(Announced { begin: at - lead, end, what, heading, given, below })
}

/// Whether the name at `at` that `line` ends with stands for the argument of an option, as a usage has it: `--key=KMS_KEY`.
fn is_metavariable(line: &[u8], at: usize) -> bool {
    let begin = at - PART.run_at_end(&line[at.saturating_sub(LEAD_MAX)..at]);
    let named = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let Some(option) = line[..begin].strip_suffix(b"=") else { return false };
    option[option.len() - PART.run_at_end(option)..].starts_with(b"--") && line[begin..].iter().all(named)
}

/// Whether `line` opens a block of a program that is about the name at `at` but is none of its own: a parameter
/// (`def get(self, key):`), a loop or a condition (`if token in seen:`), or a statement by itself (`pass`). Sentences begin
/// with the same words.
fn is_of_code(line: &[u8], at: usize, length: usize) -> bool {
    const CONDITIONS: [&[u8]; 3] = [b"if ", b"elif ", b"while "];
    const OF_PROSE: [&[u8]; 5] = [b" the ", b" a ", b" your ", b" this ", b" of "];
    const OF_CODE: [&[u8]; 5] = [b" in ", b"==", b"!=", b"[", b"self."];
    let (before, rest) = (&line[..at], &line[at + length..]);
    let text = line.trim_ascii_start();
    // Behind the sign of a difference, too.
    let text = text.strip_prefix(b"+").or(text.strip_prefix(b"-")).map_or(text, <[u8]>::trim_ascii_start);
    if text == b"pass" {
        return before.len() > 1;
    }
    if !matches!(line.last(), Some(b':' | b'{')) {
        return false;
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let is_called = |text: &[u8], open: usize| open > 0 && is_part(&text[open - 1]);
    let is_parameter = || {
        let open = memchr::memrchr(b'(', before).filter(|_| rest.starts_with(b")"));
        open.is_some_and(|open| is_called(before, open) && !before[open..].contains(&b')'))
    };
    let is_condition = || {
        let calls = || memchr::memchr(b'(', text).is_some_and(|open| is_called(text, open));
        CONDITIONS.iter().find_map(|word| text.strip_prefix(*word)).is_some_and(|condition| {
            contains_any(text, &OF_CODE)
                || calls()
                || condition.split_last().is_some_and(|(_, name)| name.iter().all(is_part))
        })
    };
    let is_loop = || text.starts_with(b"for ") && contains_any(text, &[b" in "]);
    is_parameter()
        || (text.starts_with(b"impl ") || is_loop() || is_condition()) && !contains_any(text, &OF_PROSE)
}

/// Whether the name of a service is all of a line but what makes it a title: `# Acme`, `//acme`, `Service: Acme`.
fn is_title(line: &[u8], at: usize, length: usize) -> bool {
    let before = line[..at].strip_suffix(b"Service: ").unwrap_or(&line[..at]);
    line[at + length..].trim_ascii().is_empty() && before.iter().all(|byte| b"#/>* \t-".contains(byte))
}

/// How far the key that `at` is in is indented, if its line says that its value is on the lines below.
fn indent_of_key(line: &[u8], at: usize, rest: &[u8]) -> Option<usize> {
    let (first, style) = rest.split_first()?;
    let is_style = |style: &[u8]| matches!(style, [] | [b'|' | b'>'] | [b'|' | b'>', b'-' | b'+']);
    let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let key = line.get(indent..at)?;
    let alone = key.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte));
    (*first == b':' && is_style(style.trim_ascii()) && alone).then_some(indent)
}

/// What is left behind the kind of a block without the block's name: `random_password" "db" {`.
fn without_label_of_block<'a>(line: &[u8], rest: &'a [u8]) -> &'a [u8] {
    if !line.starts_with(b"resource \"") || !rest.starts_with(b"\" \"") || !rest.ends_with(b"\" {") {
        return rest;
    }
    &rest[rest.len() - 3..]
}

/// What is left behind the name in an element without its other attributes: `" serializeAs="String">`.
fn without_attributes<'a>(line: &[u8], at: usize, rest: &'a [u8]) -> &'a [u8] {
    let Some(attributes) = rest.strip_suffix(b"\">").and_then(|rest| rest.strip_prefix(b"\" ")) else {
        return rest;
    };
    let opened = line[..at].iter().rev().take(LEAD_MAX).position(|byte| matches!(byte, b'<' | b'>'));
    let in_tag = opened.is_some_and(|back| line[at - 1 - back] == b'<');
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"=\"_-:. ".contains(byte);
    if in_tag && attributes.iter().all(is_part) { &rest[rest.len() - 2..] } else { rest }
}

/// Punctuation that closes or opens something at the end of a line.
fn is_closer(byte: u8) -> bool {
    CLOSER.has(byte)
}

/// What a name consists of.
pub(super) static PART: ByteSet = ByteSet::alphanumeric_and(b"_-");
/// What says that something follows.
static OPENS: ByteSet = ByteSet::of(b":{=>\"'`");
static CLOSER: ByteSet = ByteSet::of(b" \t\"'`()[]{}<>:=,;.|*\\/-");

/// `token);`, `next_token(),`: a statement of a program that has come to its end.
fn ends_statement(rest: &[u8]) -> bool {
    let opens = matches!(rest.last(), Some(b':' | b'{'));
    rest.contains(&b';') || rest.iter().any(|byte| matches!(byte, b'(' | b')')) && !opens
}

/// What is left without the label of a here-document (`= <<-EOT`), and whether there was one; without the visibility of
/// a dumped property (`":protected]=>`).
fn without_label(rest: &[u8]) -> (&[u8], bool) {
    // A setting that goes on below: `pass=\`.
    if let Some(rest) = rest.strip_suffix(b"=\\") {
        return (rest, true);
    }
    if let Some(open) = memchr::memchr(b'<', rest).filter(|open| rest[*open..].starts_with(b"<<")) {
        let is_label = |byte: &u8| ends_label(*byte) || b"-~".contains(byte);
        if rest[open + 2..].iter().all(is_label) {
            return (&rest[..open], true);
        }
    }
    // `":protected]=>`, `":"App\Config":private]=>`
    let hidden = rest.starts_with(b"\":")
        && [&b":protected]=>"[..], b":private]=>"].iter().any(|end| rest.ends_with(end));
    (if hidden { b"\"]=>" } else { rest }, false)
}

fn ends_label(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_'\"".contains(&byte)
}

/// `</key>` behind the name.
fn without_tag(rest: &[u8]) -> &[u8] {
    match rest.strip_prefix(b"</") {
        Some(tag) => memchr::memchr(b'>', tag).map_or(rest, |close| &tag[close + 1..]),
        None => rest,
    }
}

/// A few words and a colon: `until Friday:`; `() -> str:`.
fn is_sentence(rest: &[u8]) -> bool {
    // What a sentence has in parentheses before its colon.
    let aside = rest.strip_suffix(b"):").and_then(|text| memchr::memchr(b'(', text));
    if let Some(open) = aside.filter(|open| *open > 0) {
        return is_sentence(&[&rest[..open], b":"].concat());
    }
    let Some((last, words)) = rest.split_last().filter(|(last, _)| matches!(last, b':' | b'.')) else {
        return false;
    };
    // What it is the password of may have a path.
    let path = rest.ends_with(b" is:");
    let is_word = |byte: &u8| OF_SENTENCE.has(*byte) || path && *byte == b'/';
    rest.len() <= REST_MAX
        && words.iter().all(is_word)
        && (*last == b':' || contains_any(rest, &[RESET, b" generated.", b" created."]))
        && (rest.len() <= SENTENCE_MAX || contains_any(rest, &GIVEN))
}

static OF_SENTENCE: ByteSet = ByteSet::alphanumeric_and(b" '-.,()>[]_");

/// Whether the name of a service at `at` is no part of a word, and its line a heading rather than a sentence.
fn is_service(line: &[u8], at: usize, length: usize) -> bool {
    let glued = |before: u8, byte: u8| {
        before.is_ascii_alphanumeric() && !(before.is_ascii_lowercase() && byte.is_ascii_uppercase())
    };
    let apart = at == 0 || !glued(line[at - 1], line[at]);
    apart && line.len() <= HEADING_MAX && !line.get(at + length).is_some_and(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::signs::STEMS;

    fn of(line: &str, stem: &str) -> Option<String> {
        let index = STEMS.iter().position(|known| known.text == stem).unwrap();
        let at = line.to_ascii_lowercase().rfind(stem).unwrap();
        let found = announced(line.as_bytes(), at, stem.len(), u16::try_from(index).unwrap())?;
        Some(line[found.begin..found.end].to_owned())
    }

    #[test]
    fn a_name_at_the_end_of_a_line_announces_a_value() {
        let cases = [
            ("  - name: DB_PASSWORD", "password", "  - name: DB_PASSWORD"),
            ("variable \"api_token\" {", "token", "variable \"api_token"),
            ("\t<key>ClientSecret</key>", "secret", "key>ClientSecret"),
            ("  [\"acme_token\"]=>", "token", "  [\"acme_token"),
            ("def acme_token() -> str:", "token", "def acme_token() -> str"),
            ("please use this token until Friday:", "token", "please use this token until Friday"),
            ("if lost, here is another token:", "token", "if lost, here is another token"),
            ("for api.example.com use token:", "token", "for api.example.com use token"),
            ("if asked, enter DB_PASSWORD:", "password", "if asked, enter DB_PASSWORD"),
            ("for the server in the lab the password:", "password", "for the server in the lab the password"),
            ("your secret (the token):", "token", "your secret (the token"),
        ];
        for (line, stem, expected) in cases {
            assert_eq!(of(line, stem).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn what_has_a_value_or_is_about_something_else_announces_nothing() {
        for (line, stem) in [
            ("token: abc", "token"),
            ("the token expired at noon", "token"),
            ("let tokenizer = x;", "token"),
            ("token_count:", "token"),
            ("primary key:", "key"),
            (&format!("token:{}", " ".repeat(FAR)), "token"),
            ("    def get(self, token):", "token"),
            ("+        for token in tokens:", "token"),
            ("    if not self.token:", "token"),
            ("  if token:", "token"),
            ("  elif is_new(token) and secret:", "secret"),
            ("impl Token {", "token"),
            ("        pass", "pass"),
            ("  --kms-key=KMS_KEY", "key"),
        ] {
            assert_eq!(of(line, stem), None, "{line}");
        }
    }
}
