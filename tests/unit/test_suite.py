"""Suites: what is asked, in which order, and what a wrong file is told."""

from pathlib import Path
from typing import Any

import pytest
from samples import POLICY
from suites import suite

from evaluation.suite.plan import key_of, read_plan
from serve.errors import ConfigurationError


def test_the_arms_are_the_product_of_prompts_models_and_settings(tmp_path: Path) -> None:
    ours = suite(
        tmp_path,
        prompts=["compact", "instruct"],
        models={"bundled": None, "live": {"target": "platform", "url": "http://127.0.0.1:1"}},
    )
    assert [arm.name for arm in ours.arms] == [
        "compact/bundled/default",
        "compact/bundled/cold",
        "instruct/bundled/default",
        "instruct/bundled/cold",
        "served/live/served",
    ]
    assert [arm.prompt and arm.prompt.sampling.temperature for arm in ours.arms] == [
        1.0,
        0.2,
        0.9,
        0.2,
        None,
    ]
    assert ours.baseline.name == "compact/bundled/default"


def test_every_arm_is_asked_the_same_in_turn(tmp_path: Path) -> None:
    ours = suite(tmp_path)
    trials = list(ours.trials(POLICY))
    assert len(trials) == ours.size == 4 * 2 * 2
    for left, right in zip(trials[::2], trials[1::2], strict=True):
        assert (left.scenario, left.repeat, left.seed, left.brief) == (
            right.scenario,
            right.repeat,
            right.seed,
            right.brief,
        )
        assert left.arm != right.arm
    assert [trial.arm.name.rpartition("/")[2] for trial in trials[:4]] == [
        "default",
        "cold",
        "cold",
        "default",
    ]
    assert len({(trial.scenario.id, trial.repeat) for trial in trials}) == 8
    assert len({trial.seed for trial in trials}) == 8
    assert trials == list(suite(tmp_path).trials(POLICY))


def test_the_fingerprint_tells_what_is_asked_not_how(tmp_path: Path) -> None:
    first = suite(tmp_path).fingerprint
    assert suite(tmp_path, concurrency=9, traces=0, margin=1).fingerprint == first
    assert suite(tmp_path, seed=1).fingerprint != first
    assert suite(tmp_path, sampling={"default": {}}).fingerprint != first
    assert suite(tmp_path, scenarios=5).fingerprint != first


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prompts": ["nope"]}, "no prompt variant 'nope'; there are compact"),
        ({"dataset": "nope"}, "nope"),
        ({"dataset": "nope.jsonl"}, "nope.jsonl"),
        ({"baseline": "compact/bundled/warm"}, "there are compact/bundled/default"),
        ({"sampling": {"hot": {"temperature": 9}}}, "sampling.hot.temperature"),
        ({"sampling": {"hot": {"heat": 1}}}, "sampling.hot.heat"),
        ({"repeats": 0}, "repeats"),
        ({"models": {}}, "models"),
        ({"models": {"x": {"target": "endpoint", "url": "ftp://x", "model": "m"}}}, "models.x"),
        ({"prompts": ["compact", "compact"]}, "named twice"),
        ({"prompts": ["gone.yaml"]}, "gone.yaml"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_suite_is_told_where_and_why(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        suite(tmp_path, **changes)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "- a", "a: [", "\xff\xfe"])
def test_what_is_no_suite_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(content, "latin-1")
    with pytest.raises(ConfigurationError, match=r"odd\.yaml"):
        read_plan(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_plan(tmp_path / "missing.yaml")


def test_a_variant_may_lie_beside_the_suite(tmp_path: Path) -> None:
    text = Path("serve/prompts/compact.yaml").read_text("utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("compact-3", "mine-1"), "utf-8")
    arm = suite(tmp_path, prompts=["mine.yaml"]).arms[0]
    assert arm.name == "mine/bundled/default"
    assert arm.prompt is not None
    assert arm.prompt.version == "mine-1"


def test_a_key_is_named_never_written() -> None:
    assert key_of("") == ""
    assert key_of("KEY", {"KEY": "secret"}) == "secret"
    with pytest.raises(ConfigurationError, match="KEY is not set"):
        key_of("KEY", {})


@pytest.mark.parametrize("path", sorted(Path("configs/evaluation").glob("*.yaml")), ids=str)
def test_every_suite_in_configs_can_be_read(path: Path) -> None:
    if "models" in path.read_text("utf-8"):
        assert read_plan(path).size > 0
