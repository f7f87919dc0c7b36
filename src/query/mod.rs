//! Seat of `query`.
