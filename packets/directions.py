"""Which school marks which: a direction leads from the school of a work to a school of the expert. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from crosscheck.model import MutualMarking, SchoolToken
from packets.problem import Assignment, Direction, Problem


def directions_of(problem: Problem, rows: Iterable[Assignment]) -> frozenset[Direction]:
    """Directions that rows use. Nobody marks back within one school."""
    school_of = {w.work: w.school for w in problem.works}
    schools = {e.expert: e.schools for e in problem.experts}
    pairs = {(school_of[row.work], row.expert) for row in rows}
    return frozenset((school, other) for school, who in pairs for other in schools[who] if other != school)


def newly_mutual(before: Collection[Direction], after: Collection[Direction]) -> tuple[Direction, ...]:
    """Pairs of schools that mark each other after a change and didn't before."""
    return tuple(
        sorted(
            (one, other)
            for one, other in after
            if one < other and (other, one) in after and not ((one, other) in before and (other, one) in before)
        )
    )


def answering_schools(problem: Problem) -> Mapping[SchoolToken, frozenset[SchoolToken]]:
    """For a school those whose experts may not mark its works, because its experts marked theirs earlier."""
    found: dict[SchoolToken, set[SchoolToken]] = {}
    if problem.mutual is MutualMarking.NEVER:
        for of_work, of_expert in problem.directions:
            if of_work != of_expert:
                found.setdefault(of_expert, set()).add(of_work)
    return {school: frozenset(others) for school, others in found.items()}


def one_each(problem: Problem, closed: Collection[Direction]) -> bool:
    """Is at most one direction between every two schools closed, and only where that is asked for?"""
    asked = problem.mutual is MutualMarking.NEVER or not closed
    return asked and all(one != other and (other, one) not in closed for one, other in closed)
