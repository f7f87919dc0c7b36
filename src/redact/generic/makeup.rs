//! What the characters of a value say: random, made of words, a name, a date.

use super::code::is_expression;
use super::spelling::{is_odd, is_unspelled};
use super::words::contains_any;
use crate::redact::byte_set::ByteSet;
use crate::redact::marker;
use crate::redact::value::shannon_entropy;

/// What random values consist of.
pub(super) const TOKEN: ByteSet = ByteSet::alphanumeric_and(b"_-+/=.~:|%$!@#*^");

/// The characters of a value, counted.
pub(super) struct Makeup {
    pub(super) digits: usize,
    pub(super) lower: usize,
    pub(super) upper: usize,
    pub(super) other: usize,
}

impl Makeup {
    pub(super) fn of(value: &[u8]) -> Self {
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

    pub(super) fn letters(&self) -> usize {
        self.lower + self.upper
    }

    /// Letters of both cases and digits, so many of each and so long that everything else asked of a value says the same.
    pub(super) fn is_random(&self, length: usize) -> bool {
        (20..=64).contains(&length) && self.digits * 6 >= length && self.upper > 3 && self.lower > 3
    }

    /// Letters and digits, or letters of both cases and symbols.
    pub(super) fn is_mixed(&self) -> bool {
        self.letters() > 0 && (self.digits > 0 || self.lower > 0 && self.upper > 0 && self.other > 0)
    }
}

/// Letters and digits, or letters and symbols, of some length.
pub(super) fn is_mixed(text: &[u8], makeup: &Makeup, least: usize) -> bool {
    text.len() >= least && makeup.is_mixed() && !is_dotted_name(text)
}

/// Letters in both cases, digits, and symbols that neither names nor paths nor programs have among them.
pub(super) fn is_wild(text: &[u8], makeup: &Makeup) -> bool {
    const SYMBOLS: ByteSet = ByteSet::of(b"!?^~*@#%$&+");
    text.len() >= 12
        && makeup.digits > 0
        && makeup.upper > 1
        && makeup.lower > 1
        && makeup.other > 1
        && text.iter().filter(|byte| SYMBOLS.has(**byte)).count() > 1
        && text.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'\\')
        && text[0] != b'/'
        && !is_expression(text, false)
        && !text.windows(2).any(|pair| matches!(pair, b"::" | b"->" | b"&&"))
}

/// Random with one bracket among its symbols, as no expression has it; the alphabet of Django's secret keys has two.
pub(super) fn is_jumbled(text: &[u8], makeup: &Makeup) -> bool {
    let symbols = text.iter().filter(|byte| b"!@#$%^&*+=".contains(byte)).count();
    let of_django = |byte: &u8| byte.is_ascii_alphanumeric() || b"!@#$%^&*(-_=+)".contains(byte);
    if text.len() >= 40 && makeup.digits > 2 && symbols > 3 && text.iter().all(of_django) {
        return true;
    }
    let brackets = text.iter().filter(|byte| b"()[]{}<>;".contains(byte)).count();
    let few = [makeup.digits, makeup.lower, makeup.upper].iter().all(|count| *count > 1);
    let marked = memchr::memmem::find(text, marker::OPEN).is_some();
    brackets == 1 && few && !marked && text.len() >= 12 && !is_wordy(text) && !is_expression(text, false)
}

/// What no person writes by hand: long, of letters and digits, without the look of a name, path, date or version.
pub(super) fn is_random(text: &[u8], makeup: &Makeup, least: usize) -> bool {
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
        .filter(|part| {
            part.iter().all(u8::is_ascii_alphabetic)
                && !part.is_empty()
                && (part.len() < 12 || is_like_word(part))
        })
        .map(<[u8]>::len)
        .sum::<usize>();
    wordy * 2 < text.len()
}

pub(super) fn is_identifier_number(text: &[u8]) -> bool {
    let uuid = text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    // A ULID (github.com/ulid/spec): a time in base32 and 80 random bits.
    let sortable = text.len() == 26
        && matches!(text[0], b'0'..=b'7')
        && text
            .iter()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase() && !b"ILOU".contains(byte));
    // A role, a user, a group or a policy of AWS.
    let principal = text.len() == 21
        && [&b"AROA"[..], b"AIDA", b"AGPA", b"ANPA", b"AIPA"].iter().any(|kind| text.starts_with(kind));
    uuid || sortable || principal || text.starts_with(b"AAAA")
}

/// Letters, hardly a digit, and spelled as no word is.
pub(super) fn is_unspelled_token(text: &[u8]) -> bool {
    text.len() >= 16 && text.iter().all(u8::is_ascii_alphanumeric) && is_unspelled(text)
}

/// `a.1ssl.gz`, `x-console.service.8.gz`: ends in an extension. Links in a listing point to such.
pub(super) fn is_file_name(text: &[u8]) -> bool {
    let Some(point) = memchr::memrchr(b'.', text) else { return false };
    let extension = &text[point + 1..];
    (1..=8).contains(&extension.len())
        && extension.iter().all(u8::is_ascii_lowercase)
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.+@:/".contains(byte))
}

/// `Value1:Key2=Value2`: more settings in one value.
pub(super) fn is_list_of_pairs(text: &[u8]) -> bool {
    memchr::memchr_iter(b'=', text).any(|equals| {
        let name = text[..equals].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let before = text[..equals - name].last();
        name > 0
            && before.is_some_and(|byte| b":;,&".contains(byte))
            && text.get(equals + 1).is_some_and(u8::is_ascii_alphabetic)
    })
}

/// `self.token`, `process.env.TOKEN`, `auth.password.title`: names joined by points.
pub(super) fn is_dotted_name(text: &[u8]) -> bool {
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
    let words: usize = parts.filter(|part| is_like_word(part)).map(<[u8]>::len).sum();
    words * 4 >= text.len() * 3
}

pub(super) fn is_like_word(part: &[u8]) -> bool {
    let humps = part[1..].iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let number = part.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
    // `utf8mb4`, `x509Cert`; what has a digit inside and is oddly spelled besides is no word.
    let inside = digits > number && (humps * 6 > part.len() || is_odd(part));
    (digits <= 1 || number == digits && digits <= 3 && part.len() >= digits + 3)
        && !inside
        && (part.iter().all(|byte| !byte.is_ascii_lowercase()) || humps * 4 <= part.len())
        && !is_unspelled(&part[..part.len() - number])
}

pub(super) fn is_date_or_version(text: &[u8]) -> bool {
    let separators = text.iter().filter(|byte| matches!(byte, b'.' | b'-' | b':' | b'/' | b'+')).count();
    if separators < 2 {
        return false;
    }
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let text = text.trim_ascii_start();
    let text = &text[text.iter().take(3).take_while(|byte| b"^~<>=v".contains(byte)).count()..];
    if digits == 0 || text.len() >= 40 || is_identifier_number(text) {
        return false;
    }
    const STAGES: [&[u8]; 9] =
        [b"alpha", b"beta", b"build", b"dev", b"rc", b"snapshot", b"ubuntu", b"deb", b"git"];
    let letters = text.len().saturating_sub(digits + separators);
    // 2024-01-02T03:04:05Z, 1.2.3-rc1, 10.0.0.1/24
    letters <= 3 || letters <= 11 && contains_any(text, &STAGES)
}
