"""API replicas: by what waits and by how busy they are, whichever asks for more."""

import time
from typing import Any

import pytest
from ray.serve.config import AutoscalingConfig, AutoscalingContext

from serve.deployments.scaling import Busy, ByLoad


def _context(requests: float, busy: Any) -> AutoscalingContext:
    known: dict[str, Any] = dict.fromkeys(
        (
            "deployment_id", "deployment_name", "app_name", "current_num_replicas",
            "target_num_replicas", "running_replicas", "total_queued_requests", "raw_metrics",
            "capacity_adjusted_min_replicas", "capacity_adjusted_max_replicas", "policy_state",
            "last_scale_up_time", "last_scale_down_time", "current_time",
        )
    )  # fmt: skip
    return AutoscalingContext(
        **known,
        total_num_requests=requests,
        aggregated_metrics={"busy": busy} if busy else {},
        config=AutoscalingConfig(target_ongoing_requests=50),
    )


@pytest.mark.parametrize(
    ("requests", "busy", "wanted"),
    [(100, {}, 2), (0, {"a": 0.9, "b": 0.9}, 3), (200, {"a": 0.3}, 4), (0, {}, 0)],
)
def test_whichever_asks_for_more(requests: float, busy: dict[str, float], wanted: float) -> None:
    found, state = ByLoad()(_context(requests, busy))
    assert found == pytest.approx(wanted)
    assert state == {}


def test_a_replica_tells_how_busy_it_was() -> None:
    busy = Busy()
    time.sleep(0.1)
    idle = busy.share()
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        pass
    assert idle < 0.3 < busy.share()
