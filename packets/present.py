"""Who is there on check day, with what load, who marks whom already, and places kept for third markings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import THIRD_MARKING, WHOLE, ExpertId, MutualMarking, Part, Status, WorkId
from crosscheck.procedure import Procedure
from crosscheck.whoiswho import Persons, Standing, one_standing
from packets.origins import Origins
from packets.problem import Direction, ExpertCapacity


def experts_there(
    connection: Connection, procedure: Procedure, origins: Origins, statuses: frozenset[Status]
) -> tuple[ExpertCapacity, ...]:
    """Everybody of these statuses who is there on check day, one code for each person, as `all_experts`."""
    away = absent(connection, origins.persons)
    everybody = all_experts(connection, procedure, origins)
    return tuple(e for e in everybody if e.expert not in away and e.status in statuses)


def absent(connection: Connection, persons: Persons) -> frozenset[ExpertId]:
    """All codes of people who are said not to be there."""
    return persons.of_all(ExpertId(code) for code in queries.absent_experts(connection))


def all_experts(connection: Connection, procedure: Procedure, origins: Origins) -> tuple[ExpertCapacity, ...]:
    """Everybody, one code for each person, with capacities and loads in units of effort (`Procedure.effort`): works,
    but where parts of works are given out, minutes or points."""
    effort = {part.number: procedure.effort(part) for part in (*procedure.parts, procedure.part(WHOLE))}
    loads: dict[str, int] = {}
    for assignment in queries.standing_assignments(connection):
        loads[assignment.expert] = loads.get(assignment.expert, 0) + effort[assignment.key.part]
    codes = (
        Standing(
            ExpertId(e.expert),
            e.minutes if e.minutes and procedure.in_parts else e.capacity * effort[WHOLE],
            Status(e.status),
            loads.get(e.expert, 0),
        )
        for e in queries.latest_of(connection, facts.Expert)
    )
    return tuple(
        ExpertCapacity(one.expert, origins.experts[one.expert].schools, one.capacity, one.load, one.status)
        for one in one_standing(origins.persons, codes)
    )


def directions_taken(connection: Connection, procedure: Procedure, origins: Origins) -> frozenset[Direction]:
    """Which school marks which already, where that is asked for. What was taken back counts for nothing."""
    if procedure.mutual_schools is MutualMarking.ALLOWED:
        return frozenset()
    pairs = {(WorkId(a.work), ExpertId(a.expert)) for a in queries.standing_assignments(connection)}
    return frozenset((origins.works[work][0], at) for work, who in pairs for at in origins.experts[who].schools)


def placed(connection: Connection, persons: Persons) -> Mapping[ExpertId, Part]:
    """Which part of works each expert marks or was to mark, by all codes of the person; nobody marks another one."""
    found: dict[ExpertId, Part] = {}
    for given in queries.ever_assigned(connection):
        if given.key.part != WHOLE:
            found.update(dict.fromkeys(persons.of(ExpertId(given.expert)), given.key.part))
    return found


def reserve(connection: Connection, procedure: Procedure, experts: Sequence[ExpertCapacity]) -> Mapping[ExpertId, int]:
    """Places for whole works that experts of the standing for third markings keep for these: a share of the independent
    markings, less the third ones that are given out, spread over their capacities. `experts`: as `all_experts`."""
    numbered = queries.numbered_works(connection)
    thirds = len(queries.standing_assignments(connection, marking=int(THIRD_MARKING)))
    share = procedure.third_reserve * len(numbered) * procedure.markings if procedure.markings > 1 else 0
    able = sorted((e for e in experts if e.status in procedure.third_statuses), key=lambda e: e.expert)
    whole = procedure.effort(procedure.part(WHOLE))
    total = sum(e.capacity // whole for e in able)
    wanted = min(total, max(0, -(-share // 100) - thirds))
    found, before, capacity = dict[ExpertId, int](), 0, 0
    for e in able:
        capacity += e.capacity // whole
        upto = wanted * capacity // max(1, total)
        found[e.expert], before = upto - before, upto
    return found
