//! Values that stand on a line of their own, below their name: manifests, plans, tables of variables, letters.
//!
//! A line that names a secret without a value (`generic::announced`) is remembered for a few lines. What stands there in
//! the place of a value is judged behind that name, as if both stood on one line.

use super::generic::{Announced, contains_any, is_wordy};

/// Lines below a name on which its value may be: a type, a blank line and a description may come before it.
const LINES: u8 = 5;
/// Longest line that is looked at.
const LINE_MAX: usize = 1024;
/// Shortest value, and shortest one that stands there by itself.
const VALUE_MIN: usize = 6;
const ALONE_MIN: usize = 16;

/// Names for values, in lower case.
const VALUE_NAMES: [&[u8]; 9] = [
    b"value",
    b"default",
    b"content",
    b"current_value",
    b"parametervalue",
    b"plaintext",
    b"secretstring",
    b"secretvalue",
    b"new value",
];

/// A name whose value has not come yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    name: Vec<u8>,
    service: bool,
    heading: bool,
    left: u8,
}

/// What of a line may be the value, and the text in which it is judged.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Where the value is in the line.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The name, and behind it the value, which begins at `at`.
    pub(super) text: Vec<u8>,
    pub(super) at: usize,
}

impl Expected {
    /// What `line` announces.
    pub(super) fn new(line: &[u8], announced: Announced) -> Self {
        Self {
            name: line[announced.begin..announced.end].to_vec(),
            service: announced.service,
            heading: announced.heading,
            left: LINES,
        }
    }

    /// The same behind `line`, which held no value.
    pub(super) fn pass(mut self, line: &[u8]) -> Option<Self> {
        self.left -= 1;
        (self.left > 0 && line.len() <= LINE_MAX && !names_another(line)).then_some(self)
    }

    /// What of `line` may be the value.
    pub(super) fn candidate(&self, line: &[u8]) -> Option<Candidate> {
        if line.len() > LINE_MAX {
            return None;
        }
        let start = indent(line);
        let line = line.trim_ascii_end();
        let rest = line.get(start..).filter(|rest| rest.len() >= VALUE_MIN)?;
        if self.service {
            // The line has to say itself that it holds a key.
            return names_key(rest).then(|| self.judged(line, start, line.len(), b" ", b""));
        }
        let (from, named) = value(rest);
        let text = &rest[from..];
        let quote = *text.first()?;
        if matches!(quote, b'"' | b'\'' | b'`') && (named || quote == b'`') {
            let length = memchr::memchr(quote, &text[1..])?;
            let fits = named || text[1 + length..].iter().all(|byte| b"`.,;".contains(byte));
            return (fits && length >= VALUE_MIN && !self.is_name(&text[1..=length])).then(|| {
                let begin = start + from + 1;
                self.judged(line, begin, begin + length, b": \"", b"\"")
            });
        }
        let length = text.iter().position(|byte| ends_word(*byte)).unwrap_or(text.len());
        let length = length - text[..length].iter().rev().take_while(|byte| b",;.".contains(byte)).count();
        let begin = start + from;
        if named {
            return (length >= VALUE_MIN && is_token(&text[..length]))
                .then(|| self.judged(line, begin, begin + length, b": \"", b"\""));
        }
        let alone = self.heading && length >= ALONE_MIN && length == text.len() && stands_alone(text);
        alone.then(|| self.judged(line, begin, begin + length, b": ", b""))
    }

    /// Whether a value is the name once more, as a list of names and values has it first.
    fn is_name(&self, text: &[u8]) -> bool {
        self.name.ends_with(text)
    }

    fn judged(&self, line: &[u8], start: usize, end: usize, before: &[u8], behind: &[u8]) -> Candidate {
        let text = [&self.name, before, &line[start..end], behind].concat();
        Candidate { start, end, text, at: self.name.len() + before.len() }
    }
}

/// What a value in a line by itself ends with, besides white space.
fn ends_word(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'`<".contains(&byte)
}

/// Length of what stands before a line's text: white space, the mark of a change, the dash of a list.
fn indent(line: &[u8]) -> usize {
    let blank = |at: usize| at + line[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut at = blank(0);
    for _ in 0..2 {
        if let [b'+' | b'-' | b'|' | b'>', b' ' | b'\t', ..] = line[at..] {
            at = blank(at + 1);
        }
    }
    at
}

/// Where the value begins in the text of a line, and whether something says that it is one.
fn value(text: &[u8]) -> (usize, bool) {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    // The second of a list of answers.
    let number = digits(0);
    if number > 0 && text[number..].starts_with(b") ") {
        return (number + 2, true);
    }
    // A dumped variable with its length.
    if text.starts_with(b"string(") {
        let number = digits(7);
        if text[7 + number..].starts_with(b") ") {
            return (7 + number + 2, true);
        }
    }
    if text.starts_with(b"return \"") || text.starts_with(b"return '") {
        return (7, true);
    }
    if text.starts_with(b"<string>") {
        return (8, true);
    }
    let open = text.iter().take_while(|byte| matches!(byte, b'"' | b'\'' | b'<')).count().min(1);
    let name = VALUE_NAMES
        .iter()
        .find(|name| text.get(open..open + name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
    let Some(name) = name else { return (0, false) };
    let mut at = open + name.len();
    if text.starts_with(b"<") {
        return if text.get(at) == Some(&b'>') { (at + 1, true) } else { (0, false) };
    }
    let skip = |at: usize, set: &[u8]| at + text[at..].iter().take_while(|byte| set.contains(byte)).count();
    let operator = skip(at, b"\"' \t");
    at = skip(operator, b"=:>");
    if at == operator || at == text.len() { (0, false) } else { (skip(at, b" \t"), true) }
}

/// Whether a line names something else: `- name: LOG_LEVEL`, `"key": "user"`.
fn names_another(line: &[u8]) -> bool {
    let text = &line[indent(line)..];
    let text = text.strip_prefix(b"\"").or(text.strip_prefix(b"<")).unwrap_or(text);
    [&b"name"[..], b"key"].iter().any(|name| {
        text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && text.get(name.len()).is_some_and(|byte| b"\":=> ".contains(byte))
    })
}

/// Whether a line is `key = …`, whatever the key opens.
fn names_key(text: &[u8]) -> bool {
    const CUES: [&[u8]; 6] = [b"key", b"token", b"secret", b"pass", b"auth", b"cred"];
    let name = text.iter().take(48).position(|byte| matches!(byte, b'=' | b':'));
    name.is_some_and(|length| contains_any(&text[..length], &CUES))
}

/// Whether a value without quotes is no piece of a program.
fn is_token(text: &[u8]) -> bool {
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/.~:|%$!@#*^=".contains(byte);
    text.iter().all(token)
        && text.iter().any(u8::is_ascii_digit)
        && !text.windows(2).any(|pair| pair == b"::")
}

/// Whether a word is a token by itself: no revision, no checksum, nothing made of words, no piece of a program.
fn stands_alone(text: &[u8]) -> bool {
    let digest = matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit);
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/~|%$!@#*^".contains(byte);
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    !digest && digits > 1 && text[..text.len() - padding].iter().all(token) && !is_wordy(text)
}
