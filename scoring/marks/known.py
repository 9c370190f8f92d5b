"""What is known of participants from elsewhere, for reports and markers, and what contradicts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crosscheck.i18n import gettext as _
from crosscheck.model import WorkId
from scoring.differences.kinds import OwnMarking
from scoring.marks.kinds import Kind, Source
from scoring.marks.reading import TableRead


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Of one participant a file says one mark, and the school's electronic form another."""

    code: str
    source: Source
    in_file: int
    in_form: int


@dataclass(frozen=True, slots=True)
class OtherMarks:
    """What is known of participants from elsewhere, by code. Where a file and a school's form say different things,
    neither counts: they are `contradictions`. files: in which one a mark came, by code and source; a mark of a form
    alone is not there."""

    of: Mapping[str, Mapping[Source, int]]
    contradictions: tuple[Contradiction, ...]
    files: Mapping[tuple[str, Source], str] = field(default_factory=dict)

    def by_source(self) -> Mapping[Source, Mapping[str, int]]:
        """The same, by source and then by code."""
        found: dict[Source, dict[str, int]] = {}
        for code, marks in self.of.items():
            for source, value in marks.items():
                found.setdefault(source, {})[code] = value
        return dict(sorted(found.items()))

    def marks(self, source: Source) -> Mapping[str, int]:
        """Of one source, by code; participants without one are not there."""
        return self.by_source().get(source, {})


def earlier_shares(known: OtherMarks, year: int) -> Mapping[str, float]:
    """Results of the same participants in an assessment of that year, as shares of its highest score, by code. Where
    one has results of two scales, the year's assessment isn't known: left out."""
    shares: dict[str, list[float]] = {}
    for code, marks in known.of.items():
        for source, value in marks.items():
            if source.kind is Kind.RESULT and source.year == year and source.in_points:
                shares.setdefault(code, []).append(value / source.most)
    return {code: found[0] for code, found in shares.items() if len(found) == 1}


@dataclass(frozen=True, slots=True)
class Apart:
    """Two files of one run that contradict each other: the first code, what differs, and of how many participants."""

    file: str
    other: str
    code: str
    what: str
    count: int


def told_apart(files: Sequence[tuple[str, TableRead]], codes: Mapping[WorkId, str]) -> list[Apart]:
    """Every such pair."""
    seen: dict[tuple[WorkId, Source], tuple[str, int]] = {}
    given: dict[WorkId, tuple[str, OwnMarking]] = {}
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for file, read in files:
        for row in read.rows:
            for mark in row.marks:
                other, value = seen.setdefault((row.work, mark.source), (file, mark.value))
                if value != mark.value:
                    found.setdefault((file, other), []).append((codes[row.work], mark.source.told()))
            if row.own is not None:
                other, said = given.setdefault(row.work, (file, row.own))
                if said != row.own:
                    found.setdefault((file, other), []).append((codes[row.work], _("school's own marking")))
    return [Apart(*pair, *min(some), len({code for code, _what in some})) for pair, some in found.items()]
