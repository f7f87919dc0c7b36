//! Where a rule's match can begin, seen from its keyword.
//!
//! Almost every expression begins with its keyword, perhaps behind one boundary character. Such a rule is tried
//! only at the keyword, anchored, and fails within a few bytes; a line full of keywords then costs no more than
//! its length. The others are searched from the beginning of the word the keyword is in.

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::{Error, ParserBuilder};
use std::collections::BTreeSet;

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
        if begins_with_keyword(&parts[at..], keywords) {
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

fn begins_with_keyword(parts: &[&Hir], keywords: &[&str]) -> bool {
    Walk { keywords, left: WALK_MAX }.leads_to_keyword(parts, &mut Vec::new(), 0)
}

/// Most steps of a walk, and most of them one inside the other: an expression that takes more is looked for word by word.
const WALK_MAX: u32 = 1 << 14;
const DEPTH_MAX: u32 = 256;
/// Most letters at one place that are followed one by one.
const BRANCHES_MAX: usize = 8;

/// Goes along every way an expression can begin, as long as there is a keyword that begins so too.
struct Walk<'a> {
    keywords: &'a [&'a str],
    left: u32,
}

impl Walk<'_> {
    /// Whether each match of `parts`, behind the letters of `prefix`, begins with a keyword or with what one begins with.
    fn leads_to_keyword(&mut self, parts: &[&Hir], prefix: &mut Vec<u8>, depth: u32) -> bool {
        let mut keywords = self.keywords.iter().map(|keyword| keyword.as_bytes());
        if keywords.clone().any(|keyword| prefix.starts_with(keyword)) {
            return true;
        }
        if self.left == 0 || depth == DEPTH_MAX || !keywords.any(|keyword| keyword.starts_with(prefix)) {
            return false;
        }
        self.left -= 1;
        let enough = prefix.len() >= 3;
        let Some((first, rest)) = parts.split_first() else { return enough };
        match first.kind() {
            HirKind::Empty | HirKind::Look(_) => self.leads_to_keyword(rest, prefix, depth + 1),
            HirKind::Literal(literal) => {
                self.all_lead(&[literal.0.to_ascii_lowercase()], rest, prefix, depth)
            }
            HirKind::Class(class) => {
                let members: Vec<Vec<u8>> = letters(class).into_iter().map(|letter| vec![letter]).collect();
                match members.len() {
                    1..=BRANCHES_MAX => self.all_lead(&members, rest, prefix, depth),
                    _ => enough,
                }
            }
            HirKind::Repetition(optional) if (optional.min, optional.max) == (0, Some(1)) => {
                self.leads_to_keyword(rest, prefix, depth + 1)
                    && self.leads_to_keyword(&before(&optional.sub, rest), prefix, depth + 1)
            }
            HirKind::Repetition(_) => enough,
            HirKind::Capture(capture) => {
                self.leads_to_keyword(&before(&capture.sub, rest), prefix, depth + 1)
            }
            HirKind::Concat(items) => {
                let parts: Vec<&Hir> = items.iter().chain(rest.iter().copied()).collect();
                self.leads_to_keyword(&parts, prefix, depth + 1)
            }
            HirKind::Alternation(branches) => {
                branches.iter().all(|branch| self.leads_to_keyword(&before(branch, rest), prefix, depth + 1))
            }
        }
    }

    fn all_lead(&mut self, next: &[Vec<u8>], rest: &[&Hir], prefix: &mut Vec<u8>, depth: u32) -> bool {
        let length = prefix.len();
        next.iter().all(|letters| {
            prefix.extend_from_slice(letters);
            let leads = self.leads_to_keyword(rest, prefix, depth + 1);
            prefix.truncate(length);
            leads
        })
    }
}

fn before<'h>(first: &'h Hir, rest: &[&'h Hir]) -> Vec<&'h Hir> {
    std::iter::once(first).chain(rest.iter().copied()).collect()
}

/// The members of a class in lower case; none if there are many, or characters of several bytes.
fn letters(class: &Class) -> BTreeSet<u8> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        Class::Unicode(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
    };
    let few = ranges.iter().map(|(start, end)| (end - start) as usize + 1).sum::<usize>() <= 2 * BRANCHES_MAX;
    let members = ranges.iter().filter(|_| few).flat_map(|&(start, end)| start..=end);
    let ascii = |member| u8::try_from(member).ok().filter(u8::is_ascii);
    let lower: Option<BTreeSet<u8>> =
        members.map(|member| ascii(member).map(|byte| byte.to_ascii_lowercase())).collect();
    lower.unwrap_or_default()
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
