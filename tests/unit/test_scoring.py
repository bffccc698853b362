"""`eventsmith-eval score`: events from anywhere, each judged, the malformed ones named."""

import json
from pathlib import Path

import pytest

from evaluation.cli import main
from serve.api.examples import EVENT_RESPONSE

EVENT = EVENT_RESPONSE["event"]


def run(path: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(["score", str(path), *flags])
    return int(left.value.code or 0), capsys.readouterr().out


def test_json_lines_with_a_malformed_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join([json.dumps(EVENT), "{oops", json.dumps({"title": "x"})]))
    code, output = run(path, capsys, "--json")
    first, second, third = (json.loads(line) for line in output.splitlines())
    assert code == 1
    assert first["violations"] == []
    assert set(first["quality"]) == {"consistency", "balance", "fun", "education", "total"}
    assert (second["index"], second["error"]) == (1, "is not a JSON object")
    assert third["error"].startswith("eventType")


def test_a_broken_rule_discards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps({**EVENT, "title": "문의는 010-1234-5678"}))
    code, output = run(path, capsys, "--json")
    judged = json.loads(output)
    assert code == 1
    assert judged["verdict"] == "discard"
    assert judged["violations"][0]["rule"] == "content.personal_data"


def test_readable_by_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps([EVENT]))
    code, output = run(path, capsys)
    assert code == 0
    assert EVENT["title"] in output


def test_an_empty_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.json"
    path.write_text("")
    assert run(path, capsys)[0] == 2
