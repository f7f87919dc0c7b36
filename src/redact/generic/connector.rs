//! From a key to its value.

use super::element::{element_inside, next_element, tagged, value_attribute};
use super::key::NamedKey;
use super::literal::opens_quote;
use super::prose::{
    FILLER_MAX, alone, asked, asserted, behind_type, filler, is_plain_word, is_set, sent, verb,
};
use super::written::{unbroken, value};
use crate::redact::byte_set::ByteSet;
use crate::redact::signs::Kind;
use std::ops::Range;

/// How the value is written, which decides how much it must look like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Between quotes behind an operator, or the content of an element.
    Quoted,
    /// An unquoted word behind an operator.
    Bare,
    /// The argument of a command-line flag.
    Flag,
    /// A word after nothing but a space, or after other words and an operator.
    Loose,
    /// The next element of a list or the next argument, between quotes.
    Listed,
}

impl Shape {
    /// Whether the value surely belongs to its key.
    pub(super) fn is_certain(self) -> bool {
        matches!(self, Self::Quoted | Self::Bare | Self::Flag)
    }
}

/// A value that belongs to a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) shape: Shape,
    /// White space on both sides of `=`: a program rather than a setting.
    pub(super) spaced: bool,
    /// Where it ends depends on what follows the text.
    pub(super) open: bool,
}

impl Value {
    /// Where the value ends, of which only the first [`VALUE_MAX`] bytes were looked at.
    pub(super) fn whole_end(&self, line: &[u8]) -> usize {
        if self.end - self.start < VALUE_MAX { self.end } else { word_end(line, self.end) }
    }
}

/// Where the word that `at` is in ends.
pub(super) fn word_end(line: &[u8], at: usize) -> usize {
    at + line[at..].iter().position(|&byte| ends_bare(byte)).unwrap_or(line.len() - at)
}

/// What follows a key.
#[derive(Debug)]
pub(super) enum Link {
    /// Nothing that could be its value.
    None,
    /// The text ends before that can be told.
    Open(usize),
    Value(Value),
}

/// Most white space between a key, its connector and its value.
const GAP_MAX: usize = 48;
/// Bytes of a value that are looked at; a string or an element whose end is further away has none.
pub(super) const VALUE_MAX: usize = 1024;
/// Longest tag of an image that is taken for one.
const TAG_LENGTH_MAX: usize = 12;
/// Longest word that is taken for one of prose.
pub(super) const WORD_MAX: usize = 24;
/// How far into a line there may be cells parted by `|`.
const CELL_MAX: usize = 128;
/// Longest operator: `||:=`.
const OPERATOR_MAX: usize = 4;

/// What operators consist of.
const OPERATOR: ByteSet = ByteSet::of(b"=:>|,-?!+.<~");
/// What a type consists of.
const TYPE: ByteSet = ByteSet::alphanumeric_and(b"_&<>[]?., |':");
/// What ends a value without quotes.
const ENDS_BARE: ByteSet = ByteSet::of(b" \t\n\x0c\r\"'`<>");

/// Finds the value of `name`.
pub(super) fn follow(line: &[u8], name: &NamedKey) -> Link {
    if let Some(link) = tagged(line, name) {
        return link;
    }
    if let Some(at) = asserted(line, name.end) {
        return value(line, at, Shape::Quoted, false);
    }
    let mut at = name.end;
    let quoted = closing(line, &mut at);
    if quoted && opens_block(line, name) {
        return Link::None;
    }
    if quoted && line[at..].starts_with(b"</") {
        return next_element(line, at);
    }
    let gap = blank(line, &mut at);
    if at == line.len() {
        return Link::Open(at);
    }
    // `string ApiKey { get; set; } = "x"` of C#, `std::string key{"x"}` of C++.
    if !quoted && line[at] == b'{' {
        let property = line[at..].starts_with(b"{ get;");
        let close = if property { memchr::memmem::find(near(line, at, FILLER_MAX), b"} = ") } else { None };
        let start = close.map_or(at + 1, |close| at + close + 4);
        if (close.is_some() || gap == 0) && opens_quote(line, start) {
            return value(line, start, Shape::Bare, true);
        }
    }
    if line[at] == b'(' {
        return if quoted || gap > 0 { filler(line, at) } else { call(line, name, at + 1) };
    }
    if gap == 0
        && !quoted
        && let Some(cell) = cell(line, name, at)
    {
        return cell;
    }
    // `[--user, ann, --password, x]`
    if !quoted
        && line[at] == b','
        && line[at..].starts_with(b", ")
        && line.get(at + 2).is_some_and(u8::is_ascii_alphanumeric)
        && line[name.begin..].starts_with(b"--")
        && name.begin < name.stem
    {
        return value(line, at + 2, Shape::Flag, false);
    }
    let length = connector(line, name, at, (gap, quoted));
    // Another attribute follows: `type="password" :title="x"`, `show-password :title="x"`.
    let attribute = gap > 0
        && line[at] == b':'
        && line.get(at + 1).is_some_and(u8::is_ascii_alphabetic)
        && (quoted || line[..name.begin].contains(&b'<') && is_attribute(&line[at + 1..]));
    // `{{ x | default("y") }}` has the value itself.
    let filtered =
        || !line[at + 1..].trim_ascii_start().starts_with(b"default") && in_template(&line[..name.begin]);
    let piped = line[at] == b'|' && (quoted || filtered());
    if attribute || piped && !line[at..].starts_with(b"||=") {
        return Link::None;
    }
    if quoted
        && gap > 0
        && let Some(start) = value_attribute(line, name, at)
    {
        return value(line, start, Shape::Quoted, false);
    }
    if let Some(link) = beside(line, at, quoted) {
        return link;
    }
    if length == 0 {
        return without_operator(line, name, at, (gap, quoted));
    }
    behind_operator(line, name, at, length, (gap, quoted))
}

/// `resource "random_password" "admin" {` of Terraform, in which a name follows.
fn opens_block(line: &[u8], name: &NamedKey) -> bool {
    line[..name.begin].ends_with(b"resource \"")
        && line[name.end..].starts_with(b"\" \"")
        && line.trim_ascii_end().ends_with(b"\" {")
}

/// Whether `text` begins as an attribute and its value do: `title="x"`.
fn is_attribute(text: &[u8]) -> bool {
    let name = text.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-').count();
    text[name..].starts_with(b"=\"")
}

/// The value behind the operator of `length` bytes at `at`.
fn behind_operator(
    line: &[u8],
    name: &NamedKey,
    at: usize,
    length: usize,
    (gap, quoted): (usize, bool),
) -> Link {
    let arrow = &line[at..at + length];
    let element_of_list = arrow == b",";
    let mut at = at + length;
    let behind = blank(line, &mut at);
    // `**Password:** x`, `**Acme API key:** x` of Markdown.
    let bold =
        || memchr::memmem::find(&line[name.begin.saturating_sub(FILLER_MAX)..name.begin], b"**").is_some();
    if line[at..].starts_with(b"** ") && bold() {
        at += 2;
        blank(line, &mut at);
    }
    if at == line.len() {
        return Link::Open(at);
    }
    // Quotes of Japanese.
    if let Some(inner) = line[at..].strip_prefix("\u{300c}".as_bytes())
        && let Some(length) = memchr::memmem::find(near(inner, 0, VALUE_MAX), "\u{300d}".as_bytes())
    {
        let start = at + "\u{300c}".len();
        let (end, spaced) = (start + length, gap > 0);
        return Link::Value(Value { start, end, shape: Shape::Quoted, spaced, open: false });
    }
    if arrow.starts_with(b":")
        && let Some(after) = annotation(line, at)
    {
        return value(line, after, Shape::Quoted, true);
    }
    let joined = arrow == b":" && gap == 0 && behind == 0 && !quoted;
    if joined && name.kind == Kind::Secret && line[..name.begin].ends_with(b"/") && is_tag(line, at) {
        return Link::None;
    }
    // What a program compares with, if it is an expression.
    let compares = arrow.windows(2).any(|pair| matches!(pair, b"==" | b"!="));
    let expression =
        || line[at..].iter().take_while(|byte| !byte.is_ascii_whitespace()).any(|byte| b"(?)".contains(byte));
    if compares && !opens_quote(line, at) && expression() {
        return Link::None;
    }
    if let Some(link) = wrapped(line, at, arrow, quoted) {
        return link;
    }
    // `name: DB_PASSWORD, value: x` and `key="password" value="x"`.
    if quoted && let Some(after) = value_word(line, at) {
        return value(line, after, Shape::Quoted, false);
    }
    if element_of_list {
        return if opens_quote(line, at) { value(line, at, Shape::Listed, false) } else { Link::None };
    }
    // A path of names in a program, or a cell of a table.
    if arrow == b"::" && !opens_quote(line, at)
        || arrow == b"->"
        || name.kind == Kind::Weak && arrow.starts_with(b"|")
    {
        return value(line, at, Shape::Loose, false);
    }
    if behind > 0
        && name.kind == Kind::Password
        && line[..name.begin].trim_ascii().is_empty()
        && let Some(end) = unbroken(line, at)
    {
        return Link::Value(Value { start: at, end, shape: Shape::Bare, spaced: gap > 0, open: false });
    }
    value(line, at, Shape::Bare, gap > 0 && behind > 0)
}

/// `docker.io/acme/secret-sync:2c6e9723`: the tag of an image, which is a short revision. A file and what it holds,
/// as grep prints them, look alike otherwise.
fn is_tag(line: &[u8], at: usize) -> bool {
    let word = &line[at..word_end(line, at).min(at + TAG_LENGTH_MAX + 1)];
    word.len() <= TAG_LENGTH_MAX && word.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a template is open at the end of `before`, where `|` calls a filter: `{{ x.password | b64enc }}`.
fn in_template(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(2 * FILLER_MAX)..];
    let open = memchr::memmem::rfind(near, b"{{");
    open.is_some_and(|open| memchr::memmem::find(&near[open..], b"}}").is_none())
}

/// Length of what connects a name and its value, 0 if nothing does.
fn connector(line: &[u8], name: &NamedKey, at: usize, (gap, quoted): (usize, bool)) -> usize {
    // The colon of full width, the rules of a drawn table, and dots that lead to a column.
    let dots = line[at..].iter().take(64).take_while(|byte| **byte == b'.').count();
    match &line[at..] {
        [0xef, 0xbc, 0x9a, ..] => 3,
        [0xe2, 0x94, 0x82, ..] | [0xe2, 0x95, 0x91, ..] if gap > 0 => 3,
        // "is", in Chinese and in Japanese.
        [0xe6, 0x98, 0xaf, ..] | [0xe3, 0x81, 0xaf, ..] if !quoted => 3,
        // An arrow.
        [0xe2, 0x86, 0x92, ..] if gap > 0 => 3,
        _ if gap > 0 && dots > 2 || dots > 7 => dots,
        rest => {
            // `{password, "x"}` of Erlang, `:password, "x"` of Elixir.
            let atom = matches!(line[..name.begin].last(), Some(b'{' | b':' | b'('));
            let text = atom && (opens_quote(line, at + 2) || rest.starts_with(b", <<\""));
            operator(rest, quoted || text, gap)
        }
    }
}

/// A value that stands behind its name without an operator between them.
fn beside(line: &[u8], at: usize, quoted: bool) -> Option<Link> {
    // `name=password,value=x`, `{name: DB_PASSWORD, value: x}`
    if !quoted && line[at] == b',' {
        let next = at + 1 + usize::from(line.get(at + 1) == Some(&b' '));
        return value_word(line, next).map(|after| value(line, after, Shape::Bare, false));
    }
    if !quoted {
        return None;
    }
    if let Some(argument) = typed(line, at) {
        return Some(value(line, argument, Shape::Quoted, false));
    }
    // `<property name="password"><value>x</value>`
    line[at..].starts_with(b"><").then(|| element_inside(line, at + 1))
}

/// The cell behind one that holds nothing but the name: `name,value,2026-01-01`, `prod;NAME;value`.
fn cell(line: &[u8], name: &NamedKey, at: usize) -> Option<Link> {
    let separator = line[at];
    let begins = name.begin == 0 || line[name.begin - 1] == separator;
    // Rows of sqlite3(1) are short.
    let parts = matches!(separator, b',' | b';') || separator == b'|' && name.begin < CELL_MAX;
    if !begins || !parts {
        return None;
    }
    let window = near(line, at + 1, VALUE_MAX);
    let length = window.iter().position(|&byte| byte == separator || ends_bare(byte)).unwrap_or(window.len());
    let start = at + 1;
    let closed = window.get(length).is_none_or(|byte| *byte == separator || *byte == b'\r');
    (closed && length > 0).then_some(Link::Value(Value {
        start,
        end: start + length,
        shape: Shape::Listed,
        spaced: false,
        open: false,
    }))
}

/// A value in a pair of brackets of its own.
fn wrapped(line: &[u8], at: usize, arrow: &[u8], quoted: bool) -> Option<Link> {
    // `{password, <<"x">>}` of Erlang.
    if arrow == b"," && line[at..].starts_with(b"<<\"") {
        return Some(value(line, at + 2, Shape::Quoted, false));
    }
    // `"spring.mail.password": {"value": "x"`
    let inner = line[at..].strip_prefix(b"{").filter(|_| quoted)?.trim_ascii_start();
    let named = [&b"\"value\":"[..], b"\"Default\":", b"\"default\":"];
    // `{"sensitive": true, "type": "string", "value": "x"}`
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"\": ,".contains(byte);
    let typed = || {
        let at = memchr::memmem::find(near(inner, 0, FILLER_MAX * 2), b"\"value\":")?;
        inner[..at].iter().all(plain).then(|| &inner[at + b"\"value\":".len()..])
    };
    let rest = named.iter().find_map(|name| inner.strip_prefix(*name)).or_else(typed);
    let rest = rest.or(behind_host(inner))?.trim_ascii_start();
    let start = line.len() - rest.len();
    Some(if rest.is_empty() { Link::Open(at) } else { value(line, start, Shape::Quoted, false) })
}

/// What is behind the name of a host and a colon: `"gitlab.example.org": `, for which the value is.
fn behind_host(text: &[u8]) -> Option<&[u8]> {
    let host = text.strip_prefix(b"\"")?;
    let length = host.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(byte)).count();
    host[..length].contains(&b'.').then(|| host[length..].strip_prefix(b"\":")).flatten()
}

/// Skips the quotes and brackets behind a key; says whether there was a quote.
fn closing(line: &[u8], at: &mut usize) -> bool {
    let mut quoted = false;
    for _ in 0..6 {
        match line.get(*at) {
            Some(b'"' | b'\'' | b'`') => quoted = true,
            Some(b']' | b'}' | b'\\' | b'*') => {}
            Some(b')') if quoted => {}
            _ => break,
        }
        *at += 1;
    }
    quoted
}

pub(super) fn blank(line: &[u8], at: &mut usize) -> usize {
    let count = line[*at..].iter().take(GAP_MAX).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    *at += count;
    count
}

/// Length of the operator at the beginning of `rest`, 0 if there is none.
fn operator(rest: &[u8], quoted: bool, gap: usize) -> usize {
    let run = OPERATOR.run(&rest[..rest.len().min(OPERATOR_MAX)]);
    let symbols = &rest[..run];
    let spaced = gap > 0 && rest.get(run).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
    match symbols {
        b"" => 0,
        b"," | b"|," => usize::from(quoted),
        b",<<" if rest.get(3) == Some(&b'"') => 1,
        b"-" | b"--" | b"|" | b"||" | b"??" | b"~" if spaced => run,
        b"<-" | b"->" | b"~>" => run,
        _ if symbols.iter().any(|byte| matches!(byte, b'=' | b':')) => {
            // An operator ends with its last `=`, `:` or `>`; what follows belongs to the value.
            symbols
                .iter()
                .rposition(|byte| matches!(byte, b'=' | b':' | b'>' | b'|'))
                .map_or(0, |last| last + 1)
        }
        _ => 0,
    }
}

/// A flag and its argument, a word after a space, `is`, or other words before an operator.
fn without_operator(line: &[u8], name: &NamedKey, at: usize, (gap, quoted): (usize, bool)) -> Link {
    if gap == 0 {
        return if line[at] == b'[' { filler(line, at) } else { asked(line, at) };
    }
    let dashes = line[name.begin..].iter().take(2).take_while(|byte| **byte == b'-').count();
    let option = dashes == 2
        || dashes == 1 && name.begin > 0 && line[name.begin - 1] == b' ' && name.kind != Kind::Weak;
    if option && name.begin < name.stem {
        return value(line, at, Shape::Flag, false);
    }
    // The last part of a path: what stands beside it in a listing is no value of it.
    if line[..name.begin].ends_with(b"/") {
        return Link::None;
    }
    if opens_quote(line, at) {
        return string_behind(line, name, at, quoted);
    }
    if let Some(after) = behind_type(line, at).or_else(|| sent(line, name, at).filter(|_| !quoted)) {
        return value(line, after, Shape::Bare, false);
    }
    // `os.getenv("TOKEN") or "x"`
    if quoted && line[at..].starts_with(b"or ") && opens_quote(line, at + 3) {
        return value(line, at + 3, Shape::Quoted, false);
    }
    if let Some(end) = alone(line, name, at) {
        return Link::Value(Value { start: at, end, shape: Shape::Quoted, spaced: true, open: false });
    }
    // A column of names and one of values: `password           vvu(+Di91d6xDbWWdi`.
    if gap > 1
        && name.kind == Kind::Password
        && line[..name.begin].trim_ascii().is_empty()
        && let Some(end) = unbroken(line, at)
    {
        return Link::Value(Value { start: at, end, shape: Shape::Quoted, spaced: true, open: false });
    }
    // Between them whether the setting belongs to a slot: `DB_PASSWORD  False  x`.
    if gap > 1
        && let Some(state) = [&b"False "[..], b"True "].iter().find(|state| line[at..].starts_with(state))
    {
        let mut after = at + state.len();
        return if blank(line, &mut after) > 1 { value(line, after, Shape::Bare, true) } else { Link::None };
    }
    // A name that is the value of another pair, as in a log: what follows is the next one.
    let is_value = !quoted && line[..name.begin].ends_with(b"=");
    if is_value && value_word(line, at).is_none() && line[at..word_end(line, at)].contains(&b'=') {
        return Link::None;
    }
    let filled = if is_value { Link::None } else { filler(line, at) };
    if matches!(filled, Link::None) && is_plain_word(line, name, at) {
        return Link::None;
    }
    // A type before the value: `As String = "x"`.
    if !quoted && matches!(filled, Link::Value(Value { shape: Shape::Quoted, .. })) {
        return filled;
    }
    if let Some(length) = verb(&line[at..]).filter(|length| at + length < line.len()) {
        return value(line, at + length, Shape::Loose, true);
    }
    if let Some(after) = value_word(line, at) {
        return value(line, after, Shape::Quoted, false);
    }
    match filled {
        // The attribute behind the one with the name.
        _ if quoted => Link::None,
        // `set psksecret x` of a console.
        Link::None if is_set(&line[..name.begin]) => value(line, at, Shape::Bare, true),
        Link::None => value(line, at, Shape::Loose, true),
        other => other,
    }
}

/// A string that only white space parts from its name, which is `quoted` itself or is not.
fn string_behind(line: &[u8], name: &NamedKey, at: usize, quoted: bool) -> Link {
    // One argument ends with a variable, and the next begins with one: `-H "Token: $TOKEN" "$API/…"`.
    let variable = matches!(line[..name.begin], [.., b'$'] | [.., b'$', b'{']);
    if quoted && variable && matches!(line[at..], [b'"', b'$', ..]) {
        return Link::None;
    }
    // The kind and the name of something: `resource "x_secret" "y" {`.
    let block =
        || [&b"resource \""[..], b"data \"", b"ephemeral \""].iter().any(|kind| line.starts_with(kind));
    if quoted && block() && line.trim_ascii_end().ends_with(b"{") {
        return Link::None;
    }
    let surely = !name.short
        || line[..name.begin].trim_ascii().is_empty()
        || !quoted && sent(line, name, at).is_some();
    value(line, at, if surely { Shape::Quoted } else { Shape::Loose }, true)
}

/// A type between `:` and `=`: `password: str = "x"`. Returns where the value begins.
fn annotation(line: &[u8], at: usize) -> Option<usize> {
    // Most text has none.
    memchr::memchr(b'=', near(line, at, FILLER_MAX + 1))?;
    let length = TYPE.run(near(line, at, FILLER_MAX));
    let operator = at + length;
    if length == 0 || line.get(operator) != Some(&b'=') || matches!(line.get(operator + 1), Some(b'=' | b'>'))
    {
        return None;
    }
    let mut after = operator + 1;
    blank(line, &mut after);
    opens_quote(line, after).then_some(after)
}

/// `value=` or `"value":` at `at`, as XML and lists of pairs have it; returns where the value begins.
fn value_word(line: &[u8], at: usize) -> Option<usize> {
    let mut at = at + line[at..].iter().take(2).take_while(|byte| matches!(byte, b'"' | b'\'')).count();
    let word = [&b"value"[..], b"parametervalue", b"defaultvalue", b"default", b"content"]
        .into_iter()
        .find(|word| line[at..].len() > word.len() && line[at..at + word.len()].eq_ignore_ascii_case(word))?;
    at += word.len();
    at += usize::from(matches!(line.get(at), Some(b'"' | b'\'')));
    blank(line, &mut at);
    if !matches!(line.get(at), Some(b'=' | b':')) {
        return None;
    }
    at += 1;
    blank(line, &mut at);
    Some(at)
}

/// The text a test or a script types into a field: `("password").send_keys("x")`. Returns where it begins.
fn typed(line: &[u8], at: usize) -> Option<usize> {
    const CALLS: [&[u8]; 5] = [b".send_keys(", b".sendKeys(", b".fill(", b".type(", b".set_value("];
    if line[at] != b'.' {
        return None;
    }
    let call = CALLS.iter().find(|call| line[at..].starts_with(call))?;
    opens_quote(line, at + call.len()).then_some(at + call.len())
}

/// The string behind the one that ends at `end`: the next argument (`Client("key", "x")`), or what a plan changes the value
/// to (`"old" -> "x"`).
pub(super) fn next_string(line: &[u8], end: usize) -> Option<Range<usize>> {
    let quote = *line.get(end).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let open = line[end + 1..].strip_prefix(b", ").or(line[end + 1..].strip_prefix(b" -> "))?;
    let text = open.strip_prefix(&[quote])?;
    let start = line.len() - text.len();
    let length = memchr::memchr(quote, near(line, start, VALUE_MAX)).filter(|length| *length > 0)?;
    Some(start..start + length)
}

/// At most `length` bytes of `line` from `at` on.
pub(super) fn near(line: &[u8], at: usize, length: usize) -> &[u8] {
    &line[line.len().min(at)..line.len().min(at + length)]
}

/// The first argument of a call, if it is a string.
fn call(line: &[u8], name: &NamedKey, at: usize) -> Link {
    // `password.encode("ascii")` does something with a secret; `pass("x")` may do anything.
    if line[name.stem..name.end].contains(&b'.') || looks_up(&line[name.begin..name.stem]) {
        return Link::None;
    }
    let shape = if name.short { Shape::Loose } else { Shape::Quoted };
    let mut at = at;
    blank(line, &mut at);
    if at == line.len() {
        return Link::Open(at);
    }
    // `PASSWORD(x)`, as job control languages have it.
    if line[name.begin..name.end].iter().all(u8::is_ascii_uppercase) && !opens_quote(line, at) {
        return value(line, at, Shape::Loose, false);
    }
    if opens_quote(line, at) { value(line, at, shape, false) } else { Link::None }
}

/// Whether a function with this before its name does something with a secret that its argument is not: `get_password("app")`.
fn looks_up(before: &[u8]) -> bool {
    const VERBS: [&[u8]; 8] = [b"get", b"fetch", b"find", b"lookup", b"delete", b"load", b"read", b"forgot"];
    let before = &before[memchr::memrchr(b'.', before).map_or(0, |point| point + 1)..];
    let word = &before[..before.iter().take_while(|byte| byte.is_ascii_alphabetic()).count()];
    let word = &word[..word.iter().skip(1).take_while(|byte| byte.is_ascii_lowercase()).count()
        + usize::from(!word.is_empty())];
    VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

/// What ends a value without quotes, and what stands around one with them.
pub(in crate::redact) fn ends_bare(byte: u8) -> bool {
    ENDS_BARE.has(byte)
}
