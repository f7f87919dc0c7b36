//! Secrets that only their surroundings give away: a key that names one, a connector, a value, in every shape
//! configuration and code are written in.
//!
//! A parser, not an expression: `key` says whether an identifier names a secret, `connector` finds the value that
//! belongs to it, `judge` says whether that value can be one. `http` knows headers and URLs.

mod announce;
mod chosen;
mod code;
mod command;
mod connector;
mod element;
mod http;
mod insert;
mod judge;
mod key;
mod literal;
mod makeup;
mod other;
mod prose;
mod reference;
mod service;
mod spelling;
mod words;
mod written;

use super::schema;
use super::signs::{Kind, STEMS, Stem};
use super::table;
use super::views::is_sign;
pub(super) use announce::{Announced, Below, What, announced};
pub(super) use chosen::{is_phrase_of_some, is_phrase_of_words};
pub(super) use code::is_constant;
pub(super) use command::announced_by_command;
pub(super) use connector::ends_bare;
use connector::{Link, Shape};
pub(super) use insert::{LIST_REACH, is_column as is_sql_column, is_list as is_sql_list, row as sql_row};
pub(super) use makeup::is_wordy;
use std::ops::Range;
pub(super) use words::contains_any;
pub(super) use written::begins_bytes;

/// Ids under which generic secrets are hidden, by number.
pub(super) const IDS: [&str; 10] = [
    "private-key",
    "generic-password",
    "generic-secret",
    "generic-key",
    "http-authorization",
    "http-cookie",
    "url-credentials",
    "command-option",
    "service-key",
    "not-examined",
];
/// Number of the id for bodies of private keys.
pub(super) const PRIVATE_KEY: u32 = 0;
/// Number of the id for what could not be examined.
pub(super) const NOT_EXAMINED: u32 = 9;
/// Number of the id for arguments that an option declares to be secret.
pub(super) const OPTION: u32 = 7;
const SERVICE_KEY: u32 = 8;
const PASSWORD: u32 = 1;
const SECRET: u32 = 2;
const KEY: u32 = 3;
const AUTHORIZATION: u32 = 4;
const COOKIE: u32 = 5;
const URL: u32 = 6;

/// What was made of a key at the end of an unfinished line, or inside a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// No secret, whatever follows.
    Nothing,
    /// Nor this string, as long as it ends where it does.
    Plain(usize, usize),
    /// The line ended too early to tell; nothing before this position changes.
    Open(usize),
    /// A secret in this range, hidden under this id.
    Secret(usize, usize, u32),
}

/// Whether the stem at `at` makes its line worth examining: it may be followed by a value, here or once a layer of
/// encoding is taken off.
pub(super) fn plausible(line: &[u8], at: usize, length: usize, stem: u16) -> bool {
    let line = without_return(line);
    // What goes on for longer is no name.
    let end = at + length + rest_of_name(&line[..line.len().min(at + length + key::TAIL_MAX)], at + length);
    let behind = &line[end..];
    if (0..behind.len().min(8)).any(|at| is_sign(&behind[at..])) {
        return true;
    }
    matches!(read_whole(line, at, length, stem), Reading::Secret(..))
        || announced(line, at, length, stem).is_some()
        || names_column(line, at, length, stem)
}

/// Whether the stem at `at` is in the name of a column of secrets, or begins a statement that may be about one.
pub(super) fn names_column(line: &[u8], at: usize, length: usize, number: u16) -> bool {
    let stem = STEMS.get(usize::from(number));
    if stem.is_some_and(|stem| stem.kind == Kind::Statement) {
        return schema::is_statement(line, at, length);
    }
    let telling = |stem: &&Stem| matches!(stem.kind, Kind::Password | Kind::Secret);
    let Some(stem) = stem.filter(telling) else { return false };
    // Rows in parentheses may be in a line of any length.
    if line.len() > table::LINE_MAX {
        return insert::is_column(line, at, length, number);
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let begin = at - line[..at].iter().rev().take(40).take_while(|byte| is_part(byte)).count();
    let end = at + length + line[at + length..].iter().take(40).take_while(|byte| is_part(byte)).count();
    let name = table::name_ending_with(line, begin..end);
    // An option among others of a sentence.
    if line[name.clone()].starts_with(b"--") {
        return false;
    }
    table::is_column(line, name.clone()) && names_secret(&line[name.clone()], at - name.start, length, stem)
        || insert::is_column(line, at, length, number)
}

fn names_secret(name: &[u8], at: usize, length: usize, stem: &Stem) -> bool {
    // A name is read to its end only if something follows it.
    matches!(key::name(&[name, b" "].concat(), at, length, stem), key::Name::Key(_))
}

/// Whether `name`, in which there is the stem at `at`, is one of a secret.
pub(super) fn is_secret_name(name: &[u8], at: usize, length: usize, stem: u16) -> bool {
    let stem = STEMS.get(usize::from(stem));
    stem.filter(|stem| matches!(stem.kind, Kind::Password | Kind::Secret))
        .is_some_and(|stem| names_secret(name, at, length, stem))
}

/// Calls `found(start, end, id)` with each secret that belongs to the stem at `at`.
pub(super) fn find(
    line: &[u8],
    at: usize,
    length: usize,
    stem: u16,
    found: &mut dyn FnMut(usize, usize, u32),
) {
    match read_whole(line, at, length, stem) {
        Reading::Secret(start, end, id) => {
            found(start, end, id);
            if let Some(next) =
                connector::next_string(line, end).filter(|_| is_of_key(id) || id == SERVICE_KEY)
                && (judge::is_beside_secret(&line[next.clone()])
                    || is_changed(line, (at, length, stem), start..end, &next))
            {
                found(next.start, next.end, id);
            }
        }
        _ => insert::find(line, at, length, stem, found),
    }
}

/// Whether the secret in `old` is changed to the one in `new`: that is judged in the place of the old one.
fn is_changed(
    line: &[u8],
    (at, length, stem): (usize, usize, u16),
    old: Range<usize>,
    new: &Range<usize>,
) -> bool {
    let base = at.saturating_sub(64);
    let changed = [&line[base..old.start], &line[new.clone()], b"\""].concat();
    line[old.end + 1..].starts_with(b" -> ")
        && old.start > at
        && matches!(read_whole(&changed, at - base, length, stem), Reading::Secret(start, ..) if start == old.start - base)
}

fn read_whole(line: &[u8], at: usize, length: usize, stem: u16) -> Reading {
    read(without_return(line), at, length, stem, false)
}

/// What is not decided yet because of a stem in an unfinished line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Undecided {
    /// From where on the line may still change.
    pub(super) from: Option<usize>,
    /// A value that is none. Where another one in it is hidden, it may end elsewhere, and be judged again.
    pub(super) value: Range<usize>,
}

/// What the stem at `at` leaves undecided.
pub(super) fn undecided(text: &[u8], at: usize, length: usize, stem: u16) -> Undecided {
    let (from, value) = match read(text, at, length, stem, true) {
        Reading::Nothing => (None, 0..0),
        Reading::Plain(start, end) => (None, start..end),
        Reading::Open(from) | Reading::Secret(from, ..) => (Some(from), 0..0),
    };
    let column = || insert::is_column(text, at, length, stem).then_some(at);
    Undecided { from: from.or_else(column), value }
}

/// Length of the identifier that `at` is in, from there on.
pub(super) fn rest_of_name(line: &[u8], at: usize) -> usize {
    line[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count()
}

/// Whether secrets of this id are found by the key before them and nothing else.
pub(super) fn is_of_key(id: u32) -> bool {
    matches!(id, PASSWORD | SECRET | KEY)
}

/// Whether secrets of this id are values of a key or a header, which go as far as a key inside them could.
pub(super) fn is_pair(id: u32) -> bool {
    matches!(id, PASSWORD | SECRET | KEY | SERVICE_KEY | AUTHORIZATION | COOKIE)
}

/// Whether an argument is the name of an option that takes a secret: `--password`, `-token`.
pub(super) fn is_secret_flag(argument: &[u8]) -> bool {
    if !argument.starts_with(b"-") || argument.len() > 64 || argument.contains(&b'=') {
        return false;
    }
    // A name is read to its end only if something follows it.
    let line = [argument, b" "].concat();
    STEMS.iter().filter(|stem| matches!(stem.kind, Kind::Password | Kind::Secret)).any(|stem| {
        let lower = line.to_ascii_lowercase();
        memchr::memmem::find(&lower, stem.text.as_bytes()).is_some_and(|at| {
            matches!(key::name(&line, at, stem.text.len(), stem), key::Name::Key(name) if name.begin <= 2)
        })
    })
}

/// A line without the carriage return before its end.
fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// What the stem at `at` leads to. Only if the line is `unfinished` are readings that are still open told from those that
/// lead nowhere.
fn read(line: &[u8], at: usize, length: usize, stem: u16, unfinished: bool) -> Reading {
    let Some(stem) = STEMS.get(usize::from(stem)) else {
        return service::read(line, at, length, unfinished);
    };
    match stem.kind {
        Kind::Url => return http::url(line, at),
        Kind::Authorization => return http::authorization(line, at, length),
        Kind::Bearer => return http::bearer(line, at, length),
        Kind::Cookie => return http::cookie(line, at, length),
        Kind::Printer | Kind::Statement => return Reading::Nothing,
        // The end of a longer stem, which tells more.
        Kind::Weak if is_of_api_key(line, at, stem) => return Reading::Nothing,
        Kind::Password | Kind::Secret | Kind::Weak => {}
    }
    let name = match key::name(line, at, length, stem) {
        key::Name::Other => return Reading::Nothing,
        key::Name::Unfinished => return Reading::Open(line.len()),
        key::Name::Key(name) => name,
    };
    let held = match connector::follow(line, &name) {
        Link::None => return Reading::Nothing,
        Link::Open(from) => return Reading::Open(from),
        Link::Value(value) => value,
    };
    let told = matches!(held.shape, Shape::Bare | Shape::Loose) && line[..held.start].ends_with(b": ");
    if stem.kind == Kind::Password && told {
        let groups = line[held.start..].trim_ascii_end();
        if let Some(length) = chosen::in_fours(groups) {
            return Reading::Secret(held.start, held.start + length, PASSWORD);
        }
        if unfinished && chosen::may_be_in_fours(groups) {
            return Reading::Open(held.start);
        }
    }
    if stem.kind == Kind::Password
        && line.get(held.start).is_some_and(u8::is_ascii_lowercase)
        && matches!(held.shape, Shape::Bare | Shape::Loose)
        && (judge::begins_line(line, &name)
            || held.shape == Shape::Loose && line[..held.start].ends_with(b": "))
    {
        // An unquoted phrase goes to the end of its line.
        let phrase = line[held.start..].trim_ascii_end();
        if !name.short && chosen::is_word_list(line, &name, phrase) {
            return Reading::Secret(held.start, held.start + phrase.len(), PASSWORD);
        }
        if unfinished && chosen::may_be_word_list(&line[held.start..]) {
            return Reading::Open(held.start);
        }
    }
    // What a plan changes the value to counts if the value is none: `"changeme" -> "x"`.
    let next = connector::next_string(line, held.end).filter(|_| line[held.end + 1..].starts_with(b" -> "));
    let next = next.map(|next| connector::Value { start: next.start, end: next.end, ..held });
    let is_secret = |value: &connector::Value| judge::is_secret(line, &name, value);
    if let Some(held) = Some(held).filter(is_secret).or(next.filter(is_secret)) {
        let id = match stem.kind {
            Kind::Password => PASSWORD,
            Kind::Weak => KEY,
            _ => SECRET,
        };
        return Reading::Secret(held.start, held.whole_end(line), id);
    }
    // Whether it is the last word of its line may decide where it ends, and what closes it belongs to it if more follows.
    let closes = |byte: &u8| byte.is_ascii_whitespace() || b",.;:)]}".contains(byte);
    let may_go_on = held.open || line[held.end..].iter().all(closes);
    if may_go_on { Reading::Open(held.start) } else { Reading::Plain(held.start, held.end) }
}

/// Whether the `key` at `at` is that of `api_key`, which is a stem by itself.
fn is_of_api_key(line: &[u8], at: usize, stem: &Stem) -> bool {
    let before = &line[..at];
    let before = before.strip_suffix(b"_").or(before.strip_suffix(b"-")).unwrap_or(before);
    stem.text == "key" && before.len() >= 3 && before[before.len() - 3..].eq_ignore_ascii_case(b"api")
}

#[cfg(test)]
mod tests;
