//! The JSON Schema of ledger lines and of `status.json`, generated from the types and compared with
//! `docs/ledger.schema.json`. To regenerate that file: `LEDGER_SCHEMA=write cargo test --lib ledger::schema`.

use super::record::{ErrorData, EventKind, HeartbeatData, ResultData, StartData};
use super::status::StatusFile;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, schema_for};
use serde_json::{Map, Value, json};

/// One line of a day's file.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Line {
    /// When it happened.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?[+-]\d{2}:\d{2}$"))]
    ts: String,
    /// Whose event.
    #[schemars(regex(pattern = r"^[a-z0-9_-]{1,64}$"))]
    agent: String,
    /// The sitting of the agent it belongs to.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}_[a-z0-9_-]+_\d{3}$"))]
    session_id: String,
    /// What kind of event.
    event: EventKind,
    /// The task it belongs to.
    task_id: String,
    /// Who reports it.
    source: String,
    /// One line for people.
    summary: String,
    /// Everything else; members by event are in the definitions. All of them are optional for readers.
    data: Map<String, Value>,
    /// The link to everything before; absent in lines of other writers.
    chain: Option<Chain>,
}

/// The link of a chained line, always its last member.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Chain {
    /// Number of the line in the agent's chain, from 1, without gaps.
    #[schemars(range(min = 1))]
    seq: u64,
    /// SHA-256 of what the link covers.
    #[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"))]
    prev: String,
    /// Size of the file when `prev` was computed.
    at: u64,
    /// What the link covers, when it is not simply this file from the previous link's `at` to `at`.
    over: Option<Vec<String>>,
}

fn generate() -> Value {
    let mut generator: SchemaGenerator = SchemaSettings::draft2020_12().into_generator();
    let mut by_event = Vec::new();
    for (event, schema) in [
        ("task_start", generator.subschema_for::<StartData>()),
        ("heartbeat", generator.subschema_for::<HeartbeatData>()),
        ("task_result", generator.subschema_for::<ResultData>()),
        ("error", generator.subschema_for::<ErrorData>()),
    ] {
        by_event.push(json!({
            "if": {"properties": {"event": {"const": event}}},
            "then": {"properties": {"data": schema}},
        }));
    }
    let status = generator.subschema_for::<StatusFile>();
    let definitions = generator.take_definitions(true);
    let mut root = schema_for!(Line).to_value();
    let line_definitions = root.get_mut("$defs").and_then(Value::as_object_mut).map(std::mem::take);
    let mut all: Map<String, Value> = line_definitions.unwrap_or_default();
    all.extend(definitions);
    for name in ["StartData", "HeartbeatData", "ResultData", "ErrorData"] {
        // Lines of other writers have none of them.
        all.get_mut(name).and_then(Value::as_object_mut).and_then(|schema| schema.remove("required"));
    }
    root["$defs"] = Value::Object(all);
    root["allOf"] = Value::Array(by_event);
    root["title"] = json!("A line of a ledger-run ledger; $defs/StatusFile is status.json");
    assert!(status.to_value()["$ref"] == "#/$defs/StatusFile");
    root
}

#[test]
fn the_published_schema_is_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ledger.schema.json");
    let text = format!("{:#}\n", generate());
    if std::env::var("LEDGER_SCHEMA").as_deref() == Ok("write") {
        std::fs::write(&path, &text).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == published, "out of date: run LEDGER_SCHEMA=write cargo test --lib ledger::schema");
}
