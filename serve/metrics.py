"""Every metric, named once. The values of a label are few and known: never an id, never a text."""

from typing import Literal, NamedTuple

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10)
POINTS = (10, 20, 30, 40, 50, 60, 65, 70, 75, 80, 85, 90, 95, 100)
_STAGE_SECONDS = (0.0005, 0.001, 0.0025, *SECONDS)
_AGE_SECONDS = (1, 10, 30, 60, 120, 180, 300, 600, 900, 1800)
_DIMENSION_POINTS = (5, 10, 12.5, 15, 17.5, 20, 22.5, 25)
_GAPS = (1, 2.5, 5, 7.5, 10, 15, 20, 25)

Kind = Literal["counter", "histogram", "gauge"]


class Metric(NamedTuple):
    """A metric's name in Prometheus spelling and everything its readers need to know."""

    name: str
    kind: Kind
    unit: str
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


ALL: list[Metric] = []
"""In the order of `docs/monitoring.md`."""


def _counter(name: str, unit: str, meaning: str, *labels: str) -> Metric:
    return _named(Metric(name, "counter", unit, meaning, labels))


def _gauge(name: str, unit: str, meaning: str, *labels: str) -> Metric:
    return _named(Metric(name, "gauge", unit, meaning, labels))


def _histogram(
    name: str, unit: str, meaning: str, *labels: str, buckets: tuple[float, ...] = SECONDS
) -> Metric:
    return _named(Metric(name, "histogram", unit, meaning, labels, buckets))


def _named(metric: Metric) -> Metric:
    ALL.append(metric)
    return metric


REQUESTS = _counter(
    "llm_event_requests_total",
    "events",
    "Events served, by source (pool, llm, stale, static) and outcome: `good` (the player's first, in "
    "3 s), `repeat`, `late`; of hand-written ones why: `flag_off`, `no_draft`, `error`.",
    "source",
    "outcome",
)
RESPONSE = _histogram("llm_event_response_seconds", "seconds", "Request to answer.", "source")
LATE = _counter(
    "llm_deadline_misses_total",
    "events",
    "Answers from what there was, because the deadline came before a draft did.",
)
REPEATS = _counter(
    "llm_repeats_total", "events", "Events whose story their player had met, for want of another."
)
FEEDBACK = _counter("llm_feedback_total", "ratings", "Ratings by players, 1 to 5.", "rating")

REFUSED = _counter(
    "llm_refused_requests_total",
    "requests",
    "Requests refused: `unauthenticated`, `forbidden`, over their `quota`, `throttled` after wrong keys.",
    "reason",
)

CACHE = _counter(
    "llm_cache_requests_total", "look-ups", "Look-ups in the pool: hit, stale or miss.", "result"
)
FOLLOWERS = _counter(
    "llm_single_flight_followers_total", "misses", "Misses that waited for another's draft."
)
POOL_DRAFTS = _gauge(
    "llm_pool_drafts",
    "drafts",
    "Drafts in a replica's copy of the keys in use, fresh or stale.",
    "freshness",
)
POOL_KEYS = _gauge(
    "llm_pool_keys", "keys", "Keys in use: asked for within the drafts' longest life."
)
EVENT_AGE = _histogram(
    "llm_event_age_seconds",
    "seconds",
    "Age of the drafts served from the pool.",
    buckets=_AGE_SECONDS,
)
STORE_ERRORS = _counter(
    "llm_store_errors_total", "calls", "Calls of Redis that failed or timed out."
)
REDIS_UP = _gauge("redis_connection_status", "0 or 1", "1 while Redis takes a write within 0.5 s.")

GENERATIONS = _counter(
    "llm_generations_total",
    "attempts",
    "Attempts at a draft: kept, rejected (a rule or the rubric), failed (the engine).",
    "outcome",
)
GENERATION = _histogram(
    "llm_generation_duration_seconds", "seconds", "One completion in the engine."
)
FIRST_TOKEN = _histogram("llm_time_to_first_token_seconds", "seconds", "Request to first token.")
STAGE = _histogram(
    "llm_generation_stage_seconds",
    "seconds",
    "What a kept draft cost beside the engine: validation, scoring.",
    "stage",
    buckets=_STAGE_SECONDS,
)
OUTPUT_TOKENS = _counter("llm_output_tokens_total", "tokens", "Tokens written by the engine.")
PROMPT_TOKENS = _counter("llm_prompt_tokens_total", "tokens", "Tokens of prompts.")
FLIGHTS = _gauge("llm_generations_in_flight", "orders", "Orders of the pool being written.")
AT_ONCE = _gauge(
    "llm_generations_at_once", "orders", "So many may be written at once for players who wait."
)
REFILLS = _gauge("llm_refills_waiting", "orders", "Refills ordered and not yet begun.")
ENGINE_UP = _gauge("vllm_health_status", "0 or 1", "1 while the engine answers its health probe.")

VALIDATION = _counter(
    "llm_validation_total", "drafts", "Drafts checked: `pass`, or the first rule broken.", "result"
)
QUALITY = _histogram(
    "llm_quality_score", "points", "Rubric points of every draft scored, 0..100.", buckets=POINTS
)
DIMENSION = _histogram(
    "llm_quality_dimension_points",
    "points",
    "The same by dimension, 0..25.",
    "dimension",
    buckets=_DIMENSION_POINTS,
)
LOW_STREAK = _gauge(
    "llm_quality_low_streak", "drafts", "Drafts in a row, up to now, under 70 points."
)
JUDGED = _counter(
    "llm_judge_drafts_total", "drafts", "Drafts for the judge: judged, dropped, failed.", "outcome"
)
JUDGE_SCORE = _histogram(
    "llm_judge_score", "points", "Points of the judge, 0..100.", buckets=POINTS
)
JUDGE_GAP = _histogram(
    "llm_judge_gap_points",
    "points",
    "|judge - rubric| by dimension, 0..25.",
    "dimension",
    buckets=_GAPS,
)
JUDGE_ORDER_GAP = _histogram(
    "llm_judge_order_gap_points",
    "points",
    "The judge against itself in the other order, 0..25.",
    "dimension",
    buckets=_GAPS,
)
REVIEW_ERRORS = _counter(
    "llm_review_errors_total", "events", "Hand-overs to the review database that failed."
)
REVIEW_QUEUE = _gauge("llm_review_queue", "events", "Events waiting to be handed to the reviews.")

FLAG = _gauge("llm_flag_enabled", "0 or 1", "1 while the flag is on.", "flag")
FLAG_CHANGES = _counter(
    "llm_flag_changes_total", "changes", "Changes of a flag: on, off.", "flag", "state"
)
BREAKER = _gauge(
    "llm_breaker_state", "state", "Of the generation path: 0 closed, 1 half open, 2 open."
)
BREAKER_CHANGES = _counter(
    "llm_breaker_changes_total", "changes", "Changes to closed, half_open, open.", "state"
)
SHADOWS = _counter(
    "llm_shadow_generations_total",
    "attempts",
    "Probes of a path that is shut: good, bad.",
    "outcome",
)
ALERTS = _counter(
    "llm_alerts_total",
    "alerts",
    "Alerts received: acted, replayed, ignored (not firing, not critical, too old).",
    "outcome",
)
SLACK = _counter(
    "llm_slack_messages_total", "messages", "Messages to Slack: sent, failed.", "outcome"
)
PROMPT_SWITCHES = _counter(
    "llm_prompt_switches_total", "changes", "Changes of the prompt in force."
)
PROMPT_ERRORS = _counter(
    "llm_prompt_poll_errors_total",
    "looks",
    "Looks at the prompt registry that brought nothing usable: unreachable, invalid, unwritable.",
    "reason",
)

ARM_REQUESTS = _counter(
    "llm_arm_requests_total",
    "events",
    "During a roll-out: events served by arm (current, candidate), outcomes as above.",
    "arm",
    "outcome",
)
ARM_RESPONSE = _histogram(
    "llm_arm_response_seconds", "seconds", "During a roll-out: request to answer, by arm.", "arm"
)
ARM_DRAFTS = _counter(
    "llm_arm_drafts_total",
    "attempts",
    "During a roll-out: attempts at a draft by arm: kept, rejected, failed.",
    "arm",
    "outcome",
)
ARM_QUALITY = _histogram(
    "llm_arm_quality_score",
    "points",
    "During a roll-out: rubric points of drafts scored, by arm.",
    "arm",
    buckets=POINTS,
)
CANARY_AGE = _gauge(
    "llm_canary_phase_age_seconds",
    "seconds",
    "How long the present stage of a roll-out has lasted; 0 where none is under way.",
)
CANARY_SHARE = _gauge(
    "llm_canary_share", "share", "Of players in the candidate arm of a roll-out, 0..1."
)
ROLLOUT_CHANGES = _counter(
    "llm_rollout_changes_total",
    "changes",
    "Changes of a roll-out: started, advanced, held, resumed, completed, rolled_back.",
    "change",
)
