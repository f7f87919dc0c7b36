//! Records and the files they live in.
//!
//! [`record`] has the vocabulary of schema v1 and what is added to it. `docs/ledger-format.md` is the normative text.
//! Nothing here spawns, reads the clock or the environment, or prints.

pub mod record;
