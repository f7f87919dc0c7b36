//! A unit with its secrets replaced, and the way back: what is found in the result is hidden in the original.

use super::engine::{Engine, Span};
use super::screen;

/// A text as it is put out, piece by piece.
#[derive(Debug, Default)]
pub(super) struct Edited {
    pub(super) text: Vec<u8>,
    pieces: Vec<Piece>,
}

/// A stretch of the result that is either kept, or stands for a hidden span as a whole.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Where it begins in the result.
    at: usize,
    /// What it stands for in the original.
    start: usize,
    end: usize,
    hidden: bool,
}

impl Edited {
    /// Replaces `spans` (sorted, apart from each other) of `original`.
    pub(super) fn replace(&mut self, engine: &Engine, original: &[u8], spans: &[Span]) {
        self.text.clear();
        self.pieces.clear();
        let mut from = 0;
        for span in spans {
            self.keep(original, from, span.start);
            self.pieces.push(Piece { at: self.text.len(), start: span.start, end: span.end, hidden: true });
            push_hidden(&mut self.text, engine, span, &original[span.start..span.end]);
            from = span.end;
        }
        self.keep(original, from, original.len());
    }

    fn keep(&mut self, original: &[u8], start: usize, end: usize) {
        if start < end {
            self.pieces.push(Piece { at: self.text.len(), start, end, hidden: false });
            self.text.extend_from_slice(&original[start..end]);
        }
    }

    /// What the range `start..end` of the result stands for in the original; a marker counts as a whole.
    pub(super) fn origin(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.piece(start);
        let last = self.piece(end.saturating_sub(1).max(start));
        (
            if first.hidden { first.start } else { first.start + (start - first.at) },
            if last.hidden { last.end } else { last.start + (end - last.at) },
        )
    }

    fn piece(&self, at: usize) -> Piece {
        let next = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces[next.saturating_sub(1)]
    }

    /// Where the byte at `origin` of the original, or what replaced it, ends up.
    pub(super) fn position(&self, origin: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.start <= origin);
        match next.checked_sub(1).map(|index| self.pieces[index]) {
            Some(piece) if !piece.hidden => (piece.at + (origin - piece.start)).min(self.text.len()),
            Some(piece) if origin == piece.start => piece.at,
            Some(_) => self.pieces.get(next).map_or(self.text.len(), |piece| piece.at),
            None => 0,
        }
    }
}

/// Appends what stands for a hidden span: its marker, and the escape sequences a terminal still has to obey.
pub(super) fn push_hidden(out: &mut Vec<u8>, engine: &Engine, span: &Span, bytes: &[u8]) {
    engine.push_marker(out, span.rule);
    if screen::has_controls(bytes) {
        out.extend_from_slice(&screen::sequences(bytes));
    }
}
