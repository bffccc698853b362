"""`eventsmith-eval review-report`: from data alone, the same each time, nothing private in it."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from synthetic_reviews import as_lines, line, sample

from evaluation.cli import main
from evaluation.review_report import report
from evaluation.reviews import read_reviews

EVENT = line()["item"]["event"]


def written(lines: list[dict[str, Any]]) -> str:
    reviewed = read_reviews(as_lines(lines), "r.jsonl")
    return report(reviewed, source="r.jsonl", command="the command", figure="r.svg")


def row(text: str, start: str) -> list[str]:
    """The cells of the first table row beginning so."""
    found = next(each for each in text.splitlines() if each.startswith(f"| {start}"))
    return [cell.strip() for cell in found.strip("|").split("|")]


def twenty(total: int) -> list[dict[str, Any]]:
    people = [total // 4 + (place < total % 4) for place in range(4)]
    return [line(f"item-{number}", people=people) for number in range(20)]


def run(path: Path, out: Path) -> int:
    with pytest.raises(SystemExit) as left:
        main(["review-report", str(path), "--out", str(out)])
    return int(left.value.code or 0)


@pytest.mark.parametrize(
    ("total", "release", "no_rollback"),
    [(84, "pass", "pass"), (80, "fail", "pass"), (70, "fail", "pass"), (66, "fail", "fail")],
    ids=["above 80", "exactly 80 is not above", "70 stays", "below 70"],
)
def test_gates_of_twenty(total: int, release: str, no_rollback: str) -> None:
    text = written(twenty(total))
    assert release in row(text, "출시")[2]
    assert no_rollback in row(text, "되돌림")[2]
    assert "관문을 판정하지 않습니다" not in text


def test_nineteen_decide_nothing_and_say_so_first() -> None:
    text = written(twenty(84)[:19])
    assert "19 of 20 events drawn" in text.split("##", maxsplit=1)[0]
    assert "undecided" in row(text, "출시")[2]
    assert "undecided" in row(text, "되돌림")[2]


def test_only_events_drawn_by_chance_decide() -> None:
    """Those queued for doubt are worse by choice and would pull the mean down."""
    doubtful = [line(f"doubt-{number}", people=(10, 10, 10, 10)) for number in range(5)]
    for each in doubtful:
        each["item"]["why"] = "verdict"
    text = written(twenty(84) + doubtful)
    assert row(text, "출시")[1:] == ["84.0", "통과 pass"]
    assert "drawn by chance 20, " in text
    assert "undecided" in row(written(doubtful), "출시")[2]


def test_every_figure_comes_from_the_reviews() -> None:
    lines = [
        line("one", people=(20, 18, 10, 16), scorer=(25, 20, 20, 15), reviewer="a"),
        line("one", people=(22, 20, 14, 20), scorer=(25, 20, 20, 15), reviewer="b"),
        line("two", people=(25, 25, 25, 25), scorer=(20, 20, 20, 20), reviewer="a"),
    ]
    text = written(lines)
    assert row(text, "1 |")[4:] == [
        "21.0", "19.0", "12.0", "18.0", "70.0", "수정 revise 2", "80.0", "+10.0",
    ]  # fmt: skip
    assert row(text, "재미")[1].startswith("18.5 (")
    assert row(text, "재미")[2:] == ["20.0", "+1.5"]
    assert row(text, "총점")[1].startswith("85.0 (70.0 ~ 100.0)")
    assert row(text, "승인")[1:] == ["1", "33%"]
    assert row(text, "수정")[1:] == ["2", "67%"]
    assert row(text, "`natural`")[1:] == ["33%"]
    assert row(text, "`safe`")[1:] == ["100%"]
    for part in ("events: 2", "reviews: 3", "reviewers: 2", "ko-v3", "bundled-1", "2030-01-02"):
        assert part in text


def test_nothing_private_and_no_markup_from_a_title() -> None:
    title = "표 | 를 <b>깨는</b>\n# [제목](x)"
    lines = [line(reviewer="Kim Minji", note="a note with a name")]
    lines[0]["item"]["event"] = EVENT | {"title": title}
    text = written(lines)
    assert "Kim Minji" not in text
    assert "a note" not in text
    assert r"표 \| 를 \<b\>깨는\</b\> \# \[제목\](x)" in text


def test_one_review_is_enough_for_a_report() -> None:
    text = written([line()])
    assert row(text, "총점")[1] == "80.0"
    assert "nan" not in text.lower()


def test_the_command_names_itself_and_its_input_and_repeats(tmp_path: Path) -> None:
    path, out = tmp_path / "reviews.jsonl", tmp_path / "reports" / "sample.md"
    path.write_bytes(as_lines(sample(20, noise=2)))
    assert run(path, out) == 0
    text, picture = out.read_text("utf-8"), out.with_suffix(".svg").read_bytes()
    assert "`eventsmith-eval review-report reviews.jsonl --out sample.md`" in text
    assert sha256(path.read_bytes()).hexdigest() in text
    assert "(sample.svg)" in text
    assert str(tmp_path) not in text
    assert picture.count(b"<use") > 20
    assert b"</svg>" in picture
    assert run(path, out) == 0
    assert (text, picture) == (out.read_text("utf-8"), out.with_suffix(".svg").read_bytes())


def test_another_suffix_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(as_lines([line()]))
    assert run(path, tmp_path / "report.svg") == 2
    assert "must end in .md" in capsys.readouterr().err
