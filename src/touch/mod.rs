//! Seat of `touch`.
