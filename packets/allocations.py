"""Recorded allocations, opened again: the sealed copy that was kept when each was decided."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from crosscheck import doubts, facts, numbering, report_files, safe
from crosscheck.db import queries
from crosscheck.i18n import gettext, in_use
from crosscheck.keys import PrivateKey
from crosscheck.model import WHOLE, ExpertId, MarkingKey, Part, SchoolToken, WorkId, is_control
from crosscheck.numbering import packet_code
from crosscheck.procedure import Procedure
from crosscheck.report import Report
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.wholefile import write_whole
from packets.allocation_report import allocation_report
from packets.calling import Calling, by_number
from packets.drawing.charts import bar_pictures, matrix_picture, matrix_png
from packets.errors import FileNotWritten, NoSuchAllocation, NoSuchExpertHere, PartNeeded
from packets.exporting import imported
from packets.overview import NO_SCHOOL, Overview, overview
from packets.present import placed
from packets.prices import Prices
from packets.problem import Assignment, Problem, Solution


@dataclass(frozen=True, slots=True)
class Recorded:
    """An allocation as it was decided; `text` is its export."""

    name: str
    text: str
    problem: Problem
    solution: Solution

    @property
    def digest(self) -> str:
        """SHA-256 of the export, which the ledger has recorded."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        return self.solution.assignments


def opened(station: Station, organiser: PrivateKey, name: str | None, task: str | None = None) -> Recorded:
    """The allocation of that name, or the newest, of the part with a task where one is named. Raises NoSuchAllocation
    when there is none, PartNeeded where works are given out in parts and neither is named."""
    kept = safe.open_kind(station, RecordKind.ALLOCATION, Purpose.ALLOCATE, organiser, "an allocation looked at")
    with station.ledger.reading() as connection:
        known = [fact for fact in queries.all_of(connection, facts.Allocation) if fact.allocation in kept]
    names = [fact.allocation for fact in known if name or _is_of(station.procedure(), fact, task)]
    wanted = name or (names[-1] if names else "")
    if wanted not in kept:
        raise NoSuchAllocation(name=wanted or "-", known=", ".join(names) or "-")
    text = kept[wanted].decode()
    return Recorded(wanted, text, *imported(text))


def _is_of(procedure: Procedure, fact: facts.Allocation, task: str | None) -> bool:
    """Is an allocation of the part with this task? Third markings are of no part."""
    if not procedure.in_parts:
        return task is None or task in {known.id for known in procedure.tasks}
    if task not in {known.id for known in procedure.tasks}:
        raise PartNeeded(parts=" ".join(f"[{', '.join(part.tasks)}]" for part in procedure.parts))
    return task in json.loads(fact.certificate).get("tasks", ())


Meant = WorkId | MarkingKey  # a work by its own name, or by a number, which tells marking and part


def where_given(station: Station, meant: Meant, experts: Collection[ExpertId]) -> str | None:
    """The newest allocation that gave this work, or what the number is of, to one of these experts; else to those who
    mark the same part as they; else to anybody. After a repair the newest of all holds only what was given anew."""
    own = part_of(station, experts)
    with station.ledger.reading() as connection:
        given = [a for a in queries.ever_assigned(connection, work=work_of(meant)) if not is_control(a.marking)]
        order = [fact.allocation for fact in queries.all_of(connection, facts.Allocation)]
    asked = [a for a in given if not isinstance(meant, MarkingKey) or a.part == meant.part]
    some = [a for a in asked if a.expert in experts] or [a for a in asked if a.part == own] or asked
    return max((a.allocation for a in some), key=order.index, default=None)


def part_of(station: Station, experts: Collection[ExpertId]) -> Part:
    """Which part of works these codes of an expert mark; the whole, where they mark no part."""
    with station.ledger.reading() as connection:
        parts = placed(connection, doubts.persons(connection))
    return next((parts[expert] for expert in sorted(experts) if expert in parts), WHOLE)


def printed(station: Station) -> Calling:
    """Experts as paper calls them: by their packets. No key is needed."""
    with station.ledger.reading() as connection:
        packets = queries.all_of(connection, facts.Packet)
    of_expert: dict[ExpertId, tuple[str, ...]] = {}
    for packet in sorted(packets, key=lambda packet: packet.packet):
        expert = ExpertId(packet.expert)
        of_expert[expert] = (*of_expert.get(expert, ()), packet_code(packet.packet))
    return Calling(packets=of_expert)


def told(station: Station, coordinator: PrivateKey) -> Calling:
    """The same, with the numbers of schools and the codes and names of experts; recorded. Participants and classes
    stay closed."""

    def opened(kind: RecordKind) -> Mapping[str, dict[str, str]]:
        return safe.open_json(station, kind, Purpose.CONFLICTS, coordinator, "names in an allocation")

    experts = opened(RecordKind.EXPERT_NAME)
    return replace(
        printed(station),
        schools={SchoolToken(token): row["school"] for token, row in opened(RecordKind.SCHOOL).items()},
        codes={ExpertId(token): row["code"] for token, row in experts.items()},
        names={ExpertId(token): row["name"] for token, row in experts.items()},
    )


def registered(station: Station) -> tuple[ExpertId, ...]:
    """Opaque codes of all experts."""
    with station.ledger.reading() as connection:
        return tuple(ExpertId(expert.expert) for expert in queries.latest_of(connection, facts.Expert))


def expert(station: Station, found: Recorded, called: Calling, named: str) -> ExpertId:
    """The expert who is meant, by any code of the person. Raises NoSuchExpertHere, also for what fits several."""
    with station.ledger.reading() as connection:
        persons = doubts.persons(connection)
    meant = called.experts_meant(named, registered(station))
    here = persons.of_all(meant) & {e.expert for e in found.problem.experts}
    if len(here) != 1:
        raise NoSuchExpertHere(expert=named)
    return next(iter(here))


def work(station: Station, named: str) -> Meant:
    """A work by any of its numbers, spaces and dashes left out or not, or by its own name."""
    with station.ledger.reading() as connection:
        for spelt in (named, numbering.parsed(named)):
            if spelt and (numbers := queries.all_of(connection, facts.Number, number=spelt)):
                return numbers[0].key
    return WorkId(named)


def work_of(meant: Meant) -> WorkId:
    return meant.work if isinstance(meant, MarkingKey) else meant


def report_of(station: Station, seen: Overview, called: Calling, priced: Prices | None, *, drawn: bool) -> Report:
    """The report as tables, in the language in use."""
    return allocation_report(station.procedure().title, seen, called, gettext, priced, language=in_use(), drawn=drawn)


def write_report(
    station: Station, seen: Overview, called: Calling, priced: Prices | None, file: Path, ending: str
) -> None:
    """The report as a workbook, a paper with pictures, or the square of schools alone, by the file's ending."""
    out = io.BytesIO()
    if ending == ".pdf":
        made = report_of(station, seen, called, priced, drawn=True)
        report_files.write_pdf(made, out, (matrix_picture(seen, called), *bar_pictures(seen)))
    elif ending == ".xlsx":
        report_files.write_xlsx(report_of(station, seen, called, priced, drawn=False), out)
    else:
        out.write(matrix_png(seen, called))
    written(file, out.getvalue())


def pairs_written(station: Station, organiser: PrivateKey, called: Calling, file: Path) -> int:
    """Which schools' works went to which schools, in all allocations, as the table last_year of another procedure; how
    many pairs. Raises NoSuchAllocation."""
    kept = safe.open_kind(station, RecordKind.ALLOCATION, Purpose.ALLOCATE, organiser, "schools that met")
    if not kept:
        raise NoSuchAllocation(name="-", known="-")
    met: set[tuple[str, str]] = set()
    for text in kept.values():
        seen = overview(*imported(text.decode()), {})
        met |= {(called.school(a), called.school(b)) for a, b in seen.between if b != NO_SCHOOL}
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=";", lineterminator="\n")
    rows.writerow(("school", "marked_by"))
    rows.writerows(sorted(met, key=lambda pair: tuple(map(by_number, pair))))
    written(file, out.getvalue().encode("utf-8-sig"))
    return len(met)


def written(file: Path, content: bytes) -> None:
    """Write a file for a person. Raises FileNotWritten."""
    try:
        write_whole(file, content)
    except OSError as e:
        raise FileNotWritten(file=file, reason=e.strerror or type(e).__name__) from e
