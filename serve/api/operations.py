"""Health, metrics, configuration and flags: what operators call."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response

from serve.api.backend import GetBackend
from serve.api.contract import FlagChange, FlagState
from serve.api.document import answers, link
from serve.api.guard import actor, guarded
from serve.api.problems import Problem
from serve.domain.state import WireModel
from serve.settings.access import Scope

FlagName = Annotated[str, Path(examples=["llm-events"])]
_SWITCHED: dict[int | str, dict[str, Any]] = {
    200: {
        "links": {
            "read": link("readFlag", "As it is now.", parameters={"name": "$response.body#/name"})
        }
    }
}
Up = Literal["up", "down"]


class Health(WireModel):
    status: Literal["healthy", "degraded", "unhealthy"]
    checks: dict[str, Up]
    timestamp: str


def routers(get_backend: GetBackend) -> tuple[APIRouter, ...]:
    """The routes of orchestrators, of games and of admins."""
    return _public(get_backend), _figures(get_backend), _admin(get_backend)


def _public(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, None, tags=["operations"])

    @routes.get("/healthz")
    async def alive() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        """Whether this process answers."""
        return {"status": "alive"}

    @routes.get("/readyz")
    async def ready() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        """Whether events can be served; with the hand-written ones they always can."""
        get_backend()
        return {"status": "ready"}

    @routes.get("/api/llm/health", responses={503: {"model": Health}})
    async def health(response: Response) -> Health:  # pyright: ignore[reportUnusedFunction]
        """Probes engine and Redis now. `degraded`: one is away; `unhealthy`: only static events."""
        probes = get_backend().probes
        works = dict(
            zip(probes, await asyncio.gather(*(probe() for probe in probes.values())), strict=True)
        )
        broken = sum(not up for up in works.values())
        status = "healthy" if not broken else "degraded" if broken < len(works) else "unhealthy"
        response.status_code = 503 if status == "unhealthy" else 200
        checks: dict[str, Up] = {name: "up" if up else "down" for name, up in works.items()}
        return Health(status=status, checks=checks, timestamp=_now())

    return routes


def _figures(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, Scope.GAME, tags=["operations"])

    @routes.get("/api/llm/metrics", responses=answers(503))
    async def metrics() -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        """Totals of the whole cluster: since ever, and over the last five minutes."""
        backend = get_backend()
        report = await backend.totals()
        system = {"flags": {name: backend.flags.enabled(name) for name in backend.flags.names()}}
        return report | {"system": system, "timestamp": _now()}

    @routes.get("/api/llm/config")
    async def config() -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        """The settings in force, no secrets."""
        return dict(get_backend().config())

    return routes


def _admin(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, Scope.ADMIN, tags=["operations"])

    @routes.get("/api/llm/flags/{name}", operation_id="readFlag", responses=answers(404))
    async def flag(name: FlagName) -> FlagState:  # pyright: ignore[reportUnusedFunction]
        """A feature flag (admin)."""
        backend = get_backend()
        _known(name, backend.flags.names())
        return FlagState(name=name, enabled=backend.flags.enabled(name))

    @routes.put(
        "/api/llm/flags/{name}", operation_id="switchFlag", responses=_SWITCHED | answers(404, 503)
    )
    async def set_flag(name: FlagName, change: FlagChange, request: Request) -> FlagState:  # pyright: ignore[reportUnusedFunction]
        """Switches a feature on or off for every replica; the change is audited (admin)."""
        backend = get_backend()
        _known(name, backend.flags.names())
        await backend.flags.set(name, change.enabled, actor=actor(request), reason=change.reason)
        return FlagState(name=name, enabled=change.enabled)

    @routes.get("/api/llm/audit", responses=answers(503))
    async def audit() -> list[dict[str, Any]]:  # pyright: ignore[reportUnusedFunction]
        """Who or what switched a flag or the breaker, when and why, newest first (admin)."""
        return await get_backend().flags.trail.entries()

    return routes


def _known(name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise Problem(404, f"no such flag; there is {', '.join(names)}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
