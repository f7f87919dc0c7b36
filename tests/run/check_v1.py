"""Reads ledger lines from standard input and checks each against schema v1, with nothing but Python 3."""
import datetime
import json
import re
import sys

MEMBERS = {"ts", "agent", "session_id", "event", "task_id", "source", "summary", "data"}
EVENTS = {"heartbeat", "task_start", "task_result", "error", "info"}
SESSION = re.compile(r"\d{4}-\d{2}-\d{2}_[a-z0-9_-]+_\d{3}")
TS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?[+-]\d\d:\d\d")


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def check(line):
    record = json.loads(line)
    assert MEMBERS <= set(record), MEMBERS - set(record)
    for name in MEMBERS - {"data"}:
        assert isinstance(record[name], str) and record[name], name
    data = record["data"]
    assert isinstance(data, dict)
    assert TS.fullmatch(record["ts"]), record["ts"]
    assert datetime.datetime.fromisoformat(record["ts"]).utcoffset() is not None
    assert record["event"] in EVENTS
    assert SESSION.fullmatch(record["session_id"]), record["session_id"]
    assert re.fullmatch(r"[a-z0-9_-]+", record["agent"])
    if record["event"] == "task_result":
        assert data["status"] in ("success", "failure")
        assert number(data["duration_sec"]) and data["duration_sec"] >= 0
        assert all(isinstance(path, str) for path in data["files_touched"])
        assert isinstance(data["files_touched"], list)
        assert "exit_code" not in data or type(data["exit_code"]) is int
        assert not ("exit_code" in data and "signal" in data)
    if record["event"] == "error":
        assert isinstance(data["error"], str) and data["error"]


raw = sys.stdin.buffer.read()
assert raw.endswith(b"\n"), "the last line has no LF"
assert b"\r" not in raw
lines = raw.decode("utf-8").split("\n")[:-1]
for at, line in enumerate(lines, 1):
    try:
        check(line)
    except Exception as error:
        sys.exit(f"line {at}: {type(error).__name__} {error}: {line[:300]}")
print(len(lines))
