//! A service's name, and behind it a random token: `stripe: 4eC3…`, `clearbit API - '9f8e…'`.
//!
//! Most keys in the world have no form of their own. What gives them away is the company they are in: the name of who
//! issued them, something that connects, and a token no person and no compiler writes.

use super::code::is_constant;
use super::connector::word_end;
use super::makeup::is_wordy;
use super::words::contains_any;
use super::{Reading, SERVICE_KEY};
use crate::redact::byte_set::ByteSet;
use crate::redact::marker;
use crate::redact::value::{is_object, is_placeholder, shannon_entropy};

/// How far behind the name the token may begin.
const REACH: usize = 44;
/// Shortest token, with and without a word that says what it is.
const TOKEN_MIN: usize = 16;
const BARE_MIN: usize = 20;
/// A token that begins within reach has two digits this near to the name, or none that matter.
const NEAR: usize = REACH + 2 * BARE_MIN;
/// Bytes of a token that are looked at.
const TOKEN_MAX: usize = 512;

/// Words between name and token that say it is a credential.
const CUES: [&[u8]; 14] = [
    b"key", b"token", b"secret", b"api", b"auth", b"pass", b"cred", b"sid", b"client", b"access", b"account",
    b"app", b"_id", b" id",
];
/// Words that say it is a checksum, a revision or a name.
const OTHERS: [&[u8]; 45] = [
    b"_postman_id",
    b"instance.id",
    b"instance_id",
    b" event ",
    b"(uuid: ",
    b"event id",
    b"event_id",
    b"correlation",
    b"trace id",
    b"trace_id",
    b"node_id",
    b"guid",
    b"delivery",
    b"request-id",
    b"request_id",
    b"dbid",
    b"debug-id",
    b"debugid",
    b"publickeytoken",
    b"sha",
    b"md5",
    b"checksum",
    b"commit",
    b"digest",
    b"hash",
    b"integrity",
    b"revision",
    b"reference\"",
    b"rev ",
    b"etag",
    b"merge",
    b"blob",
    b"tree",
    b"fingerprint",
    b"version",
    b"verification",
    b"-source",
    b"build_id",
    b"ssh-",
    b"tenant",
    // The fields of a signed mail.
    b"d=",
    // A line of go.sum.
    b" h1:",
    b"\"h1:",
    b"\th1:",
    b"://",
];

/// Reads what follows the name of `length` bytes at `at`.
pub(super) fn read(line: &[u8], at: usize, length: usize, unfinished: bool) -> Reading {
    let end = at + length;
    if at > 0
        && line[at - 1].is_ascii_alphanumeric()
        && !(line[at - 1].is_ascii_lowercase() && line[at].is_ascii_uppercase())
    {
        return Reading::Nothing;
    }
    // Names are everywhere, and most lines hold no number behind them: this is all they cost.
    let near = &line[end..line.len().min(end + NEAR)];
    let all = !unfinished || end + near.len() < line.len();
    // Counted in a byte, there are so few of them, so that the loop becomes a few vector instructions.
    if all && near.iter().fold(0u8, |digits, byte| digits + u8::from(byte.is_ascii_digit())) < 2 {
        return Reading::Nothing;
    }
    // `squared`, `linearly`: the name of something else.
    if line.get(end).is_some_and(u8::is_ascii_lowercase) && line[end - 1].is_ascii_lowercase() {
        let tail = line[end..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let tail = &line[end..end + tail];
        if end + tail.len() < line.len() && !has_cue(tail) && tail != b"io" && tail != b"com" {
            return Reading::Nothing;
        }
    }
    let mut from = end;
    // The rest of the identifier the name is in.
    from += line[end..]
        .iter()
        .take(REACH)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        .count();
    loop {
        let gap = line[from..].iter().take_while(|&&byte| !is_token(byte)).count();
        let start = from + gap;
        if start == line.len() {
            return Reading::Open(from);
        }
        if start > end + REACH {
            return Reading::Nothing;
        }
        let raw = line[start..].iter().take(TOKEN_MAX).take_while(|&&byte| is_token(byte)).count();
        let token = trim(&line[start..start + raw]);
        if start + raw == line.len() && token.len() < TOKEN_MIN {
            return Reading::Open(start);
        }
        if raw >= TOKEN_MIN
            && !is_pod_checksum(line, token)
            && !is_told(token, &line[start + token.len()..])
            && is_key(&line[end..start], token, in_path(&line[..at]))
        {
            let stop = if raw == TOKEN_MAX { word_end(line, start) } else { start + token.len() };
            return Reading::Secret(start, stop, SERVICE_KEY);
        }
        if start + raw == line.len() {
            return Reading::Open(start);
        }
        from = start + raw;
    }
}

/// `  FirebaseAuth: 795b…`: the checksum of a pod, in Podfile.lock.
fn is_pod_checksum(line: &[u8], token: &[u8]) -> bool {
    line.strip_prefix(b"  FirebaseAuth: ").is_some_and(|rest| rest.trim_ascii_end() == token)
        && token.len() == 40
        && token.iter().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
}

/// Whether what follows `token` tells that it is none: the public id of a client of Google's, the name of a value that is
/// hidden already.
fn is_told(token: &[u8], behind: &[u8]) -> bool {
    let named = token.ends_with(b"=") && behind.starts_with(marker::OPEN);
    named || behind.starts_with(b".apps.googleusercontent.com")
}

/// What a token is made of.
static TOKEN: ByteSet = ByteSet::alphanumeric_and(b"_-+/=~@%");

fn is_token(byte: u8) -> bool {
    TOKEN.has(byte)
}

/// Without what the surroundings put around it.
fn trim(token: &[u8]) -> &[u8] {
    let end = token.iter().rposition(|byte| !matches!(byte, b'.' | b'/' | b'-' | b'_' | b'@'));
    &token[..end.map_or(0, |end| end + 1)]
}

fn has_cue(gap: &[u8]) -> bool {
    contains_any(gap, &CUES)
}

/// Whether `token`, with `gap` between the service's name and it, is a key.
fn is_key(gap: &[u8], token: &[u8], in_path: bool) -> bool {
    // `key=` and the like in front of a token; what pads it stays.
    let padding = token.iter().rev().take_while(|&&byte| byte == b'=').count();
    if let Some(equals) = memchr::memrchr(b'=', &token[..token.len() - padding]) {
        return is_key(&[gap, &token[..=equals]].concat(), &token[equals + 1..], in_path);
    }
    // A path goes on, or a project is named.
    let glued = gap.last().is_none_or(|byte| matches!(byte, b'/' | b'@' | b'.'))
        || [&b"--project="[..], b"--project ", b":track:", b":album:", b":playlist:", b". Expected: "]
            .iter()
            .any(|option| gap.ends_with(option));
    if glued || token.len() < TOKEN_MIN {
        return false;
    }
    // A digest, unless something says that it is a key; behind a repository its revision.
    let hexadecimal = token.iter().all(u8::is_ascii_hexdigit);
    let is_revision = || {
        token.len() == 40 && (gap.ends_with(b"#") || gap.ends_with(b"?rev=")) || gap.ends_with(b", key ID ")
    };
    if hexadecimal && (!matches!(token.len(), 32 | 24 | 36 | 48) && !has_cue(gap) || is_revision()) {
        return false;
    }
    let [digits, letters, upper, symbols] = token.iter().fold([0; 4], |mut counts, &byte| {
        counts[class(byte)] += 1;
        counts
    });
    // What says most comes first, what costs most last.
    if digits < 2
        || upper + letters < 2
        || symbols * 4 > token.len()
        || !looks_random(token, digits, symbols)
        || token.iter().any(|byte| matches!(byte, b'@' | b'%'))
        // What is made to be seen by everybody.
        || token.starts_with(b"pk_live_")
        || token.starts_with(b"pk_test_")
        || is_object(token)
        || is_placeholder(token)
        || is_wordy(token)
        || contains_any(gap, &OTHERS)
        || shannon_entropy(token) < 2.9
    {
        return false;
    }
    let operator = gap.iter().any(|byte| b"=:>(\"'|[,`".contains(byte)) || gap.ends_with(b"- ");
    let cue = has_cue(gap);
    if gap.iter().any(|byte| b"{};<\\".contains(byte)) && !cue && !operator {
        return false;
    }
    if !cue && !changes_often(token) && !hexadecimal
        || is_path(token)
        || is_constant(token)
        || is_symbol(token)
        || is_target(token)
        // What cargo puts behind the name of a crate's files.
        || gap.ends_with(b"extra-filename=")
    {
        return false;
    }
    match (cue, operator) {
        (true, _) => true,
        (false, true) => true,
        (false, false) => {
            // Beside a path stands a digest.
            !in_path
                && token.len() >= BARE_MIN
                && (token.len() == 32 || !hexadecimal && upper > 2 && letters > 2)
        }
    }
}

/// Whether what follows `before` is a part of a path.
fn in_path(before: &[u8]) -> bool {
    before.iter().rev().take(REACH).take_while(|byte| !byte.is_ascii_whitespace()).any(|&byte| byte == b'/')
}

/// Slashes between words; in base64 they are rare.
fn is_path(token: &[u8]) -> bool {
    let slashes = token.iter().filter(|&&byte| byte == b'/').count();
    token.starts_with(b"/") || slashes > 0 && (token.len() < 40 || slashes * 16 > token.len())
}

/// `init_ext_ref32`, `armv7_neon_blocks`: three parts and more in small letters, as functions are called.
fn is_symbol(token: &[u8]) -> bool {
    let parts = || token.split(|byte| *byte == b'_').filter(|part| !part.is_empty());
    let small = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    parts().count() > 2
        && parts().all(|part| part.len() <= 12 && part[0].is_ascii_lowercase() && part.iter().all(small))
}

/// `x86_64-unknown-linux-musl`: what a compiler builds for.
fn is_target(token: &[u8]) -> bool {
    const SYSTEMS: [&[u8]; 6] =
        [b"-unknown-", b"-linux-", b"-apple-", b"-pc-windows-", b"-w64-mingw", b"-none-eabi"];
    token.iter().filter(|byte| **byte == b'-').count() > 1 && contains_any(token, &SYSTEMS)
}

/// Whether the characters change their class more often than in names; a capital before small letters is none.
fn changes_often(token: &[u8]) -> bool {
    let changes = token.windows(2).filter(|pair| {
        let (first, second) = (class(pair[0]), class(pair[1]));
        first != second && (first, second) != (2, 1)
    });
    changes.count() * 10 >= token.len() * 3
}

/// Digits are 0, small letters 1, capitals 2, symbols 3.
fn class(byte: u8) -> usize {
    const CLASSES: [u8; 256] = {
        let mut classes = [3; 256];
        let mut byte = 0u8;
        while byte < 128 {
            classes[byte as usize] = match byte {
                b'0'..=b'9' => 0,
                b'a'..=b'z' => 1,
                b'A'..=b'Z' => 2,
                _ => 3,
            };
            byte += 1;
        }
        classes
    };
    usize::from(CLASSES[usize::from(byte)] & 3)
}

/// A UUID, or few symbols between runs that change their class all the time.
fn looks_random(token: &[u8], digits: usize, symbols: usize) -> bool {
    let uuid = token.len() == 36
        && token.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let changes = token.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    uuid || digits * 16 >= token.len() && symbols * 8 <= token.len() && changes * 5 >= token.len()
        || symbols * 6 <= token.len() && changes * 3 >= token.len()
}
