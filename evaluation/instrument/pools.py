"""The good events: written by people, resolved for one ordinary player each."""

from collections.abc import Iterable, Iterator
from random import Random

from evaluation.mutations import Specimen
from evaluation.split import Side, side
from serve.domain.balance import BalancePolicy, resolve
from serve.domain.rules import violations
from serve.domain.state import Locale
from serve.domain.written import WrittenDraft
from serve.models.corpus import read
from serve.quality.__main__ import states
from serve.static_events.library import StaticLibrary


def static_pool(policy: BalancePolicy, wanted: Side) -> tuple[Specimen, ...]:
    library = StaticLibrary(policy)
    drafts = ((locale, draft) for locale in Locale for draft in library.drafts(locale))
    return tuple(_specimens(drafts, policy, wanted))


def corpus(policy: BalancePolicy, wanted: Side) -> tuple[Specimen, ...]:
    drafts = ((entry.locale, entry.written) for entry in read())
    return tuple(_specimens(drafts, policy, wanted))


def _specimens(
    drafts: Iterable[tuple[Locale, WrittenDraft]], policy: BalancePolicy, wanted: Side
) -> Iterator[Specimen]:
    for locale, draft in drafts:
        found = specimen(draft, locale, policy) if side(draft.id) is wanted else None
        if found is not None:
            yield found


def specimen(draft: WrittenDraft, locale: Locale, policy: BalancePolicy) -> Specimen | None:
    """For a player drawn by the draft's id among those for whom it keeps every rule."""
    players = list(states(draft))
    for state in Random(draft.id).sample(players, len(players)):
        event = resolve(draft.draft, draft.type, state, policy, event_id=draft.id, seed=draft.id)
        if not violations(event, state, policy, locale):
            return Specimen(draft.id, event, state, locale)
    return None
