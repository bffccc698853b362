"""Words that only look like another word's, and defects that are one sentence or one label."""

import pytest

from serve.domain.state import Locale
from serve.quality.education import ideas
from serve.quality.lexicon import directions


@pytest.mark.parametrize(
    ("idea_id", "text", "expected"),
    [
        pytest.param("slo", "Pages load slowly at noon", False, id="slow is no SLO"),
        pytest.param("slo", "The SLO for checkout was missed", True, id="an SLO"),
        pytest.param("waf-ddos", "Keeping both costs money", False, id="both is no bot"),
        pytest.param("waf-ddos", "Bots buy every ticket", True, id="bots"),
    ],
)
def test_an_idea_is_not_found_inside_another_word(idea_id: str, text: str, expected: bool) -> None:
    idea = next(idea for idea in ideas(Locale.EN) if idea.id == idea_id)
    assert (idea.says.search(text.lower()) is not None) is expected


@pytest.mark.parametrize(
    ("text", "trust"),
    [
        pytest.param("Honest answers raised trust", {1}, id="raised"),
        pytest.param("It cost you some trust", {-1}, id="cost trust"),
        pytest.param("The repair cost money and raised trust", {1}, id="cost money, raised trust"),
    ],
)
def test_the_direction_of_trust(text: str, trust: set[int]) -> None:
    assert directions(text, Locale.EN)[2] == trust
