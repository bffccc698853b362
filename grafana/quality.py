"""How good what is written is, and why some of it is not kept."""

from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.boards import board
from grafana.panels import figure, lines
from grafana.promql import mean, minutely, own, quantile, quantiles, rate, share, total
from grafana.steps import at_least, at_most

_CHECKED = rate("llm_validation_total")
_POINTS = at_least(80, bearable=70)


def dashboard() -> Dashboard:
    return board(
        "quality",
        "Quality",
        "Points of the rubric, rules broken, judge and players.",
        [
            ("Now", _now()),
            ("The rubric", _rubric()),
            ("Judge and people", _others()),
        ],
    )


def _now() -> list[object]:
    return [
        figure(
            "Mean quality",
            "Of every draft scored, discarded ones too. Under 80 a release gate is missed, under "
            "70 a release is rolled back: compare prompt and model with the last good ones.",
            "none",
            "cluster:llm_quality_score:mean_rate5m",
            _POINTS,
        ),
        figure(
            "Low drafts in a row",
            "Under 70 points, the worst replica. Five raise an alert: read them in the review.",
            "none",
            f"(max({own('llm_quality_low_streak')}) or vector(0))",
            at_most(3, bearable=5),
        ),
        figure(
            "Drafts not kept",
            "Share that broke a rule or scored under 60. Over 10 %: see Drafts checked for which.",
            "percentunit",
            "cluster:llm_validation_failed:ratio_rate5m",
            at_most(0.1),
        ),
    ]


def _rubric() -> list[object]:
    return [
        lines(
            "Points",
            "Of 100. The low quantiles move first when a prompt goes wrong; under 60 is discarded, "
            "under 80 people review it.",
            "none",
            {"mean": mean("llm_quality_score"), **quantiles("llm_quality_score", 10, 50, 90)},
            _POINTS,
        ),
        lines(
            "Mean by dimension",
            "Of 25 each; 20 is what 80 points need. Education falls when lessons do not fit the "
            "situation, fun when drafts are alike.",
            "none",
            {"{{dimension}}": mean("llm_quality_dimension_points", by="dimension")},
            at_least(20, bearable=15),
        ),
        lines(
            "Drafts checked",
            "`pass`, or the first rule broken. `completion.length` alone: raise max_tokens. One "
            "rule that grows: the prompt no longer says it.",
            "ops",
            {"{{result}}": rate("llm_validation_total", by="result")},
            stacked=True,
        ),
        lines(
            "Discarded by the rubric",
            "Share of the drafts checked that scored under 60. Red: Mean by dimension says where.",
            "percentunit",
            {
                "discarded": share(
                    rate("llm_validation_total", 'result="quality.discard"'), _CHECKED
                )
            },
            at_most(0.1),
        ),
    ]


def _others() -> list[object]:
    return [
        lines(
            "Ratings by players",
            "A minute, 1 to 5. Ones where the rubric is content: the rubric misses something.",
            "none",
            {"{{rating}}": minutely("llm_feedback_total", by="rating")},
            stacked=True,
        ),
        lines(
            "Repeats",
            "Events whose story their player had met. Over 1 %: the pool is too small, or Redis, "
            "which remembers them, is away.",
            "percentunit",
            {"repeats": "cluster:llm_events_repeated:ratio_rate5m"},
            at_most(0.01),
        ),
        lines(
            "Judge against rubric",
            "Median gap in points of 25. Over 5: one of the two is wrong, let people review.",
            "none",
            {"{{dimension}}": quantile(0.5, "llm_judge_gap_points", by="dimension")},
            at_most(5),
        ),
        lines(
            "The judge itself",
            "Its median points of 100, and how far apart two orders of one question are (of 25). "
            "An order gap over 5: its points mean little.",
            "none",
            {
                "points": quantile(0.5, "llm_judge_score"),
                "order gap": quantile(0.5, "llm_judge_order_gap_points"),
            },
        ),
        lines(
            "Drafts for the judge",
            "`dropped`: it was busy. `failed`: look at its server.",
            "ops",
            {"{{outcome}}": rate("llm_judge_drafts_total", by="outcome")},
        ),
        lines(
            "Reviews",
            "Events waiting to be handed to the review database, and hand-overs that failed. "
            "Growing: the database does not answer.",
            "none",
            {
                "waiting": total("llm_review_queue"),
                "errors a minute": minutely("llm_review_errors_total"),
            },
        ),
    ]
