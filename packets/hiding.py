"""Control markings into the ledger, with numbers of their own: beside the allocation of a part that was recorded."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosscheck import facts, numbering, sheetform
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.model import AnonymousNumber, ExpertId, MarkingKey, Part, WorkId, is_control
from crosscheck.procedure import Procedure
from packets.controls import Before, Wanted, hidden
from packets.controls_check import exemplars, verify_controls
from packets.errors import NotVerified
from packets.problem import Assignment, ExpertCapacity, Problem, Solution
from packets.violations import in_sentence


@dataclass(frozen=True, slots=True)
class Hidden:
    """Control markings that were given out: of so many exemplar works, and of experts' own works a second time."""

    works: int = 0
    seeds: int = 0
    repeats: int = 0


def wanted(procedure: Procedure) -> Wanted:
    """What the procedure asks for."""
    packet = min(procedure.rows_per_sheet, sheetform.MAX_ROWS)
    thirds = procedure.third_statuses if procedure.markings > 1 else frozenset()
    return Wanted(procedure.seed_works, procedure.seeds, procedure.repeats, packet, thirds)


def hide(
    writer: Writer,
    secret: bytes,
    asked: Wanted,
    part: Part,
    problem: Problem,
    experts: Sequence[ExpertCapacity],
    solution: Solution,
    criteria: str,
) -> Hidden:
    """Hide control markings among the works of one allocation; `experts`: with the capacities they really have.
    Raises NotVerified."""
    if not asked.most:
        return Hidden()
    rows = solution.assignments
    controls = hidden(problem, experts, rows, asked, _before(writer, part))
    if violations := verify_controls(problem, experts, rows, controls):
        raise NotVerified(first=in_sentence(violations[0]), count=len(violations))
    shown, again = exemplars(rows, controls)
    made = Hidden(len(shown), len(controls) - again, again)
    if controls:
        name = _recorded(writer, problem, controls, made)
        _number(writer, secret, (MarkingKey(a.work, a.marking, part) for a in controls))
        writer.append_all(facts.Assignment(a.work, int(a.marking), a.expert, name, criteria, part) for a in controls)
    return made


def _before(writer: Writer, part: Part) -> Before:
    given = [a for a in queries.all_of(writer.connection, facts.Assignment, part=part) if is_control(a.marking)]
    return Before(Counter(WorkId(a.work) for a in given), frozenset(ExpertId(a.expert) for a in given))


def _recorded(writer: Writer, problem: Problem, controls: Sequence[Assignment], made: Hidden) -> str:
    # Nothing of it is optimal or has to be: there is no copy to verify elsewhere, and none is sealed.
    named = json.dumps([[a.work, int(a.marking), a.expert] for a in controls])
    name = "K" + hashlib.sha256(named.encode()).hexdigest()[:12]
    certificate = {"verified": True, "control": {"works": made.works, "seeds": made.seeds, "repeats": made.repeats}}
    writer.append(facts.Allocation(name, problem.seed, 0, json.dumps(certificate, sort_keys=True)))
    return name


def _number(writer: Writer, secret: bytes, keys: Iterable[MarkingKey]) -> None:
    taken = {AnonymousNumber(number.number) for number in queries.all_of(writer.connection, facts.Number)}
    for key in keys:
        drawn = numbering.number(secret, key, taken)
        taken.add(drawn)
        writer.append(facts.Number(key.work, key.marking, drawn, key.part))
