"""Texts that hide something, or are written in the letters of a third language."""

import pytest
from fuzzing.texts import DISGUISED, FOREIGN, PLANTED, UNSEEN

from serve.domain.content import content_violations
from serve.domain.state import Locale

AROUND = {
    "ko": "저녁이면 결제 화면이 멈춰 문의가 쌓입니다. {} 서버 한 대가 모두 받습니다.",
    "en": "The payment page hangs every evening. {} One server takes it all.",
}
LANGUAGES = [*AROUND]


def rules(text: str, locale: str) -> set[str]:
    found = content_violations((("description", text),), Locale(locale))
    return {violation.rule for violation in found}


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("sign", UNSEEN, ids=ascii)
def test_what_cannot_be_seen_is_not_served(sign: str, locale: str) -> None:
    assert "content.control_character" in rules(AROUND[locale].format(sign), locale)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("text", FOREIGN, ids=ascii)
def test_a_third_language_is_not_served(text: str, locale: str) -> None:
    assert "content.language" in rules(text, locale)
    assert "content.language" in rules(AROUND[locale].format(text), locale)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("ko", AROUND["ko"].format("美 시장의 반응이다.")),
        ("en", "A café in Zürich asks for α and β."),
    ],
)
def test_a_borrowed_letter_is_no_third_language(locale: str, text: str) -> None:
    assert rules(text, locale) == set()


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        (locale, text)
        for locale, kinds in PLANTED.items()
        for texts in kinds.values()
        for text in texts
    ]
    + [(locale, text) for locale in LANGUAGES for text in DISGUISED],
)
def test_all_that_is_planted_is_found(locale: str, text: str) -> None:
    """What the proof of `make prove-rules` plants is not served by luck alone."""
    assert rules(AROUND[locale].format(text), locale)
