//! The operating system, and all unsafe code.
//!
//! `sys` knows nothing of records. Each Linux-only part has a macOS counterpart or a documented absence.

pub mod clock;
pub mod stat;
