//! The only place that writes to standard error: one line for one trouble.

use std::fmt::Display;
use std::io::Write as _;

/// Says `trouble` on one line of standard error. Control characters in it are escaped: it may quote what others wrote.
/// A closed standard error is no reason to fail.
pub fn warn(program: &str, trouble: impl Display) {
    let line: String = trouble.to_string().chars().flat_map(visible).collect();
    let _ = writeln!(std::io::stderr(), "{program}: {line}");
}

fn visible(character: char) -> impl Iterator<Item = char> {
    let escaped: Box<dyn Iterator<Item = char>> = if character.is_control() {
        Box::new(character.escape_default())
    } else {
        Box::new(std::iter::once(character))
    };
    escaped
}
