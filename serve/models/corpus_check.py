"""Are the hand-written drafts fit to learn from, and to serve?  `python -m serve.models.corpus_check FILE...`

Every draft is resolved for many states it claims to answer, the corners included (no users, full and no
trust, hardly any cash), and must keep every rule; it must be writable under the engine's schema, name at
most one piece of infrastructure it needs and one it offers, and be unlike every other.
"""

import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from serve.domain.balance import BalancePolicy, resolve
from serve.domain.rules import violations
from serve.domain.schema import WRITABLE
from serve.domain.state import Difficulty, GameState, Locale
from serve.domain.written import WrittenDraft, parse_lines
from serve.errors import ConfigurationError

_DUPLICATE = 0.5


def states(written: WrittenDraft) -> Iterator[GameState]:
    """States the draft claims to answer, ordinary ones and corners."""
    for stage, difficulty, cash, users, trust in itertools.product(
        written.stages,
        Difficulty,
        (-29_999_999, 0, 10_000_000, 300_000_000),
        (0, 1, 400, 60_000),
        (0, 16, 50, 100),
    ):
        yield GameState(
            current_turn=stage.first_turn,
            difficulty=difficulty,
            cash=cash,
            users=users,
            trust=trust,
            infrastructure=tuple(written.needs),
        )


def problems(written: WrittenDraft, locale: Locale, policy: BalancePolicy) -> Iterator[str]:
    """Every reason not to accept this draft."""
    for field, text in written.draft.texts():
        if WRITABLE.fullmatch(text) is None:
            odd = "".join(sorted({c for c in text if WRITABLE.fullmatch(c) is None}))
            yield f"{field} has characters the schema cannot write: {odd!r}"
    if len(written.needs) > 1:
        yield f"names more than one piece of infrastructure it needs: {sorted(written.needs)}"
    if len(written.draft.offers) > 1:
        yield f"offers more than one piece of infrastructure: {sorted(written.draft.offers)}"
    if any(
        not choice.cash and not choice.users and not choice.trust
        for choice in written.draft.choices
    ):
        yield "has a choice without any effect"
    seen: set[str] = set()
    for state in states(written):
        event = resolve(written.draft, written.type, state, policy, event_id="e", seed=written.id)
        for violation in violations(event, state, policy, locale):
            if violation.rule not in seen:
                seen.add(violation.rule)
                yield f"{violation.rule} at {violation.field}: {violation.message} ({_short(state)})"


def near_duplicates(drafts: Iterable[WrittenDraft]) -> Iterator[tuple[str, str, float]]:
    """Pairs of ids whose texts share half of their three-character pieces or more (Jaccard)."""
    pieces = [(written.id, _pieces(written)) for written in drafts]
    for (one, left), (two, right) in itertools.combinations(pieces, 2):
        likeness = len(left & right) / len(left | right)
        if likeness >= _DUPLICATE:
            yield one, two, likeness


def _pieces(written: WrittenDraft) -> frozenset[str]:
    text = " ".join(text for _, text in written.draft.texts())
    return frozenset(text[index : index + 3] for index in range(len(text) - 2))


def _short(state: GameState) -> str:
    return f"{state.stage} {state.difficulty} cash={state.cash} users={state.users} trust={state.trust}"


def main(paths: list[str]) -> int:
    """Prints every problem and the counts; the exit status is 1 when there is any."""
    policy = BalancePolicy.parse(yaml.safe_load(Path("configs/balance.yaml").read_text()))
    found, everything = 0, list[WrittenDraft]()
    for path in paths:
        locale = Locale(Path(path).name[:2])
        try:
            drafts = list(parse_lines(Path(path).read_text(), path))
        except ConfigurationError as error:
            print(error)
            return 1
        everything += drafts
        for written in drafts:
            for problem in problems(written, locale, policy):
                found += 1
                print(f"{path} {written.id}: {problem}")
    ids = [written.id for written in everything]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        found += 1
        print(f"{twice}: id used twice")
    for one, two, likeness in near_duplicates(everything):
        found += 1
        print(f"{one} ~ {two}: near-duplicates ({likeness:.2f})")
    print(f"drafts={len(everything)} problems={found}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
