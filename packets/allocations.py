"""Recorded allocations, opened again: the sealed copy that was kept when each was decided."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from crosscheck import facts, report_files, safe
from crosscheck.db import queries
from crosscheck.i18n import gettext
from crosscheck.keys import PrivateKey
from crosscheck.model import ExpertId
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.wholefile import write_whole
from packets.allocation_report import allocation_report, shortly
from packets.errors import FileNotWritten, NoSuchAllocation, NoSuchExpertHere
from packets.exporting import imported
from packets.overview import Overview
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


def opened(station: Station, organiser: PrivateKey, name: str | None) -> Recorded:
    """The allocation of that name, or the newest. Raises NoSuchAllocation when there is none."""
    kept = safe.open_kind(station, RecordKind.ALLOCATION, Purpose.ALLOCATE, organiser, "an allocation looked at")
    with station.ledger.reading() as connection:
        names = [fact.allocation for fact in queries.all_of(connection, facts.Allocation) if fact.allocation in kept]
    wanted = name or (names[-1] if names else "")
    if wanted not in kept:
        raise NoSuchAllocation(name=wanted or "-", known=", ".join(names) or "-")
    text = kept[wanted].decode()
    return Recorded(wanted, text, *imported(text))


def expert(found: Recorded, named: str) -> ExpertId:
    """An expert by opaque code or its beginning. Raises NoSuchExpertHere, also for one that fits several."""
    fitting = [e.expert for e in found.problem.experts if named and e.expert.startswith(named)]
    if len(fitting) != 1:
        raise NoSuchExpertHere(expert=named)
    return fitting[0]


def write_report(station: Station, seen: Overview, file: Path) -> None:
    """The report as a workbook or a paper, by the file's ending."""
    made = allocation_report(station.procedure().title, seen, shortly, gettext)
    out = io.BytesIO()
    write = report_files.write_pdf if file.suffix.lower() == ".pdf" else report_files.write_xlsx
    write(made, out)
    written(file, out.getvalue())


def written(file: Path, content: bytes) -> None:
    """Write a file for a person. Raises FileNotWritten."""
    try:
        write_whole(file, content)
    except OSError as e:
        raise FileNotWritten(file=file, reason=e.strerror or type(e).__name__) from e
