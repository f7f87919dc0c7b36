//! Seat of `render`.
