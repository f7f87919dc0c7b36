//! The operating system, and all unsafe code.
//!
//! `sys` knows nothing of records. Each Linux-only part has a macOS counterpart or a documented absence.

#![expect(unsafe_code, reason = "the one place that talks to the kernel; every block says why it is sound")]

pub mod backchannel;
pub mod caretaker;
pub mod clock;
mod descriptors;
pub mod files;
#[cfg(target_os = "linux")]
pub mod hand_over;
pub mod identity;
pub mod modes;
pub mod monitor;
#[cfg(target_os = "linux")]
pub mod notify;
#[cfg(target_os = "linux")]
pub mod notify_child;
#[cfg(target_os = "linux")]
pub mod notify_guard;
#[cfg(target_os = "linux")]
pub mod peer;
pub mod pipe;
pub mod polled;
pub mod process;
pub mod pty;
#[cfg(target_os = "linux")]
pub mod seccomp;
#[cfg(target_os = "linux")]
pub mod seccomp_table;
pub mod signal;
pub mod signal_source;
pub mod simd;
pub mod spawn;
pub mod startup;
pub mod stat;
pub mod stdio;
pub mod tty;
#[cfg(target_os = "linux")]
mod vfork;
pub mod wait;
