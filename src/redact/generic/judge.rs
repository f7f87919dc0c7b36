//! Whether a value can be the secret its key names. Errs to hiding for passwords, asks for randomness the less the
//! key and the connector say.

use super::chosen::{
    ends_in_added_letter, is_chosen, is_chosen_as_secret, is_composed, is_in_sixes, is_joined_by_point,
    is_oddly_joined, is_phrase, is_phrase_for, is_phrase_of_some, is_phrase_with_number, is_run_of_words,
    is_word_list,
};
use super::code::{is_constant, is_expression, is_number};
use super::connector::{Shape, Value};
use super::key::NamedKey;
use super::makeup::{
    Makeup, TOKEN, is_date_or_version, is_dotted_name, is_file_name, is_identifier_number, is_jumbled,
    is_mixed, is_random, is_unspelled_token, is_wild, is_wordy,
};
use super::other::{
    is_account, is_beside, is_cipher, is_key_number, is_library, is_of_source_file, names_resource,
};
use super::reference::{refers, refers_plainly};
use super::spelling::{is_odd, is_unspelled};
use super::words::{Words, contains_any};
use super::written::is_bytes;
use crate::redact::marker;
use crate::redact::signs::Kind;
use std::sync::LazyLock;

/// Bytes at the beginning of a value by which it is judged.
const JUDGED_MAX: usize = 512;

/// Values that are types, states and names, in any case.
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    todo fixme tbd filtered \
    compat files sss winbind \
    lpwstr lpcwstr lpstr lpcstr pwstr pcwstr pstr lmstr puchar dword bstr options \
    a admin_password changeme change_me change-me dummy example sample wrong short weak fake mock test an and ansistring any array auto basic bcrypt bearer bool boolean buffer byte bytes changed \
    char config const credentials default deprecated dict disabled empty enabled encrypted env error expired \
    failed false field file f32 f64 float for from function generated hashed here hidden i16 i32 i64 i8 if in incorrect input int \
    int32_t int64_t integer size_t interface invalid is json key keychain keyring ldap let list login manual map masked md5 \
    missing must name never new nil no none not null number object off ok on option optional or param pass \
    password plain plaintext private prompt protected public pw pwd read readonly redacted request \
    erforderlich falsch incorrecta incorrecto invalide obligatoire obligatoria obligatorio requerida requerido requis \
    required reset result return scram-sha-256 secret securestring self sensitive set sha1 sha256 sha512 \
    ssh static stdin str string success text textarea the this to token true type u16 u32 u64 u8 undefined unknown \
    unicodestring unset user username valid value varchar varchar2 void was widestring write yes ",
    )
});

/// Judges `value`, found behind `name` in `line`.
pub(super) fn is_secret(line: &[u8], name: &NamedKey, value: &Value) -> bool {
    let text = &line[value.start..value.end.min(value.start + JUDGED_MAX)];
    may_be_secret(line, name, value) && !names_resource(line, name) && !is_of_source_file(line, name, text)
}

fn may_be_secret(line: &[u8], name: &NamedKey, value: &Value) -> bool {
    let text = &line[value.start..value.end.min(value.start + JUDGED_MAX)];
    if is_hidden(text) || repeats_name(line, name, value) {
        return false;
    }
    if is_test_report(line, name, text) && !is_lonely(line, value, text) {
        return false;
    }
    // A variable of GraphQL and its type: `$password:String!){…`.
    if line[..name.begin].ends_with(b"$") && text.starts_with(b"String!") {
        return false;
    }
    let quoted = matches!(value.shape, Shape::Quoted | Shape::Flag);
    let makeup = Makeup::of(text);
    // A file that something is about.
    if value.shape == Shape::Loose && is_path(text) {
        return false;
    }
    // Behind every keyword in prose there is a word.
    if value.shape == Shape::Loose && (name.kind == Kind::Weak || !is_strange(text, &makeup)) {
        return is_plainly_told(line, name, value, text, &makeup);
    }
    if makeup.other > 0 && is_written_key(name, text) {
        return true;
    }
    // Most of what follows only symbols could make true.
    let plain = makeup.other == 0;
    if plain && makeup.is_random(text.len()) && value.shape.is_certain() && name.kind != Kind::Weak {
        let called = value.shape == Shape::Bare && line.get(value.end) == Some(&b'(');
        return !called && !refers_plainly(text);
    }
    if text.len() < 3 || is_word(text) || value.shape == Shape::Bare && line.get(value.end) == Some(&b'(') {
        return false;
    }
    let human = name.kind == Kind::Password || line[name.stem..].starts_with(b"psk");
    let is_chosen = || {
        value.shape.is_certain()
            && (human
                && (is_chosen(text, name, value)
                    || is_composed(line, text, name, value)
                    || is_phrase_for(line, name, value, text))
                || name.kind == Kind::Secret && is_chosen_as_secret(line, text, name, value))
    };
    // What fits is asked first: of most values it says no, and all else takes longer.
    let fits = fits(line, name, value, text, &makeup);
    (fits || is_chosen())
        && !(if plain { refers_plainly(text) } else { refers(text, quoted) })
        && (!fits || !is_other(line, name, value, text, &makeup) || is_chosen())
}

/// Whether a value that could be a secret is something else: a number, program text, the entry of another list.
fn is_other(line: &[u8], name: &NamedKey, value: &Value, text: &[u8], makeup: &Makeup) -> bool {
    let quoted = matches!(value.shape, Shape::Quoted | Shape::Flag);
    let plain = makeup.other == 0;
    let machine = name.kind != Kind::Password && !is_wild(text, makeup);
    let code = || !quoted && (is_expression(text, machine) && !is_jumbled(text, makeup) || is_constant(text));
    let symbolic = || code() || is_cipher(text) || is_account(text);
    is_number(text)
        || is_key_number(line, name, text)
        || is_beside(line, name, value, text)
        || !plain && is_library(text)
        || !plain && symbolic()
        || name.opens && !is_random(text, makeup, 10) && !is_unspelled_token(text)
}

/// Whether the text was hidden before, alone or behind a key of its own: `token=[…]`. That is not judged again.
fn is_hidden(text: &[u8]) -> bool {
    let marker = || memchr::memmem::find(text, marker::OPEN);
    text.ends_with(b"]")
        && marker().is_some_and(|at| match text[..at] {
            [] => true,
            [.., last, b'=' | b':'] => last.is_ascii_alphabetic() && names_secret(&text[..at]),
            _ => false,
        })
}

/// `password=password=…`: what is behind the last of them is judged. `password:"password_3kQz9"`: the name of a class of a
/// style sheet, and a digest of it.
fn repeats_name(line: &[u8], name: &NamedKey, value: &Value) -> bool {
    let digest = line[value.start..value.end].strip_prefix(&line[name.begin..name.end]);
    if value.shape == Shape::Quoted
        && digest
            .is_some_and(|digest| (6..=8).contains(&digest.len()) && digest[0] == b'_' && digest[1] != b'_')
        && line[name.end..value.start] == *b":\""
    {
        return true;
    }
    value.shape == Shape::Bare && line[value.start..].starts_with(&line[name.begin..value.start])
}

/// `/tmp/krb5cc_1000`; base64 begins with a slash as well.
fn is_path(text: &[u8]) -> bool {
    let mut parts = text.split(|byte| *byte == b'/');
    let first = parts.nth(1).filter(|first| text[0] == b'/' && (2..=8).contains(&first.len()));
    first.is_some_and(|first| first.iter().all(u8::is_ascii_lowercase)) && parts.next().is_some()
}

/// `PASS: ld-elf/pr24819`, `PASS  Tests\Feature\LoginTest`: a line of a report as DejaGnu, automake and `PHPUnit` write it.
fn is_test_report(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    let class = || line[name.begin..].starts_with(b"PASS  ") && text.contains(&b'\\');
    (line[name.begin..].starts_with(b"PASS: ") || class()) && line[..name.begin].trim_ascii().is_empty()
}

/// Whether a value is the only word behind its name, and no name of a test.
fn is_lonely(line: &[u8], value: &Value, text: &[u8]) -> bool {
    let makeup = Makeup::of(text);
    let symbol = text.iter().any(|byte| b"!?^~*@#%$&+".contains(byte));
    let cases = makeup.digits.min(makeup.upper).min(makeup.lower) > 0 && !text.contains(&b'/');
    // A name of a test has hyphens and points, or a number at its end.
    let token = makeup.other == 0 && makeup.digits > 0 && text.len() > 7;
    is_last_word(line, value.end) && (cases && symbol || (cases || token) && !is_wordy(text))
}

/// Whether a string beside a secret is one as well.
pub(super) fn is_beside_secret(text: &[u8]) -> bool {
    let makeup = Makeup::of(text);
    is_random(text, &makeup, 12) && !is_identifier_number(text) && !is_wordy(text)
        || is_wild(text, &makeup)
        || is_unspelled_token(text)
}

/// Whether the text is a key in a form of its own: byte by byte, or as Jasypt encrypts it.
fn is_written_key(name: &NamedKey, text: &[u8]) -> bool {
    if text.contains(&b',') && is_bytes(text) {
        let count = text.split(|byte| *byte == b',').filter(|number| !number.trim_ascii().is_empty()).count();
        return name.kind != Kind::Weak || !name.short || matches!(count, 16 | 24 | 32);
    }
    let encrypted = text.strip_prefix(b"ENC(").filter(|_| name.kind != Kind::Weak);
    encrypted
        .is_some_and(|inner| inner.len() >= 20 && inner.iter().all(|byte| TOKEN.has(*byte) || *byte == b')'))
}

/// Whether a word in prose is a secret although it could be any: `key 3Hub…` in the settings of a router, a number or a
/// phrase at the end.
fn is_plainly_told(line: &[u8], name: &NamedKey, value: &Value, text: &[u8], makeup: &Makeup) -> bool {
    match name.kind {
        Kind::Weak => {
            makeup.other == 0
                && makeup.upper.min(makeup.lower) > 2
                && is_last_word(line, value.end)
                && is_random(text, makeup, 20)
                && line[..name.begin].trim_ascii().is_empty()
        }
        Kind::Password => {
            (makeup.letters() == 0 && is_told_number(line, value, text)
                || makeup.other > 1 && is_phrase_of_some(text)
                || !name.short
                    && (is_unspelled_token(text) || is_app_password(text) && begins_line(line, name)))
                && (is_last_word(line, value.end) || makeup.other > 1 && goes_on_behind(line, value.end))
                || makeup.other > 2 && line[..name.begin].ends_with(b"the ") && is_phrase_of_some(text)
                || matches!(line.get(value.end), Some(b'"' | b'\'' | b'`')) && is_word_list(line, name, text)
        }
        _ => false,
    }
}

/// Sixteen small letters that are no word, as Google issues passwords for programs.
fn is_app_password(text: &[u8]) -> bool {
    text.len() == 16 && text.iter().all(u8::is_ascii_lowercase) && is_odd(text)
}

/// Whether a value that could be a secret looks enough like one for its name and its shape.
fn fits(line: &[u8], name: &NamedKey, value: &Value, text: &[u8], makeup: &Makeup) -> bool {
    let quoted = matches!(value.shape, Shape::Quoted | Shape::Flag);
    match (name.kind, value.shape) {
        // `define('DB_PASSWORD', 'x')`
        (Kind::Password, Shape::Listed) if defines(line, name) && !text.contains(&b' ') => {
            is_pair(line, name, value)
                && (quoted_password(line, text, makeup, name) || is_phrase_of_some(text))
        }
        (Kind::Weak, Shape::Listed) if defines(line, name) && !name.short => {
            is_pair(line, name, value) && (is_random(text, makeup, 14) || is_wild(text, makeup))
        }
        // `os.getenv("ACME_KEY", "x")`
        (Kind::Weak, Shape::Listed) => {
            let constant = !line[name.begin..name.end].iter().any(u8::is_ascii_lowercase);
            !name.short && constant && is_pair(line, name, value) && is_random(text, makeup, 20)
        }
        // `define('DB_PASSWORD', 'x y')`; other functions take a name and a sentence about it.
        (_, Shape::Listed) if text.contains(&b' ') => {
            let constant = !line[name.begin..name.end].iter().any(u8::is_ascii_lowercase);
            let one = makeup.digits > 0 && text.iter().filter(|byte| **byte == b' ').count() == 1;
            (constant || one) && is_pair(line, name, value) && is_mixed(text, makeup, 6)
        }
        (_, Shape::Listed) => {
            let constant = !line[name.begin..name.end].iter().any(u8::is_ascii_lowercase);
            name.kind == Kind::Password && constant && is_pair(line, name, value) && is_phrase_of_some(text)
                || is_pair(line, name, value)
                    && is_mixed(text, makeup, 6)
                    && !is_name_of_something(text, makeup)
                || is_unlike_name(text, makeup)
        }
        (Kind::Password, Shape::Flag) if makeup.letters() == text.len() => {
            // In prose, words follow.
            let rest = line[value.end..].trim_ascii_start();
            (is_last_word(line, value.end) || rest.starts_with(b"-"))
                && quoted_password(line, text, makeup, name)
        }
        (_, Shape::Loose) => {
            let password = name.kind == Kind::Password && !name.short;
            let known = password && is_mixed(text, makeup, 8) && !is_file_name(text);
            let chosen = || password && makeup.digits > 1 && is_chosen(text, name, value);
            let (last, goes_on) = (is_last_word(line, value.end), goes_on_behind(line, value.end));
            let introduced = line[..name.begin].ends_with(b"with ") && makeup.digits > 0;
            let odd = makeup.other > 0 && !is_wordy(text) && !text.contains(&b'@');
            known && (last || (makeup.digits > 1 && makeup.other == 0 || odd) && goes_on || introduced)
                || is_random(text, makeup, 14)
                || is_wild(text, makeup)
                || (last || goes_on) && chosen()
                || password && last && begins_line(line, name) && is_composed(line, text, name, value)
        }
        (Kind::Weak, _) => {
            let mixed = !name.short && makeup.digits.min(makeup.lower).min(makeup.upper) > 1;
            let parameter = name.begin > 0 && matches!(line[name.begin - 1], b'?' | b'&');
            is_random(text, makeup, if mixed { 14 } else { 16 })
                && (parameter || !is_identifier_number(text))
                && !(text.contains(&b'_') && is_wordy(text))
                && weak_context(line, name, text)
        }
        (Kind::Password, _) if quoted => quoted_password(line, text, makeup, name),
        (Kind::Password, _) => bare_password(line, text, makeup, name, value),
        (_, _) if quoted => quoted_secret(text, makeup, name, line),
        (_, _) => bare_secret(text, makeup, value.spaced),
    }
}

fn is_word(text: &[u8]) -> bool {
    // Passwords are words too: a whole word in lower case between quotes is judged elsewhere.
    let text = text.strip_prefix(b"(").unwrap_or(text);
    // `varchar(255)`
    let sized = text.strip_suffix(b")").and_then(|text| {
        let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        text[..text.len() - digits].strip_suffix(b"(").filter(|_| digits > 0)
    });
    let text = sized.unwrap_or(text);
    let behind = text.iter().rev().take_while(|byte| b"?!;,.[])}".contains(byte)).count();
    let text = &text[..text.len() - behind];
    WORDS.has(&text[text.iter().take_while(|&&byte| byte == b'_').count()..])
}

/// What a value that only a space parts from its key has at least: it is mixed, or random.
fn is_strange(text: &[u8], makeup: &Makeup) -> bool {
    text.len() >= 8 && makeup.is_mixed()
}

/// `define('DB_PASSWORD', 'x')`: a call with a name and a value.
fn is_pair(line: &[u8], name: &NamedKey, value: &Value) -> bool {
    let before = &line[..name.begin];
    // `-define(PASSWORD, "x")`
    let constant = || (!line[name.begin..name.end].iter().any(u8::is_ascii_lowercase)).then_some(before);
    let before = before.strip_suffix(b"'").or(before.strip_suffix(b"\"")).or_else(constant);
    let opened = before.is_some_and(|before| before.trim_ascii_end().ends_with(b"("));
    opened && matches!(line[value.end..], [b'\'' | b'"', b')', ..] | [b'\'' | b'"', b' ', b')', ..])
}

/// Whether the name is that of a constant being defined: `define('DB_PASSWORD'`.
fn defines(line: &[u8], name: &NamedKey) -> bool {
    let before = line[..name.begin].strip_suffix(b"'").or(line[..name.begin].strip_suffix(b"\""));
    before.is_some_and(|before| before.trim_ascii_end().ends_with(b"define("))
}

/// Whether an element of a list can hardly be the name of anything.
fn is_unlike_name(text: &[u8], makeup: &Makeup) -> bool {
    let symbols = text.iter().any(|byte| !byte.is_ascii_alphanumeric() && !b"_-.:/ \\'\"".contains(byte));
    let mixed = makeup.digits > 0 && makeup.upper > 1 && makeup.lower > 1 && text.len() >= 8;
    (mixed || is_random(text, makeup, 12) || is_unspelled_token(text)) && !is_wordy(text)
        || symbols && is_mixed(text, makeup, 8)
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
    // `{"username":"x","key":"y"}`
    let beside_user = || contains_any(&line[name.begin.saturating_sub(64)..name.begin], &[b"\"username\""]);
    // `http://api.example.com/v2?key=…`
    let asked = || {
        matches!(line[..name.begin].last(), Some(b'?' | b'&'))
            && contains_any(&line[name.begin.saturating_sub(160)..name.begin], &[b"://api.", b"/api/"])
    };
    (compound || !hex || beside_user() || asked()) && slashes <= 2 + text.len() / 24
}

fn quoted_password(line: &[u8], text: &[u8], makeup: &Makeup, name: &NamedKey) -> bool {
    let spaces = text.iter().filter(|byte| byte.is_ascii_whitespace()).count();
    if spaces > 0 {
        // Groups of four, as some issue them.
        let groups = text.split(|byte| *byte == b' ');
        let grouped = spaces > 2 && groups.clone().all(|group| group.len() == 4) && makeup.other == spaces;
        let joined: Vec<u8> = text.iter().copied().filter(|byte| *byte != b' ').collect();
        let told = makeup.lower == joined.len() && spaces == 3 && is_odd(&joined);
        return grouped && (makeup.digits > 0 || told)
            || is_phrase(line, name, text)
            || is_phrase_with_number(line, name, text)
            || !name.short && is_word_list(line, name, text)
            || spaces <= 1 && makeup.digits > 0 && makeup.other > spaces && !text.ends_with(b".");
    }
    if makeup.digits == 0 && text.iter().all(|byte| !byte.is_ascii() || byte.is_ascii_alphabetic()) {
        // A word. Labels are capitalised; `getPassword` and `DB_PASSWORD` are names.
        let capitalised = text[0].is_ascii_uppercase() && makeup.upper == 1 || makeup.other > 0;
        return text.len() >= 4 && !name.short && !capitalised && !names_secret(text) || is_mingled(text);
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
        return setting && !name.short && text.len() >= 5 && makeup.upper != 1 && !names_secret(text)
            || is_mingled(text)
            || !value.spaced && is_run_of_words(text)
            || is_last_word(line, value.end) && is_short_and_random(text, makeup);
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
    if makeup.digits < 2 && is_unspelled_token(text) {
        return true;
    }
    if makeup.digits == 0 {
        let secret =
            line[name.stem..].len() >= 6 && line[name.stem..name.stem + 6].eq_ignore_ascii_case(b"secret");
        let plain = makeup.other == 0 && !names_secret(text) && (makeup.upper == 0 || makeup.upper > 1);
        let cases = makeup.upper > 3 && makeup.lower > 3;
        let symbols = makeup.other > 1 && text.iter().any(|byte| b"!?^~*@#%$&".contains(byte));
        return plain && (secret && text.len() >= 8 || text.len() >= 20 && cases && !is_wordy(text))
            || text.len() >= if symbols { 16 } else { 20 }
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
    if makeup.digits < 2 && is_unspelled_token(text) {
        return true;
    }
    if makeup.digits == 0 {
        let cases = makeup.upper.min(makeup.lower) > 2;
        let long =
            text.len() >= 20 || !spaced && (text.len() >= 12 && is_unspelled(text) || is_mingled(text));
        return long && cases && !is_wordy(text) && !is_dotted_name(text) && !names_secret(text);
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
    // `iglooCanyon71__`: a name does not end like that.
    let end = text.iter().rev().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    let odd_end = end > 0 && text[..text.len() - end].last().is_some_and(u8::is_ascii_digit)
        || ends_in_added_letter(text)
        || is_joined_by_point(text)
        || is_oddly_joined(text);
    identifier
        && !odd_end
        && !is_in_sixes(text)
        && (is_dotted_name(text)
            || text.contains(&b'.') && names_secret(text)
            || few_digits && (makeup.other > 0 || names_secret(text)) && is_wordy(text)
            || text.contains(&b':') && is_wordy(text) && names_secret(text))
}

/// Letters of both cases that are put together as in no word and no name.
fn is_mingled(text: &[u8]) -> bool {
    text.len() >= 10
        && text.iter().all(u8::is_ascii_alphabetic)
        && text.iter().filter(|byte| byte.is_ascii_lowercase()).count() > 2
        && !is_wordy(text)
        && is_odd(text)
}

/// `PHOHrxKm`: eight letters or more in both cases, at random, as installers make passwords.
fn is_short_and_random(text: &[u8], makeup: &Makeup) -> bool {
    // Letters of one case behind the other; a capital before small letters begins a word.
    let falls =
        text.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
    let alone = text.windows(2).filter(|pair| pair.iter().all(u8::is_ascii_uppercase)).count();
    (8..=16).contains(&text.len())
        && makeup.upper.min(makeup.lower) > 2
        && falls > 0
        && alone > 0
        && !is_wordy(text)
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

pub(super) fn begins_line(line: &[u8], name: &NamedKey) -> bool {
    // Indented further than this, a line begins anywhere.
    const OPENERS: [&[u8]; 13] = [
        b"export",
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
    ];
    let before = line[name.begin.saturating_sub(64)..name.begin].trim_ascii();
    before.is_empty()
        || before.len() <= b"declare -x".len() && OPENERS.contains(&before)
        || matches!(line[name.begin - 1], b'?' | b'&' | b';')
}

/// `the passcode is 055317`
fn is_told_number(line: &[u8], value: &Value, text: &[u8]) -> bool {
    (6..=12).contains(&text.len())
        && text.iter().all(u8::is_ascii_digit)
        && [&b" is "[..], b" ist ", b": "].iter().any(|verb| line[..value.start].ends_with(verb))
}

/// Whether a sentence goes on behind a value: ` - ask before you change it`.
fn goes_on_behind(line: &[u8], end: usize) -> bool {
    [&b" - "[..], b", ", b" , ", b" (", b". ", b" \xe2\x80\x93 "]
        .iter()
        .any(|sign| line[end..].starts_with(sign))
}

pub(super) fn is_last_word(line: &[u8], end: usize) -> bool {
    let rest = line[end..].trim_ascii_start();
    rest.is_empty()
        || rest.starts_with(b"#")
        || matches!(rest[0], b'"' | b'\'' | b',' | b'`' | b'<' | b'\\') && rest.len() < 3
        || matches!(rest[0], b'&' | b';')
}
