//! Whether the exact backend works here, tried out end to end with a child of our own.
//!
//! Sandboxes, containers and kernels forbid one part of it or another, and sometimes only at the moment a call is
//! trapped: then every write of the command would fail. So nothing is trusted that has not just worked. The
//! verdict holds for a boot and a set of restrictions, and is kept between runs because it costs about a millisecond.

use crate::base::limits::SELF_TEST_PATIENCE;
use crate::sys::notify::Listener;
use crate::sys::notify_child::{PROBE_PATH, fork_probe};
use crate::sys::seccomp::Filter;
use crate::sys::{hand_over, peer};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Name of the verdicts' file in the state directory.
const FILE: &str = "touch-self-test";

/// Verdicts kept: who works now inside a sandbox and now outside asks for two of them in turn.
const KEPT: usize = 8;

/// The verdict, from the state directory if it is known there. `status`: what `/proc/self/status` says. `no_new_privs`: as the run will do it. `slow`: a kernel
/// without the synchronous wake-up will do.
pub fn verdict(state_dir: Option<&Path>, status: &str, no_new_privs: bool, slow: bool) -> Result<(), String> {
    let file = state_dir.map(|directory| directory.join(FILE));
    let (Some(file), Some(key)) = (file, key(status, no_new_privs, slow)) else {
        return run(no_new_privs, slow);
    };
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    find(&known, &key).unwrap_or_else(|| {
        let found = run(no_new_privs, slow);
        // A verdict that cannot be kept is found again next time.
        drop(keep(&file, &known, &key, &found));
        found
    })
}

/// Boot, program, and everything that is known to decide whether it works: the restrictions of this process, its
/// namespaces, and whether a recorder is around it already.
fn key(status: &str, no_new_privs: bool, slow: bool) -> Option<String> {
    let boot = peer::small_text("/proc/sys/kernel/random/boot_id");
    if boot.is_empty() {
        return None;
    }
    let wanted = ["Uid:", "CapEff:", "NoNewPrivs:", "Seccomp:", "Seccomp_filters:"];
    let restrictions: Vec<&str> =
        status.lines().filter(|line| wanted.iter().any(|name| line.starts_with(name))).collect();
    let confined = peer::small_text("/proc/self/attr/current");
    let namespaces = ["pid", "user"].map(|kind| peer::link_of_ours(&format!("ns/{kind}")));
    let around = std::env::var_os("LEDGER_RUN_ID").is_some();
    let parts = [
        env!("CARGO_PKG_VERSION"),
        boot.trim(),
        &restrictions.join(" "),
        confined.trim(),
        &namespaces.join(" "),
    ];
    Some(format!("{} {no_new_privs} {slow} {around}", parts.join(" ")).replace(['\n', '\t', '\0'], " "))
}

/// One verdict a line, the key before a tab.
fn find(text: &str, key: &str) -> Option<Result<(), String>> {
    let mut whole = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')?.split_once('\t'));
    let verdict = whole.rfind(|(known, _)| *known == key)?.1;
    Some(if verdict == "works" { Ok(()) } else { Err(verdict.to_owned()) })
}

/// Adds a verdict to what was known. Whoever reads meanwhile finds the old file or the new one.
fn keep(file: &Path, known: &str, key: &str, found: &Result<(), String>) -> std::io::Result<()> {
    let verdict = found.as_ref().map_or_else(|why| why.replace(['\n', '\t'], " "), |()| "works".to_owned());
    let lines: Vec<&str> = known.lines().collect();
    let newest = &lines[(lines.len() + 1).saturating_sub(KEPT).min(lines.len())..];
    let mut text: String = newest.iter().flat_map(|line| [line, "\n"]).collect();
    text.extend([key, "\t", &verdict, "\n"]);
    let unfinished = file.with_extension(std::process::id().to_string());
    std::fs::write(&unfinished, text)?;
    std::fs::rename(&unfinished, file)
}

/// Runs the test.
pub fn run(no_new_privs: bool, slow: bool) -> Result<(), String> {
    // Callers are found under `/proc` by their number, which is another one in another namespace.
    if peer::link_of_ours("") != std::process::id().to_string() {
        return Err("/proc belongs to another pid namespace; mount the own one".to_owned());
    }
    let (ours, theirs) = UnixStream::pair().map_err(|error| format!("socketpair: {error}"))?;
    let filter = Filter::for_tree_changes();
    let child = fork_probe(&filter, no_new_privs, theirs.as_raw_fd(), ours.as_raw_fd())
        .map_err(|e| format!("fork: {e}"))?;
    drop(theirs);
    let answered = answer_one(&ours, child.cast_unsigned(), slow);
    let pid = Pid::from_raw(child);
    if answered.is_err() {
        // It may wait for an answer that never comes.
        let _ = kill(pid, Signal::SIGKILL);
    }
    let status = waitpid(pid, Some(WaitPidFlag::__WALL));
    match (answered, status) {
        (Ok(true), Ok(WaitStatus::Exited(_, 0))) => Ok(()),
        (Ok(true), Ok(other)) => Err(format!("a trapped call did not run as it should: {other:?}")),
        (Ok(false), Ok(WaitStatus::Exited(_, errno))) => Err(not_installed(errno)),
        (Err(why), _) => Err(why),
        (Ok(_), other) => Err(format!("waitpid: {other:?}")),
    }
}

/// Why a filter could not be installed.
pub(super) fn not_installed(errno: i32) -> String {
    match errno {
        libc::EBUSY => "somebody around us records already, and only one can (seccomp: EBUSY)".to_owned(),
        errno => format!("seccomp: {}", std::io::Error::from_raw_os_error(errno)),
    }
}

/// Answers the child's one call; `Ok(false)` if it could not install the filter.
fn answer_one(socket: &UnixStream, child: u32, slow: bool) -> Result<bool, String> {
    let said = |what: &'static str| move |error: std::io::Error| format!("{what}: {error}");
    socket.set_read_timeout(Some(SELF_TEST_PATIENCE)).map_err(said("setsockopt"))?;
    let Some(listener) = hand_over::receive(socket).map_err(said("no listener came"))? else {
        return Ok(false);
    };
    let listener = Listener::from(listener);
    if let Err(error) = listener.wake_in_place(true)
        && !slow
    {
        return Err(format!(
            "the kernel cannot hand calls over without a detour ({error}; Linux 6.6 can); --touch exact accepts that"
        ));
    }
    if listener.wait(true, SELF_TEST_PATIENCE) != Some(true) {
        return Err("no call was trapped".to_owned());
    }
    let call = listener.receive().map_err(said("receiving a trapped call"))?;
    let path = peer::read_path(call.tid, call.arguments[0]).map_err(said("reading a path from a child"))?;
    if call.tid != child || path != PROBE_PATH.to_bytes() {
        return Err(format!("a trapped call came from thread {} instead of {child}", call.tid));
    }
    peer::link(call.tid, "cwd").map_err(said("reading /proc/PID/cwd of a child"))?;
    listener.resume(call.id).map_err(said("answering a trapped call"))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_kept_for_their_keys_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE);
        let text = || std::fs::read_to_string(&file).unwrap_or_default();
        for (key, found) in
            [("in", Ok(())), ("out", Err("seccomp: no".to_owned())), ("in", Err("gone".to_owned()))]
        {
            keep(&file, &text(), key, &found).unwrap();
            assert_eq!(find(&text(), key), Some(found));
        }
        assert_eq!(find(&text(), "out"), Some(Err("seccomp: no".to_owned())));
        assert_eq!(find(&text(), "another boot"), None);
        assert_eq!(find("in\twor", "in"), None, "a line that was cut");
        for n in 0..20 {
            keep(&file, &text(), &format!("key {n}"), &Ok(())).unwrap();
        }
        assert_eq!((text().lines().count(), find(&text(), "key 19")), (KEPT, Some(Ok(()))));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_key_names_what_decides() {
        let status = "Name:\tx\nUid:\t1\nNoNewPrivs:\t1\nSeccomp:\t2\nVmPeak:\t7\n";
        let key = key(status, true, false).unwrap();
        assert!(key.contains("NoNewPrivs: 1 Seccomp: 2") && !key.contains("VmPeak"), "{key}");
        assert!(key.contains("pid:[") && key.contains("user:["), "{key}");
    }

    /// Killed in the middle of the test, a recorder must not leave a child behind that waits for its answer: it has our
    /// open files, the lock of the open run among them.
    #[test]
    fn the_child_does_not_outlive_whoever_should_answer_it() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let filter = Filter::for_tree_changes();
        let child = fork_probe(&filter, true, theirs.as_raw_fd(), ours.as_raw_fd()).unwrap();
        drop((ours, theirs));
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        let flags = WaitPidFlag::__WALL | WaitPidFlag::WNOHANG;
        while waitpid(Pid::from_raw(child), Some(flags)).unwrap() == WaitStatus::StillAlive {
            if std::time::Instant::now() > deadline {
                kill(Pid::from_raw(child), Signal::SIGKILL).unwrap();
                waitpid(Pid::from_raw(child), Some(WaitPidFlag::__WALL)).unwrap();
                panic!("it waits for ever");
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}
