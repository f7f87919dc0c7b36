//! Values that words lead to, and words that lead to none: `token for the build is x`, `key for production: x`, `user me pass x`.

use super::connector::{Link, Shape, VALUE_MAX, WORD_MAX, blank, near, word_end};
use super::judge::begins_line;
use super::key::NamedKey;
use super::literal::opens_quote;
use super::makeup::is_file_name;
use super::words::contains_any;
use super::written::value;
use crate::redact::byte_set::ByteSet;
use crate::redact::signs::Kind;

/// Longest text before `pass` in which the name of a user may be.
const USER_MAX: usize = 96;
/// Longest text between a key and a later operator: `key for production: …`.
pub(super) const FILLER_MAX: usize = 40;

/// What words between a key and its operator consist of.
const FILLER: ByteSet = ByteSet::alphanumeric_and(b" \t_.[]&*()/-'~").and_beyond_ascii();

/// Where the value begins that has its type before it: `REG_SZ    x` of the registry of Windows, `PIC X(9) VALUE 'x'` of
/// COBOL.
pub(super) fn behind_type(line: &[u8], at: usize) -> Option<usize> {
    // Two bytes tell what most values are not.
    if !matches!(
        line[at..],
        [b'h', b'a', ..]
            | [b'c' | b's', b'i', ..]
            | [b'i', b'r', ..]
            | [b'P', b'I', ..]
            | [b'R', b'E', ..]
            | [b'/', b't', ..]
            | [b'0'..=b'9', b' ', ..]
    ) {
        return None;
    }
    // As routers write how a password is kept.
    if line[at..].starts_with(b"hash $") {
        return Some(at + b"hash ".len());
    }
    for kind in [&b"cipher "[..], b"simple ", b"irreversible-cipher "] {
        if line[at..].starts_with(kind) && line.len() > at + kind.len() {
            return Some(at + kind.len());
        }
    }
    if line[at..].starts_with(b"PIC ") {
        let value = memchr::memmem::find(near(line, at, FILLER_MAX), b" VALUE '")?;
        return Some(at + value + b" VALUE ".len());
    }
    // As `reg add` takes it.
    if line[at..].starts_with(b"/t REG_") {
        let value = memchr::memmem::find(near(line, at, FILLER_MAX), b" /d ")?;
        return Some(at + value + b" /d ".len());
    }
    // How a router has encrypted it, which is hardly at all.
    if let [b'0'..=b'9', b' ', rest @ ..] = &line[at..]
        && !rest.trim_ascii().is_empty()
        && !rest.trim_ascii_end().contains(&b' ')
    {
        return Some(at + 2);
    }
    let rest = [&b"REG_SZ"[..], b"REG_EXPAND_SZ", b"REG_BINARY"]
        .iter()
        .find_map(|kind| line[at..].strip_prefix(*kind))?;
    let value = rest.trim_ascii_start();
    (value.len() < rest.len() && !value.is_empty()).then(|| line.len() - value.len())
}

/// Where the string is that a test compares what ends at `at` with: `expect(client.token).toEqual("x")`.
pub(super) fn asserted(line: &[u8], at: usize) -> Option<usize> {
    const MATCHERS: [&[u8]; 9] = [
        b").toEqual(",
        b").toBe(",
        b").toStrictEqual(",
        b").to.equal(",
        b").to.be.equal(",
        b").to eq(",
        b").to eq ",
        b").should.equal(",
        b").isEqualTo(",
    ];
    if line.get(at) != Some(&b')') {
        return None;
    }
    let length = MATCHERS.iter().find(|matcher| line[at..].starts_with(matcher))?.len();
    opens_quote(line, at + length).then_some(at + length)
}

/// Where the value begins behind `PASS`, as a client of POP3 and FTP sends it (RFC 1939, RFC 959), and behind a user:
/// `user x pass y`. What is called so in a report of tests is a file or a case.
pub(super) fn sent(line: &[u8], name: &NamedKey, at: usize) -> Option<usize> {
    if name.kind != Kind::Password {
        return None;
    }
    let before = line[name.begin.saturating_sub(USER_MAX)..name.begin].trim_ascii_end();
    if line[name.begin..name.end] == *b"PASS"
        && (before.is_empty() || matches!(before.last(), Some(b'>' | b':')))
    {
        let word = &line[at..word_end(line, at)];
        let ends = line[at + word.len()..].trim_ascii().is_empty();
        let word = word.strip_suffix(b".").or(word.strip_suffix(b"_")).unwrap_or(word);
        let of_test = word.iter().any(|byte| b"/_=[".contains(byte)) || is_file_name(word);
        return (ends && !of_test && (!word.contains(&b'.') || word.iter().any(u8::is_ascii_digit)))
            .then_some(at);
    }
    if before.ends_with(b",") && contains_any(before, &[b"user ", b"user:", b"username ", b"login "]) {
        return Some(at);
    }
    let (before, word) = before.split_at(memchr::memrchr(b' ', before)?);
    // `wrong username or password`
    if matches!(word, b" or" | b" and") {
        return None;
    }
    let user = &before[memchr::memrchr(b' ', before).map_or(0, |space| space + 1)..];
    let named = [&b"user"[..], b"login", b"username"].iter().any(|name| user.eq_ignore_ascii_case(name));
    named.then_some(at)
}

/// Whether some words and no sign stand before a name: in a heading there are fewer, and a command or a setting has signs.
pub(super) fn is_prose(before: &[u8]) -> bool {
    let words = before.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    before.ends_with(b" ")
        && before.iter().all(|byte| byte.is_ascii_alphabetic() || b" ,'-".contains(byte))
        && words.count() > 3
}

/// `the token? it's x`: an answer to one's own question.
pub(super) fn asked(line: &[u8], at: usize) -> Link {
    const ANSWERS: [&[u8]; 6] = [b"? it's ", b"? It's ", b", it's ", b"; it's ", b"? it is ", b"? It is "];
    if !matches!(line.get(at), Some(b'?' | b',' | b';')) {
        return Link::None;
    }
    let answer = ANSWERS.iter().find(|answer| line[at..].starts_with(answer));
    match answer {
        Some(answer) if line.len() > at + answer.len() => value(line, at + answer.len(), Shape::Loose, true),
        _ => Link::None,
    }
}

/// A few words, then an operator: `key for production: …`, `password[32] = …`, `password string = …`.
pub(super) fn filler(line: &[u8], at: usize) -> Link {
    let length = FILLER.run(near(line, at, FILLER_MAX));
    let mut after = at + length;
    match line.get(after) {
        Some(b'=' | b':') if line[after..].starts_with(b"==") || line[after..].starts_with(b"://") => {
            Link::None
        }
        // The account that holds a token of a block chain.
        Some(b'=' | b':') if is_token_account(line, at, after) => Link::None,
        Some(b'=' | b':') if names_digest(&line[at..after]) || line[at..after].ends_with(b"arn") => {
            Link::None
        }
        // Base64 or the like rather than a word.
        Some(b'=') if is_padded(&line[at..after], &line[after + 1..]) => value(line, at, Shape::Loose, true),
        Some(b'=' | b':') => {
            after += 1 + usize::from(matches!(line.get(after + 1), Some(b'=' | b'>')));
            blank(line, &mut after);
            if after >= line.len() {
                // The sign may be half of another one: `==`, `://`. Behind white space a value begins, and the prompt can be shown.
                let half = matches!(line.last(), Some(b'=' | b':' | b'>'));
                return Link::Open(if half { at } else { line.len() });
            }
            let shape = if opens_quote(line, after) { Shape::Quoted } else { Shape::Loose };
            value(line, after, shape, true)
        }
        // Whatever value follows later begins behind all this.
        _ => match told(line, at, after) {
            Link::None => asked(line, after),
            told => told,
        },
    }
}

/// Whether what stands before an equals sign and nothing else is no word: `ugPO43wMM=ul67`.
fn is_padded(text: &[u8], rest: &[u8]) -> bool {
    let count = |is: fn(&&u8) -> bool| text.iter().filter(is).count();
    text.len() >= 8
        && text.iter().all(u8::is_ascii_alphanumeric)
        && count(|byte| byte.is_ascii_digit()).min(count(|byte| byte.is_ascii_lowercase())) > 1
        && count(|byte| byte.is_ascii_uppercase()) > 2
        && rest.first().is_some_and(u8::is_ascii_alphanumeric)
}

/// Length of the verb at the beginning of `rest`: `is x`, `lautet x`.
pub(super) fn verb(rest: &[u8]) -> Option<usize> {
    const VERBS: [&[u8]; 12] = [
        b"is ",
        b"ist ",
        b"est ",
        b"lautet ",
        b"was ",
        b"as ",
        b"to ",
        b"is: ",
        b"es ",
        b"er ",
        b"\xc3\xa8 ",
        b"\xc3\xa9 ",
    ];
    // Most words begin otherwise.
    if !matches!(rest.first()?.to_ascii_lowercase(), b'i' | b'e' | b'l' | b'w' | b'a' | b't' | 0xc3) {
        return None;
    }
    let is_verb =
        |verb: &&&[u8]| rest.get(..verb.len()).is_some_and(|start| start.eq_ignore_ascii_case(verb));
    VERBS.iter().find(is_verb).map(|verb| verb.len())
}

/// `token for the build is x`: what a sentence tells behind a few words.
pub(super) fn told(line: &[u8], at: usize, after: usize) -> Link {
    // Not compared as slices, for in a text full of names this is asked at every word.
    let verb = |rest: &[u8]| match rest {
        [b' ', b'i' | b'e', b's', b' ', ..] => Some(4),
        [b' ', b'i' | b'e', b's', b't', b' ', ..] => Some(5),
        [b' ', b'l', b'a', b'u', b't', b'e', b't', b' ', ..] => Some(8),
        // In Portuguese and Italian, one letter with an accent.
        [b' ', 0xc3, 0xa8 | 0xa9, b' ', ..] => Some(4),
        // Of `set to`, `reset to`.
        [b' ', b's' | b'r', b'e', ..] => [&b" set to "[..], b" reset to "]
            .iter()
            .find(|verb| rest.starts_with(verb))
            .map(|verb| verb.len()),
        _ => None,
    };
    let words = &line[at..line.len().min(after + 1)];
    // Hardly a word begins as a verb does.
    let begins =
        |space: &usize| matches!(words.get(space + 1), Some(b'i' | b'e' | b'l' | b's' | b'r' | 0xc3));
    let spaces = memchr::memchr_iter(b' ', words).filter(begins);
    let mut verbs = spaces.filter_map(|space| Some(space + verb(&words[space..])?));
    match verbs.next() {
        Some(length) if at + length < line.len() => value(line, at + length, Shape::Loose, true),
        _ => Link::None,
    }
}

pub(super) fn is_token_account(line: &[u8], at: usize, after: usize) -> bool {
    let name = line[..at].trim_ascii_end();
    line[at..after].eq_ignore_ascii_case(b"account")
        && name.len() >= 5
        && name[name.len() - 5..].eq_ignore_ascii_case(b"token")
}

/// Whether words before an operator say that a checksum follows.
pub(super) fn names_digest(words: &[u8]) -> bool {
    const DIGESTS: [&[u8]; 15] = [
        b"program",
        b"trace id",
        b"request id",
        b"correlation id",
        b"sha1",
        b"sha2",
        b"sha-",
        b"sha3",
        b"sha5",
        b"md5",
        b"checksum",
        b"digest",
        b"commit",
        b"integrity",
        b"hash",
    ];
    contains_any(words, &DIGESTS)
}

/// Where the only word behind `password` ends if that begins its line, as in `.netrc`, and the word has a digit and a sign that
/// is in no name. What is before an equals sign is no name either.
pub(super) fn alone(line: &[u8], name: &NamedKey, at: usize) -> Option<usize> {
    if name.kind != Kind::Password || name.short || !line[..name.begin].trim_ascii().is_empty() {
        return None;
    }
    let word = near(line, at, VALUE_MAX);
    let word = &word[..word.iter().position(u8::is_ascii_whitespace).unwrap_or(word.len())];
    let assigned = memchr::memchr(b'=', word).map(|sign| &word[..sign]);
    let strange = assigned
        .is_none_or(|name| name.iter().any(u8::is_ascii_digit) && name.iter().any(u8::is_ascii_uppercase));
    let begins = word.first().is_some_and(|first| first.is_ascii_alphanumeric() || *first == b'!');
    (word.len() >= 8
        && strange
        && begins
        && !word.ends_with(b"%")
        && word.iter().any(u8::is_ascii_digit)
        && word.iter().any(|byte| b"=*!@#%^&+?|~".contains(byte))
        && line[at + word.len()..].trim_ascii().is_empty())
    .then_some(at + word.len())
}

/// Whether `before` is the command of a console that sets something, in a line or a string of its own.
pub(super) fn is_set(before: &[u8]) -> bool {
    const VERBS: [&[u8]; 8] = [b"set", b"ENV", b"ARG", b"setenv", b"setx", b"set -x", b"set -gx", b"set -Ux"];
    let before = before.trim_ascii_end();
    // Their last letters: most words have others.
    if !matches!(before.last(), Some(b't' | b'V' | b'G' | b'v' | b'x')) {
        return false;
    }
    VERBS.iter().filter_map(|verb| before.strip_suffix(*verb)).any(|lead| {
        let prompt = lead.trim_ascii_end().last().is_none_or(|last| b"'\"#>$%".contains(last));
        prompt && lead.last().is_none_or(|last| !last.is_ascii_alphanumeric())
    })
}

/// Whether a word of small letters follows that no verb leads on from: in prose, one stands behind every keyword. A phrase
/// begins so too, but only behind a password at the beginning of its line.
pub(super) fn is_plain_word(line: &[u8], name: &NamedKey, at: usize) -> bool {
    let word = line[at..].iter().take(WORD_MAX).take_while(|byte| byte.is_ascii_lowercase()).count();
    line.get(at + word) == Some(&b' ')
        && word > 1
        && line[at..at + word] != *b"new"
        && verb(&line[at..]).is_none()
        && (name.kind != Kind::Password || !begins_line(line, name))
}
