"""The examples of `docs/quality-criteria.md` score as the page says they do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.scoring import Scored, judge
from serve.domain.balance import BalancePolicy
from serve.review.checklist import CHECKLIST

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/quality-criteria.md").read_text("utf-8")
POLICY = BalancePolicy.parse(yaml.safe_load((ROOT / "configs/balance.yaml").read_text("utf-8")))
DIMENSIONS = ("consistency", "balance", "fun", "education")
QUESTIONS = tuple(question.id for question in CHECKLIST)


def examples(name: str) -> list[Any]:
    """(the example, the example judged) with its id as the test's."""
    lines = (ROOT / f"docs/examples/quality/{name}.jsonl").read_text("utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    pairs = zip(items, judge(items, POLICY), strict=True)
    return [pytest.param(item, judged, id=item["id"]) for item, judged in pairs]


GOOD, BAD = examples("good"), examples("bad")


def quoted(example: str) -> list[str]:
    """The cells of the example's row in the page's table."""
    rows = re.findall(rf"^\| `{example}` \|(.*)\|$", PAGE, re.MULTILINE)
    assert len(rows) == 1, f"{example} has {len(rows)} rows in the page's table"
    return [cell.strip() for cell in rows[0].split("|")]


@pytest.mark.parametrize(("item", "judged"), [*GOOD, *BAD])
def test_the_page_quotes_what_the_command_says(item: dict[str, Any], judged: Scored) -> None:
    quality = judged.quality
    figures = [f"{getattr(quality, name):g}" for name in (*DIMENSIONS, "total")]
    assert quoted(item["id"]) == [", ".join(item["lines"]), *figures, judged.verdict.value]
    assert judged.verdict.value == item["verdict"]


@pytest.mark.parametrize(("item", "judged"), GOOD)
def test_good_examples_are_accepted(item: dict[str, Any], judged: Scored) -> None:
    assert judged.violations == ()
    assert judged.quality.total >= 80


@pytest.mark.parametrize(("item", "judged"), BAD)
def test_bad_examples_are_below_unless_only_people_see_it(
    item: dict[str, Any], judged: Scored
) -> None:
    limit = {"review": 80, "discard": 60, "accept": 101}[item["verdict"]]
    assert judged.quality.total < limit
    assert (item["verdict"] == "accept") is (item["seenBy"] == "people")


@pytest.mark.parametrize("line", [*DIMENSIONS, *QUESTIONS])
def test_every_line_has_a_good_and_a_bad_example(line: str) -> None:
    for group in (GOOD, BAD):
        assert any(line in example.values[0]["lines"] for example in group)
    assert f"`{line}`" in PAGE
