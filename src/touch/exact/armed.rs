//! The exact backend from before the fork to its first answer.

use crate::base::limits::SELF_TEST_PATIENCE;
use crate::sys::hand_over;
use crate::sys::notify::Listener;
use crate::sys::notify_child::install_and_hand_over;
use crate::sys::notify_guard::{SharedBoard, fork_guard};
use crate::sys::seccomp::Filter;
use crate::touch::exact::inherited::files_open_for_writing;
use crate::touch::exact::recorder::Recorder;
use crate::touch::exact::self_test::not_installed;
use crate::touch::exact::trap::{Trace, look};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Everything ready for the child.
#[derive(Debug)]
pub struct Armed {
    filter: Filter,
    no_new_privs: bool,
    board: SharedBoard,
    /// Where the listener comes in.
    ours: UnixStream,
    /// The child's ends: to us and to the guard.
    childs: [UnixStream; 2],
    guard: i32,
    trace: Trace,
}

impl Armed {
    /// Forks the guard and takes the state of files the command inherits open. `status`: what `/proc/self/status` says.
    /// One thread, please.
    pub fn new(no_new_privs: bool, status: &str) -> io::Result<Self> {
        let board = SharedBoard::new()?;
        let (ours, to_us) = UnixStream::pair()?;
        let (guards, to_guard) = UnixStream::pair()?;
        let guard = fork_guard(board, &guards)?;
        let trace = Trace::default();
        for (path, state) in files_open_for_writing(status) {
            trace.journal().note(0, &path, Some(state), &look);
        }
        let filter = Filter::for_tree_changes();
        Ok(Self { filter, no_new_privs, board, ours, childs: [to_us, to_guard], guard, trace })
    }

    /// Process id of the guard: a descendant of ours that is none of the command's.
    pub fn guard(&self) -> i32 {
        self.guard
    }

    /// See [`crate::touch::Prepared::child_hook`].
    pub fn child_hook(&self) -> crate::touch::session::ChildHook {
        let (filter, no_new_privs, board) = (self.filter.clone(), self.no_new_privs, self.board);
        let [recorder, guard] = [self.childs[0].as_raw_fd(), self.childs[1].as_raw_fd()];
        Box::new(move || {
            install_and_hand_over(&filter, no_new_privs, recorder, guard, board);
            Ok(())
        })
    }

    /// Receives the listener and starts to answer. An error says why the command runs without being watched.
    pub fn start(self) -> Result<Arc<Recorder>, String> {
        drop(self.childs);
        match self.board.install_error.load(Ordering::Acquire) {
            0 => {}
            errno => return Err(not_installed(errno)),
        }
        let received = self
            .ours
            .set_read_timeout(Some(SELF_TEST_PATIENCE))
            .and_then(|()| hand_over::receive(&self.ours))
            .map_err(|error| format!("no listener came from the child: {error}"))?;
        let listener = Listener::from(received.ok_or("the child did not install the filter")?);
        Recorder::start(listener, self.board, self.trace).map_err(|error| {
            // From now on the guard answers everything.
            self.board.abandoned.store(1, Ordering::Release);
            format!("no thread to answer trapped calls: {error}")
        })
    }
}
