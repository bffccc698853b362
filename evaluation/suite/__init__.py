"""A suite: scenarios x prompt variants x models x sampling settings x repeats, and its results."""

from evaluation.suite.result import Outcome, Result

__all__ = ["Outcome", "Result"]
