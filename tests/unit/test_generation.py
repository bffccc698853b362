"""From a completion to a draft worth keeping: reading, checking, and what is rescued."""

import json
import re
from copy import deepcopy
from typing import Any

import pytest
from fakes import GOOD_DRAFT
from samples import POLICY, STATE

from serve.domain.event import EventType
from serve.domain.schema import draft_schema
from serve.domain.state import Locale
from serve.generation import Checked, check_completion

WORSE = {
    "text": "비싼 장비를 사서 창고에 쌓아 둔다",
    "cash": -3,
    "users": 1,
    "trust": 1,
    "result": "장비에 매우 큰 비용이 들었지만 고객과 신뢰가 조금 늘었습니다.",
}


def check(draft: dict[str, Any]) -> Checked:
    text = json.dumps(draft, ensure_ascii=False)
    return check_completion(text, EventType.INFRASTRUCTURE_CRISIS, STATE, POLICY, Locale.KO)


def with_choice(index: int, choice: dict[str, Any]) -> dict[str, Any]:
    draft = deepcopy(GOOD_DRAFT)
    draft["choices"].insert(index, choice)
    return draft


def test_a_good_draft_is_kept_as_it_is() -> None:
    checked = check(GOOD_DRAFT)
    assert checked.violations == ()
    assert checked.draft is not None
    assert checked.draft.model_dump(exclude_defaults=True)["title"] == GOOD_DRAFT["title"]


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize(
    "broken",
    [WORSE, GOOD_DRAFT["choices"][0], WORSE | {"result": "장비값으로 5억 원이 나갔습니다."}],
    ids=["dominated", "the same twice", "states an amount"],
)
def test_one_broken_choice_of_three_is_left_out(index: int, broken: dict[str, Any]) -> None:
    checked = check(with_choice(index, broken))
    assert checked.violations == ()
    assert checked.draft is not None
    assert [choice.text for choice in checked.draft.choices] == [
        choice["text"] for choice in GOOD_DRAFT["choices"]
    ]


def test_two_choices_are_the_fewest() -> None:
    draft = deepcopy(GOOD_DRAFT)
    draft["choices"][1] = WORSE
    assert {violation.rule for violation in check(draft).violations} == {"balance.dominated"}


def test_what_is_broken_elsewhere_is_told_of_the_whole_draft() -> None:
    draft = with_choice(1, WORSE) | {"title": "노드를 늘리는 Karpenter의 하루"}
    checked = check(draft)
    rules = {violation.rule for violation in checked.violations}
    assert rules == {"balance.dominated", "infrastructure.mentioned"}
    assert checked.draft is not None
    assert len(checked.draft.choices) == 3


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{", "structure.json"),
        ("[]", "structure.schema"),
        ('{"title": 1}', "structure.schema"),
        ("[" * 5000, "structure.json"),
        ('{"title": "\ud83d"}', "structure.schema"),
        ('{"title": NaN}', "structure.schema"),
    ],
)
def test_what_is_no_draft(text: str, rule: str) -> None:
    checked = check_completion(text, EventType.TEAM_EVENT, STATE, POLICY, Locale.KO)
    assert (checked.draft, [violation.rule for violation in checked.violations]) == (None, [rule])


def test_the_grammar_knows_only_the_order_s_infrastructure() -> None:
    def lists(schema: dict[str, Any]) -> dict[str, Any]:
        choice = schema["properties"]["choices"]["items"]["properties"]
        return {verb: choice[verb]["items"]["enum"] for verb in ("add", "remove") if verb in choice}

    assert lists(draft_schema(Locale.KO)) == {}
    assert lists(draft_schema(Locale.KO, "EC2", "RDS")) == {"add": ["RDS"], "remove": ["EC2"]}
    assert draft_schema(Locale.KO, "EC2", "RDS") is draft_schema(Locale.KO, "EC2", "RDS")


def test_the_grammar_keeps_hangul_out_of_english() -> None:
    for locale, hangul in ((Locale.KO, True), (Locale.EN, False)):
        pattern = draft_schema(locale)["properties"]["title"]["pattern"]
        assert bool(re.match(pattern, "서버 이야기")) is hangul
        assert re.match(pattern, "A server's tale")
