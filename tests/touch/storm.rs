//! Signals in the middle of trapped calls, and many processes at once.
#![expect(unsafe_code, reason = "signals, threads by number, forks")]

use super::harness::{Place, exact_works, run, sh, spec};
use super::tree;
use ledger_run::touch::TouchMode;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const ROLE: &str = "LEDGER_TOUCH_STORM";

/// This program again, to do what [`does_it_when_told`] has for `role`.
fn performer(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["touch::storm::does_it_when_told", "--exact", "--test-threads=1", "--quiet"]);
    command.env(ROLE, role).stdout(Stdio::null()).stdin(Stdio::null());
    command
}

/// Does nothing unless started by [`performer`].
#[test]
fn does_it_when_told() {
    match std::env::var(ROLE).as_deref() {
        Ok("preempted") => preempted(),
        Ok("killed") => killed(),
        _ => {}
    }
}

/// Runs `command` under the watch and compares with two full looks.
fn assert_exact(what: &str, place: &Place, command: &mut Command) {
    let before = tree::look(place.path());
    let (status, report) = run(spec(TouchMode::Exact, place.path()), command);
    let after = tree::look(place.path());
    assert!(status.success(), "{what}: {status}");
    assert!(report.data.complete, "{what}: {:?}", report.data);
    let truth = tree::difference(&before, &after);
    let claimed = tree::claimed(&report, place.path(), &before, &after);
    tree::assert_same(what, &truth, &claimed, &report);
    assert!(!truth.is_empty(), "{what}: nothing happened");
}

#[test]
fn threads_that_are_preempted_by_signals_lose_nothing() {
    let test = "threads_that_are_preempted_by_signals_lose_nothing";
    if exact_works(test) {
        assert_exact(test, &Place::new(), &mut performer("preempted"));
    }
}

/// What the runtime of Go does: SIGURG to whatever thread is to give way, with a handler that lets calls restart.
fn preempted() {
    extern "C" fn give_way(_: libc::c_int) {}
    // SAFETY: zeroes are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = give_way as *const () as usize;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the handler does nothing at all.
    unsafe { libc::sigaction(libc::SIGURG, &raw const action, std::ptr::null_mut()) };
    let (threads, over) = ([const { AtomicUsize::new(0) }; 4], AtomicBool::new(false));
    std::thread::scope(|scope| {
        let workers = threads.iter().enumerate().map(|(number, own)| {
            scope.spawn(move || {
                // SAFETY: takes nothing.
                own.store(usize::try_from(unsafe { libc::gettid() }).unwrap(), Ordering::Release);
                for file in 0..300 {
                    let (new, name) = (format!("{number}.{file}.new"), format!("{number}.{file}"));
                    // Not the standard library's: it would try again where a program in C would not.
                    assert!(creat(&new), "{:?}", std::io::Error::last_os_error());
                    std::fs::rename(&new, &name).unwrap();
                    if file % 3 == 0 {
                        std::fs::remove_file(&name).unwrap();
                    }
                }
                own.store(0, Ordering::Release);
            })
        });
        let workers: Vec<_> = workers.collect();
        let over = &over;
        let threads = &threads;
        let own = std::process::id();
        scope.spawn(move || {
            while !over.load(Ordering::Acquire) {
                for thread in
                    threads.iter().map(|thread| thread.load(Ordering::Acquire)).filter(|tid| *tid > 0)
                {
                    // SAFETY: takes plain numbers; a thread that has ended is an error.
                    unsafe { libc::syscall(libc::SYS_tgkill, own, thread, libc::SIGURG) };
                }
            }
        });
        let ended: Vec<_> = workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        over.store(true, Ordering::Release);
        assert!(ended.iter().all(Result::is_ok));
    });
}

fn creat(path: &str) -> bool {
    let path = std::ffi::CString::new(path).unwrap();
    // SAFETY: the path is a C string.
    let fd = unsafe { libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_CREAT | libc::O_CLOEXEC, 0o644) };
    // SAFETY: ours, or -1, which close refuses.
    unsafe { libc::close(fd) };
    fd >= 0
}

#[test]
fn processes_killed_in_the_middle_of_a_call_lose_nothing() {
    let test = "processes_killed_in_the_middle_of_a_call_lose_nothing";
    if exact_works(test) {
        assert_exact(test, &Place::new(), &mut performer("killed"));
    }
}

fn killed() {
    for round in 0..60_u32 {
        // SAFETY: the child makes calls that do not need other threads, and never returns.
        let child = unsafe { libc::fork() };
        if child == 0 {
            hammer(Path::new(&format!("r{round}")));
        }
        while !Path::new(&format!("r{round}/going")).exists() {
            std::thread::yield_now();
        }
        // Somewhere else in the course of a call each time.
        for _ in 0..round * 50 {
            std::hint::spin_loop();
        }
        // SAFETY: a child of ours that has not been waited for.
        unsafe { libc::kill(child, libc::SIGKILL) };
        // SAFETY: as above.
        unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    }
}

fn hammer(room: &Path) -> ! {
    std::fs::create_dir(room).unwrap();
    for number in 0_u64.. {
        let name = if number == 3 { room.join("going") } else { room.join(format!("f{}", number % 9)) };
        std::fs::write(&name, "x").unwrap();
        std::fs::rename(room.join(format!("f{}", number % 9)), room.join(format!("g{}", number % 7))).ok();
    }
    unreachable!("nobody writes that many files")
}

#[test]
fn a_thousand_processes_are_watched_like_one() {
    let test = "a_thousand_processes_are_watched_like_one";
    if exact_works(test) {
        let program = "i=0; while [ $i -lt 20 ]; do i=$((i+1)); (j=0; while [ $j -lt 50 ]; do j=$((j+1)); \
            (echo $i > f$i.$j) & done; wait) & done; wait";
        assert_exact(test, &Place::new(), &mut sh(program));
    }
}
