"""procedure.toml -> Procedure. All problems of the file are listed at once, each with its key path.

The file's sections: [procedure] what is assessed · [paper] what it is written on · [marking] who marks,
how often · [sheet] how scores are written down · [keying] how people take them in · [[task]] and [[criterion]]
what is judged · [rules] when two markings differ · [boundaries] least totals for the marks 3, 4, 5 · [appeals]
deadlines and quorum · [reports] what reports print. Rules, boundaries, appeals and reports may be left out, and
added later.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import ClassVar

from crosscheck import labels, sheetform
from crosscheck.appeal_rules import read_appeals
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import LANGUAGES
from crosscheck.i18n import gettext as _
from crosscheck.model import LAST_INDEPENDENT_MARKING, CriterionId, MutualMarking, Status, TaskId
from crosscheck.pageform import page_form, room
from crosscheck.procedure import (
    DEFAULT_FORMER_SCHOOL_YEARS,
    DEFAULT_THIRD_RESERVE,
    IN_PARTS,
    Boundaries,
    CaptureStyle,
    Control,
    ForeignPaper,
    Keying,
    MarkedBy,
    Minor,
    OwnPaper,
    Paper,
    Procedure,
    Rules,
    Scheme,
    Scope,
    Task,
    Third,
    Wished,
)
from crosscheck.procedure_tasks import PaperPart, read_criteria, read_tasks
from crosscheck.report_settings import read_reports
from crosscheck.toml_reading import Problem, Reading, nearest

_SECTIONS = (
    *("procedure", "paper", "marking", "sheet", "keying", "task", "criterion", "rules", "boundaries"),
    *("appeals", "reports"),
)
_MARKING = (
    "markings",
    "different_schools",
    "mutual_schools",
    "rows_per_sheet",
    "third_statuses",
    "third_reserve",
    "former_school_years",
    "scheme",
    "parts",
    "wishes",
    "minutes_per_page",
    "minutes_per_task",
    "by_check_point",
    "return_by",
    "seed_works",
    "seeds",
    "repeats",
)
_TIME = r"([01]?[0-9]|2[0-3]):[0-5][0-9]"
_MOST_MINUTES = 240  # for a page or a task
_MOST_SEEDS, _MOST_REPEATS, _SEEDS = 40, 10, 2
_MOST_PEOPLE, _MOST_KNOWN = 2, 20
_LARGEST_FILE = 1_000_000
_MOST_POINTS = 10_000


class ProcedureProblems(CrosscheckError):
    """Something in the procedure file is not allowed; `problems` holds every one of them."""

    number: ClassVar[int] = 2000
    exit: ClassVar[Exit] = Exit.PROCEDURE
    sentence: ClassVar[str] = "The procedure file {source} can't be used; problems: {count}.\n{listing}\n"
    remedy: ClassVar[str] = "Correct the keys named above and run the command again; nothing was recorded."

    @property
    def problems(self) -> tuple[Problem, ...]:
        found = self.fields["problems"]
        assert isinstance(found, tuple)
        return found


class ProcedureNotToml(CrosscheckError):
    """The procedure file is not TOML at all."""

    number: ClassVar[int] = 2001
    exit: ClassVar[Exit] = Exit.PROCEDURE
    sentence: ClassVar[str] = "The procedure file {source} is not valid TOML: {detail}."
    remedy: ClassVar[str] = "Correct the line named above (texts in quotes, dates without) and run the command again."


class ProcedureNotReadable(CrosscheckError):
    """The procedure file can't be opened, or is no text."""

    number: ClassVar[int] = 2002
    exit: ClassVar[Exit] = Exit.PROCEDURE
    sentence: ClassVar[str] = "The procedure file {source} can't be read: {detail}."
    remedy: ClassVar[str] = "Give the path of a procedure.toml saved as UTF-8 text."


def load_procedure(path: Path) -> Procedure:
    """Read a procedure file from disk. Raises ProcedureNotReadable, ProcedureNotToml, ProcedureProblems."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProcedureNotReadable(source=str(path), detail=error.strerror or str(error)) from error
    if len(content) > _LARGEST_FILE:
        raise ProcedureNotReadable(source=str(path), detail=_("it is larger than 1 MB"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProcedureNotReadable(source=str(path), detail=_("it is not UTF-8 text")) from error
    return read_procedure(text, str(path))


def read_procedure(text: str, source: str) -> Procedure:
    """The procedure that `text` (TOML) states; `source` names it in messages.

    Raises ProcedureNotToml, or ProcedureProblems with all problems found.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProcedureNotToml(source=source, detail=str(error).rstrip(".")) from error
    problems: list[Problem] = []
    draft = _draft(Reading(document, "", problems))
    if not problems:
        problems.extend(_fit(draft))
    if problems:
        problems.sort(key=_section)
        listing = "\n".join(f"  {problem}" for problem in problems)
        raise ProcedureProblems(source=source, count=len(problems), listing=listing, problems=tuple(problems))
    return draft


def _section(problem: Problem) -> int:
    """Problems are listed in the order of the file's sections, unknown ones first."""
    name = re.split(r"[.\[]", problem.path, maxsplit=1)[0]
    return _SECTIONS.index(name) if name in _SECTIONS else -1


# --- sections ----------------------------------------------------------------------------------


def _draft(root: Reading) -> Procedure:
    root.only(*_SECTIONS)
    head, marking = root.section("procedure"), root.section("marking")
    head.only("code", "kind", "subject", "grade", "date", "title", "language", "criteria_pdf")
    marking.only(*_MARKING)
    paper, sheet = _paper(root.section("paper")), root.section("sheet")
    sheet.only("style", "control")
    tasks = read_tasks(root, paper)
    criteria = read_criteria(root, tasks)
    of_school = frozenset(task.id for task in tasks if task.marked_by is MarkedBy.SCHOOL)
    scheme = _scheme(marking)
    seed_works = marking.whole("seed_works", 0, _MOST_SEEDS, 0)
    return Procedure(
        code=head.shaped("code", r"[A-Za-z0-9][A-Za-z0-9-]{0,31}", _("1 to 32 ASCII letters, digits and dashes")),
        kind=head.text("kind", 40),
        subject=head.text("subject", 80),
        grade=head.whole("grade", 1, 11),
        date=head.date("date"),
        title=head.text("title", 120),
        language=head.one_of("language", LANGUAGES),
        tasks=tasks,
        criteria=tuple(c for c in criteria if c.task not in of_school),
        school_criteria=tuple(c for c in criteria if c.task in of_school),
        pages=paper.pages,
        papers=paper.papers,
        markings=marking.whole("markings", 1, LAST_INDEPENDENT_MARKING),
        different_schools=marking.flag("different_schools", default=True),
        rows_per_sheet=marking.whole("rows_per_sheet", 1, sheetform.MAX_ROWS, sheetform.MAX_ROWS),
        third_statuses=_statuses(marking),
        rules=_rules(root.section("rules"), [c.id for c in criteria], marks_known=not of_school),
        boundaries=_boundaries(root, sum(criterion.maximum for criterion in criteria)),
        criteria_pdf=_file(head, "criteria_pdf", ".pdf") if "criteria_pdf" in head.table else None,
        former_school_years=marking.whole("former_school_years", 0, 50, DEFAULT_FORMER_SCHOOL_YEARS),
        mutual_schools=MutualMarking(
            marking.one_of("mutual_schools", [m.value for m in MutualMarking], MutualMarking.ALLOWED.value)
        ),
        third_reserve=marking.whole("third_reserve", 0, 100, DEFAULT_THIRD_RESERVE),
        wishes=_wishes(marking),
        minutes_per_page=marking.whole("minutes_per_page", 0, _MOST_MINUTES, 0),
        minutes_per_task=marking.whole("minutes_per_task", 0, _MOST_MINUTES, 0),
        by_check_point=marking.flag("by_check_point", default=False),
        return_by=marking.shaped("return_by", _TIME, _("a time, as 17:30")) if "return_by" in marking.table else "",
        scheme=scheme,
        stated_parts=_parts(marking, scheme, tuple(task for task in tasks if task.id not in of_school)),
        seed_works=seed_works,
        seeds=marking.whole("seeds", 0, seed_works, min(_SEEDS, seed_works)),
        repeats=marking.whole("repeats", 0, _MOST_REPEATS, 0),
        style=CaptureStyle(sheet.one_of("style", [s.value for s in CaptureStyle], CaptureStyle.BOXES.value)),
        control=Control(sheet.one_of("control", [c.value for c in Control], Control.NONE.value)),
        keying=_keying(root.section("keying")),
        appeals=read_appeals(root.section("appeals")),
        reports=read_reports(root.section("reports"), sum(criterion.maximum for criterion in criteria)),
    )


# Whole class-sets are sought, and parts given out one after another, without regard to which school marks which.
_BLIND_TO_DIRECTIONS = IN_PARTS | {Scheme.CLASS_SETS}


def _scheme(marking: Reading) -> Scheme:
    scheme = Scheme(marking.one_of("scheme", [s.value for s in Scheme], Scheme.MIXED.value))
    if scheme in _BLIND_TO_DIRECTIONS and marking.table.get("mutual_schools") == MutualMarking.NEVER.value:
        allowed = _("another scheme than {scheme} where mutual_schools is never").format(scheme=scheme.value)
        marking.refuse("scheme", allowed)
    return scheme


def _parts(marking: Reading, scheme: Scheme, tasks: tuple[Task, ...]) -> tuple[tuple[TaskId, ...], ...]:
    """Groups of tasks as stated; empty where none are."""
    if scheme is Scheme.BY_PAGE and tasks and len({task.page for task in tasks}) < 2:
        marking.refuse("scheme", _("tasks on at least two pages where works are given out by page"))
    if scheme is Scheme.BY_TASK and len(tasks) == 1:
        marking.refuse("scheme", _("at least two tasks where works are given out by task"))
    if "parts" not in marking.table:
        return ()
    if scheme is not Scheme.BY_TASK:
        marking.refuse("parts", _('no parts, or scheme = "by_task"'))
        return ()
    groups = marking.groups("parts")
    known, stated = [str(task.id) for task in tasks], Counter(name for group in groups for name in group)
    for name in stated:
        if name not in known:
            marking.refuse("parts", nearest(name, known), name)
    for name in known:
        if groups and stated[name] != 1:
            found = _("task {task}: {times} times").format(task=name, times=stated[name])
            marking.problems.append(Problem(marking.at("parts"), found, _("each task in exactly one part")))
    if len(groups) == 1:
        marking.refuse("parts", _("at least two parts"))
    return tuple(tuple(TaskId(name) for name in group) for group in groups)


def _file(reading: Reading, key: str, suffix: str) -> str:
    value = reading.table.get(key)
    if isinstance(value, str) and _is_beside(value, suffix):
        return value
    reading.refuse(key, _beside_words(suffix))
    return ""


def _is_beside(name: str, suffix: str) -> bool:
    # Judged by the rules of both systems: a procedure is carried from one computer to another.
    inside = not PurePosixPath(name).is_absolute() and not PureWindowsPath(name).anchor and "\\" not in name
    parts = name.split("/")
    return inside and name.lower().endswith(suffix) and all(part.strip() and part not in (".", "..") for part in parts)


def _beside_words(suffix: str) -> str:
    return _("a file in the folder of procedure.toml, its name ending in {suffix}").format(suffix=suffix)


def _paper(section: Reading) -> PaperPart:
    section.only("pages", "own", "templates")
    own = section.flag("own")
    templates = section.texts("templates")
    if not all(_is_beside(name, ".toml") for name in templates):
        section.refuse("templates", _beside_words(".toml"))
    if not own and not templates:
        section.refuse("templates", _("at least one template when own = false"), "[]")
    papers: tuple[Paper, ...] = (*((OwnPaper(),) if own else ()), *(ForeignPaper(name) for name in templates))
    return PaperPart(section.whole("pages", 1, labels.MAX_PAGE), papers)


def _keying(section: Reading) -> Keying:
    default = Keying()
    section.only("entry_people", "review_people", "known_percent")
    return Keying(
        section.whole("entry_people", 1, _MOST_PEOPLE, default.entry_people),
        section.whole("review_people", 1, _MOST_PEOPLE, default.review_people),
        section.whole("known_percent", 0, _MOST_KNOWN, default.known_percent),
    )


def _statuses(marking: Reading) -> frozenset[Status]:
    values = [status.value for status in Status]
    chosen = marking.texts("third_statuses", (Status.SENIOR.value, Status.LEAD.value))
    unknown = [name for name in chosen if name not in values]
    if unknown or not chosen:
        marking.refuse("third_statuses", ", ".join(values), unknown[0] if unknown else "[]")
    return frozenset(Status(name) for name in chosen if name in values)


def _wishes(marking: Reading) -> tuple[Wished, ...]:
    """In the order of importance in which they stand."""
    values = [wished.value for wished in Wished]
    named = marking.texts("wishes")
    for name in named:
        if name not in values:
            marking.refuse("wishes", nearest(name, values), name)
    return tuple(Wished(name) for name in named if name in values)


_RULES = (
    "task_difference",
    "criterion_difference",
    "sum_difference",
    "mark_differs",
    "x_against_points",
    "zero_gates",
    "minor",
    "third_scope",
    "third",
)


def _rules(section: Reading, criteria: Sequence[CriterionId], *, marks_known: bool) -> Rules:
    """`marks_known`: do the experts' points alone make the marks 2-5?"""
    default = Rules()
    section.only(*_RULES)
    if section.table.get("mark_differs") is True and not marks_known:
        section.refuse("mark_differs", _("false, where schools mark tasks: experts don't know the mark"))
    return Rules(
        task_difference=section.whole("task_difference", 1, 1000, default.task_difference),
        sum_difference=section.optional_whole("sum_difference", 1, 1000),
        mark_differs=section.flag("mark_differs", default.mark_differs),
        x_against_points=section.flag("x_against_points", default.x_against_points),
        minor=Minor(section.one_of("minor", [m.value for m in Minor], default.minor.value)),
        third_scope=Scope(section.one_of("third_scope", [s.value for s in Scope], default.third_scope.value)),
        criterion_difference=section.optional_whole("criterion_difference", 1, 1000),
        zero_gates=_zero_gates(section, criteria),
        third=Third(section.one_of("third", [t.value for t in Third], default.third.value)),
    )


def _zero_gates(section: Reading, criteria: Sequence[CriterionId]) -> tuple[CriterionId, ...]:
    named = section.table.get("zero_gates", [])
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        section.refuse("zero_gates", _("a list of criteria"))
        return ()
    for name in named:
        if name not in criteria:
            section.refuse("zero_gates", nearest(name, criteria), name)
    return tuple(criterion for criterion in criteria if criterion in named)


def _boundaries(root: Reading, maximum: int) -> Boundaries | None:
    if "boundaries" not in root.table:
        return None
    section = root.section("boundaries")
    section.only("three", "four", "five")
    if any(problem.path.startswith("criterion") for problem in root.problems):
        maximum = _MOST_POINTS  # the true maximum isn't known: no second complaint about one mistake
    before = len(root.problems)
    three, four, five = (section.whole(name, 1, max(maximum, 1)) for name in ("three", "four", "five"))
    if len(root.problems) == before and not three < four < five:
        allowed = _("three < four < five <= {maximum}").format(maximum=maximum)
        root.problems.append(Problem("boundaries", f"{three}, {four}, {five}", allowed))
    return Boundaries(three, four, five)


# --- does it fit on paper ----------------------------------------------------------------------


def _fit(procedure: Procedure) -> list[Problem]:
    problems = []
    if OwnPaper() in procedure.papers:
        for page in range(1, procedure.pages + 1):
            problems.extend(_fit_page(procedure, page))
    sheets = len(sheetform.sheet_forms(procedure))
    if sheets > labels.MAX_PAGE:
        allowed = _("criteria that fit on {most} score sheets").format(most=labels.MAX_PAGE)
        problems.append(Problem("criterion", _("{sheets} score sheets").format(sheets=sheets), allowed))
    return problems


def _fit_page(procedure: Procedure, page: int) -> list[Problem]:
    zones = page_form(procedure, page).answers
    if not zones:
        found = _("page {page} without a task").format(page=page)
        return [Problem("paper.pages", found, _("a task on every page"))]
    needed = zones[-1].box.bottom - zones[0].box.y
    if needed <= room(page) + 1e-6:
        return []
    found = _("{needed} mm for the tasks of page {page}, gaps included").format(needed=f"{needed:g}", page=page)
    first = next(n for n, task in enumerate(procedure.tasks, start=1) if page in [zone.page for zone in task.zones])
    allowed = _("at most {room} mm on this page").format(room=f"{room(page):g}")
    return [Problem(f"task[{first}].height_mm", found, allowed)]
