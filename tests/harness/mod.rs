//! What every test of the running program needs: a hermetic environment, children under a deadline, barriers instead
//! of sleeps, and an eye on the processes that are left.

mod env;
mod launch;
mod need;
mod tap;
mod tree;

pub(crate) use env::{AGENT, Env, argv};
pub(crate) use launch::{Launch, Ran};
pub(crate) use need::{missing, python, tool};
pub(crate) use tap::{DEADLINE, eventually};
pub(crate) use tree::{high_water_mark, state};
