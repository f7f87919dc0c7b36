//! The newest head of a chain, kept outside the root.
//!
//! A chain alone cannot show that its end was cut off. So each append also writes which line is the newest, and
//! its SHA-256, to a file in the state directory. A mirrored head that is not in the ledger any more is kept there
//! as evidence when newer heads replace it.

use super::chain::Digest;
use super::dir::{Dir, FsError, Open, read_start};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

/// Bytes of the first line, padded; it is replaced in place.
const RECORD: usize = 256;

/// A line of a chain, by number, place and content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadRecord {
    /// Its number.
    pub seq: u64,
    /// SHA-256 of the line, newline included.
    #[serde(with = "digest_text")]
    pub sha256: Digest,
    /// Name of its file.
    pub file: String,
    /// Offset of its first byte.
    pub start: u64,
    /// Its length, newline included.
    pub len: u64,
}

mod digest_text {
    use super::Digest;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(digest)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Digest, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a mirror holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads {
    /// The newest head; `None` if there is no mirror, or an unreadable one.
    pub newest: Option<HeadRecord>,
    /// Earlier heads that were found to be missing from the ledger.
    pub missing: Vec<HeadRecord>,
}

/// An open mirror.
#[derive(Debug)]
pub(super) struct Mirror {
    file: File,
    path: PathBuf,
}

/// Name of an agent's mirror in the state directory.
pub(super) fn mirror_file(agent: &str) -> String {
    format!("{agent}.head")
}

impl Mirror {
    pub(super) fn open(state: &Dir, agent: &str) -> Result<Self, FsError> {
        let name = mirror_file(agent);
        Ok(Self { file: state.file(&name, Open::Update, 0o600)?, path: state.join(&name) })
    }

    pub(super) fn read(&self) -> Result<Heads, FsError> {
        let failed = |error| FsError::new("read", &self.path, error);
        read_start(&self.file, 1 << 20).map(|text| parse(&text)).map_err(failed)
    }

    pub(super) fn write(&self, head: &HeadRecord) -> Result<(), FsError> {
        let mut text = serde_json::to_vec(head).unwrap_or_default();
        text.resize(text.len().max(RECORD - 1), b' ');
        text.push(b'\n');
        self.file.write_all_at(&text, 0).map_err(|error| FsError::new("write", &self.path, error))
    }

    /// Keeps `head` although newer ones follow.
    pub(super) fn keep_missing(&self, head: &HeadRecord) -> Result<(), FsError> {
        let failed = |error| FsError::new("write", &self.path, error);
        let mut line = serde_json::to_vec(head).unwrap_or_default();
        line.push(b'\n');
        let end = self.file.metadata().map_err(failed)?.len().max(RECORD as u64);
        self.file.write_all_at(&line, end).map_err(failed)
    }
}

/// Reads a mirror's content; lines that are none are passed over.
pub(super) fn parse(text: &[u8]) -> Heads {
    let mut lines = text.split(|byte| *byte == b'\n').map(|line| serde_json::from_slice(line).ok());
    Heads { newest: lines.next().flatten(), missing: lines.flatten().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_replaces_and_missing_ones_stay() {
        let temp = tempfile::tempdir().unwrap();
        let dir = Dir::open(temp.path()).unwrap();
        let mirror = Mirror::open(&dir, "cls").unwrap();
        assert_eq!(mirror.read().unwrap(), Heads::default());
        let head = |seq| HeadRecord {
            seq,
            sha256: Digest::of(b"x"),
            file: "2025-11-16.jsonl".to_owned(),
            start: u64::MAX,
            len: u64::MAX,
        };
        mirror.write(&head(u64::MAX)).unwrap();
        mirror.keep_missing(&head(7)).unwrap();
        mirror.write(&head(3)).unwrap();
        mirror.keep_missing(&head(8)).unwrap();
        let heads = mirror.read().unwrap();
        assert_eq!((heads.newest, heads.missing), (Some(head(3)), vec![head(7), head(8)]));
    }
}
