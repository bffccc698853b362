"""A tokenizer made for drafts: output tokens are the latency.

Everything a draft's JSON and a prompt's header can say besides free text (glue, levels, severities,
infrastructure) is one token each. The free text is BPE over whole syllables and letters, learnt
from the corpus; a character never seen there is written in bytes, so nothing is unwritable. A word,
the space before it and the mark after it go together; a Latin name and the particle behind it do
not, so that every name is written one way.
"""

import json
from collections.abc import Iterable

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)

from serve.domain.brief import ANGLES
from serve.domain.event import EventType, Severity
from serve.domain.state import CANONICAL_INFRASTRUCTURE, MoneyPressure, Stage, TrustTier

PAD, EOS = "<pad>", "<eos>"
PAD_ID, EOS_ID = 0, 1
VOCABULARY = 4096
"""The most tokens there may be, glue included."""
_SPACE = "\u2581"
_WORD = rf"{_SPACE}?[A-Za-z0-9]+(?![A-Za-z0-9])[.,!?:]?|{_SPACE}?[^{_SPACE}.,!?:]+[.,!?:]?|{_SPACE}|[.,!?:]"
_BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))
_LEVELS = range(-3, 4)
_RESULT = '"result":"'


def glue() -> tuple[str, ...]:
    """The constant pieces of a draft's JSON, fused as far as they always stand together.

    None begins with what a text may contain and ends with what it may not (hence commas at the end,
    and bars first in `header`): where a text may have more than 128 characters, xgrammar 0.2 would
    let such a token through and then stumble over it.
    """
    lists = [
        f'"{verb}":["{name}"],' for verb in ("add", "remove") for name in CANONICAL_INFRASTRUCTURE
    ]
    trusts = [f'"trust":{level},' for level in _LEVELS]
    return (
        *(f'{{"severity":"{severity}","title":"' for severity in Severity),
        '","description":"',
        '","choices":[{"text":"',
        *(f'","cash":{level},' for level in _LEVELS),
        *(f'"users":{level},' for level in _LEVELS),
        *(piece + end for piece in (*trusts, *lists) for end in ("", _RESULT)),
        '"},{"text":"',
        '"}]}',
    )


def header() -> tuple[str, ...]:
    """The values of a prompt's header; what is used and what is offered are different tokens."""
    names = ("-", *CANONICAL_INFRASTRUCTURE)
    return (
        *(
            f"|{value}"
            for values in (EventType, Stage, MoneyPressure, TrustTier)
            for value in values
        ),
        *(f"|{name}" for name in names),
        *(f"+{name}" for name in names),
        *(f"#{angle}\n" for angle in range(ANGLES)),
    )


def train_tokenizer(texts: Iterable[str]) -> Tokenizer:
    """A tokenizer whose merges are learnt from these texts."""
    fixed = [AddedToken(text, normalized=False) for text in (*header(), *glue())]
    learnt = _shaped(Tokenizer(models.BPE()))
    learnt.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=VOCABULARY - len(_BYTES) - len(fixed),
            min_frequency=3,
            special_tokens=[PAD, EOS],
            show_progress=False,
        ),
    )
    merged = json.loads(learnt.to_str())["model"]
    vocabulary = merged["vocab"] | {
        byte: len(merged["vocab"]) + number for number, byte in enumerate(_BYTES)
    }
    merges = [tuple(pair) for pair in merged["merges"]]
    tokenizer = _shaped(Tokenizer(models.BPE(vocabulary, merges, byte_fallback=True)))
    tokenizer.add_special_tokens([PAD, EOS])
    tokenizer.add_tokens(fixed)
    return tokenizer


def _shaped(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.normalizer = normalizers.Replace(" ", _SPACE)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), "isolated")
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace(_SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    return tokenizer
