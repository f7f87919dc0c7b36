//! What a value looks like: a placeholder, a word, or something random.

/// Shannon entropy of the bytes, in bits per byte.
pub(super) fn shannon_entropy(value: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let total = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    // Most bytes of what is asked about are there once or twice: each takes its part with it, and no other is looked at.
    let mut bits = 0.0;
    for &byte in value {
        let count = std::mem::take(&mut counts[usize::from(byte)]);
        if count > 1 {
            bits += f64::from(count) * libm::log2(f64::from(count));
        }
    }
    if value.is_empty() { 0.0 } else { libm::log2(total) - bits / total }
}

/// `evt_1Mg…`, `chatcmpl-…`, `sha512-…`: the number of an object, which opens nothing, or a checksum (Subresource
/// Integrity), the name of an algorithm (OpenSSH's PROTOCOL.u2f), a package.
pub(super) fn is_object(value: &[u8]) -> bool {
    const PREFIXES: [&[u8]; 19] = [
        b"evt_",
        b"cus_",
        b"price_",
        b"sub_",
        b"pi_",
        b"ch_",
        b"req_",
        b"dpl_",
        b"acct_",
        b"txn_",
        b"seti_",
        b"chatcmpl-",
        b"msg_",
        b"resp_",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"sk-ssh-",
        b"sk-ecdsa-",
    ];
    let package = value.starts_with(b"lib")
        && [&b"-dev"[..], b"-prof", b"-java", b"-perl"]
            .iter()
            .any(|part| memchr::memmem::find(value, part).is_some());
    // What a browser confirms a payment with is no number: `pi_…_secret_…`.
    let secret = || memchr::memmem::find(value, b"_secret").is_some();
    package || PREFIXES.iter().any(|prefix| value.starts_with(prefix)) && !secret()
}

/// Whether the value only stands for a secret: a variable, a template, a mask, or the redactor's own marker.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let Some((&first, &last)) = value.first().zip(value.last()) else { return true };
    match (first, last) {
        (b'$', _) => return is_variable(&value[1..]),
        (b'<', b'>') | (b'%', b'%') => return true,
        (b'{', b'}') => return !is_encrypted(&value[1..value.len() - 1]),
        (b'[', b']') if value.starts_with(super::marker::OPEN) => return true,
        // `[FILTERED]`, `[Masked]`
        (b'[', b']') if value[1..value.len() - 1].iter().all(u8::is_ascii_alphabetic) => return true,
        // `&new_password` of SQL*Plus
        (b'&', _) if value[1..].iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_') => return true,
        _ => {}
    }
    if value.starts_with(b"{{")
        || value.starts_with(b"#{")
        || value.starts_with(b"${")
        || value.starts_with(b"%(")
    {
        return true;
    }
    is_mask(value)
        || is_bullets(value)
        || is_mask_with_end(value)
        || is_masked_word(value)
        || is_instruction(value)
}

/// Dots as a prompt shows them for what is typed (U+00B7, U+2022, U+25CF), perhaps with the escape of a newline behind them.
fn is_bullets(value: &[u8]) -> bool {
    const DOTS: [&[u8]; 3] = ["\u{b7}".as_bytes(), "\u{2022}".as_bytes(), "\u{25cf}".as_bytes()];
    let value = value.strip_suffix(b"\\n").unwrap_or(value);
    DOTS.iter().any(|dot| value.len() >= 2 * dot.len() && value.chunks(dot.len()).all(|part| part == *dot))
}

/// `**redacted**`: a word between stars.
fn is_masked_word(value: &[u8]) -> bool {
    let inner = value.strip_prefix(b"**").and_then(|value| value.strip_suffix(b"**"));
    inner.is_some_and(|word| {
        word.len() > 3 && word.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'*')
    })
}

/// `****ad76`: all but the end of a secret is masked.
fn is_mask_with_end(value: &[u8]) -> bool {
    let stars = value.iter().take_while(|byte| **byte == b'*').count();
    stars >= 4 && value.len() <= stars + 4 && value[stars..].iter().all(u8::is_ascii_alphanumeric)
}

/// `PASSWORD_HERE`, `@Microsoft.KeyVault(SecretUri=…)`: what is to be put there, or where it is fetched from.
fn is_instruction(value: &[u8]) -> bool {
    value.ends_with(b"_HERE") && value.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
        || value.starts_with(b"@Microsoft.KeyVault(") && value.ends_with(b")")
}

/// What Jenkins and Maven write between braces: base64 of something they have encrypted.
fn is_encrypted(text: &[u8]) -> bool {
    text.len() >= 24
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
}

/// `VAR`, `{VAR…}`, `(command)`: what follows the dollar of a shell variable.
fn is_variable(name: &[u8]) -> bool {
    match name.first() {
        Some(b'{' | b'(') => true,
        Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' => name.iter().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b':' | b'.' | b'-' | b'>' | b'[' | b']' | b'\'' | b'"' | b'/')
        }),
        // `$1`, `$2a$…` is not a variable but a hash.
        Some(byte) => name.len() == 1 && (byte.is_ascii_digit() || matches!(byte, b'@' | b'*' | b'?')),
        None => true,
    }
}

/// Mostly one character repeated: `****`, `xxxx`, `....`, `sk_live_XXXXXXXX`.
fn is_mask(value: &[u8]) -> bool {
    let last = value[value.len() - 1];
    if !matches!(last, b'*' | b'x' | b'X' | b'.' | b'-' | b'_' | b'#' | b'0' | b'?' | b'=') && last < 0x80 {
        return false;
    }
    let run = value.iter().rev().take_while(|&&byte| byte == last).count();
    run == value.len() || run >= 8 && run * 2 >= value.len() || run >= 3 && matches!(last, b'*' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        for value in [
            "$TOKEN",
            "${TOKEN}",
            "$(cat f)",
            "<token>",
            "****",
            "xxxxxxxx",
            "{{ x }}",
            "%TOKEN%",
            "abc...",
            "",
            "****ad76",
            "PASSWORD_HERE",
            "@Microsoft.KeyVault(SecretUri=https://v.example/secrets/a2)",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        for value in [
            "$2a$10$abcdefg",
            "hunter2",
            "p$VAR",
            "a1b2c3d4",
            "secret*",
            "**ad76",
            "****ad76x",
            "a_HERE",
            "X7Q_HERE",
            "@Microsoft.KeyVault(x9",
        ] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn entropy_is_bits_per_byte() {
        assert!(shannon_entropy(b"aaaa").abs() < 1e-9);
        assert!((shannon_entropy(b"abcd") - 2.0).abs() < 1e-9);
    }
}
