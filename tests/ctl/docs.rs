//! What `docs/ledger-format.md` shows is run.

use super::commands::Root;
use std::process::Command;

/// The shell program in the section that is marked with `name`.
fn example(name: &str) -> String {
    let docs = include_str!("../../docs/ledger-format.md");
    let mark = format!("<!-- run: {name} -->\n```sh\n");
    let (_, rest) = docs.split_once(&mark).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn sha256sum_and_tail_confirm_a_link() {
    let root = Root::new();
    for number in 0..3 {
        assert_eq!(root.said(&["write", "cls", "info", "t", "s", &format!("event {number}")]).0, 0);
    }
    let check = || {
        let mut shell = Command::new("sh");
        let output =
            shell.arg("-euc").arg(example("link")).current_dir(root.path("g/ledger/cls")).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(check(), "the link holds\n");
    let day = std::fs::read_dir(root.path("g/ledger/cls")).unwrap().map(|entry| entry.unwrap().path());
    let day = day.filter(|path| path.extension().is_some()).last().unwrap();
    let text = std::fs::read_to_string(&day).unwrap();
    std::fs::write(&day, text.replace("event 1", "event 7")).unwrap();
    assert_eq!(check(), "the link is BROKEN\n");
}

/// The published schema accepts what the program writes and what others write, and refuses what `validate` refuses.
#[test]
fn the_schema_means_what_validate_means() {
    const TEST: &str = "the_schema_means_what_validate_means";
    const ORACLE: &str = "import json, sys\n\
        from jsonschema import Draft202012Validator as V\n\
        schema = json.load(open(sys.argv[1])); V.check_schema(schema); v = V(schema)\n\
        print(*[int(v.is_valid(json.loads(line))) for line in sys.stdin if line.strip()])";
    let probe = Command::new("python3").args(["-c", "import jsonschema"]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{TEST}: python3 has no jsonschema");
        eprintln!("NOT RUN: {TEST}: python3 has no jsonschema");
        return;
    }
    let root = Root::new();
    assert_eq!(root.said(&["write", "cls", "task_result", "t", "s", "", "{\"status\":\"success\"}"]).0, 0);
    let run = Command::new(env!("CARGO_BIN_EXE_ledger-run"))
        .args(["--root".as_ref(), root.path("").as_os_str()])
        .args(["cls", "--", "sh", "-c", "echo out; kill -9 $$"])
        .env("XDG_STATE_HOME", root.path("../state"))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert!(run.status.code().is_none());
    let mut lines = root.lines();
    let good = lines.len();
    let foreign = r#"{"ts":"2025-11-16T02:12:34+07:00","agent":"cls","session_id":"2025-11-16_cls_001","event":"task_result","task_id":"wo","source":"gg","summary":"done","data":{"status":"success","duration_sec":132,"files_touched":["path1"]}}"#;
    lines.push(foreign.to_owned());
    for (right, wrong) in [
        ("+07:00\"", "Z\""),
        ("\"cls\"", "\"CLS\""),
        ("task_result", "done"),
        ("\"wo\"", "1"),
        ("\"success\"", "\"fine\""),
        ("132", "\"132\""),
        ("[\"path1\"]", "[1]"),
        ("\"summary\":\"done\",", ""),
    ] {
        assert!(foreign.contains(right));
        lines.push(foreign.replace(right, wrong));
    }
    let input = root.path("../lines");
    std::fs::write(&input, lines.join("\n")).unwrap();
    let output = Command::new("python3")
        .args(["-c", ORACLE, concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ledger.schema.json")])
        .stdin(std::fs::File::open(&input).unwrap())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<bool> = text.split_whitespace().map(|word| word == "1").collect();
    let expected: Vec<bool> = (0..lines.len()).map(|number| number <= good).collect();
    assert_eq!(verdicts, expected, "{}", String::from_utf8_lossy(&output.stderr));
    let checked: Vec<bool> =
        lines.iter().map(|line| ledger_run::ledger::check_line(line.as_bytes()).is_empty()).collect();
    assert_eq!(checked, expected);
}
