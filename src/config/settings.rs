//! One layer of settings: a preset, a file, or the command line. What a layer does not say, the next one may.

use super::values::{CaptureSize, Durability, PtyChoice, Span, TouchChoice};
use serde::Deserialize;
use std::path::PathBuf;

/// Everything that an agent can have defaults for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `source` of the agent's events.
    pub source: Option<String>,
    /// End the command after this long; 0 means never.
    pub timeout: Option<Span>,
    /// Between SIGTERM and SIGKILL.
    pub grace: Option<Span>,
    /// Between heartbeats; 0 means none.
    pub heartbeat: Option<Span>,
    /// How much of each output stream to keep.
    pub capture: Option<CaptureSize>,
    /// When the command gets a terminal of its own.
    pub pty: Option<PtyChoice>,
    /// Keep whole streams in files beside the ledger.
    pub log: Option<bool>,
    /// Exit codes that count as success.
    pub ok_exit: Option<Vec<u8>>,
    /// End what the command leaves behind.
    pub kill_leaked: Option<bool>,
    /// Do not run what cannot be recorded.
    pub fail_closed: Option<bool>,
    /// Print output only on failure.
    pub quiet_success: Option<bool>,
    /// One run of agent and command at a time.
    pub no_overlap: Option<bool>,
    /// What records must survive.
    pub durability: Option<Durability>,
    /// How touched files are found.
    pub touch: Option<TouchChoice>,
    /// Further places to watch.
    pub watch: Option<Vec<PathBuf>>,
    /// Paths not worth recording, as globs.
    pub touch_ignore: Option<Vec<String>>,
    /// Look again at the end for what the trace does not explain.
    pub touch_verify: Option<bool>,
    /// Mask the live streams too.
    pub mask: Option<bool>,
    /// Names of environment variables whose values are secrets.
    pub secret_env: Option<Vec<String>>,
    /// Files whose content is a secret.
    pub secret_file: Option<Vec<PathBuf>>,
    /// Further rule files, in the gitleaks format.
    pub redact_rules: Option<Vec<PathBuf>>,
    /// How long a session stays open without an event.
    pub session_idle: Option<Span>,
    /// How long a writer waits for the ledger's lock.
    pub lock_wait: Option<Span>,
}

impl Settings {
    /// This layer, and `lower` where it says nothing.
    #[must_use]
    pub fn or(self, lower: Self) -> Self {
        Self {
            source: self.source.or(lower.source),
            timeout: self.timeout.or(lower.timeout),
            grace: self.grace.or(lower.grace),
            heartbeat: self.heartbeat.or(lower.heartbeat),
            capture: self.capture.or(lower.capture),
            pty: self.pty.or(lower.pty),
            log: self.log.or(lower.log),
            ok_exit: self.ok_exit.or(lower.ok_exit),
            kill_leaked: self.kill_leaked.or(lower.kill_leaked),
            fail_closed: self.fail_closed.or(lower.fail_closed),
            quiet_success: self.quiet_success.or(lower.quiet_success),
            no_overlap: self.no_overlap.or(lower.no_overlap),
            durability: self.durability.or(lower.durability),
            touch: self.touch.or(lower.touch),
            watch: self.watch.or(lower.watch),
            touch_ignore: self.touch_ignore.or(lower.touch_ignore),
            touch_verify: self.touch_verify.or(lower.touch_verify),
            mask: self.mask.or(lower.mask),
            secret_env: self.secret_env.or(lower.secret_env),
            secret_file: self.secret_file.or(lower.secret_file),
            redact_rules: self.redact_rules.or(lower.redact_rules),
            session_idle: self.session_idle.or(lower.session_idle),
            lock_wait: self.lock_wait.or(lower.lock_wait),
        }
    }
}
