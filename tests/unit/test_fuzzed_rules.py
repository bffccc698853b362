"""A slice of `make prove-rules`, and that the proof would find a rule that is gone."""

from collections.abc import Iterator
from typing import Any

import pytest
from fuzzing.campaign import PATHS, campaign

from serve.domain import rules
from serve.domain.event import EventType
from serve.domain.ready import Ready


def test_two_thousand_cases_on_every_path() -> None:
    outcome = campaign(seed=1, cases=2000)
    assert outcome.invalid == []
    assert outcome.cases == 2000
    assert all(outcome.served[path] > 50 for path in PATHS), outcome.line()
    assert outcome.refused > 50


def test_a_seed_gives_the_same_run_however_many_cores_there_are() -> None:
    one, two = (campaign(seed=3, cases=260, workers=workers) for workers in (1, 2))
    assert one.line() == two.line()


def _nothing(*_: object) -> tuple[()]:
    return ()


def _whatever_type(self: Ready, owned: frozenset[str], _: EventType | None) -> bool:
    return self.needs <= owned and self.offers.isdisjoint(owned)


_YES = property(lambda _: True)
GONE: dict[str, tuple[dict[str, Any], str]] = {
    "every rule": ({"serve.domain.rules.broken": _nothing}, ""),
    "every rule at serving": ({"serve.domain.ready.broken": _nothing}, ""),
    "content": ({"serve.domain.rules.content_violations": _nothing}, "forbidden text"),
    "hidden characters": ({"serve.domain.content._hides": lambda _: False}, "invisible"),
    "structure": ({"serve.domain.rules._structure": _nothing}, "read the same"),
    "trade-offs": ({"serve.domain.rules._trade_offs": _nothing}, "a dominated choice"),
    "survival": ({"serve.domain.rules._survival": _nothing}, "no choice survives"),
    "infrastructure": ({"serve.domain.rules._infrastructure": _nothing}, "canonical"),
    "points of what lies in the pool": ({"serve.pool.PooledDraft.sound": _YES}, "quality"),
    "points of answers kept": ({"serve.api.contract.EventResponse.whole": _YES}, "quality"),
    "answers kept": ({"serve.service.EventService.may_repeat": lambda *_: True}, ""),
    "the type asked for": ({"serve.domain.ready.Ready.fits": _whatever_type}, "another type"),
}
"""What is taken out of the platform, and what the oracle then says of some event."""


@pytest.fixture
def forgetful() -> Iterator[None]:
    """What texts decide is remembered: not across a rule that is gone and back."""
    for remembered in (rules._told, rules.content_violations):
        remembered.cache_clear()
    yield
    for remembered in (rules._told, rules.content_violations):
        remembered.cache_clear()


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("gone", GONE)
def test_a_rule_that_is_gone_is_missed(gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, said = GONE[gone]
    for name, nothing in taken.items():
        monkeypatch.setattr(name, nothing)
    kinds = ("static",) if "answers kept" in gone else ("pool",)
    for seed in range(20):
        found = campaign(seed, cases=100, workers=1, kinds=kinds).invalid
        if any(said in one for one in found):
            return
    pytest.fail(f"nobody missed {gone}")
