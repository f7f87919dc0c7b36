//! Which backend a run gets. Pure; [`crate::touch::session`] gathers the facts.

use crate::touch::spec::TouchMode;

/// What the machine and the process allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// `CAP_SYS_ADMIN` in the user namespace: a filter may be installed without `no_new_privs`.
    pub privileged: bool,
    /// `no_new_privs` is set already: setting it takes nothing more from the command.
    pub no_new_privs: bool,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Trap calls; `set_no_new_privs` disables set-uid programs inside.
    Exact {
        /// Whether the filter needs `no_new_privs` to be set.
        set_no_new_privs: bool,
    },
    /// Compare before and after, for this reason if the user wanted or could have had better.
    Snapshot(Option<String>),
    /// Do nothing.
    Off,
}

/// `auto` is exact only where that takes nothing from the command: an unprivileged process may install a filter only
/// after setting `no_new_privs` (seccomp(2)), and then `sudo`, `ping` and other set-uid programs fail inside. So it
/// has to be allowed to do without, or to have lost them already (containers, agent sandboxes).
pub fn choose(mode: TouchMode, facts: &Facts, self_test: impl FnOnce(bool) -> Result<(), String>) -> Choice {
    let set_no_new_privs = !facts.privileged && !facts.no_new_privs;
    match mode {
        TouchMode::Off => return Choice::Off,
        TouchMode::Snapshot => return Choice::Snapshot(None),
        TouchMode::Auto if set_no_new_privs => {
            let reason = "exact recording would disable sudo and other set-uid programs inside; --touch exact asks for it";
            return Choice::Snapshot(Some(reason.to_owned()));
        }
        TouchMode::Auto | TouchMode::Exact => {}
    }
    match self_test(set_no_new_privs) {
        Ok(()) => Choice::Exact { set_no_new_privs },
        Err(why) => Choice::Snapshot(Some(format!("exact recording does not work here: {why}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(mode: TouchMode, privileged: bool, no_new_privs: bool, works: bool) -> Choice {
        let verdict = if works { Ok(()) } else { Err("ENOSYS".to_owned()) };
        choose(mode, &Facts { privileged, no_new_privs }, |_| verdict)
    }

    #[test]
    fn auto_takes_nothing_from_the_command() {
        use TouchMode::Auto;
        assert_eq!(chosen(Auto, true, false, true), Choice::Exact { set_no_new_privs: false });
        assert_eq!(chosen(Auto, false, true, true), Choice::Exact { set_no_new_privs: false });
        let Choice::Snapshot(Some(reason)) = chosen(Auto, false, false, true) else { panic!() };
        assert!(reason.contains("sudo"), "{reason}");
    }

    #[test]
    fn who_asks_for_exact_gets_it_where_it_works() {
        use TouchMode::Exact;
        assert_eq!(chosen(Exact, false, false, true), Choice::Exact { set_no_new_privs: true });
        assert_eq!(chosen(Exact, true, false, true), Choice::Exact { set_no_new_privs: false });
        let Choice::Snapshot(Some(reason)) = chosen(Exact, true, false, false) else { panic!() };
        assert!(reason.contains("ENOSYS"), "{reason}");
    }

    #[test]
    fn the_self_test_runs_only_where_it_matters() {
        let facts = Facts { privileged: false, no_new_privs: false };
        for mode in [TouchMode::Off, TouchMode::Snapshot, TouchMode::Auto] {
            choose(mode, &facts, |_| panic!("{mode:?}"));
        }
    }
}
