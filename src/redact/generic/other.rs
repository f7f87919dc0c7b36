//! Values that could be secrets by themselves, and are something else by the name before them or by what stands around
//! them.

use super::connector::{Shape, Value};
use super::key::NamedKey;
use super::makeup::is_dotted_name;
use super::words::contains_any;
use crate::redact::signs::{Kind, STEMS};

/// The number of an OpenPGP key, which git and apt call a signing key, and of one that is missing.
pub(super) fn is_key_number(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    let number = |byte: &u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte);
    let begins = |at: usize, word: &[u8]| {
        line.get(at..at + word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word))
    };
    let apart = name.stem.checked_sub(8).is_some_and(|at| begins(at, b"signing "));
    matches!(text.len(), 8 | 16 | 40)
        && (begins(name.stem, b"signing") && text.iter().all(number)
            || apart && text.iter().all(u8::is_ascii_hexdigit))
        || apart && line[name.end..].starts_with(b" that match")
}

/// `arn:aws:secretsmanager:…:secret:db`, `publicKeyToken=…`, `checksum/secret: …`: the name of a secret, a hash of one.
pub(super) fn names_resource(line: &[u8], name: &NamedKey) -> bool {
    const BEFORE: [&[u8]; 6] =
        [b"arn:", b"checksum/", b"publickey", b"topic: ", b"comment on table ", b"comment on column "];
    let lead = line[..name.stem].iter().rev().take(96).take_while(|byte| !b"\"'=,;".contains(byte)).count();
    let before = &line[name.stem - lead..name.stem];
    // The key of something kept in a cache; the password of one is another matter.
    contains_any(before, &BEFORE) || name.kind == Kind::Weak && contains_any(before, &[b"cache "])
}

/// `PSK-AES128-GCM-SHA256`, `TLS_PSK_WITH_CHACHA20_POLY1305_SHA256`: capitals and numbers that name algorithms.
pub(super) fn is_cipher(text: &[u8]) -> bool {
    const ALGORITHMS: [&[u8]; 11] = [
        b"sha1",
        b"sha2",
        b"sha3",
        b"sha5",
        b"aes",
        b"chacha20",
        b"rc4",
        b"3des",
        b"camellia",
        b"des-cbc",
        b"with_null",
    ];
    const FIRST: [&[u8]; 12] =
        [b"TLS", b"SSL", b"PSK", b"DHE", b"RSA", b"ECDHE", b"DH", b"ADH", b"SRP", b"KRB5", b"AES", b"DES"];
    let parts = || text.split(|byte| matches!(byte, b'-' | b'_'));
    let short = |part: &[u8]| part.len() <= 11 && part.iter().all(u8::is_ascii_alphanumeric);
    !text.iter().any(u8::is_ascii_lowercase)
        && parts().count() > 2
        && parts().next().is_some_and(|first| FIRST.contains(&first))
        && parts().all(short)
        && contains_any(text, &ALGORITHMS)
}

/// A line of `/etc/passwd`.
pub(super) fn is_account(text: &[u8]) -> bool {
    text.iter().filter(|&&byte| byte == b':').count() >= 5
        && (memchr::memmem::find(text, b":x:").is_some() || memchr::memmem::find(text, b":/").is_some())
}

/// Whether the value is the entry of another list than one of secrets: of versions, checksums, files, sizes, words.
pub(super) fn is_beside(line: &[u8], name: &NamedKey, value: &Value, text: &[u8]) -> bool {
    let weak = name.kind == Kind::Weak;
    let bare = value.shape == Shape::Bare;
    weak && bare && (is_pod_checksum(line, name, text) || is_cached(line, name, text))
        || name.kind != Kind::Password && (is_package(text) || is_release(text))
        || weak && is_path_to_file(text)
        || text.iter().all(u8::is_ascii_digit)
            && (line[value.end..].starts_with(b" bytes") || is_in_vocabulary(line, name) || is_code_of_error(line, name))
        || (name.kind != Kind::Password || line[..name.begin].ends_with(b"$") || line[name.begin..].starts_with(b"--") && line.get(name.end) == Some(&b':'))
            && is_colour(text)
        || line[name.stem..].get(..3).is_some_and(|stem| stem.eq_ignore_ascii_case(b"tok")) && is_numbered(text)
        || is_time(text)
        || is_debian(&line[..value.start], text)
        || is_label(text)
        || line[name.begin..name.end].eq_ignore_ascii_case(b"UserSecretsId")
        || is_service_account(text)
        || is_class(&line[value.end..])
        || is_validation(text)
        || is_fingerprint(text)
        || name.kind != Kind::Password && is_counted(text)
        || name.kind != Kind::Password && is_of_java(text)
        || name.kind != Kind::Password && is_in_listing(line, name, text)
        || line[..value.start].ends_with(b"--from-file=") && text.contains(&b'=')
        || text.starts_with(b"com.googleusercontent.apps.")
        || is_tag(&line[value.end..], text)
        // A call.
        || name.kind != Kind::Password && (is_contract(line, name, text) || text.starts_with(b"filename="))
        || text.ends_with(b"()") && text[..text.len() - 2].iter().all(|byte| byte.is_ascii_alphabetic() || b"._".contains(byte))
}

/// `payments-token-a6tjk`: the name of a Kubernetes secret, which ends with five letters of its maker.
fn is_service_account(text: &[u8]) -> bool {
    let Some((name, mark)) = text.len().checked_sub(5).map(|at| text.split_at(at)) else { return false };
    (name.ends_with(b"-token-") || name.ends_with(b"-dockercfg-"))
        && mark.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// `password: !vault_ref account#password`: a tag of YAML before what it is about.
fn is_tag(behind: &[u8], text: &[u8]) -> bool {
    let name = text.strip_prefix(b"!").unwrap_or_default();
    let is_name = name.iter().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
    name.len() > 2 && is_name && matches!(behind, [b' ', next, ..] if next.is_ascii_graphic())
}

/// Whether the value is the class of a property that PHP dumps: `["password":"App\Config":private]=>`.
fn is_class(behind: &[u8]) -> bool {
    [&b"\":private]=>"[..], b"\":protected]=>"].iter().any(|end| behind.starts_with(end))
}

/// `required|min:6|confirmed`: what a form asks of a field, as Laravel writes it.
fn is_validation(text: &[u8]) -> bool {
    const RULES: [&[u8]; 12] = [
        b"required",
        b"nullable",
        b"sometimes",
        b"present",
        b"string",
        b"confirmed",
        b"min",
        b"max",
        b"same",
        b"size",
        b"between",
        b"current_password",
    ];
    let name = |rule: &[u8]| rule.split(|byte| *byte == b':').next().unwrap_or_default().to_vec();
    let rules = || text.split(|byte| *byte == b'|').map(name);
    let word =
        |name: Vec<u8>| name.len() > 1 && name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_');
    text.contains(&b'|') && rules().all(word) && rules().filter(|name| RULES.contains(&&name[..])).count() > 1
}

/// `8F:43:FE:…`: the digest of a certificate or a public key, twenty bytes or thirty-two.
fn is_fingerprint(text: &[u8]) -> bool {
    let byte = |pair: &[u8]| pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
    matches!(text.len(), 59 | 95) && text.split(|byte| *byte == b':').all(byte)
}

/// What stands behind the name of something in a listing: the abbreviated number of a commit (`WIP on token-refresh: 46073bd18
/// Retry`), the id of an index (`green open secrets rgQTs…`), of a request (`RequestToken: ebb3bde5-…`).
fn is_in_listing(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    let before = line[..name.begin].trim_ascii_end();
    let of_hex = |text: &[u8]| text.iter().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte));
    let stashed = || before.ends_with(b"WIP on") && (7..=12).contains(&text.len()) && of_hex(text);
    let opened = || matches!(before, b"green  open" | b"yellow open" | b"red    open");
    let requested = || {
        line[name.begin..name.end] == *b"RequestToken"
            && text.len() == 36
            && text.split(|byte| *byte == b'-').map(<[u8]>::len).eq([8, 4, 4, 4, 12])
    };
    stashed() || opened() || requested()
}

/// `count:2024-02-20`, `token:bucket:10.0.0.4`: what a store keeps under a name, for a day or a host.
fn is_counted(text: &[u8]) -> bool {
    let words = text.split(|byte| *byte == b':');
    let words = words.take_while(|word| !word.is_empty() && word.iter().all(u8::is_ascii_lowercase));
    let length = words.map(|word| word.len() + 1).sum::<usize>();
    let numbers = text.get(length..).unwrap_or_default();
    let parted = numbers.iter().filter(|byte| !byte.is_ascii_digit()).count() > 1;
    length > 0 && parted && numbers.iter().all(|byte| byte.is_ascii_digit() || b".:-".contains(byte))
}

/// `android.os.BinderProxy@145e293`: an object as Java writes it, by its class and its hash (`Object.toString`).
fn is_of_java(text: &[u8]) -> bool {
    let Some((class, hash)) = memchr::memrchr(b'@', text).map(|at| (&text[..at], &text[at + 1..])) else {
        return false;
    };
    (5..=8).contains(&hash.len())
        && hash.iter().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
        && hash.iter().any(u8::is_ascii_alphabetic)
        && class.iter().filter(|byte| **byte == b'.').count() > 1
        && is_dotted_name(class)
}

/// `token = 0x5aAe…`: the address of a token's contract on a chain, twenty bytes (EIP-55). Keys are longer.
fn is_contract(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    line[name.stem..].get(..5).is_some_and(|stem| stem.eq_ignore_ascii_case(b"token"))
        && text.len() == 42
        && text.starts_with(b"0x")
        && text[2..].iter().all(u8::is_ascii_hexdigit)
}

/// `key=thumb:v4:fr:97ff…`, `key=deps-v2-97ff…`: words and a version that name something in a cache, and a digest.
fn is_cached(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    // What Bazel has made with an action.
    if line[name.begin..name.end] == *b"actionKey" {
        return text.len() == 64 && text.iter().all(u8::is_ascii_hexdigit);
    }
    if !line[name.begin..name.end].eq_ignore_ascii_case(b"key") {
        return false;
    }
    let mut parts = text.split(|byte| matches!(byte, b':' | b'-'));
    let digest = parts.next_back().unwrap_or_default();
    let name = |part: &[u8]| part.iter().all(u8::is_ascii_lowercase);
    let version = |part: &[u8]| part.len() < 4 && part.iter().skip(1).all(u8::is_ascii_digit);
    matches!(digest.len(), 32 | 40 | 64)
        && digest.iter().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
        && parts.clone().count() > 1
        && parts.clone().any(version)
        && parts.all(|part| !part.is_empty() && (name(part) || version(part)))
}

/// `  GTMAppAuth: 5027…`: the checksum of a pod, in Podfile.lock; two of them are called so.
fn is_pod_checksum(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    text.len() == 40
        && text.iter().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
        && [&b"AppAuth"[..], b"FirebaseAuth"].iter().any(|pod| line[..name.end].ends_with(pod))
        && line[..name.begin] == *b"  "
}

/// `jsonwebtoken@5.27.4`: a package and its version.
fn is_package(text: &[u8]) -> bool {
    let Some(at) = memchr::memrchr(b'@', text) else { return false };
    let version = text[at + 1..].strip_prefix(b"npm:").unwrap_or(&text[at + 1..]);
    let name = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_@/.".contains(byte);
    version.first().is_some_and(u8::is_ascii_digit)
        && version.iter().filter(|byte| **byte == b'.').count() >= 2
        && text[..at].iter().all(name)
}

/// `2.20.14-0.20241218206852-10e8b6d1e87a`: a version with a time and a revision.
fn is_release(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"v").unwrap_or(text);
    let number = |part: &[u8]| (1..=4).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
    let end = text.iter().position(|byte| b"-+".contains(byte)).unwrap_or(text.len());
    let mut parts = text[..end].split(|byte| *byte == b'.');
    // What follows is a time, a number or a revision; a token that has a version before it is longer, or has capitals.
    let mut tail = text[end..].split(|byte| !byte.is_ascii_alphanumeric());
    let plain = |part: &[u8]| part.len() <= 14 && !part.iter().any(u8::is_ascii_uppercase);
    end < text.len() && parts.clone().count() == 3 && parts.all(number) && tail.all(plain)
}

/// `2024-04-11T02:00:09+00:00`, `2024-04-11` (RFC 3339).
fn is_time(text: &[u8]) -> bool {
    let date = text.get(..10).is_some_and(|date| {
        date.iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() })
    });
    date && text[10..].iter().all(|byte| byte.is_ascii_digit() || b"TZ:.+- ".contains(byte))
}

/// `user:101017`: a name in a store of keys and values, and a number.
fn is_numbered(text: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', text) else { return false };
    let (word, number) = (&text[..colon], &text[colon + 1..]);
    word.iter().all(u8::is_ascii_lowercase)
        && (1..=8).contains(&number.len())
        && number.iter().all(u8::is_ascii_digit)
}

/// `1:4.13+dfsg1-1+b1`: the version of a package behind its epoch (deb-version(7)), which may be taken for a key.
fn is_debian(before: &[u8], text: &[u8]) -> bool {
    let epoch = text.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let version = match text[epoch..].strip_prefix(b":") {
        Some(version) if epoch > 0 => version,
        _ if matches!(before, [.., b' ' | b'-', b'0'..=b'9', b':']) => text,
        _ => return false,
    };
    let is_part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".+-~".contains(byte);
    version.first().is_some_and(u8::is_ascii_digit) && version.contains(&b'.') && version.iter().all(is_part)
}

/// `backups/e151/db.dump`, `/static/auth.d186.css`: base64 has no point in it.
fn is_path_to_file(text: &[u8]) -> bool {
    let points = memchr::memrchr(b'.', text).zip(memchr::memrchr(b'/', text));
    let Some((point, slash)) = points else { return false };
    let extension = &text[point + 1..];
    slash < point
        && (1..=8).contains(&extension.len())
        && extension.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// `BAD_PASSWORD: 4014`: the number of an error.
fn is_code_of_error(line: &[u8], name: &NamedKey) -> bool {
    let before = &line[name.begin..name.stem];
    [&b"bad"[..], b"wrong", b"invalid", b"incorrect"].iter().any(|word| {
        let before = before.strip_suffix(b"_").unwrap_or(before);
        before.len().checked_sub(word.len()).is_some_and(|at| before[at..].eq_ignore_ascii_case(word))
    })
}

/// Whether the name is a word of a tokenizer's vocabulary, behind the mark of a word's beginning.
fn is_in_vocabulary(line: &[u8], name: &NamedKey) -> bool {
    ["\u{120}", "\u{2581}"].iter().any(|mark| line[..name.begin].ends_with(mark.as_bytes()))
}

/// `#1c066a5c`: a colour of a style sheet.
fn is_colour(text: &[u8]) -> bool {
    text.strip_prefix(b"#").is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.iter().all(u8::is_ascii_hexdigit)
    })
}

/// The word for password in a language that is not written in ASCII, perhaps with more behind it: what a field is called.
fn is_label(text: &[u8]) -> bool {
    let mut words = STEMS.iter().map(|stem| stem.text).filter(|text| !text.is_ascii());
    // A length may be told in a sentence.
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let sentence = text.ends_with("\u{3002}".as_bytes())
        && digits * 12 < text.len()
        && !text.iter().any(u8::is_ascii_alphabetic);
    !text.is_ascii()
        && (sentence || digits == 0)
        && (sentence || words.any(|word| memchr::memmem::find(text, word.as_bytes()).is_some()))
}

/// `io.jsonwebtoken:jjwt-api:jar:0.12.5:compile`, `io.jsonwebtoken:jjwt-api:0.12.3`: what a library is called by Maven and
/// Gradle.
pub(super) fn is_library(text: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(byte);
    let versioned = || {
        let colon = memchr::memchr(b':', text)?;
        let (name, version) = (&text[..colon], &text[colon + 1..]);
        let points = version.iter().filter(|byte| **byte == b'.').count();
        let digits = version.iter().filter(|byte| byte.is_ascii_digit()).count();
        let number = points > 1 && points + digits == version.len();
        (number && name.contains(&b'-') && name.iter().all(is_name)).then_some(())
    };
    [&b":jar:"[..], b":pom:", b":war:"].iter().any(|kind| memchr::memmem::find(text, kind).is_some())
        || versioned().is_some()
}

/// `"password.js": "password-b400a2f0….js"`: what a build calls a file of source code.
fn is_named_by_digest(text: &[u8], extension: &[u8]) -> bool {
    let digest = |name: &[u8]| name.rsplit(|byte| !byte.is_ascii_hexdigit()).next().map_or(0, <[u8]>::len);
    text.strip_suffix(extension).is_some_and(|name| digest(name) >= 8)
}

/// `"prompt_secret.ts": "7e9f…"`, `src/auth/password.py:12:def f`: the checksum of a file of source code, or a line of it
/// as grep prints it. Any other value is judged as if the file were a setting.
pub(super) fn is_of_source_file(line: &[u8], name: &NamedKey, text: &[u8]) -> bool {
    const MEDIA: [&[u8]; 8] = [b".mp3", b".flac", b".ogg", b".wav", b".mp4", b".mkv", b".jpg", b".pdf"];
    const EXTENSIONS: [&[u8]; 23] = [
        b".c", b".h", b".cc", b".hpp", b".cs", b".kt", b".swift", b".ts", b".tsx", b".js", b".jsx", b".mjs",
        b".css", b".scss", b".py", b".go", b".rs", b".rb", b".java", b".php", b".cpp", b".svg", b".png",
    ];
    // Maven writes `A.java:[31,24]`.
    let place = text.strip_prefix(b"[").unwrap_or(text);
    let digits = place.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let numbered =
        digits > 0 && matches!(place.get(digits), Some(b':' | b',')) && line.get(name.end) == Some(&b':');
    let hexadecimal = text.iter().all(u8::is_ascii_hexdigit);
    // As cksum(1), cksfv and the like print it.
    if hexadecimal && text.len() >= 8 && MEDIA.iter().any(|extension| line[..name.end].ends_with(extension)) {
        return true;
    }
    let checksum = text.len() >= 32 && hexadecimal;
    EXTENSIONS
        .iter()
        .filter(|extension| line[..name.end].ends_with(extension))
        .any(|extension| numbered || checksum || is_named_by_digest(text, extension))
}
