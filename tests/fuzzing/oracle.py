"""Whether an answer keeps every promise to whoever asked, by the game's rules alone.

Written from the description of the game and from what was asked and answered as bytes; it shares no
code with the platform, so that a rule which is wrong there is not wrong here as well.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import permutations
from math import isfinite
from pathlib import Path
from typing import Any

import yaml
from fuzzing.texts import FORBIDDEN

_TABLE = yaml.safe_load(Path("configs/balance.yaml").read_text("utf-8"))
_STAGES = ("early", "growth", "expansion", "scale-up", "ipo-prep")
_CANONICAL = {
    "EC2", "Route53", "CloudWatch", "RDS", "S3", "Auto Scaling", "ALB", "ECS", "Aurora", "Redis",
    "EKS", "Karpenter", "Lambda", "Bedrock", "Aurora Global DB", "CloudFront", "dr-configured",
    "multi-region",
}  # fmt: skip
_TYPES = {
    "MARKET_OPPORTUNITY", "COMPETITOR_ACTION", "INFRASTRUCTURE_CRISIS", "TEAM_EVENT",
    "FUNDING_OPPORTUNITY",
}  # fmt: skip
_SEVERITIES = {"CRITICAL", "HIGH", "MEDIUM", "LOW", "POSITIVE"}
_FIELDS = {"eventId", "eventType", "severity", "title", "description", "choices"}
_CHOICE = {"choiceId", "text", "effects", "resultText"}
_EFFECTS = {"usersDelta", "cashDelta", "trustDelta", "addInfrastructure", "removeInfrastructure"}
_LENGTHS = {"title": (2, 40), "description": (20, 500), "text": (5, 150), "resultText": (10, 200)}
_PARTS = ("consistency", "balance", "fun", "education")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_BLANK = set("\u034f\u115f\u1160\u2800\u3164\uffa0\ufffd") | set(map(chr, range(0xFE00, 0xFE10)))
_HANGUL, _LATIN = re.compile("[가-힣ㄱ-ㆎ]"), re.compile("[A-Za-z\u00c0-\u024f]")
_ALIASES = {"autoscaling": "Auto Scaling", "elasticache": "Redis"}
_SPELT = {re.sub("[ _-]", "", name.lower()): name for name in _CANONICAL} | _ALIASES

Json = dict[str, Any]


def breaches(asked: bytes, status: int, answer: bytes) -> list[str]:
    """Every promise broken; empty for an answer as it should be."""
    if status != 200:
        return [f"status {status}"]
    try:
        told = json.loads(answer, object_pairs_hook=_once, parse_constant=_no_number)
        request = json.loads(asked)
        return [*_of_answer(told, request), *_of_event(told["event"], request)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"not an answer: {type(error).__name__}: {error}"]


def _once(pairs: list[tuple[str, Any]]) -> Json:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a field stands twice")
    return dict(pairs)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _of_answer(told: Json, request: Json) -> Iterator[str]:
    quality = told["quality"]
    if told["source"] not in ("pool", "llm", "stale", "static"):
        yield "source"
    if not quality["total"] >= 60:
        yield "quality under 60"
    if abs(sum(quality[part] for part in _PARTS) - quality["total"]) > 0.11:
        yield "quality does not add up"
    if not all(0 <= quality[part] <= 25 for part in _PARTS):
        yield "quality out of range"
    if quality["verdict"] != ("accept" if quality["total"] >= 80 else "review"):
        yield "quality's verdict"
    if not (isfinite(told["ageSeconds"]) and told["ageSeconds"] >= 0 and told["requestId"]):
        yield "age or request"
    if told["source"] == "pool" and told["ageSeconds"] > 300:
        yield "a stale event that is called fresh"
    wanted = request.get("eventContext", {}).get("eventType")
    if wanted and told["source"] != "static" and told["event"]["eventType"] != wanted:
        yield "another type than was asked for"


def _of_event(event: Json, request: Json) -> Iterator[str]:
    state, choices = request["gameState"], event["choices"]
    if set(event) != _FIELDS or any(
        set(choice) != _CHOICE or set(choice["effects"]) != _EFFECTS for choice in choices
    ):
        yield "fields"
    if event["eventType"] not in _TYPES or event["severity"] not in _SEVERITIES:
        yield "type or severity"
    tag = blake2b(request["playerId"].encode(), digest_size=3).hexdigest()
    if not re.fullmatch(rf"[\w-]+\.{tag}[0-9a-f]{{8}}", event["eventId"]):
        yield "another player's event"
    if not 2 <= len(choices) <= 4:
        yield "number of choices"
    if [choice["choiceId"] for choice in choices] != list("abcd"[: len(choices)]):
        yield "ids of choices"
    yield from _of_texts(event, request.get("locale", "ko"))
    yield from _of_figures([choice["effects"] for choice in choices], state)
    yield from _of_infrastructure([choice["effects"] for choice in choices], state)


def _of_texts(event: Json, locale: str) -> Iterator[str]:
    texts = [("title", event["title"]), ("description", event["description"])]
    texts += [(name, one[name]) for one in event["choices"] for name in ("text", "resultText")]
    for name, text in texts:
        low, high = _LENGTHS[name]
        if not low <= len(text.strip()) <= high:
            yield f"length of {name}"
        if _hides(text):
            yield f"invisible character in {name}"
        if _is_forbidden(text):
            yield f"forbidden text in {name}"
        if not _is_written_in(locale, text):
            yield f"{name} is not in {locale}"
    said = ["".join(filter(str.isalnum, one["text"].lower())) for one in event["choices"]]
    if len(set(said)) < len(said):
        yield "two choices read the same"


@lru_cache(maxsize=8192)
def _hides(text: str) -> bool:
    return any(unicodedata.category(sign) in _UNSEEN or sign in _BLANK for sign in text)


@lru_cache(maxsize=8192)
def _is_forbidden(text: str) -> bool:
    return any(planted in text for planted in FORBIDDEN)


@lru_cache(maxsize=8192)
def _is_written_in(locale: str, text: str) -> bool:
    hangul, latin = len(_HANGUL.findall(text)), len(_LATIN.findall(text))
    letters = sum(map(str.isalpha, text))
    if letters - hangul - latin > 0.1 * letters:
        return False
    if locale == "en":
        return hangul <= 0.02 * letters
    return hangul >= 0.3 * letters or hangul >= 0.3 * len(text)


def _of_figures(effects: list[Json], state: Json) -> Iterator[str]:
    band = _TABLE["bands"][_STAGES[min((state["currentTurn"] - 1) // 5, 4)]]
    amounts = [(one["cashDelta"], one["usersDelta"], one["trustDelta"]) for one in effects]
    for each in amounts:
        if any(type(amount) is not int for amount in each):
            yield "an amount that is no whole number"
        for name, amount in zip(("cash", "users", "trust"), each, strict=True):
            if abs(amount) > band[name]:
                yield f"{name} over the band"
        if not 0 <= state["trust"] + each[2] <= 100:
            yield "trust out of range"
        if state["users"] + each[1] < 0:
            yield "users below zero"
    for worse, better in permutations(amounts, 2):
        if all(here <= there for here, there in zip(worse, better, strict=True)):
            yield "a dominated choice"
    if _is_alive(state, (0, 0, 0)) and not any(_is_alive(state, each) for each in amounts):
        yield "no choice survives"


def _is_alive(state: Json, amounts: tuple[int, ...]) -> bool:
    line = _TABLE["lines"][state.get("difficulty", "NORMAL")]
    cash, users, trust = state["cash"], state["users"], state["trust"]
    out = users + amounts[1] > 0 and trust + amounts[2] < line["outage"]
    return cash + amounts[0] >= line["bankruptcy"] and not out


def _of_infrastructure(effects: list[Json], state: Json) -> Iterator[str]:
    names = state.get("infrastructure", [])
    owned = {_SPELT.get(re.sub("[ _-]", "", name.lower()), name) for name in names}
    for one in effects:
        added, removed = one["addInfrastructure"], one["removeInfrastructure"]
        if not set(added) | set(removed) <= _CANONICAL:
            yield "infrastructure that is not canonical"
        if set(added) & owned:
            yield "adds what is owned"
        if not set(removed) <= owned:
            yield "removes what is not owned"
