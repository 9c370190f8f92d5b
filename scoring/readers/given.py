"""What experts gave, as arrays, and how far it lies from what others gave to the same works. Pure.

Independent and hidden markings count; third ones don't, because who gives them sees what others gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosscheck.model import AnonymousNumber, CriterionId, Part, WorkId, is_independent, is_unaided
from crosscheck.procedure import Procedure
from scoring.discrepancies import MarkingSeen, WorkSeen
from scoring.measures.readings import Floats, Ints, Readings
from scoring.measures.severity import severities
from scoring.reports import natural
from scoring.verdicts import counted

MISSING = -1


@dataclass(frozen=True, slots=True)
class Given:
    """One place for each marking of a work (or of a part of it) in which every criterion has points.

    experts: by number; units: works and parts; unit, reader: as places in these; points: markings x criteria, X as 0,
    -1 for criteria of other parts; maxima: of criteria; order: smaller is earlier, among the markings of one reader."""

    experts: tuple[str, ...]
    units: tuple[tuple[WorkId, Part], ...]
    unit: Ints
    reader: Ints
    points: Ints
    maxima: Ints
    order: Ints

    @property
    def totals(self) -> Readings:
        return Readings(self.unit, self.reader, np.maximum(self.points, 0).sum(axis=1).astype(np.float64))

    @property
    def part(self) -> Ints:
        """Of each marking, which part of works it is of."""
        return np.array([part for _work, part in self.units], dtype=np.int64)[self.unit]

    def only(self, kept: npt.NDArray[np.bool_]) -> Given:
        """Some of the markings, with the experts and units that they are of."""
        units, unit = np.unique(self.unit[kept], return_inverse=True)
        experts, reader = np.unique(self.reader[kept], return_inverse=True)
        return Given(
            experts=tuple(self.experts[at] for at in experts),
            units=tuple(self.units[at] for at in units),
            unit=unit.astype(np.int64),
            reader=reader.astype(np.int64),
            points=self.points[kept],
            maxima=self.maxima,
            order=self.order[kept],
        )


def given(procedure: Procedure, works: Sequence[WorkSeen], order: Mapping[AnonymousNumber, int]) -> Given:
    """What experts gave. order: when a marking came, by its number; what has none is ordered by number."""
    return given_and_results(procedure, works, order)[0]


def given_and_results(
    procedure: Procedure, works: Sequence[WorkSeen], order: Mapping[AnonymousNumber, int]
) -> tuple[Given, Given]:
    """What experts gave, and of it what results are made of: an exemplar work that many mark says nothing of how well
    results are measured."""
    kept = _counting(procedure, works)
    experts = tuple(sorted({expert for _work, _part, expert in kept}, key=natural))
    units = tuple(dict.fromkeys((work, part) for work, part, _expert in kept))
    of_unit, of_expert = ({name: at for at, name in enumerate(names)} for names in (units, experts))
    some = Given(
        experts=experts,
        units=units,
        unit=np.array([of_unit[work, part] for work, part, _expert in kept], dtype=np.int64),
        reader=np.array([of_expert[expert] for _work, _part, expert in kept], dtype=np.int64),
        points=_points(procedure, list(kept.values())),
        maxima=np.array([c.maximum for c in procedure.criteria], dtype=np.int64),
        order=_ranks([(order.get(one.number, len(order)), one.number) for one in kept.values()]),
    )
    return some, some.only(np.array([is_independent(one.marking) for one in kept.values()], dtype=bool))


def _counting(procedure: Procedure, works: Sequence[WorkSeen]) -> dict[tuple[WorkId, Part, str], MarkingSeen]:
    """Markings that count; an expert's own work a second time isn't a second opinion."""
    asked, kept = _asked(procedure), dict[tuple[WorkId, Part, str], MarkingSeen]()
    for work in works:
        for one in sorted(work.markings, key=lambda m: m.marking):
            if one.expert and is_unaided(one.marking) and asked[one.part].issubset([s.criterion for s in one.scores]):
                kept.setdefault((work.work, one.part, one.expert), one)
    return kept


def _asked(procedure: Procedure) -> dict[Part, frozenset[CriterionId]]:
    return {p.number: frozenset(c.id for c in procedure.criteria_in(p)) for p in procedure.parts}


def _points(procedure: Procedure, some: Sequence[MarkingSeen]) -> Ints:
    """Markings x criteria, in one pass over their scores."""
    places = {c.id: at for at, c in enumerate(procedure.criteria)}
    of_part = {part: {c: places[c] for c in criteria} for part, criteria in _asked(procedure).items()}
    size = len(places)
    cells = [
        at * size + own[s.criterion]
        for at, one, own in ((at, one, of_part[one.part]) for at, one in enumerate(some))
        for s in one.scores
        if s.criterion in own
    ]
    values = [counted(s.given) for one in some for s in one.scores if s.criterion in of_part[one.part]]
    points = np.full(len(some) * size, MISSING, dtype=np.int64)
    points[np.array(cells, dtype=np.int64)] = np.array(values, dtype=np.int64)
    return points.reshape(len(some), size)


def _ranks(keys: Sequence[tuple[int, str]]) -> Ints:
    places = {key: at for at, key in enumerate(sorted(set(keys)))}
    return np.array([places[key] for key in keys], dtype=np.int64)


# --- against others ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Residuals:
    """Of the markings of works that others marked, too, in the order in which each reader gave them.

    at: place in Given; reader: of each; value: own total less the mean of the others', severities of all taken off, in
    usual spreads of its part of works; points: what one such spread is in points, for each; tangled: for each reader
    another one who read more than half of the same works, or -1: what lies between the two can't be told apart."""

    at: Ints
    reader: Ints
    value: Floats
    points: Floats
    tangled: Ints


def residuals(some: Given) -> Residuals:
    """Empty where nobody marked a work that others marked, or all gave the same."""
    count = np.bincount(some.unit, minlength=len(some.units))
    shared = count[some.unit] > 1
    readers = len(some.experts)
    if not shared.any():
        nothing = np.zeros(0, dtype=np.int64)
        return Residuals(nothing, nothing, np.zeros(0), np.zeros(0), np.full(readers, -1))
    seen = some.totals
    level = seen.value + severities(seen).severity[seen.reader]
    sums, n = np.bincount(seen.unit, level), count[some.unit]
    # Own less the mean of n-1 others has n/(n-1) times the variance of one reading.
    apart = (level - sums[some.unit] / n) * np.sqrt(n / np.maximum(n - 1, 1))
    spread = _spreads(some, apart, shared)
    kept = np.nonzero(shared & (spread > 1e-9))[0]
    kept = kept[np.lexsort((some.order[kept], some.reader[kept]))]
    return Residuals(
        at=kept,
        reader=some.reader[kept],
        value=apart[kept] / spread[kept],
        points=spread[kept],
        tangled=_tangled(some, shared),
    )


def _spreads(some: Given, apart: Floats, shared: npt.NDArray[np.bool_]) -> Floats:
    """Usual spread of a reading, for the part of works that each is of; 0 where there is none."""
    part = some.part
    squares, n = (
        np.bincount(part[shared], apart[shared] ** 2, part.max() + 1),
        np.bincount(part[shared], None, part.max() + 1),
    )
    pairs = part[shared] * len(some.experts) + some.reader[shared]
    readers = np.bincount(np.unique(pairs) // len(some.experts), None, part.max() + 1)
    return np.asarray(np.sqrt(squares / np.maximum(1, n - readers)))[part]


def _tangled(some: Given, shared: npt.NDArray[np.bool_]) -> Ints:
    """The reader with whom more than half of a reader's shared works are shared, or -1."""
    readers = len(some.experts)
    order = np.argsort(some.unit[shared], kind="stable")
    unit, reader = some.unit[shared][order], some.reader[shared][order]
    meetings = []
    for step in range(1, int(np.bincount(unit).max()) if len(unit) else 1):
        same = unit[step:] == unit[:-step]
        one, other = reader[:-step][same], reader[step:][same]
        meetings += [one * readers + other, other * readers + one]
    pairs, times = np.unique(np.concatenate(meetings), return_counts=True)
    works = np.bincount(reader, minlength=readers)
    found = np.full(readers, -1, dtype=np.int64)
    often = times * 2 > works[pairs // readers]
    found[pairs[often] // readers] = pairs[often] % readers
    return found
