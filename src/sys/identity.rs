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
    let uid = user_id();
    let local = std::fs::read_to_string("/etc/passwd").ok().and_then(|passwd| name_in(&passwd, uid));
    // The C library asks whatever the host asks (LDAP, systemd), which takes longer.
    let name = local.or_else(|| Some(nix::unistd::User::from_uid(uid.into()).ok()??.name));
    name.unwrap_or_else(|| uid.to_string())
}

/// The first name with this number (passwd(5)).
fn name_in(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number.parse() == Ok(uid)).then(|| name.to_owned())
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_third_field() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\n# 7\nann:x:7:8::/:\nbob:x:8:7::/:\n";
        assert_eq!(name_in(passwd, 7).as_deref(), Some("ann"));
        assert_eq!(name_in(passwd, 9), None);
    }

    #[test]
    fn the_user_is_the_one_the_c_library_knows() {
        let known = nix::unistd::User::from_uid(user_id().into()).unwrap();
        assert_eq!(user(), known.map_or_else(|| user_id().to_string(), |user| user.name));
    }
}
