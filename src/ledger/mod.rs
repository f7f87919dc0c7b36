//! Records and the files they live in.
//!
//! [`record`] has the vocabulary of schema v1 and what is added to it; [`AgentLedger`] appends events to one agent's
//! ledger. `docs/ledger-format.md` is the normative text. Nothing here spawns, reads the clock or the environment, or
//! prints.

pub mod record;

mod agent;
mod cast;
mod chain;
mod config;
mod dir;
mod doctor;
mod end;
mod fault;
mod held;
mod journal;
mod line;
mod lock;
mod log;
mod lost;
mod mirror;
mod open_run;
mod paths;
mod problem;
mod region;
mod replace;
mod run;
#[cfg(test)]
mod schema;
mod session;
mod spool;
mod status;
mod validate;
pub mod verify;
mod writer;

pub use agent::{AgentLedger, Written};
pub use cast::{CastError, CastEvent, CastFile, CastHeader, read_event, read_header};
pub use chain::{Digest, DigestError, Link, Piece, ReadAt};
pub use config::{Durability, LedgerConfig, RunEnd, RunMeta, SessionChoice};
pub use dir::FsError;
pub use doctor::{Ailment, Finding};
pub use fault::{FaultHook, Point};
pub use log::{LogFile, LogForm};
pub use mirror::{HeadRecord, Heads};
pub use paths::{LedgerPaths, agents_dir, canonical, day_file, is_day_file, state_of_root};
pub use problem::{LedgerError, Problem, Recorded};
pub use run::{Begun, OpenRun};
pub use status::{AgentState, StatusFile, read_status};
pub use validate::{Violation, check_line, check_status, is_event};
pub use writer::Appended;
