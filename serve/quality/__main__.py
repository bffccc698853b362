"""Which hand-written drafts score low, and why?  `python -m serve.quality FILE...`

Each draft is resolved for a few ordinary players it fits; the lowest total counts. Files are JSON
Lines of written drafts, their locale the first two letters of the name.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import yaml

from serve.domain.balance import BalancePolicy, resolve
from serve.domain.state import GameState, Locale
from serve.domain.written import WrittenDraft, parse_lines
from serve.quality.rubric import ACCEPT_FROM, Quality, score

_PLAYERS = ((10_000_000, 400, 50), (60_000_000, 3_000, 40), (300_000_000, 40_000, 75))
"""(cash in won, users, trust) of the players a draft is tried on."""


def states(written: WrittenDraft) -> Iterator[GameState]:
    """Ordinary players at every stage the draft is for, owning what it needs."""
    for stage in written.stages:
        for cash, users, trust in _PLAYERS:
            yield GameState(
                current_turn=stage.first_turn,
                cash=cash,
                users=users,
                trust=trust,
                infrastructure=tuple(sorted(written.needs)),
            )


def worst(written: WrittenDraft, locale: Locale, policy: BalancePolicy) -> Quality:
    """The lowest rating the draft gets from any of its players."""
    return min(
        (
            score(
                resolve(written.draft, written.type, state, policy, event_id="e", seed=written.id),
                state,
                policy,
                locale,
            )
            for state in states(written)
        ),
        key=lambda quality: quality.total,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m serve.quality", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--balance", type=Path, default=Path("configs/balance.yaml"))
    arguments = parser.parse_args()
    policy = BalancePolicy.parse(yaml.safe_load(arguments.balance.read_text("utf-8")))
    totals: list[float] = []
    for path in arguments.files:
        locale = Locale(path.name[:2])
        for written in parse_lines(path.read_text("utf-8"), str(path)):
            quality = worst(written, locale, policy)
            totals.append(quality.total)
            if quality.total < ACCEPT_FROM:
                _show(written, quality)
    below = sum(total < ACCEPT_FROM for total in totals)
    mean = sum(totals) / max(len(totals), 1)
    print(f"drafts={len(totals)} mean={mean:.1f} below_80={below}")


def _show(written: WrittenDraft, quality: Quality) -> None:
    print(f"{written.id}  {quality.total}")
    for reason in quality.reasons:
        print(f"  -{reason.points:<4} {reason.dimension:<11} {reason.field}: {reason.en}")


if __name__ == "__main__":
    main()
