//! The calls that can change the tree, by their numbers on each architecture.
//!
//! Sources: the kernel's `arch/x86/entry/syscalls/syscall_{64,32}.tbl`, `include/uapi/asm-generic/unistd.h` and
//! `arch/arm/tools/syscall.tbl`. Reads, `write`, `execve` and everything else that works on descriptors are absent on
//! purpose: whoever writes to a file has opened it for writing first. Times and extended attributes are no net
//! changes, so `utimensat` and `setxattr` are absent too.

use libc::c_long;

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
    /// `renameat(dir, old, dir, new)` and `renameat2`, whose flags are the fifth argument
    RenameAt,
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
    /// What it does.
    pub call: Call,
    /// When to trap it.
    pub when: When,
}

/// `O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | __O_TMPFILE`, the same bits on all architectures here.
pub const WRITE_FLAGS: u32 = 0o1 | 0o2 | 0o100 | 0o1000 | 0o20_000_000;

/// `SECCOMP_FILTER_FLAG_NEW_LISTENER`
const NEW_LISTENER: u32 = 1 << 3;

const fn row(number: u32, call: Call) -> Row {
    Row { number, call, when: When::Always }
}

const fn opening(number: u32, call: Call, flags_at: u8) -> Row {
    Row { number, call, when: When::Bits(flags_at, WRITE_FLAGS) }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "call numbers are small and positive"
)]
const fn native(number: c_long) -> u32 {
    number as u32
}

/// The calls of this machine's own architecture.
pub const NATIVE: &[Row] = &[
    opening(native(libc::SYS_openat), Call::OpenAt, 2),
    #[cfg(target_arch = "x86_64")]
    opening(native(libc::SYS_open), Call::Open, 1),
    row(437, Call::OpenAt2),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_creat), Call::Creat),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_rename), Call::Rename),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_unlink), Call::Unlink),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_rmdir), Call::Rmdir),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_mkdir), Call::Make),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_mknod), Call::Make),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_link), Call::Link),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_symlink), Call::Symlink),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_chmod), Call::Attributes),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_chown), Call::Attributes),
    #[cfg(target_arch = "x86_64")]
    row(native(libc::SYS_lchown), Call::AttributesOfLink),
    row(native(libc::SYS_renameat), Call::RenameAt),
    row(native(libc::SYS_renameat2), Call::RenameAt),
    row(native(libc::SYS_unlinkat), Call::UnlinkAt),
    row(native(libc::SYS_mkdirat), Call::MakeAt),
    row(native(libc::SYS_mknodat), Call::MakeAt),
    row(native(libc::SYS_linkat), Call::LinkAt),
    row(native(libc::SYS_symlinkat), Call::SymlinkAt),
    row(native(libc::SYS_truncate), Call::Truncate),
    row(native(libc::SYS_bind), Call::Bind),
    row(native(libc::SYS_fchmodat), Call::AttributesAt),
    row(452, Call::AttributesAtMode),
    row(native(libc::SYS_fchownat), Call::AttributesAtOwner),
    row(native(libc::SYS_fchmod), Call::AttributesOfFd),
    row(native(libc::SYS_fchown), Call::AttributesOfFd),
    row(425, Call::IoUring),
    opening(native(libc::SYS_open_by_handle_at), Call::Handle, 2),
    row(438, Call::StolenFd),
    row(native(libc::SYS_chroot), Call::Namespace),
    row(native(libc::SYS_pivot_root), Call::Namespace),
    row(native(libc::SYS_mount), Call::Namespace),
    row(native(libc::SYS_umount2), Call::Namespace),
    row(native(libc::SYS_setns), Call::Namespace),
    row(429, Call::Namespace),
    Row { number: native(libc::SYS_seccomp), call: Call::NestedListener, when: When::Bits(1, NEW_LISTENER) },
];

/// The 32-bit calls an x86-64 kernel also answers (i386).
#[cfg(target_arch = "x86_64")]
pub const COMPAT: &[Row] = &[
    opening(295, Call::OpenAt, 2),
    opening(5, Call::Open, 1),
    row(437, Call::OpenAt2),
    row(8, Call::Creat),
    row(9, Call::Link),
    row(10, Call::Unlink),
    row(14, Call::Make),
    row(15, Call::Attributes),
    row(16, Call::AttributesOfLink),
    row(21, Call::Namespace),
    row(38, Call::Rename),
    row(39, Call::Make),
    row(40, Call::Rmdir),
    row(52, Call::Namespace),
    row(61, Call::Namespace),
    row(83, Call::Symlink),
    row(92, Call::Truncate),
    row(94, Call::AttributesOfFd),
    row(95, Call::AttributesOfFd),
    Row { number: 102, call: Call::SocketcallBind, when: When::Equals(0, 2) },
    row(182, Call::Attributes),
    row(193, Call::Truncate),
    row(198, Call::AttributesOfLink),
    row(207, Call::AttributesOfFd),
    row(212, Call::Attributes),
    row(217, Call::Namespace),
    row(296, Call::MakeAt),
    row(297, Call::MakeAt),
    row(298, Call::AttributesAtOwner),
    row(301, Call::UnlinkAt),
    row(302, Call::RenameAt),
    row(303, Call::LinkAt),
    row(304, Call::SymlinkAt),
    row(306, Call::AttributesAt),
    opening(342, Call::Handle, 2),
    row(346, Call::Namespace),
    row(353, Call::RenameAt),
    Row { number: 354, call: Call::NestedListener, when: When::Bits(1, NEW_LISTENER) },
    row(361, Call::Bind),
    row(425, Call::IoUring),
    row(429, Call::Namespace),
    row(438, Call::StolenFd),
    row(452, Call::AttributesAtMode),
];

/// The 32-bit calls an AArch64 kernel also answers (ARM EABI).
#[cfg(target_arch = "aarch64")]
pub const COMPAT: &[Row] = &[
    opening(322, Call::OpenAt, 2),
    opening(5, Call::Open, 1),
    row(437, Call::OpenAt2),
    row(8, Call::Creat),
    row(9, Call::Link),
    row(10, Call::Unlink),
    row(14, Call::Make),
    row(15, Call::Attributes),
    row(16, Call::AttributesOfLink),
    row(21, Call::Namespace),
    row(38, Call::Rename),
    row(39, Call::Make),
    row(40, Call::Rmdir),
    row(52, Call::Namespace),
    row(61, Call::Namespace),
    row(83, Call::Symlink),
    row(92, Call::Truncate),
    row(94, Call::AttributesOfFd),
    row(95, Call::AttributesOfFd),
    row(182, Call::Attributes),
    row(193, Call::Truncate),
    row(198, Call::AttributesOfLink),
    row(207, Call::AttributesOfFd),
    row(212, Call::Attributes),
    row(218, Call::Namespace),
    row(282, Call::Bind),
    row(323, Call::MakeAt),
    row(324, Call::MakeAt),
    row(325, Call::AttributesAtOwner),
    row(328, Call::UnlinkAt),
    row(329, Call::RenameAt),
    row(330, Call::LinkAt),
    row(331, Call::SymlinkAt),
    row(333, Call::AttributesAt),
    opening(371, Call::Handle, 2),
    row(375, Call::Namespace),
    row(382, Call::RenameAt),
    Row { number: 383, call: Call::NestedListener, when: When::Bits(1, NEW_LISTENER) },
    row(425, Call::IoUring),
    row(429, Call::Namespace),
    row(438, Call::StolenFd),
    row(452, Call::AttributesAtMode),
];
