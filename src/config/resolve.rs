//! The last step: one immutable description of the run.

use super::environment::{Lookup, is_on, non_empty, state_dir, temp_dir, xdg};
use super::file::ConfigFile;
use super::preset;
use super::root;
use super::settings::Settings;
use super::values::{CaptureSize, Durability, LockName, PtyChoice, TouchChoice};
use crate::base::bytes::os_text;
use crate::base::ids::{AgentName, RunId, SessionId};
use crate::base::limits::{CAPTURE_KEEP, GRACE, HEARTBEAT, LOCK_WAIT, SESSION_IDLE};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What to run, in one of the three forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    /// A command and its arguments.
    Command(Vec<OsString>),
    /// A shell program and its positional parameters, `$0` first.
    Program(OsString, Vec<OsString>),
}

/// What was typed, as far as it is not settings.
#[derive(Debug)]
pub struct Request {
    /// The agent, if it was typed.
    pub agent: Option<AgentName>,
    /// What to run.
    pub invocation: Invocation,
    /// `--root`.
    pub root: Option<PathBuf>,
    /// `--task-id`.
    pub task_id: Option<String>,
    /// `--session`.
    pub session: Option<SessionId>,
    /// `--summary`.
    pub summary: Option<String>,
    /// `--status-fd`.
    pub status_fd: Option<i32>,
    /// `--lock`.
    pub lock: Option<LockName>,
    /// `--expect-files`.
    pub expect_files: Vec<String>,
    /// `--enforce-scope`.
    pub enforce_scope: bool,
    /// All other options.
    pub settings: Settings,
}

/// What is to be done, complete and immutable.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, one per option")]
pub struct RunSpec {
    /// Who runs it.
    pub agent: AgentName,
    /// The command.
    pub program: OsString,
    /// Its arguments, without the command itself.
    pub args: Vec<OsString>,
    /// Set as SHELL for the child when we stand in for its shell.
    pub shell: Option<OsString>,
    /// Directory that holds g/ledger, agents and memory.
    pub root: PathBuf,
    /// Our own directory outside the root.
    pub state_dir: PathBuf,
    /// For what does not fit elsewhere.
    pub temp_dir: PathBuf,
    /// Working directory, if it can be told.
    pub cwd: Option<PathBuf>,
    /// Task, if one was named.
    pub task_id: Option<String>,
    /// Who reports.
    pub source: String,
    /// One line about the run, if one was given.
    pub summary: Option<String>,
    /// A session that was named.
    pub session: Option<SessionId>,
    /// Else a session stays open this long without an event.
    pub session_idle: Duration,
    /// End the command after this long.
    pub timeout: Option<Duration>,
    /// Between SIGTERM and SIGKILL.
    pub grace: Duration,
    /// Between heartbeats.
    pub heartbeat: Option<Duration>,
    /// Bytes kept of each end of a stream; none leaves the streams alone.
    pub capture: Option<usize>,
    /// When the command gets a terminal of its own.
    pub pty: PtyChoice,
    /// Keep whole streams in files beside the ledger.
    pub log: bool,
    /// Exit codes that count as success.
    pub ok_exit: Vec<u8>,
    /// End what the command leaves behind.
    pub kill_leaked: bool,
    /// Do not run what cannot be recorded.
    pub fail_closed: bool,
    /// Print output only on failure.
    pub quiet_success: bool,
    /// Do not run beside another run.
    pub overlap: Overlap,
    /// How touched files are found.
    pub touch: TouchSettings,
    /// What is secret, and from whom.
    pub secrets: SecretSettings,
    /// What records must survive.
    pub durability: Durability,
    /// How long a writer waits for the ledger's lock.
    pub lock_wait: Duration,
    /// Where the outcome goes as one JSON line.
    pub status_fd: Option<i32>,
    /// The run around this one.
    pub parent_run: Option<RunId>,
    /// The outermost run.
    pub root_run: Option<RunId>,
    /// The W3C trace context we were given.
    pub traceparent: Option<String>,
    /// LEDGER_RUN_DISABLE: run the command unrecorded.
    pub disabled: bool,
    /// What was broken and left out, one line each.
    pub troubles: Vec<String>,
}

/// How touched files are found, and what was promised about them.
#[derive(Debug)]
pub struct TouchSettings {
    /// The way to look.
    pub mode: TouchChoice,
    /// Further places to look at.
    pub watch: Vec<PathBuf>,
    /// Paths not worth recording.
    pub ignore: Vec<String>,
    /// Look again at the end.
    pub verify: bool,
    /// Globs that every changed path is promised to match; none promises nothing.
    pub expect: Vec<String>,
    /// Whether a broken promise changes the exit status.
    pub enforce: bool,
}

/// What is secret beyond what the rules know.
#[derive(Debug)]
pub struct SecretSettings {
    /// Whether the live streams are masked.
    pub mask: bool,
    /// Environment variables that hold secrets.
    pub env: Vec<String>,
    /// Files that hold secrets.
    pub files: Vec<PathBuf>,
    /// Further rule files.
    pub rules: Vec<PathBuf>,
}

/// What a run does while another one like it is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlap {
    /// It runs beside it.
    Allowed,
    /// It is skipped if the same agent runs the same command.
    SameCommand,
    /// It is skipped if the same agent holds this lock.
    Named(LockName),
}

/// Brings everything together. Never fails: what is broken is left out and becomes a line in `troubles`.
pub fn resolve(request: Request, cwd: Option<PathBuf>, lookup: Lookup<'_>) -> RunSpec {
    let mut troubles = Vec::new();
    let here = cwd.as_deref().unwrap_or(Path::new("/"));
    let user_file = xdg(lookup, "XDG_CONFIG_HOME", ".config")
        .map_or_else(ConfigFile::default, |dir| read(&dir.join("ledger-run/config.toml"), &mut troubles));
    let root = root::find(request.root.as_deref(), user_file.root.as_deref(), here, lookup);
    let root_file = read(&root.join("ledger-run.toml"), &mut troubles);
    let agent = agent(request.agent, lookup, &mut troubles);
    let settings = layers(request.settings, &root, [&root_file, &user_file], &agent, &mut troubles);
    let configured_shell = root_file.shell.or(user_file.shell);
    let (program, args, shell) = command(request.invocation, configured_shell, lookup, &mut troubles);
    let run = |name| id::<RunId>(name, lookup, &mut Vec::new());
    RunSpec {
        program,
        args,
        shell,
        state_dir: state_dir(lookup),
        temp_dir: temp_dir(lookup),
        task_id: request.task_id.or_else(|| text("LEDGER_TASK_ID", lookup)),
        source: settings.source.unwrap_or_else(|| "ledger_run".to_owned()),
        summary: request.summary,
        session: request.session.or_else(|| id("LEDGER_SESSION_ID", lookup, &mut troubles)),
        session_idle: settings.session_idle.map_or(SESSION_IDLE, |span| span.0),
        timeout: settings.timeout.map(|span| span.0).filter(|span| !span.is_zero()),
        grace: settings.grace.map_or(GRACE, |span| span.0),
        heartbeat: Some(settings.heartbeat.map_or(HEARTBEAT, |span| span.0)).filter(|span| !span.is_zero()),
        capture: match settings.capture {
            None => Some(CAPTURE_KEEP),
            Some(CaptureSize::Keep(bytes)) => Some(bytes),
            Some(CaptureSize::Off) => None,
        },
        pty: settings.pty.unwrap_or_default(),
        log: settings.log.unwrap_or(false),
        ok_exit: settings.ok_exit.unwrap_or_else(|| vec![0]),
        kill_leaked: settings.kill_leaked.unwrap_or(false),
        fail_closed: settings.fail_closed.unwrap_or(false),
        quiet_success: settings.quiet_success.unwrap_or(false),
        overlap: match request.lock {
            Some(name) => Overlap::Named(name),
            None if settings.no_overlap.unwrap_or(false) => Overlap::SameCommand,
            None => Overlap::Allowed,
        },
        touch: TouchSettings {
            mode: settings.touch.unwrap_or_default(),
            watch: settings.watch.unwrap_or_default(),
            ignore: settings.touch_ignore.unwrap_or_default(),
            verify: settings.touch_verify.unwrap_or(false),
            expect: request.expect_files,
            enforce: request.enforce_scope,
        },
        secrets: SecretSettings {
            mask: settings.mask.unwrap_or(false),
            env: settings.secret_env.unwrap_or_default(),
            files: settings.secret_file.unwrap_or_default(),
            rules: settings.redact_rules.unwrap_or_default(),
        },
        durability: settings.durability.unwrap_or(Durability::Os),
        lock_wait: settings.lock_wait.map_or(LOCK_WAIT, |span| span.0),
        status_fd: request.status_fd,
        parent_run: run("LEDGER_RUN_ID"),
        root_run: run("LEDGER_ROOT_RUN_ID").or_else(|| run("LEDGER_RUN_ID")),
        traceparent: text("TRACEPARENT", lookup),
        disabled: is_on(lookup, "LEDGER_RUN_DISABLE"),
        agent,
        root,
        cwd,
        troubles,
    }
}

fn read(path: &Path, troubles: &mut Vec<String>) -> ConfigFile {
    ConfigFile::read(path).unwrap_or_else(|error| {
        troubles.push(error.to_string());
        ConfigFile::default()
    })
}

/// The command line, the root's file, the user's file, the agent's preset.
fn layers(
    typed: Settings,
    root: &Path,
    files: [&ConfigFile; 2],
    agent: &AgentName,
    troubles: &mut Vec<String>,
) -> Settings {
    let overriding = preset::overriding(root, agent).unwrap_or_else(|error| {
        troubles.push(error.to_string());
        None
    });
    let preset = match overriding {
        Some(settings) => settings,
        // The embedded presets are checked by a test.
        None => preset::built_in(agent).unwrap_or_default(),
    };
    let [root_file, user_file] = files.map(|file| file.for_agent(agent));
    typed.or(root_file).or(user_file).or(preset)
}

/// A cron job must not fail for want of a name.
fn agent(typed: Option<AgentName>, lookup: Lookup<'_>, troubles: &mut Vec<String>) -> AgentName {
    typed.or_else(|| id("LEDGER_AGENT", lookup, troubles)).unwrap_or_else(AgentName::of_shell)
}

fn text(name: &str, lookup: Lookup<'_>) -> Option<String> {
    non_empty(lookup, name).map(|value| os_text(&value).into_owned())
}

fn id<T>(name: &str, lookup: Lookup<'_>, troubles: &mut Vec<String>) -> Option<T>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    match text(name, lookup)?.parse() {
        Ok(id) => Some(id),
        Err(error) => {
            troubles.push(format!("{name}: {error}; it is ignored"));
            None
        }
    }
}

type Command = (OsString, Vec<OsString>, Option<OsString>);

fn command(
    invocation: Invocation,
    configured: Option<PathBuf>,
    lookup: Lookup<'_>,
    troubles: &mut Vec<String>,
) -> Command {
    match invocation {
        Invocation::Command(mut words) => {
            let program = if words.is_empty() { OsString::new() } else { words.remove(0) };
            (program, words, None)
        }
        Invocation::Program(program, parameters) => {
            let shell = shell(configured, lookup, troubles);
            let args = [OsString::from("-c"), program].into_iter().chain(parameters).collect();
            (shell.clone(), args, Some(shell))
        }
    }
}

/// LEDGER_SHELL, the configured shell, else /bin/sh; never ourselves, or no command would ever run.
fn shell(configured: Option<PathBuf>, lookup: Lookup<'_>, troubles: &mut Vec<String>) -> OsString {
    let wanted = non_empty(lookup, "LEDGER_SHELL").or_else(|| configured.map(PathBuf::into_os_string));
    let Some(wanted) = wanted else { return "/bin/sh".into() };
    let own = std::env::current_exe().and_then(std::fs::canonicalize).ok();
    if own.is_some() && std::fs::canonicalize(&wanted).ok() == own {
        troubles.push("LEDGER_SHELL names ledger-run itself; /bin/sh is used instead".to_owned());
        return "/bin/sh".into();
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(settings: Settings) -> Request {
        Request {
            agent: Some("andy".parse().unwrap()),
            invocation: Invocation::Command(vec!["true".into()]),
            root: None,
            task_id: None,
            session: None,
            summary: None,
            status_fd: None,
            lock: None,
            expect_files: vec![],
            enforce_scope: false,
            settings,
        }
    }

    fn with_files(user: &str, root: &str, settings: Settings) -> RunSpec {
        let directory = tempfile::tempdir().unwrap();
        let config = directory.path().join("config/ledger-run");
        std::fs::create_dir_all(&config).unwrap();
        std::fs::write(config.join("config.toml"), user).unwrap();
        std::fs::write(directory.path().join("ledger-run.toml"), root).unwrap();
        let lookup = |name: &str| match name {
            "XDG_CONFIG_HOME" => Some(directory.path().join("config").into_os_string()),
            "LEDGER_ROOT" => Some(directory.path().as_os_str().to_owned()),
            "LEDGER_SESSION_ID" => Some("nonsense".into()),
            _ => None,
        };
        resolve(request(settings), Some("/".into()), &lookup)
    }

    #[test]
    fn typed_before_root_file_before_user_file_before_preset() {
        let user = "[defaults]\ngrace = 1\ntimeout = 1\nheartbeat = 1\n";
        let root = "[agents.andy]\ngrace = 2\ntimeout = 2\n";
        let typed = Settings { grace: "3".parse().ok(), ..Settings::default() };
        let spec = with_files(user, root, typed);
        let seconds = Duration::from_secs;
        assert_eq!(
            (spec.grace, spec.timeout, spec.heartbeat),
            (seconds(3), Some(seconds(2)), Some(seconds(1)))
        );
        assert_eq!(spec.source, "codex_cli");
    }

    #[test]
    fn broken_parts_are_left_out_and_named() {
        let spec = with_files("grace = 1\n", "[defaults]\nsource = \"x\"\n", Settings::default());
        assert_eq!((spec.grace, spec.source.as_str(), spec.session), (GRACE, "x", None));
        assert_eq!(spec.troubles.len(), 2, "{:?}", spec.troubles);
        assert!(spec.troubles[0].contains("config.toml:1: `grace`"), "{:?}", spec.troubles);
        assert!(spec.troubles[1].starts_with("LEDGER_SESSION_ID: `nonsense`"), "{:?}", spec.troubles);
    }

    #[test]
    fn a_shell_program_gets_the_real_shell() {
        let lookup = |name: &str| (name == "LEDGER_SHELL").then(|| OsString::from("/bin/bash"));
        let program = Invocation::Program("echo $0".into(), vec!["x".into()]);
        let request = Request { agent: None, invocation: program, ..request(Settings::default()) };
        let spec = resolve(request, None, &lookup);
        assert_eq!((spec.agent.as_str(), spec.program), ("shell", "/bin/bash".into()));
        assert_eq!(spec.args, ["-c", "echo $0", "x"].map(OsString::from));
        assert_eq!(spec.shell, Some("/bin/bash".into()));
    }
}
