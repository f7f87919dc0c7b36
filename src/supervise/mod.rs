//! Seat of `supervise`.
