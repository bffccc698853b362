"""Every metric, named once, and the tally a replica keeps of them between two flushes.

Counting on the request path is a dictionary update; a background task hands the tally over once a
second, to Ray's exporter and to the cluster-wide totals behind `GET /api/llm/metrics`.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10)
POINTS = (40, 50, 60, 65, 70, 75, 80, 85, 90, 95, 100)
_LOW_POINTS = (10, 20, 30)
_GAPS = (1, 2.5, 5, 7.5, 10, 15, 20, 25)


class Metric(NamedTuple):
    """A metric's name in Prometheus spelling, its one label (or none), buckets if a histogram."""

    name: str
    meaning: str
    label: str = ""
    buckets: tuple[float, ...] = ()


REQUESTS = Metric("llm_event_requests_total", "Events served, by where they came from.", "source")
RESPONSE = Metric(
    "llm_event_response_seconds", "Request to answer, seconds.", "source", buckets=SECONDS
)
CACHE = Metric("llm_cache_requests_total", "Pool look-ups: hit, stale or miss.", "result")
GENERATION = Metric(
    "llm_generation_duration_seconds", "One completion in the engine, seconds.", buckets=SECONDS
)
FIRST_TOKEN = Metric(
    "llm_time_to_first_token_seconds", "Request to first token, seconds.", buckets=SECONDS
)
GENERATIONS = Metric("llm_generations_total", "Generations, by how they ended.", "outcome")
OUTPUT_TOKENS = Metric("llm_output_tokens_total", "Tokens written by the engine.")
FOLLOWERS = Metric("llm_single_flight_followers_total", "Misses that waited for another's draft.")
VALIDATION = Metric(
    "llm_validation_total", "Drafts checked, `pass` or the first rule broken.", "result"
)
QUALITY = Metric("llm_quality_score", "Rubric points of a draft, 0..100.", buckets=POINTS)
FEEDBACK = Metric("llm_feedback_total", "Ratings by players.", "rating")
LATE = Metric("llm_deadline_misses_total", "Requests answered because their deadline came.")
REPEATS = Metric(
    "llm_repeats_total", "New drafts that told their player a story again, for want of another."
)
PROMPT_ERRORS = Metric(
    "llm_prompt_poll_errors_total",
    "Looks at the prompt registry that brought nothing usable.",
    "reason",
)
PROMPT_SWITCHES = Metric("llm_prompt_switches_total", "Changes of the prompt in force.")
STORE_ERRORS = Metric("llm_store_errors_total", "Redis calls that failed or timed out.")
REVIEW_ERRORS = Metric("llm_review_errors_total", "Hand-overs to the review database that failed.")
JUDGED = Metric(
    "llm_judge_drafts_total", "Drafts drawn for the judge: judged, dropped, failed.", "outcome"
)
JUDGE_SCORE = Metric(
    "llm_judge_score", "Points of the judge, 0..100.", buckets=(*_LOW_POINTS, *POINTS)
)
JUDGE_GAP = Metric(
    "llm_judge_gap_points", "|judge - rubric| in points, 0..25.", "dimension", buckets=_GAPS
)
JUDGE_ORDER_GAP = Metric(
    "llm_judge_order_gap_points",
    "The judge against itself in the other order, points.",
    "dimension",
    buckets=_GAPS,
)
ENGINE_UP = Metric("vllm_health_status", "1 while the engine answers its health probe.")
REDIS_UP = Metric("redis_connection_status", "1 while Redis answers a ping within 50 ms.")

COUNTERS = (
    REQUESTS, CACHE, GENERATIONS, OUTPUT_TOKENS, FOLLOWERS, VALIDATION, FEEDBACK, LATE,
    REPEATS, STORE_ERRORS, REVIEW_ERRORS, JUDGED,
)  # fmt: skip
HISTOGRAMS = (
    RESPONSE, GENERATION, FIRST_TOKEN, QUALITY, JUDGE_SCORE, JUDGE_GAP, JUDGE_ORDER_GAP,
)  # fmt: skip
GAUGES = (ENGINE_UP, REDIS_UP)


@dataclass(slots=True)
class Tally:
    """What happened in this replica since the last `take`."""

    counts: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    observations: dict[tuple[str, str], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )
    gauges: dict[str, float] = field(default_factory=dict[str, float])

    def count(self, metric: Metric, label: str = "", by: float = 1) -> None:
        self.counts[metric.name, label] += by

    def observe(self, metric: Metric, value: float, label: str = "") -> None:
        self.observations[metric.name, label].append(value)

    def set(self, metric: Metric, value: float) -> None:
        self.gauges[metric.name] = value

    def take(self) -> "Tally":
        """Everything since the last call, leaving this tally empty (gauges stay)."""
        taken = Tally(self.counts, self.observations, dict(self.gauges))
        self.counts, self.observations = defaultdict(float), defaultdict(list)
        return taken
