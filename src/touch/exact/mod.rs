//! Every call that can change the tree, seen before it runs (Linux).
//!
//! A seccomp filter hands such calls to us ([`crate::sys::seccomp`]); threads of ours ([`recorder`]) read the path from
//! the caller ([`resolve`]), take the state of the file ([`trap`]) and note it ([`journal`]), then let the call run. At
//! the end the states are compared. A guard process answers when we cannot ([`crate::sys::notify_guard`]).

pub mod armed;
pub mod blind;
pub mod inherited;
pub mod journal;
pub mod namespace;
pub mod recorder;
pub mod resolve;
pub mod self_test;
pub mod session;
pub mod sweep;
pub mod trap;

pub use armed::Armed;
pub use recorder::Recorder;
