//! Compiled by a test into a static program: eight threads that write, rename and remove files of their own, beside
//! one that only computes.

use std::fs;
use std::path::Path;

fn main() {
    let directory = std::env::args().nth(1).expect("a directory");
    std::thread::scope(|scope| {
        scope.spawn(|| (0..2_000_000_u64).fold(1, |a: u64, b| a.wrapping_mul(31).wrapping_add(b)));
        for thread in 0..8 {
            let directory = Path::new(&directory);
            scope.spawn(move || work(directory, thread));
        }
    });
}

fn work(directory: &Path, thread: u32) {
    let own = directory.join(format!("t{thread}"));
    fs::create_dir(&own).expect("mkdir");
    for number in 0..60 {
        let unfinished = own.join(format!("{number}.tmp"));
        let finished = directory.join(format!("f{thread}_{number}"));
        fs::write(&unfinished, number.to_string()).expect("write");
        fs::rename(&unfinished, &finished).expect("rename");
        if number % 3 == 0 {
            fs::remove_file(&finished).expect("remove");
        }
    }
    fs::rename(&own, directory.join(format!("done{thread}"))).expect("rename a directory");
}
