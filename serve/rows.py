"""Rows of a shared list, read by whoever may not trust what lies there."""

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

Row = TypeVar("Row", bound=BaseModel)


def readable(kind: type[Row], rows: Iterable[str]) -> list[Row]:
    """The rows that are of this kind; the others are left out."""
    found = list[Row]()
    for row in rows:
        try:
            found.append(kind.model_validate_json(row))
        except ValidationError:
            continue
    return found
