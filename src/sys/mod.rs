//! The operating system, and all unsafe code.
//!
//! `sys` knows nothing of records. Each Linux-only part has a macOS counterpart or a documented absence.

pub mod clock;
#[cfg(target_os = "linux")]
pub mod hand_over;
#[cfg(target_os = "linux")]
pub mod notify;
#[cfg(target_os = "linux")]
pub mod notify_child;
#[cfg(target_os = "linux")]
pub mod notify_guard;
#[cfg(target_os = "linux")]
pub mod peer;
#[cfg(target_os = "linux")]
pub mod seccomp;
#[cfg(target_os = "linux")]
pub mod seccomp_table;
pub mod stat;
