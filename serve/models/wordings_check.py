"""Are the other wordings of a draft fit to learn from, alone and in combination?"""

from collections.abc import Iterator
from itertools import product
from random import Random

from serve.domain.balance import BalancePolicy, resolve
from serve.domain.event import EventDraft
from serve.domain.rules import needs, violations
from serve.domain.schema import unwritable
from serve.domain.state import GameState, Locale
from serve.domain.written import WrittenDraft
from serve.models.corpus import Entry
from serve.quality import ACCEPT_FROM, Verdict, score
from serve.quality.language import likeness

_SAME = 0.8
"""Likeness from which a wording is no other wording."""
_DRAWN = 4
_PLAYERS = ((60_000_000, 1500, 55), (300_000_000, 20_000, 80), (15_000_000, 300, 25))
"""(cash, users, trust) of companies in the middle, well off and badly off."""


def accepted(
    draft: EventDraft, written: WrittenDraft, policy: BalancePolicy, locale: Locale
) -> str:
    """Nothing when ordinary players may see this draft of the entry, or else why not.

    The draft as written has to score well outright; in other wordings it may raise doubts, which
    ask for a person, and a person wrote them.
    """
    as_written = draft == written.draft
    for stage, (cash, users, trust) in product(written.stages, _PLAYERS):
        state = GameState(
            current_turn=stage.first_turn,
            cash=cash,
            users=users,
            trust=trust,
            infrastructure=tuple(written.needs),
        )
        event = resolve(draft, written.type, state, policy, event_id="e", seed=written.id)
        for violation in violations(event, state, policy, locale):
            return f"{violation.rule} at {violation.field}"
        quality = score(event, state, policy, locale)
        total = quality.total if as_written else quality.undoubted
        if total < ACCEPT_FROM or quality.verdict is Verdict.DISCARD:
            worst = max(quality.reasons, key=lambda reason: reason.points)
            return f"scores {total} at {stage}: {worst.field}: {worst.en}"
    return ""


def wordings_problems(entry: Entry, policy: BalancePolicy) -> Iterator[str]:
    """Every reason not to accept this entry's wordings."""
    wordings, written = entry.wordings, entry.written
    if wordings is None:
        return
    if len(wordings.choices) != len(written.draft.choices):
        yield "has wordings for another number of choices"
        return
    for draft in wordings.singly(written.draft):
        yield from _of_wording(draft, written)
    for number in range(_DRAWN):
        draft = wordings.vary(written.draft, Random(f"{written.id}:{number}"))
        if reason := accepted(draft, written, policy, entry.locale):
            yield f"combination {number}: {reason}"


def _of_wording(draft: EventDraft, written: WrittenDraft) -> Iterator[str]:
    yield from (f"{field} {why}" for field, why in unwritable(draft))
    for (field, text), (_, original) in zip(draft.texts(), written.draft.texts(), strict=True):
        if text == original:
            continue
        if likeness(text, original) >= _SAME:
            yield f"{field} is hardly another wording: {text}"
        if needs(draft) != written.needs:
            yield f"{field} changes what the draft needs: {text}"
