//! What the ledger asks the system about open files, where the standard library has no words for it.

use std::fmt::Debug;
use std::fs::File;
use std::io;
use std::os::fd::BorrowedFd;

/// Implemented by `sys::files`. The ledger is given it, because it may not call the system by itself.
pub trait FileCalls: Debug + Send + Sync {
    /// Names the open file has, 0 when all were removed. Must not ask for its times: since Linux 6.13 whoever does makes
    /// the next write a change of the inode as well.
    fn links(&self, file: &File) -> io::Result<u64>;

    /// Whether nobody else has the file open. `false` also where that cannot be known. The descriptor must be open for
    /// reading and writing.
    fn is_open_only_here(&self, file: &File) -> bool;

    /// Lets the names `one` and `other` in `dir` change places in one step. Both must exist; `Unsupported` or the file
    /// system's error where that is not possible.
    fn exchange(&self, dir: BorrowedFd<'_>, one: &str, other: &str) -> io::Result<()>;
}
