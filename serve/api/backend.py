"""What the routes stand on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from serve.api.request_log import RequestLog
from serve.api.security import Keyring
from serve.pool import PooledDraft
from serve.release.alerts import AlertDesk
from serve.release.desk import RolloutDesk
from serve.release.flags import FlagBoard
from serve.review import ReviewStore
from serve.service import EventService
from serve.static_events import StaticLibrary
from serve.tally import Tally


class RecordStore(Protocol):
    """Records, feedback and idempotent answers. Every call raises StoreError when Redis is away."""

    async def record(self, draft_id: str) -> PooledDraft | None: ...
    async def remember(self, name: str, value: str, seconds: int) -> bool: ...
    async def recall(self, name: str) -> str | None: ...
    async def append(self, name: str, value: str, *, largest: int, seconds: int | None) -> None: ...
    async def entries(self, name: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Backend:
    """One replica's parts, as the routes need them."""

    service: EventService
    library: StaticLibrary
    store: RecordStore
    flags: FlagBoard
    alerts: AlertDesk
    rollouts: RolloutDesk
    keyring: Keyring
    log: RequestLog
    tally: Tally
    totals: Callable[[], Awaitable[dict[str, Any]]]
    """Raises StoreError."""
    reviews: ReviewStore
    probes: Mapping[str, Callable[[], Awaitable[bool]]]
    """Name -> whether that part works now."""
    config: Callable[[], Mapping[str, Any]]
    """What `/config` shows; no secrets."""
    default_deadline_s: float
    record_ttl_s: int


GetBackend = Callable[[], Backend]
