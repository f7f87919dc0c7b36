//! Other readings of a line: the same text with one layer of encoding taken off.
//!
//! A log of JSON holds `\n` before a token, a URL holds `%3D`, an HTML page `&quot;`. Rules are tried on each such
//! reading too, and what they find is mapped back. A reading is made only of lines in which a keyword was seen.

use super::screen::Derived;

/// The encodings, in the order they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// Carriage returns dropped: a terminal or a wrapped paste may put one inside a token.
    Joined,
    /// JSON and C string escapes (RFC 8259 section 7).
    Unescaped,
    /// Percent-encoding (RFC 3986 section 2.1).
    PercentDecoded,
    /// Character references of HTML and XML.
    Entities,
}

/// All views.
pub(super) const VIEWS: [View; 4] = [View::Joined, View::Unescaped, View::PercentDecoded, View::Entities];

/// Whether any of them could differ from `text`.
pub(super) fn any_applies(text: &[u8]) -> bool {
    let mut signs = memchr::memchr3_iter(b'\\', b'%', b'&', text);
    View::Joined.applies(text) || signs.next().is_some() && VIEWS.iter().any(|view| view.applies(text))
}

impl View {
    /// Whether the view could differ from `text`.
    pub(super) fn applies(self, text: &[u8]) -> bool {
        match self {
            Self::Joined => {
                let body = text.strip_suffix(b"\n").unwrap_or(text);
                let body = body.strip_suffix(b"\r").unwrap_or(body);
                memchr::memchr(b'\r', body).is_some()
            }
            Self::Unescaped => memchr::memchr_iter(b'\\', text).any(|at| is_sign(&text[at..])),
            Self::PercentDecoded => memchr::memchr_iter(b'%', text).any(|at| is_sign(&text[at..])),
            Self::Entities => memchr::memchr_iter(b'&', text).any(|at| is_sign(&text[at..])),
        }
    }

    /// Decodes `text` into `view`.
    pub(super) fn derive(self, text: &[u8], view: &mut Derived) {
        view.clear();
        let sign = match self {
            Self::Joined => b'\r',
            Self::Unescaped => b'\\',
            Self::PercentDecoded => b'%',
            Self::Entities => b'&',
        };
        let mut done = 0;
        for at in memchr::memchr_iter(sign, text) {
            if at < done {
                continue;
            }
            let rest = &text[at..];
            let (byte, width) = match self {
                Self::Joined => (None, 1),
                Self::Unescaped => unescape(rest),
                Self::PercentDecoded => percent(rest).map_or((Some(sign), 1), |byte| (Some(byte), 3)),
                Self::Entities => entity(rest).map_or((Some(sign), 1), |(byte, width)| (Some(byte), width)),
            };
            view.push_all(text, done..at);
            if let Some(byte) = byte {
                view.push(byte, at);
            }
            done = at + width;
        }
        view.push_all(text, done..text.len());
        view.finish(text.len());
    }

    /// Bytes of `text` that stand for the one byte of the view which came from `at`.
    pub(super) fn width(self, text: &[u8], at: usize) -> usize {
        match self {
            Self::Joined => 1,
            Self::Unescaped if text[at] == b'\\' => unescape(&text[at..]).1,
            Self::PercentDecoded => percent(&text[at..]).map_or(1, |_| 3),
            Self::Entities => entity(&text[at..]).map_or(1, |(_, width)| width),
            Self::Unescaped => 1,
        }
    }
}

/// Whether what `rest` begins with is read otherwise in one of the views.
pub(super) fn is_sign(rest: &[u8]) -> bool {
    match rest.first() {
        Some(b'\r') => true,
        Some(b'\\') => unescape(rest).1 > 1,
        Some(b'%') => percent(rest).is_some(),
        Some(b'&') => entity(rest).is_some(),
        _ => false,
    }
}

/// One escape: the byte it means and its width. A line break inside a string separates words like a space does.
fn unescape(rest: &[u8]) -> (Option<u8>, usize) {
    match rest.get(1) {
        Some(b'n' | b'r' | b't' | b'f') => (Some(b' '), 2),
        Some(byte @ (b'"' | b'\'' | b'\\' | b'/' | b'`')) => (Some(*byte), 2),
        Some(b'u') => match rest.get(2..6).and_then(hex) {
            Some(code @ 0x20..=0x7e) => (u8::try_from(code).ok(), 6),
            _ => (Some(b'\\'), 1),
        },
        Some(b'x') => match rest.get(2..4).and_then(hex) {
            Some(code @ 0x20..=0x7e) => (u8::try_from(code).ok(), 4),
            _ => (Some(b'\\'), 1),
        },
        _ => (Some(b'\\'), 1),
    }
}

fn percent(rest: &[u8]) -> Option<u8> {
    match rest.get(..3)? {
        [b'%', digits @ ..] => hex(digits).and_then(|code| u8::try_from(code).ok()).filter(|&b| b != b'\n'),
        _ => None,
    }
}

fn entity(rest: &[u8]) -> Option<(u8, usize)> {
    const NAMED: [(&[u8], u8); 10] = [
        (b"&quot;", b'"'),
        (b"&apos;", b'\''),
        (b"&amp;", b'&'),
        (b"&lt;", b'<'),
        (b"&gt;", b'>'),
        (b"&#34;", b'"'),
        (b"&#39;", b'\''),
        (b"&#x22;", b'"'),
        (b"&#x27;", b'\''),
        (b"&#61;", b'='),
    ];
    NAMED.iter().find(|(name, _)| rest.starts_with(name)).map(|(name, byte)| (*byte, name.len()))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
}

/// From a range of a reading to the range it stands for.
pub(super) type WayBack<'a> = dyn Fn(usize, usize) -> (usize, usize) + 'a;

/// Calls `read` with each reading of `text` that takes a layer of encoding off (two for string escapes), and with
/// the way back.
pub(super) fn read_views(
    text: &[u8],
    view: &mut Derived,
    inner: &mut Derived,
    read: &mut dyn FnMut(&Derived, &WayBack<'_>),
) {
    for kind in VIEWS.into_iter().filter(|kind| kind.applies(text)) {
        kind.derive(text, view);
        let outer = |start, end| view.source_span(start, end, |at| kind.width(text, at));
        read(view, &outer);
        if kind == View::Unescaped && kind.applies(&view.text) {
            kind.derive(&view.text, inner);
            read(inner, &|start, end| {
                let (start, end) = inner.source_span(start, end, |at| kind.width(&view.text, at));
                outer(start, end)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(view: View, text: &str) -> String {
        let mut derived = Derived::default();
        view.derive(text.as_bytes(), &mut derived);
        String::from_utf8_lossy(&derived.text).into_owned()
    }

    #[test]
    fn each_view_takes_one_layer_off() {
        assert_eq!(seen(View::Unescaped, r#"a\ntoken\u003d\"b\/c\\\""#), r#"a token="b/c\""#);
        assert_eq!(seen(View::PercentDecoded, "a%3Db%2Fc%zz%"), "a=b/c%zz%");
        assert_eq!(seen(View::Entities, "&quot;a&quot;=&amp;b&"), "\"a\"=&b&");
        assert_eq!(seen(View::Joined, "ab\rcd\r\n"), "abcd\n");
    }

    #[test]
    fn a_view_that_changes_nothing_does_not_apply() {
        for view in VIEWS {
            assert!(!view.applies(b"plain text, 100% & more\r\n"), "{view:?}");
        }
    }

    #[test]
    fn spans_cover_the_encoding() {
        let text = r#"x\"ab\"y"#.as_bytes();
        let mut derived = Derived::default();
        View::Unescaped.derive(text, &mut derived);
        assert_eq!(derived.text, b"x\"ab\"y");
        let span = derived.source_span(1, 5, |at| View::Unescaped.width(text, at));
        assert_eq!(&text[span.0..span.1], br#"\"ab\""#);
    }
}
