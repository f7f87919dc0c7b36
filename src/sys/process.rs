//! Other processes: the tree below us, what it uses, and how to signal all of it.

use super::signal::{Signal, kill};
use std::collections::HashMap;
use std::time::Duration;

/// One live process below us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its process id.
    pub pid: i32,
    /// Its parent.
    pub parent: i32,
    /// CPU time it has used, in user mode and the kernel.
    pub cpu: Duration,
    /// Its resident set, in bytes.
    pub rss: u64,
}

/// The live descendants of this process, parents before children. Ended ones that wait to be reaped are left out.
/// Empty where the system does not show them (a `/proc` of another pid namespace).
pub fn descendants() -> Vec<Process> {
    let own = std::process::id().cast_signed();
    let mut by_parent: HashMap<i32, Vec<Process>> = HashMap::new();
    for process in platform::all() {
        by_parent.entry(process.parent).or_default().push(process);
    }
    let mut found = by_parent.remove(&own).unwrap_or_default();
    let mut at = 0;
    while at < found.len() {
        let children = by_parent.remove(&found[at].pid).unwrap_or_default();
        found.extend(children);
        at += 1;
    }
    found
}

/// Whether `pid` is `ancestor` or one of its descendants.
pub fn is_within(pid: i32, ancestor: i32) -> bool {
    let mut at = pid;
    // Deeper nesting than this is no tree of ours.
    for _ in 0..256 {
        if at == ancestor {
            return true;
        }
        match platform::parent(at) {
            Some(parent) if parent > 1 => at = parent,
            _ => return false,
        }
    }
    false
}

/// Sends `signal` to every live descendant but `spared`; returns how many there were.
pub fn signal_tree(signal: Signal, spared: &[i32]) -> usize {
    let mut reached = 0;
    for process in descendants().iter().filter(|process| !spared.contains(&process.pid)) {
        if kill(process.pid, signal).is_ok() {
            reached += 1;
        }
    }
    reached
}

/// The arguments of process `pid`, as far as the system shows them.
pub fn arguments(pid: i32) -> Vec<Vec<u8>> {
    platform::arguments(pid)
}

#[cfg(target_os = "linux")]
mod platform {
    use super::Process;
    use std::time::Duration;

    pub(super) fn all() -> Vec<Process> {
        if !own_namespace() {
            return Vec::new();
        }
        let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter_map(process)
            .collect()
    }

    /// Inside some sandboxes /proc belongs to an outer pid namespace, and a pid there names somebody else.
    fn own_namespace() -> bool {
        std::fs::read_link("/proc/self")
            .is_ok_and(|link| link.to_str() == Some(std::process::id().to_string().as_str()))
    }

    /// Also of an ended process that has not been reaped yet.
    pub(super) fn parent(pid: i32) -> Option<i32> {
        stat(pid).map(|(_, process)| process.parent)
    }

    pub(super) fn arguments(pid: i32) -> Vec<Vec<u8>> {
        let Ok(line) = std::fs::read(format!("/proc/{pid}/cmdline")) else { return Vec::new() };
        let mut arguments: Vec<Vec<u8>> = line.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
        arguments.pop();
        arguments
    }

    fn process(pid: i32) -> Option<Process> {
        stat(pid).filter(|(state, _)| !matches!(state, b'Z' | b'X')).map(|(_, process)| process)
    }

    /// Reads /proc/PID/stat (proc(5)): the state's letter and what we want of the rest.
    fn stat(pid: i32) -> Option<(u8, Process)> {
        let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may hold anything, so fields are counted from the last parenthesis.
        let after = memchr::memrchr(b')', &stat)? + 2;
        let fields: Vec<&str> = std::str::from_utf8(&stat[after..]).ok()?.split_ascii_whitespace().collect();
        let state = *fields.first()?.as_bytes().first()?;
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
        let process = Process {
            pid,
            parent: fields.get(1)?.parse().ok()?,
            cpu: ticks(number(11)? + number(12)?),
            rss: number(21)? * page_size(),
        };
        Some((state, process))
    }

    fn ticks(count: u64) -> Duration {
        // SAFETY: sysconf takes an integer.
        let per_second = u64::try_from(unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).unwrap_or(100).max(1);
        Duration::from_millis(count * 1000 / per_second)
    }

    fn page_size() -> u64 {
        // SAFETY: sysconf takes an integer.
        u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
    }
}

#[cfg(target_os = "macos")]
mod platform {
    //! libproc(3): `proc_listallpids`, `proc_pidinfo`, `proc_pidpath`.
    use super::Process;
    use std::mem::MaybeUninit;
    use std::time::Duration;

    pub(super) fn all() -> Vec<Process> {
        // SAFETY: a null buffer asks for the count.
        let count = unsafe { libc::proc_listallpids(std::ptr::null_mut(), 0) };
        let room = usize::try_from(count).unwrap_or(0) + 64;
        let mut pids = vec![0_i32; room];
        let bytes = i32::try_from(room * size_of::<i32>()).unwrap_or(i32::MAX);
        // SAFETY: the buffer has `bytes` bytes.
        let found = unsafe { libc::proc_listallpids(pids.as_mut_ptr().cast(), bytes) };
        pids.truncate(usize::try_from(found).unwrap_or(0));
        pids.into_iter().filter_map(process).collect()
    }

    pub(super) fn parent(pid: i32) -> Option<i32> {
        process(pid).map(|process| process.parent)
    }

    /// Only the path of the executable: the arguments need a sysctl that is not allowed for other users' processes.
    pub(super) fn arguments(pid: i32) -> Vec<Vec<u8>> {
        let mut path = vec![0_u8; 4096];
        // SAFETY: the buffer has 4096 bytes (PROC_PIDPATHINFO_MAXSIZE).
        let length = unsafe { libc::proc_pidpath(pid, path.as_mut_ptr().cast(), 4096) };
        path.truncate(usize::try_from(length).unwrap_or(0));
        if path.is_empty() { Vec::new() } else { vec![path] }
    }

    fn process(pid: i32) -> Option<Process> {
        let mut info = MaybeUninit::<libc::proc_taskallinfo>::uninit();
        let size = i32::try_from(size_of::<libc::proc_taskallinfo>()).ok()?;
        // SAFETY: the buffer is one proc_taskallinfo.
        let read =
            unsafe { libc::proc_pidinfo(pid, libc::PROC_PIDTASKALLINFO, 0, info.as_mut_ptr().cast(), size) };
        if read != size {
            return None;
        }
        // SAFETY: filled whole.
        let info = unsafe { info.assume_init() };
        Some(Process {
            pid,
            parent: info.pbsd.pbi_ppid.cast_signed(),
            cpu: Duration::from_nanos(info.ptinfo.pti_total_user + info.ptinfo.pti_total_system),
            rss: info.ptinfo.pti_resident_size,
        })
    }
}
