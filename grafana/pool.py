"""The pool of drafts, and Redis under it."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.boards import board
from grafana.panels import figure, lines
from grafana.promql import minutely, own, quantiles, rate, total
from grafana.steps import at_least, at_most

_FRESH = 'freshness="fresh"'
_FRESH_S, _FEW = 300, 5


def dashboard() -> Dashboard:
    return board(
        "pool",
        "Cache and pool",
        "Hits, drafts, refills, Redis.",
        [("Now", _now()), ("The pool", _pool()), ("Orders and Redis", _redis())],
    )


def _now() -> list[object]:
    return [
        figure(
            "Hit rate, 15 min",
            "Objective 60 %; under 40 % for fifteen minutes raises an alert. See Age of what is "
            "served, and Keys in use: is the pool too small for the players?",
            "percentunit",
            "cluster:llm_cache_hits:ratio_rate15m",
            at_least(0.6, bearable=0.4),
        ),
        figure(
            "Fresh drafts",
            "In the fullest replica's copy. 0 with traffic: nothing is being written, see Engine.",
            "none",
            f"max({own('llm_pool_drafts', _FRESH)})",
            at_least(_FEW, bearable=1),
        ),
        figure(
            "Redis",
            "Down: at least one replica does not reach it. Players may meet stories again, nothing "
            "worse: bring it back, replicas reconnect by themselves.",
            "none",
            f"min({own('redis_connection_status')})",
            at_least(1),
            {0: "down", 1: "up"},
        ),
    ]


def _pool() -> list[object]:
    return [
        lines(
            "Look-ups",
            "`stale` is served at once and refilled; `miss` waits for the engine.",
            "reqps",
            {"{{result}}": rate("llm_cache_requests_total", by="result")},
            stacked=True,
        ),
        lines(
            "Drafts",
            "In the fullest replica's copy of the keys in use. All stale: refills do not come.",
            "none",
            {"{{freshness}}": f"max by (freshness) ({own('llm_pool_drafts')})"},
            stacked=True,
        ),
        lines(
            "Keys in use",
            "Situations that players are in. More of them need more drafts.",
            "none",
            {"keys": f"max({own('llm_pool_keys')})"},
        ),
        lines(
            "Age of what is served",
            "Drafts from the pool; past 300 s they are stale. Over the line: refills lag behind.",
            "s",
            quantiles("llm_event_age_seconds", 50, 95),
            at_most(_FRESH_S),
        ),
    ]


def _redis() -> list[object]:
    return [
        lines(
            "Followers",
            "Misses that waited for another's draft instead of ordering one. Many: a key is new to "
            "the pool and many ask for it.",
            "reqps",
            {"followers": rate("llm_single_flight_followers_total")},
        ),
        lines(
            "Refills",
            "Ordered and not yet begun. Growing: the engine cannot keep up with what expires.",
            "none",
            {"waiting": total("llm_refills_waiting")},
        ),
        lines(
            "Errors of the store",
            "Calls of Redis, a minute, that failed or took over 50 ms. A few after a restart are "
            "normal; lasting ones mean that it is overloaded or far away.",
            "none",
            {"errors": minutely("llm_store_errors_total")},
            at_most(1, bearable=60),
        ),
    ]
