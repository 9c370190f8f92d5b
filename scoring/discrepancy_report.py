"""The report for methodists before release: what differs, by how much, where the evidence is, what happens
next; how well experts agree. Works and experts by number only. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from types import MappingProxyType

from crosscheck.i18n import translator
from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING, Marking, NotAttempted, Points, WorkId
from crosscheck.numbering import spaced
from crosscheck.procedure import Procedure
from crosscheck.report import Cell, Decimal, Report, Row, Share, Table, Text, Whole, Withheld
from scoring.agreement import Agreement, AgreementSummary
from scoring.controls import hidden
from scoring.crops import short_name
from scoring.differences.kinds import ESSENTIAL, Discrepancy, Kind, MarkingSeen, Name, NextStep, WorkSeen
from scoring.differences.words import account_word, kinds, marking_name, stated_word, steps
from scoring.forms.stated import sign
from scoring.measures.figures import Figure, Known, NotEnoughData, NoVariation
from scoring.reports import Words, natural
from scoring.severities import Severe, Severity, severities
from scoring.verdicts import counted

NOTHING_TOLD: Mapping[Name, tuple[str, str]] = MappingProxyType({})


def _points(reading: MarkingSeen) -> str:
    several = len(reading.scores) > 1
    values = (("X" if isinstance(s.given, NotAttempted) else str(_value(s.given)), s.criterion) for s in reading.scores)
    return ", ".join(f"{criterion}: {value}" if several else value for value, criterion in values)


def _value(given: Points) -> int:
    return given.value


def _reading_cell(found: Discrepancy, marking: Marking, _: Words) -> Cell:
    """Points, expert and number of one marking, each on its own line."""
    for reading in found.readings:
        if reading.marking == marking and reading.scores:
            expert = (f"{_('expert')} {reading.expert}",) if reading.expert else ()
            return Text("\n".join((_points(reading), *expert, f"№ {spaced(reading.number)}")))
    return Withheld("—")


def _whole(found: Discrepancy, _: Words) -> str:
    """The whole work, by its number: no reading tells it."""
    return "\n".join((_("whole work"), *(f"№ {spaced(number)}" for number in found.numbers)))


def _other_cell(found: Discrepancy, _: Words) -> Cell:
    """What the other account says, and what stands: each criterion, or each mark, on its own line."""
    if found.accounts:
        return Text("\n".join(account_word(one, _) for one in found.accounts))
    lines = (
        _("{criterion}: {stated}; stands: {stands}").format(
            criterion=one.criterion, stated=stated_word(one.stated, _), stands=sign(one.stands)
        )
        for one in found.stated
    )
    return Text("\n".join(lines)) if found.stated else Withheld("—")


def _markings(procedure: Procedure, found: Sequence[Discrepancy]) -> tuple[Marking, ...]:
    """The independent markings, and the third, the re-marking and the appeal where there are any."""
    used = {r.marking for d in found for r in d.readings if r.scores}
    later = tuple(m for m in (THIRD_MARKING, RE_MARKING, APPEAL_MARKING) if m in used)
    return (*procedure.independent(), *later)


def discrepancy_table(
    procedure: Procedure,
    found: Sequence[Discrepancy],
    people: Mapping[WorkId, str] | None = None,
    told: Mapping[Name, tuple[str, str]] = NOTHING_TOLD,
) -> Table:
    """The one list of differences; `people` says after release whose each work is. told: of each difference its likely
    cause with what speaks for it, and what people said of it, in words; without any there is no column for causes."""
    _ = translator(procedure.language)
    kind_words, step_words, markings = kinds(_), steps(_), _markings(procedure, found)
    with_others = any(one.stated or one.accounts for one in found)
    columns = (
        "№",
        *((_("School, class, code"),) if people is not None else ()),
        _("Task"),
        *(marking_name(m, _) for m in markings),
        *((_("Compared with"),) if with_others else ()),
        _("Difference"),
        _("What differs"),
        *((_("Likely cause, and what speaks for it"),) if told else ()),
        _("What happens next"),
        _("Evidence"),
    )
    rows: list[Row] = []
    for index, one in enumerate(found, start=1):
        readings = tuple(_reading_cell(one, m, _) for m in markings)
        evidence = "\n".join(short_name(crop) for crop in one.evidence) or "—"
        why, where = told.get(one.name, ("", ""))
        next_step = "\n".join(filter(None, (step_words[one.next_step], where)))
        cause = (Text(why),) if told else ()
        tail = (Whole(one.size), Text(kind_words[one.kind]), *cause, Text(next_step), Text(evidence))
        whose = (Text(people.get(one.work, "—")),) if people is not None else ()
        school = (_other_cell(one, _),) if with_others else ()
        rows.append((Whole(index), *whose, Text(one.task or _whole(one, _)), *readings, *school, *tail))
    return Table(_("Differences between markings"), columns, tuple(rows))


def _figure(figure: Figure, share: bool, _: Words) -> Cell:
    match figure:
        case Known(value=value):
            return Share(value) if share else Decimal(value, 3)
        case NotEnoughData(needed=needed):
            return Withheld(_("not enough data (fewer than {needed})").format(needed=needed))
        case NoVariation():
            return Withheld(_("all the same"))


def _agreement_row(name: str, found: Agreement, _: Words) -> Row:
    shares = (_figure(found.exact, True, _), _figure(found.adjacent, True, _))
    figures = (_figure(found.kappa, False, _), _figure(found.alpha, False, _))
    return (Text(name), Whole(found.maximum), Whole(found.n), *shares, *figures)


def agreement_table(procedure: Procedure, found: AgreementSummary) -> Table:
    """Agreement of the independent markings, per criterion and on totals."""
    _ = translator(procedure.language)
    columns = (
        _("Criterion"),
        _("Highest points"),
        _("Pairs"),
        _("Exact agreement"),
        _("Within one point"),
        _("Weighted kappa"),
        _("Krippendorff's alpha"),
    )
    rows = (
        *(_agreement_row(criterion, figures, _) for criterion, figures in found.criteria),
        _agreement_row(_("Total"), found.totals, _),
    )
    notes = (_("Kappa has quadratic weights, alpha the interval metric; X counts 0."),)
    return Table(_("Agreement of experts"), columns, rows, notes)


def experts_table(procedure: Procedure, works: Sequence[WorkSeen], found: Sequence[Discrepancy]) -> Table:
    """Experts by their numbers: works marked, essential differences, mean difference from the other markings."""
    _ = translator(procedure.language)
    marked: dict[str, int] = {}
    apart: dict[str, list[int]] = {}
    for work in works:
        independent = [m for m in work.markings if m.marking in procedure.independent()]
        for one in independent:
            marked[one.expert] = marked.get(one.expert, 0) + 1
            apart.setdefault(one.expert, []).extend(_apart(one, independent))
    essential, severe = _essential_counts(procedure, found), severities(procedure, works)
    rows = tuple(
        (
            Text(expert),
            Whole(n),
            Whole(essential.get(expert, 0)),
            _mean(apart[expert], _),
            *_severity(severe, expert, _),
        )
        for expert, n in sorted(marked.items(), key=lambda item: natural(item[0]))
    )
    columns = (
        _("Expert"),
        _("Works"),
        _("Essential differences"),
        _("Mean difference from the others, points"),
        _("More or less severe, points"),
        _("Margin, ± points"),
    )
    notes = (
        _("A plus means higher points than the other experts gave to the same works."),
        _("Severity: points of a work given less (minus: more) than by a usual expert, whoever else marked the works."),
        _("A severity within its margin may be chance; it judges nobody as a person."),
        *_apart_groups(severe, _),
    )
    return Table(_("Experts"), columns, rows, notes)


def _severity(severe: Mapping[str, Severity], expert: str, _: Words) -> tuple[Cell, Cell]:
    found = severe.get(expert)
    if isinstance(found, Severe):
        return Decimal(found.points), Decimal(found.margin)
    return Withheld(_("not enough data")), Withheld("—")


def _apart_groups(severe: Mapping[str, Severity], _: Words) -> Iterator[str]:
    """Experts that no work links, where there are such: they are not compared."""
    groups: dict[int, list[str]] = {}
    for expert in sorted(severe, key=natural):
        groups.setdefault(severe[expert].group, []).append(expert)
    if len(groups) > 1:
        named = "; ".join(", ".join(some) for some in groups.values())
        yield _("No work links these groups of experts, and they are not compared with each other: {groups}.").format(
            groups=named
        )


def _apart(one: MarkingSeen, independent: Sequence[MarkingSeen]) -> list[int]:
    """Own total minus each other total, over the criteria both gave."""
    own = {s.criterion: counted(s.given) for s in one.scores}
    others = [{s.criterion: counted(s.given) for s in m.scores} for m in independent if m is not one]
    return [sum(own[c] - other[c] for c in own.keys() & other.keys()) for other in others if own.keys() & other.keys()]


def _mean(values: Sequence[int], _: Words) -> Cell:
    return Decimal(fmean(values)) if len(values) >= 5 else Withheld(_("not enough data"))


def _hidden_table(procedure: Procedure, works: Sequence[WorkSeen]) -> Iterator[Table]:
    """What hidden works tell of experts; nothing where none were hidden."""
    _ = translator(procedure.language)
    if not (experts := hidden(works)):
        return
    columns = (
        _("Expert"),
        _("Works a second time"),
        _("The same points, criteria"),
        _("Mean change, points of a criterion"),
        _("Exemplar works"),
        _("Mean difference from the others, points"),
        _("Mean difference from the agreed points of a criterion"),
    )
    rows = tuple(
        (
            Text(one.expert),
            Whole(one.again),
            Share(one.same / len(one.changes)) if one.changes else Withheld("—"),
            _mean(one.changes, _),
            Whole(one.shown),
            _mean(one.apart, _),
            _mean(one.from_agreed, _),
        )
        for one in experts
    )
    notes = (_("Works that were hidden among the others under numbers of their own; they count in no result."),)
    yield Table(_("Hidden works"), columns, rows, notes)


def _essential_counts(procedure: Procedure, found: Sequence[Discrepancy]) -> dict[str, int]:
    """Works with an essential difference, for each expert."""
    works: dict[str, set[str]] = {}
    for one in found:
        if one.kind in ESSENTIAL:
            for reading in one.readings:
                if reading.marking in procedure.independent():
                    works.setdefault(reading.expert, set()).add(one.work)
    return {expert: len(several) for expert, several in works.items()}


def discrepancy_report(
    procedure: Procedure,
    works: Sequence[WorkSeen],
    found: Sequence[Discrepancy],
    agreed: AgreementSummary,
    people: Mapping[WorkId, str] | None = None,
    told: Mapping[Name, tuple[str, str]] = NOTHING_TOLD,
) -> Report:
    """The methodists' report: by number only, or after release with `people`. told: as in `discrepancy_table`."""
    _ = translator(procedure.language)
    essential = [d for d in found if d.kind in ESSENTIAL]
    open_ones = [d for d in essential if d.next_step is NextStep.THIRD_MARKING]
    lines = (
        procedure.title,
        _("Works: {n}. Works with an essential difference: {essential}, waiting for a third marking: {open}.").format(
            n=len(works), essential=len({d.work for d in essential}), open=len({d.work for d in open_ones})
        ),
        *_school_lines(works, found, _),
    )
    tables = (
        discrepancy_table(procedure, found, people, told),
        agreement_table(procedure, agreed),
        experts_table(procedure, works, found),
        *(_hidden_table(procedure, works) if people is None else ()),
    )
    return Report(_("Differences between experts"), lines, tables, procedure.language)


def _school_lines(works: Sequence[WorkSeen], found: Sequence[Discrepancy], _: Words) -> tuple[str, ...]:
    """How forms of schools compare; nothing when none came back."""
    compared = [work for work in works if work.school.stated]
    if not compared:
        return ()
    differing = [d for d in found if d.kind is Kind.SCHOOL_FORM]
    waiting = [d for d in differing if d.next_step is NextStep.ASK_SCHOOL]
    text = _("Works in forms of schools: {n}. Tasks on which a form differs: {differing}, to be cleared up: {open}.")
    return (text.format(n=len(compared), differing=len(differing), open=len(waiting)),)
