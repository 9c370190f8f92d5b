"""The allocation drill: odd instances by the thousand; everything claimed of them is checked by other means.

Rules row by row (`plain_rules`), feasibility and least costs by an integer programme over works and experts
(`lexicographic`), explanations against bottlenecks that were planted, the verifier against altered allocations.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice

from drill import lexicographic
from drill.falsified import KINDS, falsified
from drill.gate import Gate
from drill.odd_allocations import ODDITIES, Odd, Planted, odd, planted, shuffled
from drill.plain_rules import valid
from packets.errors import AllocationUndecided
from packets.explain import Blocking, NothingBlocks, explain
from packets.exporting import exported
from packets.problem import Problem, Proven, Solution, Unproven
from packets.solve import solve
from packets.verify import verify
from packets.waivers import MoreCapacity, MoreExperts, OtherPairs, SameSchool, Waiver, applied, waivers

_ALTERED = 2  # alterations of each allocation
_ONE_IN = 2  # of small ones whose levels an integer programme decides, too
_PLANTED = 10  # one bottleneck for so many instances
_SHUFFLED = 10  # one in so many is solved again in another order
_TOGETHER = 50  # of these kept in memory, for threads to share
_ELSEWHERE = 40  # instances solved by other processes, with other hashes and threads


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of one instance: how many of each were tried, and how many went wrong. Sums with `+`."""

    instances: int = 0
    solved: int = 0
    undecided: int = 0
    rules: int = 0
    refused: int = 0
    altered: int = 0
    passed: int = 0
    compared: int = 0
    beaten: int = 0
    explained: int = 0
    possible: int = 0
    spare: int = 0
    miscounted: int = 0
    changes: int = 0
    useless: int = 0
    wasteful: int = 0

    def __add__(self, other: Counted) -> Counted:
        names = self.__dataclass_fields__
        return Counted(*(getattr(self, name) + getattr(other, name) for name in names))


def run(seed: int, instances: int) -> tuple[Gate, ...]:
    """So many odd instances, a bottleneck planted for every tenth, every tenth shuffled and in threads."""
    return (*claims(seed, instances), *sameness(seed, instances))


def claims(seed: int, instances: int) -> tuple[Gate, ...]:
    """What is said of allocations and of what blocks them."""
    found, seen = Counted(), set[str]()
    for number in range(instances):  # one after another: a hundred thousand take no more memory than one
        one = odd(seed, number)
        seen.update(one.oddities)
        found += counted(one, random.Random(f"{seed} altered {number}"))
    bottlenecks = max(1, instances // _PLANTED)
    missed = sum(not named_exactly(planted(seed, number)) for number in range(bottlenecks))
    return (
        Gate("allocations that break a rule", found.rules, 0, found.solved),
        Gate("allocations the verifier refuses", found.refused, 0, found.solved),
        Gate("altered allocations that pass", found.passed, 0, found.altered),
        Gate("levels an integer programme beats or misses", found.beaten, 0, found.compared),
        Gate("blocking works that can be allocated", found.possible, 0, found.explained),
        Gate("blocking sets with something to spare", found.spare, 0, found.explained),
        Gate("blocking sets whose capacity is wrong", found.miscounted, 0, found.explained),
        Gate("changes offered that don't help", found.useless, 0, found.changes),
        Gate("changes offered that are larger than needed", found.wasteful, 0, found.changes),
        Gate("planted bottlenecks not named exactly", missed, 0, bottlenecks),
        Gate("instances without an answer", found.undecided, 0, found.instances),
        Gate("oddities that never came", len(ODDITIES.keys() - seen) if instances >= 100 else 0, 0, len(ODDITIES)),
        # A drill that finds everything impossible would try little else.
        Gate("impossible instances", instances - found.solved - found.undecided, instances * 3 // 4 + 3, instances),
    )


def sameness(seed: int, instances: int) -> tuple[Gate, ...]:
    """The same bytes everywhere."""
    again = range(0, instances, _SHUFFLED)
    wrong = unlike((odd(seed, number).problem for number in again), seed)
    return (
        Gate("other bytes from shuffled input or in threads", wrong, 0, len(again)),
        Gate("other bytes in another process", elsewhere(seed, min(_ELSEWHERE, instances)), 0, 3),
    )


# --- one instance -------------------------------------------------------------------------------


def counted(one: Odd, chance: random.Random) -> Counted:
    """Allocate it, or have it explained; hold what comes of it against other means."""
    try:
        found = solve(one.problem)
    except AllocationUndecided:
        return Counted(instances=1, undecided=1)
    if isinstance(found, Solution):
        return _allocated(one, found, chance) + _compared(one, found, chance)
    return Counted(instances=1) + (_explained(one.problem) if one.small else Counted())


def _allocated(one: Odd, found: Solution, chance: random.Random) -> Counted:
    kinds = chance.sample(sorted(KINDS), _ALTERED)
    lies = [falsified(one.problem, found, chance, kind) for kind in kinds]
    tried = [lie for lie in lies if lie is not None]
    return Counted(
        instances=1,
        solved=1,
        rules=int(not valid(one.problem, found.assignments)),
        refused=int(verify(one.problem, found) != ()),
        altered=len(tried),
        passed=sum(verify(one.problem, lie) == () for lie in tried),
    )


def _compared(one: Odd, found: Solution, chance: random.Random) -> Counted:
    """Costs of all levels, where they are proven; where they aren't, that none is lower than the lowest there is."""
    if not one.small or chance.randrange(_ONE_IN):
        return Counted()
    best = lexicographic.best_levels(one.problem)
    match found.certificate:
        case Proven(levels):
            wrong = best is None or [level.cost for level in levels[: len(best)]] != best
        case Unproven():
            wrong = best is None or found.objective < best[0]
    return Counted(compared=1, beaten=int(wrong))


def _explained(problem: Problem) -> Counted:
    """Is the set named impossible by itself, and possible without any one of its groups?"""
    found = explain(problem)
    if isinstance(found, NothingBlocks):
        return Counted(explained=1, possible=1)
    groups = [frozenset(w.work for w in group.works) for group in found.groups]
    named = frozenset[str]().union(*groups)
    rest = [lexicographic.possible(_only(problem, named - group)) for group in groups]
    most = lexicographic.most_reads(_only(problem, named))
    offered = waivers(problem)
    return Counted(
        explained=1,
        possible=int(most == found.reads),
        spare=int(not all(rest)),
        miscounted=int(not _counts(problem, found, most)),
        changes=len(offered),
        useless=sum(not lexicographic.possible(applied(problem, waiver)) for waiver in offered),
        wasteful=sum(not least(problem, waiver) for waiver in offered),
    )


def least(problem: Problem, waiver: Waiver) -> bool:
    """Would no smaller change of the kind do? What a rule allows is one change, however often it is used."""
    match waiver:
        case MoreCapacity(_, room):
            return room == lexicographic.least_room(problem, [e.expert for e in problem.experts if e.capacity])
        case SameSchool() | OtherPairs():
            return True
        case MoreExperts(capacities):
            count = len(capacities)
            fewer, same = (_newcomers(problem, waiver, n) for n in (count - 1, count))
            return fewer is None and same == sum(capacities)


def _newcomers(problem: Problem, waiver: MoreExperts, count: int) -> int | None:
    """How much room so many new experts need; None when they are too few."""
    changed = applied(problem, replace(waiver, capacities=(0,) * count))
    return lexicographic.least_room(changed, [e.expert for e in changed.experts[len(problem.experts) :]])


def _counts(problem: Problem, found: Blocking, most: int) -> bool:
    """Are works and markings those of the set, and is its capacity what can be given at most? Where experts work in
    several schools, it is a bound."""
    linked = any(len(e.schools) > 1 for e in problem.experts)
    works = sum(len(group.works) for group in found.groups)
    reads = (found.works, found.reads) == (works, works * len(problem.markings))
    return reads and (most <= found.capacity < found.reads if linked else most == found.capacity)


def _only(problem: Problem, works: frozenset[str]) -> Problem:
    return replace(problem, works=tuple(w for w in problem.works if w.work in works))


def named_exactly(one: Planted) -> bool:
    """Does the explanation name what was planted, and nothing else?"""
    found = explain(one.problem)
    if not isinstance(found, Blocking):
        return False
    works = frozenset(w.work for group in found.groups for w in group.works)
    said = (found.reason, works, frozenset(found.experts), found.capacity)
    return said == (one.reason, one.works, one.experts, one.capacity)


# --- the same answer everywhere -----------------------------------------------------------------


def said(problem: Problem) -> str:
    """All that is said of an instance, as text: the export, or what blocks."""
    try:
        found = solve(problem)
    except AllocationUndecided as e:
        return str(e)
    return exported(problem, found) if isinstance(found, Solution) else _told(explain(problem))


def _told(found: Blocking | NothingBlocks) -> str:
    if isinstance(found, NothingBlocks):
        return "nothing blocks"
    groups = [(group.school, [w.work for w in group.works], group.allowed) for group in found.groups]
    return repr((found.reason, groups, found.reads, found.experts, found.capacity))


def unlike(problems: Iterable[Problem], seed: int) -> int:
    """How many give another text when works, experts and conflicts come in another order, with 1, 2 and n threads."""
    chance, rest, wrong = random.Random(f"{seed} order"), iter(problems), 0
    while some := list(islice(rest, _TOGETHER)):
        wrong += len(_unlike(some, chance))
    return wrong


def _unlike(problems: Sequence[Problem], chance: random.Random) -> set[int]:
    texts, wrong = [said(problem) for problem in problems], set[int]()
    for threads in sorted({1, 2, os.cpu_count() or 2}):
        mixed = [shuffled(problem, chance) for problem in problems]
        with ThreadPoolExecutor(threads) as pool:
            wrong |= {at for at, text in enumerate(pool.map(said, mixed)) if text != texts[at]}
    return wrong


def digest(seed: int, instances: int) -> str:
    """SHA-256 of all that is said of the first instances."""
    texts = (said(odd(seed, number).problem) for number in range(instances))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def elsewhere(seed: int, instances: int) -> int:
    """How many of three processes, with other hashes of strings and 1, 2 and n threads in libraries, say otherwise."""
    here = digest(seed, instances)
    return sum(other != here for other in _others(seed, instances, (1, 2, os.cpu_count() or 2)))


def _others(seed: int, instances: int, threads: Iterable[int]) -> Iterator[str]:
    for hashes, number in enumerate(threads, start=1):
        variables = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(number))
        command = [sys.executable, "-m", "drill.allocate", str(seed), str(instances)]
        environment = os.environ | variables | {"PYTHONHASHSEED": str(hashes)}
        yield subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


if __name__ == "__main__":
    print(digest(int(sys.argv[1]), int(sys.argv[2])))
