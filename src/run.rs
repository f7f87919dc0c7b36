//! Joins the layers for `ledger-run`: what was typed becomes a run, the run becomes a record, and the command's end
//! becomes ours.

mod drafts;
mod git;
mod log;
mod mask;
mod overlap;
mod recorder;
mod screen;
mod secrets;
mod touched;
mod trace;

use crate::base::ids::RunId;
use crate::base::time::Clock as _;
use crate::cli::diag::warn;
use crate::cli::run_args::{Typed, Unusable, parse};
use crate::config::resolve::{Request, RunSpec, resolve};
use crate::config::values::PtyChoice;
use crate::ledger::record::LogData;
use crate::supervise::event::{Finished, SessionEvent};
use crate::supervise::held::Held;
use crate::supervise::lifecycle::Limits;
use crate::supervise::outcome::{EXIT_OWN_FAILURE, Exit, Outcome};
use crate::supervise::plan::{RunPlan, StreamPlan, StreamsPlan, TerminalUse, Wanted, plan_streams};
use crate::supervise::pump::{Filter, Tap};
use crate::supervise::session;
use crate::sys::clock::SystemClock;
use crate::sys::signal::{Inherited, die_of};
use crate::sys::spawn::{Environment, Sink, Spawn};
use crate::sys::startup::use_one_arena;
use crate::sys::wait::ExitStatus;
use drafts::{Ending, Story, describe};
use log::Log;
use mask::Mask;
use overlap::{EXIT_SKIPPED, Turn, take_turn};
use recorder::Recorder;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use touched::{EXIT_OUT_OF_SCOPE, Watch};

const PROGRAM: &str = "ledger-run";

/// `ledger-run`, from arguments to exit status.
pub fn run_main() -> u8 {
    let started = Instant::now();
    use_one_arena();
    // First of all, while there is one thread: nothing may be lost, and the command gets back what we were given.
    let inherited = Inherited::take_over();
    let exit = match parse(std::env::args_os()) {
        Ok(typed) => execute(typed, &inherited, started),
        Err(Unusable::Asked(text)) => {
            // A closed standard output is the reader's choice.
            let _ = std::io::stdout().write_all(text.as_bytes());
            Exit::Code(0)
        }
        Err(Unusable::Wrong(trouble)) => {
            warn(PROGRAM, trouble);
            Exit::Code(EXIT_OWN_FAILURE)
        }
    };
    match exit {
        Exit::Code(code) => code,
        Exit::Signal(signal) => {
            die_of(signal);
            // It did not end us; the shell's convention says the same in numbers.
            u8::try_from(128 + signal.0).unwrap_or(EXIT_OWN_FAILURE)
        }
    }
}

fn execute(typed: Typed, inherited: &Inherited, started: Instant) -> Exit {
    let settings = typed.args.settings();
    let asked_for_files = settings.secret_file.is_some();
    let request = Request {
        agent: typed.agent,
        invocation: typed.invocation,
        root: typed.args.root,
        task_id: typed.args.task_id,
        session: typed.args.session,
        summary: typed.args.summary,
        status_fd: typed.args.status_fd,
        lock: typed.args.lock,
        expect_files: typed.args.expect_files,
        enforce_scope: typed.args.enforce_scope,
        settings,
    };
    let mut spec = resolve(request, std::env::current_dir().ok(), &|name| std::env::var_os(name));
    if !asked_for_files {
        secrets::do_without_missing_files(&mut spec);
    }
    for trouble in &spec.troubles {
        warn(PROGRAM, trouble);
    }
    Run::new(&spec, inherited, started).execute()
}

/// One run of `ledger-run`.
struct Run<'a> {
    spec: &'a RunSpec,
    inherited: &'a Inherited,
    clock: SystemClock,
    started: Instant,
    degraded: Vec<String>,
    /// Of standard output and standard error.
    logs: [Option<Log>; 2],
}

impl<'a> Run<'a> {
    fn new(spec: &'a RunSpec, inherited: &'a Inherited, started: Instant) -> Self {
        let mut degraded = spec.troubles.clone();
        if spec.cwd.is_none() {
            degraded.push("the working directory is gone or cannot be read".to_owned());
        }
        Self { spec, inherited, clock: SystemClock::new(), started, degraded, logs: [None, None] }
    }

    fn execute(mut self) -> Exit {
        let spec = self.spec;
        let redactor = match secrets::redactor(&spec.secrets, &mut self.degraded) {
            Ok(mut redactor) => {
                redactor.expect_output_of(&self.command_line());
                redactor
            }
            Err(trouble) => {
                warn(PROGRAM, trouble);
                return Exit::Code(EXIT_OWN_FAILURE);
            }
        };
        let story = Story::new(spec, &redactor, RunId::new(self.clock.now()));
        if spec.disabled {
            return self.unrecorded(&story);
        }
        let _turn = match take_turn(spec, &story.argv) {
            Turn::Taken(lock) => return self.skipped(&story, &lock),
            turn @ Turn::Ours(_) => turn,
            Turn::Broken(reason) => {
                self.degrade(format!("runs may overlap: {reason}"));
                Turn::Ours(None)
            }
        };
        let mut recorder = match Recorder::begin(&story, self.clock.clone()) {
            Ok(recorder) => recorder,
            Err(reason) => {
                warn(
                    PROGRAM,
                    format!("not run, because its start cannot be recorded (--fail-closed): {reason}"),
                );
                return Exit::Code(EXIT_OWN_FAILURE);
            }
        };
        let held = spec.quiet_success.then(|| Arc::new(Held::new(spec.temp_dir.clone())));
        let mut watch = Watch::prepare(spec, &mut self.degraded);
        let plan = self.plan(&story, &recorder, &mut watch, held.clone());
        let before = self.started.elapsed();
        let finished = session::run(plan, &mut |event| match event {
            SessionEvent::Started(pid) => watch.started(pid),
            SessionEvent::Beat(beat) => recorder.beat(&story, &beat),
            SessionEvent::Resized(size) => self.logs.iter().flatten().for_each(|log| log.resized(size)),
        });
        match finished {
            Ok(finished) => {
                if let Some(held) = held.filter(|_| self.failed(finished.outcome))
                    && let Err(error) = held.release()
                {
                    self.degrade(format!("held output could not be printed: {error}"));
                }
                self.conclude(&story, recorder, &finished, before, watch)
            }
            Err(error) => self.unsupervised(&story, recorder, &error),
        }
    }

    /// Program and arguments with spaces between them.
    fn command_line(&self) -> Vec<u8> {
        let words = std::iter::once(&self.spec.program).chain(&self.spec.args);
        words.map(|word| word.as_bytes()).collect::<Vec<_>>().join(&b' ')
    }

    fn plan(
        &mut self,
        story: &Story<'_>,
        recorder: &Recorder,
        watch: &mut Watch,
        held: Option<Arc<Held>>,
    ) -> RunPlan<'a> {
        let spec = self.spec;
        if let Some(fd) = spec.status_fd
            && let Err(error) = crate::sys::pipe::set_cloexec(fd)
        {
            self.degrade(format!("--status-fd {fd}: {error}"));
        }
        let mask = || spec.secrets.mask.then(|| Box::new(Mask(story.redactor.stream())) as Box<dyn Filter>);
        let (hook, spared) = watch.arm();
        let streams = plan_streams(Wanted {
            capture: spec.capture.is_some() || held.is_some() || spec.log,
            masked: spec.secrets.mask,
            terminal: match spec.pty {
                PtyChoice::Auto => TerminalUse::Auto,
                PtyChoice::Always => TerminalUse::Always,
                PtyChoice::Never => TerminalUse::Never,
            },
        });
        self.degraded.extend(streams.trouble.clone());
        let taps = self.begin_logs(story, &streams);
        RunPlan {
            program: spec.program.clone(),
            args: spec.args.clone(),
            environment: self.environment(story, recorder),
            inherited: self.inherited,
            streams: streams.outputs,
            terminal: streams.terminal,
            keep: spec.capture.unwrap_or(0),
            limits: Limits {
                timeout: spec.timeout,
                grace: spec.grace,
                leak: crate::base::limits::LEAK_TIMEOUT,
                heartbeat: spec.heartbeat,
            },
            kill_leaked: spec.kill_leaked,
            filters: [mask(), mask()],
            taps,
            held,
            hook,
            spared,
        }
    }

    /// A log that cannot be had is a gap in the record, and no reason not to run.
    fn begin_logs(&mut self, story: &Story<'_>, streams: &StreamsPlan) -> [Option<Box<dyn Tap>>; 2] {
        let mut taps = [None, None];
        let terminal = streams.terminal.as_ref().map(|terminal| (terminal.size, self.clock.now()));
        for (at, stream) in ["stdout", "stderr"].into_iter().enumerate().filter(|_| self.spec.log) {
            let begun = match streams.outputs[at] {
                StreamPlan::Capture => Log::begin(story, stream, None),
                StreamPlan::Terminal => Log::begin(story, stream, terminal),
                StreamPlan::Merge | StreamPlan::Inherit(_) => continue,
            };
            match begun {
                Ok((log, tap)) => (self.logs[at], taps[at]) = (Some(log), Some(tap)),
                Err(trouble) => self.degrade(trouble),
            }
        }
        taps
    }

    /// Ends the logs; what is missing of them is said in the record.
    fn end_logs(&mut self) -> [Option<LogData>; 2] {
        let logs = std::mem::take(&mut self.logs);
        logs.map(|log| {
            let data = log?.finish();
            let missing = match &data {
                None => Some("a log did not reach the disk in time"),
                Some(data) => data.reason.as_deref(),
            };
            if let Some(missing) = missing {
                self.degrade(format!("a log is not whole: {missing}"));
            }
            data
        })
    }

    fn environment(&self, story: &Story<'_>, recorder: &Recorder) -> Environment {
        let spec = self.spec;
        let mut environment = Environment::inherited();
        let run_id = story.run_id.to_string();
        let root_run = spec.root_run.map_or_else(|| run_id.clone(), |run| run.to_string());
        environment.set("LEDGER_RUN_ID", run_id.as_bytes());
        environment.set("LEDGER_ROOT_RUN_ID", root_run.as_bytes());
        environment.set("LEDGER_SESSION_ID", recorder.session().as_str().as_bytes());
        environment.set("LEDGER_AGENT", spec.agent.as_str().as_bytes());
        environment.set("LEDGER_ROOT", spec.root.as_os_str().as_bytes());
        environment.set("LEDGER_TASK_ID", story.task_id.as_bytes());
        let traceparent = trace::traceparent(story.run_id, spec.traceparent.as_deref());
        environment.set("TRACEPARENT", traceparent.as_bytes());
        if let Some(shell) = &spec.shell {
            environment.set("SHELL", shell.as_bytes());
        }
        environment
    }

    /// Whether the run counts as failed.
    fn failed(&self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Ended(ExitStatus::Code(code)) => {
                !self.spec.ok_exit.iter().any(|ok| i32::from(*ok) == code)
            }
            _ => true,
        }
    }

    /// The command has ended: its end is recorded, and passed on.
    fn conclude(
        mut self,
        story: &Story<'_>,
        recorder: Recorder,
        finished: &Finished,
        before: Duration,
        watch: Watch,
    ) -> Exit {
        let described = describe(finished.outcome);
        let failed = self.failed(finished.outcome);
        let touched = watch.finish();
        let scope = touched::scope(self.spec, &touched);
        let outside = self.spec.touch.enforce && scope.as_ref().is_some_and(|scope| scope.verdict == "fail");
        let decided_by_us = self.trouble(finished.outcome);
        self.degraded.extend(finished.degraded.iter().cloned());
        let logs = self.end_logs();
        let ending = Ending {
            failed,
            overhead: before + finished.ended.elapsed(),
            touched,
            scope,
            logs,
            degraded: self.degraded,
        };
        let last_error = failed.then(|| format!("{} {}", story.line(), described.phrase));
        let complete = recorder.end(story, finished, ending, decided_by_us, last_error);
        if let Some(fd) = self.spec.status_fd {
            report(fd, story, finished, complete);
        }
        match finished.outcome.exit() {
            Exit::Code(0) if outside => Exit::Code(EXIT_OUT_OF_SCOPE),
            exit => exit,
        }
    }

    /// What decided the end when it was not the command's own exit; a failed start is also told to the user, as
    /// nobody else can.
    fn trouble(&self, outcome: Outcome) -> Option<String> {
        match outcome {
            Outcome::Ended(_) => None,
            Outcome::TimedOut(_) => {
                let limit = self.spec.timeout.unwrap_or_default();
                Some(format!("timed out after {}", humantime::format_duration(limit)))
            }
            Outcome::SpawnFailed(errno) => {
                let error = std::io::Error::from_raw_os_error(errno);
                let program = crate::base::bytes::os_text(&self.spec.program);
                let trouble = format!("failed to run {program}: {error}");
                warn(PROGRAM, &trouble);
                Some(trouble)
            }
        }
    }

    fn degrade(&mut self, trouble: String) {
        warn(PROGRAM, &trouble);
        self.degraded.push(trouble);
    }

    /// LEDGER_RUN_DISABLE: one line says so, and then nothing of us is left.
    fn unrecorded(self, story: &Story<'_>) -> Exit {
        recorder::note(
            story,
            &self.clock,
            "ran unrecorded (LEDGER_RUN_DISABLE)",
            [("bypassed", true.into())],
        );
        self.become_command(Environment::inherited())
    }

    fn skipped(self, story: &Story<'_>, lock: &str) -> Exit {
        let data = [("outcome", "canceled".into()), ("lock", lock.into())];
        recorder::note(story, &self.clock, "skipped, another run holds the lock", data);
        Exit::Code(EXIT_SKIPPED)
    }

    /// Without pipes, threads or a signal source there is nothing to watch with; the command runs all the same.
    fn unsupervised(self, story: &Story<'_>, recorder: Recorder, error: &std::io::Error) -> Exit {
        let trouble = format!("the command runs unwatched: {error}");
        warn(PROGRAM, &trouble);
        let environment = self.environment(story, &recorder);
        recorder.give_up(story, &trouble);
        self.become_command(environment)
    }

    fn become_command(self, environment: Environment) -> Exit {
        let spawn = Spawn {
            program: &self.spec.program,
            args: &self.spec.args,
            stdin: Sink::Inherit,
            stdout: Sink::Inherit,
            stderr: Sink::Inherit,
            inherited: self.inherited,
            environment,
            job: None,
            hook: None,
        };
        let error = spawn.exec();
        let outcome = Outcome::SpawnFailed(error.raw_os_error().unwrap_or(libc::EIO));
        self.trouble(outcome);
        outcome.exit()
    }
}

/// The outcome as one JSON line on the descriptor the caller asked for.
fn report(fd: i32, story: &Story<'_>, finished: &Finished, recorded: bool) {
    let described = describe(finished.outcome);
    let line = serde_json::json!({
        "run_id": story.run_id.to_string(),
        "outcome": described.kind,
        "exit_code": described.exit_code,
        "signal": described.signal,
        "errno": described.errno,
        "duration_sec": drafts::seconds(finished.duration),
        "recorded": recorded,
    });
    if let Err(error) = crate::sys::pipe::write_line(fd, format!("{line}\n").as_bytes()) {
        warn(PROGRAM, format!("--status-fd {fd}: {error}"));
    }
}
