"""For a third marking: the scores given before, on a page of their own beside each score sheet."""

from __future__ import annotations

from crosscheck.geometry import Box
from crosscheck.i18n import translator
from crosscheck.model import CriterionId, Given
from crosscheck.numbering import spaced
from crosscheck.sheetform import Column
from crosscheck.typeset import BOLD, Align, Press
from packets.drawing.parts import packet_name, spelled
from packets.drawing.sheets import SheetContent, SheetRow

TITLE = Box(15, 15, 180, 9)
SUBTITLE = Box(15, 25, 180, 6)
LEGEND = Box(15, 32, 180, 9)
_LEFT, _TOP, _NUMBER, _WIDE, _ROW = 15.0, 45.0, 32.0, 148.0, 8.0
_WIDEST = 24.0


def _columns(content: SheetContent) -> tuple[Column, ...]:
    known = {criterion for row in content.rows for criterion, _given in row.earlier}
    return tuple(column for column in content.form.columns if column.criterion.id in known)


def _cell(row: SheetRow, criterion: CriterionId) -> str:
    """`2 / 1`: what the earlier markings gave, in their order; a dash when the criterion had none."""
    given: dict[CriterionId, tuple[Given, ...]] = dict(row.earlier)
    return " / ".join(spelled(one) for one in given.get(criterion, ())) or "\u2013"


def _draw_heading(press: Press, content: SheetContent) -> None:
    _ = translator(content.procedure.language)
    press.text(TITLE, _("Earlier scores"), 16, BOLD, upright=0.5)
    where = _("{packet}, score sheet {sheet} of {sheets}").format(
        packet=packet_name(content.packet, content.round, _), sheet=content.form.sheet, sheets=content.form.sheets
    )
    press.text(SUBTITLE, where, 11)
    legend = _("Scores of the earlier markings, in their order: first / second. X: not attempted. Your score is final.")
    press.text(LEGEND, legend, 9)


def _draw_line(press: Press, top: float, cells: tuple[str, ...], wide: float, font: str, size: float) -> None:
    for i, cell in enumerate(cells):
        box = Box(_LEFT if i == 0 else _LEFT + _NUMBER + (i - 1) * wide, top, _NUMBER if i == 0 else wide, _ROW)
        press.frame(box, 0.15, 0.5)
        align = Align.LEFT if i == 0 else Align.CENTRE
        press.text(box.grown(-1), cell, size, BOLD if i == 0 else font, align=align, upright=0.5)


def draw_earlier(press: Press, content: SheetContent) -> None:
    """A table of the scores given before, or nothing when the sheet's rows have none."""
    columns = _columns(content)
    if not columns:
        return
    _ = translator(content.procedure.language)
    _draw_heading(press, content)
    wide = min(_WIDEST, _WIDE / len(columns))
    head = (_("Work"), *(column.criterion.id for column in columns))
    _draw_line(press, _TOP, head, wide, BOLD, 9)
    for i, row in enumerate(content.rows, start=1):
        cells = (spaced(row.number), *(_cell(row, column.criterion.id) for column in columns))
        _draw_line(press, _TOP + i * _ROW, cells, wide, "CrosscheckSans", 10)
    press.end_page()
