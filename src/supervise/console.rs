//! The two terminals of an interactive run: ours, and the command's own, which looks to it as ours would.

use super::plan::TerminalPlan;
use crate::base::limits::TYPED_AHEAD;
use crate::sys::modes::{Modes, WindowSize};
use crate::sys::polled::Polled;
use crate::sys::tty::Terminal;
use std::io;
use std::os::fd::OwnedFd;

/// What is typed goes from ours to the command's; modes and size are kept in step. Without terminals it does nothing.
#[derive(Debug)]
pub(super) struct Console(Option<Link>);

#[derive(Debug)]
struct Link {
    ours: Option<Ours>,
    /// The command's terminal; none once it has been hung up.
    leader: Option<Polled>,
    /// The modes it began with.
    first: Modes,
    /// The size we gave it last.
    size: WindowSize,
    /// Read from ours, not yet taken by the command's.
    typed: Vec<u8>,
}

#[derive(Debug)]
struct Ours {
    terminal: Terminal,
    keys: Polled,
    /// Whether others write to it.
    shared: bool,
    /// Whether what is typed is for the command: we are in the foreground, and so is it in its own terminal.
    reading: bool,
}

impl Console {
    /// Takes the terminals of a plan; also returns the follower, for the command. Must be called inside the runtime.
    pub(super) fn open(plan: Option<TerminalPlan>) -> io::Result<(Self, Option<OwnedFd>)> {
        let Some(plan) = plan else { return Ok((Self(None), None)) };
        let ours = match plan.ours {
            None => None,
            Some(terminal) => {
                let keys = Polled::for_reading(terminal.reader()?)?;
                Some(Ours { terminal, keys, shared: plan.shared, reading: false })
            }
        };
        let leader = Some(Polled::for_writing(plan.pty.leader)?);
        let link = Link { ours, leader, first: plan.modes, size: plan.size, typed: Vec::new() };
        Ok((Self(Some(link)), Some(plan.pty.follower)))
    }

    /// Whether the command has a terminal of its own.
    pub(super) fn exists(&self) -> bool {
        self.0.is_some()
    }

    /// Whether it is beside one of ours, with a shell that controls jobs there.
    pub(super) fn is_beside_ours(&self) -> bool {
        self.0.as_ref().is_some_and(|link| link.ours.is_some())
    }

    /// The size of the command's terminal, as it was given last.
    pub(super) fn size(&self) -> Option<WindowSize> {
        self.0.as_ref().map(|link| link.size)
    }

    /// Passes on what is typed, for ever; returns when our terminal has hung up. Cancel-safe.
    pub(super) async fn hung_up(&mut self) {
        if let Some(link) = &mut self.0 {
            link.pass_keys().await;
        } else {
            std::future::pending::<()>().await;
        }
    }

    /// Whether our terminal has hung up.
    pub(super) fn is_gone(&self) -> bool {
        let ours = self.0.as_ref().and_then(|link| link.ours.as_ref());
        ours.is_some_and(|ours| ours.terminal.is_gone())
    }

    /// Takes our terminal for the command, if we are in its foreground: raw, and to be read when the command is in the
    /// foreground of its own ([`listen`](Self::listen)). True if it belongs there.
    pub(super) fn take(&mut self) -> bool {
        self.resize();
        match self.0.as_mut().and_then(|link| link.ours.as_mut()) {
            // Nobody else wants a terminal that only the command has.
            None => true,
            Some(ours) => {
                ours.reading = false;
                ours.terminal.make_raw(ours.shared)
            }
        }
    }

    /// Begins to pass on what is typed. Before the command is in the foreground of its terminal a key that sends a signal
    /// would send it to nobody; until then all keys wait in ours.
    pub(super) fn listen(&mut self) {
        if let Some(Link { ours: Some(ours), leader: Some(_), .. }) = &mut self.0 {
            ours.reading = ours.terminal.is_raw();
        }
    }

    /// Leaves our terminal to others, as it was.
    pub(super) fn leave(&mut self) {
        if let Some(ours) = self.0.as_mut().and_then(|link| link.ours.as_mut()) {
            ours.reading = false;
            ours.terminal.restore(None);
        }
    }

    /// Gives the command's terminal the size of ours.
    pub(super) fn resize(&mut self) {
        let Some(Link { ours: Some(ours), leader: Some(leader), size, .. }) = &mut self.0 else { return };
        if let Ok(now) = ours.terminal.size()
            && now != *size
            && now.apply(leader.fd()).is_ok()
        {
            *size = now;
        }
    }

    /// Lets go of the command's terminal.
    pub(super) fn hang_up(&mut self) {
        if let Some(link) = &mut self.0 {
            link.leader = None;
            link.typed.clear();
            if let Some(ours) = &mut link.ours {
                ours.reading = false;
            }
        }
    }

    /// The run is over. What a command that ended by itself has changed in its terminal (`stty`, `reset`) it would have
    /// changed in ours.
    pub(super) fn close(mut self, by_itself: bool) {
        let Some(Link { ours: Some(ours), leader, first, size, .. }) = &mut self.0 else { return };
        let Some(leader) = leader else { return ours.terminal.restore(None) };
        let last = Modes::of(leader.fd()).ok();
        if let Some(last) = &last {
            // Whoever is left behind writes through two terminals, and the other one processes output now.
            let _ = last.unprocessed().apply(leader.fd());
        }
        if !by_itself || !ours.terminal.is_raw() {
            return ours.terminal.restore(None);
        }
        ours.terminal.restore(last.filter(|last| *last != *first).as_ref());
        if let Ok(now) = WindowSize::of(leader.fd())
            && now != *size
        {
            // It can only be told.
            let _ = now.apply(ours.terminal.fd());
        }
    }
}

impl Link {
    /// Reads only what it can pass on; the rest waits in our terminal.
    async fn pass_keys(&mut self) {
        loop {
            match (&mut self.ours, &self.leader) {
                (_, Some(leader)) if !self.typed.is_empty() => match leader.write(&self.typed).await {
                    Ok(written) => drop(self.typed.drain(..written)),
                    // Nobody will read it any more.
                    Err(_) => self.typed.clear(),
                },
                (Some(ours), Some(_)) if ours.reading => {
                    let mut keys = [0; TYPED_AHEAD];
                    match ours.keys.read(&mut keys).await {
                        Ok(0) => return ours.reading = false,
                        Ok(read) => self.typed.extend_from_slice(&keys[..read]),
                        // From the background, before we have heard of being there.
                        Err(_) => {
                            ours.reading = false;
                            if ours.terminal.is_gone() {
                                return;
                            }
                        }
                    }
                }
                _ => std::future::pending().await,
            }
        }
    }
}
