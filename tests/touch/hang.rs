//! A file system that does not answer: whoever looks at a path on it waits, and so does the thread that looks for us.
#![expect(unsafe_code, reason = "a mount namespace of the test's own")]

use super::harness::{GRACE, Place, changes, exact_works, not_run, run_with_grace, sh, spec};
use ledger_run::touch::TouchMode;
use nix::mount::{MsFlags, mount};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::time::Duration;

/// Mounts a FUSE file system on `place`, for this thread and what it starts, that nobody serves (fuse(4)). Every look
/// below it waits until the returned file is closed.
fn mount_unserved(place: &Path) -> io::Result<File> {
    // SAFETY: takes flags only.
    if unsafe { libc::unshare(libc::CLONE_NEWNS) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    let device = File::options().read(true).write(true).open("/dev/fuse")?;
    let options = format!("fd={},rootmode=40000,user_id=0,group_id=0", device.as_raw_fd());
    mount(Some("nobody"), place, Some("fuse"), MsFlags::empty(), Some(options.as_str()))?;
    Ok(device)
}

/// A place with a directory in it that does not answer until the file is closed; `None`, and said, if that cannot be had.
fn unserved(test: &str) -> Option<(Place, File)> {
    if !nix::unistd::geteuid().is_root() {
        not_run(test, "only root can mount a file system that does not answer");
        return None;
    }
    let place = Place::new();
    std::fs::create_dir(place.at("unserved")).unwrap();
    match mount_unserved(&place.at("unserved")) {
        Ok(device) => Some((place, device)),
        Err(error) => {
            not_run(test, &format!("a FUSE file system cannot be mounted: {error}"));
            None
        }
    }
}

#[test]
fn the_end_of_a_run_does_not_wait_for_a_dead_mount() {
    let Some((place, device)) = unserved("the_end_of_a_run_does_not_wait_for_a_dead_mount") else { return };
    for mode in [TouchMode::Snapshot, TouchMode::Exact] {
        let mut spec = spec(mode, place.path());
        spec.verify = true;
        let (status, report) = run_with_grace(spec, &mut sh("echo > file"), GRACE);
        let reason = report.data.reason.unwrap_or_default();
        assert!(status.success() && !report.data.complete, "{mode:?}: {status}: {reason}");
        assert!(reason.contains("a file system did not answer"), "{mode:?}: {reason}");
    }
    drop(device);
}

#[test]
fn others_are_served_while_a_look_hangs() {
    let test = "others_are_served_while_a_look_hangs";
    if !exact_works(test) {
        return;
    }
    let Some((place, device)) = unserved(test) else { return };
    // The watchdog lets the call through after a second, and then nothing can end it: so it is killed before.
    let program = "(: > near; : > unserved/x) & until [ -e near ]; do :; done; \
        for i in $(seq 100); do echo > f$i || exit 1; done; kill -9 $!";
    let grace = Duration::from_secs(10);
    let (status, report) = run_with_grace(spec(TouchMode::Exact, place.path()), &mut sh(program), grace);
    drop(device);
    assert!(status.success() && report.data.complete, "{status}: {:?}", report.data);
    assert_eq!(changes(&report).len(), 101, "{:?}", report.data);
}
