"""Distinct choices, real trade-offs, texts neither thin nor bloated, something new."""

import pytest

from serve.domain.event import Choice, Effects, EventType, GameEvent, Severity
from serve.domain.state import Locale
from serve.quality.fun import fun
from serve.quality.reason import remaining

DESCRIPTION = (
    "구독자 많은 뉴스레터가 내일 우리를 한 줄로 소개합니다. 링크는 한꺼번에 눌리는데, 첫 화면이 열릴 때마다 "
    "데이터베이스를 다섯 번 뒤집습니다."
)
CACHE = ("밤새 첫 화면을 캐시에 담아 둔다", "작업비가 들었지만 구독자들이 줄줄이 가입했습니다.")
WAIT = ("소개를 미루고 유료 작업부터 끝낸다", "대금이 들어왔습니다. 다음 차례는 기약이 없습니다.")


def event(
    first: tuple[str, str] = CACHE,
    second: tuple[str, str] = WAIT,
    *,
    description: str = DESCRIPTION,
    effects: tuple[tuple[int, int, int], ...] = ((-5, 50, 2), (5, 0, 0)),
) -> GameEvent:
    return GameEvent(
        event_id="e",
        event_type=EventType.MARKET_OPPORTUNITY,
        severity=Severity.POSITIVE,
        title="첫 뉴스레터의 한 줄",
        description=description,
        choices=tuple(
            Choice(
                choice_id=name,
                text=text,
                effects=Effects(cash_delta=cash, users_delta=users, trust_delta=trust),
                result_text=result,
            )
            for name, (text, result), (cash, users, trust) in zip(
                "ab", (first, second), effects, strict=True
            )
        ),
    )


@pytest.mark.parametrize(
    ("made", "lost", "points"),
    [
        (event(), "", 0),
        (event(CACHE, CACHE), "nearly the same", 10),
        (event(effects=((5, 50, 2), (5, 0, -1))), "nothing to ponder", 6),
        (event(effects=((5, 50, 2), (9, 0, -1))), "Only gains", 4),
        (event(effects=((-5, 0, -2), (0, 0, -3))), "Gains nothing", 4),
        (event(description="첫 화면이 느립니다. 고칩시다. 어서요."), "too thin", 2),
        (event(description=DESCRIPTION * 4), "bloated", 2),
        (event(description="서비스가 있습니다. " * 12), "little that is concrete", 1),
    ],
    ids=[
        "good", "choices alike", "dominated", "a free lunch", "no gain", "thin", "bloated", "filler",
    ],
)  # fmt: skip
def test_fun(made: GameEvent, lost: str, points: float) -> None:
    reasons = list(fun(made, Locale.KO))

    assert any(lost in reason.en for reason in reasons) is bool(lost), reasons
    assert sum(reason.points for reason in reasons) >= points


def test_what_has_been_seen_is_less_fun() -> None:
    other = event(
        ("서버를 두 대로 나눈다", "매달 비용이 늘었지만 멈추지 않았습니다."),
        ("광고를 줄인다", "광고비를 아꼈지만 손님이 돌아섰습니다."),
        description="저녁이면 결제 화면이 몇 초씩 멈춰 문의가 쌓입니다. 한 대가 모든 요청을 받고 있습니다.",
    )

    seen, new = (remaining(fun(event(), Locale.KO, [one])) for one in (event(), other))

    assert (seen, new) == (10.0, 25.0)
