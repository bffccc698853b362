"""An idea that fits and is explained teaches; a list of names does not."""

import pytest

from serve.domain.event import Choice, Effects, EventType, GameEvent, Severity
from serve.domain.state import CANONICAL_INFRASTRUCTURE, Locale
from serve.quality.education import education, ideas, lessons
from serve.quality.reason import remaining

BACKUP = (
    "투자자가 데이터를 잃어도 내일 장사하냐고 묻습니다. 백업은 있지만 되살려 본 적이 없어 믿을지 모릅니다.",
    ("복원 훈련을 하고 걸린 시간을 공개한다", "훈련 비용이 들었지만 되살린 데이터가 신뢰를 얻었습니다."),
    ("모른다고 솔직히 말한다", "솔직한 팀이라는 말을 들었습니다."),
)  # fmt: skip
NAMES = (
    "EC2, S3, Lambda, RDS, Redis, EKS, Aurora",
    ("EC2, S3, Lambda, RDS 도입", "EC2, S3, Lambda, RDS를 도입했습니다."),
    ("EKS, Aurora, Redis, ALB 도입", "EKS, Aurora, Redis, ALB를 도입했습니다."),
)
BAKERY = (
    "옆 동네 제과점이 새 빵틀을 들였습니다. 반죽이 눌어붙어 주인이 고민합니다.",
    ("밀가루를 바꾼다", "빵이 부드러워졌습니다."),
    ("하루를 쉰다", "주인이 푹 잤습니다."),
)
CACHE = (
    "Every visit asks the database the same question, and a crowd is coming.",
    (
        "Cache the page so that it is computed once",
        "The page was fast, but some prices went stale.",
    ),
    ("Hope for the best", "Hope was not enough."),
)

Texts = tuple[str, tuple[str, str], tuple[str, str]]


def event(texts: Texts, description: str = "") -> GameEvent:
    nothing = Effects(users_delta=0, cash_delta=0, trust_delta=0)
    return GameEvent(
        event_id="e",
        event_type=EventType.FUNDING_OPPORTUNITY,
        severity=Severity.MEDIUM,
        title="...",
        description=description or texts[0],
        choices=tuple(
            Choice(choice_id=name, text=text, effects=nothing, result_text=result)
            for name, (text, result) in zip("ab", texts[1:], strict=True)
        ),
    )


@pytest.mark.parametrize(
    ("texts", "locale", "low", "high"),
    [
        (BACKUP, Locale.KO, 22, 25),
        (CACHE, Locale.EN, 22, 25),
        (NAMES, Locale.KO, 0, 8),
        (BAKERY, Locale.KO, 0, 8),
    ],
    ids=["explained", "explained in english", "names only", "nothing about the cloud"],
)
def test_education(texts: Texts, locale: Locale, low: float, high: float) -> None:
    assert low <= remaining(education(event(texts), locale)) <= high


@pytest.mark.parametrize("texts", [BACKUP, BAKERY], ids=["a lesson", "no lesson"])
def test_adding_a_list_of_names_hardly_helps(texts: Texts) -> None:
    stuffed = f"{texts[0]} EC2, S3, Lambda, RDS, Redis, EKS, Aurora, Bedrock."
    plain, full = (
        remaining(education(event(texts, described), Locale.KO)) for described in ("", stuffed)
    )

    assert full <= plain + 3


def test_the_best_lesson_is_the_one_taught() -> None:
    found = {lesson.idea: lesson.points for lesson in lessons(event(BACKUP), Locale.KO)}

    assert max(found, key=lambda idea: found[idea]) == "backup-restore"


@pytest.mark.parametrize("locale", list(Locale))
def test_the_knowledge_base_is_large_and_canonical(locale: Locale) -> None:
    base = ideas(locale)

    assert len({idea.id for idea in base}) == len(base) >= 70
    assert all(idea.concerns <= set(CANONICAL_INFRASTRUCTURE) for idea in base)
