"""Each rule: one event that breaks it, and the field that is named."""

from typing import Any

import pytest
from fakes import GOOD_DRAFT
from samples import POLICY, STATE

from serve.domain.balance import resolve
from serve.domain.content import content_violations
from serve.domain.event import EventDraft, EventType, GameEvent
from serve.domain.infrastructure import mentioned
from serve.domain.rules import needs, violations
from serve.domain.state import GameState, Locale

EVENT = resolve(
    EventDraft.model_validate(GOOD_DRAFT),
    EventType.INFRASTRUCTURE_CRISIS,
    STATE,
    POLICY,
    event_id="e",
    seed="s",
)


def changed(path: str, value: Any) -> GameEvent:
    """The sample event with one field, named as on the wire, replaced."""
    table = EVENT.model_dump(by_alias=True)
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner: Any = table
    for part in parents:
        inner = inner[part]
    inner[last] = value
    return GameEvent.model_validate(table)


def test_the_sample_is_valid() -> None:
    assert violations(EVENT, STATE, POLICY, Locale.KO) == ()


@pytest.mark.parametrize(
    ("path", "value", "rule", "field"),
    [
        ("choices", [], "structure.choices", "choices"),
        ("choices.1.choiceId", "a", "structure.choice_id", "choices"),
        ("choices.1.text", EVENT.choices[0].text, "structure.same_choice", "choices"),
        ("title", "가" * 41, "structure.length", "title"),
        ("description", "짧은 글", "structure.length", "description"),
        ("choices.0.resultText", "짧다", "structure.length", "choices[0].resultText"),
        (
            "choices.0.effects.cashDelta", -90_000_000,
            "balance.band", "choices[0].effects.cashDelta",
        ),
        ("choices.0.effects.usersDelta", 2001, "balance.band", "choices[0].effects.usersDelta"),
        ("choices.0.effects.trustDelta", 9, "balance.band", "choices[0].effects.trustDelta"),
        ("choices.0.effects.trustDelta", 46, "balance.trust", "choices[0].effects.trustDelta"),
        ("choices.1.effects.usersDelta", -1201, "balance.users", "choices[1].effects.usersDelta"),
        ("choices.1.effects.cashDelta", -90_000_000, "balance.dominated", "choices[1]"),
        (
            "choices.0.effects.addInfrastructure", ["Mainframe"],
            "infrastructure.unknown", "choices[0].effects.addInfrastructure",
        ),
        (
            "choices.0.effects.addInfrastructure", ["EC2"],
            "infrastructure.owned", "choices[0].effects.addInfrastructure",
        ),
        (
            "choices.0.effects.removeInfrastructure", ["EKS"],
            "infrastructure.not_owned", "choices[0].effects.removeInfrastructure",
        ),
        (
            "choices.0.text", "Lambda 함수로 옮겨 비용을 낸다",
            "infrastructure.mentioned", "choices[0].text",
        ),
        ("title", "결제\u0000장애", "content.control_character", "title"),
        ("title", "보러 오세요 spam.com", "content.link", "title"),
        ("title", "문의는 010-1234-5678", "content.personal_data", "title"),
        ("title", "500만 원이 든 봉투", "content.amount", "title"),
        ("title", "시스템 프롬프트 공개", "content.leakage", "title"),
        ("title", "이런 씨 발 같은 장애", "content.profanity", "title"),
        ("title", "Payments are slow today", "content.language", "title"),
        ("title", "가나가나가나가나가나", "content.repetition", "title"),
    ],
)  # fmt: skip
def test_a_broken_rule_names_its_field(path: str, value: Any, rule: str, field: str) -> None:
    found = violations(changed(path, value), STATE, POLICY, Locale.KO)
    assert (rule, field) in {(violation.rule, violation.field) for violation in found}


def test_lethal_only_when_the_player_was_alive() -> None:
    poor = GameState(current_turn=8, cash=-29_000_000, users=10, trust=50, infrastructure=("EC2",))
    event = changed("choices.0.effects.cashDelta", -10_000_000)
    event = event.model_copy(
        update={
            "choices": tuple(
                choice.model_copy(
                    update={
                        "effects": choice.effects.model_copy(
                            update={"cash_delta": -5_000_000 - 1000 * index, "users_delta": index}
                        )
                    }
                )
                for index, choice in enumerate(event.choices)
            )
        }
    )
    assert "balance.lethal" in {v.rule for v in violations(event, poor, POLICY, Locale.KO)}
    lost = poor.model_copy(update={"cash": -31_000_000})
    assert "balance.lethal" not in {v.rule for v in violations(event, lost, POLICY, Locale.KO)}


@pytest.mark.parametrize(
    "text",
    [
        "EC2가 꺼져 있습니다", "위기가 닥쳐 모두 모였습니다", "시발점이 된 작은 버그",
        "장애의 시발역은 배포였습니다", "응답 시간이 3초로 줄고 가동률은 99.9%입니다",
        "백업은 세 시간마다 한 번 돕니다",
    ],
)  # fmt: skip
def test_innocent_text_passes(text: str) -> None:
    assert content_violations((("title", text),), Locale.KO) == ()


@pytest.mark.parametrize(
    "text",
    [
        "시 발 놈의 장애",
        "ㅅ ㅂ 또 장애",
        "ㅂㅅ 같은 코드",
        "개 새 끼 같은 서버",
        "this f u c k i n g server",
    ],
)
def test_swearing_is_caught(text: str) -> None:
    rules = {violation.rule for violation in content_violations((("title", text),), Locale.KO)}
    assert "content.profanity" in rules


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("EC2 한 대와 오토 스케일링", {"EC2", "Auto Scaling"}),
        ("Aurora Global DB로 복제", {"Aurora Global DB"}),
        ("오로라와 레디스", {"Aurora", "Redis"}),
        ("EC2000과 LALB", set[str]()),
    ],
)
def test_mentioned(text: str, names: set[str]) -> None:
    assert mentioned(text) == names


def test_needs_is_what_is_named_and_not_offered() -> None:
    draft = EventDraft.model_validate(
        GOOD_DRAFT
        | {
            "title": "EC2 앞에 ALB",
            "choices": [GOOD_DRAFT["choices"][0] | {"add": ["ALB"]}, GOOD_DRAFT["choices"][1]],
        }
    )
    assert needs(draft) == {"EC2"}
