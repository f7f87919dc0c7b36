//! Where a rule's match can begin, seen from its keyword.
//!
//! Almost every expression begins with its keyword, perhaps behind one boundary character. Such a rule is tried
//! only at the keyword, anchored, and fails within a few bytes; a line full of keywords then costs no more than
//! its length. The others are searched from the beginning of the word the keyword is in.

use regex_syntax::hir::{Hir, HirKind, literal::Extractor};
use regex_syntax::{Error, ParserBuilder};

/// The place to try an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// Anchored at the keyword, or up to this many bytes before it.
    Keyword(usize),
    /// Anywhere from the beginning of the keyword's word on.
    Word,
}

/// Most bytes before a keyword at which its word is taken to begin.
pub(super) const WORD_MAX: usize = 256;

/// Most bytes before a keyword at which an expression is tried anchored.
const BACK_MAX: usize = 8;

/// Parses an expression of the gitleaks (Go RE2) dialect: ASCII classes unless it is written in Unicode.
#[expect(clippy::result_large_err, reason = "the error of the parser, once per broken rule")]
pub(super) fn parse(regex: &str) -> Result<Hir, Error> {
    let parser = |unicode| ParserBuilder::new().unicode(unicode).utf8(false).build().parse(regex);
    parser(false).or_else(|_| parser(true))
}

/// Decides for the expression `hir` with these lower-case keywords.
pub(super) fn lead(hir: &Hir, keywords: &[&str]) -> Lead {
    let mut parts: Vec<&Hir> = Vec::new();
    flatten(hir, &mut parts);
    let mut back = 0;
    for at in 0..parts.len() {
        if begins_with_keyword(&parts[at..], keywords, 0) {
            return Lead::Keyword(back);
        }
        let properties = parts[at].properties();
        match (properties.minimum_len(), properties.maximum_len()) {
            (_, Some(0)) => {}
            // What can be absent can be left out, unless something has to stand before it.
            (Some(0), _) if back == 0 && properties.look_set().is_empty() => {}
            (_, Some(length)) if back + length <= BACK_MAX => back += length,
            _ => break,
        }
    }
    Lead::Word
}

fn flatten<'h>(hir: &'h Hir, parts: &mut Vec<&'h Hir>) {
    match hir.kind() {
        HirKind::Concat(items) => items.iter().for_each(|item| flatten(item, parts)),
        HirKind::Capture(capture) => flatten(&capture.sub, parts),
        _ => parts.push(hir),
    }
}

fn begins_with_keyword(parts: &[&Hir], keywords: &[&str], depth: usize) -> bool {
    let Some((first, rest)) = parts.split_first() else { return false };
    if let HirKind::Alternation(branches) = first.kind()
        && depth < 8
    {
        return branches.iter().all(|branch| {
            let mut expanded = Vec::new();
            flatten(branch, &mut expanded);
            expanded.extend_from_slice(rest);
            begins_with_keyword(&expanded, keywords, depth + 1)
        });
    }
    let whole = Hir::concat(parts.iter().take(6).map(|&part| part.clone()).collect());
    let prefixes = Extractor::new().extract(&whole);
    let Some(literals) = prefixes.literals() else { return false };
    !literals.is_empty()
        && literals.iter().all(|literal| {
            let prefix = literal.as_bytes().to_ascii_lowercase();
            keywords.iter().map(|keyword| keyword.as_bytes()).any(|keyword| {
                prefix.starts_with(keyword) || prefix.len() >= 3 && keyword.starts_with(&prefix)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(regex: &str, keywords: &[&str]) -> Lead {
        lead(&parse(regex).unwrap(), keywords)
    }

    #[test]
    fn expressions_that_begin_with_their_keyword() {
        assert_eq!(of(r"ghp_[A-Za-z0-9]{36,}", &["ghp_"]), Lead::Keyword(0));
        assert_eq!(
            of(r"\b(gh[pousr]_[A-Za-z0-9]{36,})", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]),
            Lead::Keyword(0)
        );
        assert_eq!(of(r"(?:^|[^A-Za-z0-9])(AKIA[A-Z0-9]{16})", &["akia"]), Lead::Keyword(1));
        assert_eq!(
            of(
                r"(?i)[\w.-]{0,50}?(?:adafruit|facebook)(?:[ \t\w.-]{0,20})=([a-z0-9_-]{32})",
                &["adafruit", "facebook"]
            ),
            Lead::Keyword(0)
        );
    }

    #[test]
    fn what_may_stand_before_the_keyword_is_tried_too() {
        assert_eq!(of(r"(?:^|[^a-z])((?:pub)?key-[0-9]{8})", &["key-"]), Lead::Keyword(4));
        assert_eq!(of(r"(?:ab|c)key", &["key"]), Lead::Keyword(2));
    }

    #[test]
    fn and_those_that_do_not() {
        assert_eq!(of(r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}", &[":aa"]), Lead::Word);
        assert_eq!(of(r"(?i)(?:adafruit|facebook)=x", &["adafruit"]), Lead::Word);
    }
}
