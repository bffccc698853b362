"""What came of every attempt at a draft, counted: for the whole platform, and for the arm of a roll-out."""

from serve import metrics
from serve.errors import DraftError, EngineError
from serve.generation import Rejected
from serve.pool import PooledDraft
from serve.quality import DIMENSIONS, Quality
from serve.tally import Tally

_LOW = 70.0
"""Points under which a draft is a bad sign: the product's alert counts five in a row."""
_STAGES = {"validate": "validation", "score": "scoring"}


class Attempts:
    """Counts into a tally; `arm` is empty where nothing is rolled out."""

    def __init__(self, tally: Tally, *, watched: bool) -> None:
        """`watched`: whether drafts of few points in a row are a matter for the alerts."""
        self._tally, self._watched, self._low = tally, watched, 0

    def kept(self, draft: PooledDraft, arm: str) -> None:
        self._count("kept", arm)
        self._tally.count(metrics.VALIDATION, "pass")
        self._tally.count(metrics.OUTPUT_TOKENS, by=draft.output_tokens)
        self._tally.observe(metrics.GENERATION, draft.timings_ms["engine"] / 1000)
        self._tally.observe(metrics.FIRST_TOKEN, draft.timings_ms["firstToken"] / 1000)
        self._tally.count(metrics.PROMPT_TOKENS, by=draft.prompt_tokens)
        for timing, stage in _STAGES.items():
            self._tally.observe(metrics.STAGE, draft.timings_ms.get(timing, 0.0) / 1000, stage)
        self._scored(draft.quality, arm)

    def failed(self, error: EngineError | DraftError, arm: str) -> None:
        """Nothing that could be kept: rejected, or never written."""
        if not isinstance(error, Rejected):
            self._count("failed", arm)
            return
        self._count("rejected", arm)
        self._tally.count(metrics.VALIDATION, error.rule)
        if error.quality:
            self._scored(error.quality, arm)

    def _count(self, outcome: str, arm: str) -> None:
        self._tally.count(metrics.GENERATIONS, outcome)
        if arm:
            self._tally.count(metrics.ARM_DRAFTS, arm, outcome)

    def _scored(self, quality: Quality, arm: str) -> None:
        """Discarded drafts count as well: they are what the alert is about."""
        self._tally.observe(metrics.QUALITY, quality.total)
        for name in DIMENSIONS:
            self._tally.observe(metrics.DIMENSION, getattr(quality, name), name)
        if arm:
            self._tally.observe(metrics.ARM_QUALITY, quality.total, arm)
        if self._watched:
            self._low = self._low + 1 if quality.total < _LOW else 0
            self._tally.set(metrics.LOW_STREAK, self._low)
