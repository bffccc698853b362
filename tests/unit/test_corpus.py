"""What the bundled model learns from: enough, even, good, and no two alike."""

import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from samples import POLICY

from serve.domain.event import EventType
from serve.domain.state import Locale, Stage
from serve.errors import ConfigurationError
from serve.models.corpus import FOLDER, Entry, held_back, held_back_examples, read
from serve.models.corpus_check import corpus_problems
from serve.models.sampling import Sampler
from serve.models.wordings import Wordings
from serve.models.wordings_check import wordings_problems
from serve.quality.language import likeness

CORPUS = read()


@pytest.mark.parametrize(("locale", "least"), [(Locale.KO, 400), (Locale.EN, 120)])
def test_enough_of_it_and_evenly(locale: Locale, least: int) -> None:
    ours = [entry.written for entry in CORPUS if entry.locale is locale]
    assert len(ours) >= least
    types = Counter(written.type for written in ours)
    assert min(types.values()) > 0.6 * max(types.values())
    cells = Counter((written.type, stage) for written in ours for stage in written.stages)
    assert min(cells[kind, stage] for kind in EventType for stage in Stage) >= least / 50


@pytest.mark.parametrize("locale", [*Locale])
def test_much_of_the_infrastructure(locale: Locale) -> None:
    ours = [entry for entry in CORPUS if entry.locale is locale]
    assert len({entry.uses for entry in ours}) >= 12
    assert len({entry.offers for entry in ours}) >= 12


def test_every_draft_and_wording_is_fit() -> None:
    assert list(corpus_problems(CORPUS, POLICY)) == []


def test_most_drafts_can_be_told_in_a_hundred_ways() -> None:
    assert sum(entry.drafts >= 90 for entry in CORPUS) > 0.9 * len(CORPUS)


def test_a_near_duplicate_is_told() -> None:
    first = CORPUS[0].written
    twin = first.model_copy(update={"id": "twin"})
    entries = [CORPUS[0], Entry(CORPUS[0].locale, twin)]
    assert [line for line in corpus_problems(entries, POLICY) if "near-duplicate" in line]


def test_a_wording_that_names_other_infrastructure_is_told() -> None:
    entry = next(entry for entry in CORPUS if entry.wordings and entry.uses is None)
    assert entry.wordings
    changed = f"{entry.written.draft.title}, EKS"
    wordings = entry.wordings.model_copy(update={"title": (changed,)})
    found = list(wordings_problems(Entry(entry.locale, entry.written, wordings), POLICY))
    assert any("changes what the draft needs" in problem for problem in found)


def test_variations_are_the_same_event_in_other_words() -> None:
    entry = next(entry for entry in CORPUS if entry.wordings)
    assert entry.wordings
    draft, rng = entry.written.draft, Random(1)
    drawn = [entry.wordings.vary(draft, rng) for _ in range(40)]
    assert len({one.model_dump_json() for one in drawn}) > 20
    effects = [[(c.cash, c.users, c.trust, c.add, c.remove) for c in one.choices] for one in drawn]
    assert all(one == effects[0] for one in effects)
    assert {text for one in drawn for _, text in one.texts()} <= set(entry.texts())


def test_what_is_held_back_is_never_learnt() -> None:
    sampler = Sampler(CORPUS, seed=3)
    learnt = {example.prompt for step in range(160) for example in sampler.batch(step, 8)}
    assert not any(map(held_back, learnt))
    kept = held_back_examples(CORPUS)
    assert len(kept) >= 200
    assert not learnt & {example.prompt for example in kept}


def test_a_tenth_is_held_back() -> None:
    prompts = {
        f"ko|{kind}|{stage}|{uses}#0" for kind in EventType for stage in Stage for uses in range(80)
    }
    assert 0.08 < sum(map(held_back, prompts)) / len(prompts) < 0.12


def test_the_same_step_is_the_same_batch() -> None:
    one, other = Sampler(CORPUS, seed=3), Sampler(CORPUS, seed=3)
    one.batch(0, 8)
    assert one.batch(5, 8) == other.batch(5, 8)
    assert one.batch(5, 8) != one.batch(6, 8)


def test_most_of_what_is_learnt_is_korean() -> None:
    sampler = Sampler(CORPUS, seed=3)
    prompts = [example.prompt for step in range(80) for example in sampler.batch(step, 8)]
    assert 0.6 < sum(prompt.startswith("ko") for prompt in prompts) / len(prompts) < 0.8


def test_wordings_of_one_field_differ() -> None:
    alike = [
        (entry.written.id, one)
        for entry in CORPUS
        if entry.wordings
        for one, other in combinations(
            (entry.written.draft.description, *entry.wordings.description), 2
        )
        if likeness(one, other) > 0.8
    ]
    assert alike == []


def test_wordings_of_a_draft_there_is_not(tmp_path: Path) -> None:
    line = (FOLDER / "ko-team.jsonl").read_text("utf-8").splitlines()[0]
    (tmp_path / "ko-x.jsonl").write_text(line, "utf-8")
    (tmp_path / "wordings").mkdir()
    stray = Wordings(id="ko-stray").model_dump_json()
    (tmp_path / "wordings/ko-x.jsonl").write_text(stray, "utf-8")
    with pytest.raises(ConfigurationError, match="no draft ko-stray"):
        read(tmp_path)
    (tmp_path / "wordings/ko-x.jsonl").write_text(json.dumps({"id": 5}), "utf-8")
    with pytest.raises(ConfigurationError, match=r"ko-x.jsonl:1"):
        read(tmp_path)
