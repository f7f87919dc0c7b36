//! A ledger in a temporary directory, and an independent checker of its chain.

use ledger_run::base::ids::{AgentName, RunId};
use ledger_run::base::redacted::Redacted;
use ledger_run::base::time::Timestamp;
use ledger_run::ledger::record::{Draft, EventKind};
use ledger_run::ledger::{AgentLedger, Durability, LedgerConfig, RunMeta, SessionChoice};
use ledger_run::redact::Redactor;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A fresh root and state directory.
pub(crate) struct Place {
    temp: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        std::fs::create_dir(temp.path().join("root")).unwrap();
        Self { temp }
    }

    pub(crate) fn path(&self) -> &Path {
        self.temp.path()
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.temp.path().join("root")
    }

    pub(crate) fn config(&self) -> LedgerConfig {
        config_at(self.temp.path())
    }

    pub(crate) fn ledger(&self) -> AgentLedger {
        AgentLedger::new(self.config())
    }

    /// The directory of agent `cls`.
    pub(crate) fn dir(&self) -> PathBuf {
        self.root().join("g/ledger/cls")
    }

    pub(crate) fn day(&self, date: &str) -> PathBuf {
        self.dir().join(format!("{date}.jsonl"))
    }

    pub(crate) fn status(&self) -> Value {
        let text = std::fs::read(self.root().join("agents/cls/status.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    /// All lines of all days, parsed; panics on one that is no JSON object.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let mut lines = Vec::new();
        for path in self.days() {
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                let value: Value = serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("{}: {error}: {line}", path.display()));
                assert!(value.is_object());
                lines.push(value);
            }
        }
        lines
    }

    pub(crate) fn days(&self) -> Vec<PathBuf> {
        let mut days: Vec<_> = std::fs::read_dir(self.dir())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .collect();
        days.sort();
        days
    }

    /// Checks the chain with the oracle and returns how many lines it links.
    pub(crate) fn check(&self) -> u64 {
        check_chain(&self.dir())
    }
}

/// The configuration of agent `cls` in a directory made by [`Place::new`].
pub(crate) fn config_at(path: &Path) -> LedgerConfig {
    LedgerConfig {
        root: path.join("root"),
        state_dir: path.join("state"),
        temp_dir: path.join("tmp"),
        agent: agent(),
        session: SessionChoice::Idle(Duration::from_secs(1800)),
        lock_wait: Duration::from_secs(60),
        durability: Durability::Os,
        file_mode: 0o600,
        files: &ledger_run::sys::files::SystemFiles,
    }
}

pub(crate) fn agent() -> AgentName {
    "cls".parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Noon of 2025-11-16 and `seconds` more.
pub(crate) fn noon(seconds: u64) -> Timestamp {
    at("2025-11-16T12:00:00+07:00").plus(Duration::from_secs(seconds))
}

pub(crate) fn draft(ts: Timestamp, event: EventKind, data: &Value) -> Redacted<Draft> {
    Redactor::default().record(Draft {
        ts,
        event,
        task_id: "wo-1".to_owned(),
        source: "test".to_owned(),
        summary: "a \"quoted\"\nsummary".to_owned(),
        data: data.as_object().unwrap().clone(),
    })
}

pub(crate) fn info(ts: Timestamp, number: u64) -> Redacted<Draft> {
    draft(ts, EventKind::Info, &json!({"number": number}))
}

pub(crate) fn run_id(number: u64) -> RunId {
    format!("0193a5b4-0000-7000-8000-{number:012x}").parse().unwrap()
}

pub(crate) fn meta(number: u64) -> RunMeta {
    RunMeta { run_id: run_id(number), pid: 4242, heartbeat: Duration::from_secs(60) }
}

pub(crate) fn start(ts: Timestamp, number: u64) -> Redacted<Draft> {
    draft(ts, EventKind::TaskStart, &json!({"run_id": run_id(number), "argv": ["true"]}))
}

pub(crate) fn result(ts: Timestamp, number: u64) -> Redacted<Draft> {
    let data = json!({
        "run_id": run_id(number), "status": "success", "exit_code": 0, "duration_sec": 0.5, "files_touched": [],
    });
    draft(ts, EventKind::TaskResult, &data)
}

/// Walks the chain of an agent's directory in Python, by the text of `docs/ledger-format.md` alone.
pub(crate) fn check_chain(dir: &Path) -> u64 {
    const ORACLE: &str = r"
import hashlib, json, os, sys
where = sys.argv[1]
files = {n: open(os.path.join(where, n), 'rb').read() for n in sorted(os.listdir(where)) if n.endswith('.jsonl')}
links = {}
for name, text in files.items():
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        try:
            value = json.loads(line)
            chain = value.get('chain') if isinstance(value, dict) else None
        except ValueError:
            chain = None
        if chain:
            assert chain['seq'] not in links, ('twice', chain['seq'])
            links[chain['seq']] = (name, start, end, chain)
        start = end
assert sorted(links) == list(range(1, len(links) + 1)), ('gap', sorted(links)[:5], len(links))
covered = {name: [] for name in files}
previous = None
for seq in range(1, len(links) + 1):
    name, start, end, chain = links[seq]
    at = chain['at']
    assert at <= start, (seq, at, start)
    if 'over' in chain:
        pieces = []
        for piece in chain['over']:
            other, span = piece.rsplit(':', 1)
            pieces.append((other, *map(int, span.split('-'))))
    elif previous is None:
        pieces = [(name, 0, at)]
    else:
        assert previous[0] == name, (seq, 'changes file without over')
        pieces = [(name, previous[3]['at'], at)]
    if previous is not None:
        assert pieces[0][0] == previous[0] and pieces[0][1] == previous[3]['at'], (seq, pieces, previous)
    digest = hashlib.sha256()
    for other, first, last in pieces:
        assert 0 <= first <= last <= len(files[other]), (seq, other, first, last)
        digest.update(files[other][first:last])
        covered[other].append((first, last))
    assert 'sha256:' + digest.hexdigest() == chain['prev'], (seq, 'digest', name, start)
    previous = links[seq]
if previous:
    covered[previous[0]].append((previous[3]['at'], len(files[previous[0]])))
    for name, text in files.items():
        reached = 0
        for first, last in sorted(covered[name]):
            assert first <= reached, (name, 'not covered', reached, first)
            reached = max(reached, last)
        assert reached == len(text) or not covered[name], (name, 'not covered', reached, len(text))
print(len(links))
";
    let output = Command::new("python3").arg("-c").arg(ORACLE).arg(dir).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}
