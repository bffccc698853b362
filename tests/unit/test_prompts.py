"""The variants that ship: complete in both locales, the state last, no amounts of tokens wasted."""

import pytest
from samples import POLICY, STATE

from serve.domain.brief import Brief, Situation
from serve.domain.event import EventType
from serve.domain.state import Locale
from serve.errors import ConfigurationError
from serve.prompts import available, load


def brief(locale: Locale, uses: str | None = "EC2", offers: str | None = None) -> Brief:
    situation = Situation.of(STATE, locale, POLICY)
    return Brief(situation, EventType.TEAM_EVENT, uses, offers)


def test_the_bundled_model_s_header() -> None:
    prompt = load("compact").render(brief(Locale.KO))
    assert prompt == (None, "ko|TEAM_EVENT|growth|steady|middle|EC2+-#0\n")


def test_the_instruct_prompt_keeps_what_varies_for_the_end() -> None:
    one, two = (load("instruct").render(brief(Locale.KO, uses)) for uses in ("EC2", None))
    assert one.system == two.system
    assert one.user.endswith(
        "이야기의 인프라: EC2\n제안할 인프라: 없음\n이벤트 유형: 팀 이야기\n"
        "여는 장면: 한 통의 전화나 메시지\n"
    )
    assert "팀 이야기" in one.user
    assert "자금: 버틸 만함" in one.user


@pytest.mark.parametrize("name", available())
@pytest.mark.parametrize("locale", [*Locale])
def test_every_variant_renders(name: str, locale: Locale) -> None:
    prompt = load(name).render(brief(locale, None, "RDS"))
    assert "RDS" in prompt.user
    assert "{" not in prompt.user


def test_an_unknown_variant_names_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="compact"):
        load("none")
