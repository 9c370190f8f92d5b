"""What stands where in an electronic form: a frozen value from which the file is written and by which it is read. Pure.

Columns are data: another layout is another tuple of columns and lines.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from crosscheck.i18n import translator
from crosscheck.procedure import Criterion, MarkedBy, Procedure
from crosscheck.table_values import Place, column_letters

Words = Callable[[str], str]
_NUMBER = re.compile(r"([A-Za-z0-9-]{1,32}) · ([A-Z2-7]{8}) · ([A-Z2-7]{8}) · ([1-9][0-9]{0,4})")


SEX_WORDS: Mapping[str, tuple[str, str]] = {"ru": ("м", "ж"), "en": ("m", "f")}  # as drop-downs offer them: m, f


class Datum(enum.Enum):
    """What a school says of a participant besides scores."""

    VARIANT = "variant"
    SEX = "sex"
    TERM_MARK = "term_mark"  # of the last term
    JOURNAL_MARK = "journal_mark"


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """Participant codes."""

    title: str


@dataclass(frozen=True, slots=True)
class FixedColumn:
    """The same text in every row: the class, the school."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ScoreColumn:
    """Scores for one criterion: what came back from experts, or what the school itself marked by the key."""

    title: str
    criterion: Criterion
    marked_by: MarkedBy = MarkedBy.EXPERTS


@dataclass(frozen=True, slots=True)
class SumColumn:
    """The sum of the row's points, by a formula: to compare with the paper. Never read as a score."""

    title: str


@dataclass(frozen=True, slots=True)
class DatumColumn:
    """What else the school says of a participant; may stay empty."""

    title: str
    datum: Datum


Column = CodeColumn | FixedColumn | ScoreColumn | SumColumn | DatumColumn


@dataclass(frozen=True, slots=True)
class FormNumber:
    """What a form is, as it stands above its table: code and paper digest of the procedure, what stands for the
    class-set, and which version of its form."""

    code: str
    paper: str
    subject: str
    version: int

    def __str__(self) -> str:
        return f"{self.code} · {self.paper} · {self.subject} · {self.version}"


def form_number(text: str) -> FormNumber | None:
    """A form's number from its text; None when it is none."""
    found = _NUMBER.fullmatch(" ".join(text.split()))
    return None if found is None else FormNumber(found[1], found[2], found[3], int(found[4]))


@dataclass(frozen=True, slots=True)
class ClassForm:
    """Whose form it is: the school's number and own name, the class, its participants by code, how many are absent."""

    school: str
    school_name: str
    class_set: str
    participants: tuple[str, ...]
    absent: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """One electronic form. Row 1 is the title, row 2 the number, then `lines` (label, value), `notes`, the header,
    and a row for each participant."""

    title: str
    number_label: str
    number: FormNumber
    lines: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    columns: tuple[Column, ...]
    participants: tuple[str, ...]
    language: str

    @property
    def header(self) -> int:
        """The row of the column titles."""
        return 2 + len(self.lines) + len(self.notes) + 1

    @property
    def scores(self) -> range:
        """The columns of scores, counted from 1; they stand side by side."""
        found = [n for n, column in enumerate(self.columns, start=1) if isinstance(column, ScoreColumn)]
        return range(found[0], found[-1] + 1)

    def fixed(self) -> Iterator[tuple[Place, str]]:
        """Every text above the participants that comes back as it went out."""
        yield Place(1, 1), self.title
        yield NUMBER_PLACE, str(self.number)
        yield Place(2, 1), self.number_label
        for row, (label, value) in enumerate(self.lines, start=3):
            yield Place(row, 1), label
            yield Place(row, 2), value
        for row, note in enumerate(self.notes, start=3 + len(self.lines)):
            yield Place(row, 1), note
        for number, column in enumerate(self.columns, start=1):
            yield Place(self.header, number), column.title

    def sum_of(self, row: int) -> str:
        """The formula of the sum in a row."""
        first, last = self.scores[0], self.scores[-1]
        return f"=SUM({column_letters(first)}{row}:{column_letters(last)}{row})"

    def content(self) -> str:
        """All that the form says but its version, in one text: equal for equal forms."""
        number = [self.number.code, self.number.paper, self.number.subject]
        columns = [[type(column).__name__, *_said(column)] for column in self.columns]
        said = [self.title, self.number_label, number, self.lines, self.notes, columns, self.participants]
        return json.dumps(said, ensure_ascii=False)


NUMBER_PLACE = Place(2, 2)


def _said(column: Column) -> tuple[object, ...]:
    match column:
        case ScoreColumn(title=title, criterion=criterion, marked_by=marked_by):
            return title, criterion.id, criterion.maximum, marked_by.value
        case FixedColumn(title=title, text=text):
            return title, text
        case DatumColumn(title=title, datum=datum):
            return title, datum.value
        case CodeColumn(title=title) | SumColumn(title=title):
            return (title,)


def not_taught(language: str) -> str:
    """The sign for "not taught" as forms offer it."""
    return translator(language)("n/t")


def choices(column: ScoreColumn, language: str) -> tuple[str, ...]:
    """What the drop-down of a score cell offers: 0 to the maximum, X and the sign for "not taught". Not that where the
    school marks: its points make the total, and of a total without them nobody could say what it means."""
    offered = (*(str(points) for points in range(column.criterion.maximum + 1)), "X")
    return offered if column.marked_by is MarkedBy.SCHOOL else (*offered, not_taught(language))


# --- the collection form -------------------------------------------------------------------------


def collection_form(procedure: Procedure, of: ClassForm, number: FormNumber) -> Form:
    """The form by which a school reports the scores of a class-set."""
    _ = translator(procedure.language)
    return Form(
        title=_("Form of scores"),
        number_label=_("Form"),
        number=number,
        lines=_lines(procedure, of, _),
        notes=_notes(_),
        columns=columns(procedure, of.class_set, _),
        participants=of.participants,
        language=procedure.language,
    )


def _lines(procedure: Procedure, of: ClassForm, _: Words) -> tuple[tuple[str, str], ...]:
    wrote = str(len(of.participants))
    if of.absent:
        wrote = _("{n} (absent: {absent})").format(n=wrote, absent=of.absent)
    return (
        (_("Procedure"), procedure.title),
        (_("Subject"), procedure.subject),
        (_("Grade"), str(procedure.grade)),
        (_("Date"), procedure.date.strftime("%d.%m.%Y")),
        (_("Name of the school"), of.school_name),
        (_("Class"), of.class_set),
        (_("Participants"), wrote),
        (_("Highest score"), str(procedure.highest)),
    )


def _notes(_: Words) -> tuple[str, ...]:
    return (
        _("Fill in the yellow cells. X: not attempted; n/t: not taught; empty: not said, never 0."),
        _("Don't add, hide or merge anything: such a form comes back to you."),
    )


def columns(procedure: Procedure, class_set: str, _: Words) -> tuple[Column, ...]:
    """The columns of the collection form, of which the form of results has the same."""
    return (
        CodeColumn(_("Participant code")),
        FixedColumn(_("Class"), class_set),
        DatumColumn(_("Variant"), Datum.VARIANT),
        *(_scores(c, procedure, _) for c in procedure.all_criteria),
        SumColumn(_("Sum")),
        DatumColumn(_("Sex"), Datum.SEX),
        DatumColumn(_("Mark of the last term"), Datum.TERM_MARK),
        DatumColumn(_("Mark in the journal"), Datum.JOURNAL_MARK),
    )


def _scores(criterion: Criterion, procedure: Procedure, _: Words) -> ScoreColumn:
    title = _("{criterion} ({maximum}p)").format(criterion=criterion.id, maximum=criterion.maximum)
    marked_by = MarkedBy.SCHOOL if criterion in procedure.school_criteria else MarkedBy.EXPERTS
    return ScoreColumn(title, criterion, marked_by)
