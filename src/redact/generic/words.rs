//! Lists of words, and words inside names: asked for every value, so without a copy and without regard to case.

/// Longest word of any list.
const LENGTH_MAX: usize = 24;

/// A list of words in lower case.
#[derive(Debug)]
pub(super) struct Words {
    sorted: Vec<&'static [u8]>,
    /// For each first letter a bit per length: what is not listed is hardly ever looked up.
    lengths: [u32; 256],
}

impl Words {
    /// The words of `list`, apart by white space.
    pub(super) fn of(list: &'static str) -> Self {
        let mut sorted: Vec<&[u8]> = list.split_ascii_whitespace().map(str::as_bytes).collect();
        sorted.sort_unstable();
        let mut lengths = [0; 256];
        for word in &sorted {
            debug_assert!(word.len() <= LENGTH_MAX, "a longer word is never found");
            lengths[usize::from(word[0])] |= 1 << word.len();
        }
        Self { sorted, lengths }
    }

    /// Whether `word` is on the list, in any case.
    pub(super) fn has(&self, word: &[u8]) -> bool {
        let Some(first) = word.first().filter(|_| word.len() <= LENGTH_MAX) else { return false };
        if self.lengths[usize::from(first.to_ascii_lowercase())] >> word.len() & 1 == 0 {
            return false;
        }
        let mut lower = [0; LENGTH_MAX];
        lower[..word.len()].copy_from_slice(word);
        let lower = &mut lower[..word.len()];
        lower.make_ascii_lowercase();
        self.sorted.binary_search(&&*lower).is_ok()
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
