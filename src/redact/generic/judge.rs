//! Whether a value can be the secret its key names. Errs to hiding for passwords, asks for randomness the less the
//! key and the connector say.

use super::chosen::{is_chosen, is_phrase};
use super::code::{is_constant, is_expression, is_number};
use super::connector::{Shape, Value};
use super::key::NamedKey;
use super::other::{is_account, is_beside, is_cipher, is_key_number, is_of_source_file, names_resource};
use super::words::{Words, contains_any};
use crate::redact::byte_set::ByteSet;
use crate::redact::marker;
use crate::redact::signs::Kind;
use crate::redact::value::{is_placeholder, shannon_entropy};
use std::sync::LazyLock;

/// Bytes at the beginning of a value by which it is judged.
const JUDGED_MAX: usize = 512;

/// What random values consist of.
const TOKEN: ByteSet = ByteSet::alphanumeric_and(b"_-+/=.~:|%$!@#*^");

/// Values that are types, states and names, in any case.
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    a admin_password an and any array auto basic bcrypt bearer bool boolean buffer byte bytes changed \
    char config const credentials default deprecated dict disabled empty enabled env error expired \
    failed false field file f32 f64 float for from function generated here hidden i16 i32 i64 i8 if in incorrect input int \
    int32_t int64_t integer size_t interface invalid is json key keychain keyring ldap let list login manual map masked md5 \
    missing must name new nil no none not null number object off ok on option optional or param pass \
    password plain plaintext private prompt protected public pw pwd read readonly redacted request \
    erforderlich falsch incorrecta incorrecto invalide obligatoire obligatoria obligatorio requerida requerido requis \
    required reset result return scram-sha-256 secret securestring self sensitive set sha1 sha256 sha512 \
    ssh static stdin str string success text textarea the this to token true type u16 u32 u64 u8 undefined unknown \
    unset user username valid value varchar void was write yes ",
    )
});

/// The characters of a value, counted.
struct Makeup {
    digits: usize,
    lower: usize,
    upper: usize,
    other: usize,
}

impl Makeup {
    fn of(value: &[u8]) -> Self {
        let (mut digits, mut lower, mut upper) = (0, 0, 0);
        for piece in value.chunks(u8::MAX.into()) {
            // Counters of one byte, so that the loop becomes vector instructions.
            let count =
                |is: fn(&u8) -> bool| usize::from(piece.iter().map(|byte| u8::from(is(byte))).sum::<u8>());
            digits += count(u8::is_ascii_digit);
            lower += count(u8::is_ascii_lowercase);
            upper += count(u8::is_ascii_uppercase);
        }
        Self { digits, lower, upper, other: value.len() - digits - lower - upper }
    }

    fn letters(&self) -> usize {
        self.lower + self.upper
    }

    /// Letters of both cases and digits, so many of each and so long that everything else asked of a value says the same.
    fn is_random(&self, length: usize) -> bool {
        (20..=64).contains(&length) && self.digits * 6 >= length && self.upper > 3 && self.lower > 3
    }

    /// Letters and digits, or letters of both cases and symbols.
    fn is_mixed(&self) -> bool {
        self.letters() > 0 && (self.digits > 0 || self.lower > 0 && self.upper > 0 && self.other > 0)
    }
}

/// Judges `value`, found behind `name` in `line`.
pub(super) fn is_secret(line: &[u8], name: &NamedKey, value: &Value) -> bool {
    let text = &line[value.start..value.end.min(value.start + JUDGED_MAX)];
    may_be_secret(line, name, value) && !names_resource(line, name) && !is_of_source_file(line, name, text)
}

fn may_be_secret(line: &[u8], name: &NamedKey, value: &Value) -> bool {
    let text = &line[value.start..value.end.min(value.start + JUDGED_MAX)];
    // What was hidden before is not judged again.
    if text.starts_with(marker::OPEN) && text.ends_with(b"]") {
        return false;
    }
    let quoted = matches!(value.shape, Shape::Quoted | Shape::Flag);
    let makeup = Makeup::of(text);
    // Behind every keyword in prose there is a word.
    if value.shape == Shape::Loose && (name.kind == Kind::Weak || !is_strange(text, &makeup)) {
        return false;
    }
    // Most of what follows only symbols could make true.
    let plain = makeup.other == 0;
    if plain && makeup.is_random(text.len()) && value.shape.is_certain() && name.kind != Kind::Weak {
        let called = value.shape == Shape::Bare && line.get(value.end) == Some(&b'(');
        return !called && !refers_plainly(text);
    }
    if text.len() < 3 || is_word(text) || if plain { refers_plainly(text) } else { refers(text, quoted) } {
        return false;
    }
    if value.shape == Shape::Bare && line.get(value.end) == Some(&b'(') {
        return false;
    }
    let human = name.kind == Kind::Password || line[name.stem..].starts_with(b"psk");
    if human && value.shape.is_certain() && is_chosen(text, name, value) {
        return !names_resource(line, name);
    }
    let machine = name.kind != Kind::Password && !is_wild(text, &makeup);
    let code = || !quoted && (is_expression(text, machine) || is_constant(text));
    let symbolic = || code() || is_cipher(text) || is_account(text);
    if is_number(text)
        || is_key_number(line, name, text)
        || names_resource(line, name)
        || is_beside(line, name, value, text)
        || !plain && symbolic()
    {
        return false;
    }
    match (name.kind, value.shape) {
        (Kind::Weak, Shape::Listed) => false,
        (_, Shape::Listed) => {
            is_pair(line, name, value) && is_mixed(text, &makeup, 6) && !is_name_of_something(text, &makeup)
                || is_unlike_name(text, &makeup)
        }
        (Kind::Password, Shape::Flag) if makeup.letters() == text.len() => {
            // In prose, words follow.
            let rest = line[value.end..].trim_ascii_start();
            (is_last_word(line, value.end) || rest.starts_with(b"-"))
                && quoted_password(line, text, &makeup, name)
        }
        (_, Shape::Loose) => {
            let known = name.kind == Kind::Password
                && !name.short
                && is_mixed(text, &makeup, 8)
                && !is_file_name(text);
            known && is_last_word(line, value.end) || is_random(text, &makeup, 14) || is_wild(text, &makeup)
        }
        (Kind::Weak, _) => {
            is_random(text, &makeup, 16)
                && !is_identifier_number(text)
                && !(text.contains(&b'_') && is_wordy(text))
                && weak_context(line, name, text)
        }
        (Kind::Password, _) if quoted => quoted_password(line, text, &makeup, name),
        (Kind::Password, _) => bare_password(line, text, &makeup, name, value),
        (_, _) if quoted => quoted_secret(text, &makeup, name, line),
        (_, _) => bare_secret(text, &makeup, value.spaced),
    }
}

/// What a placeholder begins with.
const STAND_INS: [&str; 4] = ["your", "insert", "replace", "xxx"];

fn starts(text: &[u8], prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// [`refers`] for a value of letters and digits alone.
fn refers_plainly(text: &[u8]) -> bool {
    is_placeholder(text) || STAND_INS.iter().any(|prefix| starts(text, prefix))
}

/// Whether the value only points to a secret or computes one: a variable, a template, a path, an address.
fn refers(text: &[u8], quoted: bool) -> bool {
    let has = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
    // A tag of CloudFormation, an argument in a usage, a pattern.
    let tag = text.strip_prefix(b"!").or(text.strip_prefix(b"["));
    if tag.is_some_and(|name| name.len() > 2 && name.iter().all(u8::is_ascii_alphabetic)) || is_pattern(text)
    {
        return true;
    }
    let template = |pair: &[u8]| matches!(pair, b"${" | b"{{" | b"$(" | b"#{" | b"<%");
    let format = memchr::memmem::find(text, b"%s")
        .is_some_and(|at| !text.get(at + 2).is_some_and(u8::is_ascii_alphanumeric));
    if is_placeholder(text) || text.windows(2).any(template) || format || has(b"...") {
        return true;
    }
    if [
        "http://",
        "https://",
        "/",
        "./",
        "../",
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
    ]
    .iter()
    .chain(&STAND_INS)
    .any(|prefix| starts(text, prefix))
    {
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
        let expression = |name: &[u8]| name.ends_with(b"}") || name.iter().all(u8::is_ascii_alphabetic);
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

/// An expression that describes text: `(\S+)`, `[^&]+`, `.*`.
fn is_pattern(text: &[u8]) -> bool {
    const PIECES: [&[u8]; 8] = [b"\\s*", b"\\s+", b"\\S+", b"\\w+", b"\\d+", b"[^", b".*", b".+?"];
    text.iter().any(|byte| matches!(byte, b'\\' | b'[' | b'*' | b'?')) && contains_any(text, &PIECES)
}

fn is_word(text: &[u8]) -> bool {
    // Passwords are words too: a whole word in lower case between quotes is judged elsewhere.
    let behind = text.iter().rev().take_while(|byte| b"?!;,.[])}".contains(byte)).count();
    let text = &text[..text.len() - behind];
    WORDS.has(&text[text.iter().take_while(|&&byte| byte == b'_').count()..])
}

/// Letters and digits, or letters and symbols, of some length.
fn is_mixed(text: &[u8], makeup: &Makeup, least: usize) -> bool {
    text.len() >= least && makeup.is_mixed() && !is_dotted_name(text)
}

/// What a value that only a space parts from its key has at least: it is mixed, or random.
fn is_strange(text: &[u8], makeup: &Makeup) -> bool {
    text.len() >= 8 && makeup.is_mixed()
}

/// Letters in both cases, digits, and symbols that neither names nor paths nor programs have among them.
fn is_wild(text: &[u8], makeup: &Makeup) -> bool {
    let symbols = text.iter().filter(|byte| b"!?^~*@#%$&+".contains(byte)).count();
    text.len() >= 12
        && makeup.digits > 0
        && makeup.upper > 1
        && makeup.lower > 1
        && symbols > 1
        && text.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\')
        && text[0] != b'/'
        && !is_expression(text, false)
        && !text.windows(2).any(|pair| matches!(pair, b"::" | b"->" | b"&&"))
}

/// `define('DB_PASSWORD', 'x')`: a call with a name and a value.
fn is_pair(line: &[u8], name: &NamedKey, value: &Value) -> bool {
    let before = &line[..name.begin];
    let opened = before.ends_with(b"('") || before.ends_with(b"(\"");
    opened && matches!(line[value.end..], [b'\'' | b'"', b')', ..])
}

/// Whether an element of a list can hardly be the name of anything.
fn is_unlike_name(text: &[u8], makeup: &Makeup) -> bool {
    let symbols = text.iter().any(|byte| !byte.is_ascii_alphanumeric() && !b"_-.:/ \\'\"".contains(byte));
    let mixed = makeup.digits > 0 && makeup.upper > 1 && makeup.lower > 1 && text.len() >= 8;
    (mixed || is_random(text, makeup, 12)) && !is_wordy(text) || symbols && is_mixed(text, makeup, 8)
}

/// What no person writes by hand: long, of letters and digits, without the look of a name, path, date or version.
fn is_random(text: &[u8], makeup: &Makeup, least: usize) -> bool {
    let token = text.iter().all(|byte| TOKEN.has(*byte));
    if !token
        || text.len() < least
        || makeup.digits < 2
        || makeup.letters() < 2
        || shannon_entropy(text) < 2.8
    {
        return false;
    }
    if is_date_or_version(text) || is_dotted_name(text) || is_list_of_pairs(text) {
        return false;
    }
    // Words with a number: `release-2024-final`, `utf8_general_ci`. Random text changes class all the time.
    let parts = text.split(|byte| matches!(byte, b'-' | b'_' | b'.' | b'/' | b':'));
    let wordy = parts
        .clone()
        .filter(|part| part.iter().all(u8::is_ascii_alphabetic) && !part.is_empty())
        .map(<[u8]>::len)
        .sum::<usize>();
    wordy * 2 < text.len()
}

fn is_identifier_number(text: &[u8]) -> bool {
    let uuid = text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    uuid || text.starts_with(b"AAAA")
}

/// A word like `key` needs company: a name around it, or quotes and more than hexadecimal digits.
fn weak_context(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    let compound = name.begin < name.stem && line[name.begin..name.stem].iter().any(u8::is_ascii_alphabetic);
    let hex = text.iter().all(u8::is_ascii_hexdigit);
    let slashes = text.iter().filter(|&&byte| byte == b'/').count();
    if hex && text.len() == 40 && text.iter().any(u8::is_ascii_uppercase) {
        // An OpenPGP fingerprint.
        return false;
    }
    (compound || !hex) && slashes <= 2 + text.len() / 24
}

fn quoted_password(line: &[u8], text: &[u8], makeup: &Makeup, name: &NamedKey) -> bool {
    let spaces = text.iter().filter(|byte| byte.is_ascii_whitespace()).count();
    if spaces > 0 {
        // Groups of four, as some issue them.
        let groups = text.split(|byte| *byte == b' ');
        let grouped = spaces > 2 && groups.clone().all(|group| group.len() == 4) && makeup.other == spaces;
        return grouped && makeup.digits > 0
            || is_phrase(line, name, text)
            || spaces <= 1 && makeup.digits > 0 && makeup.other > spaces && !text.ends_with(b".");
    }
    if makeup.digits == 0 && text.iter().all(|byte| !byte.is_ascii() || byte.is_ascii_alphabetic()) {
        // A word. Labels are capitalised; `getPassword` and `DB_PASSWORD` are names.
        let capitalised = text[0].is_ascii_uppercase() && makeup.upper == 1 || makeup.other > 0;
        return text.len() >= 4 && !name.short && !capitalised && !names_secret(text);
    }
    text.len() >= 4
        && (!is_name_of_something(text, makeup) || is_phrase(line, name, text))
        && !(name.short && makeup.letters() == 0)
}

fn bare_password(line: &[u8], text: &[u8], makeup: &Makeup, name: &NamedKey, value: &Value) -> bool {
    if text.len() < 4 || is_name_of_something(text, makeup) {
        return is_phrase(line, name, text);
    }
    if makeup.digits == 0
        && makeup.other > 0
        && text.iter().all(|byte| !byte.is_ascii() || byte.is_ascii_alphabetic())
    {
        // The word for it in another language.
        return false;
    }
    if makeup.letters() == text.len() {
        let setting = !value.spaced && begins_line(line, name) && is_last_word(line, value.end);
        return setting && !name.short && text.len() >= 5 && makeup.upper != 1 && !names_secret(text);
    }
    if makeup.letters() == 0 {
        return !name.short && makeup.digits >= 4 && !value.spaced && !line[value.end..].starts_with(b".");
    }
    // In prose a value is followed by more words.
    let prose = makeup.digits == 0 && !is_last_word(line, value.end) && value.spaced;
    !prose && (makeup.digits > 0 || makeup.other > 0) && (!name.short || is_mixed(text, makeup, 6))
}

fn quoted_secret(text: &[u8], makeup: &Makeup, name: &NamedKey, line: &[u8]) -> bool {
    if text.iter().any(u8::is_ascii_whitespace) {
        return false;
    }
    if makeup.letters() == 0 {
        return makeup.digits >= 10 && !is_date_or_version(text);
    }
    if makeup.digits == 0 {
        let secret =
            line[name.stem..].len() >= 6 && line[name.stem..name.stem + 6].eq_ignore_ascii_case(b"secret");
        let plain = makeup.other == 0 && !names_secret(text) && (makeup.upper == 0 || makeup.upper > 1);
        let cases = makeup.upper > 3 && makeup.lower > 3;
        return plain && (secret && text.len() >= 8 || text.len() >= 20 && cases && !is_wordy(text))
            || text.len() >= 20
                && makeup.upper > 2
                && makeup.lower > 2
                && !is_dotted_name(text)
                && !is_wordy(text);
    }
    text.len() >= 8 && !is_name_of_something(text, makeup) && !is_date_or_version(text)
}

fn bare_secret(text: &[u8], makeup: &Makeup, spaced: bool) -> bool {
    if makeup.letters() == 0 {
        return makeup.digits >= 16;
    }
    if makeup.digits == 0 {
        return text.len() >= 20
            && makeup.upper > 2
            && makeup.lower > 2
            && !is_wordy(text)
            && !is_dotted_name(text)
            && !names_secret(text);
    }
    text.len() >= 8
        && !is_name_of_something(text, makeup)
        && !is_date_or_version(text)
        && (makeup.digits > 1 || !spaced || makeup.other > 0)
}

/// `getPassword`, `oauth2_token`, `self.config.secret`, `library/server:1.2`: an identifier that names a secret
/// again, or one made of words.
fn is_name_of_something(text: &[u8], makeup: &Makeup) -> bool {
    let identifier = text
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | b'/'));
    let few_digits = makeup.digits < 3 || makeup.digits * 6 < text.len();
    identifier
        && (is_dotted_name(text)
            || text.contains(&b'.') && names_secret(text)
            || few_digits && is_wordy(text) && (makeup.other > 0 || names_secret(text))
            || text.contains(&b':') && is_wordy(text) && names_secret(text))
}

/// `a.1ssl.gz`, `x-console.service.8.gz`: ends in an extension. Links in a listing point to such.
fn is_file_name(text: &[u8]) -> bool {
    let Some(point) = memchr::memrchr(b'.', text) else { return false };
    let extension = &text[point + 1..];
    (1..=8).contains(&extension.len())
        && extension.iter().all(u8::is_ascii_lowercase)
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.+@:/".contains(byte))
}

/// `Value1:Key2=Value2`: more settings in one value.
fn is_list_of_pairs(text: &[u8]) -> bool {
    memchr::memchr_iter(b'=', text).any(|equals| {
        let name = text[..equals].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let before = text[..equals - name].last();
        name > 0
            && before.is_some_and(|byte| b":;,&".contains(byte))
            && text.get(equals + 1).is_some_and(u8::is_ascii_alphabetic)
    })
}

/// Whether the value is itself the name of a secret.
pub(super) fn names_secret(text: &[u8]) -> bool {
    const NAMES: [&[u8]; 13] = [
        b"password",
        b"passwd",
        b"passphrase",
        b"secret",
        b"token",
        b"credential",
        b"apikey",
        b"api_key",
        b"api-key",
        b"_key",
        b"privatekey",
        b"publickey",
        b"username",
    ];
    text.len() < 64 && contains_any(text, &NAMES)
}

/// `self.token`, `process.env.TOKEN`, `auth.password.title`: names joined by points.
fn is_dotted_name(text: &[u8]) -> bool {
    let mut parts = text.split(|&byte| byte == b'.').peekable();
    let several = memchr::memchr(b'.', text).is_some();
    several
        && parts.all(|part| {
            let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
            !part.is_empty()
                && (part[0].is_ascii_alphabetic() || part[0] == b'_')
                && part.len() < 32
                && digits * 4 <= part.len()
                && part.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        })
        && is_wordy(text)
}

/// Made of words: parts of letters in one case, at least as long as the rest.
pub(in crate::redact) fn is_wordy(text: &[u8]) -> bool {
    let parts = text.split(|byte| !byte.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let word = |part: &&[u8]| {
        let tail = &part[1..];
        let humps = tail.iter().filter(|byte| byte.is_ascii_uppercase()).count();
        let number = part.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
        (digits <= 1 || number == digits && digits <= 3 && part.len() >= digits + 3)
            && (part.iter().all(|byte| !byte.is_ascii_lowercase()) || humps * 4 <= part.len())
    };
    let words: usize = parts.filter(|part| word(part)).map(<[u8]>::len).sum();
    words * 4 >= text.len() * 3
}

fn is_date_or_version(text: &[u8]) -> bool {
    let separators = text.iter().filter(|byte| matches!(byte, b'.' | b'-' | b':' | b'/' | b'+')).count();
    if separators < 2 {
        return false;
    }
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let text = text.trim_ascii_start();
    let text = &text[text.iter().take(3).take_while(|byte| b"^~<>=v".contains(byte)).count()..];
    if digits == 0 || text.len() >= 40 {
        return false;
    }
    const STAGES: [&[u8]; 9] =
        [b"alpha", b"beta", b"build", b"dev", b"rc", b"snapshot", b"ubuntu", b"deb", b"git"];
    let letters = text.len().saturating_sub(digits + separators);
    // 2024-01-02T03:04:05Z, 1.2.3-rc1, 10.0.0.1/24
    letters <= 3 || letters <= 11 && contains_any(text, &STAGES)
}

fn begins_line(line: &[u8], name: &NamedKey) -> bool {
    // Indented further than this, a line begins anywhere.
    let before = line[name.begin.saturating_sub(64)..name.begin].trim_ascii();
    before.is_empty()
        || [
            &b"export"[..],
            b"-",
            b"+",
            b"set",
            b"env",
            b"ENV",
            b"ARG",
            b"\"",
            b"'",
            b"#",
            b"//",
            b";",
            b"declare -x",
        ]
        .contains(&before)
        || matches!(line[name.begin - 1], b'?' | b'&' | b';')
}

fn is_last_word(line: &[u8], end: usize) -> bool {
    let rest = line[end..].trim_ascii_start();
    rest.is_empty()
        || rest.starts_with(b"#")
        || matches!(rest[0], b'"' | b'\'' | b',' | b';' | b'&' | b'`' | b'<' | b'\\') && rest.len() < 3
        || rest[0] == b'&'
}
