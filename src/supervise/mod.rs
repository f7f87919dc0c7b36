//! The command: how it is started, fed, watched, signalled and seen to its end.
//!
//! [`lifecycle`] is the pure state machine that knows every ending; [`session`] is the one loop that reports to it
//! and applies what it decides; a [`pump`] thread per captured stream moves the bytes. Nothing here opens the
//! ledger: what happens comes out as [`event::SessionEvent`]s and one [`event::Finished`].

pub mod capture;
mod console;
pub mod deadlines;
pub mod event;
pub mod held;
mod job;
pub mod leak;
pub mod lifecycle;
pub mod outcome;
pub mod plan;
pub mod pump;
pub mod session;
mod streams;
