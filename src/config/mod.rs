//! Seat of `config`.
