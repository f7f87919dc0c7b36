//! Names that say what they name is secret.

use super::words::Words;
use crate::redact::signs::{Kind, Stem};
use std::sync::LazyLock;

use Kind::Weak;

/// An identifier that names a secret.
#[derive(Debug, Clone, Copy)]
pub(super) struct NamedKey {
    pub(super) begin: usize,
    /// Where the stem is in it.
    pub(super) stem: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    /// The stem is a common word, by itself, and needs more to be believed.
    pub(super) short: bool,
    /// A key only because of the word before it: the value has to be random.
    pub(super) opens: bool,
}

/// What the identifier around a stem turns out to be.
#[derive(Debug)]
pub(super) enum Name {
    /// The name of something else.
    Other,
    /// The text ends inside it.
    Unfinished,
    Key(NamedKey),
}

/// Last words of names that describe a secret instead of holding it.
static DESCRIPTIONS: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    accept age alg algo algorithm alias api arn at attempts audience authority bits blank bucket budget button \
    bytes cache callback change changed char chars check class client column command config \
    const constant \
    configuration confirm confirmed context correct cost count counter counts created credentials date \
    derivation desc description dialog digest dir directory disabled duration element empty enable enabled encoding \
    endpoint engine entropy enum env error errors event events exists expiration expire expired expires \
    expiresin expiry failed field fields file filename files fingerprint flag for forgot form format \
    from func function generator group handler hash hashed hasher hashing helper hidden hint icon ids idx incorrect index info \
    input interval invalid is issuer item iterator kind label len length level lifetime limit limits \
    link list loader location manager map max mechanism message metadata method min mismatch missing \
    mode model module msg name names namespace needed not num number object offset options owner page \
    param parameter params parser path paths pattern per placeholder plugin policies policy pool \
    position prefix price processor prompt provider providers purpose query rate reader ref reference reveal \
    refs regex region request required requirements reset resolver response role rotation rule rules \
    schema scheme scope scopes screen sent server service services set settings severity size source \
    spec start state status stdin storage store stream strength style suffix table tag text time timeout \
    timestamp title total tries ttl type types unit updated uri url urls usage use used user username valid \
    validation validator var variable vault verify version view visible widget window with writer ",
    )
});

/// Words before `key` that say it is given to those who may use something.
static OPENS: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    activation admin aes app application bot bridge consumer decryption deploy deployer developer \
    encryption functions gateway hmac host integration license management master mch merchant network nwk \
    partner payment preshared root salt server service settings signing symmetric tracking trans v3 wallet \
    web webhook wep write ",
    )
});

/// Words before `key` that say it opens nothing.
static OTHER: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    cache composite fingerprint foreign gpg group hash hot idempotency index lookup map object partition \
    pgp primary pub public route s sort state unique version ",
    )
});

/// Reads the identifier around the stem of `length` bytes at `at`.
pub(super) fn name(line: &[u8], at: usize, length: usize, stem: &Stem) -> Name {
    let before = line[..at].iter().rev().take(64).take_while(|&&byte| is_name(byte)).count();
    let begin = at - before;
    if stem.bounded && before > 0 && glued(line[at - 1], line[at]) {
        return Name::Other;
    }
    let stem_end = at + length;
    let mut end = stem_end;
    while end < line.len() && end - stem_end < 48 {
        let next = line.get(end + 1).copied();
        match line[end] {
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => end += 1,
            b'-' | b'.' if next.is_some_and(|byte| byte.is_ascii_alphanumeric()) => end += 1,
            // Whether a hyphen or a point goes on with the name is decided by the next byte.
            b'-' | b'.' if next.is_none() => return Name::Unfinished,
            _ => break,
        }
    }
    let tail = &line[stem_end..end];
    if end == line.len() && before == 0 && tail.is_empty() && !stem.text.contains(' ') || end == line.len() {
        return Name::Unfinished;
    }
    if !tail.is_empty() && (continues(line[stem_end - 1], tail) || describes(tail, stem)) {
        return Name::Other;
    }
    // Two words are one name here: `public key: …`.
    let near = if begin == at { at.saturating_sub(16) } else { begin };
    if matches!(stem.kind, Weak) && is_other_key(&line[near..at]) {
        return Name::Other;
    }
    // `DB_PASS`, `smtpPass`: a word before it makes a common word a name.
    let word = &line[begin..at];
    let word = &word[memchr::memrchr(b'.', word).map_or(0, |point| point + 1)..];
    let compound = word.iter().any(u8::is_ascii_alphabetic);
    let short = stem.bounded && !compound && !stem.text.contains("pw");
    let numbered = tail.iter().all(u8::is_ascii_digit);
    let opens = stem.text == "key" && numbered && opens_something(&line[near..at]);
    let short = short && !opens;
    let kind = if opens { Kind::Secret } else { stem.kind };
    Name::Key(NamedKey { begin, stem: at, end, kind, short, opens })
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Whether a letter belongs to the same word as the one before it.
fn glued(before: u8, letter: u8) -> bool {
    before.is_ascii_alphabetic() && !(before.is_ascii_lowercase() && letter.is_ascii_uppercase())
}

/// Whether the name goes on with the same word: `tokenizer`, `secretary`. A plural does not count.
fn continues(last: u8, tail: &[u8]) -> bool {
    let first = tail[0];
    if !glued(last, first) || !first.is_ascii_alphabetic() {
        return false;
    }
    let length = tail
        .iter()
        .take_while(|&&byte| {
            byte.is_ascii_alphabetic() && byte.is_ascii_uppercase() == first.is_ascii_uppercase()
        })
        .count();
    const PARTS: [&[u8]; 10] =
        [b"s", b"salt", b"key", b"keys", b"value", b"val", b"string", b"str", b"data", b"hash"];
    !PARTS.iter().any(|part| tail[..length].eq_ignore_ascii_case(part))
}

/// Whether the last word of what follows the stem says that this is about a secret, not one.
fn describes(tail: &[u8], stem: &Stem) -> bool {
    let trimmed = tail.len() - tail.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let word = last_word(&tail[..trimmed]);
    if word.eq_ignore_ascii_case(b"id") {
        return stem.text != "secret";
    }
    DESCRIPTIONS.has(word)
}

/// The last word of an identifier in any of the usual cases.
fn last_word(name: &[u8]) -> &[u8] {
    let mut start = name.len();
    while start > 0 {
        let byte = name[start - 1];
        if !byte.is_ascii_alphanumeric() {
            break;
        }
        let next_is_lower = name.get(start).is_some_and(u8::is_ascii_lowercase);
        start -= 1;
        if byte.is_ascii_uppercase() && next_is_lower {
            break;
        }
    }
    &name[start..]
}

/// The word before another in a name or a text.
fn word_before(before: &[u8]) -> &[u8] {
    match before {
        [rest @ .., b'_' | b'-' | b'.' | b' '] => last_word(rest),
        _ => last_word(before),
    }
}

/// Whether a key of this kind is given to those who may use something: `write key`, `WalletDeployerKey`.
fn opens_something(before: &[u8]) -> bool {
    let word = word_before(before);
    OPENS.has(word)
}

/// Keys that open nothing: of tables, caches, keyboards, and the public halves.
fn is_other_key(before: &[u8]) -> bool {
    let word = word_before(before);
    OTHER.has(word)
}
