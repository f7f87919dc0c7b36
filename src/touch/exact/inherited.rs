//! Files the command gets open for writing from whoever started us: `>> log` needs no call that could be trapped.

use crate::sys::stat::{FileKind, FileState};
use crate::touch::exact::trap::look;
use std::os::unix::ffi::OsStringExt as _;

const O_ACCMODE: u32 = 0o3;
const O_CLOEXEC: u32 = 0o2_000_000;

/// Regular files with a name that are open for writing and stay open across exec, with their state now.
pub fn files_open_for_writing() -> Vec<(Vec<u8>, FileState)> {
    let Ok(listing) = std::fs::read_dir("/proc/self/fd") else { return Vec::new() };
    let writable = listing.flatten().filter(|entry| {
        let number = entry.file_name();
        let details = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", number.display()));
        details.is_ok_and(|text| is_kept_for_writing(&text))
    });
    let named = writable.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    let paths = named.map(|path| path.into_os_string().into_vec()).filter(|path| path.starts_with(b"/"));
    paths
        .filter_map(|path| look(&path).map(|state| (path, state)))
        .filter(|(_, state)| state.kind() == FileKind::File)
        .collect()
}

/// `flags:` of fdinfo is in octal; `proc_pid_fdinfo(5)`.
fn is_kept_for_writing(details: &str) -> bool {
    let flags = details.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|octal| u32::from_str_radix(octal.trim(), 8).ok());
    flags.is_some_and(|flags| flags & O_ACCMODE != 0 && flags & O_CLOEXEC == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_writable_descriptors_that_survive_exec_count() {
        let details = |flags: &str| format!("pos:\t0\nflags:\t{flags}\nmnt_id:\t29\n");
        assert!(is_kept_for_writing(&details("0100001")));
        assert!(is_kept_for_writing(&details("0102002")));
        assert!(!is_kept_for_writing(&details("0100000")));
        assert!(!is_kept_for_writing(&details("02100001")));
        assert!(!is_kept_for_writing(""));
    }
}
