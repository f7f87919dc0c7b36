//! Runs the two passes of a snapshot: the first beside the command, the second after its end.

use crate::base::limits::{WALK_PATIENCE, WALK_TIME_MIN};
use crate::sys::stat::{FileTime, clock_offset_ms, is_remote};
use crate::touch::report::{Coverage, is_of_interest};
use crate::touch::snapshot::{Comparison, compare};
use crate::touch::spec::TouchSpec;
use crate::touch::summary::Observations;
use crate::touch::walk::{Walk, WalkLimits, walk};
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A clock that moved by more than this was set by somebody; slewing stays below it.
const CLOCK_STEP_MS: i64 = 500;

/// The moment before the command could change anything.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    /// Every later change has at least this change time.
    pub ctime: FileTime,
    clock_offset_ms: i64,
}

impl Start {
    /// Now.
    pub fn now() -> Self {
        Self { ctime: crate::sys::stat::change_clock(), clock_offset_ms: clock_offset_ms() }
    }

    /// Why change times cannot be compared with the start, if they cannot.
    pub fn doubts(&self, spec: &TouchSpec) -> Vec<String> {
        let mut doubts = Vec::new();
        if (clock_offset_ms() - self.clock_offset_ms).abs() > CLOCK_STEP_MS {
            doubts.push("the clock was set during the run".to_owned());
        }
        for root in spec.roots.iter().filter(|root| is_remote(root)) {
            doubts.push(format!("{}: files there get their times from another clock", root.display()));
        }
        doubts
    }
}

/// A snapshot under way.
#[derive(Debug)]
pub struct Passes {
    spec: Arc<TouchSpec>,
    start: Start,
    first: Option<Pass>,
    begun: Instant,
}

impl Passes {
    /// Starts the first pass in a thread of its own. If no thread can be had there is no first pass, and the record
    /// will say what that means.
    pub fn begin(spec: Arc<TouchSpec>, start: Start) -> Self {
        let limits = WalkLimits { entries: spec.budget.walk_entries, ..WalkLimits::default() };
        let first = Pass::begin(&spec, limits).ok();
        Self { spec, start, first, begun: Instant::now() }
    }

    /// Ends the first pass where it is (what it has not seen by now it would see too late anyhow), makes the second,
    /// and compares.
    pub fn finish(mut self) -> (Observations, Coverage) {
        let before = self.first.take().map(Pass::finish_where_it_is).unwrap_or_default();
        let after = walk_until(&self.spec, Instant::now() + self.patience());
        let Comparison { observations, unseen_before } = compare(&before, &after, self.start.ctime);
        (observations, self.coverage(&after, unseen_before))
    }

    /// A second pass may take as long as the command did: `true` in a large tree must stay as fast as `true`.
    fn patience(&self) -> Duration {
        self.begun.elapsed().clamp(WALK_TIME_MIN, self.spec.budget.walk_time.max(WALK_TIME_MIN))
    }

    fn coverage(&self, after: &Walk, unseen_before: u64) -> Coverage {
        let mut gaps = after.gaps();
        if unseen_before > 0 {
            gaps.push(format!(
                "{unseen_before} directories changed before they had been looked at, so files removed there may be missing"
            ));
        }
        gaps.extend(self.start.doubts(&self.spec));
        let scope = self.spec.roots.iter().map(|root| root.as_os_str().as_bytes().to_vec()).collect();
        let notes = vec!["a snapshot includes what other processes changed in these places".to_owned()];
        Coverage { gaps, notes, scope, ..Coverage::default() }
    }
}

/// A pass over the roots in a thread of its own, which is left behind if a file system does not answer: the end of the
/// run must not wait for it.
#[derive(Debug)]
struct Pass {
    limits: Arc<WalkLimits>,
    answer: Receiver<Walk>,
}

impl Pass {
    fn begin(spec: &Arc<TouchSpec>, limits: WalkLimits) -> std::io::Result<Self> {
        let limits = Arc::new(limits);
        let (for_thread, its_limits) = (Arc::clone(spec), Arc::clone(&limits));
        let (sender, answer) = channel();
        let thread = std::thread::Builder::new().name("touch-walk".to_owned());
        // Nobody listens any more if it took too long.
        thread.spawn(move || drop(sender.send(walk_roots(&for_thread, &its_limits))))?;
        Ok(Self { limits, answer })
    }

    /// What it has seen by now.
    fn finish_where_it_is(self) -> Walk {
        self.limits.stop.store(true, Ordering::Relaxed);
        self.wait(WALK_PATIENCE)
    }

    fn wait(self, patience: Duration) -> Walk {
        // Whether it hangs or has panicked: nothing is known.
        self.answer.recv_timeout(patience).unwrap_or_else(|_| Walk::hung())
    }
}

/// One pass over the roots of `spec` that ends at `deadline`.
pub fn walk_until(spec: &Arc<TouchSpec>, deadline: Instant) -> Walk {
    let limits = || WalkLimits {
        deadline: Some(deadline),
        entries: spec.budget.walk_entries,
        ..WalkLimits::default()
    };
    let patience = deadline.saturating_duration_since(Instant::now()) + WALK_PATIENCE;
    match Pass::begin(spec, limits()) {
        Ok(pass) => pass.wait(patience),
        // No thread to be had.
        Err(_) => walk_roots(spec, &limits()),
    }
}

fn walk_roots(spec: &TouchSpec, limits: &WalkLimits) -> Walk {
    walk(&spec.roots, &|path| !is_of_interest(spec, path), limits)
}
