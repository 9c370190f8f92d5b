"""Made-up allocations of any size: a district, a city, a region. The same seed gives the same instance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosscheck.conflicts import Conflict, OfSchool, Source
from crosscheck.model import FIRST_MARKING, SECOND_MARKING, ClassToken, ExpertId, SchoolToken, WorkId
from packets.costs import Table, Wish, between_schools
from packets.problem import ExpertCapacity, Problem, WorkToAssign

MOST_PAGES = 6  # of a work
KINDS = 10  # of schools and experts; the mismatch is how far their kinds are apart


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything."""

    name: str
    works: int
    experts: int
    schools: int
    spread: int = 6


SIZES = (
    Size("district", 2000, 80, 25),
    Size("m", 10_000, 400, 120),
    Size("city", 60_000, 2400, 700),
    Size("stress", 500_000, 20_000, 5800),
)


def instance(size: Size, seed: int = 1) -> Problem:
    """Schools in the unit square, lognormal sizes, classes of about 25, experts by the sizes of schools (a tenth of
    the schools has none). Nobody marks the own school; 15 % have a relative in one other school, 10 % worked in one.
    10 % of pairs of schools met last year (the first wish); distance 0 to 60 + mismatch 0 to 9 is the second. A work
    has 1 to 6 pages.
    """
    chance = np.random.default_rng(seed)
    names = [SchoolToken(f"school-{n:05d}") for n in range(size.schools)]
    weights = chance.lognormal(0, 0.6, size.schools)
    of_work = np.sort(chance.choice(size.schools, size.works, p=weights / weights.sum()))
    supplying = np.where(chance.random(size.schools) < 0.1, 0, weights)
    of_expert = chance.choice(size.schools, size.experts, p=supplying / supplying.sum())
    room = -(-2 * size.works // size.experts) * 5 // 4 + 1
    experts = tuple(
        ExpertCapacity(ExpertId(f"expert-{n:05d}"), frozenset({names[s]}), room)
        for n, s in enumerate(of_expert.tolist())
    )
    pages = np.random.default_rng([seed, 1]).integers(1, MOST_PAGES + 1, size.works)
    return Problem(
        _works(names, of_work, pages),
        experts,
        (FIRST_MARKING, SECOND_MARKING),
        conflicts=_conflicts(chance, names, of_expert),
        spread=size.spread,
        wishes=_wishes(chance, names, experts),
    )


def _works(
    names: list[SchoolToken], of_work: npt.NDArray[np.int64], pages: npt.NDArray[np.int64]
) -> tuple[WorkToAssign, ...]:
    count = np.bincount(of_work, minlength=len(names))
    classes = np.maximum(1, -(-count // 25))
    rank = np.arange(len(of_work)) - np.repeat(np.cumsum(count) - count, count)
    class_set = rank % classes[of_work]
    return tuple(
        WorkToAssign(WorkId(f"work-{n:06d}"), names[s], ClassToken(f"{names[s]}-{c}"), pages=p)
        for n, (s, c, p) in enumerate(zip(of_work.tolist(), class_set.tolist(), pages.tolist(), strict=True))
    )


def _conflicts(
    chance: np.random.Generator, names: list[SchoolToken], of_expert: npt.NDArray[np.int64]
) -> frozenset[Conflict]:
    found = []
    draws = chance.random((len(of_expert), 2)).tolist()
    others = chance.integers(0, len(names), (len(of_expert), 2)).tolist()
    for n, school in enumerate(of_expert.tolist()):
        expert = ExpertId(f"expert-{n:05d}")
        found.append(Conflict(expert, OfSchool(names[school]), Source.OWN_SCHOOL))
        if draws[n][0] < 0.15:
            found.append(Conflict(expert, OfSchool(names[others[n][0]]), Source.RELATIVE))
        if draws[n][1] < 0.10:
            found.append(Conflict(expert, OfSchool(names[others[n][1]]), Source.FORMER_SCHOOL))
    return frozenset(found)


def _wishes(
    chance: np.random.Generator, names: list[SchoolToken], experts: tuple[ExpertCapacity, ...]
) -> tuple[Wish, ...]:
    place = chance.random((len(names), 2)).astype(np.float32)
    # Row by row: a region has 34 million pairs of schools, and floats of all of them would dwarf what is measured.
    rows = (np.hypot(*(place - at).T) * np.float32(60 / np.sqrt(2)) for at in place)
    distance = np.array([np.rint(row).astype(np.int8) for row in rows])
    met = np.array([chance.random(len(names), dtype=np.float32) < 0.1 for _ in names]).view(np.int8)
    schools = [(e.expert, next(iter(e.schools))) for e in experts]
    kind = np.arange(KINDS, dtype=np.int8)
    mismatch = Table(
        dict(zip(names, chance.integers(0, KINDS, len(names)).tolist(), strict=True)),
        dict(zip((e.expert for e in experts), chance.integers(0, KINDS, len(experts)).tolist(), strict=True)),
        np.abs(kind[:, None] - kind[None, :]),
    )
    return (
        Wish("met last year", (between_schools(names, met, schools),)),
        Wish("distance and mismatch", (between_schools(names, distance, schools), mismatch)),
    )
