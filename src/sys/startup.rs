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
