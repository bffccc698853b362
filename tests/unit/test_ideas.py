"""The knowledge base is whole in both languages, and the command shows it as it is."""

import re

import pytest

from evaluation.cli import main
from serve.domain.state import CANONICAL_INFRASTRUCTURE, Locale
from serve.quality.knowledge import Idea, ideas
from serve.quality.lexicon import table

HANGUL = re.compile("[가-힣]")
CONTENTS = table("ideas/contents.yaml")
BOTH = list(zip(ideas(Locale.KO), ideas(Locale.EN), strict=True))


def by_id(pair: tuple[Idea, Idea]) -> str:
    return pair[0].id


@pytest.mark.parametrize("pair", BOTH, ids=by_id)
def test_an_idea_is_whole_in_both_languages(pair: tuple[Idea, Idea]) -> None:
    korean, english = pair

    assert korean.id == english.id
    assert all(HANGUL.search(text) for text in (korean.name, korean.what, korean.costs))
    assert not any(HANGUL.search(text) for text in (english.name, english.what, english.costs))
    for idea in pair:
        assert idea.what.endswith(".")
        assert idea.costs.endswith(".")
        assert idea.name.strip(". ") == idea.name
        assert idea.concerns <= set(CANONICAL_INFRASTRUCTURE)


@pytest.mark.parametrize("pair", BOTH, ids=by_id)
def test_an_idea_is_told_in_one_plain_sentence(pair: tuple[Idea, Idea]) -> None:
    for idea in pair:
        for sentence in (idea.what, idea.costs):
            assert 15 <= len(sentence) <= 130
            assert len(re.findall(r"[.!?](?:\s|$)", sentence)) == 1


def test_ids_and_names_are_unique_and_every_idea_has_its_place() -> None:
    order = CONTENTS["order"]

    assert len(order) == len(set(order)) >= 60
    assert [idea.id for idea in ideas(Locale.KO)] == order
    for locale in Locale:
        names = [idea.name for idea in ideas(locale)]
        assert len(set(names)) == len(names)
    assert {idea.subject for idea in ideas(Locale.EN)} == set(CONTENTS["subjects"])


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["ideas", *arguments])
    output = capsys.readouterr()
    return int(str(ended.value.code)), output.out, output.err


def test_the_command_lists_every_idea(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = shown(capsys, "--locale", "en")

    assert status == 0
    assert all(idea.id in out for idea in ideas(Locale.EN))


@pytest.mark.parametrize("locale", list(Locale))
def test_the_command_shows_one_idea(capsys: pytest.CaptureFixture[str], locale: Locale) -> None:
    status, out, _ = shown(capsys, "caching", "--locale", locale.value)
    idea = next(idea for idea in ideas(locale) if idea.id == "caching")

    assert status == 0
    told = "".join(out.split())
    for text in (idea.name, idea.what, idea.costs, "CloudFront, Redis"):
        assert "".join(text.split()) in told


@pytest.mark.parametrize(
    ("asked", "nearest"), [("cachin", "caching"), ("읽기 복제", "read-replica"), ("zzz", "list")]
)
def test_an_unknown_id_names_the_nearest(
    capsys: pytest.CaptureFixture[str], asked: str, nearest: str
) -> None:
    status, _, err = shown(capsys, asked)

    assert status == 2
    assert "ID" in err
    assert nearest in err
