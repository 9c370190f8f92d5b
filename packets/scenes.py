"""Check day on the ledger, part by part: a situation for each part of works, and one for third markings, which are of
whole works. Where works aren't split there is one situation, of everything.

An expert marks one part, so parts are put right one by one; whoever never had one may help where it is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from crosscheck import facts
from crosscheck.conflicts import Conflict, OfWork, Source, index_conflicts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import (
    THIRD_MARKING,
    WHOLE,
    CriterionId,
    ExpertId,
    Marking,
    MarkingKey,
    Part,
    SchoolToken,
    WorkId,
    is_control,
)
from crosscheck.station import Station
from crosscheck.status import numbered_pages
from packets import assigning, present
from packets.costs import Wish
from packets.origins import Origins
from packets.parting import counted
from packets.problem import AnySchool, Assignment, ExpertCapacity, Problem, SchoolPairs, WorkToAssign, hashed
from packets.readers import readers_beside
from packets.situation import Bars, Situation, StandingWork, Why

LOST, ROOM = "lost", "room"


class Book:
    """Who has each marking, as the ledger says and as was decided since (`take`)."""

    def __init__(
        self,
        station: Station,
        connection: Connection,
        origins: Origins,
        absent: Iterable[ExpertId],
        late: Iterable[ExpertId],
    ) -> None:
        self.connection, self.origins, self.procedure = connection, origins, station.procedure()
        persons = origins.persons
        self.standing = queries.standing_assignments(connection)
        self.rows = {r.key: r.packet for r in queries.standing_rows(connection)}
        self.experts = present.all_experts(connection, self.procedure, origins)
        self._code = {code: e.expert for e in self.experts for code in persons.of(e.expert)}
        has = {a.key: self.one(a.expert) for a in self.standing}
        self.holders = {key: expert for key, expert in has.items() if not is_control(key.marking)}
        self.controls = {key: expert for key, expert in has.items() if is_control(key.marking)}
        self._first = frozenset((key.work, expert) for key, expert in self.holders.items())
        self.returned = self._returned()
        away = present.absent(connection, persons) | persons.of_all(absent)
        away -= persons.of_all(late)
        self.away = frozenset(e.expert for e in self.experts if e.expert in away)
        self.placed = present.placed(connection, persons)
        self.seed = assigning.seed(station, self.procedure)
        self._effort = {p.number: self.procedure.effort(p) for p in (*self.procedure.parts, self.procedure.part(WHOLE))}

    def one(self, code: str) -> ExpertId:
        """The code that stands for the person who has this one."""
        return self._code.get(ExpertId(code), ExpertId(code))

    def _returned(self) -> frozenset[MarkingKey]:
        """Markings of which anything came back: a score, or a cell that was read and waits for a person."""
        owners = self.procedure.owners
        scores = (owners.key(s.work, s.marking, s.criterion) for s in queries.standing_scores(self.connection))
        cells = (owners.key(c.work, c.marking, c.criterion) for c in queries.all_of(self.connection, facts.CellReading))
        return frozenset((*scores, *cells))

    @property
    def parts(self) -> tuple[Part, ...]:
        """Parts of which anything is given out; third markings, which look at what all others gave, come last."""
        return tuple(sorted({key.part for key in self.holders}, key=lambda part: (part == WHOLE, part)))

    def fallen(self) -> Mapping[MarkingKey, str]:
        """Control markings that can't stay, each with its reason; nobody gets them instead. Also where the expert has
        the work itself now."""
        bars = Bars(index_conflicts(self.origins.conflicts))
        now = {(key.work, expert) for key, expert in self.holders.items()} - self._first
        found = {}
        for key, expert in self.controls.items():
            if key in self.returned:
                continue
            if expert in self.away:
                found[key] = Why.ABSENT.value
            elif expert in bars.of(StandingWork(key.work, *self.origins.works[key.work])):
                found[key] = Why.CONFLICT.value
            elif (key.work, expert) in now:
                found[key] = ROOM
        return found

    def take(self, part: Part, given: Iterable[Assignment]) -> None:
        """Remember who has what from now on."""
        self.holders.update({MarkingKey(a.work, a.marking, part): a.expert for a in given})

    # --- who may help ---

    def helpers(self, parts: Sequence[Part]) -> Mapping[ExpertId, Part]:
        """Those who are there and never marked a part, each given to the one of these parts whose experts have most."""
        if not self.procedure.in_parts or not parts:
            return {}
        free = [e for e in self.experts if e.expert not in self.placed and e.expert not in self.away and e.room]
        load = {part: self._effort[part] * sum(key.part == part for key in self.holders) for part in parts}
        heads = Counter(part for e, part in self.placed.items() if e not in self.away and self.one(e) == e)
        found: dict[ExpertId, Part] = {}
        for e in sorted(free, key=lambda e: (hashed(self.seed, "helps", e.expert), e.expert)):
            part = max(parts, key=lambda part: (load[part] / (heads[part] + 0.5), -part))
            found[e.expert] = part
            heads[part] += 1
        return found

    # --- one part ---

    def situation(self, part: Part, helpers: Mapping[ExpertId, Part], *, hidden: bool = True) -> Situation:
        """How one part of works stands, or third markings, or everything where works are whole; `helpers`: as above.
        hidden: whether nobody may get a work that lies hidden among the own ones."""
        held = {key: expert for key, expert in self.holders.items() if key.part == part}
        works = sorted({key.work for key in held})
        experts = self._staff(part, held, helpers)
        there = tuple(e for e in experts if e.expert not in self.away)
        pages = numbered_pages(self.connection) if part == WHOLE else {}
        taken = self._taken(part)
        return Situation(
            works=tuple(
                StandingWork(w, *self.origins.works[w], frozenset(taken.get(w, ())), pages.get(w, 1)) for w in works
            ),
            experts=experts,
            held=tuple(Assignment(key.work, key.marking, expert) for key, expert in held.items()),
            returned=frozenset((key.work, key.marking) for key in self.returned if key.part == part),
            absent=frozenset(e.expert for e in experts if e.expert in self.away),
            conflicts=self.origins.conflicts.union(
                self._hidden(part) if hidden else (), self._beside(part, works, experts)
            ),
            different_schools=self.procedure.different_schools,
            statuses={THIRD_MARKING: self.procedure.third_statuses} if part == WHOLE else {},
            reserve=self._reserve(part, there),
            unpaired={} if self.procedure.in_parts else self._unpaired(works, experts),
            wishes=self._wishes(works, there),
            seed=self.seed,
            tasks=self.procedure.part(part).tasks if part != WHOLE else (),
        )

    def _staff(
        self, part: Part, held: Mapping[MarkingKey, ExpertId], helpers: Mapping[ExpertId, Part]
    ) -> tuple[ExpertCapacity, ...]:
        """Whoever marks this part or may, in works of it; what they have beside it is load."""
        own = {*held.values(), *(e for some in (self.placed, helpers) for e, of in some.items() if of == part)}
        beside = Counter[ExpertId]()
        for key, expert in (*self.holders.items(), *self.controls.items()):
            beside[expert] += self._effort[key.part] if key not in held else 0
        some = (e for e in self.experts if part == WHOLE or e.expert in own)
        return tuple(counted(replace(e, load=beside[e.expert]), self._effort[part]) for e in some)

    def _taken(self, part: Part) -> Mapping[str, set[tuple[Marking, ExpertId]]]:
        """Whom markings of each work were taken back from."""
        found: dict[str, set[tuple[Marking, ExpertId]]] = {}
        for one in queries.all_of(self.connection, facts.Reassignment):
            if one.reason != LOST and one.part == part:
                found.setdefault(one.work, set()).add((one.key.marking, self.one(one.withdrawn)))
        return found

    def _hidden(self, part: Part) -> Iterator[Conflict]:
        """Nobody gets a work that lies hidden among the own ones."""
        own = {(key.work, expert) for key, expert in self.holders.items() if key.part == part}
        for key, holder in self.controls.items():
            if (key.work, holder) not in own:
                yield Conflict(holder, OfWork(key.work), Source.PREVIOUS_MARKER)

    def _beside(self, part: Part, works: Sequence[WorkId], experts: Sequence[ExpertCapacity]) -> Iterator[Conflict]:
        """What other parts of the same works forbid: nobody sees two parts of a work, and a third expert is of another
        school than those whose points are looked at."""
        if not self.procedure.in_parts:
            return
        here, some, persons = {e.expert for e in experts}, set(works), self.origins.persons
        for given in queries.ever_assigned(self.connection):
            if given.key.part != part and given.key.work in some:
                for code in persons.of(ExpertId(given.expert)) & here:
                    yield Conflict(code, OfWork(given.key.work), Source.PREVIOUS_MARKER)
        if part != WHOLE or not self.procedure.different_schools:
            return
        for work, readers in readers_beside(self.procedure, self.standing, self._calls(some)).items():
            schools = {school for reader in readers for school in self.origins.experts[reader].schools}
            for expert in experts:
                if not expert.schools.isdisjoint(schools):
                    yield Conflict(expert.expert, OfWork(work), Source.PREVIOUS_MARKER)

    def _calls(self, works: set[WorkId]) -> Mapping[WorkId, set[CriterionId]]:
        found: dict[WorkId, set[CriterionId]] = {}
        for call in queries.all_of(self.connection, facts.ThirdCall):
            if call.work in works:
                found.setdefault(WorkId(call.work), set()).add(CriterionId(call.criterion))
        return found

    def _reserve(self, part: Part, there: Sequence[ExpertCapacity]) -> Mapping[ExpertId, int]:
        """Places to be left free, in works of this part."""
        whole, effort, own = self._effort[WHOLE], self._effort[part], {e.expert for e in there}
        able = [e for e in self.experts if e.expert not in self.away]
        places = present.reserve(self.connection, self.procedure, able)
        return {e: -(-n * whole // effort) for e, n in places.items() if e in own}

    def _unpaired(
        self, works: Sequence[WorkId], experts: Sequence[ExpertCapacity]
    ) -> Mapping[tuple[Marking, SchoolToken], frozenset[ExpertId]]:
        """Whom the scheme keeps from the works of each school; third markings follow none."""
        of_works = {self.origins.works[work][0] for work in works}
        schools = of_works.union(*(e.schools for e in experts))
        match assigning.whose(self.procedure.scheme, self.origins, schools, self.seed):
            case SchoolPairs(pairs):
                kept = {s: frozenset(e.expert for e in experts if _apart(pairs, s, e)) for s in of_works}
                return {(m, s): some for s, some in kept.items() for m in self.procedure.independent()}
            case AnySchool():
                return {}

    def _wishes(self, works: Sequence[WorkId], there: Sequence[ExpertCapacity]) -> tuple[Wish, ...]:
        plain = Problem(tuple(WorkToAssign(w, *self.origins.works[w]) for w in works), tuple(there), (Marking(1),))
        return assigning.wished(self.connection, self.procedure, plain, self.origins).wishes


def _apart(pairs: frozenset[tuple[SchoolToken, SchoolToken]], school: SchoolToken, expert: ExpertCapacity) -> bool:
    return pairs.isdisjoint((school, own) for own in expert.schools)
