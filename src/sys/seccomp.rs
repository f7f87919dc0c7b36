//! The seccomp(2) filter that hands the calls of [`crate::sys::seccomp_table`] to a listener and lets all others run.
//!
//! The program is classic BPF over `struct seccomp_data` (linux/seccomp.h): it checks the architecture first, then
//! compares the call's number, for some calls also the low word of one argument. It never refuses anything.

#![expect(unsafe_code, reason = "seccomp(2) and prctl(2) have no wrapper")]

use crate::sys::seccomp_table::{Call, Row, TABLES, Table, When};
use libc::{c_int, c_long, sock_filter};
use std::os::fd::RawFd;

// Offsets in struct seccomp_data; both architectures here are little-endian, so an argument's low word comes first.
const NUMBER_AT: u32 = 0;
const ARCHITECTURE_AT: u32 = 4;
const ARGUMENTS_AT: u32 = 16;

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP: u16 = 0x05;
const IF_EQUAL: u16 = 0x15;
const IF_AT_LEAST: u16 = 0x35;
const IF_BITS: u16 = 0x45;
const RETURN: u16 = 0x06;

const ALLOW: u32 = 0x7fff_0000;
const NOTIFY: u32 = 0x7fc0_0000;

/// No kernel has as many calls yet.
const NUMBERS: u32 = 512;

const SET_MODE_FILTER: c_long = 1;
const NEW_LISTENER: c_long = 1 << 3;
const WAIT_KILLABLE_RECV: c_long = 1 << 5;

/// The filter is no sandbox, so it must not slow the command down by mitigations meant for sandboxes.
const SPEC_ALLOW: c_long = 1 << 2;

/// A filter ready to be installed.
#[derive(Clone)]
pub struct Filter {
    program: Vec<sock_filter>,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Filter({} instructions)", self.program.len())
    }
}

impl Filter {
    /// Traps the calls that can change the tree.
    pub fn for_tree_changes() -> Self {
        Self::of(TABLES)
    }

    fn of([native, compat]: [&Table; 2]) -> Self {
        let (own, other) = (block(native), block(compat));
        // Conditional jumps reach 255 instructions, which a block alone may take: each is reached by a plain jump.
        let mut program = vec![
            step(LOAD, ARCHITECTURE_AT),
            branch(IF_EQUAL, native.architecture, 0, 1),
            step(JUMP, 3),
            branch(IF_EQUAL, compat.architecture, 0, 1),
            step(JUMP, 1 + length(&own)),
            step(RETURN, ALLOW),
        ];
        program.extend(own);
        program.extend(other);
        Self { program }
    }

    /// Installs the filter on the calling thread and returns the listener, or the errno. Async-signal-safe. Without
    /// `CAP_SYS_ADMIN` the thread needs `no_new_privs` ([`set_no_new_privs`]).
    pub fn install(&self) -> Result<RawFd, c_int> {
        // A signal that arrives while we look at a call would interrupt it, which the same call bare would never see;
        // kernels before 5.19 do not know the flag that prevents this.
        self.install_with(NEW_LISTENER | SPEC_ALLOW | WAIT_KILLABLE_RECV).or_else(|errno| match errno {
            libc::EINVAL => self.install_with(NEW_LISTENER | SPEC_ALLOW),
            other => Err(other),
        })
    }

    fn install_with(&self, flags: c_long) -> Result<RawFd, c_int> {
        let length = u16::try_from(self.program.len()).map_err(|_| libc::EINVAL)?;
        let program = libc::sock_fprog { len: length, filter: self.program.as_ptr().cast_mut() };
        // SAFETY: program describes a vector that lives as long as self; the kernel copies it.
        let listener =
            unsafe { libc::syscall(libc::SYS_seccomp, SET_MODE_FILTER, flags, &raw const program) };
        RawFd::try_from(listener).ok().filter(|fd| *fd >= 0).ok_or_else(errno)
    }
}

/// Gives up gaining privileges by exec, for the calling thread and all its children, for ever (prctl(2)).
/// Async-signal-safe.
pub fn set_no_new_privs() {
    // SAFETY: the option takes plain numbers; it cannot fail with these.
    unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
}

/// What a trapped call is; `None` for one the filter does not trap.
pub fn call_of(architecture: u32, number: c_int) -> Option<Call> {
    let table = TABLES.iter().find(|table| table.architecture == architecture)?;
    let number = number.cast_unsigned() & !table.abi_bits;
    table.rows.iter().find(|row| row.number == number).map(|row| row.call)
}

fn errno() -> c_int {
    // SAFETY: the pointer is valid for the calling thread.
    unsafe { *errno_location() }
}

fn errno_location() -> *mut c_int {
    // SAFETY: takes nothing and always returns the calling thread's errno.
    unsafe { libc::__errno_location() }
}

const fn step(code: u16, k: u32) -> sock_filter {
    sock_filter { code, jt: 0, jf: 0, k }
}

const fn branch(code: u16, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code, jt, jf, k }
}

/// The calls of one architecture: a search among the stretches of numbers with the same verdict. The kernel runs the
/// program once per call number when it is installed (and never again for numbers that are always allowed), and
/// translates it to machine code then, so depth and length are start-up time: a long stretch is found in few steps.
fn block(table: &Table) -> Vec<sock_filter> {
    let mut block = Block::default();
    block.steps.push(step(LOAD, NUMBER_AT));
    if table.abi_bits != 0 {
        block.steps.push(step(AND, !table.abi_bits));
    }
    // Of more than one stretch, so that the search begins with a step.
    block.search(NUMBERS, &stretches(table.rows));
    block.finish()
}

/// Where the verdict changes: from this number on it is this one, `None` for letting the call run.
fn stretches(rows: &[Row]) -> Vec<(u32, Option<When>)> {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_unstable_by_key(|row| row.number);
    let mut stretches = vec![(0, None)];
    for row in rows {
        stretches.push((row.number, Some(row.when)));
        stretches.push((row.number + 1, None));
    }
    // Of two that begin at the same number the later one holds.
    stretches.reverse();
    stretches.dedup_by_key(|(from, _)| *from);
    stretches.reverse();
    stretches.dedup_by_key(|(_, when)| *when);
    stretches
}

/// Where a branch goes.
#[derive(Debug, Clone, Copy)]
enum Place {
    Allow,
    Notify,
    Step(usize),
}

/// A program in the making. All its branches lead to the same two returns at its end.
#[derive(Default)]
struct Block {
    steps: Vec<sock_filter>,
    /// Branches, and where they go if their condition holds and if not.
    joins: Vec<(usize, Place, Place)>,
}

impl Block {
    fn here(&self) -> Place {
        Place::Step(self.steps.len())
    }

    /// Adds a branch that is joined later.
    fn branch(&mut self, code: u16, k: u32) -> usize {
        self.steps.push(step(code, k));
        self.steps.len() - 1
    }

    /// A search for the number among `stretches`, which are sorted and not none; the last one goes up to `end`.
    fn search(&mut self, end: u32, stretches: &[(u32, Option<When>)]) -> Place {
        if let [(_, when)] = stretches {
            return self.verdict(*when);
        }
        // As many numbers on one side as on the other.
        let middle = u32::midpoint(stretches[0].0, end);
        let upper = stretches.partition_point(|(from, _)| *from <= middle);
        let nearest = if upper > 1
            && (upper == stretches.len() || middle - stretches[upper - 1].0 < stretches[upper].0 - middle)
        {
            upper - 1
        } else {
            upper
        };
        let (low, high) = stretches.split_at(nearest);
        let begin = self.here();
        let at = self.branch(IF_AT_LEAST, high[0].0);
        let (below, above) = (self.search(high[0].0, low), self.search(end, high));
        self.joins.push((at, above, below));
        begin
    }

    fn verdict(&mut self, when: Option<When>) -> Place {
        let (test, argument, k) = match when {
            None => return Place::Allow,
            Some(When::Always) => return Place::Notify,
            Some(When::Bits(argument, bits)) => (IF_BITS, argument, bits),
            Some(When::Equals(argument, value)) => (IF_EQUAL, argument, value),
        };
        let begin = self.here();
        self.steps.push(step(LOAD, ARGUMENTS_AT + 8 * u32::from(argument)));
        let at = self.branch(test, k);
        self.joins.push((at, Place::Notify, Place::Allow));
        begin
    }

    fn finish(mut self) -> Vec<sock_filter> {
        let end = self.steps.len();
        self.steps.extend([step(RETURN, ALLOW), step(RETURN, NOTIFY)]);
        // No block is longer than a conditional jump reaches: a test runs every verdict.
        let reach = |at: usize, place: Place| {
            let target = match place {
                Place::Allow => end,
                Place::Notify => end + 1,
                Place::Step(target) => target,
            };
            u8::try_from(target - at - 1).unwrap_or(u8::MAX)
        };
        for (at, yes, no) in self.joins {
            (self.steps[at].jt, self.steps[at].jf) = (reach(at, yes), reach(at, no));
        }
        self.steps
    }
}

fn length(program: &[sock_filter]) -> u32 {
    u32::try_from(program.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::seccomp_table::{AARCH64, ARM, I386, X86_64};

    /// What kernels of both machines would be given.
    const PAIRS: [[&Table; 2]; 2] = [[&X86_64, &I386], [&AARCH64, &ARM]];

    /// Runs the program as the kernel would.
    fn verdict(pair: [&Table; 2], architecture: u32, number: u32, arguments: [u32; 6]) -> u32 {
        let program = Filter::of(pair).program;
        let load = |offset: u32| match offset {
            NUMBER_AT => number,
            ARCHITECTURE_AT => architecture,
            argument => arguments[usize::try_from(argument - ARGUMENTS_AT).unwrap() / 8],
        };
        let (mut at, mut accumulator) = (0, 0);
        loop {
            let sock_filter { code, jt, jf, k } = program[at];
            at += 1;
            let mut choose = |yes: bool| at += usize::from(if yes { jt } else { jf });
            match code {
                LOAD => accumulator = load(k),
                AND => accumulator &= k,
                IF_EQUAL => choose(accumulator == k),
                IF_AT_LEAST => choose(accumulator >= k),
                IF_BITS => choose(accumulator & k != 0),
                JUMP => at += usize::try_from(k).unwrap(),
                RETURN => return k,
                other => panic!("instruction {other:#x}"),
            }
        }
    }

    #[test]
    fn every_row_is_trapped_on_its_own_architecture() {
        for (pair, table) in PAIRS.iter().flat_map(|pair| pair.iter().map(move |table| (*pair, table))) {
            for row in table.rows {
                let arguments = match row.when {
                    When::Always => [0; 6],
                    When::Bits(at, value) | When::Equals(at, value) => {
                        let mut arguments = [0; 6];
                        arguments[usize::from(at)] = value;
                        arguments
                    }
                };
                assert_eq!(verdict(pair, table.architecture, row.number, arguments), NOTIFY, "{row:?}");
            }
        }
    }

    #[test]
    fn a_trapped_call_is_known_by_its_number() {
        for table in TABLES {
            for row in table.rows {
                assert_eq!(call_of(table.architecture, row.number.cast_signed()), Some(row.call), "{row:?}");
            }
        }
        assert_eq!(call_of(0x8000_0016, 5), None);
    }

    #[test]
    fn everything_else_runs_untouched() {
        for (pair, table) in PAIRS.iter().flat_map(|pair| pair.iter().map(move |table| (*pair, table))) {
            for number in (0..600).filter(|number| table.rows.iter().all(|row| row.number != *number)) {
                assert_eq!(verdict(pair, table.architecture, number, [u32::MAX; 6]), ALLOW, "{number}");
            }
            assert_eq!(verdict(pair, 0x8000_0016, 5, [u32::MAX; 6]), ALLOW, "an architecture nobody knows");
        }
    }

    #[test]
    fn opening_for_reading_is_not_trapped() {
        let flags = |flags: c_int| [0, 0, flags.cast_unsigned(), 0, 0, 0];
        let reading = libc::O_RDONLY | libc::O_CLOEXEC | libc::O_DIRECTORY | libc::O_NOFOLLOW;
        let openat = |arguments| verdict(PAIRS[0], X86_64.architecture, 257, arguments);
        assert_eq!(openat(flags(reading)), ALLOW);
        for writing in [libc::O_WRONLY, libc::O_RDWR, libc::O_CREAT, libc::O_TRUNC, libc::O_TMPFILE] {
            assert_eq!(openat(flags(writing)), NOTIFY);
        }
    }

    #[test]
    fn x32_calls_are_the_same_calls() {
        let unlink = X86_64.abi_bits + 87;
        assert_eq!(verdict(PAIRS[0], X86_64.architecture, unlink, [0; 6]), NOTIFY);
        #[cfg(target_arch = "x86_64")]
        assert_eq!(call_of(X86_64.architecture, unlink.cast_signed()), Some(Call::Unlink));
    }

    #[test]
    fn no_number_stands_twice_in_a_table() {
        for table in PAIRS.as_flattened() {
            let mut numbers: Vec<u32> = table.rows.iter().map(|row| row.number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), table.rows.len());
        }
    }
}
