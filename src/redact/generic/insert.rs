//! Values in an SQL statement that names its columns first: `INSERT INTO t (id, password) VALUES (1, 'x'), (2, 'y')`. Rows on
//! the lines below it are those of a table ([`crate::redact::table`]).

use super::{Reading, names_secret, read_whole};
use crate::redact::byte_set::ByteSet;
use crate::redact::signs::{Kind, STEMS};
use std::ops::Range;

/// How far before a column's name the list of columns may begin, and how far behind it a value may end.
const LIST_MAX: usize = 512;
const REACH: usize = 4096;
/// Most bytes of a name before the part of it that tells, and behind it.
const NAME_MAX: usize = 64;

/// What a list of columns consists of, and what a name in it does.
const LIST: ByteSet = ByteSet::alphanumeric_and(b"_, \t`\"[].$#");
const NAME: ByteSet = ByteSet::alphanumeric_and(b"_$#");
/// What may stand between a name and its commas.
const BESIDE: ByteSet = ByteSet::of(b" \t`\"[].");

/// A column of secrets.
#[derive(Debug, PartialEq, Eq)]
struct Column {
    name: Range<usize>,
    /// Which one it is.
    index: usize,
}

/// Whether the stem at `at` is in the name of a column of secrets, whose values may follow.
pub(in crate::redact) fn is_column(line: &[u8], at: usize, length: usize, stem: u16) -> bool {
    column(line, at, length, stem).is_some()
}

/// Whether a list of columns is one in which [`is_column`] finds names: whatever else stands in it, nobody waits for its rows.
pub(in crate::redact) fn is_list(list: &[u8]) -> bool {
    LIST.run(list) == list.len()
}

/// How far into a list it finds them.
pub(in crate::redact) const LIST_REACH: usize = LIST_MAX - NAME_MAX;

/// Calls `found(start, end, id)` with the values in the column that the stem at `at` names.
pub(super) fn find(
    line: &[u8],
    at: usize,
    length: usize,
    stem: u16,
    found: &mut dyn FnMut(usize, usize, u32),
) {
    let Some(column) = column(line, at, length, stem) else { return };
    let line = &line[..line.len().min(at + REACH)];
    let behind = column.name.end + LIST.run(&line[column.name.end..]);
    let Some(rest) = line.get(behind..).and_then(|rest| rest.strip_prefix(b")")) else { return };
    let lead = rest.len() - rest.trim_ascii_start().len();
    if !rest[lead..].get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"values")) {
        return;
    }
    let name = &line[column.name.clone()];
    let mut from = behind + 1 + lead + 6;
    while let Some(row) = row(line, &mut from) {
        let Some(cell) = row.get(column.index) else { continue };
        // As if it stood behind its name.
        let pair = [name, b" = \"", &line[cell.clone()], b"\""].concat();
        let offset = name.len() + 4;
        if let Reading::Secret(start, end, id) = read_whole(&pair, at - column.name.start, length, stem)
            && start == offset
        {
            found(cell.start, cell.start + (end - offset).min(cell.len()), id);
        }
    }
}

fn column(line: &[u8], at: usize, length: usize, stem: u16) -> Option<Column> {
    if !matches!(STEMS.get(usize::from(stem))?.kind, Kind::Password | Kind::Secret) {
        return None;
    }
    // Most names end here: they are not between commas, or go on for too long.
    let near = &line[at + length..];
    let is_long = near
        .first_chunk::<NAME_MAX>()
        .is_some_and(|near| near.iter().fold(true, |all, &byte| all & is_part(byte)));
    let end = at + length + if is_long { return None } else { NAME.run(near) };
    let behind = line[end..].iter().find(|&&byte| !BESIDE.has(byte));
    if !matches!(behind, None | Some(b')' | b',')) {
        return None;
    }
    let begin = at - NAME.run_at_end(&line[at.saturating_sub(NAME_MAX)..at]);
    let before = line[..begin].iter().rev().find(|&&byte| !BESIDE.has(byte));
    if !matches!(before, Some(b'(' | b',')) {
        return None;
    }
    let before = &line[at.saturating_sub(LIST_MAX)..at];
    let (head, list) = before.split_at(memchr::memrchr(b'(', before)?);
    let list = &list[1..];
    if LIST.run(list) < list.len() {
        return None;
    }
    let table = head.trim_ascii_end();
    let quoted = |byte: &&u8| NAME.has(**byte) || b"`\"[].".contains(byte);
    let named = table.iter().rev().take_while(quoted).count();
    let verb = table[..table.len() - named].trim_ascii_end();
    // `COPY t (id, password) FROM stdin;` has its rows on the lines below.
    let into = [&b"into"[..], b"copy"]
        .iter()
        .any(|word| verb.len().checked_sub(4).is_some_and(|at| verb[at..].eq_ignore_ascii_case(word)));
    if named == 0 || !into {
        return None;
    }
    let index = list.iter().filter(|&&byte| byte == b',').count();
    let stem = &STEMS[usize::from(stem)];
    names_secret(&line[begin..end], at - begin, length, stem).then_some(Column { name: begin..end, index })
}

/// Whether `byte` is in [`NAME`], said so that a loop becomes a few vector instructions.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte == b'#'
}

/// The cells of the next row in parentheses, without their quotes; `from` is behind it then.
pub(in crate::redact) fn row(line: &[u8], from: &mut usize) -> Option<Vec<Range<usize>>> {
    const BETWEEN: ByteSet = ByteSet::of(b" \t\r\n,");
    let mut at = *from + BETWEEN.run(line.get(*from..)?);
    if line.get(at) != Some(&b'(') {
        return None;
    }
    let mut cells = Vec::new();
    loop {
        let cell = cell(line, at + 1)?;
        at = cell.end + line[cell.end..].iter().position(|byte| matches!(byte, b',' | b')'))?;
        cells.push(cell);
        if line[at] == b')' {
            *from = at + 1;
            return Some(cells);
        }
    }
}

/// The cell that begins at `at`: a string, whose quote is doubled or escaped inside, or a word.
fn cell(line: &[u8], at: usize) -> Option<Range<usize>> {
    let at = at + line.get(at..)?.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    // `N'…'` and `E'…'`.
    let letter = usize::from(matches!(line.get(at..at + 2), Some([b'N' | b'E', b'\''])));
    let Some(&quote @ (b'\'' | b'"')) = line.get(at + letter) else {
        let length = line[at..].iter().position(|byte| matches!(byte, b',' | b')'))?;
        return Some(at..at + line[at..at + length].trim_ascii_end().len());
    };
    let start = at + letter + 1;
    let mut end = start;
    loop {
        match line.get(end..)? {
            [b'\\', _, ..] => end += 2,
            [first, second, ..] if *first == quote && *second == quote => end += 2,
            [first, ..] if *first == quote => return Some(start..end),
            _ => end += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str) -> Vec<&str> {
        let at = line.find("password").unwrap();
        let stem = STEMS.iter().position(|stem| stem.text == "password").unwrap();
        let mut values = Vec::new();
        find(line.as_bytes(), at, 8, u16::try_from(stem).unwrap(), &mut |start, end, _| {
            values.push(&line[start..end]);
        });
        values
    }

    #[test]
    fn values_are_found_by_their_column() {
        for line in [
            "INSERT INTO users (id, name, password, role) VALUES (1, 'bo(b', 'Hunter-22x', 'admin');",
            "insert into `app`.`users`(`id`,`name`,`password`) values(1,'b,''ob','Hunter-22x')",
            "REPLACE INTO \"users\" (\"id\", \"name\", \"db_password\") VALUES (1, N'b\\'ob', E'Hunter-22x')",
        ] {
            assert_eq!(values(line), ["Hunter-22x"], "{line}");
        }
        assert_eq!(
            values("INSERT INTO u (password, n) VALUES ('a1b2-c3d4', 1), ('e5f6-g7h8', 2)"),
            ["a1b2-c3d4", "e5f6-g7h8"]
        );
    }

    #[test]
    fn what_is_no_value_is_left() {
        for line in [
            "INSERT INTO users (id, password) VALUES (?, ?)",
            "INSERT INTO users (id, password) VALUES ($1, $2), (:id, :password)",
            "INSERT INTO users (id, password) VALUES (1, NULL), (2, '')",
            "INSERT INTO users (id, password_hint) VALUES (1, 'a1b2-c3d4')",
            "INSERT INTO users (id, password) SELECT 1, 'a1b2-c3d4'",
            "check(id, password) VALUES (1, 'a1b2-c3d4')",
            "INSERT INTO users (id, password) VALUES (1, 'a1b2",
        ] {
            assert_eq!(values(line), [""; 0], "{line}");
        }
    }
}
