//! Files the command gets open for writing from whoever started us: `>> log` needs no call that could be trapped.

use crate::sys::peer::is_kept_for_writing;
use crate::sys::stat::{FileKind, FileState};
use crate::touch::exact::trap::look;
use std::os::unix::ffi::OsStringExt as _;

/// Regular files with a name that are open for writing and stay open across exec, with their state now.
pub fn files_open_for_writing() -> Vec<(Vec<u8>, FileState)> {
    let Ok(listing) = std::fs::read_dir("/proc/self/fd") else { return Vec::new() };
    let writable = listing.flatten().filter(|entry| {
        let number = entry.file_name().to_str().and_then(|digits| digits.parse().ok());
        number.is_some_and(is_kept_for_writing)
    });
    let named = writable.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    let paths = named.map(|path| path.into_os_string().into_vec()).filter(|path| path.starts_with(b"/"));
    paths
        .filter_map(|path| look(&path).map(|state| (path, state)))
        .filter(|(_, state)| state.kind() == FileKind::File)
        .collect()
}
