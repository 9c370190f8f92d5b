"""Answer forms for participants who have none: numbered, drawn, and listed for the schools."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscheck import facts, keys, safe
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.keys import PrivateKey
from crosscheck.procedure import OwnPaper, Procedure
from crosscheck.register import OwnFormsNotUsed
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.wholefile import write_whole
from packets.drawing.answers import FormIssue, draw_answer_forms


@dataclass(frozen=True, slots=True)
class Issued:
    """How many forms are new, how many there are in all, and how many pages they have."""

    new: int
    forms: int
    pages: int


def issue(station: Station, coordinator: PrivateKey, file: Path, listing: Path) -> Issued:
    """Number the missing forms, draw all into `file`, list them in `listing` (school, class, participant, form)."""
    procedure = station.procedure()
    if OwnPaper() not in procedure.papers:
        raise OwnFormsNotUsed

    def opened(kind: RecordKind) -> Mapping[str, dict[str, str]]:
        return safe.open_json(station, kind, Purpose.REGISTER, coordinator, "list of answer forms")

    people, schools, classes = opened(RecordKind.PARTICIPANT), opened(RecordKind.SCHOOL), opened(RecordKind.CLASS_SET)
    with station.ledger.writing() as writer:
        before = queries.count_of(writer.connection, facts.IssuedForm)
        every = _issue(writer, procedure)
    key = keys.label_key(station.keys)
    drawn = io.BytesIO()
    pages = draw_answer_forms(
        procedure, [FormIssue(form.form, form.round, key if form.signed else None) for form in every], drawn
    )
    write_whole(file, drawn.getvalue())
    rows = [
        (
            schools[people[form.work]["school"]]["school"],
            classes[people[form.work]["class"]]["class"],
            people[form.work]["code"],
            str(form.form),
        )
        for form in every
    ]
    write_whole(listing, _csv(sorted(rows)))
    return Issued(len(every) - before, len(every), pages)


def _issue(writer: Writer, procedure: Procedure) -> list[facts.IssuedForm]:
    issued = queries.all_of(writer.connection, facts.IssuedForm)
    settled = {form.work for form in issued} | {a.work for a in queries.all_of(writer.connection, facts.Absence)}
    settled |= {page.work for page in queries.all_of(writer.connection, facts.ManifestPage)}
    number = max((form.form for form in issued), default=0)
    fresh = []
    # Works are named by keyed hashes: their order says nothing about schools, and neither do form numbers.
    for work in sorted(w.work for w in queries.all_of(writer.connection, facts.Work) if w.work not in settled):
        number += 1
        fresh.append(facts.IssuedForm(number, 0, work, procedure.pages, signed=1))
    writer.append_all(fresh)
    return issued + fresh


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("school", "class", "participant", "form"))
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
