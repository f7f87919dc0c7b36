//! Where `verify` reads from.

use crate::ledger::chain::ReadAt;
use crate::ledger::dir::{Dir, FsError, Open};
use crate::ledger::paths::is_day_file;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The day files of one agent.
pub trait Source {
    /// Their names, in order of their dates.
    fn names(&self) -> io::Result<Vec<String>>;
    /// Opens one of them.
    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>>;
}

/// An agent's directory.
#[derive(Debug)]
pub struct DirSource(Dir);

impl DirSource {
    /// Opens `<root>/g/ledger/<agent>`.
    pub fn open(path: &Path) -> Result<Self, FsError> {
        Dir::open(path).map(Self)
    }
}

impl Source for DirSource {
    fn names(&self) -> io::Result<Vec<String>> {
        let names = self.0.names().map_err(|error| error.source)?;
        Ok(names.into_iter().filter(|name| is_day_file(name)).collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        let file = self.0.file(name, Open::Read, 0).map_err(|error| error.source)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        Ok(Box::new(file))
    }
}

impl Source for BTreeMap<String, Vec<u8>> {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        Ok(Box::new(self.get(name).cloned().ok_or(io::ErrorKind::NotFound)?))
    }
}
