//! `--no-overlap` and `--lock`: one run at a time.

use crate::base::ids::AgentName;
use crate::config::resolve::{Overlap, RunSpec};
use nix::fcntl::{Flock, FlockArg};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Exit status of a run that was skipped: EX_TEMPFAIL of sysexits.h.
pub(super) const EXIT_SKIPPED: u8 = 75;

/// The outcome of asking for the lock.
pub(super) enum Turn {
    /// It is ours (or none was asked for), until this is dropped. The kernel drops it with the process, however that dies.
    Ours(#[expect(dead_code, reason = "held, not read")] Option<Flock<File>>),
    /// Another run holds it; this is its name.
    Taken(String),
    /// It could not be asked for. The run goes on: a broken lock file must not stop a cron job.
    Broken(String),
}

/// Asks for the lock, without waiting.
/// `argv` is the redacted command: no digest of a secret may become a file name.
pub(super) fn take_turn(spec: &RunSpec, argv: &[String]) -> Turn {
    let name = match &spec.overlap {
        Overlap::Allowed => return Turn::Ours(None),
        Overlap::Named(name) => name.0.clone(),
        Overlap::SameCommand => fingerprint(spec, argv),
    };
    let directories =
        [spec.root.join("g/ledger"), spec.state_dir.join("locks")].map(|base| directory(&base, &spec.agent));
    let mut reason = String::new();
    for directory in directories {
        let path = directory.join(format!("{name}.lock"));
        match open(&path) {
            Ok(file) => match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(lock) => return Turn::Ours(Some(lock)),
                Err((_, nix::errno::Errno::EWOULDBLOCK)) => return Turn::Taken(name),
                Err((_, errno)) => reason = format!("failed to lock {}: {errno}", path.display()),
            },
            Err(error) => reason = format!("failed to open {}: {error}", path.display()),
        }
    }
    Turn::Broken(reason)
}

fn directory(base: &Path, agent: &AgentName) -> PathBuf {
    base.join(agent.as_str()).join(".locks")
}

fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    File::options().create(true).append(true).mode(0o600).custom_flags(libc::O_NOFOLLOW).open(path)
}

/// The same command in the same place; only its digest becomes a file name.
fn fingerprint(spec: &RunSpec, argv: &[String]) -> String {
    let mut digest = Sha256::new();
    let place = spec.cwd.as_ref().map(|cwd| cwd.as_os_str().as_bytes()).unwrap_or_default();
    for part in [place].into_iter().chain(argv.iter().map(String::as_bytes)) {
        digest.update(part);
        digest.update([0]);
    }
    let digest = digest.finalize();
    super::trace::hex(&digest[..16])
}
