"""The bundled model's tokenizer and its training, small."""

from functools import partial
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from serve.errors import ConfigurationError
from serve.models.corpus import completion, read
from serve.models.network import network
from serve.models.sampling import Sampler
from serve.models.tokenizer import train_tokenizer
from serve.models.training import Recipe, Training

CORPUS = read()
RECIPE = Recipe(steps=6, batch=2, warmup=2)
DEVICE = torch.device("cpu")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(text for entry in CORPUS for text in entry.texts())


def test_every_draft_comes_back_whole(tokenizer: Tokenizer) -> None:
    for entry in CORPUS[::7]:
        text = completion(entry.written.draft)
        assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_what_was_never_seen_is_written_in_bytes(tokenizer: Tokenizer) -> None:
    text = '{"severity":"LOW","title":"뷁쉛 Zyqx"'
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_a_draft_is_short(tokenizer: Tokenizer) -> None:
    """Tokens are the latency: a Korean draft has about as many as it has words and marks."""
    korean = [entry.written.draft for entry in CORPUS if entry.locale == "ko"]
    counts = [len(tokenizer.encode(completion(draft)).ids) for draft in korean]
    assert sum(counts) / len(counts) < 140


def test_a_name_is_one_token_whatever_follows(tokenizer: Tokenizer) -> None:
    for particle in ("를", "의", "에서", ""):
        assert "▁RDS" in tokenizer.encode(f"그 RDS{particle}").tokens


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Muon works in bfloat16: without it in hardware, a step of the real network takes 15 s."""
    made = partial(network, hidden=64, layers=1)
    monkeypatch.setattr("serve.models.training.network", made)


def _losses(training: Training, upto: int) -> list[float]:
    sampler = Sampler(CORPUS, training.recipe.seed)
    found = list[float]()
    while training.step < upto:
        found.append(training.advance(sampler.batch(training.step, training.recipe.batch)))
    return found


@pytest.mark.usefixtures("small")
def test_a_resumed_training_goes_on_the_same(tokenizer: Tokenizer, tmp_path: Path) -> None:
    straight = _losses(Training(RECIPE, tokenizer, DEVICE), 6)
    assert straight[-1] < straight[0]
    stopped = Training(RECIPE, tokenizer, DEVICE)
    _losses(stopped, 3)
    stopped.save(tmp_path / "checkpoint.pt")
    resumed = Training(RECIPE, tokenizer, DEVICE)
    resumed.restore(tmp_path / "checkpoint.pt")
    assert _losses(resumed, 6) == pytest.approx(straight[3:], rel=1e-4)


def test_a_checkpoint_of_another_recipe_is_refused(tokenizer: Tokenizer, tmp_path: Path) -> None:
    Training(RECIPE, tokenizer, DEVICE).save(tmp_path / "checkpoint.pt")
    other = Training(Recipe(steps=7, batch=2, warmup=2), tokenizer, DEVICE)
    with pytest.raises(ConfigurationError, match="train without --resume"):
        other.restore(tmp_path / "checkpoint.pt")
