"""Slips of whoever types points from paper: which one would make a form say just what it says. Pure.

A slip is a possible cause and no more: each is only named where the values fit it exactly.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crosscheck.model import CriterionId, Given, WorkId
from scoring.differences.kinds import points
from scoring.forms.stated import NotStated, Stated, sign

_LEAST_SHIFTED = 3  # cells in a row: fewer agree with their neighbours by chance
_LEAST_SWAPPED = 2  # cells in which two rows differ
# Where digits lie on the number block of a keyboard; along the upper row they follow each other.
_BLOCK = {"7": (0, 0), "8": (0, 1), "9": (0, 2), "4": (1, 0), "5": (1, 1), "6": (1, 2), "1": (2, 0), "2": (2, 1)}
_BLOCK |= {"3": (2, 2), "0": (3, 0)}


class How(enum.StrEnum):
    """Which slip."""

    SHIFTED = "shifted"  # points of the column beside it, cell after cell
    ROWS_SWAPPED = "rows_swapped"  # two works have each other's points
    EXCHANGED = "exchanged"  # two neighbouring cells have each other's points
    DIGITS = "digits"  # 12 for 21
    NEIGHBOUR_KEY = "neighbour_key"


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip that fits: the cells it explains; the other work, where rows are swapped."""

    how: How
    cells: tuple[CriterionId, ...]
    other: WorkId | None = None


Row = Mapping[CriterionId, Stated]
Stands = Mapping[CriterionId, Given]


def slips(order: Sequence[CriterionId], stated: Row, stands: Stands) -> tuple[Slip, ...]:
    """Every slip within a row, the one that explains most first. order: of the columns. Cells that say nothing, and
    those for which nothing stands yet, fit no slip."""
    cells = [c for c in order if c in stands and not isinstance(stated.get(c, NotStated()), NotStated)]
    said, right = [sign(stated[c]) for c in cells], [sign(stands[c]) for c in cells]
    wrong = {n for n in range(len(cells)) if said[n] != right[n]}
    found = [*_shifts(cells, said, right, wrong), *_exchanges(cells, said, right, wrong)]
    for n in sorted(wrong):
        if how := mistyped(said[n], right[n]):
            found.append(Slip(how, (cells[n],)))
    return tuple(sorted(found, key=lambda slip: (-len(slip.cells), list(How).index(slip.how))))


def _shifts(cells: Sequence[CriterionId], said: Sequence[str], right: Sequence[str], wrong: set[int]) -> list[Slip]:
    """Runs of cells that say what stands one column to the left, or to the right."""
    found = []
    for step in (-1, 1):
        run: list[int] = []
        for n in range(len(cells) + 1):
            fits = n < len(cells) and 0 <= n + step < len(cells) and said[n] == right[n + step]
            if fits:
                run.append(n)
            elif run:
                # Equal neighbours look shifted, too: the values have to differ, and enough of the cells be wrong.
                if len(run) >= _LEAST_SHIFTED and len(wrong & set(run)) >= 2 and len({said[k] for k in run}) > 1:
                    found.append(Slip(How.SHIFTED, tuple(cells[k] for k in run if k in wrong)))
                run = []
    return found


def _exchanges(cells: Sequence[CriterionId], said: Sequence[str], right: Sequence[str], wrong: set[int]) -> list[Slip]:
    return [
        Slip(How.EXCHANGED, (cells[n], cells[n + 1]))
        for n in range(len(cells) - 1)
        if {n, n + 1} <= wrong and said[n] == right[n + 1] and said[n + 1] == right[n]
    ]


def mistyped(said: str, right: str) -> How | None:
    """Which slip within one cell makes the one of the other; both as signs."""
    if len(said) > 1 and said[::-1] == right:
        return How.DIGITS
    if len(said) != len(right):
        return None
    other = [(a, b) for a, b in zip(said, right, strict=True) if a != b]
    return How.NEIGHBOUR_KEY if len(other) == 1 and _beside(*other[0]) else None


def _beside(one: str, other: str) -> bool:
    """On the number block, or in the upper row, where 0 comes after 9."""
    if one not in _BLOCK or other not in _BLOCK:
        return False
    (a, b), (c, d) = _BLOCK[one], _BLOCK[other]
    return abs(a - c) + abs(b - d) == 1 or abs(int(one) - int(other)) == 1 or {one, other} == {"0", "9"}


def swapped(rows: Mapping[WorkId, tuple[Row, Stands]]) -> Mapping[WorkId, Slip]:
    """Works whose rows are swapped: each is said to have exactly what stands for the other. rows: of each work, what is
    stated and what stands. Where several works would fit, none is named."""
    by_stands: dict[tuple[tuple[str, str], ...], list[WorkId]] = {}
    for work, (_said, right) in rows.items():
        by_stands.setdefault(_signs(right), []).append(work)
    only = {w: several[0] for w, (said, _right) in rows.items() if len(several := by_stands.get(_signs(said), [])) == 1}
    found: dict[WorkId, Slip] = {}
    for work, other in only.items():
        if other != work and only.get(other) == work:
            said, right = rows[work]
            cells = tuple(c for c in right if c in said and points(said[c]) != points(right[c]))
            if len(cells) >= _LEAST_SWAPPED:
                found[work] = Slip(How.ROWS_SWAPPED, cells, other)
    return found


def _signs(row: Row | Stands) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((c, sign(one)) for c, one in row.items()))
