"""Answer papers that are not the project's own: a ВПР-like form (2 pages) and a РДР-like form (3 pages).

No registration marks and no codes: headers, task texts and frames, as other people print them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from crosscheck.geometry import Box
from drill import tasks
from drill.drawing import Sketch, sketches

_TEXT_PITCH = 5.2
_LEFT, _RIGHT = 12.0, 198.0


@dataclass(frozen=True, slots=True)
class Blank:
    """A line or box to be filled in by hand: what goes there (`code`, `school`, `class`, `name`), caption, place."""

    what: str
    caption: str
    box: Box
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer frame of a task."""

    task: str
    box: Box


@dataclass(frozen=True, slots=True)
class ForeignPage:
    """One page: printed title, blanks, identity boxes that cover them, answer frames (all boxes in mm)."""

    page: int
    title: str
    blanks: tuple[Blank, ...]
    identity: tuple[Box, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class ForeignForm:
    """A form: `name` is also the stem of its template files."""

    name: str
    pages: tuple[ForeignPage, ...]


def _answers(ids: tuple[str, ...], top: float, height: float) -> tuple[Answer, ...]:
    made = []
    for task in ids:
        top += _TEXT_PITCH * len(tasks.BY_ID[task].lines) + 8.0
        made.append(Answer(task, Box(_LEFT, round(top, 1), _RIGHT - _LEFT, height)))
        top += height + 5.0
    return tuple(made)


_VPR_TITLE = "ВПР. Математика. 5 класс. Вариант 1"
_VPR_CODE = Blank("code", "Код", Box(166, 10, 32, 10), framed=True)
_VPR_CODE_ZONE = Box(152, 8, 48, 14)
_VPR_LINE = (Blank("class", "Класс", Box(26, 24, 24, 9)), Blank("name", "Фамилия, имя", Box(82, 24, 112, 9)))
VPR = ForeignForm(
    "vpr",
    (
        ForeignPage(
            1,
            _VPR_TITLE,
            (_VPR_CODE, *_VPR_LINE),
            (_VPR_CODE_ZONE, Box(8, 23, 192, 13)),
            _answers(("1", "2", "3"), 40, 50),
        ),
        ForeignPage(2, _VPR_TITLE, (_VPR_CODE,), (_VPR_CODE_ZONE,), _answers(("4", "5", "6"), 30, 53)),
    ),
)

_RDR_TITLE = "Региональная диагностическая работа по математике"
_RDR_HEAD = (
    Blank("school", "ОО", Box(40, 18, 60, 9)),
    Blank("class", "Класс", Box(128, 18, 30, 9)),
    Blank("name", "Фамилия, имя", Box(40, 30, 118, 10)),
)
_RDR_SHORT = (Blank("class", "Класс", Box(26, 8, 24, 9)), Blank("name", "Фамилия, имя", Box(84, 8, 80, 9)))
RDR = ForeignForm(
    "rdr",
    (
        ForeignPage(1, _RDR_TITLE, _RDR_HEAD, (Box(10, 16, 190, 27),), _answers(("1", "2"), 50, 82)),
        ForeignPage(2, "РДР. Математика. Лист 2", _RDR_SHORT, (Box(10, 5, 190, 15),), _answers(("3", "4"), 34, 92)),
        ForeignPage(3, "РДР. Математика. Лист 3", _RDR_SHORT, (Box(10, 5, 190, 15),), _answers(("5", "6"), 34, 88)),
    ),
)
FORMS = {form.name: form for form in (VPR, RDR)}


def _draw_blank(sketch: Sketch, blank: Blank) -> None:
    box = blank.box
    if blank.framed:
        sketch.frame(box, 0.4)
        for i in range(1, 5):
            sketch.line((box.x + i * box.w / 5, box.y), (box.x + i * box.w / 5, box.bottom), 0.25)
    else:
        sketch.line((box.x, box.bottom - 1.0), (box.right, box.bottom - 1.0), 0.25)
    sketch.text(box.x - 2.0, box.bottom - 2.0, blank.caption, 9, bold=True, right=True)


def _title_baseline(form: ForeignForm, page: ForeignPage) -> float:
    if form is VPR:
        return 16.0
    return 12.0 if page.page == 1 else 27.0


def _draw_page(sketch: Sketch, form: ForeignForm, page: ForeignPage) -> None:
    sketch.text(_LEFT, _title_baseline(form, page), page.title, 12, bold=True)
    for blank in page.blanks:
        _draw_blank(sketch, blank)
    for answer in page.answers:
        lines = tasks.BY_ID[answer.task].lines
        top = answer.box.y - 5.0 - _TEXT_PITCH * len(lines)
        sketch.frame(Box(_LEFT, top + 0.4, 7.5, 7.5), 0.5)
        sketch.text(_LEFT + 2.4, top + 5.8, answer.task, 12, bold=True)
        for i, line in enumerate(lines):
            sketch.text(_LEFT + 11.0, top + 4.2 + i * _TEXT_PITCH, line, 10)
        sketch.text(_LEFT, answer.box.y - 1.2, "Решение и ответ:", 8.5)
        sketch.frame(answer.box, 0.35)
    foot = f"{form.name.upper()}-2026 · Математика · 5 класс · Вариант 1 · страница {page.page} из {len(form.pages)}"
    sketch.text(_LEFT, 291.0, foot, 8)
    sketch.text(_RIGHT, 291.0, "Не пишите вне рамок", 8, right=True)


def draw(form: ForeignForm) -> bytes:
    """The blank form as PDF."""
    out = io.BytesIO()
    with sketches(out) as sketch:
        for page in form.pages:
            _draw_page(sketch, form, page)
            sketch.next_page()
    return out.getvalue()


def _boxes(boxes: tuple[Box, ...]) -> str:
    return ", ".join(_box(box) for box in boxes)


def _box(box: Box) -> str:
    return f"[{box.x:g}, {box.y:g}, {box.w:g}, {box.h:g}]"


def template(form: ForeignForm) -> str:
    """The template file that describes the form to the product."""
    lines = [f'name = "{form.name}"', ""]
    for page in form.pages:
        lines += ["[[page]]", f"page = {page.page}", f'reference = "{form.name}-{page.page}.png"']
        lines += [f"identity = [{_boxes(page.identity)}]", ""]
        for answer in page.answers:
            lines += ["[[page.answer]]", f'task = "{answer.task}"', f"box = {_box(answer.box)}", ""]
    return "\n".join(lines)
