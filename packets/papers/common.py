"""What several papers say in the same words."""

from __future__ import annotations

from collections.abc import Sequence

from packets.papers.blocks import Column, Side, Signatures, Table
from packets.papers.known import Gettext, Occasion

HAND_ROW = 9.0  # millimetres: a row that a hand writes in


def signatures(_: Gettext, *roles: str, dated: bool = True) -> Signatures:
    """Lines to sign, captioned."""
    return Signatures(roles, _("signature"), _("surname, initials"), _("date") if dated else "")


def numbered(columns: tuple[Column, ...], rows: int, *, first: int = 1, filled: Sequence[str] = ()) -> Table:
    """A table for a hand: rows with their numbers and nothing else; filled: what stands in the first column of the
    first rows."""
    blank = ("",) * (len(columns) - 1)
    said = [*filled, *("",) * (rows - len(filled))]
    return Table(
        (Column("№", 9, side=Side.RIGHT), *columns),
        tuple((str(n), text, *blank) for n, text in enumerate(said, start=first)),
        row_height=HAND_ROW,
    )


def by_criterion(occasion: Occasion, columns: tuple[Column, ...], _: Gettext) -> Table:
    """A row for each criterion with its task and its maximum, the other columns empty."""
    blank = ("",) * len(columns)
    return Table(
        (
            Column(_("task"), 16, side=Side.CENTRE),
            Column(_("criterion"), 20, side=Side.CENTRE),
            Column(_("max."), 12, side=Side.CENTRE),
            *columns,
        ),
        tuple((one.task, one.criterion, str(one.maximum), *blank) for one in occasion.criteria),
        row_height=HAND_ROW,
    )
