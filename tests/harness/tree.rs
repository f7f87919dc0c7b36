//! Other processes, as /proc shows them (proc(5)). Elsewhere nothing is seen, and the tests that need it say so.

use std::fs;

/// Live processes whose environment holds `mark`: pid and command line. Neither a new session nor a second fork
/// hides a process from this.
pub(crate) fn marked(mark: &str) -> Vec<(i32, String)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| entry == mark.as_bytes())
    })
    .map(|pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        (pid, String::from_utf8_lossy(&line).replace('\0', " "))
    })
    .collect()
}

/// How many ancestors process `pid` has.
pub(crate) fn generation(pid: i32) -> usize {
    let parent = |pid: &i32| field(*pid, "PPid:")?.parse().ok().filter(|parent| *parent > 0);
    std::iter::successors(parent(&pid), parent).count()
}

/// The state letter of process `pid`: `R`, `S`, `T`, `Z`.
pub(crate) fn state(pid: i32) -> Option<char> {
    field(pid, "State:")?.chars().next()
}

/// Whether process `pid` runs in the foreground of its terminal (proc(5): process group and foreground group).
pub(crate) fn in_front(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let behind_name: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
    matches!(behind_name[..], [state, _, group, _, _, foreground, ..] if group == foreground && state != "T")
}

/// Most memory process `pid` has had resident, in KiB.
pub(crate) fn high_water_mark(pid: i32) -> Option<u64> {
    field(pid, "VmHWM:")?.split(' ').next()?.parse().ok()
}

fn field(pid: i32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    Some(status.lines().find_map(|line| line.strip_prefix(name))?.trim().to_owned())
}
