//! Names that say what they name is secret.

use super::words::{Words, contains_any};
use crate::redact::byte_set::ByteSet;
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
    derivation desc description dialog digest dir directory disabled duration element empty enable enabled exception encoding \
    endpoint engine entropy enum env error errors event events exists expiration expire expired expires \
    expiresin expiry failed field fields file filename files fingerprint flag for forgot form format \
    from func function generator green group handler hash hashed header headers hasher hashing helper hidden hint icon ids idx incorrect index info \
    input interval invalid is issuer item iterator job kind label len length level lifetime limit limits \
    link list loader location manager map max mechanism message metadata method min mismatch missing \
    mode model module ms msg name names namespace needed not num number object offset options owner page \
    param parameter params parser path paths pattern per placeholder plugin policies policy pool \
    position prefix price processor prompt provider providers purpose query rate reader ref reference reveal \
    refs regex region request required requirements reset resolver response role rotation rotator rule rules \
    schema scheme scope scopes screen sent server service services set settings severity size source \
    spec start state status stdin storage store stream strength style suffix table tag text time timeout \
    timestamp title total tries task ttl type types unit updated uri url urls usage use used user username valid \
    validation validator var variable vault verify version view visibility visible widget window with worker writer ",
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

/// What a name consists of.
const NAME: ByteSet = ByteSet::alphanumeric_and(b"_-.");
/// What it consists of without joints.
const WORD: ByteSet = ByteSet::alphanumeric_and(b"_");
/// Most bytes of a name before its stem.
const LEAD_MAX: usize = 64;
/// Most bytes of a name behind its stem.
pub(super) const TAIL_MAX: usize = 48;

/// Bounded stems that mean nothing but a secret, also by themselves.
const TELLING: [&str; 13] = [
    "voicemail pin",
    "sim pin",
    "card pin",
    "pin code",
    "mima",
    "pin is",
    "senha",
    "haslo",
    "heslo",
    "mdp",
    "parol",
    "sifre",
    "recovery code",
];

/// What has a password, in front of `pass`.
static OWNERS: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    adm admin ampmgr amqp api app backup bind broker cifs cluster db dba dbadmin dbroot dbuser encrypt ftp ftpuser guest \
    http imap ipmi jenkins keystore ldap ldapbind login mail manager master mgr mqtt my mysql nas net node oracle pdf pg \
    pgsql pop postgres proxy rabbit redis repo root router rsync samba scp service sftp smb smtp snmp sql sqlplus ssh su \
    svc sys system tomcat trust truststore user usr vnc vpn web wifi wlan zip ",
    )
});

/// Words before `key` that say it opens nothing.
static OTHER: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    cache composite fingerprint foreign gpg group hash hot idempotency index lookup manifest map object partition \
    pgp primary pub public publishable result route s socket sort state unique version ",
    )
});

/// How far before `pw` its user is told, and how far the value behind it is looked at.
const USER_MAX: usize = 48;

/// Reads the identifier around the stem of `length` bytes at `at`.
pub(super) fn name(line: &[u8], at: usize, length: usize, stem: &Stem) -> Name {
    let stem_end = at + length;
    let nearest = &line[stem_end..line.len().min(stem_end + TAIL_MAX + 1)];
    // What is behind so long a name is not its value.
    let word = WORD.run(nearest);
    let joint = |pair: &[u8]| matches!(pair[0], b'-' | b'.') && !pair[1].is_ascii_alphanumeric();
    let joined = || NAME.run(nearest) > TAIL_MAX && !nearest.windows(2).any(joint);
    if word > TAIL_MAX || nearest.len() > TAIL_MAX && joined() {
        return Name::Other;
    }
    let before = NAME.run_at_end(&line[at.saturating_sub(LEAD_MAX)..at]);
    let begin = at - before;
    if stem.bounded && before > 0 && glued(line[at - 1], line[at]) && !is_put_before_pass(line, at, stem) {
        return Name::Other;
    }
    let lead = &line[begin..at];
    if leads_to_other(lead, stem) || stem.text == "token" && is_of_page(line, begin, at) {
        return Name::Other;
    }
    let end = match end_of_name(line, stem_end, word) {
        Ok(end) => end,
        Err(name) => return name,
    };
    let tail = &line[stem_end..end];
    // A common name of a variable, and of what getpwnam(3) returns: in prose a colon follows it.
    if stem.text.len() == 3
        && stem.text.ends_with("pw")
        && stem.text != "_pw"
        && stem.text != "-pw"
        && line.get(stem_end) != Some(&b':')
        && !(stem.text == " pw" && is_beside_user(line, at, stem_end))
    {
        // Whether its value has a digit may be seen yet.
        let unfinished = stem.text == " pw" && line[stem_end..].iter().skip(1).all(u8::is_ascii_graphic);
        return if unfinished { Name::Unfinished } else { Name::Other };
    }
    if end == line.len() {
        return Name::Unfinished;
    }
    if !tail.is_empty() && (continues(line[stem_end - 1], tail) || is_jumble(tail)) {
        return Name::Other;
    }
    // The hash of a password can be guessed from; what says `password_hash` in a program is another matter.
    let hashed = stem.kind == Kind::Password && !stem.bounded && is_hash(tail);
    if !tail.is_empty() && !hashed && describes(tail, stem) {
        return Name::Other;
    }
    // Two words are one name here: `public key: …`.
    let near = if begin == at { at.saturating_sub(16) } else { begin };
    let option = line[begin..].starts_with(b"--");
    if matches!(stem.kind, Weak) && stem.text != "salt" && !option && is_other_key(&line[near..at]) {
        return Name::Other;
    }
    if is_switch(lead) || is_ordinal(line, begin, stem) {
        return Name::Other;
    }
    // `DB_PASS`, `smtpPass`: a word before it makes a common word a name.
    let word = &line[begin..at];
    let word = &word[memchr::memrchr(b'.', word).map_or(0, |point| point + 1)..];
    let compound = word.iter().any(u8::is_ascii_alphabetic);
    // `smtppass` is no common word.
    let word = !stem.text.contains(' ') && stem.text.len() > 5;
    let told = stem.kind == Kind::Password && word || TELLING.contains(&stem.text);
    let short = stem.bounded && !compound && !stem.text.contains("pw") && !told;
    let numbered = tail.iter().all(u8::is_ascii_digit);
    let opens = hashed || stem.text == "key" && numbered && opens_something(&line[near..at]);
    let short = short && !opens;
    // Typed by people, not made by machines.
    let shared = stem.text.starts_with("shared")
        && [&b"pre-"[..], b"pre_", b"pre"].iter().any(|pre| lead.ends_with(pre));
    let kind = if shared {
        Kind::Password
    } else if opens {
        Kind::Secret
    } else {
        stem.kind
    };
    Name::Key(NamedKey { begin, stem: at, end, kind, short, opens })
}

/// Where the name ends that has `word` bytes without a joint behind its stem.
fn end_of_name(line: &[u8], stem_end: usize, word: usize) -> Result<usize, Name> {
    let mut end = stem_end + word;
    while let Some(b'-' | b'.') = line.get(end).filter(|_| end - stem_end < TAIL_MAX) {
        match line.get(end + 1) {
            Some(byte) if byte.is_ascii_alphanumeric() => {
                let most = line.len().min(stem_end + TAIL_MAX);
                end += 1 + WORD.run(&line[most.min(end + 1)..most]);
            }
            // Whether a hyphen or a point goes on with the name is decided by the next byte.
            None => return Err(Name::Unfinished),
            Some(_) => break,
        }
    }
    if end - stem_end >= TAIL_MAX && line.get(end).is_some_and(|&byte| NAME.has(byte)) {
        return Err(Name::Other);
    }
    Ok(end)
}

/// Whether what is before the stem tells that the name is no secret's: a name as compilers mangle it, the hash of a secret as a
/// list of known ones has it, what a browser is told of who may push to it (RFC 8292).
fn leads_to_other(lead: &[u8], stem: &Stem) -> bool {
    lead.starts_with(b"_Z")
        || [&b"_RNv"[..], b"_RINv", b"_RNCNv", b"_RNSNv"].iter().any(|mangled| lead.starts_with(mangled))
        || lead.starts_with(b"__Z")
        || lead.ends_with(b"hashed_") && stem.kind == Kind::Secret
        || lead.ends_with(b"applicationServer")
}

/// `?page_token=`, `--page-token`, `NextContinuationToken`: where a list goes on. What is called a page elsewhere has tokens of
/// its own.
fn is_of_page(line: &[u8], begin: usize, at: usize) -> bool {
    const WORDS: [&[u8]; 6] =
        [b"next", b"continuation", b"nextcontinuation", b"nextpage", b"next_page", b"next_continuation"];
    let lead =
        line[begin..at].strip_suffix(b"_").or(line[begin..at].strip_suffix(b"-")).unwrap_or(&line[begin..at]);
    let parameter = matches!(line[..begin].last(), Some(b'?' | b'&')) && lead.eq_ignore_ascii_case(b"page");
    parameter || lead == b"--page" || WORDS.iter().any(|word| lead.eq_ignore_ascii_case(word))
}

/// `--disabled-password`, `showPassword`: the last word before the stem says that something is done, or not, with one.
fn is_switch(before: &[u8]) -> bool {
    const VERBS: [&[u8]; 12] = [
        b"disabled",
        b"no",
        b"ask",
        b"prompt",
        b"show",
        b"hide",
        b"toggle",
        b"without",
        b"allow",
        b"skip",
        b"is",
        b"has",
    ];
    if before.is_empty() {
        return false;
    }
    let word = word_before(before);
    word.len() <= 8 && VERBS.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

/// `2nd pass: …`
fn is_ordinal(line: &[u8], begin: usize, stem: &Stem) -> bool {
    stem.text == "pass"
        && [&b"1st "[..], b"2nd ", b"3rd "].iter().any(|number| line[..begin].ends_with(number))
}

/// `FTPPASS=`, `ipmipass:`: whose password it is, and nothing between that and the word for it. Most words with `pass` at their
/// end are words by themselves.
fn is_put_before_pass(line: &[u8], at: usize, stem: &Stem) -> bool {
    let ends = || matches!(line.get(at + stem.text.len()), Some(b'=' | b':' | b'"' | b'\''));
    let letters = || line[..at].iter().rev().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    stem.text == "pass" && ends() && OWNERS.has(&line[at - letters()..at])
}

/// `user admin, pw Marble2327._`: a note tells both.
fn is_beside_user(line: &[u8], at: usize, end: usize) -> bool {
    let near = &line[at.saturating_sub(USER_MAX)..at];
    let value = &line[end..line.len().min(end + USER_MAX)];
    line.get(end) == Some(&b' ')
        && contains_any(near, &[b"user ", b"login ", b"account "])
        && value[1..].iter().take_while(|byte| byte.is_ascii_graphic()).any(u8::is_ascii_digit)
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

/// Whether the stem turned up in something random: `seC5uRGYkcfWgnVvu17qr`.
fn is_jumble(tail: &[u8]) -> bool {
    let count = |is: fn(&&u8) -> bool| tail[1..].iter().filter(is).count();
    tail.len() >= 8
        && tail[0].is_ascii_digit()
        && count(|byte| byte.is_ascii_digit()) > 1
        && count(|byte| byte.is_ascii_lowercase()) > 1
        && count(|byte| byte.is_ascii_uppercase()) > 1
}

/// Whether the last word of what follows the stem says that this is about a secret, not one.
fn describes(tail: &[u8], stem: &Stem) -> bool {
    let trimmed = tail.len() - tail.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let word = last_word(&tail[..trimmed]);
    let of_digest = || contains_any(tail, &[b"sha1", b"sha2", b"sha3", b"sha5", b"md5", b"websocket"]);
    if word.eq_ignore_ascii_case(b"id") {
        return stem.text != "secret" || of_digest() || contains_any(tail, &[b"version"]);
    }
    DESCRIPTIONS.has(word) || of_digest()
}

/// `_hash`, `Hash`, `hashed`.
fn is_hash(tail: &[u8]) -> bool {
    let word = tail.strip_prefix(b"_").or(tail.strip_prefix(b"-")).unwrap_or(tail);
    [&b"hash"[..], b"hashed"].iter().any(|hash| word.eq_ignore_ascii_case(hash))
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
