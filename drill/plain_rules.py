"""The hard rules and costs of an allocation said once more: row by row, slow, and in other words than the product."""

from __future__ import annotations

from itertools import combinations

from crosscheck.conflicts import OfClass, OfSchool, OfWork
from crosscheck.model import SchoolToken, WorkId
from packets.costs import Wish
from packets.problem import Assignment, ExpertCapacity, Problem, SchoolPairs, WorkToAssign


def may(problem: Problem, item: WorkToAssign, who: ExpertCapacity) -> bool:
    """May this expert mark this work?"""
    touched = (OfSchool(item.school), OfClass(item.class_set), OfWork(item.work))
    return (
        who.status in problem.statuses
        and who.expert not in item.barred
        and not any(c.expert == who.expert and c.target in touched for c in problem.conflicts)
        and not (problem.different_schools and who.schools & item.used_schools)
        and (
            not isinstance(pairs := problem.who, SchoolPairs)
            or any((item.school, s) in pairs.pairs for s in who.schools)
        )
    )


def may_meet(problem: Problem, one: ExpertCapacity, other: ExpertCapacity) -> bool:
    """May these two mark one work?"""
    return one.expert != other.expert and not (problem.different_schools and one.schools & other.schools)


def valid(problem: Problem, assignments: tuple[Assignment, ...]) -> bool:
    """Does a set of rows keep every hard rule?"""
    works, experts = {w.work: w for w in problem.works}, {e.expert: e for e in problem.experts}
    asked = sorted((w.work, m) for w in problem.works for m in problem.markings)
    if sorted((a.work, a.marking) for a in assignments) != asked:
        return False
    if any(a.expert not in experts or not may(problem, works[a.work], experts[a.expert]) for a in assignments):
        return False
    teams: dict[WorkId, list[ExpertCapacity]] = {}
    for a in assignments:
        teams.setdefault(a.work, []).append(experts[a.expert])
    if not all(may_meet(problem, *pair) for team in teams.values() for pair in combinations(team, 2)):
        return False
    given = [a.expert for a in assignments]
    return all(given.count(name) <= max(0, e.capacity - e.load) for name, e in experts.items())


def cost_of_pair(wish: Wish, item: WorkToAssign, who: ExpertCapacity) -> int:
    """What one read costs."""
    cost = wish.extra.get((item.school, who.expert), 0)
    for table in wish.tables:
        if item.school in table.rows and who.expert in table.columns:
            cost += int(table.values[table.rows[item.school], table.columns[who.expert]])
    return cost


def free_places(problem: Problem, school: SchoolToken) -> list[int]:
    """What each place of an expert costs for the works of a school: nothing while the spread is kept, then 1, 2, ..."""
    works = sum(item.school == school for item in problem.works)
    reads, prices, wanted, step = works * len(problem.markings), list[int](), problem.spread, 0
    while wanted > 1:
        most = min(works, max(1, min(-(-reads // wanted), (reads - 1) // (wanted - 1))))
        prices += [step] * (most - len(prices))
        wanted, step = wanted // 2, step + 1
    return prices + [step] * (works - len(prices))
