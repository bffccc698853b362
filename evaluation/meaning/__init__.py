"""Learns `serve.quality.meaning` from the tuning half of the corpus and the static pool."""
