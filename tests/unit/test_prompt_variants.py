"""The variants for instruction-tuned models: what they show is as good as what they ask for."""

import json
from itertools import combinations

import pytest
from samples import POLICY

from serve.domain.balance import resolve
from serve.domain.brief import Brief, Situation
from serve.domain.event import EventDraft, EventType
from serve.domain.rules import needs, violations
from serve.domain.state import GameState, Locale, Stage
from serve.prompts import available, load
from serve.quality import ACCEPT_FROM, score

CHAT = [name for name in available() if load(name).format == "chat"]


def system(name: str, locale: Locale) -> str:
    return load(name).system[locale]


def examples(name: str, locale: Locale) -> list[EventDraft]:
    """The answers that a variant shows, as its system text has them: a line of JSON each."""
    lines = [line for line in system(name, locale).splitlines() if line.startswith("{")]
    return [EventDraft.model_validate(json.loads(line)) for line in lines]


def points(draft: EventDraft, locale: Locale) -> float:
    """The best that a draft scores for a company that owns what it needs, whatever its stage."""
    found = list[float]()
    for stage in Stage:
        state = GameState(
            current_turn=stage.first_turn,
            cash=80_000_000,
            users=1000,
            trust=50,
            infrastructure=("EC2", *sorted(needs(draft) - {"EC2"})),
        )
        for kind in EventType:
            event = resolve(draft, kind, state, POLICY, event_id="shown", seed="shown")
            assert violations(event, state, POLICY, locale) == ()
            found.append(score(event, state, POLICY, locale).total)
    return max(found)


@pytest.mark.parametrize("name", CHAT)
@pytest.mark.parametrize("locale", [*Locale])
def test_what_is_shown_would_be_accepted(name: str, locale: Locale) -> None:
    for draft in examples(name, locale):
        assert points(draft, locale) >= ACCEPT_FROM, draft.title


@pytest.mark.parametrize("locale", [*Locale])
def test_few_shot_shows_what_a_model_has_to_tell_apart(locale: Locale) -> None:
    drafts, text = examples("few-shot", locale), system("few-shot", locale)
    assert len(drafts) >= 3
    assert {len(draft.choices) for draft in drafts} >= {2, 3}
    assert {bool(draft.offers) for draft in drafts} == {True, False}
    assert len({draft.title for draft in drafts}) == len(drafts)
    kinds = [kind for kind in EventType if load("few-shot").words[locale].get(kind, kind) in text]
    assert len(kinds) >= 3


@pytest.mark.parametrize("locale", [*Locale])
def test_terse_costs_at_most_half_and_shows_nothing(locale: Locale) -> None:
    assert len(system("terse", locale)) <= len(system("instruct", locale)) / 2
    assert examples("terse", locale) == []


@pytest.mark.parametrize("locale", [*Locale])
def test_all_are_told_the_same_of_a_situation(locale: Locale) -> None:
    state = GameState(current_turn=20, cash=9_000_000, users=10, trust=90)
    brief = Brief(Situation.of(state, locale, POLICY), EventType.TEAM_EVENT, "RDS", "Aurora", 2)
    prompts = [load(name).render(brief).user for name in CHAT]
    words = load("instruct").words[locale]
    told = ("TEAM_EVENT", "NORMAL", "Aurora", "RDS", brief.situation.stage.value, "angle.2")
    for prompt in prompts:
        assert all(words.get(value, value) in prompt for value in told)


def test_what_is_not_the_idea_of_a_variant_is_the_same() -> None:
    for one, other in combinations((load(name) for name in CHAT), 2):
        assert (one.words, one.nothing, one.sampling) == (
            other.words,
            other.nothing,
            other.sampling,
        )


def test_every_variant_has_a_version_of_its_own() -> None:
    versions = [load(name).version for name in available()]
    assert len(set(versions)) == len(versions) == 4
