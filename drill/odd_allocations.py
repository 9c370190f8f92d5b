"""Made-up allocations of odd shapes, each from a seed and a number; and bottlenecks whose explanation is known."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source, Target
from crosscheck.model import ClassToken, ExpertId, Marking, SchoolToken, Status, WorkId
from packets.costs import Table, Wish, between_schools
from packets.explain import Reason
from packets.problem import ExpertCapacity, Problem, SchoolPairs, WorkToAssign

_MOST_WORKS, _MOST_EXPERTS = 60, 10
_FEW_WORKS, _FEW_EXPERTS = 6, 5  # what an integer programme answers in no time
_LINKED_WORKS = 12  # of experts who work in several schools: larger ones can keep the search busy for a minute
_ODD = 0.12  # chance of each oddity
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Odd:
    """A problem and what is odd about it."""

    problem: Problem
    oddities: tuple[str, ...]

    @property
    def small(self) -> bool:
        """Whether slow and independent methods answer it, too."""
        return len(self.problem.works) <= _FEW_WORKS and len(self.problem.experts) <= _FEW_EXPERTS


# --- plain ones ---------------------------------------------------------------------------------


def odd(seed: int, number: int) -> Odd:
    """The same for the same seed and number. Two in five are small."""
    chance = random.Random(f"{seed} odd {number}")
    oddities = tuple(name for name in ODDITIES if chance.random() < _ODD)
    few = chance.random() < 0.4
    works = chance.randint(1, _FEW_WORKS if few else _MOST_WORKS)
    works = min(works, _LINKED_WORKS) if "experts of several schools" in oddities else works
    problem = _plain(chance, works, chance.randint(2, _FEW_EXPERTS if few else _MOST_EXPERTS))
    for name in oddities:
        problem = ODDITIES[name](chance, problem)
    return Odd(problem, oddities)


def _plain(chance: random.Random, works: int, experts: int) -> Problem:
    """Several schools, room for all, nobody marks works of the own school."""
    schools = _schools(chance, chance.randint(2, 6))
    home = [schools[n % len(schools)] for n in range(experts)]
    count = chance.choice((1, 2, 2, 2, 3))
    room = -(-works * count // experts) * 2 + 2
    who = tuple(
        ExpertCapacity(ExpertId(name), frozenset({school}), room)
        for name, school in zip(_names(chance, "e", experts), home, strict=True)
    )
    what = []
    for name in _names(chance, "w", works):
        school = chance.choice(schools)
        what.append(WorkToAssign(WorkId(name), school, ClassToken(f"{school}-{chance.choice('ab')}")))
    return Problem(
        tuple(what),
        who,
        tuple(Marking(n + 1) for n in range(count)),
        conflicts=own_schools(who),
        seed=chance.randrange(4),
        spread=chance.choice((1, 2, 3, 5, 8, 9)),
        wishes=_wishes(chance, schools, who),
    )


def own_schools(experts: Iterable[ExpertCapacity]) -> frozenset[Conflict]:
    """Nobody marks works of a school the expert works in."""
    return frozenset(Conflict(e.expert, OfSchool(s), Source.OWN_SCHOOL) for e in experts for s in e.schools)


def _schools(chance: random.Random, count: int) -> list[SchoolToken]:
    return [SchoolToken(name) for name in _names(chance, "s", count)]


def _names(chance: random.Random, kind: str, count: int) -> list[str]:
    """Names whose order says nothing."""
    return [f"{kind}{n:04x}" for n in chance.sample(range(1 << 16), count)]


def _wishes(
    chance: random.Random, schools: Sequence[SchoolToken], experts: Sequence[ExpertCapacity]
) -> tuple[Wish, ...]:
    home = [(e.expert, min(e.schools)) for e in experts]
    kinds = chance.choice(((), ("0001",), ("0123456789",), ("0001", "0379")))
    found = []
    for number, costs in enumerate(kinds):
        table = np.array([[int(chance.choice(costs)) for _ in schools] for _ in schools])
        extra = {(chance.choice(schools), chance.choice(experts).expert): 4} if chance.random() < 0.5 else {}
        found.append(Wish(f"wish{number}", (between_schools(schools, table, home),), extra))
    return tuple(found)


# --- what makes them odd ------------------------------------------------------------------------


def _one_school(chance: random.Random, problem: Problem) -> Problem:
    school = chance.choice(problem.works).school
    works = tuple(replace(w, school=school, class_set=ClassToken(f"{school}-{w.class_set[-1]}")) for w in problem.works)
    return replace(problem, works=works)


def _one_expert(chance: random.Random, problem: Problem) -> Problem:
    one = replace(chance.choice(problem.experts), capacity=2 * len(problem.works))
    return replace(problem, experts=(one,), markings=problem.markings[: chance.randint(1, 2)])


def _all_in_conflict(chance: random.Random, problem: Problem) -> Problem:
    """With a school, a class or a single work."""
    work = chance.choice(problem.works)
    target: Target = chance.choice((OfSchool(work.school), OfClass(work.class_set), OfWork(work.work)))
    every = {Conflict(e.expert, target, Source.DECLARED) for e in problem.experts}
    return replace(problem, conflicts=problem.conflicts | every)


def _no_capacity(chance: random.Random, problem: Problem) -> Problem:
    few = chance.random() < 0.6
    experts = tuple(replace(e, capacity=0) if chance.random() < (0.2 if few else 0.9) else e for e in problem.experts)
    return replace(problem, experts=experts)


def _declared_twice(chance: random.Random, problem: Problem) -> Problem:
    """The same said by school, by class and by work, from several sources."""
    found = set(problem.conflicts)
    for expert in problem.experts:
        if chance.random() < 0.3:
            work = chance.choice(problem.works)
            targets: tuple[Target, ...] = (OfSchool(work.school), OfClass(work.class_set), OfWork(work.work))
            sources = chance.sample([Source.DECLARED, Source.RELATIVE, Source.TUTOR, Source.FORMER_SCHOOL], 2)
            found |= {Conflict(expert.expert, t, s) for t in targets[chance.randrange(3) :] for s in sources}
    return replace(problem, conflicts=frozenset(found))


def _read_before(chance: random.Random, problem: Problem) -> Problem:
    """Some works have a reader, who may not get them again; nor may the reader's school."""

    def read(work: WorkToAssign) -> WorkToAssign:
        if chance.random() < 0.6:
            return work
        reader = chance.choice(problem.experts)
        return replace(work, barred=frozenset({reader.expert}), used_schools=reader.schools)

    return replace(problem, works=tuple(map(read, problem.works)))


def _several_schools(chance: random.Random, problem: Problem) -> Problem:
    schools = sorted({w.school for w in problem.works} | {s for e in problem.experts for s in e.schools})
    experts = tuple(
        replace(e, schools=e.schools | {chance.choice(schools)}) if chance.random() < 0.4 else e
        for e in problem.experts
    )
    return replace(problem, experts=experts, conflicts=problem.conflicts | own_schools(experts))


def _unequal(chance: random.Random, problem: Problem) -> Problem:
    """Capacities and loads of any size, even loads above the capacity; often hardly enough in all."""
    reads = problem.reads
    experts = tuple(
        replace(e, capacity=chance.randint(0, reads), load=chance.choice((0, 0, 1, reads // 2)))
        for e in problem.experts
    )
    return replace(problem, experts=experts)


def _hardly_room(chance: random.Random, problem: Problem) -> Problem:
    """Room for exactly what is needed, or one more, or one too little."""
    each, more = divmod(max(0, problem.reads + chance.choice((-1, 0, 0, 1))), len(problem.experts))
    experts = tuple(replace(e, capacity=each + (n < more), load=0) for n, e in enumerate(problem.experts))
    return replace(problem, experts=experts)


def _statuses(chance: random.Random, problem: Problem) -> Problem:
    asked = chance.choice(({Status.SENIOR, Status.LEAD}, {Status.LEAD}, {Status.ORDINARY, Status.SENIOR}))
    experts = tuple(replace(e, status=chance.choice(tuple(Status))) for e in problem.experts)
    return replace(problem, experts=experts, statuses=frozenset(asked))


def _same_school_allowed(_chance: random.Random, problem: Problem) -> Problem:
    return replace(problem, different_schools=False)


def _no_school(chance: random.Random, problem: Problem) -> Problem:
    """Experts of no school, and wishes that list nobody."""
    experts = tuple(replace(e, schools=frozenset()) if chance.random() < 0.5 else e for e in problem.experts)
    wishes = tuple(replace(w, tables=(*w.tables, Table({}, {}, np.ones((1, 1), np.int64)))) for w in problem.wishes)
    return replace(problem, experts=experts, wishes=wishes)


def _pairs_of_schools(chance: random.Random, problem: Problem) -> Problem:
    """Each school's works are for the experts of some others, often of too few."""
    homes = sorted({s for e in problem.experts for s in e.schools})
    wanted = chance.choice((1, 2, 4))
    pairs = {(w.school, s) for w in problem.works for s in chance.sample(homes, min(wanted, len(homes)))}
    return replace(problem, who=SchoolPairs(frozenset(pairs)))


_Change = Callable[[random.Random, Problem], Problem]
ODDITIES: Mapping[str, _Change] = {
    "one school": _one_school,
    "everybody in conflict": _all_in_conflict,
    "capacity 0": _no_capacity,
    "declared twice": _declared_twice,
    "previous markers": _read_before,
    "experts of several schools": _several_schools,
    "experts of no school": _no_school,
    "unequal capacities": _unequal,
    "hardly room": _hardly_room,
    "statuses": _statuses,
    "markers of one school allowed": _same_school_allowed,
    "pairs of schools": _pairs_of_schools,
    "one expert": _one_expert,
}


def shuffled(problem: Problem, chance: random.Random) -> Problem:
    """The same works, experts, conflicts and wishes' tables in another order."""
    works, experts = list(problem.works), list(problem.experts)
    conflicts, wishes = list(problem.conflicts), tuple(_turned(wish, chance) for wish in problem.wishes)
    for some in (works, experts, conflicts):
        chance.shuffle(some)
    return replace(problem, works=tuple(works), experts=tuple(experts), conflicts=frozenset(conflicts), wishes=wishes)


def _turned(wish: Wish, chance: random.Random) -> Wish:
    def turned(some: Mapping[_Key, int]) -> dict[_Key, int]:
        return dict(chance.sample(list(some.items()), len(some)))

    tables = tuple(replace(table, rows=turned(table.rows), columns=turned(table.columns)) for table in wish.tables)
    return Wish(wish.name, tables, turned(wish.extra))


# --- bottlenecks --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planted:
    """A problem with one bottleneck: which works can't be marked, who alone may mark them, how much these can give."""

    problem: Problem
    reason: Reason
    works: frozenset[WorkId]
    experts: frozenset[ExpertId]
    capacity: int


def planted(seed: int, number: int) -> Planted:
    """A district with room for everything but the works of one to three schools, from which nearly all are barred."""
    chance = random.Random(f"{seed} bottleneck {number}")
    # Schools that would have to mark each other are no bottleneck: nothing is short by any amount.
    reason = chance.choice([one for one in Reason if one is not Reason.MUTUAL])
    markings = chance.randint(1 if reason in (Reason.NOBODY, Reason.ROOM) else 2, 3)
    schools = _schools(chance, 15)
    narrow, wide, others = schools[: chance.randint(1, 3) if reason is Reason.ROOM else 1], schools[3:9], schools[9:]
    blocked = [_work(chance, school) for school in narrow for _ in range(chance.randint(4, 15))]
    rest = [_work(chance, chance.choice(wide)) for _ in range(chance.randint(0, 45))]
    reads = markings * (len(blocked) + len(rest))
    healthy = [
        ExpertCapacity(ExpertId(name), frozenset({wide[n % len(wide)]}), reads)
        for n, name in enumerate(_names(chance, "h", 2 * len(wide)))
    ]
    few, capacity = _few(chance, reason, markings, blocked, others)
    barred = {Conflict(e.expert, OfSchool(school), Source.DECLARED) for e in healthy for school in narrow}
    experts, works = [*healthy, *few], [*blocked, *rest]
    chance.shuffle(experts)
    chance.shuffle(works)
    problem = Problem(
        tuple(works),
        tuple(experts),
        tuple(Marking(n + 1) for n in range(markings)),
        conflicts=own_schools(healthy) | barred,
        seed=chance.randrange(4),
    )
    blocking = frozenset(w.work for w in blocked)
    return Planted(problem, reason, blocking, frozenset(e.expert for e in few), capacity)


def _work(chance: random.Random, school: SchoolToken) -> WorkToAssign:
    return WorkToAssign(WorkId(f"w{chance.getrandbits(64):016x}"), school, ClassToken(f"{school}-a"))


def _few(
    chance: random.Random,
    reason: Reason,
    markings: int,
    blocked: Sequence[WorkToAssign],
    schools: Sequence[SchoolToken],
) -> tuple[list[ExpertCapacity], int]:
    """Who alone may mark the blocked works, and how many markings they can give."""
    reads = markings * len(blocked)
    if reason is Reason.NOBODY:
        return [], 0
    if reason is Reason.ROOM:
        # So little is missing that without any one school the rest is possible.
        least = min(sum(w.school == school for w in blocked) for school in {w.school for w in blocked})
        room, count = reads - chance.randint(1, markings * least), markings + chance.randint(1, 2)
        each, more = divmod(room, count)
        rooms = [each + (n < more) for n in range(count)]
        return [_expert(chance, schools[n], room) for n, room in enumerate(rooms)], room
    if reason is Reason.EXPERTS:
        return [_expert(chance, schools[n], reads) for n in range(markings - 1)], reads - len(blocked)
    # As many schools as markings, less one, and experts enough.
    count = markings + chance.randint(0, 2)
    return [_expert(chance, schools[n % (markings - 1)], reads) for n in range(count)], reads - len(blocked)


def _expert(chance: random.Random, school: SchoolToken, room: int) -> ExpertCapacity:
    load = chance.choice((0, 0, 3))
    return ExpertCapacity(ExpertId(f"f{chance.getrandbits(64):016x}"), frozenset({school}), room + load, load)
