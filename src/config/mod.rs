//! From what was typed, the environment, the configuration files and the agent's preset to what is to be done.
//!
//! Everything becomes [`settings::Settings`], layers of which are merged; [`resolve::resolve`] makes the immutable
//! [`resolve::RunSpec`] of them. A broken file or variable never stops the command: it becomes a phrase in `troubles`.

pub mod environment;
pub mod file;
pub mod preset;
pub mod resolve;
pub mod root;
pub mod settings;
pub mod values;
