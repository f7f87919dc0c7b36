//! From a trapped call to the paths it may change, noted before it runs.
//!
//! Nobody asks whether the call will succeed: the state at the end tells. But where the state at hand says that it
//! cannot (creating what exists, removing what does not), nothing is noted.

use crate::sys::notify::Notification;
use crate::sys::peer;
use crate::sys::seccomp::call_of;
use crate::sys::seccomp_table::{Call, WRITE_FLAGS};
use crate::sys::stat::{FileKind, FileState, state_of};
use crate::touch::apart::is_at_or_below;
use crate::touch::exact::blind::{Blind, BlindSpots};
use crate::touch::exact::journal::Journal;
use crate::touch::exact::resolve::{Miss, Resolver, is_absence, miss_of};
use std::ffi::CString;
use std::sync::{Mutex, MutexGuard, PoisonError};

// Flags of calls, from the kernel's headers; libc has them as signed numbers of different width.
const O_CREAT: u64 = libc::O_CREAT as u64;
const O_EXCL: u64 = libc::O_EXCL as u64;
const O_TRUNC: u64 = libc::O_TRUNC as u64;
const O_WRONLY: u64 = libc::O_WRONLY as u64;
const O_NOFOLLOW: u64 = libc::O_NOFOLLOW as u64;
const TMPFILE: u64 = 0o20_000_000;
const NOFOLLOW_AT: u64 = libc::AT_SYMLINK_NOFOLLOW as u64;
const FOLLOW_AT: u64 = libc::AT_SYMLINK_FOLLOW as u64;
const EXCHANGE: u64 = 1 << 1;
const IN_ROOT: u64 = 0x10;

/// Longest `struct sockaddr_un`.
const SOCKET_ADDRESS_MAX: usize = 110;

/// What a call is about to do, in paths.
#[derive(Debug, PartialEq, Eq)]
enum Effect {
    Nothing,
    Unseen(Blind),
    Open {
        path: Vec<u8>,
        flags: u64,
    },
    Make {
        path: Vec<u8>,
        link: bool,
    },
    /// A second name for a file, which may have none itself.
    Link {
        source: Option<Vec<u8>>,
        path: Vec<u8>,
    },
    Remove {
        path: Vec<u8>,
    },
    Rename {
        old: Vec<u8>,
        new: Vec<u8>,
        exchange: bool,
    },
    /// Content or attributes of what exists; links have been followed where the call does.
    Change {
        path: Vec<u8>,
    },
    /// The same through a descriptor, so that it certainly exists.
    ChangeHeld {
        path: Vec<u8>,
    },
    Remount,
}

/// Everything known about a run so far.
#[derive(Debug, Default)]
pub struct Trace {
    resolver: Resolver,
    journal: Mutex<Journal>,
    /// What could not be seen.
    pub blind: BlindSpots,
}

impl Trace {
    /// The journal.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a trapped call. `waiting` says whether the call still waits: if not, what was read may have been
    /// another process's.
    pub fn note(&self, call: &Notification, waiting: &dyn Fn() -> bool) {
        self.resolver.arrived(call.tid);
        let effect = Caller { call, resolver: &self.resolver }.effect();
        if !waiting() {
            return;
        }
        match effect.and_then(|effect| self.apply(call.tid, effect)) {
            Ok(()) | Err(Miss::Nothing) => {}
            Err(Miss::Unreadable) => self.blind.add(Blind::UnreadablePath),
            Err(Miss::Private) => self.blind.add(Blind::PrivateMount),
        }
    }

    fn apply(&self, tid: u32, effect: Effect) -> Result<(), Miss> {
        match effect {
            Effect::Nothing => {}
            Effect::Unseen(blind) => self.blind.add(blind),
            Effect::Open { path, flags } => self.open(tid, path, flags)?,
            Effect::Make { path, link } => self.make(tid, &path, link)?,
            Effect::Link { source, path } => self.link(tid, source.as_deref(), &path)?,
            Effect::Remove { path } => self.remove(tid, &path)?,
            Effect::Rename { old, new, exchange } => self.rename(tid, &old, &new, exchange)?,
            Effect::Change { path } => self.change(tid, &path)?,
            // Whoever unpacks an archive does this twice to every file it has just made.
            Effect::ChangeHeld { path } if self.journal().is_there(&path) => {}
            Effect::ChangeHeld { path } => self.change(tid, &path)?,
            Effect::Remount => self.resolver.namespaces_change(tid),
        }
        Ok(())
    }

    fn open(&self, tid: u32, path: Vec<u8>, flags: u64) -> Result<(), Miss> {
        // An unnamed file gets its name, if any, from a later linkat.
        if flags & TMPFILE != 0 || !self.journal().needs_a_look(&path) {
            return Ok(());
        }
        let now = look_for(tid, &path)?;
        match now.map(|state| state.kind()) {
            None if flags & O_CREAT == 0 => {}
            None | Some(FileKind::File) => self.put(tid, &path, now),
            Some(FileKind::Symlink) => self.open_link(tid, path, flags)?,
            Some(FileKind::Directory | FileKind::Endpoint | FileKind::Device) => {}
        }
        Ok(())
    }

    fn open_link(&self, tid: u32, path: Vec<u8>, flags: u64) -> Result<(), Miss> {
        if flags & O_NOFOLLOW != 0 || (flags & O_CREAT != 0 && flags & O_EXCL != 0) {
            return Ok(());
        }
        let target = self.resolver.follow(tid, path)?;
        let state = look_for(tid, &target)?;
        let absent_stays_absent = state.is_none() && flags & O_CREAT == 0;
        if !absent_stays_absent && state.is_none_or(|state| state.kind() == FileKind::File) {
            self.put(tid, &target, state);
        }
        Ok(())
    }

    fn make(&self, tid: u32, path: &[u8], link: bool) -> Result<(), Miss> {
        if look_for(tid, path)?.is_some() {
            return Ok(());
        }
        self.put(tid, path, None);
        if link {
            self.journal().may_be_link(path);
            self.resolver.upset(tid);
        }
        Ok(())
    }

    /// What is changed under one name from now on is changed under the other too.
    fn link(&self, tid: u32, source: Option<&[u8]>, path: &[u8]) -> Result<(), Miss> {
        let linked = match source {
            Some(source) => look_for(tid, source)?.inspect(|state| self.put(tid, source, Some(*state))),
            None => None,
        };
        self.make(tid, path, linked.is_none_or(|state| state.kind() == FileKind::Symlink))
    }

    fn remove(&self, tid: u32, path: &[u8]) -> Result<(), Miss> {
        let state = look_for(tid, path)?;
        self.put(tid, path, state);
        if state.is_some_and(|state| state.kind() == FileKind::Symlink) {
            self.resolver.upset(tid);
        }
        Ok(())
    }

    fn rename(&self, tid: u32, old: &[u8], new: &[u8], exchange: bool) -> Result<(), Miss> {
        let (state, replaced) = (look_for(tid, old)?, look_for(tid, new)?);
        // Also if there is nothing to rename yet: another thread may be about to make it.
        self.put(tid, old, state);
        self.put(tid, new, replaced);
        let Some(state) = state else { return Ok(()) };
        // Nothing goes into itself.
        if is_at_or_below(new, old) || is_at_or_below(old, new) {
            return Ok(());
        }
        let is = |state: Option<FileState>, kind| state.is_some_and(|state| state.kind() == kind);
        if is(Some(state), FileKind::Symlink) {
            self.journal().may_be_link(new);
        }
        if exchange && is(replaced, FileKind::Symlink) {
            self.journal().may_be_link(old);
        }
        let changes_ways = |state| is(state, FileKind::Symlink) || is(state, FileKind::Directory);
        if changes_ways(Some(state)) || changes_ways(replaced) {
            self.resolver.upset(tid);
        }
        if is(Some(state), FileKind::Directory) {
            self.journal().move_directory(tid, (old, new), (state, replaced), exchange, &look);
        } else if exchange && is(replaced, FileKind::Directory) {
            let directory = replaced.unwrap_or(state);
            self.journal().move_directory(tid, (new, old), (directory, Some(state)), exchange, &look);
        }
        Ok(())
    }

    fn change(&self, tid: u32, path: &[u8]) -> Result<(), Miss> {
        if let Some(state) = look_for(tid, path)? {
            self.put(tid, path, Some(state));
        }
        Ok(())
    }

    fn put(&self, tid: u32, path: &[u8], now: Option<FileState>) {
        self.journal().note(tid, path, now, &look);
    }
}

/// The state of `path` now.
pub(super) fn look(path: &[u8]) -> Option<FileState> {
    CString::new(path).ok().and_then(|path| state_of(&path).ok())
}

/// The state of `path` now, which a call of `tid` is about to change.
fn look_for(tid: u32, path: &[u8]) -> Result<Option<FileState>, Miss> {
    let Ok(name) = CString::new(path) else { return Ok(None) };
    match state_of(&name) {
        Ok(state) => Ok(Some(state)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(miss_of(tid, path, &error)),
    }
}

/// Who makes a call, and with what.
struct Caller<'a> {
    call: &'a Notification,
    resolver: &'a Resolver,
}

impl Caller<'_> {
    fn effect(&self) -> Result<Effect, Miss> {
        let [first, second, third, fourth, fifth, _] = self.call.arguments;
        let here = libc::AT_FDCWD;
        let Some(call) = call_of(self.call.architecture, self.call.number) else {
            return Ok(Effect::Nothing);
        };
        Ok(match call {
            Call::Open => Effect::Open { path: self.path(here, first)?, flags: second },
            Call::Creat => {
                Effect::Open { path: self.path(here, first)?, flags: O_CREAT | O_TRUNC | O_WRONLY }
            }
            Call::OpenAt => Effect::Open { path: self.path(dir(first), second)?, flags: third },
            Call::OpenAt2 => self.open_how(dir(first), second, third)?,
            Call::Rename => self.rename((here, first), (here, second), 0)?,
            Call::RenameAt => self.rename((dir(first), second), (dir(third), fourth), 0)?,
            Call::RenameAt2 => self.rename((dir(first), second), (dir(third), fourth), fifth)?,
            Call::Unlink | Call::Rmdir => Effect::Remove { path: self.path(here, first)? },
            Call::UnlinkAt => Effect::Remove { path: self.path(dir(first), second)? },
            Call::Make => Effect::Make { path: self.path(here, first)?, link: false },
            Call::MakeAt => Effect::Make { path: self.path(dir(first), second)?, link: false },
            Call::Symlink => Effect::Make { path: self.path(here, second)?, link: true },
            Call::Link => self.link((here, first), (here, second), 0)?,
            Call::LinkAt => self.link((dir(first), second), (dir(third), fourth), fifth)?,
            Call::SymlinkAt => Effect::Make { path: self.path(dir(second), third)?, link: true },
            Call::Truncate | Call::Attributes => self.followed(here, first)?,
            Call::AttributesOfLink => Effect::Change { path: self.path(here, first)? },
            Call::AttributesAt => self.followed(dir(first), second)?,
            Call::AttributesAtMode => self.attributes(dir(first), second, fourth)?,
            Call::AttributesAtOwner => self.attributes(dir(first), second, fifth)?,
            Call::AttributesOfFd => {
                Effect::ChangeHeld { path: self.resolver.path(self.call.tid, dir(first), b"")? }
            }
            Call::Bind => self.bind(second, third)?,
            Call::SocketcallBind => self.bind_of_socketcall(second)?,
            Call::IoUring => Effect::Unseen(Blind::IoUring),
            Call::Handle => Effect::Unseen(Blind::Handle),
            Call::StolenFd => Effect::Unseen(Blind::StolenFd),
            Call::Namespace => Effect::Remount,
            // It is refused with EBUSY, which the program inside sees and we cannot change.
            Call::NestedListener => Effect::Nothing,
        })
    }

    fn path(&self, dir: i32, address: u64) -> Result<Vec<u8>, Miss> {
        self.resolver.path(self.call.tid, dir, &self.text(address)?)
    }

    fn text(&self, address: u64) -> Result<Vec<u8>, Miss> {
        peer::read_path(self.call.tid, address).map_err(|error| match error.raw_os_error() {
            // The call itself will fail for the same reason.
            Some(libc::EFAULT | libc::EIO | libc::ENAMETOOLONG) => Miss::Nothing,
            _ => Miss::Unreadable,
        })
    }

    fn followed(&self, dir: i32, address: u64) -> Result<Effect, Miss> {
        let path = self.path(dir, address)?;
        Ok(Effect::Change { path: self.resolver.follow(self.call.tid, path)? })
    }

    fn attributes(&self, dir: i32, address: u64, flags: u64) -> Result<Effect, Miss> {
        let text = self.text(address)?;
        let path = self.resolver.path(self.call.tid, dir, &text)?;
        // Without a name (AT_EMPTY_PATH) the descriptor is meant, which may be of a link itself.
        let follows = flags & NOFOLLOW_AT == 0 && !text.is_empty();
        Ok(Effect::Change { path: if follows { self.resolver.follow(self.call.tid, path)? } else { path } })
    }

    fn rename(&self, (from, old): (i32, u64), (to, new): (i32, u64), flags: u64) -> Result<Effect, Miss> {
        let (old, new) = (self.path(from, old)?, self.path(to, new)?);
        Ok(Effect::Rename { old, new, exchange: flags & EXCHANGE != 0 })
    }

    fn link(&self, (from, old): (i32, u64), (to, new): (i32, u64), flags: u64) -> Result<Effect, Miss> {
        let tid = self.call.tid;
        let source = self.path(from, old);
        let source =
            if flags & FOLLOW_AT == 0 { source } else { source.and_then(|s| self.resolver.follow(tid, s)) };
        Ok(Effect::Link { source: source.ok(), path: self.path(to, new)? })
    }

    /// `struct open_how { u64 flags, mode, resolve }`: in memory, so the filter could not look at it.
    fn open_how(&self, dir: i32, path: u64, how: u64) -> Result<Effect, Miss> {
        let mut fields = [0; 24];
        self.bytes(how, &mut fields)?;
        let field = |at: usize| fields[at..at + 8].try_into().map_or(0, u64::from_ne_bytes);
        let (flags, resolve) = (field(0), field(16));
        if flags & u64::from(WRITE_FLAGS) == 0 {
            return Ok(Effect::Nothing);
        }
        let text = self.text(path)?;
        let path = if resolve & IN_ROOT == 0 {
            self.resolver.path(self.call.tid, dir, &text)?
        } else {
            self.resolver.path_in_root(self.call.tid, dir, &text)?
        };
        Ok(Effect::Open { path, flags })
    }

    /// A socket bound to a path makes a name; unix(7).
    fn bind(&self, address: u64, length: u64) -> Result<Effect, Miss> {
        let mut bytes = [0; SOCKET_ADDRESS_MAX];
        let length = usize::try_from(length).unwrap_or(0).min(SOCKET_ADDRESS_MAX);
        let Some(read) = bytes.get_mut(..length).filter(|_| length > 2) else { return Ok(Effect::Nothing) };
        self.bytes(address, read)?;
        let family = u16::from_ne_bytes([bytes[0], bytes[1]]);
        let name = &bytes[2..length];
        let name = &name[..memchr::memchr(0, name).unwrap_or(name.len())];
        if i32::from(family) != libc::AF_UNIX || name.is_empty() {
            return Ok(Effect::Nothing);
        }
        let path = self.resolver.path(self.call.tid, libc::AT_FDCWD, name)?;
        Ok(Effect::Make { path, link: false })
    }

    /// The arguments of `bind` as three 32-bit words; socketcall(2).
    fn bind_of_socketcall(&self, arguments: u64) -> Result<Effect, Miss> {
        let mut words = [0; 12];
        self.bytes(arguments, &mut words)?;
        let word = |at: usize| words[at..at + 4].try_into().map_or(0, u32::from_ne_bytes);
        self.bind(u64::from(word(4)), u64::from(word(8)))
    }

    fn bytes(&self, address: u64, buffer: &mut [u8]) -> Result<(), Miss> {
        match peer::read(self.call.tid, address, buffer) {
            Ok(count) if count == buffer.len() => Ok(()),
            Ok(_) => Err(Miss::Nothing),
            Err(error) if error.raw_os_error() == Some(libc::EFAULT) => Err(Miss::Nothing),
            Err(_) => Err(Miss::Unreadable),
        }
    }
}

/// Descriptors are 32 bits wide, whatever the register's upper half holds.
#[expect(clippy::cast_possible_truncation, reason = "that is how the kernel reads them")]
fn dir(argument: u64) -> i32 {
    argument as i32
}
