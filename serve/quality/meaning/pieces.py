"""Texts as weighted character pieces, hashed: one table for words, stems, endings and typing errors."""

import numpy as np
from numpy.typing import NDArray

from serve.domain.state import Locale

BITS = 14
"""Pieces share 16,384 places; the tuning texts have about as many different ones that matter."""
_SIZES = {Locale.KO: (1, 2, 3), Locale.EN: (3, 4, 5)}
_PRIME, _GOLDEN = np.uint64(1_099_511_628_211), np.uint64(0x9E37_79B9_7F4A_7C15)

Places = NDArray[np.int64]


def places(text: str, locale: Locale) -> Places:
    """The sorted places of the text's different pieces, each 0..2**BITS."""
    return np.unique(pieces(text, locale))


def pieces(text: str, locale: Locale) -> Places:
    """The place of every piece as it comes, those that come again included."""
    words = "".join(sign if sign.isalnum() else " " for sign in text.lower()).split()
    codes = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le"), np.uint32).astype(np.uint64)
    return np.concatenate([_hashes(codes, size) for size in _SIZES[locale]])


def _hashes(codes: NDArray[np.uint64], size: int) -> Places:
    """FNV-1a over each window of code points, spread by Fibonacci hashing."""
    count = max(len(codes) - size + 1, 0)
    mixed = np.full(count, size, np.uint64)
    for offset in range(size):
        mixed = (mixed ^ codes[offset : offset + count]) * _PRIME
    return ((mixed * _GOLDEN) >> np.uint64(64 - BITS)).astype(np.int64)
