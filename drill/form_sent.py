"""What schools send as forms, from one seed: good forms of any procedure, spoilt and damaged ones, other files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crosscheck.model import CriterionId, Difficulty, NotAttempted, Points, TaskId
from crosscheck.procedure import Criterion, MarkedBy, Procedure, Task
from crosscheck.procedure_file import load_procedure
from drill.demo import SAMPLES
from drill.form_bombs import DAMAGES, NOT_FORMS, deck
from drill.form_faults import FAULTS, spoilt, spot
from drill.form_saves import SAVED, SPELLINGS, Statements, fill
from drill.recipe import Dice
from scoring.forms.book import Refused
from scoring.forms.layout import ClassForm, Datum, Form, FormNumber, ScoreColumn, collection_form
from scoring.forms.stated import NotStated, NotTaught, Stated

_CODES = 100_000
_SIXTH = 6


@dataclass(frozen=True, slots=True)
class Says:
    """A good form: just these statements must be read."""

    statements: Statements


@dataclass(frozen=True, slots=True)
class SaysOrRefused:
    """A damaged form: these statements, or refused."""

    statements: Statements


@dataclass(frozen=True, slots=True)
class Named:
    """A form with a fault in this cell: refused, and the cell named."""

    cell: str


@dataclass(frozen=True, slots=True)
class NotOpened:
    """No form at all: refused for one of these."""

    refused: frozenset[Refused]


Expected = Says | SaysOrRefused | Named | NotOpened


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that a school sent: of which form, and what must come of it."""

    kind: str
    form: Form
    content: bytes
    expected: Expected


def sent_files(dice: Dice, files: int) -> Iterator[Sent]:
    """Half of them good; the rest with a fault, damaged, or no forms at all."""
    faults, damages, others = (deck(names, dice) for names in (FAULTS, DAMAGES, NOT_FORMS))
    for n in range(files):
        form = a_form(dice, n)
        statements = said_by(form, dice)
        content = filled(form, statements, dice)
        match int(dice.integers(_SIXTH)):
            case 0 | 1:
                yield with_fault(form, content, next(faults), dice)
            case 2:
                yield damaged(form, content, statements, next(damages), dice)
            case 3:
                yield no_form(form, content, next(others), dice)
            case _:
                yield Sent("good", form, content, Says(statements))


def with_fault(form: Form, content: bytes, fault: str, dice: Dice) -> Sent:
    """A filled form with one fault."""
    changed, cell = spoilt(content, fault, spot(form, dice))
    return Sent(fault, form, changed, Named(cell))


def damaged(form: Form, content: bytes, statements: Statements, damage: str, dice: Dice) -> Sent:
    """A filled form after a failing disk or line, or with XML that no program writes."""
    return Sent(damage, form, DAMAGES[damage](dice, content), SaysOrRefused(statements))


def no_form(form: Form, content: bytes, other: str, dice: Dice) -> Sent:
    """Another file under the form's name."""
    make, refused = NOT_FORMS[other]
    return Sent(other, form, make(content, dice), NotOpened(refused))


def a_procedure(dice: Dice) -> Procedure:
    """1 to 30 criteria in tasks of one or more, maxima 1 to 20; some tasks but the first are marked by the school."""
    base = load_procedure(SAMPLES / "single" / "procedure.toml")
    tasks: list[Task] = []
    criteria: list[Criterion] = []
    for _n in range(int(dice.integers(1, 31))):
        if not tasks or dice.random() < 0.7:
            by = MarkedBy.SCHOOL if tasks and dice.random() < 0.2 else MarkedBy.EXPERTS
            tasks.append(Task(TaskId(str(len(tasks) + 1)), Difficulty.BASIC, 1, 10.0, marked_by=by))
        task = tasks[-1].id
        part = sum(c.task == task for c in criteria) + 1
        criteria.append(Criterion(CriterionId(f"{task}К{part}"), task, int(dice.integers(1, 21))))
    of_school = {task.id for task in tasks if task.marked_by is MarkedBy.SCHOOL}
    return replace(
        base,
        tasks=tuple(tasks),
        criteria=tuple(c for c in criteria if c.task not in of_school),
        school_criteria=tuple(c for c in criteria if c.task in of_school),
        boundaries=None,
    )


def a_form(dice: Dice, n: int) -> Form:
    """The form of a class of 2 to 30 in a made-up school."""
    codes = sorted({f"{int(code):05d}" for code in dice.integers(0, _CODES, int(dice.integers(2, 31)))})
    if len(codes) == 1:
        codes.append(f"{(int(codes[0]) + 1) % _CODES:05d}")
    of = ClassForm("7", "Школа №7", "5А", tuple(sorted(codes)), absent=int(dice.integers(3)))
    return collection_form(a_procedure(dice), of, FormNumber("math-5", "Q3ZK7MWD", "ABCDEFG2", n + 1))


def said_by(form: Form, dice: Dice) -> Statements:
    """What a school says of its class: mostly points, some X, little else; never nothing at all."""
    columns = [column for column in form.columns if isinstance(column, ScoreColumn)]
    found = {code: {c.criterion.id: _said(c, dice) for c in columns} for code in form.participants}
    found[form.participants[0]][columns[0].criterion.id] = Points(columns[0].criterion.maximum)
    return found


def _said(column: ScoreColumn, dice: Dice) -> Stated:
    chance = dice.random()
    if chance < 0.85:
        return Points(int(dice.integers(0, column.criterion.maximum + 1)))
    if chance < 0.95:
        return NotAttempted()
    return NotTaught() if chance < 0.97 and column.marked_by is MarkedBy.EXPERTS else NotStated()


def filled(form: Form, statements: Statements, dice: Dice, content: bytes = b"") -> bytes:
    """The form with these statements, spelt and saved in one of the ways of people and programs."""

    def spelt(one: Stated) -> object:
        ways = SPELLINGS[type(one)]
        return ways[int(dice.integers(len(ways)))](one.value if isinstance(one, Points) else 0)

    data = {Datum.SEX: str(dice.choice(["м", "Ж ", "жен."])), Datum.JOURNAL_MARK: int(dice.integers(2, 6))}
    save = SAVED[str(dice.choice(sorted(SAVED)))]
    return save(fill(form, statements, spelt, data, content))
