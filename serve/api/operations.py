"""Health, metrics, configuration and flags: what operators call."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from serve.api.backend import GetBackend
from serve.api.contract import FlagChange, FlagState
from serve.api.guard import actor, guarded
from serve.api.problems import Problem
from serve.settings.access import Scope


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

    @routes.get("/api/llm/health")
    async def health(response: Response) -> dict[str, Any]:  # pyright: ignore[reportUnusedFunction]
        """Probes engine and Redis now. `degraded`: one is away; `unhealthy`: only static events."""
        probes = get_backend().probes
        works = dict(
            zip(probes, await asyncio.gather(*(probe() for probe in probes.values())), strict=True)
        )
        broken = sum(not up for up in works.values())
        status = "healthy" if not broken else "degraded" if broken < len(works) else "unhealthy"
        response.status_code = 503 if status == "unhealthy" else 200
        checks = {name: "up" if up else "down" for name, up in works.items()}
        return {"status": status, "checks": checks, "timestamp": _now()}

    return routes


def _figures(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, Scope.GAME, tags=["operations"])

    @routes.get("/api/llm/metrics")
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

    @routes.get("/api/llm/flags/{name}")
    async def flag(name: str) -> FlagState:  # pyright: ignore[reportUnusedFunction]
        """A feature flag (admin)."""
        backend = get_backend()
        _known(name, backend.flags.names())
        return FlagState(name=name, enabled=backend.flags.enabled(name))

    @routes.put("/api/llm/flags/{name}")
    async def set_flag(name: str, change: FlagChange, request: Request) -> FlagState:  # pyright: ignore[reportUnusedFunction]
        """Switches a feature on or off for every replica; the change is audited (admin)."""
        backend = get_backend()
        _known(name, backend.flags.names())
        await backend.flags.set(name, change.enabled, actor=actor(request), reason=change.reason)
        return FlagState(name=name, enabled=change.enabled)

    @routes.get("/api/llm/audit")
    async def audit() -> list[dict[str, Any]]:  # pyright: ignore[reportUnusedFunction]
        """Who or what switched a flag or the breaker, when and why, newest first (admin)."""
        return await get_backend().flags.trail.entries()

    return routes


def _known(name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise Problem(404, f"no such flag; there is {', '.join(names)}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
