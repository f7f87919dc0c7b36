//! Tables that a dump declares before their rows: `CREATE TABLE users (id int, password text);`, and then, without the names
//! of the columns, `INSERT INTO users VALUES (1, 'x');`, as mysqldump(1), `pg_dump --inserts` and `.dump` of sqlite3(1)
//! write it.

use super::byte_set::ByteSet;
use super::expected::Candidate;
use super::generic::{LIST_REACH, is_sql_list, sql_row};
use super::table::Table;
use super::unit::Part;
use std::ops::Range;

/// Most tables that are remembered, most columns of one, most lines of a declaration.
const TABLES_MAX: usize = 32;
const COLUMNS_MAX: usize = 64;
const LINES_MAX: usize = 256;
/// How far into a line a declaration may begin: behind a prompt, or the name of a file.
const BEGIN_MAX: usize = 256;

/// What a name without quotes consists of.
const NAME: ByteSet = ByteSet::alphanumeric_and(b"_$#").and_beyond_ascii();

/// What a definition begins with that is none of a column.
const NO_COLUMNS: [&[u8]; 8] =
    [b"primary", b"unique", b"foreign", b"constraint", b"check", b"fulltext", b"spatial", b"exclude"];

/// A declared table with a column of secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Schema {
    /// In lower case, without the name of what it is in; and the list of columns behind it, if a statement has one.
    table: Vec<u8>,
    columns: usize,
    /// Which of them hold secrets, and their names.
    secret: Vec<(usize, Vec<u8>)>,
}

/// What has been declared so far.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    known: Vec<Schema>,
    open: Option<Declaration>,
    /// The table into which a line inserts rows that is too long for one unit, and goes on.
    inserting: Option<Schema>,
}

/// A declaration whose end has not come yet.
#[derive(Debug, Clone)]
struct Declaration {
    schema: Schema,
    /// Parentheses that are open.
    depth: usize,
    /// The next word begins a definition.
    expects: bool,
    lines: usize,
}

enum Read {
    Ended,
    GoesOn,
    /// It is none, or too long.
    Broken,
}

impl Schemas {
    /// Whether the next line belongs to a declaration.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether there is a table whose rows may come.
    pub(super) fn has_any(&self) -> bool {
        !self.known.is_empty()
    }

    /// Takes in a whole line; `names_secret` tells whether a name is one of a secret.
    pub(super) fn learn(&mut self, line: &[u8], names_secret: &dyn Fn(&[u8]) -> bool) {
        let begun = match self.open.take() {
            Some(declaration) => Some((declaration, line)),
            None => Declaration::begun_by(line),
        };
        let Some((mut declaration, rest)) = begun else { return };
        match declaration.read(rest, names_secret) {
            Read::GoesOn => self.open = Some(declaration),
            Read::Ended => self.add(declaration.schema),
            Read::Broken => {}
        }
    }

    /// Takes in the columns that a statement in `line` lists before its rows.
    pub(super) fn learn_listed(&mut self, line: &[u8], names_secret: &dyn Fn(&[u8]) -> bool) {
        let Some(Insert { table, list: Some(list), .. }) = Insert::find(line) else { return };
        if !is_sql_list(list) || self.known.iter().any(|known| known.table == table) {
            return;
        }
        let mut schema = Schema { table, columns: 0, secret: Vec::new() };
        let mut begin = 0;
        for column in list.split(|byte| *byte == b',') {
            if begin < LIST_REACH
                && let Some((name, _)) = name(column.trim_ascii())
                && names_secret(name)
            {
                schema.secret.push((schema.columns, name.to_vec()));
            }
            schema.columns += 1;
            begin += column.len() + 1;
        }
        self.add(schema);
    }

    fn add(&mut self, schema: Schema) {
        self.known.retain(|known| known.table != schema.table);
        if !schema.secret.is_empty() {
            self.known.truncate(TABLES_MAX - 1);
            self.known.insert(0, schema);
        }
    }

    /// The table that `line` inserts rows into, and where the rows begin.
    fn inserted(&self, line: &[u8]) -> Option<(&Schema, usize)> {
        if !self.has_any() {
            return None;
        }
        let Insert { table, rows, .. } = Insert::find(line)?;
        self.known.iter().find(|schema| schema.table == table).map(|schema| (schema, rows))
    }

    /// Where the rows begin that `line` inserts into a table with secrets.
    pub(super) fn rows_begin(&self, line: &[u8]) -> Option<usize> {
        self.inserted(line).map(|(_, rows)| rows)
    }

    /// The table of a line that has begun before `from`, and where the next row begins in what follows.
    fn rows_behind(&self, line: &[u8], from: usize) -> Option<(&Schema, usize)> {
        let schema = self.inserting.as_ref()?;
        let rest = &line[from..];
        let opens = rest.trim_ascii_start().first().is_some_and(|byte| matches!(byte, b'(' | b','));
        // In the middle of a row longer than a unit the next one is looked for.
        let begin =
            if opens { 0 } else { memchr::memmem::find(rest, b"),(").map_or(rest.len(), |at| at + 1) };
        Some((schema, from + begin))
    }

    /// The values in `line` that may be secrets.
    pub(super) fn candidates(&self, line: &[u8]) -> Vec<Candidate> {
        self.inserted(line).map_or_else(Vec::new, |(schema, begin)| schema.candidates(line, begin))
    }

    /// The same behind `from`, for a line of which other parts were before.
    pub(super) fn candidates_behind(&self, line: &[u8], from: usize) -> Vec<Candidate> {
        let rows = self.rows_behind(line, from);
        rows.map_or_else(Vec::new, |(schema, begin)| schema.candidates(line, begin))
    }

    /// Whether a line goes on that inserts rows.
    pub(super) fn is_inserting(&self) -> bool {
        self.inserting.is_some()
    }

    /// Notes that `line` was looked at, the `part` of one.
    pub(super) fn goes_on(&mut self, line: &[u8], part: Part) {
        match part {
            Part::Beginning => self.inserting = self.inserted(line).map(|(schema, _)| schema.clone()),
            Part::Whole | Part::Rest => self.inserting = None,
            Part::Segment | Part::Glimpse => {}
        }
    }

    /// Where the last row ends that is there to its end, in the part of a line in `range`.
    pub(super) fn row_end(&self, line: &[u8], range: Range<usize>) -> Option<usize> {
        let (_, begin) = self.rows_behind(line, range.start)?;
        let mut at = begin;
        let ends = std::iter::from_fn(|| sql_row(line, &mut at).map(|_| at));
        ends.take_while(|end| *end <= range.end).last()
    }

    /// The table whose rows are on the lines below `line`.
    pub(super) fn table_begun_by(&self, line: &[u8]) -> Option<Table> {
        let (schema, _) = self.inserted(line).filter(|_| !line.trim_ascii_end().ends_with(b";"))?;
        Some(Table::of_rows(schema.columns, schema.secret.clone()))
    }
}

impl Schema {
    /// The values in the rows of `line` from `begin` on that may be secrets.
    fn candidates(&self, line: &[u8], begin: usize) -> Vec<Candidate> {
        let mut from = begin;
        let rows = std::iter::from_fn(|| sql_row(line, &mut from)).filter(|row| row.len() == self.columns);
        let of_row = |row: Vec<Range<usize>>| {
            let cells = self.secret.iter().map(move |(index, name)| (row[*index].clone(), name));
            cells.map(|(cell, name)| Candidate::of_cell(line, name, cell))
        };
        rows.flat_map(of_row).collect()
    }
}

impl Declaration {
    /// The declaration that begins in `line`, and what of the line is behind the name of the table.
    fn begun_by(line: &[u8]) -> Option<(Self, &[u8])> {
        let near = line[..line.len().min(BEGIN_MAX)].to_ascii_lowercase();
        let at = memchr::memmem::find(&near, b"create table")? + b"create table".len();
        let rest = line[at..].trim_ascii_start();
        let condition = b"if not exists";
        let is_condition =
            rest.get(..condition.len()).is_some_and(|words| words.eq_ignore_ascii_case(condition));
        let rest = if is_condition { rest[condition.len()..].trim_ascii_start() } else { rest };
        let (name, length) = name(rest)?;
        let schema =
            Schema { table: [name, b"("].concat().to_ascii_lowercase(), columns: 0, secret: Vec::new() };
        Some((Self { schema, depth: 0, expects: false, lines: 0 }, &rest[length..]))
    }

    fn read(&mut self, text: &[u8], names_secret: &dyn Fn(&[u8]) -> bool) -> Read {
        self.lines += 1;
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let rest = &text[at..];
            at += match byte {
                b'(' => {
                    self.expects = self.depth == 0;
                    self.depth += 1;
                    1
                }
                b')' if self.depth == 1 => return Read::Ended,
                b')' => {
                    self.depth = self.depth.saturating_sub(1);
                    1
                }
                b',' => {
                    self.expects = self.depth == 1;
                    1
                }
                _ if rest.starts_with(b"--") => text.len(),
                _ if byte.is_ascii_whitespace() => 1,
                // What follows the name of the table is no list of columns.
                _ if self.depth == 0 => return Read::Broken,
                _ if self.expects => {
                    let Some((name, length)) = name(rest) else { return Read::Broken };
                    self.expects = false;
                    if !is_constraint(name, &rest[length..], length > name.len()) {
                        if names_secret(name) {
                            self.schema.secret.push((self.schema.columns, name.to_vec()));
                        }
                        self.schema.columns += 1;
                    }
                    length
                }
                b'\'' | b'"' | b'`' => 2 + memchr::memchr(byte, &rest[1..]).unwrap_or(rest.len()),
                _ => 1,
            };
        }
        let too_long = self.lines == LINES_MAX || self.schema.columns > COLUMNS_MAX;
        if too_long { Read::Broken } else { Read::GoesOn }
    }
}

/// Whether what begins with `name` defines no column. `key` and `index` do if they are followed by a name or a list.
fn is_constraint(name: &[u8], rest: &[u8], quoted: bool) -> bool {
    let is = |word: &[u8]| name.eq_ignore_ascii_case(word);
    let lists = || matches!(rest.trim_ascii_start().first(), Some(b'`' | b'('));
    !quoted && (NO_COLUMNS.iter().any(|word| is(word)) || (is(b"key") || is(b"index")) && lists())
}

/// The name that `text` begins with, without its quotes and the names of what it is in (`public."users"`), and how long it is
/// with them.
fn name(text: &[u8]) -> Option<(&[u8], usize)> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let closing = match rest.first()? {
            quote @ (b'"' | b'`') => Some(*quote),
            b'[' => Some(b']'),
            _ => None,
        };
        let part = if let Some(quote) = closing {
            &rest[1..=memchr::memchr(quote, &rest[1..])?]
        } else {
            &rest[..NAME.run(rest)]
        };
        at += part.len() + if closing.is_some() { 2 } else { 0 };
        if text.get(at) != Some(&b'.') {
            return (!part.is_empty()).then_some((part, at));
        }
        at += 1;
    }
}

/// A statement `INSERT INTO t (id, password) VALUES`, or without the list.
struct Insert<'a> {
    /// The name under which a [`Schema`] is known.
    table: Vec<u8>,
    list: Option<&'a [u8]>,
    /// Where its rows begin.
    rows: usize,
}

impl<'a> Insert<'a> {
    /// The first one in `line`.
    fn find(line: &'a [u8]) -> Option<Self> {
        let lower = line.to_ascii_lowercase();
        memchr::memmem::find_iter(&lower, b"into ").find_map(|at| Self::at(line, at))
    }

    /// The one whose `into` is at `at`.
    fn at(line: &'a [u8], at: usize) -> Option<Self> {
        let before = line[..at].trim_ascii_end();
        let letters = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = &before[before.len() - letters..];
        if ![&b"insert"[..], b"replace", b"ignore"].iter().any(|verb| word.eq_ignore_ascii_case(verb)) {
            return None;
        }
        let blanks = |from: usize| line[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let begin = at + 4 + blanks(at + 4);
        let (table, length) = name(&line[begin..])?;
        let end = begin + length + blanks(begin + length);
        let list = match line.get(end)? {
            b'(' => Some(&line[end + 1..end + memchr::memchr(b')', &line[end..])?]),
            _ => None,
        };
        let end = list.map_or(end, |list| end + list.len() + 2);
        let values = end + blanks(end);
        let is_values = line.get(values..values + 6)?.eq_ignore_ascii_case(b"values");
        let table = [table, list.unwrap_or_default()].join(&b'(').to_ascii_lowercase();
        is_values.then_some(Self { table, list, rows: values + 6 })
    }
}

/// Whether the words at `at` begin a declaration, or a statement that inserts rows without a list of columns.
pub(super) fn is_statement(line: &[u8], at: usize, length: usize) -> bool {
    let into = (at + length).saturating_sub(4);
    !line[into..].get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"into"))
        || Insert::at(line, into).is_some_and(|insert| insert.list.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(lines: &str) -> Schemas {
        let mut schemas = Schemas::default();
        for line in lines.lines() {
            schemas.learn(line.as_bytes(), &|name| name.ends_with(b"password"));
        }
        assert!(!schemas.is_open(), "{lines}");
        schemas
    }

    fn found(schemas: &Schemas, line: &str) -> Vec<String> {
        let text = |found: Candidate| line[found.start..found.end].to_owned();
        schemas.candidates(line.as_bytes()).into_iter().map(text).collect()
    }

    #[test]
    fn rows_are_read_as_their_table_was_declared() {
        for lines in [
            "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT DEFAULT 'a,(b', password TEXT NOT NULL, n NUMERIC(4,2));",
            "CREATE TABLE `users` (\n  `id` int(11) NOT NULL,\n  `name` varchar(40) DEFAULT NULL,\n  `password` text,\n  `n` int,\n  PRIMARY KEY (`id`),\n  KEY `by_name` (`name`,`n`)\n) ENGINE=InnoDB;",
            "CREATE TABLE IF NOT EXISTS public.users (\n    id integer NOT NULL, -- the number, a key\n    \"name\" text,\n    password character varying(255),\n    key text,\n    CONSTRAINT a CHECK ((id > 0))\n);",
            "sqlite> create table Users\n(\n id,\n name,\n password,\n [n]\n)",
        ] {
            let schemas = declared(lines);
            for row in [
                "INSERT INTO users VALUES(1,'bo''b, (x)','Hunter-22x',4);",
                "insert ignore into `app`.`users` values (1, NULL, 'Hunter-22x', 4)",
                "db> REPLACE INTO \"users\" VALUES (2,'n',E'Hunter-22x',4), (1,'short')",
            ] {
                assert_eq!(found(&schemas, row), ["Hunter-22x"], "{lines} {row}");
            }
            for row in [
                "INSERT INTO others VALUES(1,'b','Hunter-22x',4);",
                "INSERT INTO users VALUES(1,'b','Hunter-22x');",
                "INSERT INTO users (name, id, a, b) VALUES ('b', 1, 'Hunter-22x', 4);",
                "look into users values (1, 2, 'Hunter-22x', 4)",
            ] {
                assert_eq!(found(&schemas, row), [""; 0], "{lines} {row}");
            }
            let table = schemas.table_begun_by(b"INSERT INTO `users` VALUES").unwrap();
            assert_eq!(table.candidates(b"(1,'b','Hunter-22x',4),").len(), 1);
            assert_eq!(schemas.table_begun_by(b"INSERT INTO users VALUES (1,'b','x',4);"), None);
        }
    }

    #[test]
    fn what_declares_no_columns_is_forgotten() {
        for lines in [
            "CREATE TABLE users AS SELECT id, password FROM t;",
            "CREATE TABLE users LIKE password",
            "CREATE TABLE users (id int, password_hint text)",
            "CREATE TABLE users (id int, password text);\nCREATE TABLE users (id int);",
        ] {
            assert!(!declared(lines).has_any(), "{lines}");
        }
        let mut endless = Schemas::default();
        endless.learn(b"CREATE TABLE t (", &|_| true);
        (0..LINES_MAX).for_each(|_| endless.learn(b"", &|_| true));
        assert!(!endless.is_open());
    }
}
