//! Values that are program text: expressions, constants, types, numbers.

/// Whether an unquoted value is an expression: a call, an index. What machines make holds no bracket at all.
pub(super) fn is_expression(text: &[u8], made_by_machine: bool) -> bool {
    if made_by_machine && text.iter().any(|byte| b"(){}[];<>".contains(byte)) {
        return true;
    }
    // `where(password: nil).count`
    let word = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if word > 2 && text[word..].starts_with(b").") {
        return true;
    }
    let text = &text[text.iter().take_while(|byte| b"&*-!+.:".contains(byte)).count()..];
    let length = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'$'))
        .count();
    let name = &text[..length];
    let behind = text[length..].strip_prefix(b"!").unwrap_or(&text[length..]);
    let digits = name.iter().filter(|byte| byte.is_ascii_digit()).count();
    let named = name.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    named
        && length >= 3
        && (digits < 3 || name.iter().any(|byte| matches!(byte, b'.' | b'_' | b':')))
        && matches!(behind.first(), Some(b'(' | b'['))
}

/// `D3D11_STENCIL_OP`: words in capitals, joined by underscores.
pub(in crate::redact) fn is_constant(text: &[u8]) -> bool {
    if !text.contains(&b'_') {
        return false;
    }
    let parts = || text.split(|&byte| byte == b'_').filter(|part| !part.is_empty());
    let capitals = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let words: usize = parts().filter(|part| part.iter().all(u8::is_ascii_uppercase)).map(<[u8]>::len).sum();
    let total: usize = parts().map(<[u8]>::len).sum();
    parts().count() > 1
        && text.iter().all(capitals)
        && parts().all(|part| part.iter().any(u8::is_ascii_uppercase))
        && words * 5 >= total * 3
}

/// `0x0004`, `2.5.4.35`: no person and no machine makes such a secret.
pub(super) fn is_number(text: &[u8]) -> bool {
    // `@0xb1c5d7e2f4a69038` is the id of a type in Cap'n Proto.
    let text = text.strip_prefix(b"@").unwrap_or(text);
    // `^1.7.1`: what versions of a package will do.
    let text = text.strip_prefix(b"^").or(text.strip_prefix(b"~")).unwrap_or(text);
    let hexadecimal = text.len() <= 18
        && text.strip_prefix(b"0x").is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let points = text.iter().filter(|&&byte| byte == b'.').count();
    let typed = text.starts_with(b"dword:") || text.starts_with(b"hex:");
    // `131080u32` of Rust.
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let suffix = text[digits..].strip_prefix(b"u").or(text[digits..].strip_prefix(b"i"));
    let literal =
        digits > 0 && suffix.is_some_and(|bits| matches!(bits, b"8" | b"16" | b"32" | b"64" | b"size"));
    hexadecimal
        || literal
        || typed
        || points >= 2 && text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for text in
            ["Optional[str", "config.get(server", "base64.b16encode(x[8", "&self.read(1)[0]", "quote!(x"]
        {
            assert!(is_expression(text.as_bytes(), false), "{text}");
        }
        for text in ["hunter2", "Tr(ub4dor", "a1b2c3(d", "p@ss[word"] {
            assert!(!is_expression(text.as_bytes(), false), "{text}");
        }
        assert!(is_expression(b"0;for(let", true) && !is_expression(b"q1w2e3r4", true));
    }

    #[test]
    fn constants_and_numbers() {
        assert!(is_constant(b"D3D11_STENCIL_OP") && is_constant(b"KEY_READ"));
        assert!(!is_constant(b"WINTER_2024") && !is_constant(b"AB12_CD34") && !is_constant(b"HUNTER2"));
        assert!(
            is_number(b"0x0004")
                && is_number(b"2.5.4.35")
                && is_number(b"131080u32")
                && is_number(b"^1.7.1")
                && !is_number(b"123456")
        );
    }
}
