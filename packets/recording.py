"""An allocation as it was decided, into the ledger: its proof in the open, its copy sealed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping

from crosscheck import facts, numbering, safe
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.model import AnonymousNumber, Marking, MarkingKey, WorkId
from crosscheck.station import Station
from crosscheck.vault import RecordKind
from packets.exporting import exported
from packets.problem import Problem, Solution, is_optimal, levels_proven


def record_allocation(
    writer: Writer, station: Station, problem: Problem, solution: Solution, repairs: Mapping[str, object] | None = None
) -> str:
    """Record a verified allocation with its proof and seal its copy; its name. `repairs`: what it changed, where works
    had been given out before."""
    # Origins are in it, so it lies sealed. Whoever doubts the allocation can have it checked elsewhere; the digest in
    # the ledger tells whether what was checked is what was recorded.
    text = exported(problem, solution).encode()
    rows = [(a.work, int(a.marking), a.expert) for a in solution.assignments]
    # The same works may come to the same experts twice: given back and taken again.
    named = [rows, queries.position(writer.connection)] if repairs is not None else rows
    name = "A" + hashlib.sha256(json.dumps(named).encode()).hexdigest()[:12]
    proof = levels_proven(solution.certificate)
    certificate: dict[str, object] = {
        "verified": True,
        "optimal": is_optimal(solution.certificate),
        "loads": [list(load) for load in solution.loads],
        "levels": [dataclasses.asdict(level) for level in proof],
        "spread": problem.spread,
        "export_sha256": hashlib.sha256(text).hexdigest(),
        **({"tasks": list(problem.tasks)} if problem.tasks else {}),
        **({"repair": repairs} if repairs is not None else {}),
    }
    writer.append(facts.Allocation(name, solution.seed, solution.objective, json.dumps(certificate, sort_keys=True)))
    safe.keep_bytes(writer, station, RecordKind.ALLOCATION, name, text)
    return name


def number_markings(writer: Writer, secret: bytes, works: Iterable[WorkId], marking: Marking) -> None:
    """A number of its own for a third marking, or a re-marking, of each of these works."""
    numbers = queries.all_of(writer.connection, facts.Number)
    taken = {AnonymousNumber(number.number) for number in numbers}
    have = {number.work for number in numbers if number.marking == marking}
    for work in works:
        if work not in have:
            drawn = numbering.number(secret, MarkingKey(work, marking), taken)
            taken.add(drawn)
            writer.append(facts.Number(work, int(marking), drawn))
