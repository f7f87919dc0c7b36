//! A program of file operations, and the process that performs it: this test binary, started again.
//!
//! One operation per line: `PROCESS THREAD OPERATION PATH [PATH]`. Processes are forked and have threads. After a first
//! line `in turn`, operations are performed in the order of the lines, whoever performs them; else side by side.
//! Operations may fail; only what they leave behind counts.
#![expect(unsafe_code, reason = "the point is to make system calls in every form they have")]

use std::collections::BTreeMap;
use std::ffi::CString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

const PROGRAM: &str = "LEDGER_TOUCH_ACTS";

/// The command that performs the program in the file `program`.
pub(crate) fn performer(program: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["touch::acts::performs_when_told", "--exact", "--test-threads=1", "--quiet"]);
    command.env(PROGRAM, program);
    command
}

/// Does nothing unless started by [`performer`].
#[test]
fn performs_when_told() {
    let Some(file) = std::env::var_os(PROGRAM) else { return };
    let text = std::fs::read_to_string(file).unwrap();
    let turn = SharedCounter::new();
    let in_turn = text.lines().next() == Some("in turn");
    let mut processes: BTreeMap<&str, Threads> = BTreeMap::new();
    for (number, line) in text.lines().filter(|line| *line != "in turn").enumerate() {
        let words: Vec<&str> = line.split(' ').collect();
        let acts = processes.entry(words[0]).or_default().entry(words[1]).or_default();
        acts.push((number, words[2..].to_vec()));
    }
    let act = |(number, words): &Act| {
        while in_turn && turn.get().load(Ordering::Acquire) != *number {
            std::thread::yield_now();
        }
        perform(words);
        turn.get().fetch_add(1, Ordering::AcqRel);
    };
    let mut children = Vec::new();
    for threads in processes.values() {
        // SAFETY: the child starts threads of its own, performs, and leaves by _exit.
        match unsafe { libc::fork() } {
            0 => {
                std::thread::scope(|scope| {
                    for acts in threads.values() {
                        scope.spawn(|| acts.iter().for_each(act));
                    }
                });
                // SAFETY: nothing of the test harness may run here.
                unsafe { libc::_exit(0) }
            }
            child => children.push(child),
        }
    }
    for child in children {
        let mut status = 0;
        // SAFETY: waits for a child of ours.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(status, 0);
    }
}

/// Its number among all, and its words.
type Act<'a> = (usize, Vec<&'a str>);

/// The acts of each thread.
type Threads<'a> = BTreeMap<&'a str, Vec<Act<'a>>>;

/// A number shared with forked children.
#[derive(Clone, Copy)]
struct SharedCounter(*const AtomicUsize);

// SAFETY: points to an atomic that is never unmapped.
unsafe impl Sync for SharedCounter {}

impl SharedCounter {
    fn new() -> Self {
        let (protection, flags) =
            (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: a new anonymous mapping touches nothing that exists.
        let page = unsafe { libc::mmap(std::ptr::null_mut(), 4096, protection, flags, -1, 0) };
        assert_ne!(page, libc::MAP_FAILED);
        Self(page.cast())
    }

    fn get(&self) -> &AtomicUsize {
        // SAFETY: mapped for ever; zeroes are a valid atomic.
        unsafe { &*self.0 }
    }
}

fn c(path: &str) -> CString {
    CString::new(path).unwrap()
}

/// Opens and writes a little; pipes do not block.
fn open_and_write(directory: libc::c_int, path: &str, flags: libc::c_int, text: &str) {
    // SAFETY: the path is a C string.
    let fd = unsafe {
        libc::openat(directory, c(path).as_ptr(), flags | libc::O_NONBLOCK | libc::O_CLOEXEC, 0o644)
    };
    if fd >= 0 {
        // SAFETY: text is that long.
        unsafe { libc::write(fd, text.as_ptr().cast(), text.len()) };
        // SAFETY: ours.
        unsafe { libc::close(fd) };
    }
}

fn open_directory(path: &str) -> libc::c_int {
    // SAFETY: the path is a C string.
    unsafe { libc::open(c(path).as_ptr(), libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC) }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or((".", path))
}

fn perform(words: &[&str]) {
    use std::fs;
    let path = words[1];
    let other = words.get(2).copied().unwrap_or_default();
    let here = libc::AT_FDCWD;
    match words[0] {
        "write" => open_and_write(here, path, libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC, "written"),
        "append" => open_and_write(here, path, libc::O_WRONLY | libc::O_APPEND, "more"),
        "new" => open_and_write(here, path, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, "new"),
        "peek" => open_and_write(here, path, libc::O_RDWR, ""),
        "read" => open_and_write(here, path, libc::O_RDONLY, ""),
        "write_at" => write_at(path),
        "mkdir" => drop(fs::create_dir(path)),
        "rmdir" => drop(fs::remove_dir(path)),
        "unlink" => drop(fs::remove_file(path)),
        "chdir" => drop(std::env::set_current_dir(path)),
        "mkfifo" => {
            drop(nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU).map_err(std::io::Error::from));
        }
        "truncate" => drop(nix::unistd::truncate(path, 3).map_err(std::io::Error::from)),
        "chmod" => drop(fs::set_permissions(path, fs::Permissions::from_mode(0o700))),
        "rename" => drop(fs::rename(path, other)),
        "exchange" => rename_with(path, other, libc::RENAME_EXCHANGE),
        "move_new" => rename_with(path, other, libc::RENAME_NOREPLACE),
        "link" => drop(fs::hard_link(path, other)),
        "symlink" => drop(std::os::unix::fs::symlink(other, path)),
        "name_unnamed" => name_unnamed(path),
        "reopen" => reopen(path),
        #[cfg(target_arch = "x86_64")]
        "compat_creat" => super::compat::call(8, &[path], 0o644),
        #[cfg(target_arch = "x86_64")]
        "compat_mkdir" => super::compat::call(39, &[path], 0o755),
        #[cfg(target_arch = "x86_64")]
        "compat_unlink" => super::compat::call(10, &[path], 0),
        #[cfg(target_arch = "x86_64")]
        "compat_rename" => super::compat::call(38, &[path, other], 0),
        #[cfg(target_arch = "x86_64")]
        "compat_truncate" => super::compat::call(92, &[path], 2),
        #[cfg(target_arch = "x86_64")]
        "compat_symlink" => super::compat::call(83, &[other, path], 0),
        unknown => panic!("{unknown}"),
    }
}

/// By a descriptor of the directory.
fn write_at(path: &str) {
    let (parent, name) = split(path);
    let directory = open_directory(parent);
    open_and_write(directory, name, libc::O_WRONLY | libc::O_CREAT, "at");
    // SAFETY: ours, or -1, which close refuses.
    unsafe { libc::close(directory) };
}

fn rename_with(old: &str, new: &str, flags: libc::c_uint) {
    let (a, b, here) = (c(old), c(new), libc::AT_FDCWD);
    // SAFETY: both paths are C strings.
    unsafe { libc::syscall(libc::SYS_renameat2, here, a.as_ptr(), here, b.as_ptr(), flags) };
}

/// Writes a file without a name into the directory of `path`, then names it.
fn name_unnamed(path: &str) {
    let flags = libc::O_TMPFILE | libc::O_RDWR | libc::O_CLOEXEC;
    // SAFETY: the path is a C string.
    let fd = unsafe { libc::open(c(split(path).0).as_ptr(), flags, 0o644) };
    let (link, name) = (c(&format!("/proc/self/fd/{fd}")), c(path));
    let here = libc::AT_FDCWD;
    // SAFETY: both paths are C strings.
    unsafe { libc::linkat(here, link.as_ptr(), here, name.as_ptr(), libc::AT_SYMLINK_FOLLOW) };
    // SAFETY: ours, or -1, which close refuses.
    unsafe { libc::close(fd) };
}

/// Opens for reading, then the same file for writing by its descriptor.
fn reopen(path: &str) {
    // SAFETY: the path is a C string.
    let fd = unsafe { libc::open(c(path).as_ptr(), libc::O_RDONLY | libc::O_NONBLOCK | libc::O_CLOEXEC) };
    if fd >= 0 {
        open_and_write(
            libc::AT_FDCWD,
            &format!("/proc/self/fd/{fd}"),
            libc::O_WRONLY | libc::O_APPEND,
            "again",
        );
        // SAFETY: ours.
        unsafe { libc::close(fd) };
    }
}
