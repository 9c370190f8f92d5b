"""What is on each sheet of the sheet drill: form, expert, pen, every mark and what it means, damage.

What a mark means is fixed here. *Clear*: a cross into one box, a number alone in its cell. *Odd*: not as the form asks,
but anybody would say which box is meant; it may go to a person, and must not be read as another. *Ask*: nobody can know
without asking (two marks, a cancelled one, one between boxes, a pen that rested, nothing): it must go to a person.

Shares with the reader the places on the form and nothing else: not one of its limits is known here.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.model import CriterionId, Given, NotAttempted, Points
from crosscheck.procedure import Criterion
from crosscheck.sheetform import MAX_MAXIMUM, SheetForm, choices
from drill.damage import Damage, Kind, Stain
from drill.damage import drawn as drawn_damage
from drill.ink import BLACK, BLUE, PENCIL, VIOLET, Ink

Rng = np.random.Generator


class Sort(enum.Enum):
    """What may become of a cell."""

    CLEAR = "clear"
    ODD = "odd"
    ASK = "ask"


class Deed(enum.Enum):
    """What was done to a cell; its value is how the table calls it."""

    CROSSED = "crossed"
    WRITTEN = "written in digits"
    TICKED = "ticked"
    CIRCLED = "circled"
    SLASHED = "one stroke"
    UPRIGHT = "upright cross"
    BLOB = "large dot"
    OVERLONG = "cross reaches neighbours"
    RETRACED = "cross gone over"
    ERASED = "another cross rubbed out"
    SPECKED = "speck in another box"
    FORGOTTEN = "forgotten"
    CORRECTED = "one filled, another crossed"
    ONLY_FILLED = "filled only"
    TWO = "two crosses"
    BETWEEN = "cross between two boxes"
    REST = "pen rested"
    STRUCK = "line through the cell"
    CANCELLED = "cross struck out, another crossed"
    STRUCK_OUT = "digit struck out, another beside it"
    OVERWRITTEN = "digit over digit"


_ODD = (
    Deed.TICKED,
    Deed.CIRCLED,
    Deed.SLASHED,
    Deed.UPRIGHT,
    Deed.BLOB,
    Deed.OVERLONG,
    Deed.RETRACED,
    Deed.ERASED,
    Deed.SPECKED,
)
_ODD_DIGITS = (
    Deed.STRUCK_OUT,
    Deed.OVERWRITTEN,
)  # the sum of the row, without which no digit counts, says which is meant
_ASK = (
    Deed.FORGOTTEN,
    Deed.CORRECTED,
    Deed.ONLY_FILLED,
    Deed.TWO,
    Deed.BETWEEN,
    Deed.REST,
    Deed.STRUCK,
    Deed.CANCELLED,
)
_SLIPS_OF_DIGITS = (Deed.FORGOTTEN, *_ODD_DIGITS)
_OWN_WAYS = (Deed.TICKED, Deed.CIRCLED, Deed.SLASHED, Deed.UPRIGHT, Deed.BLOB, Deed.OVERLONG, Deed.RETRACED)
_BESIDE = frozenset(
    {Deed.ERASED, Deed.SPECKED, Deed.CORRECTED, Deed.TWO, Deed.BETWEEN, Deed.CANCELLED}
)  # ink another box, too


def sort_of(deed: Deed) -> Sort:
    """What may become of a cell to which this was done."""
    if deed in (*_ODD, *_ODD_DIGITS):
        return Sort.ODD
    return Sort.CLEAR if deed in (Deed.CROSSED, Deed.WRITTEN) else Sort.ASK


class SumDeed(enum.Enum):
    """What stands at the end of a row."""

    RIGHT = "right"
    NONE = "none"
    MISCOUNTED = "miscounted"
    SPOILT = "scribbled over"


@dataclass(frozen=True, slots=True)
class CellPlan:
    """A cell: what is meant (None: nothing), what is done, and the other value that gets ink, if any."""

    criterion: CriterionId
    meant: Given | None
    deed: Deed
    also: Given | None = None


@dataclass(frozen=True, slots=True)
class SumPlan:
    """The sum of a row: what is written (None: nothing)."""

    written: int | None
    deed: SumDeed


@dataclass(frozen=True, slots=True)
class RowPlan:
    """A row: its cells in the order of the form, and its sum where the form has one."""

    cells: tuple[CellPlan, ...]
    sum: SumPlan | None


@dataclass(frozen=True, slots=True)
class Pen:
    """A pen in a hand. `reach`: half a cross, of half a box; `shake_mm`: how far ends and middles lie off; `common`:
    whether it is a pen as most people use it."""

    width_mm: float
    reach: float
    shake_mm: float
    ink: Ink
    common: bool


@dataclass(frozen=True, slots=True)
class Expert:
    """Somebody who fills sheets: how often (of all cells) in an odd way, or so that one has to ask; `way`: who never
    makes crosses makes this instead. `no_sum`, `miscounts`, `spoils`: of all rows."""

    pen: Pen
    odd: float
    ask: float
    way: Deed | None
    no_sum: float
    miscounts: float
    spoils: float


class Paper(enum.Enum):
    """Damage that only score sheets are drilled with; every other has a Kind."""

    STRETCHED = "stretched by the feeder"
    COFFEE = "coffee over the table"
    CURLED = "phone photo of a curled sheet"


@dataclass(frozen=True, slots=True)
class Bend:
    """How paper lies along its long side, stretched by a feeder or curled: `mm` off at the middle of `waves` half
    waves."""

    mm: float
    waves: int


@dataclass(frozen=True, slots=True)
class Wear:
    """What happens to a filled sheet on its way into a file. `what`: how the table calls it."""

    what: str
    damage: Damage
    bend: Bend | None
    usual: bool  # an ordinary scan in grey, 200 to 300 dpi


# --- forms ----------------------------------------------------------------------------------------


def some_maxima(rng: Rng) -> tuple[int, ...]:
    """Maxima of 1 to 30 criteria: mostly few points, at times up to the most there can be."""
    count = int(rng.integers(1, 31)) if rng.random() < 0.4 else int(rng.integers(4, 16))
    highest = (2, 3, 4, 9, MAX_MAXIMUM)[int(rng.choice(5, p=(0.35, 0.3, 0.15, 0.1, 0.1)))]
    return tuple(int(value) for value in rng.integers(1, highest + 1, size=count))


def some_rows(rng: Rng) -> int:
    """Rows of a sheet, 1 to 20: most packets are full."""
    return int(rng.integers(1, 21)) if rng.random() < 0.3 else int(rng.integers(15, 21))


# --- people ---------------------------------------------------------------------------------------


def some_pen(rng: Rng) -> Pen:
    """A pen and how it is held: nine of ten are common ones, the others thin, thick or of pale pencil."""
    ink = (BLUE, BLUE, BLUE, VIOLET, BLACK)[int(rng.integers(5))]
    kind = float(rng.random())
    if kind < 0.9:
        shown = replace(ink, strength=float(rng.uniform(0.8, 0.98)))
        return _held(float(rng.uniform(0.35, 0.75)), shown, rng, common=True)
    if kind < 0.93:
        return _held(float(rng.uniform(0.18, 0.33)), replace(ink, strength=float(rng.uniform(0.7, 0.95))), rng)
    if kind < 0.97:
        return _held(float(rng.uniform(0.8, 1.2)), replace(ink, strength=float(rng.uniform(0.85, 1.0))), rng)
    pencil = replace(PENCIL, strength=float(rng.uniform(0.25, 0.7)))
    return _held(float(rng.uniform(0.4, 0.7)), pencil, rng)


def _held(width: float, ink: Ink, rng: Rng, *, common: bool = False) -> Pen:
    return Pen(width, float(rng.uniform(0.68, 1.02)), float(rng.uniform(0.12, 0.4)), ink, common)


def some_expert(rng: Rng) -> Expert:
    """Most do as the form says, with a slip now and then; some are careless; a few never make crosses."""
    pen, chance = some_pen(rng), float(rng.random())
    if chance < 0.01:
        return Expert(pen, 0.0, 0.01, _OWN_WAYS[int(rng.integers(len(_OWN_WAYS)))], 0.02, 0.02, 0.02)
    if chance < 0.11:
        return Expert(pen, 0.04, 0.06, None, 0.05, 0.04, 0.05)
    return Expert(pen, 0.005, 0.012, None, 0.01, 0.01, 0.01)


# --- cells ----------------------------------------------------------------------------------------


def some_row(form: SheetForm, asked: frozenset[CriterionId], expert: Expert, rng: Rng) -> RowPlan:
    """What an expert does to one row."""
    digits = form.columns[0].__class__.__name__ == "DigitColumn"
    criteria = [column.criterion for column in form.columns if column.criterion.id in asked]
    cells = tuple((_digits if digits else _boxes)(criterion, expert, rng) for criterion in criteria)
    return RowPlan(cells, _sum(cells, expert, rng) if form.sums and cells else None)


def _some_value(criterion: Criterion, rng: Rng) -> Given:
    """Most works get something, one in twelve cells an X."""
    if rng.random() < 0.08:
        return NotAttempted()
    return Points(int(rng.integers(criterion.maximum + 1)))


def _boxes(criterion: Criterion, expert: Expert, rng: Rng) -> CellPlan:
    meant, deed, chance = _some_value(criterion, rng), expert.way or Deed.CROSSED, float(rng.random())
    if chance < expert.odd:
        deed = _ODD[int(rng.integers(len(_ODD)))]
    elif chance < expert.odd + expert.ask:
        deed = _ASK[int(rng.integers(len(_ASK)))]
    values = list(choices(criterion.maximum))
    also = _other(values, meant, deed, rng) if deed in _BESIDE else None
    return CellPlan(criterion.id, None if deed is Deed.FORGOTTEN else meant, deed, also)


def _other(values: Sequence[Given], meant: Given, deed: Deed, rng: Rng) -> Given:
    """Another value of the same cell: the next one where the mark reaches into it."""
    at = values.index(meant)
    if deed is Deed.BETWEEN:
        return values[at + 1] if at + 1 < len(values) else values[at - 1]
    others = [value for value in values if value != meant]
    return others[int(rng.integers(len(others)))]


def _digits(criterion: Criterion, expert: Expert, rng: Rng) -> CellPlan:
    meant, deed = _some_value(criterion, rng), Deed.WRITTEN
    if rng.random() < expert.ask:
        deed = _SLIPS_OF_DIGITS[int(rng.integers(len(_SLIPS_OF_DIGITS)))]
    also = Points(int(rng.integers(10))) if deed in (Deed.STRUCK_OUT, Deed.OVERWRITTEN) else None
    if also == meant:
        also = Points((meant.value + 1) % 10) if isinstance(meant, Points) else also
    return CellPlan(criterion.id, None if deed is Deed.FORGOTTEN else meant, deed, also)


def _sum(cells: Sequence[CellPlan], expert: Expert, rng: Rng) -> SumPlan:
    right = sum(cell.meant.value for cell in cells if isinstance(cell.meant, Points))
    chance = float(rng.random())
    if chance < expert.no_sum:
        return SumPlan(None, SumDeed.NONE)
    if chance < expert.no_sum + expert.spoils:
        return SumPlan(right, SumDeed.SPOILT)
    if chance < expert.no_sum + expert.spoils + expert.miscounts:
        near = right + int(rng.choice([-10, -2, -1, 1, 2, 10]))
        written = near if 0 <= near <= 99 else abs(right - 1)
        return SumPlan(written, SumDeed.MISCOUNTED)
    return SumPlan(right, SumDeed.RIGHT)


# --- paper ----------------------------------------------------------------------------------------

WEAR: Mapping[Kind | Paper, int] = {
    Kind.UNDAMAGED: 22,
    Kind.ORDINARY: 23,
    Kind.TILT: 5,
    Kind.TURNED: 5,
    Kind.SCALE: 3,
    Kind.BLUR: 4,
    Kind.NOISE: 4,
    Kind.JPEG: 5,
    Kind.ONE_BIT: 5,
    Kind.RESOLUTION: 4,
    Kind.STREAKS: 4,
    Kind.FOLD: 3,
    Kind.TORN: 2,
    Kind.STAIN: 2,
    Kind.SHOW_THROUGH: 2,
    Kind.PHOTO: 2,
    Paper.CURLED: 1,
    Paper.STRETCHED: 2,
    Paper.COFFEE: 2,
}  # of a hundred sheets


def some_wear(rng: Rng) -> Wear:
    """What happens to one sheet."""
    kinds, shares = list(WEAR), np.array(list(WEAR.values()), np.float64)
    return wear_of(kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))], rng)


def wear_of(kind: Kind | Paper, rng: Rng, dpi: int | None = None) -> Wear:
    """Wear of a kind, as roughly as chance has it, at a resolution that scanners have."""
    dpi = dpi or (200, 240, 300)[int(rng.integers(3))]
    if isinstance(kind, Kind):
        damage = drawn_damage(kind, rng, dpi=dpi)
        usual = kind in (Kind.UNDAMAGED, Kind.ORDINARY, Kind.TURNED)
        return Wear(kind.value, damage, None, usual)
    if kind is Paper.CURLED:
        bend = Bend(float(rng.uniform(0.3, 6.0)) * (1 if rng.random() < 0.5 else -1), int(rng.integers(1, 3)))
        return Wear(kind.value, drawn_damage(Kind.PHOTO, rng, dpi=dpi), bend, usual=False)
    damage = drawn_damage(Kind.UNDAMAGED, rng, dpi=dpi)
    if kind is Paper.STRETCHED:
        bend = Bend(float(rng.uniform(0.2, 0.9)) * (1 if rng.random() < 0.5 else -1), int(rng.integers(1, 3)))
        return Wear(kind.value, damage, bend, usual=False)
    return Wear(kind.value, replace(damage, stains=_coffee(rng)), None, usual=False)


def _coffee(rng: Rng) -> tuple[Stain, ...]:
    """The ring of a cup, as drops side by side, and a splash."""
    x, y, radius = float(rng.uniform(60, 170)), float(rng.uniform(90, 240)), float(rng.uniform(28, 40))
    depth = float(rng.uniform(0.08, 0.35))
    angles = np.linspace(0.0, 2 * np.pi * float(rng.uniform(0.5, 1.0)), 60)
    ring = [Stain(x + radius * np.cos(a), y + radius * np.sin(a), 2.0, 2.0, depth / 2) for a in angles]
    splash = Stain(float(rng.uniform(50, 180)), float(rng.uniform(80, 250)), 9.0, 7.0, depth)
    return (*ring, splash)
