"""One broken rule."""

from typing import NamedTuple


class Violation(NamedTuple):
    rule: str
    """`area.rule`, a bounded set: safe as a metric's label."""
    field: str
    """Where, as a path on the wire: `choices[1].effects.cashDelta`."""
    message: str
    """Why, for a person; never quotes the text itself."""
