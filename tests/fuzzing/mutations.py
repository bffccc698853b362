"""Good answers made bad, one promise broken each: what the oracle must find, and stores may hold."""

from collections.abc import Callable
from typing import Any, NamedTuple

Json = dict[str, Any]
Break = Callable[[Json, Json], None]
"""Changes an answer, given what was asked."""


class Mutation(NamedTuple):
    """One promise broken, and the words in which the oracle says so."""

    found: str
    broken: Break


def _event(field: str, value: Any) -> Break:
    return lambda answer, _: answer["event"].update({field: value})


def _choice(field: str, value: Any) -> Break:
    return lambda answer, _: answer["event"]["choices"][0].update({field: value})


def _effects(index: int, **amounts: Any) -> Break:
    return lambda answer, _: answer["event"]["choices"][index]["effects"].update(amounts)


def _trust_out(answer: Json, asked: Json) -> None:
    trust = asked["gameState"]["trust"]
    _effects(0, trustDelta=101 - trust if trust > 95 else -trust - 1)(answer, asked)


def _users_out(answer: Json, asked: Json) -> None:
    _effects(0, usersDelta=-asked["gameState"]["users"] - 1)(answer, asked)


def _lethal(answer: Json, asked: Json) -> None:
    for number, choice in enumerate(answer["event"]["choices"]):
        choice["effects"]["cashDelta"] = -asked["gameState"]["cash"] - 50_000_001 - number


def _twins(answer: Json, _: Json) -> None:
    first, second, *rest = answer["event"]["choices"]
    answer["event"]["choices"] = [first, second | {"effects": first["effects"]}, *rest]


def _same_words(answer: Json, _: Json) -> None:
    choices = answer["event"]["choices"]
    choices[1]["text"] = choices[0]["text"].upper() + "!"


def _fewer(answer: Json, _: Json) -> None:
    answer["event"]["choices"] = answer["event"]["choices"][:1]


def _more(answer: Json, _: Json) -> None:
    answer["event"]["choices"] = (answer["event"]["choices"] * 3)[:5]


def _adds_owned(answer: Json, asked: Json) -> None:
    _effects(0, addInfrastructure=asked["gameState"]["infrastructure"][:1])(answer, asked)


def _another_player(answer: Json, _: Json) -> None:
    answer["event"]["eventId"] = answer["event"]["eventId"].partition(".")[0] + ".000000" + "0" * 8


def _quality(**points: Any) -> Break:
    return lambda answer, _: answer["quality"].update(points)


def _top(field: str, value: Any) -> Break:
    return lambda answer, _: answer.update({field: value})


MUTATIONS: dict[str, Mutation] = {
    "severity": Mutation("type or severity", _event("severity", "AWFUL")),
    "type": Mutation("type or severity", _event("eventType", "PARTY")),
    "an unknown field": Mutation("fields", _event("prompt", "write")),
    "an unknown field of a choice": Mutation("fields", _choice("cost", 1)),
    "another player's": Mutation("another player's event", _another_player),
    "one choice": Mutation("number of choices", _fewer),
    "five choices": Mutation("number of choices", _more),
    "a choice renamed": Mutation("ids of choices", _choice("choiceId", "z")),
    "a title too long": Mutation("length of title", _event("title", "긴 제목입니다 " * 9)),
    "a blank description": Mutation("length of description", _event("description", " " * 60)),
    "a text too short": Mutation("length of text", _choice("text", "네")),
    "a result too short": Mutation("length of resultText", _choice("resultText", "됐다.")),
    "zero width": Mutation("invisible character in title", _event("title", "결제\u200b가 멈췄다")),
    "a control character": Mutation(
        "invisible character in text", _choice("text", "서버를\x07 다시 켜 본다")
    ),
    "an invisible tag": Mutation(
        "invisible character in title", _event("title", "결제\U000e0041가 멈췄다")
    ),
    "swearing": Mutation("forbidden text in title", _event("title", "이런 씨발 또 멈췄다")),
    "a telephone": Mutation(
        "forbidden text in description",
        _event("description", "급하면 010-1234-5678 번호로 바로 연락해 주세요."),
    ),
    "another language": Mutation("is not in ko", _event("title", "The page hangs")),
    "a third language": Mutation("is not in ko", _event("title", "결제 这是一个非常重要的问题")),
    "over the band": Mutation("cash over the band", _effects(0, cashDelta=10**9)),
    "under the band": Mutation("users over the band", _effects(0, usersDelta=-5001)),
    "trust over the band": Mutation("trust over the band", _effects(1, trustDelta=11)),
    "half a user": Mutation("no whole number", _effects(0, usersDelta=0.5)),
    "a truth for an amount": Mutation("no whole number", _effects(0, trustDelta=True)),
    "trust out of range": Mutation("trust out of range", _trust_out),
    "users below zero": Mutation("users below zero", _users_out),
    "no way out": Mutation("no choice survives", _lethal),
    "two choices alike": Mutation("a dominated choice", _twins),
    "nowhere better": Mutation(
        "a dominated choice", _effects(0, cashDelta=-(10**9), usersDelta=-(10**9), trustDelta=-100)
    ),
    "the same words": Mutation("two choices read the same", _same_words),
    "a mainframe": Mutation("not canonical", _effects(0, addInfrastructure=["Mainframe"])),
    "an alias": Mutation("not canonical", _effects(0, addInfrastructure=["ElastiCache"])),
    "adds what is owned": Mutation("adds what is owned", _adds_owned),
    "removes what is not owned": Mutation(
        "removes what is not owned", _effects(0, removeInfrastructure=["multi-region"])
    ),
    "under sixty points": Mutation("quality under 60", _quality(total=59.9)),
    "points of no number": Mutation("not an answer", _quality(total=None)),
    "points that do not add up": Mutation("does not add up", _quality(total=99.9)),
    "points over the top": Mutation("quality out of range", _quality(fun=26)),
    "another verdict": Mutation("quality's verdict", _quality(verdict="discard")),
    "a stale event as fresh": Mutation("called fresh", _top("ageSeconds", 301)),
    "from nowhere": Mutation("source", _top("source", "dream")),
    "before it was asked": Mutation("age or request", _top("ageSeconds", -1)),
    "no request": Mutation("age or request", _top("requestId", "")),
    "no event": Mutation("not an answer", _top("event", None)),
}
