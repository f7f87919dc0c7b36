//! `--log`: the whole stream beside the ledger, without its secrets.

use crate::harness::{Env, argv, high_water_mark, missing, tool};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;

/// The text of a log, decompressed by somebody else's program, after its size and digest were compared.
fn text_of(env: &Env, log: &Value) -> String {
    let path = env.root().join(log["path"].as_str().expect("a path"));
    let bytes = fs::read(&path).unwrap();
    assert_eq!(log["bytes"], bytes.len(), "{log}");
    let digest = Sha256::digest(&bytes).iter().fold("sha256:".to_owned(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    assert_eq!(log["sha256"], digest, "{log}");
    let ran = env.bare(&["gzip".as_ref(), "-dc".as_ref(), path.as_os_str()]).run();
    assert_eq!(ran.code(), Some(0), "{}", ran.complaint());
    ran.text()
}

#[test]
fn everything_is_kept_but_the_secrets() {
    if !tool("a log, as gzip reads it", "gzip", "--version") {
        return;
    }
    let env = Env::new();
    let secret = ["q7W3e9", "R1t5Y8u2Z"].concat();
    let filler: String = (0..30_000).fold(String::new(), |text, number| text + &format!("line {number}\n"));
    // In the middle, where neither head nor tail reaches.
    let text = format!("{filler}api_token={secret}\n{filler}again {secret}\n{filler}end without a newline");
    env.write("text", &text);
    let ran = env.with_options(&["--log"], &argv("cat text; echo told >&2; exit 3")).run();
    assert_eq!((ran.code(), ran.text() == text, ran.complaint().as_str()), (Some(3), true, "told\n"));
    let data = env.result();
    let marker = "[REDACTED:generic-secret]";
    let log = text_of(&env, &data["stdout"]["log"]);
    assert!(log == text.replace(&secret, marker), "the log differs in more than the secret");
    assert_eq!(data["stdout"]["log"]["redactions"], 2);
    assert_eq!(
        (&data["stdout"]["log"]["complete"], &data["stdout"]["truncated"]),
        (&true.into(), &true.into())
    );
    assert_eq!(text_of(&env, &data["stderr"]["log"]), "told\n");
    assert!(data.get("degraded").is_none(), "{data}");
}

#[test]
fn merged_streams_have_one_log_in_their_order() {
    if !tool("a log, as gzip reads it", "gzip", "--version") {
        return;
    }
    let env = Env::new();
    let program = argv("for i in 1 2 3; do echo o$i; echo e$i >&2; done");
    let [_, launch] = env.both(r#"lr=$1; shift; exec "$lr" --log "$@" 2>&1"#, &program);
    assert_eq!(launch.run().code(), Some(0));
    let data = env.result();
    assert_eq!(text_of(&env, &data["stdout"]["log"]), "o1\ne1\no2\ne2\no3\ne3\n");
    assert!(data["stderr"].get("log").is_none());
}

/// Something else stands where the logs should be: the command is not told, the record is.
#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let env = Env::new();
    let agent = env.root().join("g/ledger/x");
    fs::create_dir_all(&agent).unwrap();
    fs::write(agent.join("logs"), "in the way").unwrap();
    let ran = env.with_options(&["--log"], &argv("echo out; exit 3")).run();
    assert_eq!((ran.code(), ran.text().as_str()), (Some(3), "out\n"));
    assert_eq!(ran.complaint().lines().count(), 2, "{}", ran.complaint());
    let data = env.result();
    assert!(data["stdout"].get("log").is_none());
    assert_eq!(data["stdout"]["head"], "out\n");
    assert!(data["degraded"].to_string().contains("no log of stdout"), "{data}");
}

/// A log that cannot keep up holds the stream back instead of growing.
#[test]
fn much_output_is_logged_in_little_memory() {
    if high_water_mark(std::process::id().cast_signed()).is_none() {
        return missing("memory of a long log", "there is no /proc to read it from");
    }
    let env = Env::new();
    env.fifo("gate");
    let program = argv("yes 'all work and no play' | head -c 64000000 >&2; echo done; read go <gate");
    let running = env
        .with_options(&["--log", "--touch", "off"], &program)
        .stderr(fs::File::create("/dev/null").unwrap())
        .start();
    running.says("done\n");
    let resident = high_water_mark(running.pid()).unwrap();
    env.open_gate("gate");
    assert_eq!(running.finish().code(), Some(0));
    assert!(resident < 32 << 10, "{resident} KiB resident");
    assert_eq!(env.result()["stderr"]["bytes"], 64_000_000);
}
