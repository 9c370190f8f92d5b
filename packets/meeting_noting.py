"""What the standardisation meeting decided, into the ledger: each change a new fact, after printing a supplement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from crosscheck import facts, meeting, numbering
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import gettext as _
from crosscheck.model import CriterionId, Given, NotAttempted, Points, WorkId
from crosscheck.names import meant
from crosscheck.procedure import Criterion, Procedure
from crosscheck.typeset import missing_signs

ALL = ("all", "все")
LONGEST = 1200  # characters: a decision that is longer belongs into the criteria


class MeetingUnusable(CrosscheckError):
    """Something that is entered for the meeting can't be recorded as it is."""

    number: ClassVar[int] = 3167
    exit: ClassVar[Exit] = Exit.USAGE
    sentence: ClassVar[str] = "This can't be recorded: {detail}."
    remedy: ClassVar[str] = "Correct it and type it again; nothing was recorded."


class NothingDecided(CrosscheckError):
    """`meeting undo` or `--change` names what isn't there."""

    number: ClassVar[int] = 3168
    exit: ClassVar[Exit] = Exit.USAGE
    sentence: ClassVar[str] = "There is no decision and no exemplar work {name} that stands."
    remedy: ClassVar[str] = "`crosscheck meeting list` names them."


def decide(
    writer: Writer, procedure: Procedure, criterion: str, text: str, change: int | None = None, why: str = ""
) -> facts.MeetingDecision:
    """Record a decision, or another text of one that stands. Raises MeetingUnusable, NothingDecided."""
    about = "" if criterion.strip().casefold() in ALL else _called(procedure, criterion).id
    said = " ".join(text.split())
    if not 0 < len(said) <= LONGEST:
        raise MeetingUnusable(detail=_("a decision has 1 to {most} characters").format(most=LONGEST))
    if missing := missing_signs(said):
        raise MeetingUnusable(detail=_("these signs can't be printed: {signs}").format(signs=missing))
    known = {one.decision: one for one in queries.latest_of(writer.connection, facts.MeetingDecision)}
    if change is not None and (change not in known or not known[change].text):
        raise NothingDecided(name=change)
    if change is not None and known[change].criterion != about:
        # Whoever reads the supplement would lose the decision about the other criterion without noticing.
        asked = known[change].criterion or ALL[0]
        raise MeetingUnusable(
            detail=_("decision {n} is about {criterion}; take it back first").format(n=change, criterion=asked)
        )
    number = max(known, default=0) + 1 if change is None else change
    revision = 0 if change is None else known[change].revision + 1
    fact = facts.MeetingDecision(number, revision, about, said, _late(writer), why)
    writer.append(fact)
    return fact


def agree(writer: Writer, procedure: Procedure, number: str, points: Sequence[str], why: str = "") -> int:
    """Record agreed points (`6К1=2`, `6К2=X`) of an exemplar work; how many are new. Raises MeetingUnusable."""
    work = _work(writer, number)
    typed = [_given(procedure, one) for one in points]
    given = dict(typed)
    if len(given) < len(typed):
        raise MeetingUnusable(detail=_("a criterion is named twice"))
    stands = meeting.agreed_points(writer.connection).get(work, {})
    fresh = {c: one for c, one in given.items() if stands.get(c) != one}
    for criterion, one in fresh.items():
        kind, value = ("points", one.value) if isinstance(one, Points) else ("not_attempted", None)
        _append(writer, work, criterion, kind, value, why)
    return len(fresh)


def undo(writer: Writer, name: str, why: str) -> str:
    """Take back a decision, by its number, or all agreed points of an exemplar work, by any number of the work; what it
    was. Raises NothingDecided."""
    if numbering.parsed(name) is not None:
        work = _work(writer, name)
        stands = meeting.agreed_points(writer.connection).get(work, {})
        for criterion in sorted(stands):
            _append(writer, work, criterion, "withdrawn", None, why)
        if stands:
            return _("agreed points of {number}").format(number=name)
        raise NothingDecided(name=name)
    known = {str(one.decision): one for one in queries.latest_of(writer.connection, facts.MeetingDecision)}
    if name not in known or not known[name].text:
        raise NothingDecided(name=name)
    one = known[name]
    writer.append(facts.MeetingDecision(one.decision, one.revision + 1, one.criterion, "", _late(writer), why))
    return _("decision {number}").format(number=name)


def _append(writer: Writer, work: WorkId, criterion: CriterionId, kind: str, points: int | None, why: str) -> None:
    revision = queries.next_revision(writer.connection, facts.AgreedPoints, work=work, criterion=criterion)
    writer.append(facts.AgreedPoints(work, criterion, revision, kind, points, _late(writer), why))


def _late(writer: Writer) -> int:
    return int(meeting.packets_printed(writer.connection))


def _work(writer: Writer, number: str) -> WorkId:
    parsed = numbering.parsed(number)
    found = None if parsed is None else queries.one_of(writer.connection, facts.Number, number=parsed)
    if found is None:
        raise MeetingUnusable(detail=_("no work has the number {number}").format(number=number))
    return found.key.work


def _called(procedure: Procedure, typed: str) -> Criterion:
    """The criterion that is meant, on whichever keyboard its letter was typed."""
    criteria = {criterion.id: criterion for criterion in procedure.criteria}
    if (found := meant(criteria, typed)) is None:
        known = ", ".join(criteria)
        raise MeetingUnusable(detail=_("{typed} is no criterion; there are {known}").format(typed=typed, known=known))
    return criteria[CriterionId(found)]


def _given(procedure: Procedure, text: str) -> tuple[CriterionId, Given]:
    name, equals, value = text.partition("=")
    criterion = _called(procedure, name)
    if equals and value.strip() in ("X", "x", "Х", "х"):
        return criterion.id, NotAttempted()
    if equals and value.strip().isdecimal() and int(value) <= criterion.maximum:
        return criterion.id, Points(int(value))
    detail = _("{text}: write {criterion}=0 to {criterion}={maximum}, or {criterion}=X")
    raise MeetingUnusable(detail=detail.format(text=text, criterion=criterion.id, maximum=criterion.maximum))


def listed(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Facts as rows, the newest of each decision, in order of their numbers."""
    newest = {row["decision"]: dict(row) for row in rows}
    return [newest[number] for number in sorted(newest, key=lambda n: int(str(n)))]
