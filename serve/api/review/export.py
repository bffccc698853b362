"""Reviews as files: JSON Lines with everything, CSV with what a spreadsheet can show."""

import csv
import io
from collections.abc import Iterable, Iterator

import orjson

from serve.quality import DIMENSIONS
from serve.review import Reviewed
from serve.review.checklist import CHECKLIST

COLUMNS = (
    "itemId", "reviewer", "submittedAt", "verdict", *DIMENSIONS, "total",
    *(f"auto_{name}" for name in (*DIMENSIONS, "total", "verdict")),
    *(f"judge_{name}" for name in (*DIMENSIONS, "total")),
    *(question.id for question in CHECKLIST), "note", "seconds", "blind", "why", "locale",
    "eventType", "severity", "title", "description", "promptVersion", "model",
)  # fmt: skip


def as_jsonl(reviewed: Iterable[Reviewed]) -> bytes:
    """One object a line: `{"item": …, "review": …}`, names as on the wire."""
    return b"".join(
        orjson.dumps(
            {
                "item": item.model_dump(mode="json", by_alias=True),
                "review": review.model_dump(mode="json", by_alias=True),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for item, review in reviewed
    )


def as_csv(reviewed: Iterable[Reviewed]) -> bytes:
    """UTF-8 with a byte order mark, without which spreadsheets garble Korean."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _row(one)] for one in reviewed)
    return out.getvalue().encode("utf-8-sig")


def _row(one: Reviewed) -> Iterator[object]:
    item, review = one
    yield from (item.item_id, review.reviewer, review.submitted_at.isoformat(), review.verdict)
    yield from (getattr(review, name) for name in (*DIMENSIONS, "total"))
    yield from (getattr(item.quality, name) for name in (*DIMENSIONS, "total", "verdict"))
    yield from (getattr(item.judge, name, "") for name in (*DIMENSIONS, "total"))
    yield from ("yes" if review.checklist.get(q.id) else "no" for q in CHECKLIST)
    yield from (review.note, review.seconds, "yes" if review.blind else "no", item.why, item.locale)
    event = item.event
    yield from (event.event_type, event.severity, event.title, event.description)
    yield from (item.prompt_version, item.model)


def _cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula is marked as text."""
    if isinstance(value, str) and value.lstrip().startswith(("=", "+", "-", "@")):
        return f"'{value}"
    return value
