//! Each subcommand with good and bad arguments.

use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

pub(crate) struct Root {
    temp: tempfile::TempDir,
}

impl Root {
    pub(crate) fn new() -> Self {
        Self { temp: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.temp.path().join("root").join(below)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ledgerctl"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.temp.path())
            .env("LEDGER_ROOT", self.path(""))
            .env("XDG_STATE_HOME", self.temp.path().join("state"))
            .current_dir(self.temp.path())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Exit code, standard output and standard error.
    pub(crate) fn said(&self, args: &[&str]) -> (i32, String, String) {
        let output = self.run(args);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path("g/ledger/cls")) else { return Vec::new() };
        let mut paths: Vec<_> =
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        paths.sort();
        let texts: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        texts.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
    }
}

const GOOD: [&str; 6] = ["write", "cls", "info", "wo-1", "gg", "all \"done\"\nnow"];

#[test]
fn write_appends_what_it_was_given() {
    let root = Root::new();
    let data =
        json!({"quote": "\"'\\", "newline": "a\nb", "nested": {"list": [1, 2.5, null, true]}, "é": "😀"});
    let mut args = GOOD.to_vec();
    let text = data.to_string();
    args.push(&text);
    assert_eq!(root.said(&args), (0, String::new(), String::new()));
    let line: Value = serde_json::from_str(&root.lines()[0]).unwrap();
    assert_eq!(line["data"], data);
    assert_eq!(
        (line["task_id"].as_str(), line["summary"].as_str()),
        (Some("wo-1"), Some("all \"done\"\nnow"))
    );
    assert!(line["ts"].as_str().unwrap().parse::<ledger_run::base::time::Timestamp>().is_ok());
    assert_eq!(
        root.said(&["validate"]),
        (0, "1 file(s), 1 line(s), 0 violation(s)\n".to_owned(), String::new())
    );
}

#[test]
fn write_takes_a_megabyte_from_standard_input() {
    let root = Root::new();
    let data = json!({"text": "line \"of\" text\n".repeat(70_000)});
    let mut command = root.command(&GOOD);
    let mut child = command.arg("-").stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(data.to_string().as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let line: Value = serde_json::from_str(&root.lines()[0]).unwrap();
    assert_eq!(line["data"], data);
}

#[test]
fn wrong_arguments_are_named_and_nothing_is_written() {
    let root = Root::new();
    let write = |place: usize, wrong: &str| {
        let mut args: Vec<String> = GOOD.iter().map(|word| (*word).to_owned()).collect();
        if place < args.len() {
            args[place] = wrong.to_owned();
        } else {
            args.push(wrong.to_owned());
        }
        args
    };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    for (args, named) in [
        (write(1, "CLS"), "AGENT"),
        (write(1, "../x"), "AGENT"),
        (write(2, "done"), "EVENT"),
        (write(6, "{"), "DATA_JSON"),
        (write(6, "[1]"), "DATA_JSON"),
        (write(6, "text"), "DATA_JSON"),
        (write(6, ""), "DATA_JSON"),
        (words(&["write", "cls", "info"]), "TASK_ID"),
        (words(&["set-status", "cls", "sleeping", "2025-11-16T02:12:34+07:00"]), "STATE"),
        (words(&["set-status", "cls", "idle", "now"]), "TS"),
        (words(&["set-status", "cls", "idle", "2025-11-16T02:12:34Z"]), "TS"),
        (words(&["set-status", "c s", "idle", "2025-11-16T02:12:34+07:00"]), "AGENT"),
        (words(&["verify", "C"]), "AGENT"),
        (words(&["verify", "cls", "--anchor", "nonsense"]), "--anchor"),
        (words(&["juggle"]), "juggle"),
    ] {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (code, out, err) = root.said(&args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(named) && err.lines().count() == 1, "{args:?}: {err}");
    }
    assert!(!root.path("").exists());
}

#[test]
fn secrets_given_to_write_and_set_status_are_hidden() {
    let root = Root::new();
    let token = format!("ghp_{}", "16C7e42F292c6912E7710c838347Ae178B4a");
    let data = json!({"env": format!("GITHUB_TOKEN={token}")}).to_string();
    assert_eq!(root.said(&["write", "cls", "info", "t", "s", &token, &data]).0, 0);
    let status = ["set-status", "cls", "error", "2025-11-16T02:12:34+07:00", "t", "", &token];
    assert_eq!(root.said(&status).0, 0);
    let written = std::fs::read_to_string(root.path("agents/cls/status.json")).unwrap();
    assert!(!root.lines()[0].contains(&token) && !written.contains(&token));
}

#[test]
fn set_status_writes_what_dashboards_read() {
    let root = Root::new();
    let ts = "2025-11-16T02:12:34+07:00";
    assert_eq!(root.said(&["set-status", "cls", "busy", ts, "wo-1", "2025-11-16_cls_001"]).0, 0);
    let read = || -> Value {
        serde_json::from_slice(&std::fs::read(root.path("agents/cls/status.json")).unwrap()).unwrap()
    };
    assert_eq!(
        read(),
        json!({"agent": "cls", "state": "busy", "last_heartbeat": ts, "last_task_id": "wo-1",
               "session_id": "2025-11-16_cls_001", "last_error": null})
    );
    assert_eq!(root.said(&["set-status", "cls", "error", ts, "", "null", "it broke"]).0, 0);
    let status = read();
    assert_eq!((&status["last_task_id"], status["last_error"].as_str()), (&Value::Null, Some("it broke")));
    assert_eq!(root.said(&["validate"]).0, 0);
}

#[test]
fn validate_reports_every_bad_line_with_its_number() {
    let root = Root::new();
    let good = json!({"ts": "2025-11-16T02:12:34+07:00", "agent": "cls", "session_id": "2025-11-16_cls_001",
        "event": "task_result", "task_id": "t", "source": "s", "summary": "", "data": {"status": "success"}});
    let mut no_ts = good.clone();
    no_ts.as_object_mut().unwrap().remove("ts");
    let mut status = good.clone();
    status["data"]["status"] = json!("fine");
    let directory = root.path("g/ledger/cls");
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join("2025-11-16.jsonl");
    std::fs::write(&file, format!("{good}\n{no_ts}\n{{torn\n{good}\n{status}\n")).unwrap();
    let agents = root.path("agents/cls");
    std::fs::create_dir_all(&agents).unwrap();
    std::fs::write(agents.join("status.json"), "{}").unwrap();
    let (code, out, _) = root.said(&["validate"]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((code, lines.len()), (1, 7), "{out}");
    for (line, expected) in
        lines.iter().zip([":2: ts: missing", ":3: not JSON", ":5: data.status: found \"fine\""])
    {
        assert!(line.contains(expected) && line.contains("; expected "), "{line}");
    }
    assert_eq!(lines[6], "2 file(s), 6 line(s), 6 violation(s)");
    let (code, out, _) = root.said(&["validate", "--json", file.to_str().unwrap()]);
    let objects: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, objects[1]["line"].as_u64(), objects[3]["bad"].as_u64()), (1, Some(3), Some(3)));
    assert_eq!(root.said(&["validate", "/nonexistent"]).0, 1);
}

#[test]
fn verify_and_head_agree_and_an_anchor_outlives_both() {
    let root = Root::new();
    root.said(&GOOD);
    let (code, head, _) = root.said(&["head"]);
    assert_eq!(code, 0);
    let words: Vec<&str> = head.split_whitespace().collect();
    assert_eq!((words[0], words[1]), ("cls", "1"));
    let anchor = root.path("../anchor");
    std::fs::write(&anchor, &head).unwrap();
    root.said(&GOOD);
    let (code, out, _) = root.said(&["verify", "--anchor", anchor.to_str().unwrap()]);
    assert!(
        code == 0 && out.contains("cls: intact, 2 chained line(s)") && out.contains("is line 1 of"),
        "{out}"
    );
    assert_eq!(root.said(&["verify", "cls", "--anchor", words[2]]).0, 0);
    let unknown = format!("sha256:{}", "0".repeat(64));
    assert_eq!(root.said(&["verify", "cls", "--anchor", &unknown]).0, 1);
    let day = root.path("g/ledger/cls").join(words[3]);
    let text = std::fs::read_to_string(&day).unwrap();
    std::fs::write(&day, text.replacen("wo-1", "wo-2", 1)).unwrap();
    let (code, out, _) = root.said(&["verify"]);
    assert!(code == 1 && out.contains("edited: ") && out.contains("line 1, byte 0"), "{out}");
    let (code, out, _) = root.said(&["verify", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["intact"], &report["breaks"][0]["kind"]), (1, &json!(false), &json!("edited")));
}

#[test]
fn a_removed_ledger_is_missed() {
    let root = Root::new();
    root.said(&GOOD);
    std::fs::remove_dir_all(root.path("")).unwrap();
    let (code, out, _) = root.said(&["verify"]);
    assert!(code == 1 && out.contains("cut: "), "{out}");
}

#[test]
fn doctor_finds_and_mends() {
    let root = Root::new();
    root.said(&GOOD);
    let (code, out, _) = root.said(&["doctor"]);
    // The root is below the working directory here, which calls for advice.
    assert!(code == 0 && out.starts_with("cls: nothing wrong\nadvice: "), "{out}");
    let day = std::fs::read_dir(root.path("g/ledger/cls")).unwrap().map(|entry| entry.unwrap().path());
    let day = day.filter(|path| path.extension().is_some()).last().unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(&day).unwrap();
    file.write_all(b"{\"torn").unwrap();
    std::fs::set_permissions(&day, std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
    let ts = "2025-11-16T02:12:34+07:00";
    root.said(&["set-status", "cls", "busy", ts]);
    let (code, out, _) = root.said(&["doctor"]);
    assert!(code == 1 && out.contains("ends within a line") && out.contains("others may change it"), "{out}");
    let (code, out, _) = root.said(&["doctor", "--fix"]);
    assert!(code == 0 && out.matches(": fixed: ").count() == 3 && !out.contains("NOT fixed"), "{out}");
    assert_eq!(root.said(&["doctor"]).0, 0);
    assert!(root.lines().last().unwrap().contains("torn_line"));
    assert_eq!(root.said(&["verify"]).0, 0);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let root = Root::new();
    root.said(&GOOD);
    let mut child = root.command(&["verify"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
}
