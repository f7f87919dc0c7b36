//! How a value is written where it surely begins: a string, a list, bytes, a word.

use super::connector::{Link, Shape, VALUE_MAX, Value, ends_bare, near};
use super::literal::{opens_quote, string, wrapper};
use super::makeup::TOKEN;
use crate::redact::byte_set::ByteSet;
use crate::redact::marker;
use crate::sys::simd;

/// What may part a value without quotes from the next.
const PARTS: ByteSet = ByteSet::of(b",;&)}]|");
/// What a row of assignments has none of: what ends a value, and what parts it from the next.
const NOT_IN_ROW: &[u8; 17] = b" \t\n\x0c\r\"'`<>,;&)}]|";

/// Shortest token that is found as the element of a list.
const ELEMENT_MIN: usize = 8;

/// Whether there is nothing in `text` that is in no row of assignments.
fn is_of_row(text: &[u8]) -> bool {
    // Without a branch the comparisons become vector instructions.
    !simd::any(text, |byte| NOT_IN_ROW.iter().fold(0, |any, sign| any | u8::from(byte == *sign)) != 0)
}

/// Where a value ends that is all of its line, so that brackets and separators belong to it: they are no end of anything
/// in what has several digits.
pub(super) fn unbroken(line: &[u8], at: usize) -> Option<usize> {
    let word = near(line, at, VALUE_MAX);
    let length = word.iter().position(u8::is_ascii_whitespace).unwrap_or(word.len());
    let word = &word[..length];
    let alone = line[at + length..].trim_ascii().is_empty();
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let brackets = word.iter().filter(|byte| b"()[]{}&;,|".contains(byte)).count();
    let opened = matches!(word.first(), Some(b'[' | b'{'));
    let closed = opened || word.last().is_some_and(|last| b",;{([\"'`".contains(last));
    // The brackets of a marker are none of its own.
    let marked = || memchr::memmem::find(word, marker::OPEN).is_some();
    (alone && length >= 8 && digits > 1 && brackets > 0 && !closed && !opens_quote(line, at) && !marked())
        .then_some(at + length)
}

/// The value at `at`.
pub(super) fn value(line: &[u8], at: usize, shape: Shape, spaced: bool) -> Link {
    if at >= line.len() {
        return Link::Open(line.len());
    }
    let at = wrapper(line, without_tag(line, at));
    if at == line.len() {
        return Link::Open(at);
    }
    if opens_quote(line, at) {
        return string(line, at, if shape == Shape::Bare { Shape::Quoted } else { shape }, spaced);
    }
    if let Some(string) = in_guillemets(line, at, spaced) {
        return string;
    }
    if let Some(list) = bytes(line, at, spaced) {
        return list;
    }
    // Old and new, as `git diff --word-diff` shows them.
    if let Some((start, end)) = changed(line, at) {
        return Link::Value(Value { start, end, shape: Shape::Quoted, spaced, open: false });
    }
    if let Some(end) = element(line, at) {
        return Link::Value(Value { start: at + 1, end, shape: Shape::Bare, spaced, open: false });
    }
    listed(line, at, spaced).unwrap_or_else(|| bare(line, at, shape, spaced))
}

/// A string between guillemets, perhaps with spaces that keep them together: `« x »`.
fn in_guillemets(line: &[u8], at: usize, spaced: bool) -> Option<Link> {
    const SPACES: [&[u8]; 3] = [b" ", "\u{a0}".as_bytes(), "\u{202f}".as_bytes()];
    line[at..].strip_prefix("\u{ab}".as_bytes())?;
    let begin = at + "\u{ab}".len();
    let text = near(line, begin, VALUE_MAX);
    let Some(end) = memchr::memmem::find(text, "\u{bb}".as_bytes()) else {
        return (begin + text.len() == line.len()).then_some(Link::Open(at));
    };
    let text = &text[..end];
    let inner = SPACES.iter().find_map(|space| text.strip_prefix(*space)).unwrap_or(text);
    let start = begin + text.len() - inner.len();
    let inner = SPACES.iter().find_map(|space| inner.strip_suffix(*space)).unwrap_or(inner);
    let end = start + inner.len();
    Some(Link::Value(Value { start, end, shape: Shape::Quoted, spaced, open: false })).filter(|_| start < end)
}

/// Where the token ends that is the only element of a list as Go prints it: `map[x-api-key:[8f2c…]]`.
fn element(line: &[u8], at: usize) -> Option<usize> {
    if line[at] != b'[' || at == 0 || line[at - 1] != b':' {
        return None;
    }
    let length = TOKEN.run(near(line, at + 1, VALUE_MAX));
    (length >= ELEMENT_MIN && line.get(at + 1 + length) == Some(&b']')).then_some(at + 1 + length)
}

/// The first string of a list or an array, and what is between long brackets.
fn listed(line: &[u8], at: usize, spaced: bool) -> Option<Link> {
    // `[[x]]` of Lua, `[]string{"x"}` of Go, `{ "x" }` of C.
    let list: &[u8] = match line[at..] {
        [b'[', b'[', ..] => match memchr::memmem::find(near(line, at, VALUE_MAX), b"]]") {
            Some(length) => {
                let (start, end) = (at + 2, at + length);
                return Some(Link::Value(Value { start, end, shape: Shape::Quoted, spaced, open: false }));
            }
            None => b"",
        },
        [b'[', b']', ..] if line[at..].starts_with(b"[]string{") => b"[]string{",
        [b'[', b']', ..] if line[at..].starts_with(b"[]byte(") => b"[]byte(",
        [b'{', b' ', ..] => b"{ ",
        _ => b"",
    };
    let at = at + list.len();
    let brackets = line[at..].iter().take(2).take_while(|byte| matches!(byte, b'[' | b'(')).count();
    let start = at + brackets;
    if opens_quote(line, start) && (brackets > 0 || !list.is_empty()) {
        let first = string(line, start, Shape::Quoted, spaced);
        // Not a list of values, but of keys and values.
        let behind = |value: &Value| line.get(value.end + 1..).unwrap_or_default().trim_ascii_start();
        let key = matches!(&first, Link::Value(value) if matches!(behind(value), [b'=' | b':', ..]));
        return Some(if key { Link::None } else { first });
    }
    (!list.is_empty()).then_some(Link::None)
}

/// Bytes that a row of assignments has at least.
const ROW_LENGTH: usize = 128;

/// Whether a row of assignments without white space begins at `at`, in which the first comes back:
/// `token=key=secret=token=key=…`. The names in it are judged each by itself, so that the time for a row stays
/// proportional to its length. What is left of one whose end was hidden is a row still.
pub(super) fn is_row(line: &[u8], at: usize) -> bool {
    let row = near(line, at, ROW_LENGTH);
    let name = |sign: usize| row[..sign].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let is_sign = |sign: usize| matches!(row[sign], b'=' | b':') && name(sign) > 2;
    if row.len() < ROW_LENGTH {
        // Its end was hidden.
        return memchr::memmem::find(row, marker::OPEN)
            .is_some_and(|at| at > 0 && is_sign(at - 1) && is_of_row(&row[..at]));
    }
    let comes_back = |sign: usize| {
        let assignment = &row[sign - name(sign)..=sign];
        let ends = |at: usize| row[sign + 1..=at].ends_with(assignment);
        memchr::memchr_iter(row[sign], &row[sign + 1..]).any(|length| ends(sign + 1 + length))
    };
    let first = || memchr::memchr2_iter(b'=', b':', row).find(|&sign| is_sign(sign));
    // Most values end long before that.
    is_of_row(&row[..ROW_LENGTH / 4]) && first().is_some_and(comes_back) && is_of_row(row)
}

/// A value without quotes.
fn bare(line: &[u8], start: usize, shape: Shape, spaced: bool) -> Link {
    if is_row(line, start) {
        return Link::None;
    }
    let window = near(line, start, VALUE_MAX);
    let plain = window.iter().position(|&byte| ends_bare(byte) || PARTS.has(byte)).unwrap_or(window.len());
    let raw =
        plain + window[plain..].iter().position(|&byte| ends_bare(byte)).unwrap_or(window.len() - plain);
    let mut end = start + raw;
    // A separator that ends a bare value does not belong to it, unless more of the value follows.
    if plain < raw {
        let cut = plain;
        let rest = &line[start + cut + 1..end];
        // `s});return`: a short name ends a call.
        let last = line[end..].trim_ascii().is_empty();
        // A column of names and one of values: what is last in its line is whole.
        let columns = || last && matches!(line[..start], [.., b' ', b' '] | [.., b'\t']);
        let separated = cut < 4
            && matches!(line[start + cut], b')' | b'}')
            && rest.iter().any(|byte| b")};,".contains(byte))
            || rest.is_empty()
            || line[start + cut] == b')' && rest[0] == b':'
            || !(matches!(shape, Shape::Bare | Shape::Flag)
                || line[start + cut] == b'&' && last
                || shape == Shape::Loose && columns());
        // A value of less than four bytes is a piece of one.
        let separated = separated && !(cut < 4 && line[start + cut] == b'&' && shape == Shape::Bare);
        // Only in a form and in the query of a URL it parts values.
        let parts = line[start + cut] == b'&'
            && (rest.starts_with(b"amp;")
                || line[..start].iter().rev().take(128).any(|byte| b"?&".contains(byte)));
        if separated || parts {
            end = start + cut;
        } else if let Some(assigned) = before_assignment(&window[..raw], plain)
            && !(assigned < 4 && line[start + assigned] == b'&' && shape == Shape::Bare)
        {
            end = start + assigned;
        }
    }
    // The escape of a quote belongs to that: without it what is left were no JSON any more.
    if end == start + raw && matches!(line.get(end), Some(b'"' | b'\'' | b'`')) {
        end -= line[start..end].iter().rev().take_while(|byte| **byte == b'\\').count();
    }
    while end > start
        && matches!(line[end - 1], b'.' | b',' | b';' | b':' | b')' | b']' | b'}')
        && end < line.len().max(1)
    {
        end -= 1;
    }
    if end == start {
        return if start + raw == line.len() { Link::Open(start) } else { Link::None };
    }
    Link::Value(Value { start, end, shape, spaced, open: false })
}

/// Where in `word` the separators begin behind which another name and its value follow: `x,user=ann`. None is before `from`.
fn before_assignment(word: &[u8], from: usize) -> Option<usize> {
    const NAME: ByteSet = ByteSet::alphanumeric_and(b"_-.%/");
    const BETWEEN: ByteSet = ByteSet::of(b"([{,;&)}]|#");
    let mut at = from;
    while at < word.len() {
        let separators = BETWEEN.run(&word[at..]);
        let rest = &word[at + separators..];
        let name = NAME.run(rest);
        // A password may end with any of these signs, also in a string that an escape follows in.
        // What follows the sign may be quoted, which ends the word.
        let more = rest.get(name + 1).is_some_and(|byte| *byte != b'\\')
            || matches!(word[at], b'&' | b';')
            || at == 1 && word[0].is_ascii_digit() && word[at] == b',';
        if name > 0 && matches!(rest.get(name), Some(b'=' | b':')) && more {
            return Some(at);
        }
        at += separators;
        at += word[at..].iter().position(|byte| PARTS.has(*byte)).unwrap_or(word.len() - at);
    }
    None
}

/// The new value in `[-old-]{+new+}`.
fn changed(line: &[u8], at: usize) -> Option<(usize, usize)> {
    let window = near(line, at, VALUE_MAX);
    if !window.starts_with(b"[-") && !window.starts_with(b"{+") {
        return None;
    }
    let start = memchr::memmem::find(window, b"{+")? + 2;
    let length = memchr::memmem::find(&window[start..], b"+}").filter(|length| *length > 0)?;
    Some((at + start, at + start + length))
}

/// The bytes of a key, each written as a number: `[124, 214, …]`, `{ 0xA3, … }`, `[]byte{0xA3, …}`.
fn bytes(line: &[u8], at: usize, spaced: bool) -> Option<Link> {
    const TYPES: [&[u8]; 6] =
        [b"[]byte{", b"[]uint8{", b"new byte[] {", b"new byte[]{", b"bytes([", b"Buffer.from(["];
    const BEGINS_BYTES: ByteSet = ByteSet::of(b"[{(\"nbB");
    let rest = &line[at..];
    // Most values begin otherwise.
    if rest.first().is_some_and(|first| !BEGINS_BYTES.has(*first)) {
        return None;
    }
    // Half a type at the end of what has come.
    if !rest.is_empty() && TYPES.iter().any(|kind| rest.len() < kind.len() && kind.starts_with(rest)) {
        return Some(Link::Open(at));
    }
    let typed = TYPES.iter().find(|kind| rest.starts_with(kind));
    let at = typed.map_or(at, |kind| at + kind.len() - 1);
    if !matches!(line[at], b'[' | b'{' | b'(' | b'"') {
        return None;
    }
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || b"xX, ".contains(byte);
    let window = near(line, at + 1, VALUE_MAX);
    let length = window.iter().position(|byte| !is_part(byte)).unwrap_or(window.len());
    let numbers = window[..length].trim_ascii();
    let lead = window[..length].len() - window[..length].trim_ascii_start().len();
    let start = at + 1 + lead;
    // The first of them; more may come.
    let ends = at + 1 + length == line.len();
    if ends && !numbers.is_empty() && !is_bytes(numbers) && are_bytes(numbers) {
        return Some(Link::Open(at));
    }
    is_bytes(numbers).then_some(Link::Value(Value {
        start,
        end: start + numbers.len(),
        shape: Shape::Quoted,
        spaced,
        open: at + 1 + length == line.len(),
    }))
}

/// Whether such numbers have begun behind the bracket at `at`, and nothing else follows.
pub(in crate::redact) fn begins_bytes(text: &[u8], at: usize) -> bool {
    let numbers = text[at + 1..].trim_ascii();
    matches!(text[at], b'[' | b'{' | b'(') && !numbers.is_empty() && are_bytes(numbers)
}

/// At least eight numbers of a byte.
pub(super) fn is_bytes(text: &[u8]) -> bool {
    memchr::memchr_iter(b',', text.strip_suffix(b",").unwrap_or(text)).nth(6).is_some() && are_bytes(text)
}

/// Nothing but numbers of a byte, the last of which may not be finished.
fn are_bytes(text: &[u8]) -> bool {
    let is_byte = |number: &[u8]| match number.trim_ascii() {
        [b'0', b'x' | b'X', digits @ ..] => digits.len() <= 2 && digits.iter().all(u8::is_ascii_hexdigit),
        digits => (1..=3).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
    };
    let text = text.strip_suffix(b",").unwrap_or(text);
    text.split(|byte| *byte == b',').all(is_byte)
}

/// Skips the tag or the anchor of a YAML value: `!!str x`, `&name x`.
fn without_tag(line: &[u8], at: usize) -> usize {
    let sign = if line[at..].starts_with(b"!!") { 2 } else { usize::from(line[at..].starts_with(b"&")) };
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let name = line[at + sign..].iter().take(32).take_while(is_name).count();
    let end = at + sign + name;
    // `!unsafe 'x'` of Ansible; what a tag without quotes is about may be the name of something.
    if line[at..].starts_with(b"!") && sign == 0 {
        let name = line[at + 1..].iter().take(32).take_while(is_name).count();
        let after = at + 1 + name + 1;
        let tagged = name > 0 && line.get(after - 1) == Some(&b' ') && after < line.len();
        return if tagged && opens_quote(line, after) { after } else { at };
    }
    if sign > 0 && name > 0 && line.get(end) == Some(&b' ') { end + 1 } else { at }
}
