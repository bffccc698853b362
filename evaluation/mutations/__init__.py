"""Injected defects: a good event in, the same event with one known fault out."""

from evaluation.mutations.kinds import KINDS, Group, Kind
from evaluation.mutations.specimen import Shelf, Specimen

__all__ = ["KINDS", "Group", "Kind", "Shelf", "Specimen"]
