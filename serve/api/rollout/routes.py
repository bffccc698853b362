"""The roll-out: how it stands, what may be done to it, and a page that shows it. All is the admin's."""

from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Request, Response

from serve.api.backend import GetBackend
from serve.api.contract import Reason
from serve.api.document import answers, link
from serve.api.guard import actor, guarded
from serve.api.pages import page_file
from serve.api.problems import Problem
from serve.domain.state import WireModel
from serve.release.arms import Finding
from serve.release.assessment import Assessment
from serve.release.desk import RolloutDesk
from serve.release.evidence import Interval
from serve.release.rollout import NotAllowed, Rollout, Subject
from serve.settings.access import Scope


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
    reason: Reason = ""


_CHANGED: dict[int | str, dict[str, Any]] = {
    200: {
        "links": {
            "read": link("readRollout", "How it stands."),
            **{
                action: link(
                    "changeRollout", f"{action.capitalize()} it.", requestBody={"action": action}
                )
                for action in Action
                if action is not Action.START
            },
        }
    }
}


def routers(get_backend: GetBackend) -> tuple[APIRouter, ...]:
    """The admin's routes of the roll-out, and the page's files."""
    return _admin(get_backend), _page(get_backend)


def _admin(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, Scope.ADMIN, tags=["roll-out"])

    @routes.get("/api/llm/rollout", operation_id="readRollout", responses=answers(503))
    async def status() -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        """The last roll-out, and how its arms compare (admin)."""
        return await _status(get_backend().rollouts)

    @routes.post(
        "/api/llm/rollout",
        operation_id="changeRollout",
        responses=_CHANGED | answers(409, 503),
    )
    async def change(wanted: RolloutChange, request: Request) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        """Starts, advances, holds, resumes or rolls back; audited (admin)."""
        backend = get_backend()
        try:
            await _done(wanted, backend.rollouts, actor(request))
        except NotAllowed as error:
            raise Problem(409, str(error)) from error
        return await _status(backend.rollouts)

    return routes


def _page(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, None)

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


async def _done(wanted: RolloutChange, desk: RolloutDesk, who: str) -> None:
    match wanted.action:
        case Action.START:
            await desk.start(wanted.subject, actor=who, reason=wanted.reason)
        case Action.ADVANCE:
            await desk.advance(actor=who, reason=wanted.reason)
        case Action.HOLD:
            await desk.hold(actor=who, reason=wanted.reason)
        case Action.RESUME:
            await desk.resume(actor=who, reason=wanted.reason)
        case Action.ROLLBACK:
            await desk.roll_back(actor=who, reason=wanted.reason)


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
