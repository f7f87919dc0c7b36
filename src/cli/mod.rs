//! Seat of `cli`.
