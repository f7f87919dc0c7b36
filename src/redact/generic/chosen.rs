//! Passwords that are put together of words, which are told from the names of things.

use super::connector::{Shape, Value};
use super::judge::{begins_line, is_last_word, names_secret};
use super::key::NamedKey;
use super::words::{Words, contains_any};
use crate::redact::signs::Kind;
use std::sync::LazyLock;

/// Parts of the names of hosts, settings, files and variables.
static TECHNICAL: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    acl admin alias alpha any api app apps argument array bin bot cfg cli css csv dev dns doc docs env ftp git \
    gpu hub ids img ios job jobs key keys lan ldap lib log logs mac map net npm old out pdf php png pod qa \
    raw rdp run sdk seo sql src ssh ssl svc svg tls tmp uri url urls var vms vpc vpn web xml auth authentication base beta block body buffer button cache cert \
    certificate change check class client cloud cluster code color column command config configuration \
    container context control cookie count create credential credentials creds data database debug \
    default delete demo deploy device digest directory docker domain email encoder encrypted endpoint \
    entry environment error event example external factory field file form format function gateway \
    generated global group handler hash header helper host http https image index info input instance \
    item keycloak kube label layer list load local login main manager master media message method mode \
    model module monitor mysql name network nginx node null number object option output page param \
    parameter parser pass password path policy port postgres private process prod production profile \
    project prompt proxy public query queue read redis region release remote render replica request \
    reset resource response role root rule runtime schema script secret secure security server service \
    session setting settings setup shared size source stack stage staging state static status \
    storage store stream string style sync system table target task template test text time token type \
    unit update upload user username utility valid value variable vault verify version view virtual \
    volume worker workspace write ",
    )
});

/// Words no sentence of a few is without, and those sentences about passwords are made of.
static COMMON: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    about account again all also and another any are at because been before being but can cannot change check choose \
    confirm could did does enter even field file for form from get given has have here how into invalid its just key least like \
    login long make may minimum missing more must need new not now old only other our out over password please \
    provide repeat required reset same secret see set should show sign some such than that the their them then there \
    these they this those token too type under use used user using value very was were what when where which while \
    who why will with without you your ",
    )
});

/// What is said of a password that is not accepted.
static REPORTS: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        " \
    blank confirmation denied empty exceeded expired failed failure forgotten found incorrect match matches mismatch \
    recently requirements short strong successful successfully unknown updated validation weak wrong ",
    )
});

/// Words of a kind nobody gives to a thing, put together by a person or for one: `pirate_sunset_27`, `Cactus.summer.16`,
/// `jaguar-salmon-guitar61`; without a number at least three.
pub(super) fn is_chosen(text: &[u8], name: &NamedKey, value: &Value) -> bool {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let separator = |byte: &u8| matches!(byte, b'-' | b'_' | b'.');
    let words = &text[..text.len() - digits];
    let words =
        words.strip_suffix(b"-").or(words.strip_suffix(b"_")).or(words.strip_suffix(b".")).unwrap_or(words);
    // `HARBOR-DYNAMO98`; a single word is a constant.
    let shouted = digits > 1
        && name.kind == Kind::Password
        && words.iter().any(separator)
        && !words.iter().any(u8::is_ascii_lowercase);
    // `windrad_15_FALKE`
    let numbered = digits == 0 && words.split(separator).skip(1).any(is_short_number);
    let word = |word: &[u8]| {
        word.len() >= 3
            && word[0].is_ascii_alphabetic()
            && (word[1..].iter().all(u8::is_ascii_lowercase)
                || digits > 1 && is_two_words(word)
                || (shouted || numbered) && word.len() > 3 && word.iter().all(u8::is_ascii_uppercase))
    };
    // `salmon-39-kettle`: the number may stand between the words.
    let between =
        digits == 0 && words.split(separator).skip(1).filter(|part| is_short_number(part)).count() == 1;
    let word = |part: &[u8]| word(part) || between && is_short_number(part);
    let count = words.split(separator).count();
    let technical = words.split(separator).filter(|part| TECHNICAL.has(part)).count();
    let digits = if between { 2 } else { digits };
    // One word of four may be any.
    if digits > 4 || count > 12 || technical > usize::from(count > 3) || !words.split(separator).all(word) {
        return false;
    }
    let quoted = value.shape != Shape::Bare;
    if digits > 0 {
        // `Autumn_79`, in what is no sentence.
        let single = digits > 1 && text[0].is_ascii_uppercase() && (quoted || !value.spaced) && !name.short;
        return technical == 0
            && (count > 1 && (quoted || digits > 1 || !value.spaced && !name.short) || single);
    }
    // Names of files are joined by points, and those of variables by underscores. Nobody writes some words of a name with
    // a capital and others without.
    let capitals = words.split(separator).filter(|word| word[0].is_ascii_uppercase()).count();
    let joined = !words.iter().any(|byte| matches!(byte, b'_' | b'.'));
    (joined || quoted && count > 3)
        && (capitals == 0 || capitals < count)
        && (quoted || !name.short)
        && count > 2
}

fn is_short_number(part: &[u8]) -> bool {
    (2..=4).contains(&part.len()) && part.iter().all(u8::is_ascii_digit)
}

/// Words joined by signs, with a capital and one number at the end or a digit in place of a letter: `Kellerassel_8`,
/// `Tom-und-Ka7er`. Names of things are technical words, variables stand in programs.
pub(super) fn is_composed(line: &[u8], text: &[u8], name: &NamedKey, value: &Value) -> bool {
    let program = value.spaced || !is_last_word(line, value.end);
    let shared = line[name.stem..].starts_with(b"psk") && begins_line(line, name);
    // `user=x&pass=pa5tel_mausam`
    let in_form = line[..name.begin].ends_with(b"&");
    if !shared && (name.kind != Kind::Password || name.short && !in_form)
        || value.shape == Shape::Bare && program
    {
        return false;
    }
    let known = &line[name.begin..name.end];
    let constant = known.contains(&b'_') && !known.iter().any(u8::is_ascii_lowercase);
    let number = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let words = &text[..text.len() - number];
    let words = words.strip_suffix(b"-").or(words.strip_suffix(b"_")).unwrap_or(words);
    let joined = words.len() < text.len() - number;
    let parts = || words.split(|byte| matches!(byte, b'-' | b'_' | b'.'));
    let inside = words.iter().filter(|byte| byte.is_ascii_digit()).count();
    let hyphened = words.iter().any(|byte| matches!(byte, b'-' | b'.'));
    (8..=40).contains(&text.len())
        && (words.iter().any(u8::is_ascii_uppercase) || in_form)
        && (parts().count() > 1 || joined)
        && (number > 0 && number <= 4 && inside == 0 || number == 0 && inside == 1 && (hyphened || in_form))
        && parts().all(|part| part.len() > 1 && is_replaced(part))
        && is_untechnical(words, constant)
        && !names_secret(text)
}

/// Whether nearly none of the words is technical, of which capitals and signs are the beginnings. A constant is no name of a field.
fn is_untechnical(words: &[u8], constant: bool) -> bool {
    let begins = |at: &usize| {
        words[*at].is_ascii_alphabetic()
            && (*at == 0 || words[*at].is_ascii_uppercase() || b"-_.".contains(&words[*at - 1]))
    };
    let length = |at: usize| {
        words[at + 1..].iter().take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()).count()
            + 1
    };
    let all = || (0..words.len()).filter(begins);
    let technical = all().filter(|at| TECHNICAL.has(&words[*at..*at + length(*at)])).count();
    technical * if constant { 2 } else { 4 } <= all().count() && all().all(|at| length(at) > 1)
}

/// Whether no digit is in the word, or one in place of the letter that looks like it: `Ka7er`.
fn is_replaced(word: &[u8]) -> bool {
    let letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_lowercase);
    let digit = word.iter().position(u8::is_ascii_digit);
    word.iter().all(u8::is_ascii_alphanumeric)
        && word[0].is_ascii_alphabetic()
        && digit.is_none_or(|at| {
            at > 1 && b"013457".contains(&word[at]) && letter(word.get(at - 1)) && letter(word.get(at + 1))
        })
}

/// `Omas Apfelbaum 1952`: two words or more and a number, none of them of a sentence about passwords; behind the name of a setting
/// any words.
pub(super) fn is_phrase_with_number(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    let number = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let Some(words) = text[..text.len() - number].strip_suffix(b" ") else { return false };
    let setting = is_setting(line, name);
    let word = |word: &[u8]| {
        (2..=14).contains(&word.len())
            && word.iter().all(u8::is_ascii_alphabetic)
            && (setting || !COMMON.has(word) && !REPORTS.has(word) && !TECHNICAL.has(word))
    };
    (2..=4).contains(&number)
        && !name.short
        && (2..=8).contains(&words.split(|byte| *byte == b' ').count())
        && words.split(|byte| *byte == b' ').all(word)
        && !names_secret(text)
}

/// `MapleCrystal`: two words with capitals, none of them technical.
fn is_two_words(text: &[u8]) -> bool {
    let second = text.iter().skip(1).position(u8::is_ascii_uppercase).map_or(0, |at| at + 1);
    let (first, second) = text.split_at(second);
    let word = |word: &[u8]| {
        word.len() >= 4
            && word[0].is_ascii_uppercase()
            && word[1..].iter().all(u8::is_ascii_lowercase)
            && !TECHNICAL.has(word)
    };
    word(first) && word(second)
}

/// The same for what is called a secret or a key, and may be the name of one: with a number and a capital or three words
/// between quotes; behind `secret` itself with a number or a capital.
pub(super) fn is_chosen_as_secret(line: &[u8], text: &[u8], name: &NamedKey, value: &Value) -> bool {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let capitals = text.iter().any(u8::is_ascii_uppercase);
    let words = text.split(|byte| matches!(byte, b'-' | b'_' | b'.')).count();
    let stem = &line[name.stem..name.end];
    let secret = stem.eq_ignore_ascii_case(b"secret");
    let told = digits > 1 && (text[0].is_ascii_uppercase() || value.shape != Shape::Bare && words > 2);
    (told || secret && (digits > 1 || capitals && words > 2)) && is_chosen(text, name, value)
        || (!secret || name.begin < name.stem || value.shape == Shape::Quoted) && is_phrase_of_words(text)
}

/// Four words or more, joined by hyphens and none of them technical: no option and no file is called so.
pub(in crate::redact) fn is_phrase_of_words(text: &[u8]) -> bool {
    let words = || text.split(|byte| *byte == b'-');
    (4..=12).contains(&words().count()) && words().all(is_picked)
}

/// A word as people pick it for a phrase, of which no name of a thing and no sentence about passwords is made.
fn is_picked(word: &[u8]) -> bool {
    (4..=14).contains(&word.len())
        && word[0].is_ascii_alphabetic()
        && word[1..].iter().all(u8::is_ascii_lowercase)
        && !TECHNICAL.has(word)
        && !COMMON.has(word)
}

/// Three words or more and perhaps a number, none of them technical, joined by hyphens, underscores or points.
pub(in crate::redact) fn is_phrase_of_some(text: &[u8]) -> bool {
    let number = |part: &[u8]| (1..=4).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
    let word = |word: &[u8]| is_picked(word) && !REPORTS.has(word);
    let parts = || text.split(|byte| b"-_.".contains(byte));
    (3..=12).contains(&parts().filter(|part| word(part)).count())
        && parts().all(|part| word(part) || number(part))
}

/// Such a phrase where a password surely stands. The name of a variable would have underscores alone, between its words and
/// no quotes around them.
pub(super) fn is_phrase_for(line: &[u8], name: &NamedKey, value: &Value, text: &[u8]) -> bool {
    let identifier = text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    // With four words it may be one of a file with spaces on both sides of its signs.
    let may_be_spaced = || !value.spaced || text.iter().filter(|byte| **byte == b'_').count() > 2;
    let setting = || may_be_spaced() && begins_line(line, name) && is_last_word(line, value.end);
    // `DB_PASS=violin_quartz_mango_lisbon ./run`: a shell takes what stands there as it is.
    let constant = || {
        let known = &line[name.begin..name.end];
        !value.spaced && known.contains(&b'_') && !known.iter().any(u8::is_ascii_lowercase)
    };
    is_phrase_of_some(text) && (value.shape != Shape::Bare || !identifier || setting() || constant())
}

/// `tundrahazelplover`: words with nothing between them, more letters than words have, and nothing that names of variables
/// are made of.
pub(super) fn is_run_of_words(text: &[u8]) -> bool {
    const OF_NAMES: [&[u8]; 36] = [
        b"user",
        b"name",
        b"value",
        b"config",
        b"setting",
        b"string",
        b"param",
        b"input",
        b"field",
        b"prompt",
        b"default",
        b"request",
        b"environ",
        b"crypt",
        b"generat",
        b"holder",
        b"your",
        b"file",
        b"hash",
        b"valid",
        b"reset",
        b"forgot",
        b"requir",
        b"policy",
        b"change",
        b"update",
        b"login",
        b"auth",
        b"server",
        b"service",
        b"database",
        b"account",
        b"function",
        b"object",
        b"option",
        b"manager",
    ];
    (16..=48).contains(&text.len())
        && text.iter().all(u8::is_ascii_lowercase)
        && !names_secret(text)
        && !contains_any(text, &OF_NAMES)
}

/// Bytes of a password in six groups of four.
const FOURS: usize = 29;

/// Length of a password like `eMOu XJVr IkD9 5Gbc Nm2V gk8B` that `text` begins with, as WordPress issues them for programs.
pub(super) fn in_fours(text: &[u8]) -> Option<usize> {
    let groups = text.get(..FOURS)?;
    let ends = match text[FOURS..] {
        [] | [b'"' | b'\'' | b',' | b'.' | b'<', ..] => true,
        [b' ', next, ..] => !next.is_ascii_alphanumeric(),
        _ => false,
    };
    let has = |is: fn(&u8) -> bool| groups.iter().any(is);
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    (ends && mixed && may_be_in_fours(groups)).then_some(FOURS)
}

/// Whether `text`, which is not at its end yet, may become such groups.
pub(super) fn may_be_in_fours(text: &[u8]) -> bool {
    let fits =
        |(at, byte): (usize, &u8)| if at % 5 == 4 { *byte == b' ' } else { byte.is_ascii_alphanumeric() };
    text.len() <= FOURS && text.iter().enumerate().all(fits)
}

/// Words in small letters with a space between them, as phrases are made: four, or three where only a setting can be.
pub(super) fn is_word_list(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    let phrase =
        line.get(name.stem..name.stem + 10).is_some_and(|stem| stem.eq_ignore_ascii_case(b"passphrase"));
    let least = if phrase || is_setting(line, name) { 3 } else { 4 };
    let shortest = if phrase && is_setting(line, name) { 2 } else { 3 };
    // The last word may be a number.
    let number = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let text =
        text[..text.len() - number].strip_suffix(b" ").filter(|_| (1..=4).contains(&number)).unwrap_or(text);
    let words = || text.split(|byte| *byte == b' ');
    let word = |word: &[u8]| {
        (shortest..=12).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase) && !COMMON.has(word)
    };
    (least..=12).contains(&words().count()) && words().all(word) && !names_secret(text)
}

/// Whether `text`, which is not at its end yet, may become such a list.
pub(super) fn may_be_word_list(text: &[u8]) -> bool {
    let mut words = text.split(|byte| *byte == b' ');
    let last = words.next_back().unwrap_or_default();
    let word = |word: &[u8]| {
        (2..=12).contains(&word.len()) && word.iter().all(u8::is_ascii_lowercase) && !COMMON.has(word)
    };
    last.len() <= 12 && last.iter().all(u8::is_ascii_lowercase) && text.len() <= 160 && words.all(word)
}

/// Whether a name is one of a setting and of nothing a form shows: `MAIL_PASSWORD`, `mqtt_password`.
fn is_setting(line: &[u8], name: &NamedKey) -> bool {
    line[name.begin..name.stem].contains(&b'_')
}

/// Words behind `passphrase`, which consists of nothing else: `correct-horse-battery-staple`.
pub(super) fn is_phrase(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    let phrase =
        line.get(name.stem..name.stem + 10).is_some_and(|stem| stem.eq_ignore_ascii_case(b"passphrase"));
    let words = || text.split(|byte| matches!(byte, b'-' | b'_' | b'.'));
    let spaced = || text.split(|byte| *byte == b' ');
    let sentence = |word: &[u8]| word.len() > 2 && word.iter().all(u8::is_ascii_lowercase);
    if phrase && spaced().count() > 4 {
        // The last word may be a number, or end with a symbol.
        let (words, last) = (spaced().count() - 1, spaced().next_back().unwrap_or_default());
        let closes =
            last.iter().any(u8::is_ascii_digit) && last.iter().all(|byte| !byte.is_ascii_uppercase());
        return spaced().take(words).all(sentence) && (sentence(last) || closes) && !names_secret(text);
    }
    let number = |word: &[u8]| (1..=4).contains(&word.len()) && word.iter().all(u8::is_ascii_digit);
    phrase
        && words().count() > 2
        && words().filter(|word| number(word)).count() < 2
        && words().all(|word| number(word) || word.len() > 2 && word.iter().all(u8::is_ascii_lowercase))
}

/// `pivgu5-Futcyx-jurrax`: groups of six with a digit and a capital, as a browser proposes them.
pub(super) fn is_in_sixes(text: &[u8]) -> bool {
    text.len() == 20
        && text
            .split(|byte| *byte == b'-')
            .all(|group| group.len() == 6 && group.iter().all(u8::is_ascii_alphanumeric))
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().filter(|byte| byte.is_ascii_uppercase()).count() == 1
}

/// `Pass.lantern69`, `lantern.HARBOR7`: two words with a number behind them. A name goes on behind a point as no word with a
/// number does, and no constant of a technical word has one.
pub(super) fn is_joined_by_point(text: &[u8]) -> bool {
    let Some((first, second)) = memchr::memchr(b'.', text).map(|at| (&text[..at], &text[at + 1..])) else {
        return false;
    };
    let digits = second.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let word = &second[..second.len() - digits];
    if first.len() < 4 || word.len() < 4 {
        return false;
    }
    let small = (2..=4).contains(&digits)
        && first[0].is_ascii_uppercase()
        && first[1..].iter().all(u8::is_ascii_alphanumeric)
        && word.iter().all(u8::is_ascii_lowercase);
    let shouted = (1..=4).contains(&digits)
        && first.iter().all(u8::is_ascii_alphabetic)
        && first[1..].iter().all(u8::is_ascii_lowercase)
        && word.iter().all(u8::is_ascii_uppercase)
        && !TECHNICAL.has(first.strip_suffix(b"s").unwrap_or(first))
        && !TECHNICAL.has(word);
    small || shouted
}

/// `GyLi:cu_pHy7`: on both sides of a colon a capital behind a small letter, a digit, and another sign, as no name has them.
pub(super) fn is_oddly_joined(text: &[u8]) -> bool {
    let Some((first, second)) = memchr::memchr(b':', text).map(|at| (&text[..at], &text[at + 1..])) else {
        return false;
    };
    let humped = |text: &[u8]| {
        text.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
    };
    text.iter().any(|byte| b"_-.".contains(byte))
        && !second.iter().any(|byte| b":/".contains(byte))
        && text.iter().any(u8::is_ascii_digit)
        && humped(first)
        && humped(second)
}

/// `QuartzEmber96_x`: words with capitals and a number, and a letter somebody asked for. A type is `uint32_t`.
pub(super) fn ends_in_added_letter(text: &[u8]) -> bool {
    let [words @ .., first, second, b'_' | b'-', last] = text else { return false };
    let capitals = words.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    last.is_ascii_alphabetic()
        && [first, second].iter().all(|byte| byte.is_ascii_digit())
        && words.first().is_some_and(u8::is_ascii_uppercase)
        && capitals > 1
        && words.iter().all(u8::is_ascii_alphabetic)
}
