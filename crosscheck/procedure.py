"""One assessment as data: tasks, criteria, paper, marking, rules, boundaries. Frozen values only.

`crosscheck.procedure_file` reads them from `procedure.toml`; nothing here opens a file.
"""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import labels
from crosscheck.appeal_rules import DEFAULT_APPEALS, AppealRules
from crosscheck.model import (
    WHOLE,
    CriterionId,
    Difficulty,
    Marking,
    MarkingKey,
    MutualMarking,
    Part,
    Status,
    TaskId,
    WorkId,
    is_control,
)
from crosscheck.report_settings import DEFAULT_REPORTS, ReportSettings

DEFAULT_FORMER_SCHOOL_YEARS = 3
DEFAULT_THIRD_RESERVE = 8
GEOMETRY = 1  # of answer pages; part of the paper digest
SHEET_GEOMETRY = 2  # of score sheets; part of the sheet digest


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is judged: criterion `6К1` of task `6`, from 0 to `maximum` points."""

    id: CriterionId
    task: TaskId
    maximum: int


@dataclass(frozen=True, slots=True)
class Zone:
    """Where an answer is written on the project's own forms: a page, and how high the zone is."""

    page: int
    height_mm: float


class MarkedBy(enum.Enum):
    """Who judges a task."""

    EXPERTS = "experts"
    SCHOOL = "school"  # short answers by the key: points come in through the school's electronic form


@dataclass(frozen=True, slots=True)
class Task:
    """One task. `page` and `height_mm` place its answer zone on the project's own forms, `more` those in which the
    answer goes on."""

    id: TaskId
    difficulty: Difficulty
    page: int
    height_mm: float
    more: tuple[Zone, ...] = ()
    marked_by: MarkedBy = MarkedBy.EXPERTS

    @property
    def zones(self) -> tuple[Zone, ...]:
        return (Zone(self.page, self.height_mm), *self.more)


@dataclass(frozen=True, slots=True)
class OwnPaper:
    """Works are written on the project's own answer forms: codes on every page."""


@dataclass(frozen=True, slots=True)
class ForeignPaper:
    """Works are written on somebody else's forms, described by a template; who wrote what comes
    from a manifest. `template` is the name of a template file beside `procedure.toml`."""

    template: str


Paper = OwnPaper | ForeignPaper


class Scheme(enum.Enum):
    """How works reach experts for independent marking."""

    MIXED = "mixed"  # works of all schools, spread as widely as can be
    CLASS_SETS = "class_sets"  # class-sets stay whole where loads allow it
    PAIRS = "pairs"  # the table school_pairs says whose experts mark whose works
    TOURNAMENT = "tournament"  # the same, drawn by lot: nobody marks the works of those who mark theirs
    BY_TASK = "by_task"  # an expert marks one task, or one group of tasks, over many works
    BY_PAGE = "by_page"  # an expert marks the tasks of one page over many works


IN_PARTS = frozenset({Scheme.BY_TASK, Scheme.BY_PAGE})


@dataclass(frozen=True, slots=True)
class WorkPart:
    """What one expert marks of a work: the whole of it (number 0), or some tasks, in the procedure's order."""

    number: Part
    tasks: tuple[TaskId, ...]


class Wished(enum.Enum):
    """What allocation should keep low beside even loads, where the procedure asks for it; each needs its table."""

    LAST_YEAR = "last_year"  # schools that met then; table last_year
    TRAVEL = "travel"  # the way from a school to where its works are marked; table distances


class CaptureStyle(enum.Enum):
    """How experts write scores down on a sheet."""

    BOXES = "boxes"  # a cross into one of the boxes 0..maximum and X
    DIGITS = "digits"  # a number or X in one or two digit cells


class Control(enum.Enum):
    """What an expert writes down on a sheet besides the scores, so that errors of reading show."""

    NONE = "none"
    ROWS = "rows"  # at the end of each row the sum of its scores on that sheet; X counts 0


@dataclass(frozen=True, slots=True)
class Owners:
    """Which part of a work each criterion belongs to; third markings and appeals are of the whole work."""

    independent: frozenset[Marking]
    parts: Mapping[CriterionId, Part]

    def part(self, marking: Marking, criterion: CriterionId) -> Part:
        """The part that a marking gives points of a criterion for."""
        asked = marking in self.independent or is_control(marking)
        return self.parts.get(criterion, WHOLE) if asked else WHOLE

    def key(self, work: str, marking: int, criterion: str) -> MarkingKey:
        """Whose cell or score it is."""
        return MarkingKey(WorkId(work), Marking(marking), self.part(Marking(marking), CriterionId(criterion)))


@dataclass(frozen=True, slots=True)
class Keying:
    """How people take scores in. `entry_people`, `review_people`: how many different people must say the same of a cell
    that is keyed from paper, or settled by its picture, blind of each other. `known_percent`: of 100 cells shown to a
    person, about so many are known ones, which measure that person."""

    entry_people: int = 1
    review_people: int = 1
    known_percent: int = 2


class Scope(enum.Enum):
    """What the third marking covers."""

    DIFFERING = "differing"  # only the criteria of the differing tasks
    ALL = "all"


class Minor(enum.Enum):
    """What stands when independent markings differ, but not essentially (per criterion)."""

    MEAN_UP = "mean_up"  # the mean, rounded up to a whole point
    MEAN_DOWN = "mean_down"  # the mean, rounded down
    HIGHER = "higher"
    LOWER = "lower"
    FIRST = "first"  # what the first marking gave: the others are there to check it


class Third(enum.Enum):
    """What a third marking does to the criteria that it covers."""

    FINAL = "final"  # it stands
    NEAREST = "nearest"  # the mean of it and the nearest other, rounded up; of two as near, the higher
    MEAN = "mean"  # the mean of all, rounded up


@dataclass(frozen=True, slots=True)
class Rules:
    """When independent markings differ essentially, and what stands when they don't.

    task_difference: essential when the sums of a task differ by this many points or more.
    criterion_difference: essential when a criterion differs by this many points or more; None = not asked.
    zero_gates: criteria on which 0 against points is essential, however small the difference: where 0 there makes the
    whole task worth nothing, it isn't a difference of a point.
    sum_difference: essential when the totals differ by this many points or more; None = not asked.
    mark_differs: essential when the resulting marks 2-5 differ (needs boundaries).
    x_against_points: essential when one expert gave X and the other more than 0.
    minor, third: what stands without a third marking, and with one.
    """

    task_difference: int = 2
    sum_difference: int | None = None
    mark_differs: bool = False
    x_against_points: bool = True
    minor: Minor = Minor.MEAN_UP
    third_scope: Scope = Scope.DIFFERING
    criterion_difference: int | None = None
    zero_gates: tuple[CriterionId, ...] = ()
    third: Third = Third.FINAL


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Least total for each mark: published for the procedure, never inferred."""

    three: int
    four: int
    five: int

    def mark(self, total: int) -> int:
        """The mark 2-5 for a total of points."""
        return 2 + (total >= self.three) + (total >= self.four) + (total >= self.five)


@dataclass(frozen=True, slots=True)
class Procedure:
    """One assessment. `code` is its short name in files and commands (ASCII letters, digits, dashes).

    former_school_years: a former school is a conflict for so many years after the one in which the expert left.
    mutual_schools: may two schools mark each other's works? wishes: the most important first.
    return_by: until when packets come back on the day, `hh:mm`; empty: said when they are printed, or by hand.
    by_check_point: experts get works only of schools whose works are marked where they come to.
    third_reserve: per cent of the independent markings for which places are kept for third ones.
    stated_parts: groups of tasks that make the parts of a work, where the scheme goes by task and the file states them.
    seed_works: exemplar works, drawn by lot, of which each expert gets `seeds` among the others. repeats: works of an
    expert's own that come again. criteria: what experts judge; school_criteria: of tasks that schools mark.
    """

    code: str
    kind: str
    subject: str
    grade: int
    date: datetime.date
    title: str
    language: str
    tasks: tuple[Task, ...]
    criteria: tuple[Criterion, ...]
    pages: int
    papers: tuple[Paper, ...]
    markings: int
    different_schools: bool
    rows_per_sheet: int
    third_statuses: frozenset[Status]
    rules: Rules
    boundaries: Boundaries | None
    criteria_pdf: str | None
    former_school_years: int = DEFAULT_FORMER_SCHOOL_YEARS
    mutual_schools: MutualMarking = MutualMarking.ALLOWED
    scheme: Scheme = Scheme.MIXED
    wishes: tuple[Wished, ...] = ()
    minutes_per_page: int = 0
    minutes_per_task: int = 0
    by_check_point: bool = False
    third_reserve: int = DEFAULT_THIRD_RESERVE
    style: CaptureStyle = CaptureStyle.BOXES
    control: Control = Control.NONE
    stated_parts: tuple[tuple[TaskId, ...], ...] = ()
    seed_works: int = 0
    seeds: int = 0
    repeats: int = 0
    school_criteria: tuple[Criterion, ...] = ()
    return_by: str = ""
    keying: Keying = Keying()
    appeals: AppealRules = DEFAULT_APPEALS
    reports: ReportSettings = DEFAULT_REPORTS

    @property
    def maximum(self) -> int:
        """The most points that experts can give."""
        return sum(criterion.maximum for criterion in self.criteria)

    @property
    def highest(self) -> int:
        """The highest raw score, whoever judges."""
        return sum(criterion.maximum for criterion in self.all_criteria)

    @property
    def all_criteria(self) -> tuple[Criterion, ...]:
        """What counts in results: the criteria of experts and of schools, in the order of the tasks."""
        if not self.school_criteria:
            return self.criteria
        return tuple(c for task in self.tasks for c in self.all_criteria_of(task.id))

    def all_criteria_of(self, task: TaskId) -> tuple[Criterion, ...]:
        """The criteria of a task, whoever judges it."""
        return tuple(c for c in (*self.criteria, *self.school_criteria) if c.task == task)

    @property
    def marked_tasks(self) -> tuple[Task, ...]:
        """The tasks that experts mark."""
        return tuple(task for task in self.tasks if task.marked_by is MarkedBy.EXPERTS)

    @property
    def minutes_per_work(self) -> int:
        """Minutes that marking a work takes, by its pages and tasks; 0 where the procedure doesn't say."""
        return self.pages * self.minutes_per_page + len(self.marked_tasks) * self.minutes_per_task

    def independent(self) -> tuple[Marking, ...]:
        """The independent markings every work gets: 1 to `markings`."""
        return tuple(Marking(n) for n in range(1, self.markings + 1))

    def criteria_of(self, task: TaskId) -> tuple[Criterion, ...]:
        return tuple(c for c in self.criteria if c.task == task)

    # --- parts of a work ---

    @property
    def in_parts(self) -> bool:
        """Do different experts mark different tasks of a work?"""
        return self.scheme in IN_PARTS

    @property
    def parts(self) -> tuple[WorkPart, ...]:
        """What independent markings are given for: every task that experts mark is in exactly one part. The whole work
        is the one part of every scheme that doesn't go by task or by page."""
        tasks = tuple(task.id for task in self.marked_tasks)
        match self.scheme:
            case Scheme.BY_TASK:
                groups = self.stated_parts or tuple((task,) for task in tasks)
            case Scheme.BY_PAGE:
                pages = sorted({task.page for task in self.marked_tasks})
                groups = tuple(tuple(task.id for task in self.marked_tasks if task.page == page) for page in pages)
            case _:
                return (WorkPart(WHOLE, tasks),)
        ordered = (tuple(task for task in tasks if task in group) for group in groups)
        return tuple(WorkPart(Part(n), group) for n, group in enumerate(ordered, start=1))

    def part(self, number: Part) -> WorkPart:
        """The part with a number; 0 is the whole work in every procedure."""
        if number == WHOLE:
            return WorkPart(WHOLE, tuple(task.id for task in self.marked_tasks))
        return next(part for part in self.parts if part.number == number)

    def criteria_in(self, part: WorkPart) -> tuple[Criterion, ...]:
        """The criteria of a part's tasks, in the procedure's order."""
        return tuple(c for c in self.criteria if c.task in part.tasks)

    @property
    def owners(self) -> Owners:
        """Which part of a work each criterion belongs to."""
        of_task = {task: part.number for part in self.parts for task in part.tasks}
        return Owners(frozenset(self.independent()), {c.id: of_task[c.task] for c in self.criteria})

    def effort(self, part: WorkPart) -> int:
        """What marking one work's part takes: minutes where the procedure states them, else points. One, where nobody
        marks less than a whole work."""
        if not self.in_parts:
            return 1
        if part.number == WHOLE:
            return self.minutes_per_work or self.maximum
        pages = {task.page for task in self.tasks if task.id in part.tasks}
        minutes = len(pages) * self.minutes_per_page + len(part.tasks) * self.minutes_per_task
        return minutes or sum(c.maximum for c in self.criteria_in(part))


def paper_digest(procedure: Procedure) -> str:
    """8 base32 letters that stand for what answer pages and covers are printed from: tasks, maxima, geometry.

    Rules, boundaries and criteria texts arrive after printing and are no part of it. Heights count in
    tenths of a millimetre, so that 40 and 40.0 are the same paper.
    """
    return _digest(_printed(procedure))


def sheet_digest(procedure: Procedure) -> str:
    """The same for score sheets. They are printed later: how scores are written down may be settled after answer pages
    were handed out."""
    sheet = [SHEET_GEOMETRY, procedure.style.value, procedure.control.value]
    return _digest({**_printed(procedure), "sheet": sheet})


def _printed(procedure: Procedure) -> dict[str, object]:
    of_schools = [[c.id, c.task, c.maximum] for c in procedure.school_criteria]
    return {
        "geometry": GEOMETRY,
        "code": procedure.code,
        "pages": procedure.pages,
        "rows": procedure.rows_per_sheet,
        "tasks": [[t.id, *(n for z in t.zones for n in (z.page, round(z.height_mm * 10)))] for t in procedure.tasks],
        "criteria": [[c.id, c.task, c.maximum] for c in procedure.criteria],
        # Only where there are any: paper of before keeps its digest.
        **({"school": of_schools} if of_schools else {}),
    }


def _digest(printed: dict[str, object]) -> str:
    return labels.paper_digest(json.dumps(printed, ensure_ascii=False, sort_keys=True).encode())
