"""How well markers are linked by works that two of them read: the graph on which their severity is compared. Pure.

Two experts who read the same works can be compared; chains of such pairs link all others. The severity of experts in
the additive model `points = work + expert + error` has the covariance `error variance x pseudo-inverse of the
Laplacian` of the graph whose edges are common works (Bailey and Cameron 2009, "Combinatorics of optimal designs"). The
mean variance is reported against a complete balanced design with as many pairs of readings: 1 is the ideal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from crosscheck.model import ExpertId, WorkId
from packets.problem import Assignment

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linked:
    """The graph of experts who read something. components: largest first, experts sorted; nobody's severity can be
    compared across them. ratio: mean variance of severities against the ideal design with as many pairs, over each
    expert's own component; None where nobody reads with anybody. weakest: algebraic connectivity of a connected graph
    (second smallest eigenvalue of its Laplacian, in common works), 0 otherwise."""

    components: tuple[tuple[ExpertId, ...], ...]
    pairs: int
    ratio: float | None
    weakest: float

    @property
    def connected(self) -> bool:
        """Whether everybody who reads can be compared with everybody else."""
        return len(self.components) <= 1


def linked(assignments: Iterable[Assignment]) -> Linked:
    """Measure the readers' graph of an allocation."""
    readers: dict[WorkId, list[ExpertId]] = {}
    for each in assignments:
        readers.setdefault(each.work, []).append(each.expert)
    experts = sorted({expert for team in readers.values() for expert in team})
    common = _common(experts, readers.values())
    parts = _components(common)
    named = tuple(tuple(experts[at] for at in part) for part in parts)
    if not common.any():
        return Linked(named, 0, None, 0.0)
    ratio, weakest = _variance(common, parts)
    return Linked(named, int(common.sum()) // 2, ratio, weakest)


def _common(experts: Sequence[ExpertId], teams: Iterable[Sequence[ExpertId]]) -> Floats:
    """Works that each two experts both read, experts x experts."""
    number = {expert: at for at, expert in enumerate(experts)}
    pairs = np.array(
        [(number[a], number[b]) for team in teams for a, b in combinations(team, 2)], dtype=np.intp
    ).reshape(-1, 2)
    common = np.zeros((len(experts), len(experts)))
    np.add.at(common, (pairs[:, 0], pairs[:, 1]), 1)
    return np.asarray(common + common.T, np.float64)


def _components(common: Floats) -> list[list[int]]:
    """Experts linked by chains of common works, largest part first."""
    left, parts = set(range(len(common))), list[list[int]]()
    while left:
        found, fresh = set[int](), {min(left)}
        while fresh:
            found |= fresh
            fresh = set(np.flatnonzero(common[sorted(fresh)].any(axis=0)).tolist()) - found
        left -= found
        parts.append(sorted(found))
    return sorted(parts, key=lambda part: (-len(part), part))


def _variance(common: Floats, parts: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Sum of variances within each component against those of the ideal design; and the algebraic connectivity."""
    real = ideal = weakest = 0.0
    for part in (part for part in parts if len(part) > 1):
        within = common[np.ix_(part, part)]
        values = np.linalg.eigvalsh(np.diag(within.sum(axis=1)) - within)[1:]  # the first is 0: all alike
        real += float(np.sum(1.0 / values))
        # Complete and balanced: every pair meets equally often, and all other eigenvalues are the same.
        ideal += len(values) ** 2 / float(within.sum())
        weakest = float(values[0])
    return real / ideal, weakest if len(parts) == 1 else 0.0
