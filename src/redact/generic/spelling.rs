//! Whether letters are spelled like a word, which tells random ones from names.

/// For each letter those that hardly follow it: each pair is less than one in 5,000 of the pairs of neighbours in 39,000
/// different words and abbreviations of C headers, Python and Rust sources, and English documentation.
const RARE_BEHIND: [&str; 26] = [
    "joqz",
    "hkqvwxz",
    "jqwxz",
    "jkqxz",
    "j",
    "hjkqvwxz",
    "jkqvwxyz",
    "bfghjkqvwxz",
    "hjqwy",
    "bcdfghjklmnpqrstvwxyz",
    "bcfgjkqvwxyz",
    "hjqwxz",
    "ghjqvwxz",
    "jqxz",
    "jqz",
    "jqxz",
    "abcdefghijklmnopqrstvwxyz",
    "hjqxz",
    "jx",
    "jq",
    "hjkquvwyz",
    "bdfghjknquvwxyz",
    "bfgjkquvwxyz",
    "bghjklnoqruvwyz",
    "bdfghjkquvwxyz",
    "bcdfghjklmnpqrstuvwxyz",
];

/// A bit for each rare pair.
static RARE: [u32; 26] = {
    let mut bits = [0; 26];
    let mut first = 0;
    while first < 26 {
        let behind = RARE_BEHIND[first].as_bytes();
        let mut at = 0;
        while at < behind.len() {
            bits[first] |= 1 << (behind[at] - b'a');
            at += 1;
        }
        first += 1;
    }
    bits
};

/// How many pairs of neighbouring letters in `text` are hardly found in words. A capital behind a small letter begins
/// another word.
fn rare_pairs(text: &[u8]) -> usize {
    let rare = |pair: &&[u8]| match pair {
        [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
            let begins = first.is_ascii_lowercase() && second.is_ascii_uppercase();
            let index = |byte: u8| byte.to_ascii_lowercase() - b'a';
            !begins && RARE[usize::from(index(*first))] >> index(*second) & 1 == 1
        }
        _ => false,
    };
    text.windows(2).filter(rare).count()
}

/// Whether so many pairs of letters are rare that this is no word: seven of ten random runs of eight letters, one word of
/// a thousand.
pub(super) fn is_unspelled(text: &[u8]) -> bool {
    rare_pairs(text) >= (text.len() + 3).div_ceil(6).max(2)
}

/// Whether any pair of letters is rare.
pub(super) fn is_odd(text: &[u8]) -> bool {
    rare_pairs(text) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_abbreviations_are_spelled() {
        for text in [
            "password",
            "getElementsByTagName",
            "HTTPRequest",
            "xmlHttp",
            "strncpy",
            "mysqld",
            "kubectl",
            "vfs",
        ] {
            assert!(!is_unspelled(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn random_letters_are_not() {
        for text in ["wgzkdgigxopxdtdguoe", "jjcnuvwjybeo", "Gfbonzqwc", "KQXVJZWB"] {
            assert!(is_unspelled(text.as_bytes()), "{text}");
        }
    }
}
