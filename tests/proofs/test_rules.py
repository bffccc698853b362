"""A hundred thousand drafts and states through every path that serves an event: none breaks a rule.

Ends with `cases=… served=… invalid_events=… paths=…` and the events served on each path. Run it by
`make prove-rules`; `SEED=7 CASES=1000` make other cases, or fewer, the same each time.
"""

import os
import time

import pytest
from fuzzing.campaign import PATHS, campaign

pytestmark = pytest.mark.proof
_SEED, _CASES = int(os.environ.get("SEED", "1")), int(os.environ.get("CASES", "100000"))


def test_no_event_that_breaks_a_rule_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    outcome = campaign(_SEED, _CASES)
    took = time.monotonic() - started
    with capsys.disabled():
        print(f"\n{outcome.line()} seed={_SEED} seconds={took:.0f}")
    assert outcome.broken == 0, "\n".join(outcome.invalid)
    assert outcome.served.total() >= _CASES
    few = [path for path in PATHS if outcome.served[path] < _CASES // 30]
    assert not few, "paths that were hardly tried"
    assert outcome.refused >= _CASES // 30
