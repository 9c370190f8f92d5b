"""Control markings: exemplar works that many experts mark, and works of an expert's own a second time. Pure.

They are hidden among independent ones, under numbers of their own, and tell how experts mark, never what a work is
worth. Experts stand in a ring and exemplar works too: each expert gets the next ones, so that neighbours share some and
all are linked. What room is left for them after the works themselves, and no rule, gives way to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from crosscheck.model import FIRST_CONTROL_MARKING, ExpertId, Marking, MutualMarking, SchoolToken, Status, WorkId
from packets.directions import directions_of
from packets.network import network_of
from packets.problem import Assignment, ExpertCapacity, Problem, WorkToAssign, hashed


@dataclass(frozen=True, slots=True)
class Wanted:
    """works: exemplar works to draw; each: how many of them an expert gets; again: own works that come a second time;
    packet: works that a packet holds: whoever has no more than one packet gets none a second time. thirds: who may give
    third markings: at most half of them get an exemplar work, so that it can have one."""

    works: int
    each: int
    again: int
    packet: int
    thirds: frozenset[Status] = frozenset()

    @property
    def most(self) -> int:
        """Control markings of an expert at most."""
        return self.each + self.again


NOTHING = Wanted(0, 0, 0, 1)


@dataclass(frozen=True, slots=True)
class Before:
    """Control markings that were given out earlier: how many of each work, and to whom."""

    times: Mapping[WorkId, int] = field(default_factory=dict)
    experts: Collection[ExpertId] = ()


def hidden(
    problem: Problem,
    experts: Sequence[ExpertCapacity],
    rows: Sequence[Assignment],
    wanted: Wanted,
    before: Before = Before(),
) -> tuple[Assignment, ...]:
    """Control markings beside the rows of an allocation, numbered from 40 for each work. `experts`: with the capacities
    they really have, where the problem's leave places free."""
    ring = _Ring(problem, experts, rows, wanted, before)
    found = [(work, expert) for expert in ring.experts for work in ring.works_of(expert)]
    times = Counter(before.times)
    made = []
    for work, expert in found:
        made.append(Assignment(work, Marking(FIRST_CONTROL_MARKING + times[work]), expert))
        times[work] += 1
    return tuple(sorted(made, key=lambda a: (a.work, a.marking)))


class _Ring:
    """Experts who got works and no control marking yet, and exemplar works, in a hashed order each."""

    def __init__(
        self,
        problem: Problem,
        experts: Sequence[ExpertCapacity],
        rows: Sequence[Assignment],
        wanted: Wanted,
        before: Before,
    ) -> None:
        self._seed, self._wanted = problem.seed, wanted
        self._own: dict[ExpertId, list[WorkId]] = {}
        for row in rows:
            self._own.setdefault(row.expert, []).append(row.work)
        self._room = {e.expert: e.room - len(self._own.get(e.expert, ())) for e in experts}
        some = (e for e in self._own if e not in before.experts)
        self.experts = sorted(some, key=lambda e: (hashed(self._seed, "ring", e), e))
        self._place = {expert: at for at, expert in enumerate(self.experts)}
        self._lot = hashed(self._seed, "exemplars", *problem.tasks)  # of each part others
        self._exemplars = self._drawn(problem.works)
        self._allowed = _Allowed(problem, rows)
        able = [e.expert for e in experts if e.status in wanted.thirds]
        self._able = frozenset(able)
        self._left = {
            work: sum(self._allowed(work, e) and work not in self._own.get(e, ()) for e in able) // 2
            for work in self._exemplars
        }

    def _drawn(self, works: Sequence[WorkToAssign]) -> list[WorkId]:
        """Exemplar works by lot, of as many schools as there are."""
        of_school: dict[SchoolToken, list[tuple[int, WorkId]]] = {}
        for work in works:
            of_school.setdefault(work.school, []).append((hashed(self._lot, work.work), work.work))
        ranked = sorted((at, *one) for some in of_school.values() for at, one in enumerate(sorted(some)))
        return [work for _at, _hash, work in ranked[: self._wanted.works]]

    def works_of(self, expert: ExpertId) -> list[WorkId]:
        """The control markings of one expert."""
        some = self._of_others(expert)
        return some + self._again(expert, len(some))

    def _of_others(self, expert: ExpertId) -> list[WorkId]:
        """The next exemplar works of the ring that this expert may mark and doesn't have."""
        ring, first, own = self._exemplars, self._place[expert], set(self._own[expert])
        turned = (ring[(first + n) % len(ring)] for n in range(len(ring)))
        able = expert in self._able
        some = [
            work
            for work in turned
            if work not in own and self._allowed(work, expert) and not (able and self._left[work] < 1)
        ]
        some = some[: max(0, min(self._wanted.each, self._room[expert]))]
        if able:
            self._left.update({work: self._left[work] - 1 for work in some})
        return some

    def _again(self, expert: ExpertId, taken: int) -> list[WorkId]:
        """Some of the expert's own, where they come to lie in another packet."""
        own = self._own[expert]
        count = min(self._wanted.again, self._room[expert] - taken, len(own))
        if count < 1 or len(own) + taken + count <= self._wanted.packet:
            return []
        return sorted(own, key=lambda work: (hashed(self._seed, "again", expert, work), work))[:count]


class _Allowed:
    """May an expert have a work, by every rule of the allocation but room?"""

    def __init__(self, problem: Problem, rows: Sequence[Assignment]) -> None:
        network = network_of(problem)
        self._may = network.may(0, len(network.size))
        self._group = {w.work: int(g) for w, g in zip(network.works, network.group_of, strict=True)}
        self._number = {e.expert: at for at, e in enumerate(network.experts)}
        self._schools = {e.expert: e.schools for e in network.experts}
        self._school = {w.work: w.school for w in network.works}
        self._one_way = problem.mutual is MutualMarking.NEVER
        self._used = directions_of(problem, rows)

    def __call__(self, work: WorkId, expert: ExpertId) -> bool:
        if not self._may[self._group[work], self._number[expert]]:
            return False
        # Where no two schools may mark each other, only directions that are used anyway.
        school, others = self._school[work], self._schools[expert]
        return not self._one_way or all((school, other) in self._used for other in others if other != school)
