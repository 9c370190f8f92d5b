"""What is known of participants from elsewhere, for reports and markers, and what contradicts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crosscheck.i18n import gettext as _
from crosscheck.model import WorkId
from scoring.differences.kinds import OwnMarking
from scoring.forms.layout import Datum
from scoring.marks.kinds import Kind, Source
from scoring.marks.reading import TableRead
from scoring.reports import Aside


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Of one participant a file says one mark, and the school's electronic form another."""

    code: str
    source: Source
    in_file: int
    in_form: int


@dataclass(frozen=True, slots=True)
class Unclear:
    """Of one participant the table of participants says one variant or sex, and the school's electronic form another;
    in the spelling of the ledger."""

    code: str
    datum: Datum
    in_table: str
    in_form: str


@dataclass(frozen=True, slots=True)
class OtherMarks:
    """What is known of participants from elsewhere, by code. Where a file and a school's form say different things,
    neither counts: they are `contradictions`. files: in which one a mark came, by code and source; a mark of a form
    alone is not there. about: variant and sex; where the table of participants and the form say different things,
    neither counts either: `unclear`."""

    of: Mapping[str, Mapping[Source, int]]
    contradictions: tuple[Contradiction, ...]
    files: Mapping[tuple[str, Source], str] = field(default_factory=dict)
    about: Mapping[str, Mapping[Datum, str]] = field(default_factory=dict)
    unclear: tuple[Unclear, ...] = ()

    def asides(self, year: int) -> Mapping[str, Aside]:
        """What stands beside scores of the procedure of that year, by code."""
        differing: dict[str, set[str]] = {}
        for one in self.contradictions:
            if one.source in (_journal(year), _term(year)):
                differing.setdefault(one.code, set()).add(_DATA[one.source.kind].value)
        for other in self.unclear:
            differing.setdefault(other.code, set()).add(other.datum.value)
        return {
            code: Aside(
                variant=self.about.get(code, {}).get(Datum.VARIANT),
                sex=self.about.get(code, {}).get(Datum.SEX),
                term_mark=self.of.get(code, {}).get(_term(year)),
                journal_mark=self.of.get(code, {}).get(_journal(year)),
                unclear=frozenset(differing.get(code, ())),
            )
            for code in {*self.of, *self.about, *differing}
        }

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


_DATA: Mapping[Kind, Datum] = {Kind.JOURNAL: Datum.JOURNAL_MARK, Kind.TERM: Datum.TERM_MARK}


def _journal(year: int) -> Source:
    return Source(Kind.JOURNAL, year)


def _term(year: int) -> Source:
    return Source(Kind.TERM, year)


def about(
    table: Mapping[str, Mapping[Datum, str]], forms: Mapping[str, Mapping[Datum, str]]
) -> tuple[Mapping[str, Mapping[Datum, str]], tuple[Unclear, ...]]:
    """Variant and sex by code, from the table of participants and schools' forms; where both say something and not the
    same, nobody chooses between them."""
    found: dict[str, Mapping[Datum, str]] = {}
    unclear: list[Unclear] = []
    for code in sorted({*table, *forms}):
        listed, stated = table.get(code, {}), forms.get(code, {})
        data = {datum: listed.get(datum) or stated.get(datum) or "" for datum in (Datum.VARIANT, Datum.SEX)}
        for datum in data:
            if listed.get(datum) and stated.get(datum) and listed[datum] != stated[datum]:
                unclear.append(Unclear(code, datum, listed[datum], stated[datum]))
                data[datum] = ""
        if any(data.values()):
            found[code] = {datum: said for datum, said in data.items() if said}
    return found, tuple(unclear)


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
