//! Values that stand on a line of their own, below their name: manifests, plans, tables of variables, letters.
//!
//! A line that names a secret without a value (`generic::announced`) is remembered for a few lines. What stands there in
//! the place of a value is judged behind that name, as if both stood on one line.

use super::byte_set::ByteSet;
use super::generic::{Announced, Below, What, contains_any, is_phrase_of_some, is_phrase_of_words, is_wordy};
use std::ops::Range;

/// Lines below a name on which its value may be: a type, a blank line and a description may come before it.
const LINES: u8 = 5;
/// The same of a document that a command prints which prints a secret.
const DOCUMENT_LINES: u8 = 32;
/// Longest line that is looked at.
const LINE_MAX: usize = 1024;
/// Shortest value, and shortest one that stands there by itself.
const VALUE_MIN: usize = 6;
const ALONE_MIN: usize = 16;
/// Shortest one that a command prints.
const PRINTED_MIN: usize = 8;

/// What the key of a server is called in the settings of a router.
const OF_SERVER: &[u8] = b"server password";

/// Names for values, in lower case.
const VALUE_NAMES: [&[u8]; 20] = [
    b"got",
    b"value",
    b"result",
    b"android:value",
    b"example",
    b"param-value",
    b"prod",
    b"production",
    b"staging",
    b"dev",
    b"primary",
    b"current",
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
    what: What,
    heading: bool,
    given: bool,
    below: Option<Below>,
    /// A form is sent: the value is whatever comes behind an empty line (RFC 7578).
    form: bool,
    /// How long the value is, if a line before it has told.
    length: Option<usize>,
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

impl Candidate {
    /// What `cell` of `line` holds, judged as a string behind the name of its column.
    pub(super) fn of_cell(line: &[u8], name: &[u8], cell: Range<usize>) -> Self {
        let text = [name, b": \"", &line[cell.clone()], b"\""].concat();
        Self { start: cell.start, end: cell.end, text, at: name.len() + 3 }
    }
}

impl Expected {
    /// What `line` announces.
    pub(super) fn new(line: &[u8], announced: Announced) -> Self {
        let name = &line[announced.begin..announced.end];
        // A file of two lines, a user and a password.
        let pair = name.ends_with(b"etc/openvpn/");
        let server = name.to_ascii_lowercase().ends_with(b"s server");
        let name = match announced.what {
            _ if pair => &b"auth-user-pass"[..],
            _ if server => OF_SERVER,
            _ if name.ends_with(b"override_special") => b"password",
            What::Printer | What::Document => b"password",
            What::Name | What::Service => name,
        };
        Self {
            name: name.to_vec(),
            what: if pair { What::Name } else { announced.what },
            heading: announced.heading,
            given: announced.given,
            below: announced.below,
            form: line.starts_with(b"Content-Disposition: form-data; name="),
            length: None,
            left: LINES,
        }
    }

    /// A secret that is all of the next line, as commands print one.
    pub(super) fn printed_next() -> Self {
        Self {
            name: b"password".to_vec(),
            what: What::Printer,
            heading: true,
            given: true,
            below: None,
            form: false,
            length: None,
            left: LINES,
        }
    }

    /// The same behind `line`, which held no value.
    pub(super) fn pass(mut self, line: &[u8]) -> Option<Self> {
        if self.what == What::Printer && line.trim_ascii() == b"{" {
            return Some(Self { what: What::Document, left: DOCUMENT_LINES, ..self });
        }
        // gopass(1) says first what it shows.
        if self.what == What::Printer && line.starts_with(b"Secret: ") {
            return Some(Self { left: LINES + 2, ..self });
        }
        self.left -= 1;
        self.length = length_of_value(line);
        let goes_on = match self.what {
            // A warning may come first.
            What::Printer => {
                (line.contains(&b' ') || line.ends_with(b":")) && self.left + 2 > LINES
                    || line.trim_ascii().is_empty() && self.left > LINES
            }
            What::Document => !line.starts_with(b"}"),
            What::Name | What::Service => !names_another(line),
        };
        (goes_on && self.left > 0 && line.len() <= LINE_MAX).then_some(self)
    }

    /// What of `line` may be the value.
    pub(super) fn candidate(&self, line: &[u8]) -> Option<Candidate> {
        if line.len() > LINE_MAX {
            return None;
        }
        let start = indent(line);
        let line = line.trim_ascii_end();
        let rest = line.get(start..).filter(|rest| rest.len() >= VALUE_MIN)?;
        if self.what == What::Printer {
            return self.printed(line, start);
        }
        if self.what == What::Service {
            // The line has to say itself that it holds a key, or has nothing but a token.
            if names_key(rest) {
                return Some(self.judged(line, start, line.len(), b" ", b""));
            }
            return entry(rest).map(|(from, to)| self.judged(line, start + from, start + to, b": \"", b"\""));
        }
        if let Some(from) = self.behind_user(rest) {
            return Some(self.judged(line, start + from, line.len(), b": \"", b"\""));
        }
        if self.form {
            let value =
                self.left == LINES - 1 && rest.iter().all(u8::is_ascii_graphic) && !rest.starts_with(b"--");
            return value.then(|| self.judged(line, start, line.len(), b": \"", b"\""));
        }
        // A length told before it, or nothing but an indented word behind `key:`.
        let next = self.left == LINES;
        let deeper = match self.below.filter(|_| next) {
            None => false,
            Some(Below::FurtherIn(indent)) => {
                start > indent
                    && (is_token(rest) && !rest.ends_with(b":") || self.is_phrase() && is_list_of_words(rest))
            }
            Some(Below::Anywhere) => {
                rest.iter().all(u8::is_ascii_graphic) && (is_printed(rest) || is_phrase_of_words(rest))
            }
        };
        if self.length == Some(rest.len()) || deeper {
            return Some(self.judged(line, start, line.len(), b": \"", b"\""));
        }
        let (from, named) = value(rest);
        let text = &rest[from..];
        let quote = *text.first()?;
        if self.what == What::Document && !named {
            return None;
        }
        // Right below its name it is alone on its line: `"token":`, then `"x",`.
        let answered = line[..start].ends_with(b"=> ");
        let below = (self.heading || answered) && self.left == LINES;
        if matches!(quote, b'"' | b'\'' | b'`') && (named || below || quote == b'`') {
            let length = memchr::memchr(quote, &text[1..])?;
            let fits = named || text[2 + length..].iter().all(|byte| b".,;)]}".contains(byte));
            // The key that sends what a script has typed.
            let length = length - if text[1..=length].ends_with(b"\\r") { 2 } else { 0 };
            return (fits && length >= VALUE_MIN && !self.is_name(&text[1..=length])).then(|| {
                let begin = start + from + 1;
                self.judged(line, begin, begin + length, b": \"", b"\"")
            });
        }
        let in_element = named && (rest.starts_with(b"<") || rest[..from].ends_with(b">"));
        let ends = |byte: &u8| if in_element { *byte == b'<' } else { ends_word(*byte) };
        let length = text.iter().position(ends).unwrap_or(text.len());
        let length = text[..length].strip_suffix(b"]]>").map_or(length, <[u8]>::len);
        let length = length - text[..length].iter().rev().take_while(|byte| b",;.".contains(byte)).count();
        let begin = start + from;
        if named {
            let is_text = |text: &[u8]| in_element && text.iter().all(u8::is_ascii_graphic);
            return (length >= VALUE_MIN && (is_token(&text[..length]) || is_text(&text[..length])))
                .then(|| self.judged(line, begin, begin + length, b": \"", b"\""));
        }
        let alone = self.heading
            && length >= if self.given { PRINTED_MIN } else { ALONE_MIN }
            && length == text.len()
            && (stands_alone(text) || self.given && is_digest(text));
        alone.then(|| self.judged(line, begin, begin + length, b": ", b""))
    }

    /// What of `line`, whose text begins at `start`, a command has printed that prints a secret and nothing else.
    fn printed(&self, line: &[u8], start: usize) -> Option<Candidate> {
        let rest = &line[start..];
        // Terraform prints strings as it writes them.
        let quoted = rest.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        let (start, rest) = quoted.map_or((start, rest), |inner| (start + 1, inner));
        let end = start + rest.len();
        let graphic = rest.iter().all(u8::is_ascii_graphic);
        let is_secret = rest.len() >= PRINTED_MIN && graphic && (is_printed(rest) || is_phrase_of_some(rest))
            || is_list_of_words(rest);
        is_secret.then(|| self.judged(line, start, end, b": \"", b"\""))
    }

    /// Whether it is called a phrase.
    fn is_phrase(&self) -> bool {
        contains_any(&self.name, &[b"phrase"])
    }

    /// Whether a value is the name once more, as a list of names and values has it first.
    fn is_name(&self, text: &[u8]) -> bool {
        self.name.ends_with(text)
    }

    /// Where the password begins in a line of a list of users (`chpasswd:` of cloud-init), and in the second line of two
    /// (`<auth-user-pass>` of OpenVPN).
    fn behind_user(&self, text: &[u8]) -> Option<usize> {
        let graphic = text.iter().all(u8::is_ascii_graphic);
        if self.name.ends_with(b"chpasswd") || self.name.ends_with(b"'random' passwords") {
            // As the log has it.
            let head = memchr::memmem::find(text, b"cloud-init").and(memchr::memmem::find(text, b"]: "));
            let skipped = head.map_or(0, |head| head + 3);
            let text = &text[skipped..];
            if !text.iter().all(u8::is_ascii_graphic) {
                return None;
            }
            let user = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
            let colon = memchr::memchr(b':', text).filter(|colon| *colon + 1 < text.len())?;
            return text[..colon].iter().all(user).then_some(skipped + colon + 1);
        }
        if self.name == OF_SERVER {
            let key = text.strip_prefix(b"key ")?;
            // How it is kept.
            let kept = if matches!(key, [b'0'..=b'9', b' ', ..]) { 2 } else { 0 };
            return key[kept..].iter().all(u8::is_ascii_graphic).then_some(4 + kept);
        }
        // What a mail server has asked for is in base64 (RFC 4954).
        let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        if self.name.ends_with(b"UGFzc3dvcmQ6") && self.left == LINES {
            return text.iter().all(base64).then_some(0);
        }
        (self.name.ends_with(b"auth-user-pass") && graphic && self.left == LINES - 1 && text[0] != b'<')
            .then_some(0)
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
    // What a debugging pipeline puts before its lines, and an interpreter before its answers.
    let debug = if line.starts_with(b"##[debug]") { 9 } else { 0 };
    let answer = || line.starts_with(b"Out[").then(|| memchr::memmem::find(line, b"]: ")).flatten();
    let mut at = blank(debug.max(answer().map_or(0, |close| close + 3)).max(value_of_debugger(line)));
    for _ in 0..2 {
        match line[at..] {
            // A change, an element of a list, the value of a question mark, what an interpreter answers.
            [b'+' | b'-' | b'*' | b'|' | b'>' | b':', b' ' | b'\t', ..] => at = blank(at + 1),
            // What PsySH answers.
            [b'=', b' ', b'"' | b'\'', ..] => at += 2,
            // What one side of a dialogue says.
            [b'=' | b'-' | b'~', b'>', b' ', ..] | [b'<', b'-' | b'~', b' ', ..] | [b'C', b':', b' ', ..] => {
                at = blank(at + 2);
            }
            _ => {}
        }
    }
    at
}

/// Length of what a debugger puts before a value: `$1 = 0x55d1f223d92c `.
fn value_of_debugger(line: &[u8]) -> usize {
    let digits = line.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || line[0] != b'$' || !line[1 + digits..].starts_with(b" = ") {
        return 0;
    }
    let begin = 1 + digits + 3;
    let address = line[begin..].strip_prefix(b"0x").map_or(0, |rest| {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if rest.get(digits) == Some(&b' ') { 2 + digits + 1 } else { 0 }
    });
    begin + address
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
    // What a test found instead.
    if let Some(asserted) = text.strip_prefix(b"E ") {
        let asserted = asserted.trim_ascii_start().strip_prefix(b"AssertionError: assert ");
        if let Some(value) = asserted.filter(|value| value.starts_with(b"'")) {
            return (text.len() - value.len(), true);
        }
    }
    // What a function returns; what a script types.
    for call in [&b"return "[..], b"send ", b"send -- "] {
        if text.starts_with(call) && matches!(text.get(call.len()), Some(b'"' | b'\'')) {
            return (call.len(), true);
        }
    }
    if text.starts_with(b"<string>") {
        return (8, true);
    }
    // What pexpect types.
    if let Some(call) = memchr::memmem::find(&text[..text.len().min(32)], b".sendline(") {
        return (call + b".sendline(".len(), true);
    }
    if let Some(content) = behind_attributes(text) {
        return (content, true);
    }
    let open = text.iter().take_while(|byte| matches!(byte, b'"' | b'\'' | b'<')).count().min(1);
    let name = VALUE_NAMES
        .iter()
        .find(|name| text.get(open..open + name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
    let Some(name) = name else { return (0, false) };
    let mut at = open + name.len();
    if text.starts_with(b"<") {
        let cdata = if text[at..].starts_with(b"><![CDATA[") { b"<![CDATA[".len() } else { 0 };
        return if text.get(at) == Some(&b'>') { (at + 1 + cdata, true) } else { (0, false) };
    }
    let skip = |at: usize, set: &[u8]| at + text[at..].iter().take_while(|byte| set.contains(byte)).count();
    let operator = skip(at, b"\"' \t");
    at = skip(operator, b"=:>");
    if at == operator || at == text.len() { (0, false) } else { (skip(at, b" \t"), true) }
}

/// Where the content begins of an element whose tag began on the line before: `encoding="plain">x</password>`.
fn behind_attributes(text: &[u8]) -> Option<usize> {
    let close = memchr::memchr(b'>', text)?;
    let attributes = &text[..close];
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"=\"'_-:./# ".contains(byte);
    let quoted =
        matches!(attributes.last(), Some(b'"' | b'\'')) && memchr::memchr(b'=', attributes).is_some();
    let ended = memchr::memmem::find(&text[close..], b"</").is_some();
    (quoted && ended && attributes[0].is_ascii_alphabetic() && attributes.iter().all(is_part))
        .then_some(close + 1)
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

/// Four words or more in small letters, as diceware(1) prints them.
fn is_list_of_words(text: &[u8]) -> bool {
    let word = |word: &[u8]| (3..=10).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase);
    (4..=12).contains(&text.split(|byte| *byte == b' ').count()) && text.split(|byte| *byte == b' ').all(word)
}

/// Where the token is in a line below the name of a service: by itself, as an element of a list, behind the name of an
/// environment, as what a function returns.
fn entry(text: &[u8]) -> Option<(usize, usize)> {
    const NAMES: [&[u8]; 10] =
        [b"value", b"test", b"dev", b"qa", b"uat", b"prod", b"live", b"staging", b"sandbox", b"production"];
    const SIGNS: ByteSet = ByteSet::of(b": =");
    let name = NAMES
        .iter()
        .find(|name| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
    let from = match name {
        Some(name) => name.len() + Some(SIGNS.run(&text[name.len()..])).filter(|signs| *signs > 0)?,
        None if text.starts_with(b"return ") => 7,
        None => 0,
    };
    let quote = text[from..].first().filter(|first| matches!(first, b'"' | b'\''));
    let from = from + usize::from(quote.is_some());
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let length = text[from..].iter().take_while(|byte| token(byte)).count();
    let rest = &text[from + length..];
    let closed = match quote {
        Some(quote) => rest.first() == Some(quote) && rest[1..].iter().all(|byte| b",;)".contains(byte)),
        None => rest.is_empty(),
    };
    (closed && length >= ALONE_MIN && stands_alone(&text[from..from + length]))
        .then_some((from, from + length))
}

/// Whether a line is `key = …`, whatever the key opens.
fn names_key(text: &[u8]) -> bool {
    const CUES: [&[u8]; 6] = [b"key", b"token", b"secret", b"pass", b"auth", b"cred"];
    let name = text.iter().take(48).position(|byte| matches!(byte, b'=' | b':'));
    name.is_some_and(|length| contains_any(&text[..length], &CUES))
}

/// Whether a value without quotes is no piece of a program.
fn is_token(text: &[u8]) -> bool {
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/.~:|%$!@#*^=&?".contains(byte);
    text.iter().all(token)
        && text.iter().any(u8::is_ascii_digit)
        && !text.windows(2).any(|pair| pair == b"::")
}

/// Whether a word is a token by itself: no revision, no checksum, nothing made of words, no piece of a program.
fn stands_alone(text: &[u8]) -> bool {
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/~|%$!@#*^".contains(byte);
    let text = text.strip_prefix(b"^").unwrap_or(text);
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    !is_digest(text)
        && digits > 1
        && digits < text.len()
        && text[..text.len() - padding].iter().all(token)
        && !is_wordy(text)
}

fn is_digest(text: &[u8]) -> bool {
    matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit)
}

/// Whether a word is no path and more than a word: what a command prints that prints nothing but a secret.
fn is_printed(text: &[u8]) -> bool {
    let digits = text.iter().any(u8::is_ascii_digit);
    let symbols = text.iter().any(u8::is_ascii_punctuation) && text.iter().any(u8::is_ascii_uppercase);
    // Base64 begins with a slash as well.
    (!text.starts_with(b"/") || text.ends_with(b"=") && text.len() >= 24)
        && memchr::memmem::find(text, b"://").is_none()
        && text.iter().any(u8::is_ascii_alphabetic)
        && (digits || symbols || !is_wordy(text))
}

/// The number in `V 12`, as Subversion's files have it before a value.
fn length_of_value(line: &[u8]) -> Option<usize> {
    std::str::from_utf8(line.trim_ascii().strip_prefix(b"V ")?).ok()?.parse().ok()
}
