"""The made-up mark scheme (критерии оценивания) as a PDF of two pages."""

from __future__ import annotations

import io

from crosscheck.geometry import Box
from drill.drawing import Sketch, sketches
from drill.tasks import TASKS, TaskText


def _block(sketch: Sketch, task: TaskText, top: float) -> float:
    sketch.text(14, top, f"Задание {task.id}", 12, bold=True)
    baseline = top + 7.0
    for line in task.lines:
        sketch.text(18, baseline, line, 9.5)
        baseline += 5.0
    for criterion, points, sentence in task.scheme:
        sketch.frame(Box(18, baseline - 3.2, 174, 6.6), 0.2)
        sketch.text(21, baseline + 1.2, criterion, 9.5, bold=True)
        sketch.text(36, baseline + 1.2, sentence, 9.5)
        sketch.text(189, baseline + 1.2, f"{points} б.", 9.5, right=True)
        baseline += 6.6
    return baseline + 9.0


def draw(title: str) -> bytes:
    """The scheme with `title` on top of each page; deterministic bytes."""
    out = io.BytesIO()
    with sketches(out) as sketch:
        for page, part in enumerate((TASKS[:4], TASKS[4:]), start=1):
            sketch.text(14, 18, title, 13, bold=True)
            sketch.text(14, 25, f"Критерии оценивания. Лист {page} из 2", 10.5)
            top = 38.0
            for task in part:
                top = _block(sketch, task, top)
            if page == 2:
                sketch.text(
                    14, top, "Максимальный первичный балл: 13. Если ученик не приступал к заданию, ставится X.", 10
                )
            sketch.next_page()
    return out.getvalue()
