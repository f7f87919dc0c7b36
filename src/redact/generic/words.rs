//! Lists of words, and words inside names: asked for every value, so without a copy and without regard to case.

/// Longest word of any list.
const LENGTH_MAX: usize = 24;

/// A list of words in lower case, those with the same first letter and the same length beside each other.
#[derive(Debug)]
pub(super) struct Words {
    sorted: Vec<&'static [u8]>,
    /// For each first letter and length, where they end; where they begin is before that.
    ends: Box<[[u16; LENGTH_MAX + 1]; 256]>,
}

impl Words {
    /// The words of `list`, apart by white space.
    pub(super) fn of(list: &'static str) -> Self {
        let mut sorted: Vec<&[u8]> = list.split_ascii_whitespace().map(str::as_bytes).collect();
        sorted.sort_unstable_by_key(|word| (word[0], word.len()));
        let mut ends = Box::new([[0; LENGTH_MAX + 1]; 256]);
        for (end, word) in (1..).zip(&sorted) {
            debug_assert!(word.len() <= LENGTH_MAX, "a longer word is never found");
            ends[usize::from(word[0])][word.len()] = end;
        }
        Self { sorted, ends }
    }

    /// Whether `word` is on the list, in any case.
    pub(super) fn has(&self, word: &[u8]) -> bool {
        let Some(first) = word.first().map(u8::to_ascii_lowercase) else { return false };
        let end = self.ends[usize::from(first)].get(word.len()).copied().unwrap_or(0);
        let alike = self.sorted[..usize::from(end)].iter().rev();
        alike
            .take_while(|listed| listed.len() == word.len() && listed[0] == first)
            .any(|listed| listed.eq_ignore_ascii_case(word))
    }
}

/// Whether `text` contains one of `parts`, which are in lower case, in any case.
pub(in crate::redact) fn contains_any(text: &[u8], parts: &[&[u8]]) -> bool {
    let starts = parts.iter().fold(0u128, |starts, part| starts | 1 << (part[0] & 0x7f));
    text.iter().enumerate().any(|(at, byte)| {
        starts >> (byte.to_ascii_lowercase() & 0x7f) & 1 == 1
            && parts.iter().any(|part| {
                part[0] == byte.to_ascii_lowercase()
                    && text.get(at..at + part.len()).is_some_and(|piece| piece.eq_ignore_ascii_case(part))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_in_any_case() {
        let words = Words::of(" none  null password ");
        assert!(words.has(b"none") && words.has(b"NULL") && words.has(b"Password"));
        assert!(!words.has(b"") && !words.has(b"non") && !words.has(b"nonee") && !words.has(&[b'n'; 99]));
    }

    #[test]
    fn parts_are_found_anywhere() {
        let parts: [&[u8]; 3] = [b"key", b"://", b"token"];
        for text in ["ApiKEY", "a://", "xtokenx"] {
            assert!(contains_any(text.as_bytes(), &parts), "{text}");
        }
        for text in ["", "ke", "tok en", ":/ /"] {
            assert!(!contains_any(text.as_bytes(), &parts), "{text}");
        }
    }
}
