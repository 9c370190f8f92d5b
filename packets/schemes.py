"""Other schemes than mixed works: whole class-sets, and whose experts may mark whose works. Pure but for the solver."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from crosscheck.model import SchoolToken
from packets.costs import Table, Wish
from packets.network import network_of
from packets.optimum import optimum
from packets.pieces import Pieces, fewer, pieces_of
from packets.problem import Infeasible, Problem, SchoolPairs, Together, hashed

WHOLE = "whole class-sets"


def tournament(schools: Iterable[SchoolToken], seed: int) -> SchoolPairs:
    """Schools stand in a ring, drawn by lot; the works of each are marked by the next half of the others.

    So no two schools mark each other. With an even number of schools, each leaves out the one opposite.
    """
    ring = sorted(set(schools), key=lambda school: (hashed(seed, "tournament", school), school))
    ahead = range(1, (len(ring) - 1) // 2 + 1)
    return SchoolPairs(frozenset((at, ring[(n + k) % len(ring)]) for n, at in enumerate(ring) for k in ahead))


def kept_whole(problem: Problem) -> Problem:
    """The same works for the same experts, with the wish, before all others, to leave class-sets in few pieces.

    The wish names the pieces that `packets.pieces` found beside the most even loads; every other pair costs 1. So the
    solver decides and proves as ever, and whatever the search does, no rule and no balance depends on it.
    """
    problem = replace(problem, together=Together.CLASS_SET, spread=1)
    network = network_of(problem)
    found = optimum(problem, network)
    if isinstance(found, Infeasible):
        return problem
    pieces = fewer(pieces_of(network, found.pairs, found.reads), problem.seed)
    return replace(problem, wishes=(_wish(pieces), *problem.wishes))


def _wish(pieces: Pieces) -> Wish:
    values = np.ones((len(pieces.class_sets), len(pieces.experts)), dtype=np.int64)
    for expert, reads in enumerate(pieces.reads):
        values[list(reads), expert] = 0
    rows = {name: at for at, name in enumerate(pieces.class_sets)}
    columns = {name: at for at, name in enumerate(pieces.experts)}
    return Wish(WHOLE, (Table({}, columns, values, rows),))
