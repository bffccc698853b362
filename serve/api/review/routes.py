"""`/review` and the data behind it. The page is public, every answer of the data is the admin's."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field, StrictBool, WithJsonSchema

from serve.api.backend import GetBackend
from serve.api.contract import Identifier, QualityOnWire
from serve.api.document import answers, link
from serve.api.guard import guarded
from serve.api.pages import page_file
from serve.api.problems import Problem
from serve.api.review.export import as_csv, as_jsonl
from serve.domain.state import WireModel
from serve.review import BlindItem, Opinion, Progress, Review
from serve.review.checklist import CHECKLIST, Question
from serve.review.item import Points
from serve.settings.access import Scope

_PRIVATE = {"Cache-Control": "no-store"}
_SCRIPTS = ("answers", "app", "card", "connection", "form", "keys", "result", "words")

_NAME = r"^[\p{L}\p{M}\p{N}_.@-]([\p{L}\p{M}\p{N}_ .@-]*[\p{L}\p{M}\p{N}_.@-])?$"
_ANSWERED: dict[str, Any] = {
    "type": "object",
    "properties": {question.id: {"type": "boolean"} for question in CHECKLIST},
    "required": [question.id for question in CHECKLIST],
    "additionalProperties": False,
}

Reviewer = Annotated[str, Field(min_length=1, max_length=64, pattern=_NAME)]
"""A name: letters of any script, digits, `. _ @ -`, spaces inside."""


class ReviewRequest(WireModel):
    """What the page submits."""

    reviewer: Reviewer
    consistency: Points
    balance: Points
    fun: Points
    education: Points
    verdict: Opinion
    checklist: Annotated[dict[str, StrictBool], WithJsonSchema(_ANSWERED)]
    note: str = Field(default="", max_length=2000)
    seconds: float = Field(default=0, ge=0, le=86_400)


class Next(WireModel):
    """The item to review, without its score; null when there is none left."""

    item: BlindItem | None
    progress: Progress


class Submitted(WireModel):
    """The automatic score, told once the reviewer's is kept."""

    quality: QualityOnWire
    progress: Progress


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"


_OFFERED: dict[int | str, dict[str, Any]] = {
    200: {
        "links": {
            "review": link(
                "submitReview",
                "Reviews what was offered.",
                parameters={"item_id": "$response.body#/item/itemId"},
            )
        }
    }
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            media: {"schema": {"type": "string"}} for media in ("application/x-ndjson", "text/csv")
        }
    }
}


def routers(get_backend: GetBackend) -> tuple[APIRouter, ...]:
    """The page's files and the reviewer's routes."""
    return _page(get_backend), _reviews(get_backend)


def _page(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, None)

    @routes.get("/review", include_in_schema=False)
    async def page() -> Response:  # pyright: ignore[reportUnusedFunction]
        return page_file("review", "page.html")

    @routes.get("/review/style.css", include_in_schema=False)
    async def style() -> Response:  # pyright: ignore[reportUnusedFunction]
        return page_file("review", "style.css")

    @routes.get("/review/checklist.json", include_in_schema=False)
    async def checklist() -> tuple[Question, ...]:  # pyright: ignore[reportUnusedFunction]
        return CHECKLIST

    @routes.get("/review/{name}.js", include_in_schema=False)
    async def script(name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        if name not in _SCRIPTS:
            raise Problem(404, "no such file")
        return page_file("review", f"{name}.js")

    return routes


def _reviews(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, Scope.ADMIN, tags=["review"])

    @routes.get("/api/llm/reviews/next", responses=_OFFERED | answers(503))
    async def next_item(  # pyright: ignore[reportUnusedFunction]
        reviewer: Annotated[Reviewer, Query()], response: Response
    ) -> Next:
        """The next event this reviewer has not answered, blind to its score (admin)."""
        store = get_backend().reviews
        response.headers.update(_PRIVATE)
        item = await store.next_for(reviewer)
        return Next(item=item and item.blind, progress=await store.progress(reviewer))

    @routes.get("/api/llm/reviews/progress", responses=answers(503))
    async def progress(  # pyright: ignore[reportUnusedFunction]
        reviewer: Annotated[Reviewer, Query()],
    ) -> Progress:
        """How many this reviewer has answered and how many are left (admin)."""
        return await get_backend().reviews.progress(reviewer)

    @routes.put(
        "/api/llm/reviews/{item_id}", operation_id="submitReview", responses=answers(404, 503)
    )
    async def submit(  # pyright: ignore[reportUnusedFunction]
        item_id: Identifier, body: ReviewRequest, response: Response
    ) -> Submitted:
        """Keeps a review, replacing the reviewer's earlier one, and tells the score (admin)."""
        store = get_backend().reviews
        response.headers.update(_PRIVATE)
        item = await store.item(item_id)
        if item is None:
            raise Problem(404, "no such event is queued; it was dropped for newer ones")
        answer = body.model_dump() | {"item_id": item_id, "submitted_at": datetime.now(UTC)}
        await store.submit(Review.model_validate(answer))
        quality = QualityOnWire.model_validate(item.quality.model_dump())
        return Submitted(quality=quality, progress=await store.progress(body.reviewer))

    @routes.get("/api/llm/reviews", response_class=Response, responses=_FILES | answers(503))
    async def export(  # pyright: ignore[reportUnusedFunction]
        form: Annotated[Format, Query(alias="format")] = Format.JSONL,
    ) -> Response:
        """Every review with its event, as JSON Lines or CSV (admin)."""
        reviewed = await get_backend().reviews.reviewed()
        write, media = (
            (as_csv, "text/csv") if form is Format.CSV else (as_jsonl, "application/x-ndjson")
        )
        name = f'attachment; filename="reviews.{form}"'
        headers = _PRIVATE | {"Content-Disposition": name}
        return Response(write(reviewed), media_type=f"{media}; charset=utf-8", headers=headers)

    return routes
