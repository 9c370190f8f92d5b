"""A form that came back: opened, recognised, read, and recorded when it has no fault."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscheck import facts, keys, safe
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError
from crosscheck.i18n import gettext as _
from crosscheck.procedure import Procedure, paper_digest
from crosscheck.station import Station
from crosscheck.table_values import TableProblem
from crosscheck.vault import RecordKind
from scoring.forms import issuing, recorded
from scoring.forms.book import Book, Reason, Refused
from scoring.forms.errors import (
    FormActive,
    FormLinked,
    FormLocked,
    FormProblems,
    FormStopped,
    FormTooLarge,
    FormTwice,
    FormUnreadable,
    ListChanged,
    NotAForm,
    OldForm,
    OtherProcedureForm,
    UnknownForm,
)
from scoring.forms.issuing import ClassList
from scoring.forms.layout import Form, FormNumber
from scoring.forms.opening import Opener
from scoring.forms.progress import Done, Step, last_standing
from scoring.forms.reading import Faults, FormRead, NoNumber, number_of, read
from scoring.forms.stated import sign

_REFUSED: Mapping[Reason, type[CrosscheckError]] = {
    Reason.UNREADABLE: FormUnreadable,
    Reason.LOCKED: FormLocked,
    Reason.ACTIVE: FormActive,
    Reason.LINKED: FormLinked,
    Reason.TOO_LARGE: FormTooLarge,
    Reason.STOPPED: FormStopped,
}
_MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Returned:
    """A form without a fault: whose it is and what it states."""

    file: str
    listed: ClassList
    number: FormNumber
    read: FormRead

    def content(self) -> str:
        """All that it states, in one text: equal for equal contents."""
        rows = [
            [row.code, {c: sign(s) for c, s in row.scores.items()}, {d.value: said for d, said in row.data.items()}]
            for row in self.read.rows
        ]
        return json.dumps(rows, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger and the vault know of forms, gathered once for all files of a run."""

    station: Station
    procedure: Procedure
    lists: Mapping[str, ClassList]  # by what stands for the class-set on a form
    newest: Mapping[str, facts.SchoolForm]


def known(connection: Connection, station: Station, procedure: Procedure, lists: Iterable[ClassList]) -> Known:
    """Gather what files are held against."""
    by_subject = {issuing.subject_of(station, listed.token): listed for listed in lists}
    newest = {form.subject: form for form in queries.latest_of(connection, facts.SchoolForm)}
    return Known(station, procedure, by_subject, newest)


def returned(known: Known, opener: Opener, path: Path) -> Returned:
    """What a file states. Raises a numbered error: what the file is (E3100-E3107), that it is no form to be taken here
    (E3108-E3111), or every fault of its cells (E3112)."""
    book = _opened(opener, path)
    form, listed = _recognised(known, book, path.name)
    found = read(form, book, path.name)
    if isinstance(found, Faults):
        raise problems(path.name, found.problems)
    return Returned(path.name, listed, form.number, found)


def _opened(opener: Opener, path: Path) -> Book:
    found = opener.open(path)
    if isinstance(found, Refused):
        raise refusal(path.name, found)
    return found


def refusal(file: str, refused: Refused) -> CrosscheckError:
    """The error of a file that was not opened."""
    return _REFUSED[refused.reason](file=file, detail=_(refused.value))


def problems(file: str, found: Sequence[TableProblem]) -> FormProblems:
    """The error that lists the faults of a form."""
    lines = [f"  {problem}" for problem in found[:_MOST_LISTED]]
    if len(found) > _MOST_LISTED:
        lines.append(_("  and {more} more").format(more=len(found) - _MOST_LISTED))
    return FormProblems(file=file, count=len(found), listing="\n".join(lines), problems=tuple(found))


def _recognised(known: Known, book: Book, file: str) -> tuple[Form, ClassList]:
    """Which form it is, as it was exported."""
    number = number_of(book)
    if isinstance(number, NoNumber):
        raise NotAForm(file=file, cell=number.cell, found=number.found)
    here = (known.procedure.code, paper_digest(known.procedure))
    if (number.code, number.paper) != here:
        raise OtherProcedureForm(file=file, found=f"{number.code} {number.paper}", known=" ".join(here))
    newest, listed = known.newest.get(number.subject), known.lists.get(number.subject)
    if newest is None or listed is None or number.version > newest.revision + 1:
        raise UnknownForm(file=file, form=number)
    whose = {"file": file, "school": listed.of.school, "class_set": listed.of.class_set}
    if number.version <= newest.revision:
        raise OldForm(version=number.version, newest=newest.revision + 1, **whose)
    form = issuing.form_of(known.station, known.procedure, listed, number.version)
    if issuing.content_of(known.station, form) != newest.content:
        raise ListChanged(**whose)
    return form, listed


def told_apart(forms: Iterable[Returned]) -> tuple[list[Returned], list[FormTwice]]:
    """The forms of one run without those that came twice and say different things, and an error for each such pair."""
    by_subject: dict[str, list[Returned]] = {}
    for form in forms:
        by_subject.setdefault(form.number.subject, []).append(form)
    kept, errors = [], []
    for first, *others in by_subject.values():
        other = next((one for one in others if one.content() != first.content()), None)
        if other is None:
            kept.append(first)
        else:
            of = first.listed.of
            errors.append(FormTwice(file=first.file, other=other.file, school=of.school, class_set=of.class_set))
    return kept, errors


# --- into the ledger -----------------------------------------------------------------------------


def record(writer: Writer, station: Station, index: safe.Index, form: Returned) -> bool:
    """Record what a form states; False, and nothing recorded, when it says what it said last, unless it was sent back
    since: then that it came again is new."""
    content = keys.keyed(station.secret(), "school-return", form.content())
    subject = form.number.subject
    before = queries.all_of(writer.connection, facts.SchoolReturn, subject=subject)
    if before and before[-1].content == content and not _awaited(writer.connection, subject, len(before)):
        return False
    counted = (form.read.stated, form.read.missing)
    writer.append(facts.SchoolReturn(subject, len(before), form.number.version, content, *counted))
    writer.append_all(_scores(writer.connection, form))
    for row in form.read.rows:
        work = form.listed.works[row.code]
        said = {datum.value: text for datum, text in row.data.items() if text}
        safe.keep_said(writer, station, index, RecordKind.PUPIL, work, said)
    return True


def _awaited(connection: Connection, subject: str, returns: int) -> bool:
    """Was the form sent back, and hasn't come since?"""
    steps = queries.all_of(connection, facts.FormStep, subject=subject)
    last = last_standing(Step(Done(one.step), one.returns, one.why) for one in steps)
    return last is not None and last.done is Done.SENT_BACK and last.returns == returns


def _scores(connection: Connection, form: Returned) -> list[facts.SchoolScore]:
    """What is new, each under its next revision, in the order of the works: the form's own order tells of the list."""
    fresh = []
    for row in form.read.rows:
        work = form.listed.works[row.code]
        # In order of arrival: the last one of a criterion is the one that holds.
        standing = {s.criterion: s for s in queries.all_of(connection, facts.SchoolScore, work=work)}
        for criterion, stated in row.scores.items():
            known = standing.get(criterion)
            if known is None or recorded.stated_of(known) != stated:
                revision = 0 if known is None else known.revision + 1
                fresh.append(recorded.fact(work, criterion, revision, stated))
    return sorted(fresh, key=lambda score: score.work)
