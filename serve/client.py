"""A caller of the platform's HTTP interface, for the command line."""

from typing import Any

import httpx

from serve.errors import EventsmithError


class Unreachable(EventsmithError):
    """Nobody answers at that address."""

    retryable = True


class Refused(EventsmithError):
    """The platform said no; the message is its own words."""


class Client:
    """One platform, one key. Every call raises Unreachable or Refused."""

    def __init__(self, url: str, key: str = "", timeout_s: float = 35.0) -> None:
        self._url, self._timeout_s = url.rstrip("/"), timeout_s
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        """One event."""
        return self._call("POST", "/api/llm/events", body)

    def flag(self, name: str) -> dict[str, Any]:
        return self._call("GET", f"/api/llm/flags/{name}")

    def set_flag(self, name: str, enabled: bool, reason: str) -> dict[str, Any]:
        change = {"enabled": enabled, "reason": reason}
        return self._call("PUT", f"/api/llm/flags/{name}", change)

    def rollout(self) -> dict[str, Any]:
        """The last roll-out, and how its arms compare."""
        return self._call("GET", "/api/llm/rollout")

    def change_rollout(self, action: str, subject: str | None, reason: str) -> dict[str, Any]:
        """`action` is start, advance, hold, resume or rollback; `subject` is for start."""
        body = {"action": action, "reason": reason} | ({"subject": subject} if subject else {})
        return self._call("POST", "/api/llm/rollout", body)

    def audit(self) -> list[dict[str, Any]]:
        """Changes of flags and breaker, newest first."""
        return self._send("GET", "/api/llm/audit").json()

    def reviews(self, form: str) -> str:
        """Every review, `form` is `jsonl` or `csv`."""
        return self._send("GET", f"/api/llm/reviews?format={form}").content.decode("utf-8")

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self._send(method, path, body).json()

    def _send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        try:
            response = httpx.request(
                method, self._url + path, json=body, headers=self._headers, timeout=self._timeout_s
            )
        except httpx.HTTPError as error:
            raise Unreachable(
                f"{self._url} does not answer; start the platform with `make run`"
            ) from error
        if response.is_success:
            return response
        try:
            detail = response.json()["detail"]
        except (ValueError, KeyError):
            detail = response.text[:200]
        raise Refused(f"{response.status_code}: {detail}")
