"""What players get: the objectives, and how far from them."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.boards import board
from grafana.panels import figure, heat, lines
from grafana.promql import RATE, own, quantile, quantiles, rate, share
from grafana.steps import Steps, at_least, at_most

_REQUESTS = rate("llm_event_requests_total")
_LATENCY = "llm_event_response_seconds"
_BURN: Steps = [("green", None), ("yellow", 1.0), ("orange", 6.0), ("red", 14.4)]


def dashboard() -> Dashboard:
    return board(
        "service",
        "Service",
        "What players get, against the product's objectives.",
        [
            ("Objectives, last five minutes", _objectives()),
            ("Answers", _answers()),
            ("Objectives over time", _budget()),
        ],
    )


def _objectives() -> list[object]:
    seconds = {
        "Mean": ("mean", 1.5, "Over 1.5 s: the pool misses too often, see Cache and pool."),
        "p95": ("p95", 3, "Over 3 s: generations take too long, see Engine. 5 s raises an alert."),
        "p99": ("p99", 5, "Over 5 s: games ask for long deadlines, or replicas lack CPU."),
    }
    times = [
        figure(name, told, "s", f"cluster:{_LATENCY}:{kind}_rate5m", at_most(most))
        for name, (kind, most, told) in seconds.items()
    ]
    return [
        *times,
        figure(
            "Hit rate",
            "Look-ups the pool answered, objective 60 %. Under 40 %, an alert: drafts expire "
            "unasked for, the prompt changed, or players are few; see Cache and pool.",
            "percentunit",
            "cluster:llm_cache_hits:ratio_rate5m",
            at_least(0.6, bearable=0.4),
        ),
        figure(
            "Served by the model",
            "Events that were not hand-written. Under 99 %: look at flag and breaker (Release), "
            "then at the engine.",
            "percentunit",
            "cluster:llm_events_served:ratio_rate5m",
            at_least(0.99),
        ),
        figure(
            "Goodput",
            "Events the model wrote, new to their player, within 3 s. Red: Events by outcome says "
            "what they were instead.",
            "percentunit",
            "cluster:llm_events_good:ratio_rate5m",
            at_least(0.95, bearable=0.9),
        ),
    ]


def _answers() -> list[object]:
    return [
        lines(
            "Response time",
            "Request to answer, all sources; objectives 1.5 s (mean), 3 s (p95), 5 s (p99). Up "
            "together with misses: the engine. Up without them: the replicas.",
            "s",
            quantiles(_LATENCY, 50, 95, 99),
            at_most(3, bearable=5),
        ),
        heat(
            "Response times",
            "Two bands are normal: hits in milliseconds, generations around a second. A third one "
            "at the deadline: players wait for drafts that come too late.",
            "s",
            f"sum by (le) (increase({own(f'{_LATENCY}_bucket')}[{RATE}]))",
        ),
        lines(
            "Events by source",
            "`static` is hand-written. Growing: look at flag and breaker first.",
            "reqps",
            {"{{source}}": rate("llm_event_requests_total", by="source")},
            stacked=True,
        ),
        lines(
            "Events by outcome",
            "`good` is what players come for; `flag_off`, `no_draft`, `error` say why not.",
            "reqps",
            {"{{outcome}}": rate("llm_event_requests_total", by="outcome")},
            stacked=True,
        ),
        lines(
            "p95 by source",
            "`pool` slow: the replica lacks CPU. Only `llm` slow: the engine.",
            "s",
            {"{{source}}": quantile(0.95, _LATENCY, by="source")},
            at_most(3),
        ),
        lines(
            "Late and repeated",
            "Share of the requests whose deadline came before a draft (5 % raise an alert), and of "
            "stories met before. Late: the engine queues. Repeated: the pool is too small.",
            "percentunit",
            {
                "deadline misses": share(rate("llm_deadline_misses_total"), _REQUESTS),
                "repeats": share(rate("llm_repeats_total"), _REQUESTS),
            },
            at_most(0.05),
        ),
        lines(
            "Refused requests",
            "`quota`: a key asks for more than its share. `throttled`, `unauthenticated`: wrong keys; "
            "many at once, somebody guesses, or a rotation left a client behind.",
            "reqps",
            {"{{reason}}": rate("llm_refused_requests_total", by="reason")},
            stacked=True,
        ),
    ]


def _budget() -> list[object]:
    served = rate("llm_event_requests_total", 'source!="static"')
    return [
        lines(
            "Burn rate of the 99 % objective",
            "1 spends the budget in its time. Alerts: 14.4 over 1h and 5m, 6 over 6h and 30m, 1 "
            "over 3d and 6h. Only 5m is high: it is over soon or has just begun.",
            "short",
            {
                window: f"cluster:llm_error_budget:burn_rate{window}"
                for window in ("5m", "30m", "1h", "6h", "3d")
            },
            _BURN,
        ),
        lines(
            "Shares over time",
            "Served by the model (objective 99 %), and good for their player. The two apart: late "
            "or repeated.",
            "percentunit",
            {
                "served by the model": share(served, _REQUESTS),
                "good": share(rate("llm_event_requests_total", 'outcome="good"'), _REQUESTS),
            },
            at_least(0.99),
        ),
    ]
