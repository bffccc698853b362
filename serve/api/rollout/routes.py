"""The roll-out: how it stands, what may be done to it, and a page that shows it. All is the admin's."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints

from serve.api.backend import GetBackend
from serve.api.pages import page_file
from serve.api.problems import Problem
from serve.domain.state import WireModel
from serve.release.arms import Finding
from serve.release.assessment import Assessment
from serve.release.desk import RolloutDesk
from serve.release.evidence import Interval
from serve.release.rollout import NotAllowed, Rollout, Subject

_ADMIN = "admin"


class Action(StrEnum):
    START = "start"
    ADVANCE = "advance"
    HOLD = "hold"
    RESUME = "resume"
    ROLLBACK = "rollback"


class RolloutChange(WireModel):
    action: Action
    subject: Subject = "candidate"
    """What `start` starts."""
    reason: Annotated[str, StringConstraints(strict=True, max_length=200)] = ""


def router(get_backend: GetBackend) -> APIRouter:
    """The routes of the roll-out."""
    routes = APIRouter(tags=["roll-out"])

    @routes.get("/api/llm/rollout")
    async def status(request: Request) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        """The last roll-out, and how its arms compare (admin)."""
        backend = get_backend()
        backend.keyring.admit_admin(request)
        return await _status(backend.rollouts)

    @routes.post("/api/llm/rollout")
    async def change(wanted: RolloutChange, request: Request) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        """Starts, advances, holds, resumes or rolls back; audited (admin)."""
        backend = get_backend()
        backend.keyring.admit_admin(request)
        try:
            await _done(wanted, backend.rollouts)
        except NotAllowed as error:
            raise Problem(409, str(error)) from error
        return await _status(backend.rollouts)

    @routes.get("/rollout", include_in_schema=False)
    async def page() -> Response:  # pyright: ignore[reportUnusedFunction]
        return page_file("rollout", "page.html")

    @routes.get("/rollout/app.js", include_in_schema=False)
    async def script() -> Response:  # pyright: ignore[reportUnusedFunction]
        return page_file("rollout", "app.js")

    @routes.get("/rollout/style.css", include_in_schema=False)
    async def style() -> Response:  # pyright: ignore[reportUnusedFunction]
        return page_file("rollout", "style.css")

    return routes


async def _done(wanted: RolloutChange, desk: RolloutDesk) -> None:
    match wanted.action:
        case Action.START:
            await desk.start(wanted.subject, actor=_ADMIN, reason=wanted.reason)
        case Action.ADVANCE:
            await desk.advance(actor=_ADMIN, reason=wanted.reason)
        case Action.HOLD:
            await desk.hold(actor=_ADMIN, reason=wanted.reason)
        case Action.RESUME:
            await desk.resume(actor=_ADMIN, reason=wanted.reason)
        case Action.ROLLBACK:
            await desk.roll_back(actor=_ADMIN, reason=wanted.reason)


async def _status(desk: RolloutDesk) -> dict[str, Any]:
    rollout = await desk.board.refresh()
    assessment = await desk.assess(rollout) if rollout and rollout.live else None
    return {
        "rollout": _told(rollout) if rollout else None,
        "candidate": desk.board.candidate or None,
        "assessment": _assessed(assessment) if assessment else None,
    }


def _told(rollout: Rollout) -> dict[str, Any]:
    return {
        "id": rollout.id,
        "subject": rollout.subject,
        "candidate": rollout.candidate or None,
        "status": rollout.status,
        "stages": rollout.stages,
        "stage": rollout.stage,
        "share": rollout.share,
        "started": rollout.started,
        "since": rollout.since,
        "changedBy": rollout.changed_by,
        "reason": rollout.reason,
    }


def _assessed(assessment: Assessment) -> dict[str, Any]:
    return {
        "verdict": assessment.verdict,
        "due": assessment.due,
        "findings": [_finding(finding) for finding in assessment.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    intervals = {"candidate": finding.candidate, "current": finding.current}
    return {
        "figure": finding.figure,
        "verdict": finding.verdict,
        "limit": finding.limit,
        **{name: interval and _interval(interval) for name, interval in intervals.items()},
    }


def _interval(interval: Interval) -> dict[str, float]:
    return {
        "value": interval.value,
        "low": interval.low,
        "high": interval.high,
        "count": interval.cases,
    }
