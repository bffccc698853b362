"""Everything that can go wrong, each error knowing whether trying again could help.

EventsmithError
├── ConfigurationError      a setting or file is wrong; the message names it and the cure
├── DraftError              the completion is not a usable draft (retryable: another seed may do)
├── EngineError             the engine did not answer
│   ├── EngineTimeout       the deadline passed first
│   └── EngineUnavailable   no engine, or it died (retryable once it is back)
└── StoreError              Redis did not answer in time (retryable)
"""

import traceback


class EventsmithError(Exception):
    """Base of every error raised on purpose by the platform."""

    retryable = False


class ConfigurationError(EventsmithError):
    """A setting, file or machine forbids a start; the message is one sentence with the cure."""


class DraftError(EventsmithError):
    """A completion that cannot become a draft: cut off, empty, or not of the schema."""

    retryable = True


class EngineError(EventsmithError):
    """The engine did not deliver a completion."""


class EngineTimeout(EngineError):
    """The deadline passed before the completion was whole."""


class EngineUnavailable(EngineError):
    """No engine replica could take the request, or it died while writing."""

    retryable = True


class StoreError(EventsmithError):
    """Redis is down, frozen, full or refuses to write."""

    retryable = True


def origin(error: Exception) -> str:
    """Where an error came from, and not what it says: that may hold what a player sent."""
    return "".join(traceback.format_tb(error.__traceback__))
