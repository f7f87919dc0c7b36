//! Which files a run changed.
//!
//! [`prepare`] chooses a backend before the command is started, [`Prepared::spawned`] sets it going, and
//! [`Running::finish`] says what came of it. Backends only gather [`summary::Observations`] (what a path was
//! before and what it is after); one [`summary`] turns them into net changes, so that all speak alike.
//!
//! - [`exact`] (Linux): the kernel hands every call that can change the tree to us before it runs.
//! - [`snapshot`]: metadata of the roots before and after, compared.
//!
//! `docs/touched-files.md` says what each of them sees, what it does not, and what it costs.

pub mod apart;
pub mod choose;
#[cfg(target_os = "linux")]
pub mod exact;
pub mod globs;
pub mod passes;
pub mod report;
pub mod scope;
pub mod session;
pub mod snapshot;
pub mod spec;
pub mod summary;
pub mod walk;

pub use globs::PathGlobs;
pub use report::TouchReport;
pub use session::{Prepared, Running, prepare};
pub use spec::{Budget, TouchMode, TouchSpec};
