//! Files the command gets open for writing from whoever started us: `>> log` needs no call that could be trapped.

use crate::sys::peer::is_kept_for_writing;
use crate::sys::stat::{FileKind, FileState};
use crate::touch::exact::trap::look;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStringExt as _;

/// A table of descriptors this long is looked through faster than the kernel lists what is open in it.
const TABLE_FEW: i32 = 1024;

/// Regular files with a name that are open for writing and stay open across exec, with their state now. `status`: what
/// `/proc/self/status` says.
pub fn files_open_for_writing(status: &str) -> Vec<(Vec<u8>, FileState)> {
    open_descriptors(status)
        .into_iter()
        .filter(|fd| is_kept_for_writing(*fd))
        .filter_map(|fd| std::fs::read_link(format!("/proc/self/fd/{fd}")).ok())
        .map(|path| path.into_os_string().into_vec())
        .filter(|path| path.starts_with(b"/"))
        .filter_map(|path| look(&path).map(|state| (path, state)))
        .filter(|(_, state)| state.kind() == FileKind::File)
        .collect()
}

/// All numbers that may be open descriptors: below the length of the table (`FDSize` of proc(5)), if that is short.
fn open_descriptors(status: &str) -> Vec<RawFd> {
    let length = status.lines().find_map(|line| line.strip_prefix("FDSize:")?.trim().parse().ok());
    if let Some(length) = length.filter(|length| *length <= TABLE_FEW) {
        return (0..length).collect();
    }
    let listing = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    listing.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd as _;

    #[test]
    fn a_short_table_and_a_listing_hold_the_same() {
        let file = tempfile::tempfile().unwrap();
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        for status in [status.as_str(), "FDSize:\t1048576\n", ""] {
            assert!(open_descriptors(status).contains(&file.as_raw_fd()), "{status}");
        }
    }
}
