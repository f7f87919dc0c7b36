//! Small files that are replaced in one step: a reader sees the old one or the new one.

use super::dir::{Dir, FsError, Open};
use crate::base::files::FileCalls;
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};

/// A file to be replaced.
///
/// Where the system can, the new file and the old one change places, and the old one is the next new one: writing into a
/// file that has its blocks costs a fiftieth of having ext4 free the old blocks, find new ones and begin to write them to
/// the disk in the middle of a rename (ext4(5), `auto_da_alloc`), which would stand in front of every command. A file
/// somebody still has open is never written into.
pub(super) struct Replace<'a> {
    /// Where it is.
    pub(super) dir: &'a Dir,
    /// What it is called.
    pub(super) name: &'a str,
    /// What the new one is called while it is written. Two writers must not share it at one time.
    pub(super) spare: &'a str,
    /// Permissions of a new file, less the umask.
    pub(super) mode: u32,
    /// What is asked of the system.
    pub(super) files: &'a dyn FileCalls,
}

impl Replace<'_> {
    /// Replaces it by one that holds `text`.
    pub(super) fn with(&self, text: &[u8]) -> Result<(), FsError> {
        if self.reuse(text).is_ok() {
            return Ok(());
        }
        // Whatever stands there, a link for instance, was not made by us.
        self.dir.unlink(self.spare)?;
        let mut file = self.dir.file(self.spare, Open::New, self.mode)?;
        file.write_all(text).map_err(|error| FsError::new("write", self.dir.join(self.spare), error))?;
        if self.dir.has_file(self.name) && self.exchange().is_ok() {
            return Ok(());
        }
        self.dir.rename(self.spare, self.name)
    }

    /// Writes into the file that was replaced last. An error means that nothing has been replaced.
    fn reuse(&self, text: &[u8]) -> io::Result<()> {
        let file = self.dir.file(self.spare, Open::ReadWrite, 0).map_err(|error| error.source)?;
        let metadata = file.metadata()?;
        let as_new = metadata.is_file() && metadata.nlink() == 1 && metadata.mode() & 0o7777 == self.mode;
        if !as_new || !self.dir.has_file(self.name) || !self.files.is_open_only_here(&file) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        file.write_all_at(text, 0)?;
        let length = text.len() as u64;
        if metadata.len() > length {
            file.set_len(length)?;
        }
        self.exchange()
    }

    fn exchange(&self) -> io::Result<()> {
        self.files.exchange(self.dir.as_fd(), self.spare, self.name)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::BorrowedFd;
    use std::path::Path;

    /// A system that can do nothing of it.
    #[derive(Debug)]
    pub(in crate::ledger) struct NoCalls;

    impl FileCalls for NoCalls {
        fn links(&self, file: &File) -> io::Result<u64> {
            Ok(file.metadata()?.nlink())
        }

        fn is_open_only_here(&self, _: &File) -> bool {
            false
        }

        fn exchange(&self, _: BorrowedFd<'_>, _: &str, _: &str) -> io::Result<()> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    /// A system that can exchange names, and says that nobody has a file open.
    #[derive(Debug)]
    struct Exchanges;

    impl FileCalls for Exchanges {
        fn links(&self, file: &File) -> io::Result<u64> {
            NoCalls.links(file)
        }

        fn is_open_only_here(&self, _: &File) -> bool {
            true
        }

        fn exchange(&self, dir: BorrowedFd<'_>, one: &str, other: &str) -> io::Result<()> {
            let at = |name: &str| {
                nix::fcntl::openat(
                    dir,
                    name,
                    nix::fcntl::OFlag::O_PATH | nix::fcntl::OFlag::O_NOFOLLOW,
                    nix::sys::stat::Mode::empty(),
                )
            };
            let (_, _) = (at(one)?, at(other)?);
            for (from, to) in [(one, "between"), (other, one), ("between", other)] {
                nix::fcntl::renameat(dir, from, dir, to)?;
            }
            Ok(())
        }
    }

    const SYSTEMS: [&dyn FileCalls; 2] = [&NoCalls, &Exchanges];

    fn put(dir: &Path, text: &str, mode: u32, files: &dyn FileCalls) {
        let dir = Dir::open(dir).unwrap();
        Replace { dir: &dir, name: "file", spare: "spare", mode, files }.with(text.as_bytes()).unwrap();
        let path = dir.join("file");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        let metadata = std::fs::symlink_metadata(&path).unwrap();
        assert_eq!((metadata.is_file(), metadata.nlink(), metadata.mode() & 0o777), (true, 1, mode));
    }

    #[test]
    fn whatever_its_length_the_new_text_is_there_alone() {
        for files in SYSTEMS {
            let temp = tempfile::tempdir().unwrap();
            for length in [9, 3, 5000, 0, 1, 5000, 7] {
                put(temp.path(), &"x".repeat(length), 0o600, files);
            }
        }
    }

    #[test]
    fn links_in_either_place_are_replaced_not_written_through() {
        for (files, symbolic) in SYSTEMS.into_iter().flat_map(|files| [(files, true), (files, false)]) {
            let temp = tempfile::tempdir().unwrap();
            let outside = temp.path().join("outside");
            std::fs::write(&outside, "keep").unwrap();
            for name in ["file", "spare"] {
                let place = temp.path().join(name);
                put(temp.path(), "old", 0o600, files);
                // A hard link to it is a second name of a file that somebody else may write.
                let _ = std::fs::remove_file(&place);
                let linked = if symbolic {
                    std::os::unix::fs::symlink(&outside, &place)
                } else {
                    std::fs::hard_link(&outside, &place)
                };
                linked.unwrap();
                (0..3).for_each(|number| put(temp.path(), &format!("{name} {number}"), 0o600, files));
                assert_eq!(std::fs::read(&outside).unwrap(), b"keep");
            }
        }
    }

    #[test]
    fn the_mode_is_the_one_asked_for() {
        for files in SYSTEMS {
            let temp = tempfile::tempdir().unwrap();
            for mode in [0o600, 0o600, 0o400, 0o400, 0o600, 0o600] {
                put(temp.path(), "text", mode, files);
            }
        }
    }
}
