"""Results like those of a run: shipped events for varied players, scored by the real rubric.

Nothing is generated: the texts are the static pool's, some made worse as a weak prompt would.
"""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from samples import POLICY

from evaluation.suite.result import Outcome, Result
from serve.domain.balance import resolve
from serve.domain.event import GameEvent
from serve.domain.rules import violations
from serve.domain.state import CANONICAL_INFRASTRUCTURE, Difficulty, GameState, Locale
from serve.domain.written import WrittenDraft
from serve.quality import score
from serve.static_events import StaticLibrary

SCENARIOS = 120
ARM = "compact/bundled/default"
_FAILURES = ("EngineTimeout: no answer within 60 s", "HTTP 503: no engine")


def results(
    arm: str = ARM,
    count: int = 120,
    seed: int = 0,
    *,
    scenarios: int = SCENARIOS,
    worse: float = 0.15,
    failed: float = 0.02,
    pace: float = 1.0,
    started_at: float = 1_750_000_000.0,
) -> list[Result]:
    """`count` trials of `scenarios` states, then of the same states again as further repeats.

    `worse`: share of events made worse; `failed`: share that got no answer; `pace`: seconds stretch.
    Scenarios are the same for every arm and seed; what is written for them is not.
    """
    rng = Random(f"{arm}|{seed}")
    made: list[Result] = []
    clock = started_at
    for number in range(count):
        repeat, which = divmod(number, scenarios)
        duration = round(pace * (0.35 + rng.lognormvariate(-1.2, 0.5)), 4)
        fields: dict[str, Any] = {
            "arm": arm,
            "scenario": f"s{which:03}",
            "repeat": repeat,
            "seed": seed * 1000 + number,
            "started_at": clock,
            "duration_s": duration,
        }
        clock += duration
        if rng.random() < failed:
            made.append(_unanswered(which, fields, rng))
        else:
            kind = rng.choice(_WORSENINGS) if rng.random() < worse else _as_written
            made.append(_answered(which, rng.randrange(8), kind, fields, rng))
    return made


@cache
def state(number: int) -> tuple[GameState, Locale]:
    """The player of scenario `number`; one in five reads English."""
    rng = Random(f"state {number}")
    turn = rng.randint(1, 30)
    owned = rng.sample(CANONICAL_INFRASTRUCTURE[1:15], min(turn // 2, 10))
    return GameState(
        current_turn=turn,
        difficulty=rng.choice(list(Difficulty)),
        cash=rng.randint(5, 40) * 1_000_000 * (1 + turn // 5),
        users=rng.randint(0, 400) * turn,
        trust=rng.randint(30, 90),
        infrastructure=("EC2", *owned),
    ), (Locale.EN if number % 5 == 4 else Locale.KO)


def _unanswered(which: int, fields: dict[str, Any], rng: Random) -> Result:
    player, locale = state(which)
    return Result(
        game_state=player,
        locale=locale,
        event_type=_written(which, 0).type,
        outcome=Outcome.FAILED,
        error=rng.choice(_FAILURES),
        **fields,
    )


def _answered(
    which: int, rank: int, kind: "Worsening", fields: dict[str, Any], rng: Random
) -> Result:
    player, locale = state(which)
    event, broken, quality = _judged(which, rank, kind)
    outcome = Outcome.INVALID if broken else Outcome(quality.verdict)
    tokens = len("".join(text for _, text in event.texts())) * 2 // 3
    return Result(
        game_state=player,
        locale=locale,
        event_type=event.event_type,
        outcome=outcome,
        error=f"{broken[0].field}: {broken[0].message}" if broken else "",
        violations=tuple(dict.fromkeys(one.rule for one in broken)),
        event=event,
        draft=_written(which, rank).draft,
        quality=quality,
        prompt_tokens=rng.randint(180, 240),
        output_tokens=tokens,
        first_token_s=round(fields["duration_s"] * rng.uniform(0.05, 0.15), 4),
        **fields,
    )


Worsening = Callable[[GameEvent], GameEvent]


@cache
def _judged(which: int, rank: int, kind: Worsening) -> Any:
    """(event, broken rules, quality), each computed once for all arms."""
    player, locale = state(which)
    written = _written(which, rank)
    event = kind(
        resolve(
            written.draft, written.type, player, POLICY, event_id=written.id, seed=f"{which}/{rank}"
        )
    )
    broken = violations(event, player, POLICY, locale)
    return event, broken, score(event, player, POLICY, locale)


def _as_written(event: GameEvent) -> GameEvent:
    return event


def _results_swapped(event: GameEvent) -> GameEvent:
    """Each choice ends as another one would have."""
    texts = [choice.result_text for choice in event.choices]
    return _with_choices(event, result_text=texts[1:] + texts[:1])


def _all_for_nothing(event: GameEvent) -> GameEvent:
    """The first choice's effects are worse than the second's on everything."""
    first, second = (choice.effects for choice in event.choices[:2])
    worse = first.model_copy(
        update={
            "cash_delta": second.cash_delta - 1_000_000,
            "trust_delta": second.trust_delta,
            "users_delta": second.users_delta,
        }
    )
    return _with_choices(event, effects=[worse, *(each.effects for each in event.choices[1:])])


def _nothing_taught(event: GameEvent) -> GameEvent:
    """Every result says the same little."""
    korean = any("가" <= letter <= "힣" for letter in event.title)
    text = "일이 그럭저럭 잘 풀렸습니다." if korean else "Things went well enough in the end."
    return _with_choices(event, result_text=[text] * len(event.choices))


_WORSENINGS: tuple[Worsening, ...] = (_results_swapped, _all_for_nothing, _nothing_taught)


def _with_choices(event: GameEvent, **columns: list[Any]) -> GameEvent:
    choices = tuple(
        choice.model_copy(update={name: values[place] for name, values in columns.items()})
        for place, choice in enumerate(event.choices)
    )
    return event.model_copy(update={"choices": choices})


@cache
def _written(which: int, rank: int) -> WrittenDraft:
    """The `rank`-th best static draft for the scenario's player; what keeps the rules comes first."""
    player, locale = state(which)
    drafts = _library().candidates(player, locale, None, Random(which))
    fitting = [
        written
        for written in drafts[:30]
        if _library().ready(written.id).figures(player, POLICY, written.id)
    ]
    return (fitting or drafts)[rank % len(fitting or drafts)]


@cache
def _library() -> StaticLibrary:
    return StaticLibrary(POLICY)
