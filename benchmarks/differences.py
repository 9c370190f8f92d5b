"""The one list of differences of a city: found, with their likely causes, from works as they are seen.

60,000 works of ten tasks, marked by two experts each; a tenth of them third-marked, forms of schools that copy with
slips, own markings of a fifth of the works, journals of all. Processor seconds; reading the ledger is not in it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import numpy as np

from benchmarks.scoring import CITY, Size, _made, _procedure
from crosscheck.model import FIRST_MARKING, SECOND_MARKING, AnonymousNumber, CriterionId, Marking, Points, WorkId
from crosscheck.procedure import Procedure
from scoring.differences.causes import Doubted, caused, known
from scoring.differences.kinds import Beside, JournalMark, MarkingSeen, OwnMarking, ScoreSeen, WorkSeen
from scoring.discrepancies import found_in
from scoring.forms.stated import NOTHING_SAID, SchoolSaid, Stated
from scoring.places import Place
from scoring.severities import severities

T = TypeVar("T")
_ALIKE = 0.7  # of the tasks both experts give the same; of the others they do so by chance: five of six in all


def rows() -> Iterator[dict[str, object]]:
    """Processor seconds of the list of a district and of a city."""
    for size in (Size("district", 2_000, 80), CITY):
        yield from _of(size, *made(size))


def _of(
    size: Size, procedure: Procedure, works: list[WorkSeen], beside: Beside, doubted: list[Doubted]
) -> Iterator[dict[str, object]]:
    found, first = _timed(lambda: found_in(procedure, works, beside))
    severe, second = _timed(lambda: severities(procedure, works))
    own = {work: one.stated for work, one in beside.own.items()}
    there, third = _timed(lambda: known(procedure, works, found.stands, severe, doubted, own))
    causes, fourth = _timed(lambda: caused(there, found.listed))
    parts = {"differences": first, "severities": second, "likely causes": third + fourth}
    for name, value in (*parts.items(), ("all of the list", sum(parts.values()))):
        yield {"name": f"{size.name}: {name}", "value": round(value, 2), "unit": "s", "n": len(causes)}


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    return work(), time.process_time() - begun


def made(size: Size) -> tuple[Procedure, list[WorkSeen], Beside, list[Doubted]]:
    """A made-up city, with everything that may differ."""
    procedure, marked, dice = _procedure(), _made(size), np.random.default_rng(7)
    criteria = [c.id for c in procedure.criteria]
    one, other = marked.points[: size.works], marked.points[size.works :]
    alike = dice.random(one.shape) < _ALIKE
    first, second = one.tolist(), np.where(alike, one, other).tolist()
    experts = marked.reader.tolist()
    slips = dice.random(size.works)
    works, own, doubted = [], {}, []
    for n in range(size.works):
        work = WorkId(f"w{n:06d}")
        markings = [
            _marking(FIRST_MARKING, n, str(experts[n]), criteria, first[n]),
            _marking(SECOND_MARKING, n, str(experts[size.works + n]), criteria, second[n]),
        ]
        said = dict(zip(criteria, map(Points, second[n]), strict=True)) if slips[n] < 0.1 else None
        works.append(WorkSeen(work, tuple(markings), NOTHING_SAID if said is None else SchoolSaid({**said})))
        if n % 5 == 0:
            own[work] = OwnMarking(_stated(criteria, first[n]))
        if n % 50 == 0:
            doubted.append(Doubted(Place(work, FIRST_MARKING, criteria[n % 10]), (Points(1), Points(2)), False, True))
    journal = {
        one.work: JournalMark(int(mark)) for one, mark in zip(works, dice.integers(2, 6, size.works), strict=True)
    }
    return procedure, works, Beside(own, journal), doubted


def _stated(criteria: list[CriterionId], points: list[int]) -> Mapping[CriterionId, Stated]:
    return dict(zip(criteria, map(Points, points), strict=True))


def _marking(marking: Marking, n: int, expert: str, criteria: list[CriterionId], points: list[int]) -> MarkingSeen:
    scores = tuple(ScoreSeen(c, Points(value)) for c, value in zip(criteria, points, strict=True))
    return MarkingSeen(marking, AnonymousNumber(f"{marking}{n:06d}"), expert, scores)


if __name__ == "__main__":
    for row in rows():
        sys.stdout.write(f"{row}\n")
