"""What the pictures of an allocation show: who marks whom as a square of schools, loads as two rows of bars. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck.i18n import N_
from packets.allocation_report import Words, in_order
from packets.calling import Calling
from packets.overview import NO_SCHOOL, Overview


@dataclass(frozen=True, slots=True)
class Matrix:
    """Schools by number, in one order for works (rows) and experts (columns). mutual: cells of pairs of schools that
    mark each other, both ways round."""

    names: tuple[str, ...]
    counts: Mapping[tuple[int, int], int]
    mutual: frozenset[tuple[int, int]]

    @property
    def most(self) -> int:
        """The largest count."""
        return max(self.counts.values(), default=0)


@dataclass(frozen=True, slots=True)
class Bars:
    """One value for each expert, the largest first. `outlines`: what each could carry, or nothing."""

    title: str
    values: tuple[int, ...]
    outlines: tuple[int, ...] = ()


TITLE = N_("Who marks whom (numbers of markings)")
ROWS, COLUMNS = N_("works of school"), N_("experts of school")
TOTAL = N_("in all")
MUTUAL = N_("the two schools mark each other")
TOO_MANY = N_("Too many schools for their numbers on this paper: they are in the .png and the .xlsx.")
OWN = N_("own school: never")
SHADE = N_("markings: 1 to {most}")
WORKS, PAGES = N_("Works of each expert (outline: capacity)"), N_("Pages of each expert")
RANGE = N_("from {least} to {most}, on average {mean}")


def matrix_of(seen: Overview, called: Calling, _: Words) -> Matrix:
    """The square of all schools that have works or experts here."""
    schools = in_order({school for pair in seen.between for school in pair}, called)
    number = {school: at for at, school in enumerate(schools)}
    pairs = [(number[m.one], number[m.other]) for m in seen.mutual]
    return Matrix(
        tuple(called.school(school) if school != NO_SCHOOL else _("no school") for school in schools),
        {(number[a], number[b]): n for (a, b), n in seen.between.items()},
        frozenset([*pairs, *((b, a) for a, b in pairs)]),
    )


def bars_of(seen: Overview, _: Words) -> tuple[Bars, Bars]:
    """Works, earlier ones included, and pages of all experts who may get any."""
    shares = sorted(seen.shares, key=lambda share: (-share.total, -share.capacity))
    works = Bars(_(WORKS), tuple(s.total for s in shares), tuple(s.capacity for s in shares))
    return works, Bars(_(PAGES), tuple(sorted((s.pages for s in shares), reverse=True)))
