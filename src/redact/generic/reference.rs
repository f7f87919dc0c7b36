//! Values that only point to a secret, compute one, or stand for one.

use super::makeup::{Makeup, is_dotted_name, is_random};
use super::words::contains_any;
use crate::redact::value::is_placeholder;

/// What a placeholder begins with.
const STAND_INS: [&str; 5] = ["your", "insert", "replace", "xxx", "$stdin"];

fn starts(text: &[u8], prefix: &str) -> bool {
    // Most differ in the first byte.
    let folded = |text: &[u8]| text.first().map(u8::to_ascii_lowercase);
    folded(text) == folded(prefix.as_bytes())
        && text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// [`refers`] for a value of letters and digits alone.
pub(super) fn refers_plainly(text: &[u8]) -> bool {
    is_placeholder(text) || STAND_INS.iter().any(|prefix| starts(text, prefix))
}

/// Whether the value only points to a secret or computes one: a variable, a template, a path, an address.
pub(super) fn refers(text: &[u8], quoted: bool) -> bool {
    let has = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
    // `$password);` at the end of a line.
    let closers = text.iter().rev().take_while(|byte| b");,]}".contains(byte)).count();
    // `$env(SSH_PASS)` of Tcl.
    if text.starts_with(b"$env(") || text.starts_with(b"$::env(") {
        return true;
    }
    // `$$DB_PASSWORD` of make and of compose files.
    let escaped = text.strip_prefix(b"$$").is_some_and(|name| {
        name.len() > 3
            && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    });
    // The argument of a query and what it asks for: `$password){ok}}`.
    let argument = text.starts_with(b"$")
        && memchr::memmem::find(text, b"){")
            .is_some_and(|at| text[1..at].iter().all(u8::is_ascii_alphanumeric));
    let variable = escaped
        || argument
        || text[0] == b'$' && closers > 0 && is_placeholder(&text[..text.len() - closers]);
    if variable || is_stand_in(text) || is_pattern(text) {
        return true;
    }
    let template = |pair: &[u8]| matches!(pair, b"${" | b"{{" | b"$(" | b"#{" | b"<%");
    let format = memchr::memmem::find(text, b"%s")
        .is_some_and(|at| !text.get(at + 2).is_some_and(u8::is_ascii_alphanumeric));
    if is_placeholder(text) || text.windows(2).any(template) || format || has(b"...") {
        return true;
    }
    if leads_elsewhere(text) {
        // A path: words between slashes. Base64 has slashes too.
        return text[0] != b'/'
            || text[1..].iter().all(|byte| !byte.is_ascii_digit())
            || text.iter().filter(|&&byte| byte == b'/').count() > 2;
    }
    if has(b"://") && !text.contains(&b'@') {
        return true;
    }
    if quoted {
        let inner = text.strip_prefix(b"{");
        // `value={password}` of JSX.
        // Between braces Jenkins and Maven write what they have encrypted.
        let expression = |name: &[u8]| {
            name.strip_suffix(b"}").is_some_and(|name| !is_random(name, &Makeup::of(name), 24))
                || name.iter().all(u8::is_ascii_alphabetic)
        };
        return text.starts_with(b"%(") || inner.is_some_and(expression);
    }
    let first = text[0];
    matches!(
        first,
        b'{' | b'[' | b'(' | b'*' | b'&' | b'|' | b'>' | b'<' | b'%' | b'!' | b'-' | b'?' | b':' | b'\\'
    ) && !(first == b'!' || first == b'-')
        && Makeup::of(text).digits < 2
        || first == b'@'
            && text[1..].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            && Makeup::of(text).digits == 0
        || text.contains(&b'(')
            && text
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':'))
                .count()
                > 2
            && (has(b"()") || text.ends_with(b"("))
        || text.windows(2).any(|pair| matches!(pair, b"->" | b"::"))
}

/// A tag of CloudFormation, an argument in a usage, what a tool replaces.
fn is_stand_in(text: &[u8]) -> bool {
    // A tag of CloudFormation, an argument in a usage, a pattern.
    let tag = text.strip_prefix(b"!").or(text.strip_prefix(b"["));
    let is_tag = |name: &[u8]| name.len() > 2 && name.iter().all(u8::is_ascii_alphabetic);
    // `@name@` of Maven and autoconf.
    let filtered =
        text.strip_prefix(b"@").and_then(|rest| rest.strip_suffix(b"@")).is_some_and(is_dotted_name);
    // `%x61.63`, `1*VCHAR` of a grammar (RFC 5234).
    let hexadecimal = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b'-');
    let grammar = text.strip_prefix(b"%x").is_some_and(|rest| rest.iter().all(hexadecimal))
        || text
            .strip_prefix(b"1*")
            .is_some_and(|rest| rest.len() <= 8 && rest.iter().all(u8::is_ascii_uppercase));
    // A word that a manual page ends in another font.
    let typeset = text.ends_with(b"\\fP") || text.ends_with(b"\\fR");
    // `users.password%TYPE` of PL/SQL, `$__file{…}` of Grafana.
    let typed = text.ends_with(b"%TYPE")
        || text.ends_with(b"%ROWTYPE")
        || [&b"$__file{"[..], b"$__env{"].iter().any(|call| text.starts_with(call));
    // `%DB_PASSWORD%` of Windows, of which `%DB` may have been decoded.
    let variable = text.strip_suffix(b"%").is_some_and(|name| {
        name.len() > 2
            && (name[0] == b'%' || !name[0].is_ascii())
            && name[1..].iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
    });
    tag.is_some_and(is_tag) || variable || typed || typeset || grammar || filtered
}

/// Whether the text begins like a path, an address or the name of a store.
fn leads_elsewhere(text: &[u8]) -> bool {
    const PREFIXES: [&str; 23] = [
        "http://",
        "https://",
        "/",
        "./",
        "..",
        "hmac-sha256:",
        "pass:$",
        "fd:",
        "~/",
        "arn:",
        "vault:",
        "op://",
        "ssm:",
        "file:",
        "env:",
        "enter ",
        "sha256:",
        "sha512-",
        "sha256-",
        "ssh-",
        "urn:",
        "projects/",
        "@@",
    ];
    PREFIXES.iter().chain(&STAND_INS).any(|prefix| starts(text, prefix))
}

/// An expression that describes text: `(\S+)`, `[^&]+`, `.*`.
fn is_pattern(text: &[u8]) -> bool {
    const PIECES: [&[u8]; 10] =
        [b"[a-z", b"[0-9", b"\\s*", b"\\s+", b"\\S+", b"\\w+", b"\\d+", b"[^", b".*", b".+?"];
    text.iter().any(|byte| matches!(byte, b'\\' | b'[' | b'*' | b'?')) && contains_any(text, &PIECES)
}
