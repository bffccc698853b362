"""Where Alertmanager posts what fires."""

from fastapi import APIRouter

from serve.api.backend import GetBackend
from serve.api.document import answers
from serve.api.guard import guarded
from serve.release.alerts import AlertMessage, Outcome
from serve.settings.access import Scope


def router(get_backend: GetBackend) -> APIRouter:
    """The route of Alertmanager."""
    routes = guarded(get_backend, Scope.ALERTS, tags=["operations"])

    @routes.post("/api/llm/alerts", responses=answers(503))
    async def alerts(message: AlertMessage) -> dict[Outcome, int]:  # pyright: ignore[reportUnusedFunction]
        """Alertmanager's webhook: an alert labelled `action: flag-off` switches its flag off, once
        however often it is sent (alerts token)."""
        return await get_backend().alerts.receive(message)

    return routes
