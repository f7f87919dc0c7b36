//! What every layer shares: lossless text, time, identifiers, limits, the mark of redacted values, and what
//! the ledger asks the system.
//!
//! Nothing here does input or output.

pub mod bytes;
pub mod files;
pub mod ids;
pub mod limits;
pub mod redacted;
pub mod time;
