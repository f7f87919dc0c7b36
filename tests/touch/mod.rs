//! Touched files, end to end: real commands, the kernel, and other tools as oracles.

mod exact;
mod harness;
