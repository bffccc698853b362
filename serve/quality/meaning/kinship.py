"""How much of what is rare in one text is in another."""

import numpy as np

from serve.domain.state import Locale
from serve.quality.meaning.heads import Floats, heads
from serve.quality.meaning.pieces import BITS, Places, places


def weighed(text: str, locale: Locale) -> tuple[Places, Floats]:
    """(the places of a text's pieces, their weights): a sparse vector of length 1."""
    found = places(text, locale)
    weights = heads(locale).rarity[found]
    return found, weights / np.maximum(np.linalg.norm(weights), 1e-6)


def spread(vector: tuple[Places, Floats]) -> Floats:
    """The same vector with all its zeros, [2**BITS]."""
    dense = np.zeros(1 << BITS, np.float32)
    dense[vector[0]] = vector[1]
    return dense
