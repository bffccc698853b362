"""The Korean particle follows the last sound of a word, Latin ones and figures included."""

import pytest

from serve.quality.language import with_particle


@pytest.mark.parametrize(
    "expected",
    [
        "규칙을",
        "자료를",
        "balance.band를",
        "content.link를",
        "structure.length를",
        "content.email을",
        "3을",
        "2를",
    ],
)
def test_with_particle(expected: str) -> None:
    assert with_particle(expected[:-1], "을", "를") == expected
