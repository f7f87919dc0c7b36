//! What was kept of a terminal, as a person would have read it.
//!
//! A terminal emulation reads the kept head and tail, at the end of the run and on a copy, so that no stream waits for
//! it. Secrets are hidden twice: in the bytes, where one may be overdrawn by half afterwards, and in the text, where one
//! may have been put together by moving the cursor.

use crate::base::limits::SCREEN_MAX;
use crate::redact::{Excerpt, Kept, Redactor};
use crate::supervise::event::Screen;
use crate::sys::modes::WindowSize;
use avt::Terminal;
use avt::observer::Transcript;
use std::panic::catch_unwind;

/// Where a tail may be taken up: a sequence that began before it would be read as text.
const RESUME_WITHIN: usize = 4096;

/// The readable beginning and end of what was kept, `keep` bytes each.
pub(super) fn excerpt(redactor: &Redactor, screen: &Screen, keep: usize) -> Excerpt {
    let (head, tail) = (screen.capture.head(), screen.capture.tail());
    let total = usize::try_from(screen.capture.bytes()).unwrap_or(usize::MAX);
    let read = |bytes: &[u8]| text(&redacted(redactor, bytes), screen.size);
    let both = head.len() + tail.len();
    if total <= both {
        // Each of them holds all of a short stream; of a longer one they overlap.
        let whole = if total <= head.len() { head.to_vec() } else { [head, &tail[both - total..]].concat() };
        let whole = read(&whole);
        return redactor.excerpt(Kept {
            head: whole.as_bytes(),
            tail: whole.as_bytes(),
            head_keep: keep,
            tail_keep: keep,
            total: whole.len() as u64,
        });
    }
    let (first, last) = (read(head), read(resumed(&tail)));
    redactor.excerpt(Kept {
        head: first.as_bytes(),
        tail: last.as_bytes(),
        head_keep: keep,
        tail_keep: keep,
        total: (total - both + first.len() + last.len()) as u64 + 1,
    })
}

fn redacted(redactor: &Redactor, bytes: &[u8]) -> Vec<u8> {
    let mut stream = redactor.stream();
    let mut out = Vec::with_capacity(bytes.len());
    stream.push(bytes, &mut out);
    stream.flush(&mut out);
    out
}

/// The tail from its first sequence or line on.
fn resumed(tail: &[u8]) -> &[u8] {
    let start = memchr::memchr2(b'\x1b', b'\n', &tail[..tail.len().min(RESUME_WITHIN)]);
    &tail[start.unwrap_or(0)..]
}

/// The lines a terminal of this size would have shown, those that scrolled away included. Lines it broke because they
/// were too long are whole again.
fn text(bytes: &[u8], size: WindowSize) -> String {
    let (rows, columns) = (size.rows.clamp(1, SCREEN_MAX.0), size.columns.clamp(1, SCREEN_MAX.1));
    let input = String::from_utf8_lossy(bytes);
    let read = || {
        let mut terminal = Terminal::new(usize::from(columns), usize::from(rows)).ok()?;
        let mut transcript = Transcript::new();
        let mut lines = terminal.feed_with(&*input, &mut transcript);
        lines.extend(transcript.finish(&terminal));
        Some(lines)
    };
    // Whatever a command prints must not cost it its record: then it is kept as it is.
    let Ok(Some(lines)) = catch_unwind(read) else { return input.into_owned() };
    let mut text = lines.join("\n");
    if !text.is_empty() && (lines.len() > 1 || bytes.ends_with(b"\n")) {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> String {
        text(bytes, WindowSize::USUAL)
    }

    #[test]
    fn redraws_and_sequences_become_text() {
        for (bytes, expected) in [
            (&b"plain\r\nlines\r\n"[..], "plain\nlines\n"),
            (b"\x1b[1;31mred\x1b[0m no newline", "red no newline"),
            (b"10%\r 50%\r100%\r\n", "100%\n"),
            (b"Password: \r\nok\r\n", "Password:\nok\n"),
            (b"abc\x08\x08\x08xyz\r\n", "xyz\n"),
            (b"\x1b]0;title\x07after\r\n", "after\n"),
            (b"before\r\n\x1b[?1049h\x1b[2J\x1b[Hfull screen\x1b[?1049lafter\r\n", "before\nafter\n"),
            (b"", ""),
            (b"\xff\xfe\r\n", "\u{fffd}\u{fffd}\n"),
        ] {
            assert_eq!(shown(bytes), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn long_lines_and_what_scrolled_away_are_whole() {
        let line = "x".repeat(200);
        assert_eq!(shown(format!("{line}\r\n").as_bytes()), format!("{line}\n"));
        let many: String = (0..1000).fold(String::new(), |text, at| text + &format!("line {at}\r\n"));
        assert_eq!(shown(many.as_bytes()), many.replace("\r\n", "\n"));
    }

    #[test]
    fn a_secret_that_is_overdrawn_by_half_is_hidden_whole() {
        let token = format!("gh{}_{}", "p", "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAb7d");
        let redactor = Redactor::default();
        let bytes = format!("{token}\r          \r\n{token}\r\n");
        let seen = shown(&redacted(&redactor, bytes.as_bytes()));
        for part in [&token[4..], &token[20..], &token[..20]] {
            assert!(!seen.contains(part), "{seen}");
        }
        assert!(seen.contains("[REDACTED:"), "{seen}");
    }
}
