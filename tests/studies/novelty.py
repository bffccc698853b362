"""How alike are stories, and their retellings?  `PYTHONPATH=tests python -m studies.novelty`

Every story written by hand, corpus and static pool, against every other; then each story of the corpus
with wordings twice in other words, named by `serve.stories` as a writer would. Half a minute.
"""

from collections import Counter
from random import Random

import numpy as np
from samples import POLICY, pooled

from serve.domain.event import EventDraft
from serve.domain.state import Locale
from serve.models.corpus import Entry, read
from serve.pool import PooledDraft
from serve.quality.meaning.kinship import spread, weighed
from serve.static_events import StaticLibrary
from serve.stories import SAME, Stories

_RETOLD, _SEEDS = 2, 3
_AGAIN = " again "


def _pooled(name: str, draft: EventDraft, locale: Locale) -> PooledDraft:
    return pooled(name).model_copy(update={"draft": draft, "locale": locale})


def _apart(told: dict[str, EventDraft], locale: Locale) -> str:
    texts = (" ".join(text for _, text in draft.texts()) for draft in told.values())
    vectors = np.array([spread(weighed(text, locale)) for text in texts])
    alike = (vectors @ vectors.T)[np.triu_indices(len(told), 1)]
    return (
        f"{len(told)} stories, {len(alike)} pairs: {int((alike >= SAME).sum())} reach {SAME}; "
        f"nearest {alike.max():.3f}, 99.99 % under {np.percentile(alike, 99.99):.3f}"
    )


def _retold(
    told: dict[str, EventDraft], entries: list[Entry], locale: Locale, seed: int
) -> Counter[str]:
    """Retellings by what they are named after; one that was not found may be found by the next."""
    stories, rng, found = Stories(), Random(seed), Counter[str]()
    for name, draft in told.items():
        stories.name(_pooled(name, draft, locale))
    for turn in range(_RETOLD):
        for entry in entries:
            if entry.wordings is None:
                continue
            retold = entry.wordings.vary(entry.written.draft, rng)
            draft_id = f"{entry.written.id}{_AGAIN}{turn}"
            story = stories.name(_pooled(draft_id, retold, locale))
            if story == entry.written.id:
                found["its story"] += 1
            elif story.partition(_AGAIN)[0] == entry.written.id:
                found["itself or an earlier retelling"] += 1
            else:
                found["another story"] += 1
    return found


def main() -> None:
    library = StaticLibrary(POLICY)
    for locale in Locale:
        entries = [entry for entry in read() if entry.locale is locale]
        told = {entry.written.id: entry.written.draft for entry in entries}
        told |= {written.id: written.draft for written in library.drafts(locale)}
        print(f"{locale}  {_apart(told, locale)}")
        for seed in range(_SEEDS):
            named = _retold(told, entries, locale, seed)
            row = ", ".join(f"{kind} {count}" for kind, count in sorted(named.items()))
            print(f"{locale}  {named.total()} retellings, named after: {row}")


if __name__ == "__main__":
    main()
