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

/// Name of the verdict's file in the state directory.
const FILE: &str = "touch-self-test";

/// The verdict, from the state directory if it is known there. `status`: what `/proc/self/status` says. `no_new_privs`: as the run will do it. `slow`: a kernel
/// without the synchronous wake-up will do.
pub fn verdict(state_dir: Option<&Path>, status: &str, no_new_privs: bool, slow: bool) -> Result<(), String> {
    let key = state_dir.and_then(|_| key(status, no_new_privs, slow));
    let file = state_dir.map(|directory| directory.join(FILE));
    if let (Some(key), Some(file)) = (&key, &file)
        && let Some(known) = std::fs::read_to_string(file).ok().and_then(|text| parse(&text, key))
    {
        return known;
    }
    let found = run(no_new_privs, slow);
    if let (Some(key), Some(file)) = (key, file) {
        // A verdict that cannot be kept is found again next time.
        drop(keep(&file, &key, &found));
    }
    found
}

/// Boot, program, and everything that is known to decide whether it works: the restrictions of this process.
fn key(status: &str, no_new_privs: bool, slow: bool) -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let wanted = ["Uid:", "CapEff:", "NoNewPrivs:", "Seccomp:", "Seccomp_filters:"];
    let restrictions: Vec<&str> =
        status.lines().filter(|line| wanted.iter().any(|name| line.starts_with(name))).collect();
    let confined = std::fs::read_to_string("/proc/self/attr/current").unwrap_or_default();
    let parts = [env!("CARGO_PKG_VERSION"), boot.trim(), &restrictions.join(" "), confined.trim()];
    Some(format!("{} {no_new_privs} {slow}", parts.join(" ")).replace(['\n', '\t', '\0'], " "))
}

fn parse(text: &str, key: &str) -> Option<Result<(), String>> {
    let (known, verdict) = text.strip_suffix('\n')?.split_once('\n')?;
    (known == key).then(|| if verdict == "works" { Ok(()) } else { Err(verdict.to_owned()) })
}

fn keep(file: &Path, key: &str, found: &Result<(), String>) -> std::io::Result<()> {
    let verdict = found.as_ref().map_or_else(|why| why.replace('\n', " "), |()| "works".to_owned());
    let unfinished = file.with_extension(std::process::id().to_string());
    std::fs::write(&unfinished, format!("{key}\n{verdict}\n"))?;
    std::fs::rename(&unfinished, file)
}

/// Runs the test.
pub fn run(no_new_privs: bool, slow: bool) -> Result<(), String> {
    let (ours, theirs) = UnixStream::pair().map_err(|error| format!("socketpair: {error}"))?;
    let filter = Filter::for_tree_changes();
    let child = fork_probe(&filter, no_new_privs, theirs.as_raw_fd()).map_err(|e| format!("fork: {e}"))?;
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
        (Ok(false), Ok(WaitStatus::Exited(_, errno))) => {
            Err(format!("seccomp: {}", std::io::Error::from_raw_os_error(errno)))
        }
        (Err(why), _) => Err(why),
        (Ok(_), other) => Err(format!("waitpid: {other:?}")),
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
    if let Err(error) = listener.wake_in_place()
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
    fn a_verdict_is_kept_for_its_key_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE);
        for found in [Ok(()), Err("seccomp: no".to_owned())] {
            keep(&file, "this boot", &found).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            assert_eq!(parse(&text, "this boot"), Some(found));
            assert_eq!(parse(&text, "another boot"), None);
        }
        assert_eq!(parse("this boot\nwor", "this boot"), None);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_key_names_what_decides() {
        let status = "Name:\tx\nUid:\t1\nNoNewPrivs:\t1\nSeccomp:\t2\nVmPeak:\t7\n";
        let key = key(status, true, false).unwrap();
        assert!(key.contains("NoNewPrivs: 1 Seccomp: 2") && !key.contains("VmPeak"), "{key}");
    }
}
