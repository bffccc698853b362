"""Who is calling and what they may do: keys by scope, a quota for each, and patience for guessers."""

import hmac
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from fastapi import Request

from serve import metrics
from serve.api.buckets import Buckets
from serve.api.problems import Problem
from serve.api.throttle import Throttle
from serve.settings.access import VARIABLES, Key, Scope, digest
from serve.tally import Tally

_OPENS = {
    Scope.GAME: frozenset({Scope.GAME, Scope.EVALUATION, Scope.ADMIN}),
    Scope.ADMIN: frozenset({Scope.ADMIN}),
    Scope.ALERTS: frozenset({Scope.ALERTS}),
}
"""Of a route -> the keys that open it."""
_CHALLENGE = {"WWW-Authenticate": "Bearer"}


class Caller(NamedTuple):
    """Who was let in."""

    name: str
    """Of the key."""
    scope: Scope | None
    """None: anybody, as no key is configured."""


_ANYBODY = Caller("anybody", None)


class Keyring:
    """Keys are held as digests and compared in constant time, all of them on every call."""

    def __init__(
        self,
        keys: Sequence[Key],
        rate: float,
        evaluation_rate: float = 2.0,
        *,
        tally: Tally | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Rates are requests a second, per key and replica.

        Whether anybody may call is settled here: a platform that had keys never opens by losing them.
        """
        self._keys, self._tally = tuple(keys), tally or Tally()
        self._rate, self._rates = rate, {Scope.EVALUATION: evaluation_rate}
        self.open = not any(key.scope is Scope.GAME for key in keys)
        """Whether anybody may call: no key is configured (and the platform binds to loopback)."""
        self._quota, self._throttle = Buckets(clock), Throttle(clock)

    def replace(self, keys: Sequence[Key]) -> None:
        """From now on these, and only these."""
        self._keys = tuple(keys)

    def admit(self, request: Request, scope: Scope) -> Caller:
        """Who calls a route of this scope.

        Raises Problem 401 without a valid key, 403 with one that does not open the route or where none is
        configured, 429 over the key's quota or after too many wrong keys.
        """
        presented = _presented(request)
        if not presented and self._opens_to_anybody(scope):
            return _ANYBODY
        self._configured(scope)
        if not presented:
            raise self._refused(401, "unauthenticated", _cure(scope), _CHALLENGE)
        key = self._found(request, presented, scope)
        if key is None:
            return _ANYBODY
        if key.scope not in _OPENS[scope]:
            raise self._refused(403, "forbidden", f"a key of scope {key.scope} does not open this")
        if scope is Scope.GAME:
            self._spend(key)
        return Caller(key.name, key.scope)

    def _found(self, request: Request, presented: str, scope: Scope) -> Key | None:
        """The key that was presented; None for a wrong one where anybody may call."""
        hashed, source = digest(presented), request.client.host if request.client else ""
        if wait_s := self._throttle.wait_s(source, hashed):
            detail = "too many wrong keys; wait before you try another"
            raise self._refused(429, "throttled", detail, {"Retry-After": str(wait_s)})
        matches = [key for key in self._keys if hmac.compare_digest(hashed, key.digest)]
        if matches:
            self._throttle.right(source, hashed)
            return matches[0]
        if self._opens_to_anybody(scope):
            return None
        self._throttle.wrong(source)
        raise self._refused(401, "unauthenticated", _cure(scope), _CHALLENGE)

    def _opens_to_anybody(self, scope: Scope) -> bool:
        if scope is Scope.ADMIN:
            return self.open and not self._has(scope)
        return self.open and scope is Scope.GAME

    def _configured(self, scope: Scope) -> None:
        if scope is not Scope.GAME and not self._has(scope) and not self._opens_to_anybody(scope):
            variable = VARIABLES[scope]
            detail = f"no {scope} token is configured: set {variable}"
            raise self._refused(403, "forbidden", detail)

    def _has(self, scope: Scope) -> bool:
        return any(key.scope is scope for key in self._keys)

    def _spend(self, key: Key) -> None:
        """One second's quota may be spent at once."""
        rate = self._rates.get(key.scope, self._rate)
        most = max(rate, 1.0)
        if wait_s := self._quota.wait_s(key.digest, rate, most):
            detail = f"over {rate:g} requests a second; slow down"
            headers = {"Retry-After": str(max(1, round(wait_s)))}
            raise self._refused(429, "quota", detail, headers)
        self._quota.take(key.digest, rate, most)

    def _refused(
        self, status: int, reason: str, detail: str, headers: dict[str, str] | None = None
    ) -> Problem:
        self._tally.count(metrics.REFUSED, reason)
        return Problem(status, detail, headers=headers)


def _presented(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")


def _cure(scope: Scope) -> str:
    if scope is Scope.GAME:
        return "send a key as `Authorization: Bearer KEY` or `X-API-Key: KEY`"
    return f"send the {scope} token as `Authorization: Bearer TOKEN`"
