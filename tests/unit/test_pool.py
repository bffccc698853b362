"""Keys, freshness, fit and size of the pool."""

from random import Random

import pytest
from samples import POLICY, STATE, pooled

from serve.domain.brief import Situation
from serve.domain.event import EventType
from serve.domain.state import Locale
from serve.pool import PooledDraft, in_turn, pool_key, split, target_size


def test_key_tells_situations_apart_and_nothing_finer() -> None:
    def key(**changes: object) -> str:
        return pool_key(Situation.of(STATE.model_copy(update=changes), Locale.KO, POLICY), "p", "m")

    assert key() == "p:m:ko:growth:NORMAL:steady:middle:managed"
    assert key(cash=STATE.cash + 1_000_000, users=9, trust=54) == key()
    assert key(current_turn=11) != key()


def test_split_by_age() -> None:
    young, old = pooled("young", age=10), pooled("old", age=400)
    assert split([young, old], young.created_at + 10, 300) == ([young], [old])


@pytest.mark.parametrize(
    ("owned", "wanted", "fits"),
    [(("EC2",), None, True), ((), None, True), (("EC2",), EventType.TEAM_EVENT, False)],
)
def test_fit(owned: tuple[str, ...], wanted: EventType | None, fits: bool) -> None:
    state = STATE.model_copy(update={"infrastructure": owned})
    assert bool(in_turn([pooled()], state, wanted, Random(1))) is fits


@pytest.mark.parametrize(("requests", "size"), [(0, 1), (1, 2), (3, 3), (100, 7), (10**6, 12)])
def test_size_grows_with_traffic(requests: float, size: int) -> None:
    assert target_size(requests, 12) == size


def test_a_pooled_draft_survives_json() -> None:
    draft = pooled()
    assert PooledDraft.model_validate_json(draft.model_dump_json()) == draft


def test_a_draft_of_before_stories_were_named_tells_its_own() -> None:
    old = pooled("old").model_dump_json(exclude={"told"})
    assert PooledDraft.model_validate_json(old).story == "old"
