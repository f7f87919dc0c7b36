//! Interactive programs as a person sees them: the same keys, bare and wrapped, must lead to the same screen.

use crate::harness::{Env, Screen, missing, python, tool};

/// What the screens of one program were, bare and wrapped.
fn screens(play: impl Fn(&Env, &Screen<'_>) -> Vec<String>) -> (Vec<String>, Env) {
    let [bare, wrapped] = [false, true].map(|wrapped| {
        let env = Env::new();
        let shown = play(&env, &Screen::new(&env, wrapped));
        env.nobody_is_left();
        (shown, env)
    });
    for (at, (ours, theirs)) in wrapped.0.iter().zip(&bare.0).enumerate() {
        assert!(ours == theirs, "screen {at}: wrapped\n{ours}\ninstead of\n{theirs}");
    }
    assert_eq!(wrapped.0.len(), bare.0.len());
    (wrapped.0, wrapped.1)
}

/// Whether the programs are there.
fn there(test: &str, program: &str, probe: &str) -> bool {
    tool(test, "tmux", "-V") && tool(test, "bash", "--version") && tool(test, program, probe)
}

/// The exit status and the modes of the terminal, as the shell finds them afterwards.
fn afterwards(screen: &Screen<'_>) -> String {
    screen.enter("status=$?; clear; echo status $status $(stty -g) done; stty size");
    screen.shows("done\n");
    screen.prompts()
}

#[test]
fn vim() {
    if !there("vim in a terminal", "vim", "--version") {
        return;
    }
    screens(|_, screen| {
        screen.enter("clear; ./run vim -u NONE -N file");
        screen.shows("~");
        screen.press(&["i", "first line", "Enter", "second", "Escape"]);
        screen.press(&[":set number", "Enter"]);
        let numbered = screen.shows("2 second");
        screen.resize("60", "15");
        let smaller =
            screen.waits("15 lines", |shown| shown.matches('~').count() == 12 && shown.contains("2 second"));
        screen.resize("80", "24");
        screen.waits("24 lines", |shown| shown.matches('~').count() == 21 && shown.contains("2 second"));
        screen.press(&["C-z"]);
        screen.shows("Stopped");
        screen.prompts();
        screen.enter("clear; fg");
        let again = screen.waits("all of it", |shown| {
            shown.matches('~').count() == 21 && shown.contains("2 second") && !shown.contains("fg")
        });
        screen.press(&[":wq", "Enter"]);
        screen.prompts();
        screen.enter("clear; cat file");
        screen.shows("second\n");
        let kept = screen.prompts();
        vec![numbered, smaller, again, kept, afterwards(screen)]
    });
}

#[test]
fn less() {
    if !there("less in a terminal", "less", "--version") {
        return;
    }
    screens(|env, screen| {
        let lines: String = (1..=300)
            .fold(String::new(), |text, line| text + &format!("\x1b[3{}mline {line}\x1b[0m\n", line % 8));
        env.write("text", lines);
        screen.enter("clear; ./run less -R text");
        let first = screen.shows("line 23\ntext");
        screen.press(&["Space"]);
        let next = screen.shows("line 46\n:");
        screen.press(&["/line 150", "Enter"]);
        let found = screen.shows("line 172\n:");
        screen.press(&["G"]);
        screen.shows("(END)");
        screen.press(&["q"]);
        screen.prompts();
        // Its input from a pipe, its keys from the terminal.
        screen.enter("clear; cat text | ./run less -R");
        let piped = screen.shows("line 23\n:");
        screen.press(&["Space"]);
        screen.shows("line 46");
        screen.press(&["q"]);
        screen.prompts();
        // Ours in front of it.
        screen.enter("clear; ./run cat text | less -R");
        screen.shows("line 23");
        screen.press(&["Space"]);
        screen.shows("line 46");
        screen.press(&["q"]);
        screen.prompts();
        vec![first, next, found, piped, afterwards(screen)]
    });
}

#[test]
fn python_at_its_prompt() {
    let test = "python3 in a terminal";
    let Some(python) = python(test).filter(|_| there(test, "tmux", "-V")) else { return };
    screens(|_, screen| {
        screen.enter(&format!("clear; ./run {} -q", python.display()));
        screen.ends_with(">>>");
        screen.enter("6 * 7");
        screen.shows("42\n");
        screen.ends_with(">>>");
        screen.enter("input('name? ')");
        screen.shows("name? ");
        screen.enter("you");
        screen.shows("'you'\n");
        screen.ends_with(">>>");
        screen.enter("import time; print(6 * 9); time.sleep(100)");
        screen.shows("54\n");
        screen.press(&["C-c"]);
        screen.shows("KeyboardInterrupt");
        let interrupted = screen.ends_with(">>>");
        screen.enter("import sys; sys.exit(9)");
        screen.prompts();
        vec![interrupted, afterwards(screen)]
    });
}

#[test]
fn top() {
    if !there("top in a terminal", "top", "-v") {
        return;
    }
    screens(|_, screen| {
        screen.enter("clear; ./run top -d 100");
        // What it shows changes with the machine.
        screen.shows("PID");
        screen.press(&["q"]);
        screen.prompts();
        vec![afterwards(screen)]
    });
}

#[test]
fn ssh_keygen_asks_for_a_passphrase() {
    let test = "ssh-keygen in a terminal";
    // It has no option that only says who it is.
    if !there(test, "true", "") {
        return;
    }
    if std::process::Command::new("ssh-keygen").arg("-?").output().is_err() {
        return missing(test, "there is no ssh-keygen");
    }
    let phrase = "a phrase nobody sees";
    let (shown, env) = screens(|_, screen| {
        screen.enter("clear; ./run ssh-keygen -q -t ed25519 -C me -f key");
        screen.shows("passphrase");
        screen.enter(phrase);
        screen.shows("again");
        screen.enter(phrase);
        screen.prompts();
        screen.enter("clear; ssh-keygen -y -P 'a phrase nobody sees' -f key >public && cmp public key.pub");
        vec![afterwards(screen)]
    });
    assert!(shown.iter().all(|shown| shown.contains("status 0")), "{shown:?}");
    let ledger: String = env.events().iter().map(ToString::to_string).collect();
    assert!(ledger.contains("passphrase") && !ledger.contains(phrase), "{ledger}");
}

#[test]
fn sudo() {
    if !there("sudo in a terminal", "sudo", "-V") {
        return;
    }
    screens(|_, screen| {
        screen.enter("clear; ./run sudo -n sh -c 'test -t 0 && test -t 1 && echo a terminal; exit 6'");
        // Whether or not sudo lets us, it says something, where the line that was typed has been.
        screen.waits("the shell below what sudo says", |shown| {
            let lines: Vec<&str> = shown.trim_end().lines().map(str::trim_end).collect();
            lines.len() > 1 && lines.last() == Some(&"shell>") && !lines[0].contains("clear;")
        });
        vec![afterwards(screen)]
    });
}
