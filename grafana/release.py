"""What was switched, by whom, and how two releases compare."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.boards import board
from grafana.panels import lines, states
from grafana.promql import RATE, mean, minutely, own, quantile, rate
from grafana.steps import at_least, at_most

BREAKER = {0: "closed", 1: "half open", 2: "open"}
BREAKER_STEPS = at_most(1, bearable=2)


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
            "Share of players in the candidate arm",
            "10, 25, 50, 100 %. Back to zero: completed or rolled back, the audit trail says which.",
            "percentunit",
            {"candidate": f"max({own('llm_canary_share')})"},
        ),
        lines(
            "Hours in the present stage",
            "A stage lasts 24. Beyond 26: inconclusive, too little traffic; advance it or roll back.",
            "h",
            {"stage": f"max({own('llm_canary_phase_age_seconds')}) / 3600"},
            at_most(24, bearable=26),
        ),
        lines(
            "Roll-out changes",
            "A minute: started, advanced, held, resumed, completed, rolled back, reminded.",
            "none",
            {"{{change}}": minutely("llm_rollout_changes_total", by="change")},
        ),
        lines(
            "Errors by arm",
            "Of the events of an arm, hand-written ones by fault. Over 5 % it is rolled back.",
            "percentunit",
            {"{{arm}}": _share("llm_arm_requests_total", 'outcome=~"error|no_draft"')},
            at_most(0.05),
        ),
        lines(
            "Response p95 by arm",
            "What players wait, objective 3 s. A candidate over the line is rolled back.",
            "s",
            {"{{arm}}": quantile(0.95, "llm_arm_response_seconds", by="arm")},
            at_most(3),
        ),
        lines(
            "Mean quality by arm",
            "Points of 100. Under 70, or 3 fewer than the current one has, it is rolled back.",
            "none",
            {"{{arm}}": mean("llm_arm_quality_score", by="arm")},
            at_least(80, bearable=70),
        ),
        lines(
            "Drafts that came to nothing, by arm",
            "Rejected or failed, of all attempts.",
            "percentunit",
            {"{{arm}}": _share("llm_arm_drafts_total", 'outcome!="kept"')},
            at_most(0.5),
        ),
    ]


def _share(counter: str, matchers: str) -> str:
    """Of an arm's cases those that match; 0 where there are cases and none matches."""
    part, whole = (
        f"sum by (arm) (rate({own(counter, matching)}[{RATE}]))" for matching in (matchers, "")
    )
    return f"({part} or 0 * {whole}) / ({whole} > 0)"
