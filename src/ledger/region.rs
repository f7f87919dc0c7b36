//! Lines within a stretch of a day's file, however long the lines and the stretch are.

use super::chain::{Digest, Hasher, LINK_MAX, Link, ReadAt, hash_range};
use std::io;

/// A stretch up to this many bytes is read at once and kept.
const KEPT_MAX: u64 = 1 << 20;
/// Longer ones are read in steps of this size.
const STEP: usize = 1 << 18;

/// One complete line, newline included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineAt<'a> {
    /// Offset of its first byte in the file.
    pub(super) start: u64,
    /// Offset behind its newline.
    pub(super) end: u64,
    /// Its last bytes, newline included: all of a line up to [`LINK_MAX`].
    pub(super) suffix: &'a [u8],
}

/// Bytes `from..to` of a file; read once when short.
pub(super) struct Region<'f> {
    file: &'f dyn ReadAt,
    from: u64,
    to: u64,
    bytes: Option<Vec<u8>>,
}

impl<'f> Region<'f> {
    pub(super) fn new(file: &'f dyn ReadAt, from: u64, to: u64) -> io::Result<Self> {
        let bytes = if to - from <= KEPT_MAX {
            let mut bytes = vec![0; usize::try_from(to - from).unwrap_or(0)];
            file.read_exact_at(&mut bytes, from)?;
            Some(bytes)
        } else {
            None
        };
        Ok(Self { file, from, to, bytes })
    }

    /// Calls `each` with every complete line and returns where the unfinished rest begins (`to` if none).
    /// `from` must be the beginning of a line.
    pub(super) fn lines(&self, mut each: impl FnMut(LineAt<'_>)) -> io::Result<u64> {
        let mut splitter = Splitter { start: self.from, at: self.from, carried: Vec::new() };
        if let Some(bytes) = &self.bytes {
            splitter.feed(bytes, &mut each);
            return Ok(splitter.start);
        }
        let mut buffer = vec![0; STEP];
        while splitter.at < self.to {
            let take = usize::try_from(self.to - splitter.at).unwrap_or(STEP).min(STEP);
            self.file.read_exact_at(&mut buffer[..take], splitter.at)?;
            splitter.feed(&buffer[..take], &mut each);
        }
        Ok(splitter.start)
    }

    /// Hashes bytes `from..to`, both within the region.
    pub(super) fn digest(&self, from: u64, to: u64) -> io::Result<Digest> {
        if let Some(bytes) = &self.bytes {
            return Ok(Digest::of(self.slice(bytes, from, to)));
        }
        let mut hasher = Hasher::default();
        hash_range(&mut hasher, self.file, from, to)?;
        Ok(hasher.finish())
    }

    /// Bytes `from..to`, both within the region; the first `limit` of them when there are more.
    pub(super) fn read(&self, from: u64, to: u64, limit: u64) -> io::Result<Vec<u8>> {
        let to = to.min(from + limit);
        if let Some(bytes) = &self.bytes {
            return Ok(self.slice(bytes, from, to).to_vec());
        }
        let mut part = vec![0; usize::try_from(to - from).unwrap_or(0)];
        self.file.read_exact_at(&mut part, from)?;
        Ok(part)
    }

    fn slice<'a>(&self, bytes: &'a [u8], from: u64, to: u64) -> &'a [u8] {
        let index = |offset: u64| usize::try_from(offset - self.from).unwrap_or(usize::MAX);
        &bytes[index(from)..index(to)]
    }
}

/// Cuts what it is fed into lines, keeping only the end of a line that spans several pieces.
struct Splitter {
    start: u64,
    at: u64,
    carried: Vec<u8>,
}

impl Splitter {
    fn feed(&mut self, bytes: &[u8], each: &mut impl FnMut(LineAt<'_>)) {
        let mut rest = bytes;
        while let Some(length) = memchr::memchr(b'\n', rest) {
            let (line, behind) = rest.split_at(length + 1);
            self.at += line.len() as u64;
            if self.carried.is_empty() {
                let suffix = &line[line.len().saturating_sub(LINK_MAX)..];
                each(LineAt { start: self.start, end: self.at, suffix });
            } else {
                self.carry(line);
                each(LineAt { start: self.start, end: self.at, suffix: &self.carried });
                self.carried.clear();
            }
            self.start = self.at;
            rest = behind;
        }
        self.at += rest.len() as u64;
        self.carry(rest);
    }

    fn carry(&mut self, bytes: &[u8]) {
        self.carried.extend_from_slice(&bytes[bytes.len().saturating_sub(LINK_MAX)..]);
        let excess = self.carried.len().saturating_sub(LINK_MAX);
        self.carried.drain(..excess);
    }
}

/// The last chained line of a file, searched backward from `size`; foreign lines behind it are passed over.
pub(super) fn last_link(file: &dyn ReadAt, size: u64) -> io::Result<Option<(LinkAt, u64)>> {
    let mut window = KEPT_MAX / 16;
    loop {
        let from = size.saturating_sub(window);
        let region = Region::new(file, from, size)?;
        let mut found = None;
        let mut first = from > 0;
        let rest = region.lines(|line| {
            // What the window begins with is the end of a line, unless it is the beginning of the file.
            if !std::mem::take(&mut first)
                && let Some(link) = Link::of_line(line.suffix)
            {
                found = Some(LinkAt { link, start: line.start, end: line.end });
            }
        })?;
        if found.is_some() || from == 0 {
            return Ok(found.map(|link| (link, rest)));
        }
        window = window.saturating_mul(4);
    }
}

/// A chained line found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LinkAt {
    pub(super) link: Link,
    pub(super) start: u64,
    pub(super) end: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chained(seq: u64, filler: usize) -> Vec<u8> {
        let mut line = format!("{{\"data\":\"{}\"", "x".repeat(filler)).into_bytes();
        Link { seq, prev: Digest::of(b""), at: seq, over: Vec::new() }.close(&mut line);
        line
    }

    #[test]
    fn lines_are_the_same_in_every_size_of_region() {
        let mut file = Vec::new();
        for seq in 1..40 {
            file.extend(chained(seq, if seq % 7 == 0 { 300_000 } else { 10 }));
        }
        file.extend_from_slice(b"torn");
        assert!(file.len() as u64 > KEPT_MAX);
        let (size, mut seen, mut at) = (file.len() as u64, 0, 0);
        let region = Region::new(&file, 0, size).unwrap();
        let rest = region.lines(|line| {
            assert_eq!(line.start, at);
            seen += 1;
            at = line.end;
            assert_eq!(Link::of_line(line.suffix).unwrap().seq, seen);
        });
        assert_eq!((rest.unwrap(), seen), (size - 4, 39));
        assert_eq!(region.digest(5, size).unwrap(), Digest::of(&file[5..]));
        assert_eq!(region.read(size - 4, size, 3).unwrap(), b"tor");
    }

    #[test]
    fn the_last_chained_line_is_found_behind_foreign_ones() {
        for foreign in [0, 10, 100_000, 3_000_000] {
            let mut file = chained(1, 500_000);
            let start = file.len() as u64;
            file.extend(chained(2, 2_000_000));
            let end = file.len() as u64;
            for _ in 0..foreign / 10 {
                file.extend_from_slice(b"not ours.\n");
            }
            let (found, rest) = last_link(&file, file.len() as u64).unwrap().unwrap();
            assert_eq!((found.link.seq, found.start, found.end), (2, start, end), "{foreign}");
            assert_eq!(rest, file.len() as u64);
        }
        assert!(last_link(&b"not ours\n".to_vec(), 9).unwrap().is_none());
        assert!(last_link(&Vec::new(), 0).unwrap().is_none());
    }
}
