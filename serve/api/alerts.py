"""Where Alertmanager posts what fires."""

from fastapi import APIRouter, Depends, Request

from serve.api.backend import GetBackend
from serve.release.alerts import AlertMessage, Outcome


def router(get_backend: GetBackend) -> APIRouter:
    """The route of Alertmanager."""

    def admit(request: Request) -> None:
        get_backend().keyring.admit_alerts(request)

    routes = APIRouter(tags=["operations"], dependencies=[Depends(admit)])

    @routes.post("/api/llm/alerts")
    async def alerts(message: AlertMessage) -> dict[Outcome, int]:  # pyright: ignore[reportUnusedFunction]
        """Alertmanager's webhook: an alert labelled `action: flag-off` switches its flag off, once
        however often it is sent (alerts token)."""
        return await get_backend().alerts.receive(message)

    return routes
