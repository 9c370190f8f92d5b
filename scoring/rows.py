"""Rows whose sum the expert wrote down: what the sum says of the cells, and the cells of the sum. Pure.

A cross in a box is read for itself, and the sum is a check on it. A digit never counts by itself: it needs the sum. A
sum that can't be read says nothing about boxes and goes to a person; one that was read beyond doubt and differs sends
its row to a person.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.model import Ambiguous, Blank, Given, NotAttempted, Points
from scoring.decide import Decision, Rule
from scoring.digits.numbers import Illegible, NoNumber, NumberReading, Shares


class SumSays(enum.StrEnum):
    """What the sum of a row says."""

    AGREES = "agrees"
    DIFFERS = "differs"
    OPEN = "open"  # it was read; not all of its cells were
    UNCLEAR = "unclear"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Sureness:
    """From where on something counts. `share`, `mass`: of Shares, for a number to be read beyond doubt. `agrees`: a sum
    believed as much as this beside boxes that say the same. `unlikely`: below this a value is ruled out. `posterior`:
    belief in a row of digits against all other rows with a sum that goes with them."""

    share: float = 0.93
    mass: float = 0.6
    agrees: float = 0.5
    unlikely: float = 0.01
    posterior: float = 0.999


SURENESS = Sureness()


def is_sure(number: NumberReading, sureness: Sureness = SURENESS) -> bool:
    """Whether one value is beyond doubt, as far as its signs go."""
    if not isinstance(number, Shares):
        return False
    return number.share(number.best) >= sureness.share and number.mass >= sureness.mass and number.shaped()


def total(values: Sequence[Given]) -> int:
    """The sum of a row as its expert was asked to form it: X counts 0."""
    return sum(value.value for value in values if isinstance(value, Points))


def box_row(accepted: Sequence[Given | None], written: NumberReading, sureness: Sureness = SURENESS) -> SumSays:
    """What a written sum says of a row of boxes; None stands for a cell that waits for a person."""
    if isinstance(written, NoNumber):
        return SumSays.EMPTY
    values = [value for value in accepted if value is not None]
    if len(values) < len(accepted):
        return SumSays.OPEN if is_sure(written, sureness) else SumSays.UNCLEAR
    if not isinstance(written, Shares):
        return SumSays.UNCLEAR
    return _compared(total(values), written, sureness)


def _compared(found: int, written: Shares, sureness: Sureness) -> SumSays:
    """The sum of what was read against the one that is written. They fail apart from each other: half a belief in the
    very sum that was found is much."""
    believed = written.share(Points(found)) * written.mass
    if believed >= sureness.agrees:
        return SumSays.AGREES
    return SumSays.DIFFERS if is_sure(written, sureness) and believed < sureness.unlikely else SumSays.UNCLEAR


def settled_boxes(
    decided: Sequence[Decision], written: NumberReading | None, sureness: Sureness = SURENESS
) -> tuple[SumSays | None, tuple[Decision, ...]]:
    """What the sum of a row of boxes says, and what the row's cells are after that; without a sum they stay."""
    if written is None:
        return None, tuple(decided)
    says = box_row([_accepted(one) for one in decided], written, sureness)
    if says is SumSays.AGREES:
        return says, tuple(Decision(one.reading, Rule.ONE_CROSS_SUM) for one in decided)
    if says is SumSays.DIFFERS:
        return says, tuple(
            Decision(Ambiguous((value,)), Rule.SUM_DIFFERS) for one in decided if (value := _accepted(one)) is not None
        )
    return says, tuple(decided)


def _accepted(decision: Decision) -> Given | None:
    return decision.reading if isinstance(decision.reading, Points | NotAttempted) else None


# --- rows of digits -------------------------------------------------------------------------------


def digit_row(cells: Sequence[NumberReading], written: NumberReading, sureness: Sureness = SURENESS) -> SumSays:
    """Whether all digits of a row and their sum agree: then, and only then, they count together."""
    if isinstance(written, NoNumber):
        return SumSays.EMPTY
    sure = [cell for cell in cells if isinstance(cell, Shares) and is_sure(cell, sureness)]
    if not isinstance(written, Shares):
        return SumSays.UNCLEAR
    if len(sure) < len(cells):
        return SumSays.OPEN if is_sure(written, sureness) else SumSays.UNCLEAR
    says = _compared(total([cell.best for cell in sure]), written, sureness)
    if says is not SumSays.AGREES:
        return says
    alone = posterior(sure, written) >= sureness.posterior and not mistakable(sure, written)
    return SumSays.AGREES if alone else SumSays.UNCLEAR


def settled_digits(
    cells: Sequence[NumberReading], written: NumberReading | None, sureness: Sureness = SURENESS
) -> tuple[SumSays | None, tuple[Decision, ...]]:
    """What the sum of a row of digits says, and what its cells are: accepted together, or all to a person."""
    says = None if written is None else digit_row(cells, written, sureness)
    return says, tuple(_digits(cell, says) for cell in cells)


def _digits(cell: NumberReading, says: SumSays | None) -> Decision:
    match cell:
        case Shares() if says is SumSays.AGREES:
            return Decision(cell.best, Rule.DIGITS_SUM)
        case Shares():
            rule = Rule.SUM_DIFFERS if says is SumSays.DIFFERS else Rule.DIGITS
            return Decision(Ambiguous(cell.proposals()), rule)
        case NoNumber():
            return Decision(Blank(), Rule.NOTHING)
        case Illegible():
            return Decision(Ambiguous(()), Rule.DIGITS)


def posterior(cells: Sequence[Shares], written: Shares) -> float:
    """Belief in the best values of a row among all rows of values whose sum is the one written, whatever that is."""
    sums = [1.0]
    for cell in cells:
        sums = _added(sums, cell)
    whole = sum(share * written.share(Points(value)) for value, share in enumerate(sums))
    ours = written.share(Points(total([cell.best for cell in cells])))
    for cell in cells:
        # 0 and X are one value here: the sum can't tell them apart, `shaped` does.
        ours *= _worth(cell, total([cell.best]))
    return ours / whole if whole > 0 else 0.0


def _worth(cell: Shares, value: int) -> float:
    return cell.points[value] + (cell.x if value == 0 else 0.0)


def _added(sums: Sequence[float], cell: Shares) -> list[float]:
    found = [0.0] * (len(sums) + len(cell.points) - 1)
    for sofar, share in enumerate(sums):
        for value in range(len(cell.points)):
            found[sofar + value] += share * _worth(cell, value)
    return found


def mistakable(cells: Sequence[Shares], written: Shares) -> bool:
    """Whether the row would add up as well if one digit were another all through it. Who writes a 1 like a 7 does so in
    the sum too: there the sum is no second witness."""
    signs = {sign for number in (*cells, written) for sign in _spelled(number)}
    return any(_adds_up_as(cells, written, sign, other) for sign in signs for other in "0123456789" if other != sign)


def _spelled(number: Shares) -> str:
    match number.best:
        case Points(value):
            return str(value).zfill(number.signs)
        case NotAttempted():
            return ""


def _adds_up_as(cells: Sequence[Shares], written: Shares, sign: str, other: str) -> bool:
    values = [_respelled(cell, sign, other) for cell in cells]
    if any(value >= len(cell.points) for value, cell in zip(values, cells, strict=True)):
        return False
    return sum(values) == _respelled(written, sign, other)


def _respelled(number: Shares, sign: str, other: str) -> int:
    return int(_spelled(number).replace(sign, other) or "0")
