//! Who and where this process is.

/// The host's name.
pub fn host() -> Option<String> {
    let name = nix::unistd::gethostname().ok()?;
    Some(crate::base::bytes::os_text(&name).into_owned())
}

/// The effective user's number.
pub fn user_id() -> u32 {
    nix::unistd::geteuid().as_raw()
}

/// The effective user: the name, else the number.
pub fn user() -> String {
    let uid = nix::unistd::geteuid();
    match nix::unistd::User::from_uid(uid) {
        Ok(Some(user)) => user.name,
        _ => uid.to_string(),
    }
}

/// Inode of our pid namespace (Linux, pid_namespaces(7)).
pub fn pid_namespace() -> Option<u64> {
    let link = std::fs::read_link("/proc/self/ns/pid").ok()?;
    link.to_str()?.strip_prefix("pid:[")?.strip_suffix(']')?.parse().ok()
}

/// What tells this boot from others: a random id on Linux.
pub fn boot_id() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim_end().to_owned())
}
