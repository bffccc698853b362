"""The rubric and the judge as scorers of `mlflow.genai.evaluate`.

They read `inputs` (`gameState`, `locale`) and `outputs` (the event) of a dataset's row, of what a
`predict_fn` returned, or of a trace. What is no event gets a feedback with an error: one bad row
never ends an evaluation.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Any, NamedTuple

from mlflow.entities import AssessmentError, AssessmentSource, Feedback
from mlflow.genai.scorers import Scorer, scorer

from evaluation.tracking.feedback import POINTS, RUBRIC, rationale
from evaluation.tracking.rows import read_row, text_of
from serve.domain.balance import BalancePolicy
from serve.domain.rules import violations
from serve.domain.violation import Violation
from serve.errors import EngineError
from serve.quality import Quality, Verdict, score
from serve.quality.judge import Judge
from serve.quality.judgement import Judgement
from serve.settings import Settings

SCORERS = (*POINTS, "verdict", "rules")


class _Scored(NamedTuple):
    quality: Quality
    broken: tuple[Violation, ...]


def rubric_scorers(policy: BalancePolicy | None = None) -> list[Scorer]:
    """`consistency`, `balance`, `fun`, `education` (0..25), `total` (0..100), `verdict` and `rules`
    (whether all are kept), each with its reasons in Korean and English.

    The balance table is the platform's own unless given.
    """
    table = policy or BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))

    @lru_cache(maxsize=4096)  # seven scorers ask for the same event
    def scored(inputs: str, outputs: str) -> _Scored:
        event, state, locale = read_row(inputs, outputs)
        quality = score(event, state, table, locale)
        return _Scored(quality, violations(event, state, table, locale))

    return [_rubric_scorer(name, scored) for name in SCORERS]


def judge_scorer(judge: Judge) -> Scorer:
    """`judge_consistency` … `judge_total`, in points; an error where the judge does not answer."""
    source = AssessmentSource(source_type="LLM_JUDGE", source_id=judge.model)
    loop = _Loop()

    @scorer(name="judge")
    def by_model(inputs: Any, outputs: Any) -> list[Feedback]:
        try:
            judgement = loop.result(judge.judge(*read_row(text_of(inputs), text_of(outputs))))
        except (ValueError, EngineError) as error:
            return [_failed("judge_total", error, source)]
        return [
            Feedback(
                name=f"judge_{name}",
                value=float(getattr(judgement, name)),
                source=source,
                rationale=_doubts(judgement, name) or None,
            )
            for name in POINTS
        ]

    return by_model


def _rubric_scorer(name: str, scored: Callable[[str, str], _Scored]) -> Scorer:
    @scorer(name=name)
    def by_rubric(inputs: Any, outputs: Any) -> Feedback:
        try:
            found = scored(text_of(inputs), text_of(outputs))
        except ValueError as error:
            return _failed(name, error, RUBRIC)
        value, why = _answer(name, found)
        return Feedback(name=name, value=value, source=RUBRIC, rationale=why or None)

    return by_rubric


def _answer(name: str, found: _Scored) -> tuple[float | str | bool, str]:
    """(value, why)."""
    quality, broken = found
    if name == "rules":
        return not broken, "\n".join(f"{one.rule} {one.field}: {one.message}" for one in broken)
    if name == "verdict":  # a broken rule discards an event whatever its points
        verdict = Verdict.DISCARD if broken else quality.verdict
        return verdict.value, rationale(quality, "total")
    return float(getattr(quality, name)), rationale(quality, name)


def _doubts(judgement: Judgement, name: str) -> str:
    """How far the judge's answers lie apart."""
    if name == "total":
        return (
            "" if judgement.stable else "두 순서의 답이 서로 다릅니다. · The two orders disagree."
        )
    spread, gap = judgement.spread.get(name, 0.0), judgement.order_gap.get(name, 0.0)
    return f"표준편차 {spread:g}, 순서 차이 {gap:g} · spread {spread:g}, order gap {gap:g}"


def _failed(name: str, error: Exception, source: AssessmentSource) -> Feedback:
    code = "JUDGE_ERROR" if isinstance(error, EngineError) else "NO_EVENT"
    return Feedback(
        name=name, error=AssessmentError(error_code=code, error_message=str(error)), source=source
    )


class _Loop:
    """An event loop of its own: MLflow scores in threads, notebooks run a loop already, and the
    judge's connections belong to the loop that opened them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def result(self, work: Coroutine[Any, Any, Judgement]) -> Judgement:
        return asyncio.run_coroutine_threadsafe(work, self._running()).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="judge", daemon=True).start()
            return self._loop
