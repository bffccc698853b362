"""The rubric as a whole: totals, verdicts, and that spoiling a good event always shows."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from serve.domain.balance import BalancePolicy, resolve
from serve.domain.event import Choice, Effects, EventType, GameEvent
from serve.domain.state import GameState, Locale
from serve.domain.written import WrittenDraft, parse_lines
from serve.quality import Quality, Reason, Verdict, score

POLICY = BalancePolicy.parse(yaml.safe_load(Path("configs/balance.yaml").read_text("utf-8")))
GOOD = (
    "ko-market-s02", "ko-funding-s03", "ko-team-s02", "ko-crisis-s03",
    "ko-rival-s03", "en-market-s03", "en-funding-s04", "en-crisis-s02",
)  # fmt: skip

Spoil = Callable[[GameEvent, GameState], GameEvent]


def written(draft_id: str) -> WrittenDraft:
    path = Path("serve/static_events") / f"{draft_id.rsplit('-', 1)[0]}.jsonl"
    drafts = parse_lines(path.read_text("utf-8"), str(path))
    return next(draft for draft in drafts if draft.id == draft_id)


def player(draft: WrittenDraft) -> GameState:
    return GameState(
        current_turn=draft.stages[0].first_turn,
        cash=60_000_000,
        users=3_000,
        trust=50,
        infrastructure=("EC2", *sorted(draft.needs)),
    )


def resolved(draft_id: str) -> tuple[GameEvent, GameState, Locale]:
    draft = written(draft_id)
    state = player(draft)
    event = resolve(draft.draft, draft.type, state, POLICY, event_id="e", seed=draft_id)
    return event, state, Locale(draft_id[:2])


def with_choices(event: GameEvent, change: Callable[[int, Choice], Choice]) -> GameEvent:
    choices = tuple(change(index, choice) for index, choice in enumerate(event.choices))
    return event.model_copy(update={"choices": choices})


def with_effects(
    event: GameEvent, change: Callable[[int, tuple[int, int, int]], tuple[int, int, int]]
) -> GameEvent:
    def changed(index: int, choice: Choice) -> Choice:
        cash, users, trust = change(index, choice.effects.resources)
        effects = Effects(cash_delta=cash, users_delta=users, trust_delta=trust)
        return choice.model_copy(update={"effects": effects})

    return with_choices(event, changed)


def rotate(field: str) -> Spoil:
    def spoil(event: GameEvent, _: GameState) -> GameEvent:
        others = (*event.choices[1:], event.choices[0])
        return with_choices(
            event, lambda at, choice: choice.model_copy(update={field: getattr(others[at], field)})
        )

    return spoil


def describe(text: str) -> Spoil:
    return lambda event, _: event.model_copy(update={"title": text[:12], "description": text})


def negated(event: GameEvent, state: GameState) -> GameEvent:
    return with_effects(event, lambda _, was: (-was[0], max(-was[1], -state.users), -was[2]))


def dominant(event: GameEvent, _: GameState) -> GameEvent:
    first = event.choices[0].effects.resources
    worse = (first[0] - 1_000_000, first[1] - 10, first[2] - 1)
    return with_effects(event, lambda index, was: worse if index == 1 else was)


def duplicated(event: GameEvent, _: GameState) -> GameEvent:
    twin = event.choices[0].model_copy(update={"choice_id": "z"})
    return event.model_copy(update={"choices": (event.choices[0], twin)})


def unowned(event: GameEvent, _: GameState) -> GameEvent:
    def changed(index: int, choice: Choice) -> Choice:
        effects = choice.effects.model_copy(update={"remove_infrastructure": ("EKS",)})
        return choice if index else choice.model_copy(update={"effects": effects})

    return with_choices(event, changed)


ELSEWHERE = {
    "ko": "옆 동네 제과점이 새 빵틀을 들였는데 반죽이 자꾸 눌어붙습니다. "
    "주인은 밀가루를 바꿀지, 굽는 온도를 낮출지, 아니면 문을 닫고 쉴지 밤새 고민합니다.",
    "en": "The bakery around the corner bought a new mould and its dough sticks. The owner ponders "
    "another flour, a cooler oven, or a quiet holiday by the sea.",
}


def elsewhere(event: GameEvent, state: GameState) -> GameEvent:
    korean = "가" <= event.description[-3] <= "힣"
    return describe(ELSEWHERE["ko" if korean else "en"])(event, state)


SPOILT: dict[str, tuple[Spoil, float]] = {
    "negated effects": (negated, 60),
    "effects swapped between choices": (rotate("effects"), 80),
    "results swapped between choices": (rotate("result_text"), 80),
    "description of something else": (elsewhere, 80),
    "one choice dominant": (dominant, 60),
    "choices duplicated": (duplicated, 60),
    "lethal": (lambda event, _: with_effects(event, lambda i, w: (-150_000_000 - i, *w[1:])), 60),
    "over the band": (lambda event, _: with_effects(event, lambda _, w: (w[0] * 40, *w[1:])), 60),
    "trivial": (lambda event, _: with_effects(event, lambda i, _: (i + 1, 2 - i, 0)), 80),
    "infrastructure not owned": (unowned, 60),
    "list of service names": (
        describe("EC2, S3, Lambda, RDS, Redis, EKS, Aurora, Bedrock, CloudFront, ALB, ECS."),
        60,
    ),
    "lorem ipsum": (describe("lorem ipsum dolor sit amet, consectetur adipiscing elit sed do"), 60),
    "profanity": (
        describe("씨 발, this shit again: nobody knows what happened to the service."),
        60,
    ),
}


@pytest.mark.parametrize("draft_id", GOOD)
def test_a_good_event_is_accepted(draft_id: str) -> None:
    event, state, locale = resolved(draft_id)

    quality = score(event, state, POLICY, locale)

    assert quality.verdict is Verdict.ACCEPT, quality.reasons


@pytest.mark.parametrize("draft_id", GOOD)
@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_event_falls(name: str, draft_id: str) -> None:
    event, state, locale = resolved(draft_id)
    spoil, below = SPOILT[name]
    good = score(event, state, POLICY, locale)

    quality = score(spoil(event, state), state, POLICY, locale)

    assert quality.total < below
    assert quality.total <= good.total - 10
    assert quality.reasons


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        ((25, 25, 25, 5), Verdict.ACCEPT),
        ((25, 25, 25, 4.9), Verdict.REVIEW),
        ((15, 15, 15, 15), Verdict.REVIEW),
        ((15, 15, 15, 14.9), Verdict.DISCARD),
    ],
    ids=["80", "79.9", "60", "59.9"],
)
def test_verdict_follows_the_total(
    points: tuple[float, float, float, float], verdict: Verdict
) -> None:
    consistency, balance, fun, education = points

    quality = Quality(consistency=consistency, balance=balance, fun=fun, education=education)

    assert quality.verdict is verdict


def test_quality_round_trips_through_json_with_total_and_verdict() -> None:
    reason = Reason("fun", 1.5, "title", "짧습니다.", "Is thin.")
    quality = Quality(consistency=25, balance=20, fun=23.5, education=9, reasons=(reason,))

    sent = quality.model_dump_json(by_alias=True)

    assert Quality.model_validate_json(sent) == quality
    assert quality.model_dump()["total"] == 77.5
    assert '"verdict":"review"' in sent


@pytest.mark.parametrize("draft_id", GOOD)
def test_reasons_add_up_to_the_points_lost(draft_id: str) -> None:
    event, state, locale = resolved(draft_id)

    quality = score(event, state, POLICY, locale)

    assert 100 - sum(reason.points for reason in quality.reasons) == pytest.approx(quality.total)


def test_a_changed_event_type_costs_consistency() -> None:
    event, state, locale = resolved("ko-funding-s03")
    changed = event.model_copy(update={"event_type": EventType.COMPETITOR_ACTION})

    good, bad = (score(one, state, POLICY, locale) for one in (event, changed))

    assert bad.consistency <= good.consistency - 5
