//! Values in elements of XML and HTML.

use super::connector::{Link, Shape, VALUE_MAX, Value, blank, near};
use super::key::NamedKey;
use super::written::value;
use crate::redact::byte_set::ByteSet;

/// Longest tag.
const TAG_MAX: usize = 256;

/// What the prefix of a name in a tag consists of.
const PREFIX: ByteSet = ByteSet::alphanumeric_and(b":");

/// The value of a name in a tag, or at the end of an element.
pub(super) fn tagged(line: &[u8], name: &NamedKey) -> Option<Link> {
    // `<password>`, `<ns:password>`, `</password>`.
    let prefix = PREFIX.run_at_end(&line[name.begin.saturating_sub(32)..name.begin]);
    let tag = &line[..name.begin - prefix];
    if tag.ends_with(b"<") || tag.ends_with(b"</") {
        return Some(if tag.ends_with(b"/") { Link::None } else { element(line, name) });
    }
    let behind = &line[name.end..];
    let blanks = behind.len() - behind.trim_ascii_start().len();
    (blanks < 4 && behind[blanks..].starts_with(b"</")).then(|| next_element(line, name.end + blanks))
}

/// `<password>x</password>`, attributes allowed.
fn element(line: &[u8], name: &NamedKey) -> Link {
    // `Authorization: Bearer <token>`
    let scheme = line[..name.begin].strip_suffix(b"<").unwrap_or_default();
    let window = near(line, name.end, VALUE_MAX);
    if [&b"Bearer "[..], b"bearer ", b"Basic "].iter().any(|word| scheme.ends_with(word))
        && memchr::memmem::find(window, b"</").is_none()
    {
        return if window.len() < VALUE_MAX { Link::Open(name.end) } else { Link::None };
    }
    if let Some(attribute) = line[name.end..].strip_prefix(b" value=").filter(|rest| rest.len() > 1) {
        return value(line, line.len() - attribute.len(), Shape::Quoted, false);
    }
    let Some(open) = memchr::memchr(b'>', near(line, name.end, TAG_MAX)) else {
        return if line.len() - name.end < TAG_MAX { Link::Open(name.end) } else { Link::None };
    };
    let start = name.end + open + 1;
    if line[start - 2] == b'/' {
        return Link::None;
    }
    content(line, start)
}

/// The next element behind a closing tag: `<key>token</key><string>x</string>`, cells of a table.
pub(super) fn next_element(line: &[u8], at: usize) -> Link {
    let Some(close) = memchr::memchr(b'>', near(line, at, TAG_MAX)) else { return Link::None };
    let mut start = at + close + 1;
    blank(line, &mut start);
    if line.get(start) != Some(&b'<') || line.get(start + 1) == Some(&b'/') {
        return Link::None;
    }
    match memchr::memchr(b'>', near(line, start, TAG_MAX)) {
        // The next name in a property list, or another element that says what it is.
        Some(open) if line[start..start + open] == *b"<key" || line[..start + open].ends_with(b"Id") => {
            Link::None
        }
        Some(open) => content(line, start + open + 1),
        None => Link::None,
    }
}

/// Where the value begins of a name in a tag that has more attributes: `<Environment name="token" type="…" value="x"/>`.
pub(super) fn value_attribute(line: &[u8], name: &NamedKey, at: usize) -> Option<usize> {
    let window = near(line, at, TAG_MAX);
    let length = memchr::memmem::find(window, b" value=\"")?;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"=\"_-:. ".contains(byte);
    let opened = line[..name.begin].iter().rev().take(TAG_MAX).find(|byte| matches!(byte, b'<' | b'>'));
    let start = at + length + b" value=".len();
    let attributes = window[..length].contains(&b'=') && window[..length].iter().all(is_part);
    (attributes && opened == Some(&b'<') && start + 1 < line.len()).then_some(start)
}

/// `<value>x</value>` at `at`.
pub(super) fn element_inside(line: &[u8], at: usize) -> Link {
    let start = at + VALUE_TAG.len();
    let is_value = line.get(at..start).is_some_and(|tag| tag.eq_ignore_ascii_case(VALUE_TAG));
    if is_value { content(line, start) } else { Link::None }
}

const VALUE_TAG: &[u8] = b"<value>";

const CDATA: &[u8] = b"<![CDATA[";

pub(super) fn content(line: &[u8], start: usize) -> Link {
    let nested =
        line.get(start..start + VALUE_TAG.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(VALUE_TAG));
    let start = start + if nested { VALUE_TAG.len() } else { 0 };
    let start = start + if line[start..].starts_with(CDATA) { CDATA.len() } else { 0 };
    let window = near(line, start, VALUE_MAX);
    let closed = memchr::memchr(b'<', window).or_else(|| memchr::memmem::find(window, b"]]>"));
    let open = closed.is_none() && start + window.len() == line.len();
    let text = &window[..closed.unwrap_or(window.len())];
    let text = text.strip_suffix(b"]]>").unwrap_or(text);
    let lead = text.len() - text.trim_ascii_start().len();
    let length = text.trim_ascii().len();
    // Not an element: a type's argument, a user and a password before a host, a placeholder that ends a string.
    let ends_string = closed.is_none() && matches!(text, [b'\'' | b'"' | b'`', b')' | b',' | b';', ..]);
    if matches!(text.first(), Some(b':' | b'@')) || ends_string {
        return Link::None;
    }
    if length == 0 {
        return if open { Link::Open(start) } else { Link::None };
    }
    let start = start + lead;
    Link::Value(Value { start, end: start + length, shape: Shape::Quoted, spaced: false, open })
}
