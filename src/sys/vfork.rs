//! Starting a process without copying our address space: the child runs in it until exec, and we wait until then.
//!
//! fork(2) copies page tables and makes each page written afterwards a fault, which is most of what it costs to start
//! a small command. clone(2) with `CLONE_VM|CLONE_VFORK`, as posix_spawn(3) itself uses it, does not. In return the child
//! must leave alone what the parent will use again: it has a stack of its own, its copies of descriptors, signal
//! dispositions and mask are its own, and it calls only what does not allocate and keeps no state.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;

/// Bytes of the child's stack besides the arguments, of which execvpe(3) makes a copy to run a script without `#!`. Its
/// longest path takes 4 KiB; the rest is room for the setup.
const STACK: usize = 128 * 1024;

/// A command as execvpe(3) takes it.
struct Image {
    program: CString,
    argv: Vec<*const libc::c_char>,
    _args: Vec<CString>,
}

/// What the child works with.
struct Child<'a> {
    image: &'a Image,
    envp: *const *const libc::c_char,
    sinks: [Option<i32>; 3],
    setup: &'a mut dyn FnMut(),
    /// What exec said; it does not return if it worked.
    errno: i32,
}

/// Starts `program`, looked up in our PATH, with `args`, the environment `envp` and `sinks` as its first three
/// descriptors (none: ours), and returns its process id. The error is exec's or clone's; argument lists with a NUL in them
/// are `InvalidInput`. `setup` is called in the child before exec.
///
/// # Safety
///
/// `envp` must be a null-terminated array of C strings. `setup` must be async-signal-safe, must not allocate, and must
/// leave no state behind that the parent relies on: it runs in the parent's memory.
pub(super) unsafe fn spawn(
    program: &std::ffi::OsStr,
    args: &[std::ffi::OsString],
    envp: *const *const libc::c_char,
    sinks: &[Option<OwnedFd>; 3],
    setup: &mut dyn FnMut(),
) -> io::Result<i32> {
    let image = Image::new(program, args)?;
    let mut child = Child {
        image: &image,
        envp,
        sinks: sinks.each_ref().map(|sink| sink.as_ref().map(OwnedFd::as_raw_fd)),
        setup,
        errno: 0,
    };
    // Never touched pages of it cost nothing.
    let mut stack = Vec::<u128>::with_capacity((STACK + 8 * image.argv.len()) / 16);
    let top = stack.spare_capacity_mut().as_mut_ptr_range().end;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // SAFETY: `top` is the aligned upper end of memory that lives until the child has left it, since CLONE_VFORK
    // suspends this thread until exec or exit; `child` lives as long and is used by the child alone meanwhile.
    let pid = unsafe { libc::clone(begin, top.cast(), flags, (&raw mut child).cast()) };
    match (pid, child.errno) {
        (-1, _) => Err(io::Error::last_os_error()),
        (pid, 0) => Ok(pid),
        (pid, errno) => {
            // It has exited already; nobody else may see it.
            // SAFETY: the status is not asked for.
            unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
            Err(io::Error::from_raw_os_error(errno))
        }
    }
}

impl Image {
    fn new(program: &std::ffi::OsStr, args: &[std::ffi::OsString]) -> io::Result<Self> {
        let program = CString::new(program.as_bytes())?;
        let args = args.iter().map(|arg| CString::new(arg.as_bytes())).collect::<Result<Vec<_>, _>>()?;
        let words = [program.as_c_str()].into_iter().chain(args.iter().map(CString::as_c_str));
        let pointers = words.map(CStr::as_ptr).chain([std::ptr::null()]).collect();
        Ok(Self { program, argv: pointers, _args: args })
    }
}

extern "C" fn begin(child: *mut libc::c_void) -> libc::c_int {
    // SAFETY: clone passes what `spawn` gave it, a Child nobody else uses now.
    let child = unsafe { &mut *child.cast::<Child<'_>>() };
    child.errno = child.run();
    // Where memory is not shared after all, as under some emulators, only the shell's statuses tell what went wrong.
    let status = if child.errno == libc::ENOENT { 127 } else { 126 };
    // SAFETY: ends the process at once.
    unsafe { libc::_exit(status) }
}

impl Child<'_> {
    /// Becomes the command; returns the errno if that fails.
    fn run(&mut self) -> i32 {
        for (target, sink) in (0..).zip(self.sinks) {
            if let Some(fd) = sink {
                // SAFETY: takes plain numbers. The descriptors are above 2, where the startup look has put something.
                if unsafe { libc::dup2(fd, target) } < 0 {
                    return errno();
                }
            }
        }
        (self.setup)();
        let Image { program, argv, .. } = self.image;
        // SAFETY: program is a C string, and both arrays are null-terminated and hold C strings.
        unsafe { libc::execvpe(program.as_ptr(), argv.as_ptr(), self.envp) };
        errno()
    }
}

fn errno() -> i32 {
    // SAFETY: the pointer is valid for the calling thread, whose it is again when the child has gone.
    unsafe { *errno_location() }
}

fn errno_location() -> *mut i32 {
    // SAFETY: takes nothing and always returns the calling thread's errno.
    unsafe { libc::__errno_location() }
}
