"""Tasks and criteria of procedure.toml: `[[task]]` and `[[criterion]]`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from crosscheck import sheetform
from crosscheck.i18n import gettext as _
from crosscheck.model import CriterionId, Difficulty, TaskId
from crosscheck.procedure import Criterion, MarkedBy, OwnPaper, Paper, Task, Zone
from crosscheck.toml_reading import Problem, Reading, nearest, shown

_ID = r"[0-9A-Za-zА-Яа-яЁё](?:[0-9A-Za-zА-Яа-яЁё.-]{0,9})"
_LEAST_HEIGHT, _GREATEST_HEIGHT = 8.0, 250.0
# Letters that look alike on paper: two ids that differ only by these can't be told apart by an expert.
_LOOK_ALIKE = str.maketrans("ABCEHKMOPTXaceopxyЁё", "АВСЕНКМОРТХасеорхуЕе")


@dataclass(frozen=True, slots=True)
class PaperPart:
    """Pages of a work, and what it is written on."""

    pages: int
    papers: tuple[Paper, ...]

    @property
    def own(self) -> bool:
        return OwnPaper() in self.papers


def read_tasks(root: Reading, paper: PaperPart) -> tuple[Task, ...]:
    """The tasks, in the order of the file."""
    tasks = []
    for reading in root.sections("task"):
        reading.only("id", "difficulty", "page", "height_mm", "more", "marked_by")
        tasks.append(
            Task(
                id=TaskId(_id(reading, "id")),
                difficulty=Difficulty(reading.one_of("difficulty", [d.value for d in Difficulty])),
                page=reading.whole("page", 1, paper.pages, None if paper.own else 1),
                # Forms of others have their own zones: a height is asked for on own pages only.
                height_mm=reading.number(
                    "height_mm", _LEAST_HEIGHT, _GREATEST_HEIGHT, None if paper.own else _LEAST_HEIGHT
                ),
                more=_more(reading, paper),
                marked_by=MarkedBy(reading.one_of("marked_by", [m.value for m in MarkedBy], MarkedBy.EXPERTS.value)),
            )
        )
    _refuse_repeated(root, "task", [task.id for task in tasks])
    if tasks and all(task.marked_by is MarkedBy.SCHOOL for task in tasks):
        root.problems.append(Problem("task[1].marked_by", "school", _("at least one task that experts mark")))
    return tuple(tasks)


def _more(reading: Reading, paper: PaperPart) -> tuple[Zone, ...]:
    value = reading.table.get("more", [])
    if isinstance(value, list) and all(_is_zone(pair, paper.pages) for pair in value) and (paper.own or not value):
        return tuple(Zone(page, float(height)) for page, height in value)
    allowed = _("pairs of a page and a height on our own forms, as [[2, 200], [3, 200]]")
    reading.refuse("more", allowed)
    return ()


def _is_zone(pair: object, pages: int) -> bool:
    match pair:
        case [int(page), int() | float() as height] if not isinstance(page, bool) and not isinstance(height, bool):
            return 1 <= page <= pages and _LEAST_HEIGHT <= height <= _GREATEST_HEIGHT
        case _:
            return False


def read_criteria(root: Reading, tasks: tuple[Task, ...]) -> tuple[Criterion, ...]:
    """The criteria, each of a task, and no task without one."""
    known = {task.id for task in tasks}
    criteria = []
    for reading in root.sections("criterion"):
        reading.only("id", "task", "max")
        owner = TaskId(_id(reading, "task"))
        if owner and known and owner not in known:
            reading.refuse("task", nearest(owner, known))
        maximum = reading.whole("max", 1, sheetform.MAX_MAXIMUM)
        criteria.append(Criterion(CriterionId(_id(reading, "id")), owner, maximum))
    _refuse_repeated(root, "criterion", [criterion.id for criterion in criteria])
    judged = {criterion.task for criterion in criteria}
    for n, task in enumerate(tasks, start=1):
        if criteria and task.id and task.id not in judged:
            root.problems.append(Problem(f"task[{n}].id", shown(task.id), _("a task with at least one criterion")))
    return tuple(criteria)


def _id(reading: Reading, key: str) -> str:
    return reading.shaped(key, _ID, _('1 to 10 letters, digits, dots and dashes in quotes, as "6К1"'))


def _refuse_repeated(root: Reading, key: str, ids: Iterable[str]) -> None:
    given = list(ids)
    seen = Counter(name.translate(_LOOK_ALIKE).casefold() for name in given if name)
    for n, name in enumerate(given, start=1):
        if seen[name.translate(_LOOK_ALIKE).casefold()] > 1:
            allowed = _("an id that stands once and looks like no other")
            root.problems.append(Problem(f"{key}[{n}].id", shown(name), allowed))
