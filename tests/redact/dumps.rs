//! Dumps of databases: the columns are named where the table is declared, and nowhere else.

use super::stream::in_pieces;
use ledger_run::redact::Redactor;

fn redacted(text: &str) -> String {
    Redactor::default().text(text)
}

/// As sqlite3(1), mysqldump(1) and pg_dump(1) write them; `@@@` is a password.
const DUMPS: &[&str] = &[
    "BEGIN TRANSACTION;\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, password TEXT NOT NULL, n NUMERIC(4,2));\n\
     INSERT INTO users VALUES(1,'ann','@@@',1.5);\nINSERT INTO users VALUES(2,'it''s, (b)','@@@',NULL);\nCOMMIT;\n",
    "CREATE TABLE `users` (\n  `id` int(11) NOT NULL AUTO_INCREMENT,\n  `email` varchar(80) DEFAULT NULL,\n  \
     `db_password` varchar(255) DEFAULT NULL,\n  PRIMARY KEY (`id`),\n  UNIQUE KEY `by_email` (`email`)\n) ENGINE=InnoDB;\n\
     /*!40101 SET character_set_client = @saved */;\n\
     LOCK TABLES `users` WRITE;\nINSERT INTO `users` VALUES (1,'a@host.example','@@@'),(2,NULL,'@@@');\n",
    "CREATE TABLE public.users (\n    id integer NOT NULL,\n    password text,\n    name text\n);\n\n\
     ALTER TABLE public.users OWNER TO app;\nINSERT INTO public.users VALUES (1, '@@@', 'ann');\n",
    "create table if not exists \"Users\" (\n\tid int, -- a number\n\tpassword text\n)\n;\n\
     insert into users values\n  (1, '@@@'),\n  (2, '@@@');\n",
];

#[test]
fn passwords_in_dumps_are_hidden_wherever_the_stream_is_cut() {
    for dump in DUMPS {
        let text = dump.replace("@@@", "Maple7Harbor!91");
        let whole = redacted(&text);
        assert!(!whole.contains("Maple7") && whole.contains("[REDACTED:generic-password]"), "{whole}");
        // Nothing else is.
        assert_eq!(whole.replace("[REDACTED:generic-password]", "@@@"), *dump);
        assert_eq!(redacted(&whole), whole);
        for cut in 0..text.len() {
            assert_eq!(in_pieces(text.as_bytes(), &[cut]), whole.as_bytes(), "at {cut} of {text}");
        }
        let every: Vec<usize> = (1..text.len()).collect();
        assert_eq!(in_pieces(text.as_bytes(), &every), whole.as_bytes(), "byte by byte: {text}");
    }
}

#[test]
fn a_row_that_has_begun_is_not_released_when_input_pauses() {
    for dump in &DUMPS[..3] {
        let text = dump.replace("@@@", "Maple7Harbor!91");
        for cut in text.find("Maple").unwrap()..text.len() {
            let mut stream = Redactor::default().stream();
            let mut out = Vec::new();
            stream.push(&text.as_bytes()[..cut], &mut out);
            stream.idle(&mut out);
            stream.push(&text.as_bytes()[cut..], &mut out);
            stream.flush(&mut out);
            assert!(
                !String::from_utf8_lossy(&out).contains("Map"),
                "{cut}: {}",
                String::from_utf8_lossy(&out)
            );
        }
    }
}

/// As mysqldump(1) writes them: up to a megabyte of rows in a line, far more than is looked at at a time.
#[test]
fn a_line_of_many_rows_is_read_to_its_end() {
    let rows: Vec<String> = (0..4_000u32)
        .map(|n| {
            format!("({n},'it''s, (n{n})','Maple{}Harbor!91',NULL)", n.wrapping_mul(2_654_435_761) % 1_000)
        })
        .collect();
    for begin in [
        "CREATE TABLE `users` (\n  `id` int,\n  `name` text,\n  `password` text,\n  `at` date\n);\nINSERT INTO `users` VALUES ",
        "INSERT INTO `app`.`users` (`id`, `name`, `password`, `at`) VALUES ",
    ] {
        all_rows_are_hidden(&format!("{begin}{};\nanother line\n", rows.join(",")));
    }
}

fn all_rows_are_hidden(text: &str) {
    let whole = redacted(text);
    assert!(text.len() > 150_000 && whole.matches("[REDACTED:generic-password]").count() == 4_000);
    assert!(!whole.contains("Maple") && whole.ends_with(",NULL);\nanother line\n"));
    assert_eq!(redacted(&whole), whole);
    for size in [1, 999, 4_096, 32_768, 65_536] {
        let cuts: Vec<usize> = (1..text.len()).step_by(size).collect();
        let output = in_pieces(text.as_bytes(), &cuts);
        let same = output.iter().zip(whole.as_bytes()).take_while(|(one, other)| one == other).count();
        let around = &output[same.saturating_sub(200)..output.len().min(same + 200)];
        assert!(
            output == whole.as_bytes(),
            "in pieces of {size}, at {same}: {}",
            String::from_utf8_lossy(around)
        );
    }
}

/// Nobody waits for its rows, so that one that came whole must not be read either.
#[test]
fn a_list_of_columns_that_is_none_is_not_read_because_another_follows() {
    let text = "INSERT INTO t (i\u{e9}d, password) VALUES (1,'Maple7Harbor!91'),(2,'INTO t (id, password) VALUES (1,'Maple8Harbor!92');\n";
    let whole = redacted(text);
    for size in [1, 3, 7, 40] {
        let cuts: Vec<usize> = (1..text.len()).step_by(size).collect();
        assert_eq!(String::from_utf8_lossy(&in_pieces(text.as_bytes(), &cuts)), whole);
    }
}

#[test]
fn what_is_no_row_of_a_table_with_secrets_is_left() {
    for text in [
        "CREATE TABLE users (id int, password text);\nINSERT INTO others VALUES (1, 'Maple7Harbor!91');\n",
        "CREATE TABLE users (id int, password text);\nINSERT INTO users VALUES (1, NULL), (2, '');\n",
        "CREATE TABLE users (id int, password text);\nINSERT INTO users SELECT id, 'Maple7Harbor!91' FROM t;\n",
        "CREATE TABLE posts (id int, title text);\nINSERT INTO posts VALUES (1, 'Maple7Harbor!91');\n",
        "CREATE TABLE users AS SELECT password FROM t;\nINSERT INTO users VALUES ('Maple7Harbor!91');\n",
        "You can create table users (id int, password text) first.\nThen look into users values and see.\n",
    ] {
        assert_eq!(redacted(text), text);
    }
}
