//! What every layer shares: lossless text, time, identifiers, limits, and the mark of redacted values.
//!
//! Nothing here does input or output.

pub mod bytes;
pub mod ids;
pub mod limits;
pub mod redacted;
pub mod time;
