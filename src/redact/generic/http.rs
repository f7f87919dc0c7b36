//! Credentials in headers and URLs.

use super::code::is_expression;
use super::connector::{VALUE_MAX, near, word_end};
use super::makeup::is_wordy;
use super::written::is_row;
use super::{AUTHORIZATION, COOKIE, Reading, URL};
use crate::redact::byte_set::ByteSet;
use crate::redact::value::is_placeholder;

/// Least characters of a header's credential, and of a bearer token without a header.
const CREDENTIAL_MIN: usize = 6;
const BEARER_MIN: usize = 16;
/// Most characters of a bearer token before its first digit.
const WORDS_MAX: usize = 256;
/// Bytes by which the credential of a header without a scheme is judged.
const JUDGED_MAX: usize = 128;

/// What a bearer token consists of, and what may follow it.
const TOKEN: ByteSet = ByteSet::alphanumeric_and(b"-._~+/=:");

/// `scheme://user:password@host` (RFC 3986 3.2.1); `at` is at the colon.
pub(super) fn url(line: &[u8], at: usize) -> Reading {
    let scheme = line[..at]
        .iter()
        .rev()
        .take(32)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte))
        .count();
    if scheme == 0 {
        return Reading::Nothing;
    }
    let start = at + 3;
    let rest = &line[start..];
    let length = rest.iter().take(512).position(|&byte| ends_authority(byte)).unwrap_or(rest.len().min(512));
    let authority = &rest[..length];
    // Without a user before it base64 may have slashes: `rediss://:x/y=@host`.
    let longer = rest.starts_with(b":").then(|| userless(rest)).flatten();
    let authority = longer.map_or(authority, |length| &rest[..length]);
    let length = authority.len();
    // A password may hold `@` and `/` although it should not: the last `@` before a space counts.
    let Some(host) = memchr::memrchr(b'@', authority) else {
        let open = start + length == line.len() && memchr::memchr(b':', authority).is_some();
        return if open { Reading::Open(start) } else { Reading::Nothing };
    };
    // `cvs://:pserver:user@host`: what stands before the user is a method.
    let method = if authority.starts_with(b":pserver:") { b":pserver:".len() } else { 0 };
    let (start, authority, host) = (start + method, &authority[method..], host - method.min(host));
    let user = &authority[..host];
    let (from, to) = match memchr::memchr(b':', user) {
        // Whoever asks for a password too gives the token as the user: `https://token:x-oauth-basic@host`.
        Some(colon) if looks_random(&user[..colon]) => (start, start + host),
        Some(colon) => (start + colon + 1, start + host),
        // A token in place of the user: `https://token@host`.
        None if looks_random(user) => (start, start + host),
        None => return Reading::Nothing,
    };
    let password = &line[from..to];
    // Who logs in to FTP as anybody gives any password (RFC 1635).
    let ftp = line[at - scheme..at].eq_ignore_ascii_case(b"ftp");
    if ftp && user.starts_with(b"anonymous:") && !looks_random(password) {
        return Reading::Nothing;
    }
    let named = [&b"password"[..], b"passwort", b"pass", b"pwd", b"passwd", b"token", b"secret", b"port"]
        .iter()
        .any(|name| password.eq_ignore_ascii_case(name));
    // `[[user][:pass]@]host` of a usage.
    let optional = line[start..from].ends_with(b"[:");
    if password.is_empty()
        || optional
        || matches!(password, b"%s" | b"%v")
        || is_placeholder(password)
        || named
        || password.iter().any(|byte| b"{}<>$".contains(byte)) && !looks_random(password)
    {
        return Reading::Nothing;
    }
    Reading::Secret(from, to, URL)
}

/// Length of a password of base64 without a user, and of the `@` behind it.
fn userless(rest: &[u8]) -> Option<usize> {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let length = rest[1..].iter().take(128).take_while(|byte| is_base64(byte)).count();
    (length >= BEARER_MIN && rest.get(1 + length) == Some(&b'@')).then_some(length + 2)
}

fn ends_authority(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'?')
}

fn looks_random(text: &[u8]) -> bool {
    let padding = text.iter().rev().take(2).take_while(|&&byte| byte == b'=').count();
    let text = &text[..text.len() - padding];
    text.len() >= 16
        && text.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// `Authorization: <scheme> <credentials>` (RFC 9110 11.6.2), in any quoting.
pub(super) fn authorization(line: &[u8], at: usize, length: usize) -> Reading {
    let Some(mut start) = separator(line, at + length) else {
        return open_if_short(line, at + length);
    };
    if is_row(line, start) {
        return Reading::Nothing;
    }
    let scheme = line[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .count();
    let spaces = line[start + scheme..].iter().take_while(|&&byte| byte == b' ').count();
    let digest =
        line[start..start + scheme].eq_ignore_ascii_case(b"digest") || line[start..].starts_with(b"AWS4");
    let credentials_follow = scheme > 0 && spaces > 0 && scheme < 32;
    if credentials_follow {
        start += scheme + spaces;
    }
    let raw = header_length(line, start, |byte| ends_header(byte) && !(digest && byte == b'"'));
    let value = line[start..start + raw].trim_ascii_end();
    let value = if digest { value } else { first_words(value) };
    if value.is_empty() && start == line.len() {
        return Reading::Open(start);
    }
    let judged = near(value, 0, JUDGED_MAX);
    let words =
        judged.iter().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b' ' | b'-' | b'_' | b'.'));
    let known = credentials_follow && is_scheme(&line[start - scheme - spaces..start - spaces]);
    // What follows a marker was judged when that was made.
    let done = value.starts_with(crate::redact::marker::OPEN);
    if value.len() < CREDENTIAL_MIN
        || done
        || is_placeholder(value)
        || refers(judged)
        || words && !(known && value.len() >= 12)
        || !known && (!has_digit(judged) || is_wordy(judged) || is_expression(judged, true))
    {
        return if start + raw == line.len() { Reading::Open(start) } else { Reading::Nothing };
    }
    let end = if digest && raw == VALUE_MAX {
        start
            + line[start..]
                .iter()
                .position(|&byte| ends_header(byte) && byte != b'"')
                .unwrap_or(line.len() - start)
    } else {
        whole_end(line, start, start + value.len())
    };
    Reading::Secret(start, end, AUTHORIZATION)
}

/// Bytes of a header's value up to what ends it; no more than are looked at.
fn header_length(line: &[u8], start: usize, ends: impl Fn(u8) -> bool) -> usize {
    let window = &line[start..line.len().min(start + VALUE_MAX)];
    window.iter().position(|&byte| ends(byte)).unwrap_or(window.len())
}

/// The end of a value that goes on behind what was looked at.
fn whole_end(line: &[u8], start: usize, end: usize) -> usize {
    if end - start < VALUE_MAX { end } else { word_end(line, end) }
}

fn is_scheme(word: &[u8]) -> bool {
    [
        &b"basic"[..],
        b"bearer",
        b"digest",
        b"token",
        b"apikey",
        b"api-key",
        b"negotiate",
        b"ntlm",
        b"hmac",
        b"splunk",
        b"bot",
        b"key",
        b"oauth",
        b"geniekey",
    ]
    .iter()
    .any(|scheme| word.eq_ignore_ascii_case(scheme))
        || word.starts_with(b"AWS4")
}

/// Up to the first space: what follows a credential is no part of it.
fn first_words(value: &[u8]) -> &[u8] {
    &value[..memchr::memchr(b' ', value).unwrap_or(value.len())]
}

fn has_digit(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
}

/// `base64(user:password)`
fn calls(value: &[u8]) -> bool {
    let name = value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    (3..=24).contains(&name) && value.get(name) == Some(&b'(')
}

fn refers(value: &[u8]) -> bool {
    // Of a shell, or of make.
    let variable = value.strip_prefix(b"$$").or(value.strip_prefix(b"$"));
    value.windows(2).any(|pair| matches!(pair, b"${" | b"{{" | b"$(" | b"%s" | b"#{"))
        || calls(value)
        || value[0] == b'{'
        || value[0] == b'<'
        || value[0] == b'%'
        || value.starts_with(b"YOUR")
        || value.starts_with(b"your")
        || variable.is_some_and(|name| name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'))
}

/// `Bearer <token>` (RFC 6750) without its header.
pub(super) fn bearer(line: &[u8], at: usize, length: usize) -> Reading {
    let mut start = at + length;
    let spaces = line[start..]
        .iter()
        .take(6)
        .take_while(|byte| matches!(byte, b' ' | b'+' | b':' | b'=' | b'"' | b'\''))
        .count();
    start += spaces;
    if spaces == 0 || start == line.len() {
        return if start == line.len() { Reading::Open(start) } else { Reading::Nothing };
    }
    // No token has so many letters without a digit among them; a line of nothing but this word has.
    let head = TOKEN.run(&line[start..line.len().min(start + WORDS_MAX)]);
    if head == WORDS_MAX && !has_digit(&line[start..start + head]) {
        return Reading::Nothing;
    }
    let raw = TOKEN.run(&line[start..line.len().min(start + VALUE_MAX)]);
    let token = &line[start..start + raw];
    let end = start + raw - token.iter().rev().take_while(|byte| matches!(byte, b'.' | b':')).count();
    let token = &line[start..end];
    let mixed = has_digit(token) && token.iter().any(u8::is_ascii_alphabetic);
    let address = token.starts_with(b"https:") || token.starts_with(b"http:");
    if token.len() < BEARER_MIN || !mixed || address || is_placeholder(token) {
        return if start + raw == line.len() { Reading::Open(start) } else { Reading::Nothing };
    }
    Reading::Secret(start, whole_end(line, start, end), AUTHORIZATION)
}

/// `Cookie: a=b; c=d` and `Set-Cookie: a=b; Path=/` (RFC 6265).
pub(super) fn cookie(line: &[u8], at: usize, length: usize) -> Reading {
    let Some(start) = separator(line, at + length) else {
        return open_if_short(line, at + length);
    };
    if is_row(line, start) {
        return Reading::Nothing;
    }
    let set = at >= 4 && line[at - 4..at].eq_ignore_ascii_case(b"set-");
    let header = start;
    let open = || {
        let ends = line.len() - header <= VALUE_MAX && !line[header..].iter().any(|&byte| ends_header(byte));
        if ends { Reading::Open(header) } else { Reading::Nothing }
    };
    let name_ends = near(line, start, 64).iter().position(|&byte| byte == b'=' || ends_header(byte));
    let Some(equals) = name_ends.filter(|length| line[start + length] == b'=') else { return open() };
    let named = !line[start..start + equals].iter().any(u8::is_ascii_whitespace) && equals > 0;
    let start = start + equals + 1;
    let rest = &line[start..];
    let length = cookie_length(near(rest, 0, VALUE_MAX), set);
    let secret = rest[..length].trim_ascii_end();
    if !named
        || secret.len() < 8
        || is_preference(secret)
        || !has_digit(secret)
        || is_expression(secret, false)
        || is_placeholder(secret)
        || refers(secret)
    {
        return open();
    }
    let length = if length < VALUE_MAX { secret.len() } else { cookie_length(rest, set) };
    Reading::Secret(start, start + length, COOKIE)
}

/// Words and small numbers in every cookie: `dark; lang=en-GB; consent=1`.
fn is_preference(cookies: &[u8]) -> bool {
    let values = cookies
        .split(|byte| *byte == b';')
        .map(|pair| &pair[memchr::memchr(b'=', pair).map_or(0, |at| at + 1)..]);
    let digits = |value: &[u8]| value.iter().filter(|byte| byte.is_ascii_digit()).count();
    values
        .map(<[u8]>::trim_ascii)
        .all(|value| value.len() < 24 && (digits(value) == 0 || value.len() < 8 || is_wordy(value)))
}

/// Bytes up to the end of a cookie's value, or of all cookies: white space ends them, except behind a semicolon.
fn cookie_length(rest: &[u8], one: bool) -> usize {
    let ends = |at: usize| match rest[at] {
        b';' => one,
        b' ' | b'\t' => at > 0 && rest[at - 1] != b';',
        byte => ends_header(byte),
    };
    (0..rest.len()).find(|&at| ends(at)).unwrap_or(rest.len())
}

/// Where a header's value begins: behind quotes, a colon or an equals sign, spaces, and an opening quote.
fn separator(line: &[u8], at: usize) -> Option<usize> {
    const BEHIND_NAME: ByteSet = ByteSet::of(b"\"'`\\]) ");
    const OPERATOR: ByteSet = ByteSet::of(b":=>,");
    const BEFORE_VALUE: ByteSet = ByteSet::of(b" \t\"'`\\[");
    let skip = |at: usize, set: ByteSet| at + set.run(&line[at..line.len().min(at + 6)]);
    let at = skip(at, BEHIND_NAME);
    // A directive with two arguments: `proxy_set_header Authorization "Basic …"`.
    let quoted = matches!(line[..at], [.., b' ', b'"' | b'\'']);
    let directive = || memchr::memmem::find(&line[at.saturating_sub(64)..at], b"_header ").is_some();
    if quoted && (line[at..].iter().take(24).any(|&byte| byte == b' ') || directive()) {
        return Some(at);
    }
    if !matches!(line.get(at), Some(b':' | b'=' | b',')) {
        return None;
    }
    Some(skip(skip(at, OPERATOR), BEFORE_VALUE))
}

fn open_if_short(line: &[u8], at: usize) -> Reading {
    if line.len() - at < 4 { Reading::Open(at) } else { Reading::Nothing }
}

fn ends_header(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<')
}
