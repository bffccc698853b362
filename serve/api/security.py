"""Who may call what: game keys with a quota each, and one admin token."""

import hmac
import time
from hashlib import sha256

from fastapi import Request

from serve.api.problems import Problem


class Keyring:
    """Keys are kept as digests and compared in constant time, all of them on every call."""

    def __init__(
        self,
        api_keys: tuple[str, ...],
        admin_token: str,
        rate: float,
        *,
        evaluation_keys: tuple[str, ...] = (),
        evaluation_rate: float = 2.0,
        alerts_token: str = "",
    ) -> None:
        """Rates are requests a second, per key and replica; evaluations have their own."""
        self._rates = {_digest(key): rate for key in api_keys}
        self._rates |= {_digest(key): evaluation_rate for key in evaluation_keys}
        self._admin = _digest(admin_token) if admin_token else None
        self._alerts = _digest(alerts_token) if alerts_token else None
        self._admin_rate, self._open = rate, not api_keys
        self._buckets: dict[bytes, tuple[float, float]] = {}

    @property
    def open(self) -> bool:
        """Whether anybody may call: no key is configured (and the platform binds to loopback)."""
        return self._open

    def admit(self, request: Request) -> None:
        """Raises Problem 401 without a valid key, 429 over the key's quota."""
        given = _digest(_presented(request))
        known = self._known(given)
        if self.open and not known:
            return
        if not known:
            raise Problem(
                401,
                "send a key as `Authorization: Bearer KEY` or `X-API-Key: KEY`",
                headers={"WWW-Authenticate": "Bearer"},
            )
        self._spend(given)

    def admit_admin(self, request: Request) -> None:
        """Raises Problem 401 without the admin token, 403 where none is configured."""
        if self._admin is None:
            if self.open:
                return
            raise Problem(403, "no admin token is configured: set EVENTSMITH_ADMIN_TOKEN")
        if not hmac.compare_digest(_digest(_presented(request)), self._admin):
            raise Problem(
                401,
                "send the admin token as `Authorization: Bearer TOKEN`",
                headers={"WWW-Authenticate": "Bearer"},
            )

    def admit_alerts(self, request: Request) -> None:
        """Raises Problem 401 without the alerts token, 403 where none is configured."""
        if self._alerts is None:
            raise Problem(403, "no alerts token is configured: set EVENTSMITH_ALERTS_TOKEN")
        if not hmac.compare_digest(_digest(_presented(request)), self._alerts):
            raise Problem(
                401,
                "send the alerts token as `Authorization: Bearer TOKEN`",
                headers={"WWW-Authenticate": "Bearer"},
            )

    def _known(self, given: bytes) -> bool:
        matches = [hmac.compare_digest(given, key) for key in self._rates]
        matches.append(self._admin is not None and hmac.compare_digest(given, self._admin))
        return any(matches)

    def _spend(self, key: bytes) -> None:
        """A token bucket of one second's quota per key and replica."""
        now, rate = time.monotonic(), self._rates.get(key, self._admin_rate)
        most = max(rate, 1.0)
        tokens, then = self._buckets.get(key, (most, now))
        tokens = min(most, tokens + (now - then) * rate)
        if tokens < 1:
            wait = max(1, round((1 - tokens) / rate))
            raise Problem(
                429,
                f"over {rate:g} requests a second; slow down",
                headers={"Retry-After": str(wait)},
            )
        self._buckets[key] = tokens - 1, now


def _presented(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
