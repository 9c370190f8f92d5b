"""The made-up assessments of the samples, as values and as `procedure.toml`."""

from __future__ import annotations

import dataclasses
import datetime
import json
from dataclasses import replace

from crosscheck.model import CriterionId, Difficulty, MutualMarking, Status, TaskId
from crosscheck.procedure import (
    DEFAULT_FORMER_SCHOOL_YEARS,
    DEFAULT_THIRD_RESERVE,
    Boundaries,
    CaptureStyle,
    Control,
    Criterion,
    ForeignPaper,
    Keying,
    MarkedBy,
    OwnPaper,
    Procedure,
    Rules,
    Scheme,
    Task,
    Third,
)


def _task(name: str, page: int, height_mm: float, difficulty: Difficulty = Difficulty.BASIC) -> Task:
    return Task(TaskId(name), difficulty, page, height_mm)


def _criterion(name: str, task: str, maximum: int) -> Criterion:
    return Criterion(CriterionId(name), TaskId(task), maximum)


DISTRICT = Procedure(
    code="math-5-2026",
    kind="ВПР",
    subject="Математика",
    grade=5,
    date=datetime.date(2026, 4, 14),
    title="ВПР 2026. Математика. 5 класс",
    language="ru",
    tasks=(
        _task("1", 1, 40),
        _task("2", 1, 60),
        _task("3", 1, 85),
        _task("4", 2, 55),
        _task("5", 2, 70, Difficulty.ADVANCED),
        _task("6", 2, 80, Difficulty.ADVANCED),
    ),
    criteria=(
        _criterion("1", "1", 1),
        _criterion("2", "2", 1),
        _criterion("3", "3", 2),
        _criterion("4", "4", 2),
        _criterion("5К1", "5", 2),
        _criterion("5К2", "5", 1),
        _criterion("6К1", "6", 3),
        _criterion("6К2", "6", 1),
    ),
    pages=2,
    papers=(OwnPaper(), ForeignPaper("templates/vpr.toml"), ForeignPaper("templates/rdr.toml")),
    markings=2,
    different_schools=True,
    rows_per_sheet=20,
    third_statuses=frozenset({Status.SENIOR, Status.LEAD}),
    rules=Rules(),
    boundaries=Boundaries(4, 7, 10),
    criteria_pdf="criteria.pdf",
)

SINGLE = replace(
    DISTRICT,
    code="math-5-single",
    kind="РДР",
    date=datetime.date(2026, 2, 10),
    title="РДР 2026. Математика. 5 класс",
    papers=(OwnPaper(),),
    markings=1,
    different_schools=False,
    criteria_pdf=None,
)

# A page of this one strays into a batch of the district's.
OTHER = replace(DISTRICT, code="russian-5-2026", subject="Русский язык", title="ВПР 2026. Русский язык. 5 класс")


def _value(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}"
    # JSON's booleans, numbers, strings and lists of strings are TOML's too.
    return json.dumps(value, ensure_ascii=False)


_WHERE_STATED = ("minutes_per_page", "minutes_per_task", "seed_works", "seeds", "repeats")


def _table(header: str, values: dict[str, object]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in values.items() if value is not None]
    return "\n".join([header, *lines, ""])


def _sheet(procedure: Procedure) -> list[str]:
    said = {"style": procedure.style.value, "control": procedure.control.value}
    usual = (procedure.style, procedure.control) == (CaptureStyle.BOXES, Control.NONE)
    return [] if usual else [_table("[sheet]", dict(said))]


def _keying(procedure: Procedure) -> list[str]:
    return [] if procedure.keying == Keying() else [_table("[keying]", dataclasses.asdict(procedure.keying))]


def _tasks(procedure: Procedure) -> list[str]:
    return [
        _table(
            "[[task]]",
            {"id": t.id, "difficulty": t.difficulty.value, "page": t.page, "height_mm": t.height_mm}
            | ({"more": [[zone.page, zone.height_mm] for zone in t.more]} if t.more else {})
            | ({"marked_by": t.marked_by.value} if t.marked_by is MarkedBy.SCHOOL else {}),
        )
        for t in procedure.tasks
    ] + [_table("[[criterion]]", {"id": c.id, "task": c.task, "max": c.maximum}) for c in procedure.all_criteria]


def _rules(procedure: Procedure) -> list[str]:
    rules, boundaries = procedure.rules, procedure.boundaries
    tables = [
        _table(
            "[rules]",
            {
                "task_difference": rules.task_difference,
                "sum_difference": rules.sum_difference,
                "mark_differs": rules.mark_differs,
                "x_against_points": rules.x_against_points,
                "minor": rules.minor.value,
                "third_scope": rules.third_scope.value,
                "criterion_difference": rules.criterion_difference,
                "zero_gates": list(rules.zero_gates) or None,
                "third": None if rules.third is Third.FINAL else rules.third.value,
            },
        )
    ]
    if boundaries is not None:
        numbers = {"three": boundaries.three, "four": boundaries.four, "five": boundaries.five}
        tables.append(_table("[boundaries]", dict(numbers)))
    return tables


def toml(procedure: Procedure) -> str:
    """The procedure as the text of its `procedure.toml`."""
    p = procedure
    head: dict[str, object] = {"code": p.code, "kind": p.kind, "subject": p.subject, "grade": p.grade, "date": p.date}
    head |= {"title": p.title, "language": p.language, "criteria_pdf": p.criteria_pdf}
    templates = [paper.template for paper in p.papers if isinstance(paper, ForeignPaper)]
    paper = {"pages": p.pages, "own": OwnPaper() in p.papers, "templates": templates}
    marking = {
        "markings": p.markings,
        "different_schools": p.different_schools,
        "rows_per_sheet": p.rows_per_sheet,
        "third_statuses": sorted((s.value for s in p.third_statuses), reverse=True),
    }
    if p.mutual_schools is not MutualMarking.ALLOWED:
        marking["mutual_schools"] = p.mutual_schools.value
    marking |= {key: value for key in _WHERE_STATED if (value := getattr(p, key))}
    if p.by_check_point:
        marking["by_check_point"] = True
    if p.return_by:
        marking["return_by"] = p.return_by
    if p.wishes:
        marking["wishes"] = [wished.value for wished in p.wishes]
    if p.scheme is not Scheme.MIXED:
        marking["scheme"] = p.scheme.value
    if p.stated_parts:
        marking["parts"] = [list(tasks) for tasks in p.stated_parts]
    if p.third_reserve != DEFAULT_THIRD_RESERVE:
        marking["third_reserve"] = p.third_reserve
    if p.former_school_years != DEFAULT_FORMER_SCHOOL_YEARS:
        marking["former_school_years"] = p.former_school_years
    tables = [_table("[procedure]", head), _table("[paper]", paper), _table("[marking]", marking)]
    return "\n".join([*tables, *_sheet(p), *_keying(p), *_tasks(p), *_rules(p)])
