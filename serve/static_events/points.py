"""Rubric points of the hand-written events, worked out beforehand: the rubric takes seconds to load, and
a player who gets a hand-written event gets it because something else has just failed.

`python -m serve.static_events` works them out anew into `points.json`.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files

from serve.domain.balance import BalancePolicy
from serve.quality import Quality

FILE = "points.json"


def known(policy: BalancePolicy) -> dict[str, Quality]:
    """By the event's id, without reasons; none for a balance table other than the one they were
    worked out by."""
    kept = json.loads(files("serve.static_events").joinpath(FILE).read_text("utf-8"))
    if kept["table"] != digest(policy):
        return {}
    fields = ("consistency", "balance", "fun", "education")
    return {
        name: Quality(**dict(zip(fields, points, strict=True)))
        for name, points in kept["points"].items()
    }


def digest(policy: BalancePolicy) -> str:
    """Of everything in the table."""
    return sha256(policy.model_dump_json().encode()).hexdigest()[:16]


def rows(judged: Iterable[tuple[str, Quality]]) -> dict[str, list[float]]:
    """Points by id, as the file has them."""
    return {name: [one.consistency, one.balance, one.fun, one.education] for name, one in judged}
