//! The calls that can change the tree, by their numbers on each architecture.
//!
//! Sources: the kernel's `arch/x86/entry/syscalls/syscall_{64,32}.tbl`, `include/uapi/asm-generic/unistd.h` and
//! `arch/arm/tools/syscall.tbl`. Reads, `write`, `execve` and everything else that works on descriptors are absent on
//! purpose: whoever writes to a file has opened it for writing first. Times and extended attributes are no net
//! changes, so `utimensat` and `setxattr` are absent too.

/// What a call does to the tree and where its arguments are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `open(path, flags)`
    Open,
    /// `creat(path)`
    Creat,
    /// `openat(dir, path, flags)`
    OpenAt,
    /// `openat2(dir, path, how)`
    OpenAt2,
    /// `rename(old, new)`
    Rename,
    /// `renameat(dir, old, dir, new)`
    RenameAt,
    /// `renameat2(dir, old, dir, new, flags)`
    RenameAt2,
    /// `unlink(path)`
    Unlink,
    /// `unlinkat(dir, path, flags)`
    UnlinkAt,
    /// `rmdir(path)`
    Rmdir,
    /// A call that makes one new name: `(path)`
    Make,
    /// A call that makes one new name: `(dir, path)`
    MakeAt,
    /// `link(old, new)`
    Link,
    /// `linkat(dir, old, dir, new)`
    LinkAt,
    /// `symlink(target, path)`
    Symlink,
    /// `symlinkat(target, dir, path)`
    SymlinkAt,
    /// `truncate(path)`
    Truncate,
    /// `bind(socket, address, length)`
    Bind,
    /// i386 `socketcall(2, arguments)`, which is `bind`
    SocketcallBind,
    /// `chmod(path)`, `chown(path)`
    Attributes,
    /// `lchown(path)`
    AttributesOfLink,
    /// `fchmodat(dir, path)`: follows a link
    AttributesAt,
    /// `fchmodat2(dir, path, mode, flags)`
    AttributesAtMode,
    /// `fchownat(dir, path, uid, gid, flags)`
    AttributesAtOwner,
    /// `fchmod(fd)`, `fchown(fd)`
    AttributesOfFd,
    /// `io_uring_setup`: what the ring does is not seen
    IoUring,
    /// `open_by_handle_at`: the file has no path
    Handle,
    /// `pidfd_getfd`: a descriptor from elsewhere
    StolenFd,
    /// A call that changes what paths mean: mounts, roots, namespaces
    Namespace,
    /// `seccomp` asking for a listener, which it cannot get below ours
    NestedListener,
}

/// When a call is worth a trap, decided in the kernel from the call's registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Each time.
    Always,
    /// If the argument of this number has any of these bits.
    Bits(u8, u32),
    /// If the argument of this number has this value.
    Equals(u8, u32),
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The call's number.
    pub number: u32,
    /// Its name in the kernel's tables.
    pub name: &'static str,
    /// What it does.
    pub call: Call,
    /// When to trap it.
    pub when: When,
}

/// `O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | __O_TMPFILE`, the same bits on all architectures here.
pub const WRITE_FLAGS: u32 = 0o1 | 0o2 | 0o100 | 0o1000 | 0o20_000_000;

/// `SECCOMP_FILTER_FLAG_NEW_LISTENER`
const NEW_LISTENER: u32 = 1 << 3;

const fn row(number: u32, name: &'static str, call: Call) -> Row {
    Row { number, name, call, when: When::Always }
}

const fn opening(number: u32, name: &'static str, call: Call, flags_at: u8) -> Row {
    Row { number, name, call, when: When::Bits(flags_at, WRITE_FLAGS) }
}

/// An architecture's calls. All tables are compiled everywhere, so that tests on one machine check all of them.
#[derive(Debug)]
pub struct Table {
    /// `AUDIT_ARCH_*` of linux/audit.h.
    pub architecture: u32,
    /// Bits of a call's number that name a second ABI with the same numbers: x32 on x86-64.
    pub abi_bits: u32,
    /// The calls.
    pub rows: &'static [Row],
}

/// This machine's own architecture and the 32-bit one its kernel also answers.
#[cfg(target_arch = "x86_64")]
pub const TABLES: [&Table; 2] = [&X86_64, &I386];
/// This machine's own architecture and the 32-bit one its kernel also answers.
#[cfg(target_arch = "aarch64")]
pub const TABLES: [&Table; 2] = [&AARCH64, &ARM];

/// x86-64, and x32 beside it.
pub const X86_64: Table = Table { architecture: 0xC000_003E, abi_bits: 0x4000_0000, rows: X86_64_ROWS };
/// i386 on x86-64.
pub const I386: Table = Table { architecture: 0x4000_0003, abi_bits: 0, rows: I386_ROWS };
/// AArch64.
pub const AARCH64: Table = Table { architecture: 0xC000_00B7, abi_bits: 0, rows: AARCH64_ROWS };
/// ARM EABI on AArch64.
pub const ARM: Table = Table { architecture: 0x4000_0028, abi_bits: 0, rows: ARM_ROWS };

const X86_64_ROWS: &[Row] = &[
    opening(257, "openat", Call::OpenAt, 2),
    opening(2, "open", Call::Open, 1),
    row(437, "openat2", Call::OpenAt2),
    row(85, "creat", Call::Creat),
    row(82, "rename", Call::Rename),
    row(87, "unlink", Call::Unlink),
    row(84, "rmdir", Call::Rmdir),
    row(83, "mkdir", Call::Make),
    row(133, "mknod", Call::Make),
    row(86, "link", Call::Link),
    row(88, "symlink", Call::Symlink),
    row(90, "chmod", Call::Attributes),
    row(92, "chown", Call::Attributes),
    row(94, "lchown", Call::AttributesOfLink),
    row(264, "renameat", Call::RenameAt),
    row(316, "renameat2", Call::RenameAt2),
    row(263, "unlinkat", Call::UnlinkAt),
    row(258, "mkdirat", Call::MakeAt),
    row(259, "mknodat", Call::MakeAt),
    row(265, "linkat", Call::LinkAt),
    row(266, "symlinkat", Call::SymlinkAt),
    row(76, "truncate", Call::Truncate),
    row(49, "bind", Call::Bind),
    row(268, "fchmodat", Call::AttributesAt),
    row(452, "fchmodat2", Call::AttributesAtMode),
    row(260, "fchownat", Call::AttributesAtOwner),
    row(91, "fchmod", Call::AttributesOfFd),
    row(93, "fchown", Call::AttributesOfFd),
    row(425, "io_uring_setup", Call::IoUring),
    opening(304, "open_by_handle_at", Call::Handle, 2),
    row(438, "pidfd_getfd", Call::StolenFd),
    row(161, "chroot", Call::Namespace),
    row(155, "pivot_root", Call::Namespace),
    row(165, "mount", Call::Namespace),
    row(166, "umount2", Call::Namespace),
    row(308, "setns", Call::Namespace),
    row(429, "move_mount", Call::Namespace),
    Row { number: 317, name: "seccomp", call: Call::NestedListener, when: When::Bits(1, NEW_LISTENER) },
];

const I386_ROWS: &[Row] = &[
    opening(295, "openat", Call::OpenAt, 2),
    opening(5, "open", Call::Open, 1),
    row(437, "openat2", Call::OpenAt2),
    row(8, "creat", Call::Creat),
    row(9, "link", Call::Link),
    row(10, "unlink", Call::Unlink),
    row(14, "mknod", Call::Make),
    row(15, "chmod", Call::Attributes),
    row(16, "lchown", Call::AttributesOfLink),
    row(21, "mount", Call::Namespace),
    row(22, "umount", Call::Namespace),
    row(38, "rename", Call::Rename),
    row(39, "mkdir", Call::Make),
    row(40, "rmdir", Call::Rmdir),
    row(52, "umount2", Call::Namespace),
    row(61, "chroot", Call::Namespace),
    row(83, "symlink", Call::Symlink),
    row(92, "truncate", Call::Truncate),
    row(94, "fchmod", Call::AttributesOfFd),
    row(95, "fchown", Call::AttributesOfFd),
    Row { number: 102, name: "socketcall", call: Call::SocketcallBind, when: When::Equals(0, 2) },
    row(182, "chown", Call::Attributes),
    row(193, "truncate64", Call::Truncate),
    row(198, "lchown32", Call::AttributesOfLink),
    row(207, "fchown32", Call::AttributesOfFd),
    row(212, "chown32", Call::Attributes),
    row(217, "pivot_root", Call::Namespace),
    row(296, "mkdirat", Call::MakeAt),
    row(297, "mknodat", Call::MakeAt),
    row(298, "fchownat", Call::AttributesAtOwner),
    row(301, "unlinkat", Call::UnlinkAt),
    row(302, "renameat", Call::RenameAt),
    row(303, "linkat", Call::LinkAt),
    row(304, "symlinkat", Call::SymlinkAt),
    row(306, "fchmodat", Call::AttributesAt),
    opening(342, "open_by_handle_at", Call::Handle, 2),
    row(346, "setns", Call::Namespace),
    row(353, "renameat2", Call::RenameAt2),
    Row { number: 354, name: "seccomp", call: Call::NestedListener, when: When::Bits(1, NEW_LISTENER) },
    row(361, "bind", Call::Bind),
    row(425, "io_uring_setup", Call::IoUring),
    row(429, "move_mount", Call::Namespace),
    row(438, "pidfd_getfd", Call::StolenFd),
    row(452, "fchmodat2", Call::AttributesAtMode),
];

const AARCH64_ROWS: &[Row] = &[
    opening(56, "openat", Call::OpenAt, 2),
    row(437, "openat2", Call::OpenAt2),
    row(38, "renameat", Call::RenameAt),
    row(276, "renameat2", Call::RenameAt2),
    row(35, "unlinkat", Call::UnlinkAt),
    row(34, "mkdirat", Call::MakeAt),
    row(33, "mknodat", Call::MakeAt),
    row(37, "linkat", Call::LinkAt),
    row(36, "symlinkat", Call::SymlinkAt),
    row(45, "truncate", Call::Truncate),
    row(200, "bind", Call::Bind),
    row(53, "fchmodat", Call::AttributesAt),
    row(452, "fchmodat2", Call::AttributesAtMode),
    row(54, "fchownat", Call::AttributesAtOwner),
    row(52, "fchmod", Call::AttributesOfFd),
    row(55, "fchown", Call::AttributesOfFd),
    row(425, "io_uring_setup", Call::IoUring),
    opening(265, "open_by_handle_at", Call::Handle, 2),
    row(438, "pidfd_getfd", Call::StolenFd),
    row(51, "chroot", Call::Namespace),
    row(41, "pivot_root", Call::Namespace),
    row(40, "mount", Call::Namespace),
    row(39, "umount2", Call::Namespace),
    row(268, "setns", Call::Namespace),
    row(429, "move_mount", Call::Namespace),
    Row { number: 277, name: "seccomp", call: Call::NestedListener, when: When::Bits(1, NEW_LISTENER) },
];

const ARM_ROWS: &[Row] = &[
    opening(322, "openat", Call::OpenAt, 2),
    opening(5, "open", Call::Open, 1),
    row(437, "openat2", Call::OpenAt2),
    row(8, "creat", Call::Creat),
    row(9, "link", Call::Link),
    row(10, "unlink", Call::Unlink),
    row(14, "mknod", Call::Make),
    row(15, "chmod", Call::Attributes),
    row(16, "lchown", Call::AttributesOfLink),
    row(21, "mount", Call::Namespace),
    row(38, "rename", Call::Rename),
    row(39, "mkdir", Call::Make),
    row(40, "rmdir", Call::Rmdir),
    row(52, "umount2", Call::Namespace),
    row(61, "chroot", Call::Namespace),
    row(83, "symlink", Call::Symlink),
    row(92, "truncate", Call::Truncate),
    row(94, "fchmod", Call::AttributesOfFd),
    row(95, "fchown", Call::AttributesOfFd),
    row(182, "chown", Call::Attributes),
    row(193, "truncate64", Call::Truncate),
    row(198, "lchown32", Call::AttributesOfLink),
    row(207, "fchown32", Call::AttributesOfFd),
    row(212, "chown32", Call::Attributes),
    row(218, "pivot_root", Call::Namespace),
    row(282, "bind", Call::Bind),
    row(323, "mkdirat", Call::MakeAt),
    row(324, "mknodat", Call::MakeAt),
    row(325, "fchownat", Call::AttributesAtOwner),
    row(328, "unlinkat", Call::UnlinkAt),
    row(329, "renameat", Call::RenameAt),
    row(330, "linkat", Call::LinkAt),
    row(331, "symlinkat", Call::SymlinkAt),
    row(333, "fchmodat", Call::AttributesAt),
    opening(371, "open_by_handle_at", Call::Handle, 2),
    row(375, "setns", Call::Namespace),
    row(382, "renameat2", Call::RenameAt2),
    Row { number: 383, name: "seccomp", call: Call::NestedListener, when: When::Bits(1, NEW_LISTENER) },
    row(425, "io_uring_setup", Call::IoUring),
    row(429, "move_mount", Call::Namespace),
    row(438, "pidfd_getfd", Call::StolenFd),
    row(452, "fchmodat2", Call::AttributesAtMode),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Where Linux headers of an architecture are: this machine's own, and those of cross compilers.
    const HEADERS: [(&Table, &[&str]); 4] = [
        (&X86_64, &["/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"]),
        (&I386, &["/usr/include/x86_64-linux-gnu/asm/unistd_32.h", "/usr/include/asm/unistd_32.h"]),
        (&AARCH64, &["/usr/include/asm-generic/unistd.h"]),
        (&ARM, &["/usr/arm-linux-gnueabihf/include/asm/unistd-common.h"]),
    ];

    /// `#define __NR_openat 257`; numbers of ARM are written `(__NR_SYSCALL_BASE + 322)`.
    fn numbers(header: &str) -> BTreeMap<String, u32> {
        let parse = |line: &str| {
            let mut words = line.strip_prefix("#define __NR")?.split_whitespace();
            let name = words.next()?;
            let name = name.strip_prefix("3264_").or_else(|| name.strip_prefix('_'))?;
            let number = words.last()?.trim_end_matches(')').parse().ok()?;
            Some((name.to_owned(), number))
        };
        header.lines().filter_map(parse).collect()
    }

    fn headers() -> Vec<(&'static Table, BTreeMap<String, u32>)> {
        let read = |paths: &[&str]| paths.iter().find_map(|path| std::fs::read_to_string(path).ok());
        HEADERS.iter().filter_map(|(table, paths)| Some((*table, numbers(&read(paths)?)))).collect()
    }

    #[test]
    fn numbers_are_those_of_the_headers() {
        for (table, header) in headers() {
            for row in table.rows {
                // Headers may be older than the call.
                let known = header.get(row.name).is_none_or(|number| *number == row.number);
                assert!(known, "{:#x} {}", table.architecture, row.name);
            }
            assert!(
                header.contains_key("unlinkat"),
                "{:#x}: the header was not understood",
                table.architecture
            );
        }
    }

    /// Calls with such names that change no tree, or no more than a trapped call before them.
    const HARMLESS: [&str; 23] = [
        "create_module",
        "epoll_create",
        "epoll_create1",
        "fsmount",
        "fsopen",
        "ftruncate",
        "ftruncate64",
        "landlock_create_ruleset",
        "mbind",
        "memfd_create",
        "mount_setattr",
        "mq_open",
        "mq_unlink",
        "open_tree",
        "open_tree_attr",
        "perf_event_open",
        "pidfd_open",
        "readlink",
        "readlinkat",
        "statmount",
        "listmount",
        "timer_create",
        "timerfd_create",
    ];

    #[test]
    fn no_call_of_the_headers_is_forgotten() {
        let stems = [
            "open", "creat", "link", "rename", "mkdir", "mknod", "rmdir", "trunc", "chmod", "chown", "mount",
            "bind", "chroot", "pivot",
        ];
        for (table, header) in headers() {
            for (name, _) in header.iter().filter(|(name, _)| stems.iter().any(|stem| name.contains(stem))) {
                let known =
                    table.rows.iter().any(|row| row.name == name) || HARMLESS.contains(&name.as_str());
                assert!(
                    known,
                    "{:#x}: {name} is neither trapped nor known to be harmless",
                    table.architecture
                );
            }
        }
    }

    #[test]
    fn every_architecture_has_every_call() {
        // The first five exist on old architectures only, the last on one.
        let old = [
            "open", "creat", "rename", "unlink", "rmdir", "mkdir", "mknod", "link", "symlink", "chmod",
            "chown", "lchown",
        ];
        for table in [&X86_64, &I386, &AARCH64, &ARM] {
            for row in X86_64.rows.iter().filter(|row| !old.contains(&row.name)) {
                let found = table.rows.iter().find(|other| other.name == row.name);
                assert_eq!(
                    found.map(|found| (found.call, found.when)),
                    Some((row.call, row.when)),
                    "{}",
                    row.name
                );
            }
        }
    }
}
