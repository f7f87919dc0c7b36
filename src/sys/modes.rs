//! Terminal modes and window sizes (termios(3), `ioctl_tty(2)`).

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd as _, BorrowedFd};

/// The modes of a terminal, as tcgetattr(3) tells them.
#[derive(Clone, Copy)]
pub struct Modes(pub(super) libc::termios);

impl Modes {
    /// Those of `terminal`. Asked of the leader of a pseudo-terminal, they are its follower's.
    pub fn of(terminal: BorrowedFd<'_>) -> io::Result<Self> {
        let mut modes = MaybeUninit::uninit();
        // SAFETY: the buffer is a termios structure.
        if unsafe { libc::tcgetattr(terminal.as_raw_fd(), modes.as_mut_ptr()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: filled, as the call succeeded.
        Ok(Self(unsafe { modes.assume_init() }))
    }

    /// Makes them the modes of `terminal`, at once: waiting for its output could take for ever (Ctrl-S). From the
    /// background this works only with SIGTTOU blocked or ignored, and is then for the caller to avoid.
    pub fn apply(&self, terminal: BorrowedFd<'_>) -> io::Result<()> {
        // SAFETY: the structure is whole and lives through the call.
        match unsafe { libc::tcsetattr(terminal.as_raw_fd(), libc::TCSANOW, &raw const self.0) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// These modes with every byte passed as it is, in both directions, and no key that makes a signal. With
    /// `keep_output` output is processed as before: others write to the terminal too.
    #[must_use]
    pub fn raw(&self, keep_output: bool) -> Self {
        let mut modes = self.0;
        // SAFETY: the structure is whole.
        unsafe { libc::cfmakeraw(&raw mut modes) };
        modes.c_cc[libc::VMIN] = 1;
        modes.c_cc[libc::VTIME] = 0;
        if keep_output {
            modes.c_oflag = self.0.c_oflag;
        }
        Self(modes)
    }

    /// These modes with output passed as it is.
    #[must_use]
    pub fn unprocessed(&self) -> Self {
        let mut modes = self.0;
        modes.c_oflag &= !libc::OPOST;
        Self(modes)
    }

    /// These modes with lines edited and echoed, and output processed: for a command that starts while somebody else
    /// has the terminal in modes of their own.
    #[must_use]
    pub fn sane(&self) -> Self {
        let mut modes = self.0;
        modes.c_iflag |= libc::ICRNL | libc::IXON | libc::BRKINT;
        modes.c_oflag |= libc::OPOST | libc::ONLCR;
        modes.c_lflag |= libc::ISIG | libc::ICANON | libc::IEXTEN | libc::ECHO | libc::ECHOE | libc::ECHOK;
        Self(modes)
    }
}

impl PartialEq for Modes {
    fn eq(&self, other: &Self) -> bool {
        let flags = |modes: &libc::termios| (modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag);
        flags(&self.0) == flags(&other.0) && self.0.c_cc == other.0.c_cc
    }
}

impl std::fmt::Debug for Modes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Modes")
    }
}

/// Rows and columns, and the window in pixels where the terminal tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowSize {
    /// Lines.
    pub rows: u16,
    /// Characters in a line.
    pub columns: u16,
    /// Width and height in pixels, zero if unknown.
    pub pixels: (u16, u16),
}

impl WindowSize {
    /// What a terminal has that nobody looks at (DEC's VT100 had it).
    pub const USUAL: Self = Self { rows: 24, columns: 80, pixels: (0, 0) };

    /// That of `terminal`.
    pub fn of(terminal: BorrowedFd<'_>) -> io::Result<Self> {
        let mut size = MaybeUninit::<libc::winsize>::uninit();
        // SAFETY: TIOCGWINSZ fills one winsize structure.
        if unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCGWINSZ as _, size.as_mut_ptr()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: filled, as the call succeeded.
        let size = unsafe { size.assume_init() };
        Ok(Self { rows: size.ws_row, columns: size.ws_col, pixels: (size.ws_xpixel, size.ws_ypixel) })
    }

    /// Makes it that of `terminal`. The kernel tells its foreground group (SIGWINCH) if that is a change.
    pub fn apply(self, terminal: BorrowedFd<'_>) -> io::Result<()> {
        let size = self.raw();
        // SAFETY: TIOCSWINSZ reads one winsize structure.
        match unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSWINSZ as _, &raw const size) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    fn raw(self) -> libc::winsize {
        libc::winsize {
            ws_row: self.rows,
            ws_col: self.columns,
            ws_xpixel: self.pixels.0,
            ws_ypixel: self.pixels.1,
        }
    }
}
