//! Calls of 32-bit programs, made by a 64-bit one: `int 0x80` enters the kernel as i386 does.
#![expect(unsafe_code, reason = "another way into the kernel")]

use std::sync::{Mutex, PoisonError};

/// Where 32-bit pointers reach.
fn low_memory() -> *mut u8 {
    let (protection, flags) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_32BIT);
    // SAFETY: a new anonymous mapping touches nothing that exists.
    let page = unsafe { libc::mmap(std::ptr::null_mut(), 8192, protection, flags, -1, 0) };
    assert_ne!(page, libc::MAP_FAILED);
    page.cast()
}

/// Makes the i386 call `number` with `paths` and then `last` as arguments. What comes of it only the tree shows.
pub(crate) fn call(number: usize, paths: &[&str], last: usize) {
    static PAGE: Mutex<usize> = Mutex::new(0);
    let mut page = PAGE.lock().unwrap_or_else(PoisonError::into_inner);
    if *page == 0 {
        *page = low_memory() as usize;
    }
    let mut arguments = [last; 3];
    for (at, path) in paths.iter().enumerate() {
        assert!(path.len() < 4096);
        arguments[at] = *page + at * 4096;
        let text = std::ffi::CString::new(*path).unwrap();
        // SAFETY: two pages are mapped, one for each path, and the path with its NUL fits in one.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr().cast(), arguments[at] as *mut u8, path.len() + 1);
        };
    }
    let [first, second, third] = arguments;
    // SAFETY: the paths are C strings that outlive the call. The compiler keeps rbx for itself, so it is exchanged.
    unsafe {
        std::arch::asm!(
            "xchg rbx, {first}",
            "int 0x80",
            "xchg rbx, {first}",
            first = inout(reg) first => _,
            inlateout("rax") number => _,
            in("rcx") second,
            in("rdx") third,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
        );
    }
}
