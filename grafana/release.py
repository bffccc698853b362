"""What was switched, by whom, and how two releases compare."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.boards import board
from grafana.panels import lines, states
from grafana.promql import minutely, own, quantile, rate
from grafana.steps import at_least, at_most

BREAKER = {0: "closed", 1: "half open", 2: "open"}
BREAKER_STEPS = at_most(1, bearable=2)
_ARM, _ARM_LEGEND = "application, deployment", "{{application}} {{deployment}}"


def dashboard() -> Dashboard:
    return board(
        "release",
        "Release",
        "Flag, breaker, alerts, prompts; canary arms side by side.",
        [
            ("Switches", _switches()),
            ("What was told and done", _told()),
            ("Canary arms side by side", _arms()),
        ],
    )


def _switches() -> list[object]:
    return [
        states(
            "Flag",
            "Off: players get hand-written events. `eventsmith flag history` says who and why.",
            {0: "off", 1: "on"},
            at_least(1),
            {"{{flag}}": f"min by (flag) ({own('llm_flag_enabled')})"},
        ),
        states(
            "Breaker",
            "The worst replica's. Open: only shadow generations are written, see Engine for why.",
            BREAKER,
            BREAKER_STEPS,
            {"breaker": f"max({own('llm_breaker_state')})"},
        ),
        lines(
            "Changes",
            "Of flags and breaker, a minute. Back and forth: raise the breaker's cool-down.",
            "none",
            {
                "flag {{state}}": minutely("llm_flag_changes_total", by="state"),
                "breaker {{state}}": minutely("llm_breaker_changes_total", by="state"),
            },
        ),
        lines(
            "Shadow generations",
            "Probes of a path that is shut; several good ones in a row open it.",
            "ops",
            {"{{outcome}}": rate("llm_shadow_generations_total", by="outcome")},
        ),
    ]


def _told() -> list[object]:
    return [
        lines(
            "Alerts received",
            "A minute: acted upon, replayed (known already), ignored (asking for nothing).",
            "none",
            {"{{outcome}}": minutely("llm_alerts_total", by="outcome")},
        ),
        lines(
            "Messages to Slack",
            "A minute, by the platform itself. `failed`: nobody was told, check the webhook.",
            "none",
            {"{{outcome}}": minutely("llm_slack_messages_total", by="outcome")},
        ),
        lines(
            "Prompt switches",
            "A minute. Points that fall right after one: put the alias back on the version before.",
            "none",
            {"switches": minutely("llm_prompt_switches_total")},
        ),
        lines(
            "Looks at the prompt registry that failed",
            "A minute, by reason. The prompt in force stays; `invalid`: mend the version there.",
            "none",
            {"{{reason}}": minutely("llm_prompt_poll_errors_total", by="reason")},
        ),
    ]


def _arms() -> list[object]:
    return [
        lines(
            "Response p95 by deployment",
            "What players wait, objective 3 s. A canary over the line, or far above the other arm: "
            "hold it or roll it back.",
            "s",
            {_ARM_LEGEND: quantile(0.95, "llm_event_response_seconds", by=_ARM)},
            at_most(3),
        ),
        lines(
            "Median quality by deployment",
            "Points of 100. Under 70 a phase is rolled back.",
            "none",
            {_ARM_LEGEND: quantile(0.5, "llm_quality_score", by=_ARM)},
            at_least(80, bearable=70),
        ),
        lines(
            "Generation p95 by deployment",
            "Of the engines alone, where misses are too few to be seen in the responses.",
            "s",
            {_ARM_LEGEND: quantile(0.95, "llm_generation_duration_seconds", by=_ARM)},
        ),
    ]
