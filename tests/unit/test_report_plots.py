"""Plots: the right numbers in them, the same bytes each time, nothing of a player's texts."""
# ruff: noqa: S314  the XML is our own

import re
from typing import Any
from xml.etree.ElementTree import fromstring

import matplotlib as mpl
import numpy as np
import pytest
from evaluation_samples import results
from matplotlib.figure import Figure

from evaluation.report.plots import draw, inline, png, svg
from evaluation.report.plots.differences import by_scenario
from evaluation.report.plots.style import COLOURS, look, names, short, thinned
from evaluation.statistics.bootstrap import Interval
from evaluation.suite.result import Result

BASE, OTHER = "compact/bundled/default", "terse/bundled/default"
Arms = dict[str, list[Result]]


@pytest.fixture(scope="module")
def arms() -> Arms:
    return {BASE: results(BASE, 60), OTHER: results(OTHER, 60, worse=0.5)}


@pytest.fixture(scope="module")
def drawn(arms: Arms) -> dict[str, Figure]:
    return draw(arms, BASE, {OTHER: Interval(-9.0, -14.5, -3.5)})


def words(figure: Figure) -> str:
    return " ".join(
        "".join(node.itertext()) for node in fromstring(svg(figure)).iter() if "text" in node.tag
    )


def test_every_plot_is_there_and_names_arms_and_units(drawn: dict[str, Figure]) -> None:
    assert list(drawn) == [
        "quality", "differences", "dimensions", "stages", "latency", "violations",
    ]  # fmt: skip
    for name, unit in (
        ("quality", "points"),
        ("differences", "difference (points)"),
        ("dimensions", "points of 25"),
        ("stages", "points"),
        ("latency", "seconds"),
        ("violations", "(%)"),
    ):
        text = words(drawn[name])
        assert unit in text
        assert "compact" in text
        assert "terse" in text
        assert "bundled" not in text, "what all arms share says nothing"


def test_the_same_results_give_the_same_bytes(arms: Arms, drawn: dict[str, Figure]) -> None:
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": None}):
        again = draw(arms, BASE, {OTHER: Interval(-9.0, -14.5, -3.5)})
        second = {name: (svg(figure), png(figure)) for name, figure in again.items()}
    assert second == {name: (svg(figure), png(figure)) for name, figure in drawn.items()}
    assert png(drawn["quality"]).startswith(b"\x89PNG")


def test_the_machines_settings_stay_as_they_were(arms: Arms) -> None:
    before = dict(mpl.rcParams)
    svg(draw(arms)["quality"])
    assert dict(mpl.rcParams) == before


def test_no_text_of_an_event_is_in_a_plot(arms: Arms, drawn: dict[str, Figure]) -> None:
    for figure in drawn.values():
        text = svg(figure).decode()
        assert not re.search("[가-힣]", text)
        for one in arms[BASE]:
            assert one.event is None or one.event.title not in text


def test_differences_are_means_over_the_repeats_both_have(arms: Arms) -> None:
    one, *_ = (each for each in arms[BASE] if each.quality)
    zero: dict[str, Any] = {"quality": None}
    base = [one, one.model_copy(update={"repeat": 1}), one.model_copy(update={"scenario": "x"})]
    other = [
        one.model_copy(update=zero),
        one.model_copy(update={"repeat": 1}),
        one.model_copy(update={"repeat": 2} | zero),
        one.model_copy(update={"scenario": "y"} | zero),
    ]
    assert by_scenario(base, other).tolist() == [-one.points / 2]


def test_the_interval_is_drawn_and_told(arms: Arms, drawn: dict[str, Figure]) -> None:
    assert "-9.0 (95 % CI -14.5 to -3.5)" in words(drawn["differences"])
    alone = draw(arms)["differences"]
    mean = float(np.mean(by_scenario(arms[BASE], arms[OTHER])))
    assert f"terse: {mean:+.1f} Difference to compact" in words(alone)
    assert "CI" not in words(alone)


def test_heat_map_holds_the_mean_and_the_count_of_each_stage(
    arms: Arms, drawn: dict[str, Figure]
) -> None:
    early = [one.points for one in arms[BASE] if one.game_state.stage == "early"]
    text = words(drawn["stages"])
    assert f"n={len(early)}" in text
    assert f"{np.mean(early):.0f}" in text


def test_what_cannot_be_shown_is_left_out(arms: Arms) -> None:
    assert draw({}) == {}
    assert draw({BASE: []}) == {}
    assert "differences" not in draw({BASE: arms[BASE]})
    assert "violations" not in draw({BASE: results(BASE, 20, worse=0)})
    failed = results(BASE, 10, failed=1.0)
    assert "latency" not in draw({BASE: failed})
    strangers = [one.model_copy(update={"scenario": f"z-{one.scenario}"}) for one in arms[OTHER]]
    assert "differences" not in draw({BASE: arms[BASE], OTHER: strangers})


def test_one_trial_is_enough_to_draw(arms: Arms) -> None:
    for name, figure in draw({BASE: arms[BASE][:1], OTHER: arms[OTHER][:1]}).items():
        assert svg(figure), name


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "$\\frac$", "한글/모델/설정", "a&b", "x" * 200, "y z/" * 9],
)
def test_any_name_of_an_arm_can_be_drawn(arms: Arms, name: str) -> None:
    drawn = draw({name: arms[BASE], OTHER: arms[OTHER]})
    for plot, figure in drawn.items():
        fromstring(svg(figure))
        assert "<script" not in inline(figure, plot, "label")


def test_inline_plots_share_no_id_and_take_the_pages_ink(drawn: dict[str, Figure]) -> None:
    ids: list[str] = []
    for name, figure in drawn.items():
        text = inline(figure, name, "what it shows")
        root = fromstring(text)
        assert root.get("role") == "img"
        assert root.get("aria-label") == "what it shows"
        assert root.get("width") is None
        assert "currentColor" in text
        assert "<metadata" not in text
        own = re.findall(r' id="([^"]+)"', text)
        used = re.findall(r'(?:url\(#|href="#)([^")]+)', text)
        assert set(used) <= set(own)
        ids += own
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("given", "called"),
    [
        (["a/m/x", "b/m/x"], ["a", "b"]),
        (["a/m/x", "b/m/y"], ["a / x", "b / y"]),
        (["a/m/x"], ["a"]),
        (["a/m/x", "live"], ["a / m / x", "live"]),
    ],
)
def test_arms_are_named_by_what_sets_them_apart(given: list[str], called: list[str]) -> None:
    assert short(given) == called
    assert names(given) == called


def test_twenty_arms_look_different() -> None:
    assert len({look(place) for place in range(20)}) == 20
    assert look(0)[0] == COLOURS[0]


def test_thinning_keeps_the_ends() -> None:
    values = [float(number) for number in range(1000)]
    kept = thinned(values[::-1], 11)
    assert len(kept) == 11
    assert (kept[0], kept[5], kept[-1]) == (0.0, 500.0, 999.0)
    assert thinned([3.0, 1.0], 5) == [1.0, 3.0]
