"""What schools' forms say against what stands in the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.i18n import gettext as _
from crosscheck.model import CriterionId, Given, WorkId
from crosscheck.procedure import Procedure
from crosscheck.release import Links
from crosscheck.station import Station
from crosscheck.times import local
from scoring import settle
from scoring.forms import issuing
from scoring.forms.errors import NothingDiffers, StepImpossible
from scoring.forms.progress import Done, Journey, Step
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
    """A class-set's form: versions exported, when the last one went out and came back (ISO 8601, empty: never), where
    it is and whether that is late, cells stated and missing, open differences; what the last step rests on."""

    school: str
    class_set: str
    version: int
    exported: str
    returned: str
    state: str
    late: bool
    due: str
    stated: int
    missing: int
    differing: int
    note: str


@dataclass(frozen=True, slots=True)
class FormWay:
    """A class-set's form and its way; `out` and `back`: the newest facts as rows, empty without any."""

    subject: str
    school: str
    class_set: str
    out: Mapping[str, object]
    back: Mapping[str, object]
    journey: Journey


def ways(connection: Connection, station: Station, procedure: Procedure, links: Links) -> list[FormWay]:
    """Every class-set with participants, by school and class."""
    exported, returned = _rows(connection, facts.SchoolForm), _rows(connection, facts.SchoolReturn)
    steps, due = _rows(connection, facts.FormStep), _newest_due(connection)
    said, stands = school_said(connection), all_standing(connection, procedure)
    found = []
    for listed in issuing.class_lists(connection, links):
        subject = issuing.subject_of(station, listed.token)
        out, back = exported.get(subject, []), returned.get(subject, [])
        differences = (said[w].differences(stands.get(w, {})) for w in listed.works.values() if w in said)
        journey = Journey(
            exported=bool(out),
            returned=tuple(local(str(row["at"])) for row in back),
            steps=tuple(_step(row) for row in steps.get(subject, [])),
            differing=sum(not one.answered for several in differences for one in several),
            due=due.get(subject, due.get("")),
        )
        newest_out, newest_back = (rows[-1] if rows else {} for rows in (out, back))
        found.append(FormWay(subject, listed.of.school, listed.of.class_set, newest_out, newest_back, journey))
    return found


def state_of(way: FormWay, now: datetime.datetime) -> FormState:
    """A form's way as it is listed."""
    step, due = way.journey.last_step, way.journey.due
    return FormState(
        school=way.school,
        class_set=way.class_set,
        version=int(str(way.out["revision"])) + 1 if way.out else 0,
        exported=str(way.out.get("at", "")),
        returned=str(way.back.get("at", "")),
        state=way.journey.state.value,
        late=way.journey.is_late(now),
        due="" if due is None else due.astimezone(datetime.UTC).isoformat(timespec="minutes"),
        stated=int(str(way.back.get("stated", 0))),
        missing=int(str(way.back.get("missing", 0))),
        differing=way.journey.differing,
        note="" if step is None else step.why,
    )


def _rows(connection: Connection, kind: type[object]) -> dict[str, list[dict[str, object]]]:
    """Facts of each class-set with when they were recorded, by revision."""
    found: dict[str, list[dict[str, object]]] = {}
    for row in sorted(queries.signed_rows(connection, kind), key=lambda row: int(str(row["revision"]))):
        found.setdefault(str(row["subject"]), []).append(row)
    return found


def _step(row: Mapping[str, object]) -> Step:
    return Step(Done(str(row["step"])), int(str(row["returns"])), str(row["why"]))


def _newest_due(connection: Connection) -> dict[str, datetime.datetime]:
    return {one.subject: local(one.due) for one in queries.latest_of(connection, facts.FormsDue)}


# --- what people do with them --------------------------------------------------------------------


def set_due(writer: Writer, subjects: Iterable[str], due: datetime.datetime, why: str) -> None:
    """Forms of these class-sets (the empty subject: of all) are asked for until then."""
    moment = due.astimezone(datetime.UTC).isoformat(timespec="minutes")
    for subject in subjects:
        revision = queries.next_revision(writer.connection, facts.FormsDue, subject=subject)
        writer.append(facts.FormsDue(subject, revision, moment, why))


def take_step(writer: Writer, way: FormWay, done: Done, why: str) -> None:
    """Record what was done with a form. Raises StepImpossible."""
    if done is Done.PASSED_ON and not way.journey.ready:
        raise _impossible(way, _("it is {state}").format(state=_(way.journey.state.value)))
    if done is Done.SENT_BACK and not way.journey.exported:
        raise _impossible(way, _("it was never exported"))
    if done is Done.UNDONE and way.journey.last_step is None:
        raise _impossible(way, _("nothing was done with it"))
    revision = queries.next_revision(writer.connection, facts.FormStep, subject=way.subject)
    writer.append(facts.FormStep(way.subject, revision, done.value, len(way.journey.returned), why))


def _impossible(way: FormWay, detail: str) -> StepImpossible:
    return StepImpossible(school=way.school, class_set=way.class_set, detail=detail)
