//! Starting the command, with a hook between fork and exec: on Linux without copying our address space (`vfork`),
//! elsewhere through `std::process::Command`.
//!
//! exec's errno comes back, so "not found" is told from a command that itself exits 127. Between fork and exec only
//! async-signal-safe calls are made: sigaction, pthread_sigmask, dup2, close, where std does it an assignment to `environ`,
//! for a job of its own setpgid, getpid and tcsetpgrp, and whatever the touch hook documents.

use super::signal::{Inherited, Signal, SignalSet};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::io;
use std::os::fd::{OwnedFd, RawFd};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Runs in the child between fork and exec: async-signal-safe calls only, no allocation, and never an error that should
/// keep the command from running.
pub type ChildHook = Box<dyn FnMut() -> io::Result<()> + Send + Sync>;

/// What a standard stream of the child is connected to.
#[derive(Debug)]
pub enum Sink {
    /// Whatever our own stream is connected to.
    Inherit,
    /// This descriptor.
    Into(OwnedFd),
}

/// Everything needed to start the command.
pub struct Spawn<'a> {
    /// The command; looked up in PATH like execvp(3) does.
    pub program: &'a OsStr,
    /// Its arguments, without the command itself.
    pub args: &'a [OsString],
    /// Standard input.
    pub stdin: Sink,
    /// Standard output.
    pub stdout: Sink,
    /// Standard error.
    pub stderr: Sink,
    /// Signal mask and dispositions to put back.
    pub inherited: &'a Inherited,
    /// The whole environment of the child.
    pub environment: Environment,
    /// Its place in a terminal of its own; none leaves it in our process group.
    pub job: Option<Job>,
    /// Last thing done before exec.
    pub hook: Option<ChildHook>,
}

/// A process group of the child's own.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// The controlling terminal of the session.
    pub terminal: RawFd,
    /// Whether the group becomes its foreground group.
    pub foreground: bool,
}

impl Job {
    /// Makes the calling process the leader of the group; async-signal-safe. Without a terminal it could only wait for a
    /// read that stops it, so a failure is none of the command's.
    fn begin(self) {
        // SAFETY: takes plain numbers.
        unsafe { libc::setpgid(0, 0) };
        if self.foreground {
            // From the background this would stop us; the mask is set anew before exec.
            let _ = SignalSet::of([Signal::TTOU]).block();
            // SAFETY: takes nothing and cannot fail.
            let own = unsafe { libc::getpid() };
            // SAFETY: takes plain numbers.
            unsafe { libc::tcsetpgrp(self.terminal, own) };
        }
    }
}

impl Spawn<'_> {
    /// Starts the command and returns its process id. The error is exec's (or fork's).
    #[cfg(target_os = "linux")]
    pub fn spawn(self) -> io::Result<i32> {
        let sinks = [self.stdin, self.stdout, self.stderr].map(|sink| match sink {
            Sink::Inherit => None,
            Sink::Into(fd) => Some(fd),
        });
        let mut setup = Setup::new(self.inherited.clone(), self.job, self.hook);
        let environment = EnvironPointers::new(self.environment);
        // SAFETY: the array is null-terminated and outlives the call; Setup makes the calls listed in the module's
        // documentation, all async-signal-safe, does not allocate, and keeps nothing the parent looks at.
        unsafe {
            super::vfork::spawn(self.program, self.args, environment.pointers.as_ptr(), &sinks, &mut || {
                setup.run();
            })
        }
    }

    /// Starts the command and returns its process id. The error is exec's (or fork's).
    #[cfg(not(target_os = "linux"))]
    pub fn spawn(self) -> io::Result<i32> {
        let mut command = Command::new(self.program);
        command.args(self.args);
        if let Sink::Into(fd) = self.stdin {
            command.stdin(std::process::Stdio::from(fd));
        }
        if let Sink::Into(fd) = self.stdout {
            command.stdout(std::process::Stdio::from(fd));
        }
        if let Sink::Into(fd) = self.stderr {
            command.stderr(std::process::Stdio::from(fd));
        }
        install(&mut command, self.inherited.clone(), self.environment, self.job, self.hook);
        // The handle is dropped: waiting is done with waitid and wait4, which also see stops and resource use.
        Ok(command.spawn()?.id().cast_signed())
    }

    /// Becomes the command: exec without a fork. Returns only on failure.
    pub fn exec(self) -> io::Error {
        let mut command = Command::new(self.program);
        command.args(self.args);
        install(&mut command, self.inherited.clone(), self.environment, self.job, self.hook);
        command.exec()
    }
}

fn install(
    command: &mut Command,
    inherited: Inherited,
    environment: Environment,
    job: Option<Job>,
    hook: Option<ChildHook>,
) {
    let pointers = EnvironPointers::new(environment);
    let mut setup = Setup::new(inherited, job, hook);
    let prepare = move || {
        pointers.install();
        setup.run();
        Ok(())
    };
    // SAFETY: the closure makes the calls listed in the module's documentation, all async-signal-safe, and does not
    // allocate: everything it needs was built before the fork.
    unsafe { command.pre_exec(prepare) };
}

/// What the child does before exec.
struct Setup {
    /// Standard descriptors we were started without.
    closed: Vec<i32>,
    inherited: Inherited,
    job: Option<Job>,
    hook: Option<ChildHook>,
}

impl Setup {
    fn new(inherited: Inherited, job: Option<Job>, hook: Option<ChildHook>) -> Self {
        let closed = (0..3).filter(|fd| super::startup::was_closed(*fd)).collect();
        Self { closed, inherited, job, hook }
    }

    /// Async-signal-safe, and allocates nothing.
    fn run(&mut self) {
        for fd in &self.closed {
            // SAFETY: closing a descriptor number takes no pointer; the runtime's /dev/null stands there.
            unsafe { libc::close(*fd) };
        }
        if let Some(job) = self.job {
            job.begin();
        }
        if let Some(hook) = &mut self.hook {
            // A hook that fails leaves the command unwatched, never unstarted.
            let _ = hook();
        }
        self.inherited.restore();
    }
}

/// An environment as the kernel passes it: `NAME=value` strings in their order. Entries that are malformed for the
/// standard library (no `=`, a name twice) are kept as they are.
#[derive(Debug, Clone)]
pub struct Environment(Vec<CString>);

unsafe extern "C" {
    static mut environ: *const *const libc::c_char;
}

impl Environment {
    /// The environment this process was given.
    pub fn inherited() -> Self {
        let mut entries = Vec::new();
        // SAFETY: read while no other thread exists that could change it; nothing in this program sets variables.
        let mut at = unsafe { environ };
        while !at.is_null() {
            // SAFETY: `at` walks the array, which ends with a null pointer.
            let entry = unsafe { *at };
            if entry.is_null() {
                break;
            }
            // SAFETY: entries are NUL-terminated strings.
            entries.push(unsafe { CStr::from_ptr(entry) }.to_owned());
            // SAFETY: the terminating null has not been reached, so the next element is within the array.
            at = unsafe { at.add(1) };
        }
        Self(entries)
    }

    /// Sets `name` to `value`: in place where it stands already, else at the end. A value with a NUL is not set.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        let Ok(entry) = CString::new([name.as_bytes(), b"=", value].concat()) else { return };
        match self.0.iter_mut().find(|entry| has_name(entry, name)) {
            Some(existing) => *existing = entry,
            None => self.0.push(entry),
        }
    }

    /// Takes `name` out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|entry| !has_name(entry, name));
    }
}

fn has_name(entry: &CStr, name: &str) -> bool {
    entry.to_bytes().strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'='))
}

/// The array form of an [`Environment`]; owns the strings it points to.
struct EnvironPointers {
    _strings: Vec<CString>,
    pointers: Vec<*const libc::c_char>,
}

// SAFETY: the pointers point into `_strings`, which this struct owns and never changes.
unsafe impl Send for EnvironPointers {}
// SAFETY: as above; nothing is written through a shared reference.
unsafe impl Sync for EnvironPointers {}

impl EnvironPointers {
    fn new(environment: Environment) -> Self {
        let strings = environment.0;
        let pointers =
            strings.iter().map(|entry| entry.as_ptr()).chain([std::ptr::null()]).collect::<Vec<_>>();
        Self { _strings: strings, pointers }
    }

    /// Makes this the process's environment, for the exec that follows. Async-signal-safe.
    fn install(&self) {
        // SAFETY: runs in the child after fork, where this is the only thread; the array outlives the exec, and it is
        // null-terminated.
        unsafe { environ = self.pointers.as_ptr() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_replaced_in_its_place() {
        let entry = |text: &str| CString::new(text).unwrap();
        let mut environment = Environment(vec![entry("A=1"), entry("odd"), entry("AB=2"), entry("A=3")]);
        environment.set("AB", b"x");
        environment.set("NEW", b"y");
        environment.remove("A");
        assert_eq!(environment.0, [entry("odd"), entry("AB=x"), entry("NEW=y")]);
    }
}
