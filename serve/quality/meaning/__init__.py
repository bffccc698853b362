"""Meaning, learnt: what a text says, whether it belongs here, and whether it is language at all.

Linear models over hashed character pieces, learnt by `evaluation.meaning` from the tuning half of
the corpus (`docs/decisions/0008-meaning.md` compares them with sentence embeddings).
"""

from serve.quality.meaning.doubts import doubts

__all__ = ["doubts"]
