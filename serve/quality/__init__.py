"""The rubric: how good an event is, in points with reasons."""

from serve.quality.judgement import DIMENSIONS
from serve.quality.reason import Reason
from serve.quality.rubric import ACCEPT_FROM, REVIEW_FROM, Quality, Verdict, score

__all__ = ["ACCEPT_FROM", "DIMENSIONS", "REVIEW_FROM", "Quality", "Reason", "Verdict", "score"]
