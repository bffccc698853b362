"""Pools as they lie in a store that anybody may have written to."""

import time
from random import Random

from fuzzing.drafts import Aim, good, spoilt
from pydantic import ValidationError

from serve.pool import PooledDraft, Variant
from serve.quality import Quality

_AGES = {
    "pool": (0, 1, 299, -1, -200),
    "stale": (301, 600, 1700, -301, -1700, 86_400, -86_400, float("inf")),
}
"""Seconds; what is written in the future is as old as it is early."""
_GOOD = Quality(consistency=22, balance=22, fun=22, education=22)
_POINTS = (
    Quality(consistency=14, balance=14, fun=14, education=14),
    Quality(consistency=15, balance=15, fun=15, education=14.9),
    Quality(consistency=25, balance=25, fun=99, education=25),
    Quality(consistency=float("nan"), balance=25, fun=25, education=25),
    Quality(consistency=-1, balance=25, fun=25, education=25),
    Quality(consistency=float("inf"), balance=25, fun=25, education=25),
)
_ODD_IDS = ("a.b", "", "x" * 65, "<b>", "아이디", "a|b", "d\n")


def planted(
    rng: Random, aim: Aim, key: str, variant: Variant, kind: str, name: str
) -> list[PooledDraft]:
    """One to four drafts under a key, `pool` or `stale`; whether they belong there or not."""
    found = list[PooledDraft]()
    for number in range(rng.randint(1, 4)):
        draft, event_type = good(rng, aim)
        faults = rng.choice((0, 0, 0, 1, 1, 2))
        row = {
            "draft_id": f"{name}-{number}",
            "key": key,
            "locale": aim.locale,
            "event_type": event_type,
            "draft": spoilt(rng, aim, draft, faults),
            "quality": _GOOD,
            "prompt_version": variant.prompt_version,
            "model": variant.model,
            "seed": 7,
            "created_at": time.time() - rng.choice(_AGES[kind]),
        }
        try:
            found.append(PooledDraft.model_validate(row | _lie(rng, key)))
        except (ValidationError, UnicodeEncodeError):
            continue  # the adapter of Redis leaves out what is no draft; its own tests show it
    return found


def _lie(rng: Random, key: str) -> dict[str, object]:
    """Every third says something of itself that is not so."""
    if rng.random() < 0.66:
        return {}
    return rng.choice(
        (
            {"quality": rng.choice(_POINTS)},
            {"quality": rng.choice(_POINTS)},
            {"key": key.replace(":ko:", ":en:") if ":ko:" in key else key.replace(":en:", ":ko:")},
            {"key": f"{key}x"},
            {"locale": rng.choice(("ko", "en"))},
            {"draft_id": rng.choice(_ODD_IDS)},
            {"told": rng.choice(_ODD_IDS)},
            {"prompt_version": "p9"},
            {"created_at": float("nan")},
        )
    )
