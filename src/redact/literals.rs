//! Known values: every way in which one may be printed, and which variables hold one.

use std::fmt::Write as _;

/// Shortest value taken from the environment; shorter ones are words.
pub(super) const ENVIRONMENT_MIN: usize = 8;
/// Shortest value a user may name.
pub(super) const NAMED_MIN: usize = 6;

/// All forms of `value`, without duplicates and without those shorter than `least`.
pub(super) fn forms(value: &[u8], least: usize) -> Vec<Vec<u8>> {
    let value = value.trim_ascii();
    let mut forms = vec![value.to_vec()];
    if memchr::memchr(b'\n', value).is_some() {
        // Each line by itself: a terminal, a prefix or an indent may change what is between them.
        forms.extend(value.split(|&byte| byte == b'\n').map(|line| line.trim_ascii().to_vec()));
        forms.push(value.iter().map(|&byte| if byte == b'\n' { b' ' } else { byte }).collect());
    }
    forms.extend([json(value), json(&json(value)), single_quoted(value), double_quoted(value), xml(value)]);
    forms.extend([percent(value, false), percent(value, true), form_encoded(value)]);
    forms.extend([hex(value, false), hex(value, true)]);
    for alphabet in [STANDARD, URL_SAFE] {
        forms.extend((0..3).map(|shift| base64_core(value, shift, alphabet)));
    }
    forms.retain(|form| form.len() >= least);
    forms.sort_unstable();
    forms.dedup();
    forms
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The characters of base64 (RFC 4648) that do not depend on what surrounds the value, when it begins `shift` bytes
/// into a group of three.
fn base64_core(value: &[u8], shift: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let first_bit = shift * 8;
    let last_bit = first_bit + value.len() * 8;
    let bit = |at: usize| {
        let at = at - first_bit;
        usize::from(value[at / 8] >> (7 - at % 8) & 1)
    };
    (first_bit.div_ceil(6)..last_bit / 6)
        .map(|character| {
            let index = (0..6).fold(0, |index, offset| index << 1 | bit(character * 6 + offset));
            alphabet[index]
        })
        .collect()
}

fn json(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    for &byte in value {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            _ => out.push(byte),
        }
    }
    out
}

/// Inside single quotes of a shell: `'` becomes `'\''`.
fn single_quoted(value: &[u8]) -> Vec<u8> {
    replace(value, |byte| (byte == b'\'').then_some(b"'\\''".as_slice()))
}

/// Inside double quotes of a shell.
fn double_quoted(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    for &byte in value {
        if matches!(byte, b'$' | b'`' | b'"' | b'\\' | b'!') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}

fn xml(value: &[u8]) -> Vec<u8> {
    replace(value, |byte| match byte {
        b'&' => Some(b"&amp;".as_slice()),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'"' => Some(b"&quot;"),
        b'\'' => Some(b"&apos;"),
        _ => None,
    })
}

fn replace<'a>(value: &[u8], with: impl Fn(u8) -> Option<&'a [u8]>) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    for &byte in value {
        match with(byte) {
            Some(other) => out.extend_from_slice(other),
            None => out.push(byte),
        }
    }
    out
}

/// Percent-encoding of everything but unreserved characters (RFC 3986 2.3).
fn percent(value: &[u8], upper: bool) -> Vec<u8> {
    let mut out = String::with_capacity(value.len());
    for &byte in value {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
                Ok(())
            }
            _ if upper => write!(out, "%{byte:02X}"),
            _ => write!(out, "%{byte:02x}"),
        };
    }
    out.into_bytes()
}

/// As in a submitted form: like percent-encoding, with `+` for a space.
fn form_encoded(value: &[u8]) -> Vec<u8> {
    let percent = String::from_utf8_lossy(&percent(value, true)).replace("%20", "+");
    percent.into_bytes()
}

fn hex(value: &[u8], upper: bool) -> Vec<u8> {
    let mut out = String::with_capacity(value.len() * 2);
    for byte in value {
        // Writing to a String cannot fail.
        let _ = if upper { write!(out, "{byte:02X}") } else { write!(out, "{byte:02x}") };
    }
    out.into_bytes()
}

/// Parts of a variable's name that say it holds a secret.
const NAME_PARTS: [&str; 18] = [
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "SSH_KEY",
    "CREDENTIAL",
    "CONNECTION_STRING",
    "ENCRYPTION_KEY",
    "SIGNING_KEY",
    "AUTH_KEY",
    "MASTER_KEY",
    "ACCOUNT_KEY",
    "WEBHOOK_URL",
];
/// Ends of such names.
const NAME_ENDS: [&str; 8] = ["_PASS", "_PWD", "_DSN", "_PAT", "_PSK", "_JWT", "_AUTH", "_COOKIE"];
/// Ends of names that only point to a secret or describe one.
const NAME_EXEMPT: [&str; 12] = [
    "_FILE",
    "_PATH",
    "_DIR",
    "_NAME",
    "_ID",
    "_TYPE",
    "_TTL",
    "_SOCK",
    "_USER",
    "_PROVIDER",
    "_HELPER",
    "_URI",
];

/// Whether a variable of this name usually holds a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    if name == "SSH_AUTH_SOCK" || name == "PWD" || name == "OLDPWD" {
        return false;
    }
    let holds = NAME_PARTS.iter().any(|part| name.contains(part))
        || NAME_ENDS.iter().any(|end| name.ends_with(end))
        || matches!(name.as_str(), "PGPASSWORD" | "MYSQL_PWD" | "DATABASE_URL" | "REDIS_URL" | "MONGODB_URI");
    holds && !NAME_EXEMPT.iter().any(|end| name.ends_with(end) && name != "MONGODB_URI")
}

/// The secret part of a variable's value: of a URL with credentials, its password.
pub(super) fn secret_part(value: &[u8]) -> Option<&[u8]> {
    let Some(at) = memchr::memmem::find(value, b"://") else { return Some(value) };
    let rest = &value[at + 3..];
    let authority =
        &rest[..rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len())];
    match memchr::memrchr(b'@', authority) {
        Some(host) => memchr::memchr(b':', &authority[..host]).map(|colon| &authority[colon + 1..host]),
        // A URL without a user: the path may be the secret (webhooks), short paths are none.
        None => (rest.len() > 40).then_some(value),
    }
}

/// Whether hiding this value everywhere would hide innocent text: a word, a number, a path, a flag.
pub(super) fn is_common(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let letters = value.iter().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'.'));
    let word = letters && value.len() < 16 || value.iter().all(u8::is_ascii_alphabetic) && value.len() < 10;
    word || value.iter().all(u8::is_ascii_digit)
        || value.starts_with(b"/") && !value.iter().any(u8::is_ascii_digit)
        || value.starts_with(b"./")
        || super::value::is_placeholder(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_what_other_programs_print() {
        let forms = forms(b"p@ss \"w'ord\\1", 6);
        let has = |form: &str| forms.iter().any(|known| known == form.as_bytes());
        for form in [
            "p@ss \"w'ord\\1",
            r#"p@ss \"w'ord\\1"#,
            r#"p@ss "w'\''ord\1"#,
            "p%40ss%20%22w%27ord%5C1",
            "p%40ss%20%22w%27ord%5c1",
            "p@ss &quot;w&apos;ord\\1",
            "70407373202277276f72645c31",
        ] {
            assert!(has(form), "{form}");
        }
    }

    #[test]
    fn base64_is_found_at_every_alignment() {
        // From `printf … | base64`: the value at offsets 0, 1 and 2.
        for (shift, whole) in
            [(0, "aHVudGVyMmh1bnRlcjI="), (1, "eGh1bnRlcjJodW50ZXIy"), (2, "eHhodW50ZXIyaHVudGVyMg==")]
        {
            let core = base64_core(b"hunter2hunter2", shift, STANDARD);
            assert!(whole.contains(std::str::from_utf8(&core).unwrap()), "{shift}");
            assert!(core.len() >= 17);
        }
    }

    #[test]
    fn names() {
        for name in ["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASS", "PGPASSWORD", "npm_config_authToken"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in
            ["PATH", "PWD", "SSH_AUTH_SOCK", "TOKEN_FILE", "SECRET_NAME", "AWS_ACCESS_KEY_ID", "XAUTHORITY"]
        {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn only_the_password_of_a_url_is_secret() {
        assert_eq!(secret_part(b"postgres://u:p4ssw0rd@h/db"), Some(&b"p4ssw0rd"[..]));
        assert_eq!(secret_part(b"redis://localhost:6379"), None);
        assert_eq!(secret_part(b"plain"), Some(&b"plain"[..]));
    }
}
