"""What schools' forms say against what stands in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.model import CriterionId, Given, WorkId
from crosscheck.procedure import Procedure
from crosscheck.release import Links
from crosscheck.station import Station
from scoring import settle
from scoring.forms import issuing
from scoring.forms.errors import NothingDiffers
from scoring.forms.recorded import TAKEN_BACK, school_said
from scoring.forms.returning import Returned
from scoring.forms.stated import SchoolSaid, Stated, sign
from scoring.verdicts import many, standing, verdicts


def all_standing(connection: Connection, procedure: Procedure) -> Mapping[WorkId, Mapping[CriterionId, Given]]:
    """What stands for each settled criterion of each work that has scores."""
    scores = settle.all_scores(connection)
    all_judged = zip(scores, many(procedure, list(scores.values())), strict=True)
    return {work: standing(judged.verdicts()) for work, judged in all_judged}


def differing(stands: Mapping[WorkId, Mapping[CriterionId, Given]], form: Returned) -> int:
    """In how many cells a form says something else than what stands."""
    rows = ((form.listed.works[row.code], SchoolSaid(row.scores)) for row in form.read.rows)
    return sum(len(said.differences(stands.get(work, {}))) for work, said in rows)


def open_differences(connection: Connection, procedure: Procedure, works: Iterable[WorkId]) -> int:
    """Cells of recorded forms that differ from what stands and that nobody answered yet, of these works."""
    said, stands = school_said(connection), all_standing(connection, procedure)
    found = (said[work].differences(stands.get(work, {})) for work in works if work in said)
    return sum(not one.answered for several in found for one in several)


def answer(writer: Writer, procedure: Procedure, number: str, criterion: str, why: str) -> None:
    """Record that a person looked at a difference and says that what stands is right. E3070, E3115."""
    work = settle.numbered(writer.connection, number).work
    said = school_said(writer.connection).get(work)
    stands = standing(verdicts(procedure, settle.all_scores(writer.connection).get(work, {})))
    found = () if said is None else said.differences(stands)
    one = next((one for one in found if one.criterion == criterion), None)
    if one is None:
        raise NothingDiffers(criterion=criterion, number=number)
    revision = queries.next_revision(writer.connection, facts.SchoolAnswer, work=work, criterion=criterion)
    writer.append(facts.SchoolAnswer(work, criterion, revision, sign(one.stated), sign(one.stands), why))


def take_back(writer: Writer, work: WorkId, criterion: CriterionId, stated: Stated, why: str) -> None:
    """Make void what was answered to this statement of a form: the difference is open again."""
    revision = queries.next_revision(writer.connection, facts.SchoolAnswer, work=work, criterion=criterion)
    writer.append(facts.SchoolAnswer(work, criterion, revision, sign(stated), TAKEN_BACK, why))


# --- which forms are out, and which came back ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class FormState:
    """A class-set's form: versions exported, when the last one went out and came back (ISO 8601, empty: never), cells
    stated and missing, open differences."""

    school: str
    class_set: str
    version: int
    exported: str
    returned: str
    stated: int
    missing: int
    differing: int


def states(connection: Connection, station: Station, procedure: Procedure, links: Links) -> list[FormState]:
    """Every class-set with participants, by school and class."""
    exported, returned = _newest(connection, facts.SchoolForm), _newest(connection, facts.SchoolReturn)
    said, stands = school_said(connection), all_standing(connection, procedure)
    found = []
    for listed in issuing.class_lists(connection, links):
        subject = issuing.subject_of(station, listed.token)
        out, back = exported.get(subject, {}), returned.get(subject, {})
        differences = (said[w].differences(stands.get(w, {})) for w in listed.works.values() if w in said)
        found.append(
            FormState(
                school=listed.of.school,
                class_set=listed.of.class_set,
                version=int(str(out["revision"])) + 1 if out else 0,
                exported=str(out.get("at", "")),
                returned=str(back.get("at", "")),
                stated=int(str(back.get("stated", 0))),
                missing=int(str(back.get("missing", 0))),
                differing=sum(not one.answered for several in differences for one in several),
            )
        )
    return found


def _newest(connection: Connection, kind: type[object]) -> dict[str, dict[str, object]]:
    """The newest fact of each class-set, with when it was recorded."""
    rows = sorted(queries.signed_rows(connection, kind), key=lambda row: int(str(row["revision"])))
    return {str(row["subject"]): row for row in rows}
