"""Schools type the scores that came back to them into their electronic forms, a few of them wrongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crosscheck.keys import Holder, unlock
from crosscheck.model import CriterionId, Given, NotAttempted, Points, WorkId
from crosscheck.procedure import Criterion
from crosscheck.release import join
from crosscheck.station import Station
from drill.form_saves import edited
from drill.recipe import Dice
from scoring.forms import comparing, issuing
from scoring.forms.layout import Form, ScoreColumn

SLIPS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that a school types: the score that stands there, and what it types."""

    work: WorkId
    criterion: Criterion
    typed: Given


def type_in(station: Station, passphrase: str, exported: Path, seed: int) -> int:
    """Fill in every exported form with what stands, but for a few cells; in how many something else was typed."""
    links = join(station, unlock(station.keys, Holder.COORDINATOR, passphrase), "drill")
    procedure, dice = station.procedure(), np.random.default_rng([seed, 6])
    with station.ledger.reading() as connection:
        lists = issuing.class_lists(connection, links)
        stands = comparing.all_standing(connection, procedure)
    maxima = {c.id: c for c in procedure.criteria}
    cells = [
        Cell(work, maxima[criterion], given)
        for work, settled in sorted(stands.items())
        for criterion, given in sorted(settled.items())
    ]
    slipped = {int(n) for n in dice.choice(len(cells), min(SLIPS, len(cells)), replace=False)}
    typed = {(c.work, c.criterion.id): _slip(c, dice) if n in slipped else c.typed for n, c in enumerate(cells)}
    for listed in lists:
        path = exported / f"form-{listed.of.school}-{listed.of.class_set}.xlsx"
        form = issuing.form_of(station, procedure, listed, 1)
        path.write_bytes(_filled(path.read_bytes(), form, listed.works, typed))
    return len(slipped)


def _slip(cell: Cell, dice: Dice) -> Given:
    """Another value that the cell allows."""
    others: list[Given] = [NotAttempted(), *(Points(n) for n in range(cell.criterion.maximum + 1))]
    others.remove(cell.typed)
    return others[int(dice.integers(len(others)))]


def _filled(
    content: bytes,
    form: Form,
    works: Mapping[str, WorkId],
    typed: Mapping[tuple[WorkId, CriterionId], Given],
) -> bytes:
    columns = {c.criterion.id: n for n, c in enumerate(form.columns, start=1) if isinstance(c, ScoreColumn)}

    def edit(_book: Any, sheet: Any) -> None:
        for row, code in enumerate(form.participants, start=form.header + 1):
            for criterion, column in columns.items():
                given = typed.get((works[code], criterion))
                if given is not None:
                    sheet.cell(row, column).value = given.value if isinstance(given, Points) else "X"

    return edited(content, edit)
