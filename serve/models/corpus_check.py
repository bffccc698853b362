"""Is the corpus fit to learn from, and to serve?  `python -m serve.models.corpus_check`

Every draft is resolved for many states it claims to answer, the corners included (no users, full and
no trust, hardly any cash), and must keep every rule; it must be writable under the engine's schema,
name at most one piece of infrastructure it needs and one it offers, be unlike every other, and score
well enough to be served unseen. So must every draft its other wordings make.
"""

import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import yaml
from rich.console import Console
from rich.progress import track

from serve.domain.balance import BalancePolicy, resolve
from serve.domain.rules import violations
from serve.domain.schema import unwritable
from serve.domain.state import Difficulty, GameState, Locale
from serve.domain.written import WrittenDraft
from serve.errors import ConfigurationError
from serve.models.corpus import Entry, read
from serve.models.wordings_check import accepted, wordings_problems
from serve.quality.language import likeness

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
    yield from (f"{field} {why}" for field, why in unwritable(written.draft))
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
    texts = [
        (written.id, " ".join(text for _, text in written.draft.texts())) for written in drafts
    ]
    for (one, left), (two, right) in itertools.combinations(texts, 2):
        if (alike := likeness(left, right)) >= _DUPLICATE:
            yield one, two, alike


def _short(state: GameState) -> str:
    return (
        f"{state.stage} {state.difficulty} cash={state.cash} users={state.users} "
        f"trust={state.trust}"
    )


def corpus_problems(entries: Sequence[Entry], policy: BalancePolicy) -> Iterator[str]:
    """Every problem of every draft and wording, as `id: what is wrong`."""
    for entry in track(entries, "drafts", console=Console(stderr=True)):
        written = entry.written
        found = [*problems(written, entry.locale, policy), *wordings_problems(entry, policy)]
        if reason := accepted(written.draft, written, policy, entry.locale):
            found.append(reason)
        yield from (f"{written.id}: {problem}" for problem in found)
    for twice, count in Counter(entry.written.id for entry in entries).items():
        if count > 1:
            yield f"{twice}: id used twice"
    for one, two, alike in near_duplicates(entry.written for entry in entries):
        yield f"{one}: a near-duplicate of {two} ({alike:.2f})"


def main() -> int:
    """Prints every problem and the counts; the exit status is 1 when there is any."""
    policy = BalancePolicy.parse(yaml.safe_load(Path("configs/balance.yaml").read_text("utf-8")))
    try:
        entries = read()
    except ConfigurationError as error:
        print(error)
        return 1
    found = list(corpus_problems(entries, policy))
    print(*found, sep="\n")
    counts = Counter(entry.locale.value for entry in entries)
    wordings = sum(entry.drafts for entry in entries)
    print(f"ko={counts['ko']} en={counts['en']} combinations={wordings} problems={len(found)}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
