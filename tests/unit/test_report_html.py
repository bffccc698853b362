"""The report's page: complete, in both languages, and safe whatever a model wrote."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from evaluation_samples import results

from evaluation.report.events import SPREAD, WORST, browsed
from evaluation.report.figures import figures
from evaluation.report.html import render, write_report
from evaluation.report.sections import failures, figure_rows, stage_rows, violation_rows
from evaluation.report.words import Said, won
from evaluation.suite.prices import Prices
from evaluation.suite.result import Outcome, Result

BASE, OTHER = "compact/bundled/default", "terse/bundled/default"
VERDICT = Said("terse가 9.1점 못합니다.", "terse is 9.1 points worse.")
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}</style>'
Arms = dict[str, list[Result]]


@pytest.fixture(scope="module")
def arms() -> Arms:
    return {BASE: results(BASE, 60), OTHER: results(OTHER, 60, worse=0.5, failed=0.1)}


def page(arms: Arms, **changes: Any) -> str:
    arguments: dict[str, Any] = {
        "title": "smoke",
        "arms": arms,
        "figures": {arm: figures(each) for arm, each in arms.items()},
        "verdicts": [VERDICT],
        "context": {"git.commit": "f296ce7"},
        "plots": {},
    }
    return render(**arguments | changes)


class Reader(HTMLParser):
    """Tags with their attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_it_says_all_in_both_languages(arms: Arms) -> None:
    text = page(arms)
    for said in (VERDICT.ko, VERDICT.en, "총점 평균", "total, mean", "f296ce7", "git.commit"):
        assert said in text
    read = Reader(text)
    assert read.tags[0] == ("html", {"lang": "ko"})
    assert sum(attributes.get("lang") == "en" for _, attributes in read.tags) > 40
    assert "Undefined" not in text


def test_every_event_is_counted_and_the_worst_come_first(arms: Arms) -> None:
    text = page(arms)
    events = [one for each in arms.values() for one in each if one.event]
    details = [attributes for tag, attributes in Reader(text).tags if tag == "details"]
    assert len(details) == len(events)
    assert f"{len(events)} of {len(events)} events" in text
    for place, each in enumerate(arms.values()):
        shown = [one for one in details if one["data-arm"] == str(place)]
        assert len(shown) == sum(one.event is not None for one in each)
    points = [float(found) for found in re.findall(r'class="points">([\d.]+)<', text)]
    assert points == sorted(one.points for one in events)


def test_of_many_events_the_worst_and_a_spread_are_shown() -> None:
    many = results(BASE, 400)
    found = browsed({BASE: many})
    points = sorted(one.points for one in many if one.event)
    shown = [one.result.points for one in found.shown]
    assert found.written == len(points)
    assert len(shown) == WORST + SPREAD
    assert shown[:WORST] == points[:WORST]
    assert shown[-1] == points[-1]
    assert len({one.result.pair for one in found.shown}) == WORST + SPREAD
    assert f"200 of {len(points)} events" in page({BASE: many})


def test_hostile_text_stays_text(arms: Arms) -> None:
    one = next(each for each in arms[BASE] if each.event and each.quality)
    assert one.event
    assert one.quality
    choice = one.event.choices[0]
    bad = choice.model_copy(update={"text": HOSTILE, "result_text": HOSTILE})
    reason = (
        one.quality.reasons[0]._replace(ko=HOSTILE, en=HOSTILE) if one.quality.reasons else None
    )
    hostile = one.model_copy(
        update={
            "arm": HOSTILE,
            "scenario": HOSTILE,
            "error": HOSTILE,
            "violations": (HOSTILE,),
            "event": one.event.model_copy(
                update={"title": HOSTILE, "description": HOSTILE, "choices": (bad, bad)}
            ),
            "quality": one.quality.model_copy(update={"reasons": (reason,) if reason else ()}),
        }
    )
    failed = hostile.model_copy(update={"event": None, "quality": None, "outcome": Outcome.FAILED})
    text = page(
        {HOSTILE: [hostile, failed], "other": arms[OTHER]},
        title=HOSTILE,
        verdicts=[Said(HOSTILE, HOSTILE)],
        context={HOSTILE: HOSTILE},
    )
    read = Reader(text)
    assert sum(tag == "script" for tag, _ in read.tags) == 1
    assert sum(tag == "style" for tag, _ in read.tags) == 1
    assert not [tag for tag, _ in read.tags if tag == "img"]
    assert not [name for _, attributes in read.tags for name in attributes if name.startswith("on")]
    assert read.text.count("{{ 7*7 }}") > 10
    assert "49</style>" not in text


def test_it_needs_nothing_but_itself(arms: Arms, tmp_path: Path) -> None:
    text = write(arms, tmp_path).read_text("utf-8")
    read = Reader(text)
    assert not {tag for tag, _ in read.tags} & {"link", "iframe", "object", "embed"}
    sources = [
        value or ""
        for _, attributes in read.tags
        for name, value in attributes.items()
        if name in {"src", "href", "xlink:href", "action"}
    ]
    assert all(source.startswith(("#", "data:")) for source in sources)
    assert "default-src 'none'" in text
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {source for source in sources if source.startswith("#") and "-" not in source}
    assert {target.removeprefix("#") for target in targets} <= set(ids)


def write(arms: Arms, folder: Path) -> Path:
    return write_report(
        folder,
        "smoke",
        arms,
        {
            arm: figures(each, Prices(per_hour=2, currency="KRW"), concurrency=4)
            for arm, each in arms.items()
        },
        [VERDICT],
        {},
        currency="KRW",
    )


def test_page_plots_and_table_are_written_the_same_each_time(arms: Arms, tmp_path: Path) -> None:
    page, again = write(arms, tmp_path / "a"), write(arms, tmp_path / "b")
    assert "요청 1,000건 (KRW)" in page.read_text("utf-8")
    made = {path.relative_to(page.parent).as_posix() for path in page.parent.rglob("*.*")}
    assert made == {"report.html", "events.csv"} | {
        f"plots/{name}.{form}"
        for name in ("quality", "differences", "dimensions", "stages", "latency", "violations")
        for form in ("svg", "png")
    }
    for name in made:
        assert (page.parent / name).read_bytes() == (again.parent / name).read_bytes(), name
    back = pd.read_csv(page.parent / "events.csv")
    assert back.groupby("arm").size().to_dict() == {BASE: 60, OTHER: 60}


def test_nothing_but_failures_is_still_a_page(tmp_path: Path) -> None:
    text = write({BASE: results(BASE, 12, failed=1.0)}, tmp_path).read_text("utf-8")
    assert "0 of 0 events" in text
    assert "HTTP 503: no engine" in text
    assert "No rule was broken." in text
    assert "0 trials" in page({})


def test_failures_are_counted_by_error(arms: Arms) -> None:
    found = failures(arms)
    counted = sum(int(cell.text) for row in found.rows for cell in row.cells)
    assert counted == sum(one.event is None for each in arms.values() for one in each)
    one = next(each for each in arms[OTHER] if each.outcome is Outcome.FAILED)
    many = [one.model_copy(update={"error": f"error {number}"}) for number in range(40)]
    few = failures({BASE: many})
    assert len(few.rows) + few.others == 40
    assert "10 more with rarer errors" in page({BASE: many})


def test_only_a_better_figure_is_marked() -> None:
    two = {"a": {"n": 10.0, "latency.p50_s": 1.0, "quality.total.mean": 80.0}}
    two["b"] = {"n": 20.0, "latency.p50_s": 0.5, "quality.total.mean": 80.01}
    rows = {row.hint: row for part in figure_rows(two, ["a", "b"], "") for row in part.rows}
    assert [cell.best for cell in rows["latency.p50_s"].cells] == [False, True]
    assert [cell.best for cell in rows["n"].cells] == [False, False]
    assert [cell.best for cell in rows["quality.total.mean"].cells] == [False, False], "80.0 both"
    assert "cost.per_1000_asked" not in rows


def test_stages_and_violations_add_up(arms: Arms) -> None:
    trials = [
        sum(int(row.cells[place].text.rsplit(" ", 1)[-1]) for row in stage_rows(arms))
        for place in range(2)
    ]
    assert trials == [60, 60]
    (row,) = violation_rows(arms)
    assert row.name.ko == "balance.dominated"
    broken = sum("balance.dominated" in one.violations for one in arms[OTHER])
    assert row.cells[1].text == f"{broken} ({broken / 60:.1%})"


@pytest.mark.parametrize(
    ("amount", "ko", "en"),
    [
        (60_000_000, "+6,000만원", "+₩60M"),
        (-150_000_000, "−1억 5,000만원", "−₩150M"),
        (100_000_000, "+1억원", "+₩100M"),
        (12_345, "+1만 2,345원", "+₩12,345"),
        (0, "+0원", "+₩0"),
        (-2_500_000, "−250만원", "−₩2.5M"),
    ],
)
def test_won_in_the_readers_units(amount: int, ko: str, en: str) -> None:
    assert won(amount) == (ko, en)


def test_a_thousand_events_in_ten_seconds(tmp_path: Path) -> None:
    base = results(BASE, 250)
    copies = [
        one.model_copy(update={"scenario": f"{one.scenario}-{copy}"})
        for copy in range(4)
        for one in base
    ]
    started = time.process_time()
    write({BASE: copies[:500], OTHER: copies[500:]}, tmp_path)
    assert time.process_time() - started < 10
