"""What would be with other experts, schools or capacities: a changed problem, and both outlooks side by side. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from crosscheck.conflicts import Conflict, OfSchool, Source
from crosscheck.i18n import N_
from crosscheck.model import ClassToken, ExpertId, SchoolToken, Status, WorkId
from crosscheck.procedure import Scheme
from packets.allocation_report import level_in_words
from packets.calling import Calling
from packets.costs import Table, Wish
from packets.errors import NoSuchExpertHere, NoSuchSchoolHere
from packets.network import levels_of, network_of
from packets.optimum import level_cost
from packets.overview import overview
from packets.prices import reads_of
from packets.problem import AnySchool, ExpertCapacity, Infeasible, Problem, Solution, WorkToAssign, is_optimal
from packets.schemes import WHOLE, kept_whole, tournament

_RANK = (Status.ORDINARY, Status.SENIOR, Status.LEAD)


@dataclass(frozen=True, slots=True)
class Capacity:
    """Another capacity of one expert, or of all who have any: this one, or so many more or fewer."""

    expert: ExpertId | None
    value: int
    relative: bool


@dataclass(frozen=True, slots=True)
class AddExpert:
    """One more expert of a school, with the lowest status that may mark these works and no declared conflict."""

    school: SchoolToken
    capacity: int


@dataclass(frozen=True, slots=True)
class AddSchool:
    """A school with so many works, and no expert yet."""

    school: SchoolToken
    works: int


@dataclass(frozen=True, slots=True)
class WithoutExpert:
    """An expert who takes no works; those already given stay given."""

    expert: ExpertId


@dataclass(frozen=True, slots=True)
class WithoutSchool:
    """No works of the school, and no experts who work nowhere else."""

    school: SchoolToken


Change = Capacity | AddExpert | AddSchool | WithoutExpert | WithoutSchool


def changed(problem: Problem, changes: Iterable[Change], scheme: Scheme, effort: int = 1) -> Problem:
    """The problem after all changes, in their order, and what the scheme makes of it. effort: what a work takes of the
    unit in which capacities of the problem count; those of the changes count works."""
    for change in changes:
        problem = _changed(problem, change, effort)
    return _by_scheme(problem, scheme)


def _changed(problem: Problem, change: Change, effort: int) -> Problem:
    match change:
        case Capacity(expert, works, relative):
            value = works * effort
            return replace(problem, experts=tuple(_with_capacity(e, expert, value, relative) for e in problem.experts))
        case AddExpert(school, capacity):
            return _with_expert(problem, school, capacity * effort)
        case AddSchool(school, works):
            new = (WorkToAssign(WorkId(f"{school} {n}"), school, ClassToken(school)) for n in range(works))
            return replace(problem, works=(*problem.works, *new))
        case WithoutExpert(expert):
            return replace(problem, experts=tuple(e for e in problem.experts if e.expert != expert))
        case WithoutSchool(school):
            experts = tuple(e for e in problem.experts if e.schools != {school})
            return replace(problem, works=tuple(w for w in problem.works if w.school != school), experts=experts)


def _with_capacity(one: ExpertCapacity, named: ExpertId | None, value: int, relative: bool) -> ExpertCapacity:
    if one.expert != named and (named is not None or not one.capacity):
        return one  # of all, capacity 0 stays: it says that the expert gets nothing
    return replace(one, capacity=max(0, one.capacity + value if relative else value))


def _with_expert(problem: Problem, school: SchoolToken, capacity: int) -> Problem:
    number = sum(e.expert.startswith("new ") for e in problem.experts) + 1
    new = ExpertId(f"new {number}")
    status = min(problem.statuses, key=_RANK.index)
    colleague = next((e.expert for e in problem.experts if e.schools == {school}), None)
    return replace(
        problem,
        experts=(*problem.experts, ExpertCapacity(new, frozenset({school}), capacity, status=status)),
        conflicts=problem.conflicts | {Conflict(new, OfSchool(school), Source.OWN_SCHOOL)},
        wishes=tuple(_listing(wish, new, colleague) for wish in problem.wishes),
    )


def _listing(wish: Wish, new: ExpertId, colleague: ExpertId | None) -> Wish:
    """The new expert costs what a colleague of the same school does; nothing where there is none."""

    def listed(table: Table) -> Table:
        if colleague is None or colleague not in table.columns:
            return table
        return replace(table, columns={**table.columns, new: table.columns[colleague]})

    return replace(wish, tables=tuple(map(listed, wish.tables)))


def _by_scheme(problem: Problem, scheme: Scheme) -> Problem:
    """Whole class-sets are sought anew and the ring of schools is drawn anew, as they would be."""
    if problem.wishes and problem.wishes[0].name == WHOLE:
        return kept_whole(replace(problem, wishes=problem.wishes[1:]))
    if scheme is Scheme.TOURNAMENT and problem.who != AnySchool():
        schools = {school for expert in problem.experts for school in expert.schools}
        return replace(problem, who=tournament(schools.union(w.school for w in problem.works), problem.seed))
    return problem


# --- what is asked for ----------------------------------------------------------------------------------

_ALL, _NEW = "all", "new"
_Values = Sequence[tuple[str, str, int]]  # a name, `+` or `-` or nothing, a number


@dataclass(frozen=True, slots=True)
class Asked:
    """Changes as they were typed: names are numbers and codes, or the beginnings of opaque codes."""

    experts: _Values = ()
    schools: _Values = ()
    no_experts: Sequence[str] = ()
    no_schools: Sequence[str] = ()
    capacities: _Values = ()


def meant(asked: Asked, problem: Problem, called: Calling) -> tuple[Change, ...]:
    """The changes, in an order in which none touches what another added. Raises NoSuchExpertHere, NoSuchSchoolHere."""
    known = {*(w.school for w in problem.works), *(s for e in problem.experts for s in e.schools), *called.schools}
    added = {name: SchoolToken(name) for name, _, _ in asked.schools}
    new = (SchoolToken(f"new school {n}") for n in count(1))

    def expert(name: str) -> ExpertId:
        found = called.experts_meant(name, [e.expert for e in problem.experts])
        if len(found) != 1:
            raise NoSuchExpertHere(expert=name)
        return found[0]

    def school(name: str) -> SchoolToken:
        own = [token for token in known if called.schools.get(token) == name]
        found = own or sorted(token for token in known if name and token.startswith(name))
        if len(found) != 1:
            raise NoSuchSchoolHere(school=name)
        return found[0]

    def of(name: str) -> SchoolToken:
        return next(new) if name == _NEW else added.get(name) or school(name)

    return (
        *(WithoutSchool(school(name)) for name in asked.no_schools),
        *(WithoutExpert(expert(name)) for name in asked.no_experts),
        *(
            Capacity(None if name == _ALL else expert(name), -number if sign == "-" else number, bool(sign))
            for name, sign, number in asked.capacities
        ),
        *(AddSchool(added[name], works) for name, _, works in asked.schools),
        *(AddExpert(of(name), capacity) for name, _, capacity in asked.experts),
    )


# --- outlooks -------------------------------------------------------------------------------------------


def outlook(problem: Problem, found: Solution | Infeasible, _: Callable[[str], str]) -> Mapping[str, str]:
    """What an allocation comes to, in words and figures, by name; less where there is none."""
    able = sum(e.room > 0 and e.status in problem.statuses for e in problem.experts)
    said = {
        _(N_("works")): str(len(problem.works)),
        _(N_("experts who have room")): str(able),
        _(N_("their room")): str(sum(e.room for e in problem.experts if e.status in problem.statuses)),
        _(N_("markings needed")): str(problem.reads),
        _(N_("possible")): _(N_("yes")) if isinstance(found, Solution) else _(N_("no")),
    }
    if isinstance(found, Infeasible):
        return said
    seen = overview(problem, found, {})
    loads = [share.total for share in seen.shares]
    said |= {
        _(N_("loads")): f"{min(loads, default=0)}-{max(loads, default=0)}",
        _(N_("experts who mark a school's works, at least")): str(min(seen.spread.values(), default=0)),
        _(N_("pairs of schools that mark each other")): str(len(seen.mutual)),
    }
    said |= {level_in_words(name, _): str(cost) for name, cost in _costs(problem, found)}
    return said | {_(N_("proven")): _(N_("yes")) if is_optimal(found.certificate) else _(N_("no"))}


def _costs(problem: Problem, found: Solution) -> Iterator[tuple[str, int]]:
    """What each level costs but the ties, proven or not."""
    network = network_of(problem)
    pairs, reads = reads_of(network, found.assignments)
    for level in levels_of(problem, network):
        yield level.name, level_cost(network, level, pairs, reads)


def beside(today: Mapping[str, str], then: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    """Two outlooks as rows of a table; `changed` has a mark where they differ."""
    names = dict.fromkeys((*today, *then))
    pairs = ((name, today.get(name, "-"), then.get(name, "-")) for name in names)
    return [{"what": name, "today": a, "then": b, "changed": "*" if a != b else ""} for name, a, b in pairs]
