"""How many API replicas: by what waits in them, as Ray Serve counts it, and by the core that hits take.

Hits are answered before Serve counts them, so each replica tells how busy it is. Delays and bounds are
Serve's own.
"""

import time
from typing import Any

from ray.serve.config import AutoscalingContext


class Busy:
    """The share of a core that this process has had since it was last asked."""

    def __init__(self) -> None:
        self._at, self._spent = time.monotonic(), time.process_time()

    def share(self) -> float:
        at, spent = time.monotonic(), time.process_time()
        passed, used = at - self._at, spent - self._spent
        self._at, self._spent = at, spent
        return used / passed if passed > 0 else 0.0


class ByLoad:
    """A policy of `autoscaling_config`; its `policy_kwargs` may set `busy`."""

    def __init__(self, busy: float = 0.6) -> None:
        """`busy`: of a core, what one replica should take; its event loop has no other."""
        self._busy = busy

    def __call__(self, ctx: AutoscalingContext) -> tuple[float, dict[str, Any]]:
        """(replicas wanted, no state to keep)."""
        config: Any = ctx.config
        waiting = ctx.total_num_requests / config.get_target_ongoing_requests()
        busy = (ctx.aggregated_metrics or {}).get("busy", {})
        return max(waiting, sum(busy.values()) / self._busy), {}
