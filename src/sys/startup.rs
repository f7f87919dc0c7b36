//! What the process was started with, read before the Rust runtime changes it.
//!
//! Before `main` the runtime opens `/dev/null` on each closed standard descriptor and ignores SIGPIPE (rust-lang/rust
//! `library/std/src/sys/pal/unix/mod.rs`). The command must see neither, so an initializer that runs earlier
//! (`.init_array` of ELF, `__mod_init_func` of Mach-O) looks first.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

static CLOSED: AtomicU8 = AtomicU8::new(0);
static SIGPIPE_HANDLER: AtomicUsize = AtomicUsize::new(libc::SIG_DFL);

// SAFETY: the linker section holds pointers to functions that the loader calls once, before `main`, on the only
// thread; `look` has the C ABI it expects and calls async-signal-safe functions alone.
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_os = "macos"), unsafe(link_section = ".init_array"))]
#[used]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    let mut closed = 0;
    for fd in 0..3 {
        // SAFETY: F_GETFD takes no pointer and any descriptor number, open or not.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } == -1 {
            closed |= 1 << fd;
        }
    }
    CLOSED.store(closed, Ordering::Relaxed);
    if let Some(action) = super::signal::disposition(libc::SIGPIPE) {
        SIGPIPE_HANDLER.store(action, Ordering::Relaxed);
    }
}

/// Defines `main` of a program that runs `$run`, which returns the exit status.
///
/// With glibc it is C's own `main`, called without the one the Rust runtime puts in front: that one reads
/// `/proc/self/maps` to be able to say that the stack has overflown, which takes longer than all our other questions to the
/// system together. Elsewhere the runtime's arguments are needed.
#[macro_export]
macro_rules! main {
    ($run:path) => {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        #[expect(unsafe_code, reason = "the C library calls it by this name")]
        // SAFETY: the program has no other `main`, and this one has the C ABI.
        #[unsafe(no_mangle)]
        extern "C" fn main(_count: i32, _arguments: *const *const u8) -> i32 {
            $crate::sys::startup::run_as_main($run)
        }

        #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
        fn main() -> std::process::ExitCode {
            $run().into()
        }
    };
}

/// What the Rust runtime does around `main`, as far as anybody relies on it; its `rt.rs` names the rest.
#[expect(clippy::disallowed_methods, reason = "all guards have been dropped with `run`")]
pub fn run_as_main(run: fn() -> u8) -> i32 {
    super::signal::set_disposition(libc::SIGPIPE, libc::SIG_IGN);
    open_closed();
    // A panic has been reported by then; it must not reach C.
    let status = std::panic::catch_unwind(run).map_or(PANICKED, i32::from);
    // Flushes what is buffered.
    std::process::exit(status)
}

/// Exit status after a panic, as the runtime has it.
const PANICKED: i32 = 101;

/// Opens `/dev/null` on closed standard descriptors, or the next files opened would be taken for them.
fn open_closed() {
    for fd in (0..3).filter(|fd| was_closed(*fd)) {
        // The lowest free number is taken, which is this one.
        // SAFETY: the path is a C string.
        let opened = unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) };
        debug_assert_eq!(opened, fd, "a descriptor below is free");
    }
}

/// Keeps the allocator to one arena: our threads hardly allocate, and each would otherwise map and trim its own
/// (mallopt(3)). Call it before there are threads.
pub fn use_one_arena() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: sets a parameter; no other thread exists that could allocate meanwhile.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1)
    };
}

/// Whether standard descriptor `fd` (0, 1 or 2) was closed when the process started.
pub fn was_closed(fd: i32) -> bool {
    (0..3).contains(&fd) && CLOSED.load(Ordering::Relaxed) & (1 << fd) != 0
}

/// Whether SIGPIPE was ignored when the process started.
pub fn sigpipe_was_ignored() -> bool {
    SIGPIPE_HANDLER.load(Ordering::Relaxed) == libc::SIG_IGN
}
