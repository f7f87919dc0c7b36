//! strace as an oracle: the paths of successful calls that can change the tree.
//!
//! It runs inside the watch, around the command, so both see the same execution. `-xx` writes every string in
//! hexadecimal, so that nothing has to be unquoted.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

const CALLS: &str = "open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,mknod,\
    mknodat,link,linkat,symlink,symlinkat,truncate,bind,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,\
    chdir,fchdir,clone,clone3,fork,vfork";

/// Wraps `command`, whose trace goes to files `prefix.PID`.
pub(crate) fn around(strace: &Path, prefix: &Path, command: &Command) -> Command {
    let mut wrapped = Command::new(strace);
    wrapped.args(["-ff", "-qq", "-ttt", "-y", "-xx", "-s", "65535", "-e", "signal=none", "-e"]);
    wrapped.arg(format!("trace={CALLS}")).arg("-o").arg(prefix).arg("--");
    wrapped.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    wrapped
}

struct Event {
    at: f64,
    pid: u32,
    call: String,
    arguments: Vec<String>,
    result: String,
}

/// Every path a successful call may have changed, with the names of the calls.
pub(crate) fn touched(prefix: &Path, cwd: &Path) -> BTreeMap<PathBuf, Vec<String>> {
    let mut events = read(prefix);
    events.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut reader = Reader { cwd: HashMap::new(), first: cwd.to_path_buf(), found: BTreeMap::new() };
    for event in events.iter().filter(|event| !event.result.starts_with(['-', '?'])) {
        reader.event(event);
    }
    reader.found
}

fn read(prefix: &Path) -> Vec<Event> {
    let name = prefix.file_name().unwrap().to_str().unwrap();
    let mut events = Vec::new();
    for entry in std::fs::read_dir(prefix.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let Some(pid) = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let text = std::fs::read_to_string(&path).unwrap();
        events.extend(text.lines().filter_map(|line| parse(pid.parse().unwrap(), line)));
    }
    events
}

/// `1700000000.123456 openat(AT_FDCWD<\x2f>, "\x61", O_RDONLY) = 3<\x2f\x61>`
fn parse(pid: u32, line: &str) -> Option<Event> {
    let (at, rest) = line.split_once(' ')?;
    let (call, rest) = rest.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(" = ")?;
    let arguments = arguments.trim_end().strip_suffix(')')?;
    let arguments = split_arguments(arguments);
    Some(Event { at: at.parse().ok()?, pid, call: call.to_owned(), arguments, result: result.to_owned() })
}

fn split_arguments(text: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0_i32, vec![String::new()]);
    for letter in text.chars() {
        depth += match letter {
            '{' | '[' => 1,
            '}' | ']' => -1,
            _ => 0,
        };
        if letter == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(letter);
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

fn bytes(hex: &str) -> PathBuf {
    let digits = hex.split("\\x").skip(1).map(|digits| u8::from_str_radix(&digits[..2], 16).unwrap());
    PathBuf::from(OsString::from_vec(digits.collect()))
}

fn quoted(argument: &str) -> PathBuf {
    bytes(argument.trim_matches('"'))
}

/// The path strace shows beside a descriptor.
fn descriptor(argument: &str) -> Option<PathBuf> {
    let (_, rest) = argument.split_once('<')?;
    let (path, deleted) = rest.split_once('>')?;
    (path.starts_with("\\x2f") && !deleted.contains("deleted")).then(|| bytes(path))
}

struct Reader {
    cwd: HashMap<u32, PathBuf>,
    first: PathBuf,
    found: BTreeMap<PathBuf, Vec<String>>,
}

impl Reader {
    fn cwd_of(&self, pid: u32) -> PathBuf {
        self.cwd.get(&pid).unwrap_or(&self.first).clone()
    }

    fn event(&mut self, event: &Event) {
        let Event { pid, call, arguments, result, .. } = event;
        let cwd = self.cwd_of(*pid);
        let at = |directory: usize, path: usize| {
            descriptor(&arguments[directory]).unwrap_or_else(|| cwd.clone()).join(quoted(&arguments[path]))
        };
        let here = |path: usize| cwd.join(quoted(&arguments[path]));
        let paths: Vec<PathBuf> = match call.as_str() {
            "fork" | "vfork" | "clone" | "clone3" => {
                let child = result.split_whitespace().next().and_then(|pid| pid.parse().ok());
                if let Some(child) = child {
                    self.cwd.insert(child, cwd);
                }
                return;
            }
            "chdir" => return drop(self.cwd.insert(*pid, real(&here(0)))),
            "fchdir" => return drop(self.cwd.insert(*pid, descriptor(&arguments[0]).unwrap())),
            "open" | "openat" | "openat2" | "creat" => opened(call, arguments, result).into_iter().collect(),
            "rename" => vec![name(&here(0)), name(&here(1))],
            "renameat" | "renameat2" => vec![name(&at(0, 1)), name(&at(2, 3))],
            "link" | "symlink" => vec![name(&here(1))],
            "linkat" => vec![name(&at(2, 3))],
            "symlinkat" => vec![name(&at(1, 2))],
            "unlink" | "rmdir" | "mkdir" | "mknod" | "lchown" => vec![name(&here(0))],
            "unlinkat" | "mkdirat" | "mknodat" => vec![name(&at(0, 1))],
            "truncate" | "chmod" | "chown" => vec![real(&here(0))],
            "fchmodat" | "fchownat" => vec![real(&at(0, 1)), name(&at(0, 1))],
            "fchmod" | "fchown" => descriptor(&arguments[0]).into_iter().collect(),
            "bind" => {
                let path = arguments[1].split_once("sun_path=\"").map(|(_, rest)| bytes(rest));
                path.map(|path| name(&cwd.join(path))).into_iter().collect()
            }
            other => panic!("{other}"),
        };
        for path in paths {
            self.found.entry(path).or_default().push(call.clone());
        }
    }
}

fn opened(call: &str, arguments: &[String], result: &str) -> Option<PathBuf> {
    let flags = match call {
        "creat" => "O_CREAT",
        "open" => &arguments[1],
        _ => &arguments[2],
    };
    let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| flags.contains(flag));
    // A directory with O_CREAT among its flags is opened, not changed.
    descriptor(result).filter(|_| writes && !flags.contains("O_TMPFILE"))
}

/// The canonical directory with the last name as it is. What is gone by now is taken as it is written.
fn name(path: &Path) -> PathBuf {
    let path = lexical(path);
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => real(parent).join(name),
        _ => path,
    }
}

fn real(path: &Path) -> PathBuf {
    // `/proc/self/fd/4` is another file for us; strace does not say which it was for them.
    if path.starts_with("/proc") {
        return lexical(path);
    }
    std::fs::canonicalize(path).unwrap_or_else(|_| lexical(path))
}

fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}
