"""What texts claim about money, users and trust, against the signed effects."""

import pytest

from serve.domain.event import Choice, Effects, EventType
from serve.domain.state import GameState, Locale
from serve.quality.claims import claims
from serve.quality.language import shared_terms
from serve.quality.lexicon import directions, type_cues

KO, EN = Locale.KO, Locale.EN
NONE = frozenset[int]()
UP, DOWN = frozenset({1}), frozenset({-1})


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        (KO, "비용이 줄었습니다", (UP, NONE, NONE)),
        (KO, "비용을 아꼈지만 신뢰를 잃었습니다", (UP, NONE, DOWN)),
        (KO, "큰 비용이 들었지만 고객이 크게 늘고 신뢰도 올랐습니다", (DOWN, UP, UP)),
        (KO, "추가 지출은 없었지만 고객이 떠나고 불만이 쌓였습니다", (UP, DOWN, DOWN)),
        (KO, "투자금은 들어왔지만 의심이 따라왔습니다", (UP, NONE, DOWN)),
        (KO, "현금은 남았지만 느려진 화면에 고객 일부가 떠났습니다", (UP, DOWN, NONE)),
        (KO, "떠난 고객이 있었습니다", (NONE, DOWN, NONE)),
        (KO, "하늘이 맑았습니다", (NONE, NONE, NONE)),
        (EN, "The bill is heavy, but users pour in and trust rises", (DOWN, UP, UP)),
        (EN, "Money is saved, but customers leave and complain", (UP, DOWN, DOWN)),
        (EN, "The sky was clear", (NONE, NONE, NONE)),
    ],
    ids=[
        "cost falls", "saved, but trust lost", "paid for both", "nothing spent", "investment",
        "kept cash", "a modifier", "nothing", "english paid", "english saved", "english nothing",
    ],
)  # fmt: skip
def test_directions(locale: Locale, text: str, expected: tuple[frozenset[int], ...]) -> None:
    assert directions(text, locale) == expected


@pytest.mark.parametrize(
    ("result", "sizes", "state_users", "lost"),
    [
        ("비용이 들었지만 고객이 늘었습니다.", (-0.2, 0.3, 0.0), 100, []),
        ("비용이 들었지만 고객이 늘었습니다.", (0.2, 0.3, 0.0), 100, ["현금", "opposite"]),
        ("비용이 들었지만 고객이 늘었습니다.", (-0.2, 0.3, -0.6), 100, ["신뢰", "why"]),
        ("돈을 벌었지만 고객이 떠났습니다.", (0.2, 0.0, 0.0), 100, ["이용자", "not happen"]),
        ("돈을 벌었지만 고객이 떠났습니다.", (0.2, 0.0, 0.0), 0, []),
    ],
    ids=["agrees", "contradicts", "unspoken", "empty claim", "no users to lose"],
)
def test_claims(
    result: str, sizes: tuple[float, float, float], state_users: int, lost: list[str]
) -> None:
    choice = Choice(
        choice_id="a",
        text="서버를 한 대 더 둔다",
        effects=Effects(users_delta=0, cash_delta=0, trust_delta=0),
        result_text=result,
    )
    state = GameState(current_turn=3, cash=0, users=state_users, trust=50)

    found = list(claims("choices[0]", choice, sizes, state, KO))

    said = " ".join(f"{ko} {en}" for _, _, ko, en in found)
    assert bool(found) is bool(lost)
    assert all(part in said for part in lost)


def test_type_cues_tell_funding_from_a_crisis() -> None:
    cues = type_cues("첫 투자자가 심사에서 백업을 묻습니다", KO)

    assert cues[EventType.FUNDING_OPPORTUNITY][0] >= 2
    assert cues[EventType.INFRASTRUCTURE_CRISIS][0] == 0


@pytest.mark.parametrize(
    ("situation", "answer", "related"),
    [
        ("학원장이 성적 백업을 묻습니다", "성적을 지워도 백업으로 학원을 지킨다", True),
        ("학원장이 성적 백업을 묻습니다", "배달 기사의 위치를 지도에 그린다", False),
    ],
    ids=["same story", "another story"],
)
def test_shared_terms(situation: str, answer: str, related: bool) -> None:
    assert (shared_terms(situation, answer, KO) >= 2) is related
