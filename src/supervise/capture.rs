//! The beginning and the end of a stream, kept while it flows.
//!
//! Reads go straight into a ring that is larger than what must be kept of the end, and bytes are forwarded from where
//! they were read: keeping the tail costs no copy. Only the beginning is copied, once.

use crate::base::limits::{PUMP_CHUNK, REDACT_CONTEXT};

/// The kept parts of one stream, unredacted: to be shown to the redactor and to nobody else.
#[derive(Debug)]
pub struct Capture {
    keep: usize,
    head: Vec<u8>,
    ring: Vec<u8>,
    at: usize,
    bytes: u64,
    lines: u64,
}

impl Capture {
    /// Keeps `keep` bytes of each end, and [`REDACT_CONTEXT`] beyond them.
    pub fn new(keep: usize) -> Self {
        let keep = keep + REDACT_CONTEXT;
        Self { keep, head: Vec::new(), ring: vec![0; keep + PUMP_CHUNK], at: 0, bytes: 0, lines: 0 }
    }

    /// Where to read the next bytes into; never empty.
    pub fn space(&mut self) -> &mut [u8] {
        if self.at == self.ring.len() {
            self.at = 0;
        }
        let end = self.ring.len().min(self.at + PUMP_CHUNK);
        &mut self.ring[self.at..end]
    }

    /// Takes the `read` bytes just read into [`Capture::space`] and returns them for forwarding.
    pub fn commit(&mut self, read: usize) -> &[u8] {
        let fresh = &self.ring[self.at..self.at + read];
        self.at += read;
        self.bytes += read as u64;
        self.lines += memchr::memchr_iter(b'\n', fresh).count() as u64;
        let room = self.keep - self.head.len();
        self.head.extend_from_slice(&fresh[..room.min(read)]);
        fresh
    }

    /// Bytes seen so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Newlines seen so far.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The first bytes of the stream, at most what is to be kept plus context.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The last bytes of the stream, at most what is to be kept plus context; may overlap with the head.
    pub fn tail(&self) -> Vec<u8> {
        let wanted = usize::try_from(self.bytes).unwrap_or(usize::MAX).min(self.keep);
        let recent = wanted.min(self.at);
        let older = wanted - recent;
        let mut tail = self.ring[self.ring.len() - older..].to_vec();
        tail.extend_from_slice(&self.ring[self.at - recent..self.at]);
        tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn feed(capture: &mut Capture, mut bytes: &[u8], step: usize) {
        while !bytes.is_empty() {
            let space = capture.space();
            let take = step.min(space.len()).min(bytes.len());
            space[..take].copy_from_slice(&bytes[..take]);
            assert_eq!(capture.commit(take), &bytes[..take]);
            bytes = &bytes[take..];
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn head_and_tail_are_those_of_the_whole(length in 0_usize..700_000, step in 1_usize..200_000, seed: u8) {
            let bytes: Vec<u8> = (0..length).map(|at| (at as u64 * 31 / 7).to_le_bytes()[0] ^ seed).collect();
            let mut capture = Capture::new(1000);
            feed(&mut capture, &bytes, step);
            let kept = length.min(1000 + REDACT_CONTEXT);
            prop_assert_eq!(capture.head(), &bytes[..kept]);
            prop_assert_eq!(capture.tail(), &bytes[length - kept..]);
            prop_assert_eq!(capture.bytes(), length as u64);
            prop_assert_eq!(capture.lines(), bytes.split(|byte| *byte == b'\n').count() as u64 - 1);
        }
    }
}
