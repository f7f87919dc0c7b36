//! Tables with a column of secrets: what `psql` and `mysql` print, CSV (RFC 4180), Markdown, files with a comment that
//! names their columns, and the rows of a dump below `COPY … FROM stdin` or `INSERT … VALUES`.
//!
//! The line with the names of the columns is remembered as long as lines of as many cells follow. A cell below the name
//! of a secret is judged behind that name, as if both stood on one line.

use super::expected::Candidate;
use super::generic::sql_row;
use std::ops::Range;

/// What parts cells, those that cannot be in a name first.
const SEPARATORS: [&[u8]; 6] = ["\u{2502}".as_bytes(), b"|", b"\t", b",", b";", SPACES];
/// Columns under each other with nothing but white space between them.
const SPACES: &[u8] = b"  ";
/// Any white space, as below `# client  server  secret`.
const BLANK: &[u8] = b" ";
/// As below `### server:login:password`.
const COLON: &[u8] = b":";
/// Rows in parentheses, one or more a line.
const TUPLES: &[u8] = b"(";
/// Longest line that is looked at, most columns, longest name of one.
pub(super) const LINE_MAX: usize = 4096;
const COLUMNS_MAX: usize = 64;
const NAME_MAX: usize = 40;
/// Most spaces in the name of a column of CSV; sentences have more.
const CSV_SPACES_MAX: usize = 2;

/// The columns of a table that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    separator: &'static [u8],
    columns: usize,
    /// Which of them hold secrets, and their names.
    secret: Vec<(usize, Vec<u8>)>,
    /// It is one only if a rule follows: sentences have wide white space too.
    ruled: bool,
}

impl Table {
    /// The table that begins with `line`; `names_secret` tells whether a name is one of a secret.
    pub(super) fn begun_by(line: &[u8], names_secret: impl Fn(&[u8]) -> bool) -> Option<Self> {
        let statement = statement(line).or_else(|| selected(line));
        let comment = comment(line).or(statement.as_ref().map(|_| 0));
        let (separator, cells) = match comment {
            Some(begin) => {
                statement.or_else(|| heads(line, begin).filter(|heads| are_names(line, &heads.1)))?
            }
            None => separator(line).map(|separator| (separator, cells(line, separator)))?,
        };
        let names = || cells.iter().map(|cell| unquoted(&line[cell.clone()]));
        let spaces = match separator {
            b"," | b";" => CSV_SPACES_MAX * usize::from(may_have_spaces(line, separator)),
            _ => NAME_MAX,
        };
        let all_names = || names().all(|name| is_name(name, spaces));
        if !(2..=COLUMNS_MAX).contains(&cells.len()) || comment.is_none() && !all_names() {
            return None;
        }
        let secret: Vec<_> = names()
            .enumerate()
            .filter(|(_, name)| names_secret(name))
            .map(|(index, name)| (index, name.to_vec()))
            .collect();
        let ruled = separator == SPACES && !line.iter().any(u8::is_ascii_uppercase);
        (!secret.is_empty()).then_some(Self { separator, columns: cells.len(), secret, ruled })
    }

    /// The rows in parentheses of a table with so many columns, of which the `secret` ones hold secrets.
    pub(super) fn of_rows(columns: usize, secret: Vec<(usize, Vec<u8>)>) -> Self {
        Self { separator: TUPLES, columns, secret, ruled: false }
    }

    /// The same behind `line`, if that is a row or a rule of it.
    pub(super) fn pass(self, line: &[u8]) -> Option<Self> {
        if self.ruled {
            return is_rule(line).then_some(Self { ruled: false, ..self });
        }
        let ends = self.separator == TUPLES && line.trim_ascii_end().ends_with(b";");
        (is_rule(line) || !ends && !self.rows(line).is_empty()).then_some(self)
    }

    /// The cells of `line` that may be secrets.
    pub(super) fn candidates(&self, line: &[u8]) -> Vec<Candidate> {
        let rows = if self.ruled { Vec::new() } else { self.rows(line) };
        let cells = rows.iter().flat_map(|cells| self.secret.iter().map(move |column| (cells, column)));
        let candidate = |(cells, (index, name)): (&Vec<Range<usize>>, &(usize, Vec<u8>))| {
            let cell = cells.get(*index)?;
            let text = unquoted(&line[cell.clone()]);
            let start = cell.start + usize::from(text.len() < cell.len());
            Some(Candidate::of_cell(line, name, start..start + text.len()))
        };
        cells.filter_map(candidate).collect()
    }

    /// The cells of the row that `line` is, or of the rows in it.
    fn rows(&self, line: &[u8]) -> Vec<Vec<Range<usize>>> {
        if line.len() > LINE_MAX {
            return Vec::new();
        }
        let mut from = 0;
        let rows: Vec<_> = if self.separator == TUPLES {
            std::iter::from_fn(|| sql_row(line, &mut from)).collect()
        } else {
            vec![cells(line, self.separator)]
        };
        if rows.iter().all(|cells| cells.len() == self.columns) { rows } else { Vec::new() }
    }
}

/// The columns of a statement whose rows are the lines below it, and what parts their cells: `COPY t (a, b) FROM stdin;`
/// as pg_dump(1) writes it, `INSERT INTO t (a, b) VALUES` without an end.
fn statement(line: &[u8]) -> Option<(&'static [u8], Vec<Range<usize>>)> {
    let is = |text: &[u8], word: &[u8]| {
        text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let line = line.trim_ascii_end();
    let begin = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let verbs: [(&[u8], &'static [u8]); 3] = [(b"copy ", b"\t"), (b"insert ", TUPLES), (b"replace ", TUPLES)];
    let (_, separator) = verbs.into_iter().find(|(verb, _)| is(&line[begin..], verb))?;
    let open = begin + memchr::memchr(b'(', &line[begin..])? + 1;
    let close = open + memchr::memchr(b')', &line[open..])?;
    let rest = line[close + 1..].trim_ascii_start();
    let goes_on = if separator == TUPLES {
        is(rest, b"values") && !line.ends_with(b";")
    } else {
        rest.eq_ignore_ascii_case(b"from stdin;")
    };
    if !goes_on {
        return None;
    }
    let mut from = open;
    let cells = line[open..close].split(|byte| *byte == b',').map(|cell| {
        let beside = |byte: &&u8| b" \t`\"[]".contains(byte);
        let (lead, tail) =
            (cell.iter().take_while(beside).count(), cell.iter().rev().take_while(beside).count());
        let start = from;
        from += cell.len() + 1;
        start + lead..(start + cell.len() - tail).max(start + lead)
    });
    Some((separator, cells.collect()))
}

/// The columns that a command line asks for whose output has no heads, and what parts the cells of that:
/// `sqlite3 app.db "select user, password from t"`, `psql -At -c "…"`, `mysql -N -e "…"`.
fn selected(line: &[u8]) -> Option<(&'static [u8], Vec<Range<usize>>)> {
    const PROGRAMS: [(&[u8], &[u8]); 5] = [
        (b"sqlite3 ", b"|"),
        (b"sqlite> ", b"|"),
        (b"psql ", b"|"),
        (b"mysql ", b"\t"),
        (b"mariadb ", b"\t"),
    ];
    let find = |from: usize, words: [&[u8]; 2]| {
        let ends = |word: &[u8]| Some(from + memchr::memmem::find(line.get(from..)?, word)? + word.len());
        words.iter().filter_map(|word| ends(word)).min()
    };
    let begin = find(0, [b"select ", b"SELECT "])?;
    let end = find(begin, [b" from ", b" FROM "])? - b" from ".len();
    let program = |(name, _): &&(&[u8], &[u8])| memchr::memmem::find(&line[..begin], name).is_some();
    let (_, separator) = PROGRAMS.iter().find(program)?;
    let mut from = begin;
    let columns = line[begin..end].split(|byte| *byte == b',').map(|column| {
        let start = from;
        from += column.len() + 1;
        // Without the table it is in, and by the name it is given.
        let column = column.trim_ascii_end();
        let name =
            column.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        start + column.len() - name..start + column.len()
    });
    let columns: Vec<_> = columns.take(COLUMNS_MAX + 1).collect();
    columns.iter().all(|column| !column.is_empty()).then_some((*separator, columns))
}

/// Where the text of a comment begins that does not part its names as CSV and Markdown do.
fn comment(line: &[u8]) -> Option<usize> {
    let signs = line.iter().take_while(|byte| matches!(byte, b'#' | b';')).count();
    let blanks = line[signs..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let parted = || line[signs..].iter().any(|byte| matches!(byte, b',' | b'|' | b';'));
    (signs > 0 && !parted()).then_some(signs + blanks)
}

/// The names of columns in a comment, and what parts the cells below it.
fn heads(line: &[u8], begin: usize) -> Option<(&'static [u8], Vec<Range<usize>>)> {
    let line = line.trim_ascii_end();
    let text = line.get(begin..)?;
    let mut heads: Vec<Range<usize>> = Vec::new();
    let separator = if text.contains(&b' ') || text.contains(&b'\t') { BLANK } else { COLON };
    let mut from = begin;
    while from < line.len() && heads.len() <= COLUMNS_MAX {
        // Names may have a space in them, so one alone parts nothing.
        let parts = |pair: &[u8]| pair[0] == b'\t' || pair == b"  ";
        let rest = &line[from..];
        let end =
            if separator == COLON { memchr::memchr(b':', rest) } else { rest.windows(2).position(parts) };
        let end = from + end.unwrap_or(rest.len());
        heads.push(from..end);
        let between = |byte: &&u8| separator == COLON && **byte == b':' || matches!(byte, b' ' | b'\t');
        from = end + line[end..].iter().take_while(between).count();
    }
    Some((separator, heads))
}

/// Whether what a comment has between its wide white space can be the names of columns.
fn are_names(line: &[u8], heads: &[Range<usize>]) -> bool {
    heads.iter().all(|head| is_name(&line[head.clone()], CSV_SPACES_MAX + 1))
}

/// Words with white space between them.
fn words(line: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while found.len() <= COLUMNS_MAX {
        from += line[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if from == line.len() {
            break;
        }
        let length = line[from..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        found.push(from..from + length);
        from += length;
    }
    found
}

/// Whether the name of `length` bytes at `at` may be that of a column: nothing else is in its cell.
pub(super) fn is_column(line: &[u8], range: Range<usize>) -> bool {
    let spaces =
        |text: &mut dyn Iterator<Item = &u8>| text.take_while(|byte| matches!(byte, b' ' | b'\r')).count();
    let (lead, tail) = (spaces(&mut line[..range.start].iter().rev()), spaces(&mut line[range.end..].iter()));
    if selected(line).is_some_and(|(_, columns)| columns.iter().any(|column| column.end == range.end)) {
        return true;
    }
    let before = &line[..range.start - lead];
    let behind = &line[range.end + tail..];
    // In capitals, as programs write the heads of columns that nothing but white space parts.
    let apart = tail > 1 && (lead > 1 || before.is_empty()) || lead > 1 && behind.is_empty();
    let head = apart
        && (!line[range].iter().any(u8::is_ascii_lowercase) || is_titled(line) || is_in_small_letters(line));
    let (before, behind) =
        (before.strip_suffix(b"\"").unwrap_or(before), behind.strip_prefix(b"\"").unwrap_or(behind));
    let commented = comment(line).is_some_and(|begin| {
        heads(line, begin).is_some_and(|heads| heads.1.len() > 1 && are_names(line, &heads.1))
    });
    let parted = |separator: &&[u8]| {
        let opened = before.ends_with(separator);
        let closed = behind.starts_with(separator);
        let (first, last) = (before.is_empty(), behind.is_empty());
        if opened { closed || last } else { closed && first }
    };
    line.len() <= LINE_MAX && (head || commented || SEPARATORS.iter().any(parted))
}

/// `User       Password    Host`: words that begin with a capital, three or more, and wide white space between them.
fn is_titled(line: &[u8]) -> bool {
    let is_word = |word: &[u8]| {
        word[0].is_ascii_uppercase() && word.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let heads = heads(line, 0).map_or_else(Vec::new, |heads| heads.1);
    heads.len() > 2
        && heads
            .iter()
            .all(|head| line.get(head.clone()).is_some_and(|word| !word.is_empty() && is_word(word)))
}

/// `user_id  name  token`: the same without capitals. A rule has to follow.
fn is_in_small_letters(line: &[u8]) -> bool {
    let is_word = |word: &[u8]| {
        word[0].is_ascii_lowercase()
            && word.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_')
    };
    let parts = |pair: &[u8]| pair == b"  ";
    line.trim_ascii().windows(2).any(parts)
        && line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).all(is_word)
}

fn separator(line: &[u8]) -> Option<&'static [u8]> {
    let found = |separator: &&&[u8]| memchr::memmem::find(line, separator).is_some();
    if line.len() <= LINE_MAX { SEPARATORS.iter().find(found).copied() } else { None }
}

/// The cells of a line, without the white space around them. A line may begin and end with a separator.
fn cells(line: &[u8], separator: &[u8]) -> Vec<Range<usize>> {
    if separator == BLANK {
        return words(line);
    }
    let blank = |byte: &u8| matches!(byte, b' ' | b'\r');
    let begin = line.iter().take_while(|byte| blank(byte)).count();
    let end = line.len() - line[begin..].iter().rev().take_while(|byte| blank(byte)).count();
    let framed = line[begin..end].starts_with(separator) && separator != b"," && separator != b"\t";
    let closed = framed && end - begin > separator.len() && line[begin..end].ends_with(separator);
    let mut from = begin + if framed { separator.len() } else { 0 };
    let end = end - if closed { separator.len() } else { 0 };
    let mut found = Vec::new();
    while from <= end && found.len() <= COLUMNS_MAX {
        let length = memchr::memmem::find(&line[from..end], separator).unwrap_or(end - from);
        let cell = &line[from..from + length];
        let lead = cell.len() - cell.trim_ascii_start().len();
        // White space as wide as it may be is one separator.
        if separator != SPACES || !cell.trim_ascii().is_empty() {
            found.push(from + lead..from + lead + cell.trim_ascii().len());
        }
        from += length + separator.len();
    }
    found
}

fn unquoted(cell: &[u8]) -> &[u8] {
    match cell {
        [b'"', inner @ .., b'"'] | [b'`', inner @ .., b'`'] => inner,
        _ => cell,
    }
}

/// Whether names of columns may have spaces in them. Sentences have commas too, but a space behind each.
fn may_have_spaces(line: &[u8], separator: &[u8]) -> bool {
    !matches!(separator, b"," | b";") || !line.windows(2).any(|pair| matches!(pair, b", " | b"; "))
}

/// The name of the column whose last word is in `range`: `Secret access key` between two commas.
pub(super) fn name_ending_with(line: &[u8], range: Range<usize>) -> Range<usize> {
    if !matches!(line.get(range.end), Some(b',' | b'\r') | None) {
        return range;
    }
    let words = line[..range.start].iter().rev().take(NAME_MAX);
    let words = words.take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b' ').count();
    let begin = range.start - words;
    let opens = begin == 0 || line[begin - 1] == b',';
    let letter = line.get(begin).is_some_and(u8::is_ascii_alphabetic);
    let wide = line[begin..range.end].windows(2).any(|pair| pair == SPACES);
    let extends =
        words > 0 && opens && letter && !wide && line.len() <= LINE_MAX && may_have_spaces(line, b",");
    if extends { begin..range.end } else { range }
}

/// Whether a cell is the name of a column, with no more than `spaces` spaces in it.
fn is_name(name: &[u8], spaces: usize) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.# ".contains(byte);
    !name.is_empty()
        && name.iter().filter(|byte| **byte == b' ').count() <= spaces
        && name.len() <= NAME_MAX
        && name.iter().all(part)
        && name.iter().any(u8::is_ascii_alphabetic)
}

/// A line between rows.
fn is_rule(line: &[u8]) -> bool {
    !line.trim_ascii().is_empty() && line.iter().all(|byte| b"-+|=: \r".contains(byte) || *byte >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(line: &str) -> Option<Table> {
        Table::begun_by(line.as_bytes(), |name| name.ends_with(b"password"))
    }

    fn found(table: &Table, line: &str) -> Vec<String> {
        let text = |found: Candidate| line[found.start..found.end].to_owned();
        table.candidates(line.as_bytes()).into_iter().map(text).collect()
    }

    #[test]
    fn cells_below_a_secret_column_are_found_in_every_kind_of_table() {
        for (header, row) in [
            (" id |  name  | password ", "  1 | app    | value1  "),
            ("| id | name | password |", "| 1 | app | value1 |"),
            ("\u{2502} name \u{2502} password \u{2502}", "\u{2502} app  \u{2502} value1   \u{2502}"),
            ("user,password,role", "app,value1,admin"),
            ("\"user\",\"password\"", "\"app\",\"value1\""),
            ("host\tuser\tpassword", "h\tu\tvalue1"),
            ("host;user;password", "h;u;value1"),
            ("# client\tserver\tpassword\t\tIP addresses", "app * value1 *"),
            ("## host:user:password", "h:u:value1"),
            ("#user,password", "app,value1"),
            ("User name,Smtp password", "app,value1"),
            ("NAME       password      AGE", "a b  value1     23h"),
            ("COPY public.users (id, \"password\", at) FROM stdin;", "1\tvalue1\t2025-11-25"),
            ("INSERT INTO `users` (`id`, `password`) VALUES", "(1, 'value1'),"),
            ("insert into users(id, password) values (0, 'x'),", "  (1, N'value1'),"),
        ] {
            let table = begun(header).unwrap_or_else(|| panic!("{header}"));
            assert_eq!(found(&table, row), ["value1"], "{row}");
            assert!(table.clone().pass(row.as_bytes()).is_some());
            assert!(table.pass(b"(1 row)").is_none());
        }
    }

    #[test]
    fn a_statement_is_a_table_as_long_as_it_lasts() {
        let table = begun("INSERT INTO t (id, password) VALUES").unwrap();
        assert_eq!(
            found(&table, "(1, 'value1'), (2, 'it''s'), (3, 'value3')"),
            ["value1", "it''s", "value3"]
        );
        assert_eq!(found(&table, "(1, 'value1', 2), (2, 'x')"), [""; 0]);
        assert!(table.clone().pass(b"(1, 'value1'),").is_some());
        assert!(table.clone().pass(b"(1, 'value1');").is_none() && table.pass(b"-- done").is_none());
        let copy = begun("COPY t (id, password) FROM stdin;").unwrap();
        assert!(copy.clone().pass(b"1\t\\N").is_some() && copy.pass(b"\\.").is_none());
        for line in [
            "INSERT INTO t (id, password) VALUES (1, 'value1');",
            "INSERT INTO t (id, password) SELECT",
            "COPY t (id, password) TO stdout;",
            "COPY t (id, password) FROM 'file';",
        ] {
            assert_eq!(begun(line), None, "{line}");
        }
    }

    #[test]
    fn rules_stand_between_rows() {
        let table = begun("id | password").unwrap();
        assert!(table.clone().pass(b"----+---------").is_some() && table.pass(b"").is_none());
    }

    #[test]
    fn names_in_small_letters_need_a_rule_below_them() {
        let table = begun("id  name  password").unwrap();
        assert!(
            found(&table, "1   app   value1").is_empty() && table.clone().pass(b"1   app   value1").is_none()
        );
        let table = table.pass(b"--  ----  --------").unwrap();
        assert_eq!(found(&table, "1   app   value1"), ["value1"]);
    }

    #[test]
    fn calls_and_sentences_are_no_tables() {
        for line in [
            "# the user, the password",
            "# password: x",
            "check(user, password)",
            "the user, the password, and more",
            "password",
            "a | b",
        ] {
            assert_eq!(begun(line), None, "{line}");
        }
    }
}
