//! What every test of the running program needs: a hermetic environment, children under a deadline, barriers instead
//! of sleeps, and an eye on the processes that are left.

mod env;
mod launch;
mod need;
mod pty;
mod screen;
mod tap;
mod tree;

use proptest::test_runner::RngSeed;

pub(crate) use env::{Env, argv, is_empty};
pub(crate) use launch::{Launch, Ran, Running};
pub(crate) use need::{missing, python, tool};
pub(crate) use pty::{Size, Typist, read_until};
pub(crate) use screen::Screen;
pub(crate) use tap::{DEADLINE, eventually};
pub(crate) use tree::{high_water_mark, in_front, state};

/// How many cases a property is tried on: some, or `PROPTEST_CASES` when more are wanted.
pub(crate) fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

/// The seed of a property's cases: the same in every run, so that a run that fails fails again, or
/// `PROPTEST_RNG_SEED` when others are wanted.
pub(crate) fn seed(usual: u64) -> RngSeed {
    let asked = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    RngSeed::Fixed(asked.unwrap_or(usual))
}
