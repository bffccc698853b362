"""What is logged to MLflow, and read from it; the only package that imports it."""

from evaluation.tracking.reviews import EXPERIMENT, log_reviews
from evaluation.tracking.session import DEFAULT_URI, TrackingError, default_uri
from evaluation.tracking.suite_log import ArmLog, DatasetLog, SuiteLog

__all__ = [
    "DEFAULT_URI",
    "EXPERIMENT",
    "ArmLog",
    "DatasetLog",
    "SuiteLog",
    "TrackingError",
    "default_uri",
    "log_reviews",
]
