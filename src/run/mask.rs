//! `--mask`: the redactor as a filter of the live streams.

use crate::redact::StreamRedactor;
use crate::supervise::pump::Filter;

/// One masked stream.
pub(super) struct Mask(pub(super) StreamRedactor);

impl Filter for Mask {
    fn push(&mut self, input: &[u8], out: &mut Vec<u8>) {
        self.0.push(input, out);
    }

    fn idle(&mut self, out: &mut Vec<u8>) {
        self.0.idle(out);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.0.flush(out);
    }
}
