"""From "so many works of a group for each expert" to rows: who marks which work, and as which marking.

Wrap-around fill (McNaughton): experts stand in a line, each as often as the flow says, and the works take turns
along it. Nobody meets a work twice, and experts of one part never meet, because each has at most as many places
as the group has works and the places of a part are side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from crosscheck.model import ExpertId, Marking, WorkId
from packets.problem import Assignment, ExpertCapacity, Group, Problem, clash, cliques_of, hashed, interleaved

Rows = dict[WorkId, list[ExpertId]]


def fill(problem: Problem, group: Group, works_for: Mapping[ExpertId, int], parts: Mapping[ExpertId, str]) -> Rows:
    """Experts of every work of one group, without regard to schools shared across parts."""
    works = interleaved(problem.seed, group.works)
    salt = hashed(problem.seed, "line", group.works[0].work)
    line_up = sorted(
        (expert for expert, n in works_for.items() if n),
        key=lambda e: (hashed(salt, parts[e]), parts[e], hashed(salt, e), e),
    )
    line = [expert for expert in line_up for _ in range(works_for[expert])]
    return {work.work: line[at :: len(works)] for at, work in enumerate(works)}


class Clashes:
    """Who may not meet on one work: experts of one part, and the few who share a school across parts."""

    def __init__(self, problem: Problem) -> None:
        self._parts = parts = cliques_of(problem)
        several = [e for e in problem.experts if len(e.schools) > 1] if problem.different_schools else []
        self._across = frozenset(
            frozenset((one.expert, other.expert))
            for one in several
            for other in problem.experts
            if parts[one.expert] != parts[other.expert] and clash(problem, one, other)
        )

    @property
    def only_in_parts(self) -> bool:
        """Does the fill alone keep everybody apart?"""
        return not self._across

    def count(self, experts: Sequence[ExpertId]) -> int:
        """How many pairs of these experts may not meet on one work."""
        return sum(
            self._parts[one] == self._parts[other] or frozenset((one, other)) in self._across
            for one, other in combinations(experts, 2)
        )


def repaired(rows: Rows, clashes: Clashes) -> bool:
    """Swap experts between works of one group until nobody meets whom they may not; False when that fails.

    A swap inside a group changes no count, so whatever the flow proved stays proved. Works on `rows` in place.
    """
    bad = [work for work, experts in rows.items() if clashes.count(experts)]
    while bad:
        left = [work for work in bad if clashes.count(rows[work])]
        if not left:
            return True
        if not any(_swap(rows, work, clashes) for work in left):
            return False
        bad = left
    return True


def _swap(rows: Rows, work: WorkId, clashes: Clashes) -> bool:
    here = rows[work]
    for name, there in rows.items():
        if name == work:
            continue
        before = clashes.count(here) + clashes.count(there)
        for i in range(len(here)):
            for j in range(len(there)):
                here[i], there[j] = there[j], here[i]
                if clashes.count(here) + clashes.count(there) < before:
                    return True
                here[i], there[j] = there[j], here[i]
    return False


def alternated(rows: Mapping[WorkId, Sequence[ExpertId]], markings: Sequence[Marking]) -> tuple[Assignment, ...]:
    """Give every expert of a work one of the markings, so that nobody gets one kind only.

    How often an expert gives each of the markings differs by at most one. That is an edge colouring of the
    bipartite graph of works and shares, where an expert's works are cut into shares of `len(markings)`.
    """
    colours = len(markings)
    shares: dict[tuple[ExpertId, int], dict[int, WorkId]] = {}
    taken: dict[WorkId, dict[int, tuple[ExpertId, int]]] = {work: {} for work in rows}
    had: dict[ExpertId, int] = {}
    for work, experts in rows.items():
        for expert in experts:
            share = (expert, had.get(expert, 0) // colours)
            had[expert] = had.get(expert, 0) + 1
            at_share = shares.setdefault(share, {})
            colour = _first_free(taken[work], at_share, colours)
            if colour is None:
                colour = _missing(taken[work], colours)
                _flip(share, colour, _missing(at_share, colours), shares, taken)
            taken[work][colour] = share
            at_share[colour] = work
    return tuple(
        sorted(
            (Assignment(w, markings[c], share[0]) for w, given in taken.items() for c, share in given.items()),
            key=lambda a: (a.work, a.marking),
        )
    )


def _first_free(one: Mapping[int, object], other: Mapping[int, object], colours: int) -> int | None:
    return next((c for c in range(colours) if c not in one and c not in other), None)


def _missing(at: Mapping[int, object], colours: int) -> int:
    return next(c for c in range(colours) if c not in at)


def _flip(
    share: tuple[ExpertId, int],
    colour: int,
    spare: int,
    shares: Mapping[tuple[ExpertId, int], dict[int, WorkId]],
    taken: Mapping[WorkId, dict[int, tuple[ExpertId, int]]],
) -> None:
    """Free `colour` at the share: exchange the two colours along the path that starts there."""
    path: list[tuple[WorkId, tuple[ExpertId, int], int]] = []
    at, use = share, colour
    while use in shares[at]:
        work = shares[at][use]
        path.append((work, at, use))
        other = colour + spare - use
        if other not in taken[work]:
            break
        at = taken[work][other]
        path.append((work, at, other))
    for work, at, use in path:
        del taken[work][use]
        del shares[at][use]
    for work, at, use in path:
        taken[work][colour + spare - use] = at
        shares[at][colour + spare - use] = work


def loads_of(experts: Iterable[ExpertCapacity], assignments: Iterable[Assignment]) -> tuple[tuple[ExpertId, int], ...]:
    """Total load of every expert, earlier load included, sorted by expert."""
    loads = {e.expert: e.load for e in experts}
    for assignment in assignments:
        loads[assignment.expert] += 1
    return tuple(sorted(loads.items()))
