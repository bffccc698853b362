"""How the bundled model is judged: what counts as copied, as agreeing, as distinct."""

from itertools import islice

import pytest
from samples import POLICY

from evaluation.bundled.answers import Answer
from evaluation.bundled.gates import Gate, Telling, figures
from evaluation.bundled.orders import Order, held_back_orders
from evaluation.bundled.showcase import page
from evaluation.bundled.stories import Stories, copied
from serve.domain.balance import resolve
from serve.domain.event import EventDraft
from serve.domain.state import Locale
from serve.models.corpus import Entry, held_back, read
from serve.quality import score

CORPUS = [entry for entry in read() if entry.wordings]
STORIES = Stories(CORPUS)
ORDERS = list(islice(held_back_orders(POLICY, 5), 40))


def test_orders_are_held_back_and_all_different() -> None:
    prompts = {order.prompt for order in ORDERS}
    assert len(prompts) == len(ORDERS)
    assert all(map(held_back, prompts))
    assert {order.locale for order in ORDERS} == {*Locale}


def _other_words(entry: Entry) -> EventDraft:
    draft, wordings = entry.written.draft, entry.wordings
    assert wordings
    return draft.model_copy(update={"description": wordings.description[0]})


@pytest.mark.parametrize("entry", CORPUS[:40:10], ids=lambda entry: entry.written.id)
def test_copied_is_word_for_word(entry: Entry) -> None:
    draft = entry.written.draft
    assert copied(draft, entry)
    assert copied(draft.model_copy(update={"choices": draft.choices[:-1]}), entry)
    assert not copied(_other_words(entry), entry)
    assert STORIES.retold(_other_words(entry), entry)
    new = draft.model_copy(update={"title": draft.title[::-1]})
    assert not STORIES.retold(new, entry)


def test_a_retold_story_is_recognized() -> None:
    for entry in CORPUS[::60]:
        assert STORIES.told(_other_words(entry), entry.locale) is entry


def _order_for(entry: Entry) -> Order:
    return next(
        order
        for order in islice(held_back_orders(POLICY, 9), 4000)
        if order.locale is entry.locale
        and order.brief.event_type is entry.written.type
        and order.brief.situation.stage in entry.written.stages
    )


def test_agreement_wants_type_stage_and_infrastructure() -> None:
    entry = next(e for e in CORPUS if e.uses is None and e.offers is None)
    order, draft = _order_for(entry), entry.written.draft
    assert Telling(order, draft, entry).agrees(order)
    other_type = next(o for o in ORDERS if o.brief.event_type is not order.brief.event_type)
    assert not Telling(order, draft, entry).right_type(other_type)
    naming = draft.model_copy(update={"title": "Karpenter EKS"})
    poor = order._replace(state=order.state.model_copy(update={"infrastructure": ()}))
    assert not Telling(poor, naming, entry).right_infrastructure(poor)


def _answer(order: Order, entry: Entry) -> Answer:
    draft = entry.written.draft
    event = resolve(draft, order.brief.event_type, order.state, POLICY, event_id="e", seed="s")
    judged = score(event, order.state, POLICY, order.locale)
    return Answer(order, draft, event, (), judged, tokens=100, seconds=0.3)


def test_reciting_one_draft_fails_every_gate_that_should_see_it() -> None:
    korean = [order for order in ORDERS if order.locale is Locale.KO]
    english = [order for order in ORDERS if order.locale is Locale.EN]
    first = {locale: next(e for e in CORPUS if e.locale is locale) for locale in Locale}
    answers = [_answer(order, first[order.locale]) for order in (*korean, *english)]
    found = figures(answers, answers, STORIES)
    values = {gate.name: gate.value for gate in found.gates}
    assert (values["copied"], values["distinct"], values["seeds_differ"]) == (1.0, 0.0, 0.0)
    assert values["agrees"] == pytest.approx(found.context["agrees_by_chance"], abs=0.1)


def test_the_showcase_hides_nothing() -> None:
    order, entry = ORDERS[0], next(e for e in CORPUS if e.locale is ORDERS[0].locale)
    good = _answer(order, entry)
    bad = good._replace(broken=("balance.dominated choices[0]: is nowhere better",))
    none = good._replace(draft=None, event=None, quality=None)
    shown = page([good, bad, none] + [good] * 7)
    assert shown.count(f"## 1. {order.brief.event_type}") == 1
    assert shown.count("<details>") == 9
    for text in (entry.written.draft.description, "rejected", "balance.dominated", "no draft"):
        assert text in shown


def test_a_gate_stands_on_one_side_of_its_bar() -> None:
    assert Gate("a", 0.8, 0.8).passed
    assert not Gate("a", 0.79, 0.8).passed
    assert Gate("a", 0.3, 0.3, most=True).passed
    assert not Gate("a", 0.31, 0.3, most=True).passed


def test_a_word_that_the_corpus_lacks_is_noticed() -> None:
    draft = CORPUS[0].written.draft
    assert not STORIES.unknown_words(draft)
    garbled = draft.model_copy(update={"title": f"{draft.title} 다시도히지"})
    assert STORIES.unknown_words(garbled) == {"다시도히지"}
