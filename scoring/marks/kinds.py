"""What other marks there are: where a mark comes from, of which year, on which scale. Pure.

A column of a table is named by what it holds: `journal`, `term`, `oge 2025`, `oge 2025 (31)`, `ege 2025 (100)`, `result
2025 (20)`. A number in brackets is the highest score, and points stand below it; without one, marks from 2 to 5.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.names import looking_alike

LOWEST_MARK, HIGHEST_MARK = 2, 5
MOST_POINTS = 400


class Kind(enum.StrEnum):
    """Where a mark comes from, as the ledger calls it."""

    JOURNAL = "journal"  # in the school's journal
    TERM = "term"  # of the last term
    OGE = "oge"  # state exam after grade 9
    EGE = "ege"  # state exam after grade 11
    RESULT = "result"  # of an assessment like this one: in an earlier year, or as another system holds this one


NAMES: Mapping[Kind, str] = {
    Kind.JOURNAL: N_("mark in the journal"),
    Kind.TERM: N_("mark of the last term"),
    Kind.OGE: N_("state exam, grade 9"),
    Kind.EGE: N_("state exam, grade 11"),
    Kind.RESULT: N_("assessment"),
}
_WORDS = {
    **dict.fromkeys(("journal", "mark in the journal", "журнал", "отметка по журналу", "по журналу"), Kind.JOURNAL),
    **dict.fromkeys(("term", "mark of the last term", "четверть", "триместр", "отметка за четверть"), Kind.TERM),
    **dict.fromkeys(("отметка за триместр", "отметка за последнюю четверть"), Kind.TERM),
    **dict.fromkeys(("oge", "огэ"), Kind.OGE),
    **dict.fromkeys(("ege", "егэ"), Kind.EGE),
    **dict.fromkeys(("result", "результат", "впр", "рдр", "дкр"), Kind.RESULT),
}
_TITLE = re.compile(r"(?P<word>[^\d()]+?)(?: (?P<year>20[0-9]{2}))?(?: ?\((?P<most>[1-9][0-9]{0,2})(?: ?[бp]\.?)?\))?")


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """What a mark is: its kind, the year it was given in, the highest score, or 0 for marks from 2 to 5."""

    kind: Kind
    year: int
    most: int = 0

    @property
    def in_points(self) -> bool:
        return self.most > 0

    def __str__(self) -> str:
        """As the ledger says it: `oge 2025 (31)`."""
        return f"{self.kind.value} {self.year}" + (f" ({self.most})" if self.in_points else "")

    def told(self) -> str:
        """As people read it."""
        shown = f"{_(NAMES[self.kind])}, {self.year}"
        return _("{source}, points of {most}").format(source=shown, most=self.most) if self.in_points else shown

    def possible(self, value: int) -> bool:
        """Can this be such a mark?"""
        return 0 <= value <= self.most if self.in_points else LOWEST_MARK <= value <= HIGHEST_MARK


def source_of(title: str, year: int) -> Source | None:
    """What a column holds by its title; `year`: of this procedure. None when the title says no such thing."""
    found = _TITLE.fullmatch(" ".join(title.split()).casefold())
    kind = None if found is None else _kind(found["word"].strip(" .:"))
    if found is None or kind is None:
        return None
    given, most = int(found["year"] or year), int(found["most"] or 0)
    # A journal has marks only. An exam or an assessment without its year could be any; this year's is this work itself.
    of_school = kind in (Kind.JOURNAL, Kind.TERM)
    if most > MOST_POINTS or (of_school and most) or (not of_school and not found["year"]):
        return None
    if given > year or (kind is Kind.RESULT and given == year):
        return None
    return Source(kind, given, most)


def _kind(word: str) -> Kind | None:
    return _WORDS.get(word) or _WORDS.get(looking_alike(word).casefold())


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of one participant."""

    source: Source
    value: int

    @property
    def share(self) -> float | None:
        """Points as a share of the highest score; None for marks from 2 to 5, which are no shares of anything."""
        return self.value / self.source.most if self.source.in_points else None
