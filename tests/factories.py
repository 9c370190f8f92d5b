"""Small made-up facts for tests."""

from __future__ import annotations

import datetime
from dataclasses import replace

from hypothesis import strategies as st

from crosscheck.model import CriterionId, Difficulty, Status, TaskId
from crosscheck.procedure import (
    Boundaries,
    CaptureStyle,
    Control,
    Criterion,
    OwnPaper,
    Procedure,
    Rules,
    Task,
)
from crosscheck.sheetform import MAX_MAXIMUM, MAX_ROWS


def criterion(name: str, task: str, maximum: int) -> Criterion:
    return Criterion(CriterionId(name), TaskId(task), maximum)


def task(name: str, page: int, height_mm: float, difficulty: Difficulty = Difficulty.BASIC) -> Task:
    return Task(TaskId(name), difficulty, page, height_mm)


def procedure(**changes: object) -> Procedure:
    """A mathematics procedure of 5 tasks and 6 criteria on 2 own pages, marked twice."""
    made = Procedure(
        code="math-5",
        kind="ВПР",
        subject="Математика",
        grade=5,
        date=datetime.date(2026, 4, 14),
        title="ВПР 2026. Математика. 5 класс",
        language="ru",
        tasks=(
            task("1", 1, 40),
            task("2", 1, 60),
            task("3", 1, 80),
            task("4", 2, 90),
            task("5", 2, 110, Difficulty.ADVANCED),
        ),
        criteria=(
            criterion("1", "1", 1),
            criterion("2", "2", 2),
            criterion("3", "3", 2),
            criterion("4", "4", 3),
            criterion("5К1", "5", 2),
            criterion("5К2", "5", 1),
        ),
        pages=2,
        papers=(OwnPaper(),),
        markings=2,
        different_schools=True,
        rows_per_sheet=20,
        third_statuses=frozenset({Status.SENIOR, Status.LEAD}),
        rules=Rules(),
        boundaries=Boundaries(4, 7, 10),
        criteria_pdf=None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """Procedures of 1 to 30 criteria with maxima 1 to 20 and 1 to 20 rows, in both styles, with sums and without."""
    highest = draw(st.sampled_from((3, 9, MAX_MAXIMUM)))
    maxima = draw(st.lists(st.integers(1, highest), min_size=1, max_size=30))
    return procedure(
        criteria=tuple(criterion(f"{n // 2}К{n % 2 + 1}", "1", m) for n, m in enumerate(maxima, start=2)),
        rows_per_sheet=draw(st.integers(1, MAX_ROWS)),
        style=draw(st.sampled_from(CaptureStyle)),
        control=draw(st.sampled_from(Control)),
    )
