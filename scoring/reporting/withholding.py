"""Which groups' figures are withheld. Pure.

A group of fewer than `least` works is withheld. If it alone were, its figures would follow from those of the whole less
those of the others. So more groups are withheld, the smallest first, until those that are withheld hold `least` works
or more together. Where readers know the figures of one group from elsewhere, as each school knows its own, it takes as
many besides the largest of those withheld. Where that can't be reached, all groups are withheld, and only the whole is
told.
"""

from __future__ import annotations

import numpy as np

from scoring.reporting.arrays import Flags, Ints


def withheld(counts: Ints, least: int, *, known: bool) -> Flags:
    """Of groups that make a whole: which figures aren't told. counts: works of each group. An empty one is withheld and
    hides nothing. known: may a reader know one group from elsewhere?"""
    hidden = np.asarray(counts < least)
    if not (hidden & (counts > 0)).any():
        return hidden
    for group in np.argsort(counts, kind="stable"):
        if _is_safe(counts[hidden], least, known):
            break
        hidden[group] = True
    return hidden


def _is_safe(counts: Ints, least: int, known: bool) -> bool:
    return int(counts.sum() - (counts.max() if known else 0)) >= least


def rest_is_told(part: int, whole: int, least: int) -> bool:
    """May figures of the whole stand beside those of a part? Not where the difference tells those of a few others."""
    return whole >= least and not 0 < whole - part < least
