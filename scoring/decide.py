"""From measured boxes to a reading of the cell. Pure: thresholds are arguments, nothing is measured here.

A cell is accepted only when exactly one box is clearly a cross and every other box is clearly blank.
Between "clearly a cross" and "clearly blank" lies a wide band that goes to a person.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.model import Ambiguous, Blank, CellReading, Damaged, Given


@dataclass(frozen=True, slots=True)
class BoxMeasure:
    """What was measured in one score box. Shares are of area, 0..1, the printed blank left out.

    coverage: inked share of the inner window · faint: the same at a lower level of darkness (pencil,
    erasures) · ring: inked share of the ring around the box · blob: share of the window in its largest
    connected piece · extent: the piece's lesser side, in widths of the window · quarters: how many
    quarters of the window hold ink · sides: inked share of the four mid-edge fields, which a cross
    leaves free and a filling does not · streaked: a line runs down the page through the window · depth: how dark
    the strokes in it are; 0 where no trace of any is.
    """

    given: Given
    coverage: float
    faint: float
    ring: float
    blob: float
    extent: float
    quarters: int
    sides: float
    streaked: bool = False
    depth: float = 0.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits for one sheet, in the units of BoxMeasure; set from its three printed reference boxes."""

    ink: float  # darkness (0 paper .. 1 black) that counts as ink
    faint_ink: float  # darkness that counts as a trace
    blank_coverage: float
    blank_faint: float
    blank_ring: float
    bare: float  # coverage and faint up to which a box has nothing in it at all
    bare_ring: float  # what may then be around it
    cross_least: float
    cross_most: float
    cross_extent: float
    cross_quarters: int
    cross_mass: float  # of coverage and sides together, unless the sides are free:
    cross_sides: float
    cross_ring: float
    filled_least: float
    reliable: bool  # whether the reference boxes looked as printed


class Look(enum.Enum):
    """What one box looks like."""

    BLANK = "blank"
    CROSS = "cross"
    FILLED = "filled"
    DOUBT = "doubt"


class Rule(enum.StrEnum):
    """Which rule gave the reading of a cell."""

    ONE_CROSS = "one_cross"
    ONE_CROSS_SUM = "one_cross_sum"  # and the sum of the row, which the expert wrote, is right
    DIGITS_SUM = "digits_sum"  # all digits of the row were read, and their sum is the one that is written
    DIGITS = "digits"  # digits alone never count
    SUM_DIFFERS = "sum_differs"
    NOTHING = "nothing"
    CORRECTION = "correction"
    ONLY_FILLED = "only_filled"
    SEVERAL = "several"
    DOUBTFUL = "doubtful"
    STREAK = "streak"
    SMEAR = "smear"
    REFERENCES = "references"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Decision:
    """The reading and the rule that gave it."""

    reading: CellReading
    rule: Rule


def look(box: BoxMeasure, t: Thresholds) -> Look:
    """What a box looks like, by the sheet's thresholds."""
    if _is_blank(box, t):
        return Look.BLANK
    if box.coverage >= t.filled_least and not _leaves_sides(box, t):
        return Look.FILLED
    return Look.CROSS if _is_cross(box, t) else Look.DOUBT


def _is_blank(box: BoxMeasure, t: Thresholds) -> bool:
    # Every mark of a pen that means this box has something inside it; a fold that runs along beside it has not.
    bare = max(box.coverage, box.faint) <= t.bare
    ring = t.bare_ring if bare else t.blank_ring
    return box.coverage <= t.blank_coverage and box.faint <= t.blank_faint and box.ring <= ring


def _is_cross(box: BoxMeasure, t: Thresholds) -> bool:
    return (
        t.cross_least <= box.coverage <= t.cross_most
        and box.extent >= t.cross_extent
        and box.quarters >= t.cross_quarters
        and _leaves_sides(box, t)
        and box.ring <= t.cross_ring
    )


def _leaves_sides(box: BoxMeasure, t: Thresholds) -> bool:
    """A thick cross covers much but leaves its sides free, which no filling does; a crooked one inks them but covers
    little."""
    return box.coverage + box.sides <= t.cross_mass or box.sides <= t.cross_sides


def decide(boxes: Sequence[BoxMeasure], thresholds: Thresholds) -> Decision:
    """The reading of a cell from its boxes, left to right."""
    looks = [look(box, thresholds) for box in boxes]
    decision = _by_looks(boxes, looks)
    if isinstance(decision.reading, Blank | Damaged):
        return decision
    if not thresholds.reliable:
        return Decision(Ambiguous(_candidates(boxes, looks)), Rule.REFERENCES)
    if any(box.streaked for box in boxes):
        return Decision(Ambiguous(_candidates(boxes, looks)), Rule.STREAK)
    return decision


def _by_looks(boxes: Sequence[BoxMeasure], looks: Sequence[Look]) -> Decision:
    crosses, doubts = looks.count(Look.CROSS), looks.count(Look.DOUBT)
    candidates = _candidates(boxes, looks)
    if crosses == 1 and len(candidates) == 1:
        return Decision(candidates[0], Rule.ONE_CROSS)
    if not candidates:
        return Decision(Blank(), Rule.NOTHING)
    if _smeared(looks):
        return Decision(Damaged(), Rule.SMEAR)
    return Decision(Ambiguous(candidates), _doubt_rule(crosses, doubts))


def _doubt_rule(crosses: int, doubts: int) -> Rule:
    if doubts:
        return Rule.DOUBTFUL
    if crosses > 1:
        return Rule.SEVERAL
    return Rule.CORRECTION if crosses else Rule.ONLY_FILLED


def _smeared(looks: Sequence[Look]) -> bool:
    """No box is clean and none is a cross: nothing can be proposed."""
    return len(looks) > 1 and not any(kind in (Look.BLANK, Look.CROSS) for kind in looks)


def _candidates(boxes: Sequence[BoxMeasure], looks: Sequence[Look]) -> tuple[Given, ...]:
    """Boxes that are not blank, most likely meant first: crosses, doubts, fillings."""
    order = {Look.CROSS: 0, Look.DOUBT: 1, Look.FILLED: 2}
    marked = [
        (order[kind], -box.coverage, i) for i, (box, kind) in enumerate(zip(boxes, looks, strict=True)) if kind in order
    ]
    return tuple(boxes[i].given for _, _, i in sorted(marked))
