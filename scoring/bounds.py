"""What counting can prove: exact bounds for errors that were found in a sample, or not. Pure.

Sources: C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits (Biometrika 26, 1934) for a rate; the
hypergeometric tail for a sample drawn from a finite whole without putting back.
"""

from __future__ import annotations

from scipy import stats

_EDGE = 1e-12


def rate_at_most(found: int, drawn: int, confidence: float = 0.95) -> float:
    """The largest rate of errors, 0 to 1, under which so few as `found` in `drawn` would be seen with a chance of more
    than 1 - confidence."""
    _require(found, drawn, drawn)
    if found == drawn:
        return 1.0
    return float(stats.beta.ppf(confidence, found + 1, drawn - found))


def wrong_at_most(found: int, drawn: int, whole: int, confidence: float = 0.95) -> int:
    """The largest number of errors in a whole of `whole`, of which `drawn` were drawn by lot and `found` were wrong,
    that isn't refuted with this confidence. Those found count among them."""
    _require(found, drawn, whole)
    low, high = found, whole - (drawn - found)
    while low < high:  # the chance to find so few falls as there are more
        middle = (low + high + 1) // 2
        chance = float(stats.hypergeom.cdf(found, whole, middle, drawn))
        # What stands exactly at the edge counts as possible: a bound may be too wide, never too narrow.
        low, high = (middle, high) if chance > 1 - confidence - _EDGE else (low, middle - 1)
    return low


def _require(found: int, drawn: int, whole: int) -> None:
    if not 0 <= found <= drawn <= whole:
        raise ValueError(f"{found} of {drawn} of {whole}")
