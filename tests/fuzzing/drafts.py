"""Drafts as a model could write them at its worst: good ones, with faults put into them."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from fuzzing.texts import DISGUISED, FOREIGN, PLANTED, UNSEEN
from served import LIBRARY

from serve.domain.state import CANONICAL_INFRASTRUCTURE, Locale

Json = dict[str, Any]
_RESOURCES: tuple[str, ...] = ("cash", "users", "trust")
_LEVELS = (4, -4, 99, "2", "-3", 1.5, True, None, 10**30, "x", float("nan"))


class Aim(NamedTuple):
    """Whom a draft is written for."""

    locale: str
    owned: frozenset[str]
    """Canonical names."""


def good(rng: Random, aim: Aim) -> tuple[Json, str]:
    """A hand-written draft and its type, mostly one that suits the player."""
    drafts = rng.sample(LIBRARY.drafts(Locale(aim.locale)), rng.choice((1, 12, 12, 12, 12)))
    suiting = (one for one in drafts if LIBRARY.ready(one.id).fits(aim.owned, None))
    written = next(suiting, drafts[0])
    return written.draft.model_dump(mode="json"), written.type.value


def completion(rng: Random, draft: Json) -> str:
    """The draft as an engine writes it; now and then it breaks off or is of another form."""
    text = json.dumps(draft, ensure_ascii=rng.random() < 0.2)
    if rng.random() < 0.96:
        return text
    return rng.choice(
        (text[: len(text) // 2], f"[{text}]", "", "null", text + text, '"' * 9, "[" * 3000)
    )


def spoilt(rng: Random, aim: Aim, draft: Json, times: int) -> Json:
    """The draft with so many faults put into it."""
    for _ in range(times):
        rng.choice(FAULTS)(rng, aim, draft)
    return draft


def _any(rng: Random, draft: Json) -> Json:
    """One of the choices; the later faults find what the earlier ones left."""
    choices = draft.get("choices") or [{}]
    return rng.choice(choices)


def _level(rng: Random, _: Aim, draft: Json) -> None:
    _any(rng, draft)[rng.choice(_RESOURCES)] = rng.choice(_LEVELS)


def _random_levels(rng: Random, _: Aim, draft: Json) -> None:
    for choice in draft.get("choices", []):
        choice.update({name: rng.randint(-3, 3) for name in _RESOURCES})


def _equal(rng: Random, _: Aim, draft: Json) -> None:
    levels = {name: rng.randint(-3, 3) for name in _RESOURCES}
    for choice in draft.get("choices", []):
        choice.update(levels)


def _lethal(rng: Random, _: Aim, draft: Json) -> None:
    for index, choice in enumerate(draft.get("choices", [])):
        choice.update(cash=-3 + index % 2, users=index - 1, trust=rng.choice((-3, 3, -index)))


def _dominated(rng: Random, _: Aim, draft: Json) -> None:
    best = dict.fromkeys(_RESOURCES, 3)
    _any(rng, draft).update(best)


def _text(rng: Random, aim: Aim, draft: Json) -> None:
    """Planted, hidden, foreign, or of the wrong length, in one of the texts."""
    choices = draft.get("choices", [])
    places = [(draft, "title"), (draft, "description")]
    places += [(choice, name) for choice in choices for name in ("text", "result")]
    place, field = rng.choice(places)
    before = str(place.get(field, ""))
    middle = rng.randint(0, len(before))
    planted = rng.choice(PLANTED[aim.locale][rng.choice(list(PLANTED[aim.locale]))])
    place[field] = rng.choice(
        (
            before[:middle] + rng.choice(UNSEEN) + before[middle:],
            f"{before} {planted}",
            f"{planted} {before}"[: max(40, len(planted))],
            rng.choice(DISGUISED),
            rng.choice(FOREIGN),
            before * 9,
            before[:1],
            " " * 60,
            "\u3164" * 30,
            "",
            "다른 언어로 쓰인 글입니다 정말로요"
            if aim.locale == "en"
            else "Written in English here",
            "또 또 또 또 또 또 또 또 또 또 또 또" if aim.locale == "ko" else "again " * 9,
            before + "\ud83d",
            7,
            None,
        )
    )


def _twin(rng: Random, _: Aim, draft: Json) -> None:
    choices = draft.get("choices", [])
    if len(choices) > 1:
        first, second = rng.sample(choices, 2)
        text = str(first.get("text"))
        second["text"] = rng.choice((text, text.upper(), f" {text}! ", text.replace(" ", "  ")))


def _named(rng: Random, aim: Aim, draft: Json) -> None:
    """Infrastructure that must not be brought in, or cannot be given up."""
    owned = rng.choice(sorted(aim.owned) or ["EC2"])
    wrong = (owned, "Mainframe", "ElastiCache", "Auto scaling", "\ud800", "", "<b>", "EC2 ")
    names = [
        rng.choice((*wrong, *CANONICAL_INFRASTRUCTURE)) for _ in range(rng.choice((1, 1, 2, 3)))
    ]
    _any(rng, draft)[rng.choice(("add", "remove"))] = names


def _speaks_of(rng: Random, _: Aim, draft: Json) -> None:
    name = rng.choice(CANONICAL_INFRASTRUCTURE)
    draft["title"] = f"{name} {draft.get('title', '')}"[:40]


def _number(rng: Random, _: Aim, draft: Json) -> None:
    """None, one, four or five choices."""
    choices = draft.get("choices", [])
    wanted = rng.choice((0, 1, 4, 5))
    draft["choices"] = (choices * 5)[:wanted] if choices else choices


def _form(rng: Random, _: Aim, draft: Json) -> None:
    choice = _any(rng, draft)
    rng.choice(
        (
            lambda: draft.update(severity=rng.choice(("AWFUL", "", None, "high", 3))),
            lambda: draft.update(prompt="x"),
            lambda: draft.pop("title", None),
            lambda: draft.update(choices=None) if rng.random() < 0.2 else None,
            lambda: choice.update(cost=3),
            lambda: choice.pop("cash", None),
        )
    )()
    draft["choices"] = draft.get("choices") or []


FAULTS: tuple[Callable[[Random, Aim, Json], None], ...] = (
    _level, _random_levels, _equal, _lethal, _dominated, _text, _text, _text, _text, _twin, _named,
    _named, _speaks_of, _number, _form,
)  # fmt: skip
_OF_ONE_CHOICE = (_level, _dominated, _twin, _named)


def with_one_bad_choice(rng: Random, aim: Aim, draft: Json, other: Json) -> Json:
    """Three or four choices, one of which breaks a rule and can be left out."""
    extra = rng.choice(other["choices"]) | {name: rng.randint(-3, 3) for name in _RESOURCES}
    bad = rng.choice(
        (
            {},
            dict.fromkeys(_RESOURCES, -3),
            {"text": rng.choice(PLANTED[aim.locale]["profanity"]) + " " + extra["text"]},
            {"result": extra["result"] + rng.choice(UNSEEN)},
            {"add": ["Mainframe"]},
            {"remove": ["multi-region"]},
            {"text": draft["choices"][0]["text"]},
        )
    )
    choices = [*draft["choices"][:3], extra | bad]
    return draft | {"choices": rng.sample(choices, len(choices))}
