"""The report for methodists before release: what differs, by how much, where the evidence is, what happens
next; how well experts agree. Works and experts by number only. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from crosscheck.i18n import translator
from crosscheck.model import APPEAL_MARKING, THIRD_MARKING, Marking, NotAttempted, Points, WorkId
from crosscheck.numbering import spaced
from crosscheck.procedure import Procedure
from crosscheck.report import Cell, Decimal, Report, Row, Share, Table, Text, Whole, Withheld
from scoring.agreement import Agreement, AgreementSummary
from scoring.controls import hidden
from scoring.crops import short_name
from scoring.discrepancies import ESSENTIAL, Discrepancy, Kind, MarkingSeen, NextStep, WorkSeen
from scoring.forms.stated import NotStated, NotTaught, Stated, sign
from scoring.measures.figures import Figure, Known, NotEnoughData, NoVariation
from scoring.reports import Words, natural
from scoring.severities import Severe, Severity, severities
from scoring.verdicts import counted


def _kinds(_: Words) -> dict[Kind, str]:
    return {
        Kind.TASK_DIFFERENCE: _("essential: points of the task"),
        Kind.CRITERION_DIFFERENCE: _("essential: points of a criterion"),
        Kind.ZERO_GATE: _("essential: 0 against points on a criterion that decides"),
        Kind.X_AGAINST_POINTS: _("essential: X against points"),
        Kind.SUM_DIFFERENCE: _("essential: total points"),
        Kind.MARK_DIFFERS: _("essential: school mark"),
        Kind.MINOR: _("minor"),
        Kind.MISSING: _("a score is missing"),
        Kind.SCHOOL_FORM: _("form of the school"),
    }


def _steps(_: Words) -> dict[NextStep, str]:
    return {
        NextStep.THIRD_MARKING: _("third marking"),
        NextStep.DECIDED_BY_THIRD: _("decided by the third marking"),
        NextStep.RE_MARK: _("decided by the third marking, far from both: consider re-marking"),
        NextStep.APPEAL: _("decided by an appeal"),
        NextStep.BY_RULE: _("settled by rule"),
        NextStep.ENTER_MISSING: _("enter the missing score"),
        NextStep.ASK_SCHOOL: _("ask the school, or correct what stands"),
        NextStep.STANDS: _("looked at: what stands is right"),
    }


def marking_name(marking: Marking, language: str) -> str:
    """What a marking is called on paper."""
    _ = translator(language)
    if marking == THIRD_MARKING:
        return _("Third marking")
    if marking == APPEAL_MARKING:
        return _("Appeal")
    return _("Marking {n}").format(n=marking)


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
            return Text(f"{_points(reading)}\n{_('expert')} {reading.expert}\n№ {spaced(reading.number)}")
    return Withheld("—")


def _school_cell(found: Discrepancy, _: Words) -> Cell:
    """What the school's form says, and what stands, each criterion on its own line."""
    lines = (
        _("{criterion}: {stated}; stands: {stands}").format(
            criterion=one.criterion, stated=_stated(one.stated, _), stands=sign(one.stands)
        )
        for one in found.school
    )
    return Text("\n".join(lines)) if found.school else Withheld("—")


def _stated(stated: Stated, _: Words) -> str:
    match stated:
        case NotStated():
            return _("nothing")
        case NotTaught():
            return _("n/t")
        case _:
            return sign(stated)


def _markings(procedure: Procedure, found: Sequence[Discrepancy]) -> tuple[Marking, ...]:
    """The independent markings, and the third and the appeal where there are any."""
    used = {r.marking for d in found for r in d.readings if r.scores}
    later = tuple(m for m in (THIRD_MARKING, APPEAL_MARKING) if m in used)
    return (*procedure.independent(), *later)


def discrepancy_table(
    procedure: Procedure, found: Sequence[Discrepancy], people: Mapping[WorkId, str] | None = None
) -> Table:
    """The one list of differences; `people` says after release whose each work is."""
    _ = translator(procedure.language)
    kinds, steps, markings = _kinds(_), _steps(_), _markings(procedure, found)
    with_forms = any(one.school for one in found)
    columns = (
        "№",
        *((_("School, class, code"),) if people is not None else ()),
        _("Task"),
        *(marking_name(m, procedure.language) for m in markings),
        *((_("Form of the school"),) if with_forms else ()),
        _("Difference"),
        _("What differs"),
        _("What happens next"),
        _("Evidence"),
    )
    rows: list[Row] = []
    for index, one in enumerate(found, start=1):
        readings = tuple(_reading_cell(one, m, _) for m in markings)
        evidence = "\n".join(short_name(crop) for crop in one.evidence) or "—"
        tail = (Whole(one.size), Text(kinds[one.kind]), Text(steps[one.next_step]), Text(evidence))
        whose = (Text(people.get(one.work, "—")),) if people is not None else ()
        school = (_school_cell(one, _),) if with_forms else ()
        rows.append((Whole(index), *whose, Text(one.task), *readings, *school, *tail))
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
    )
    rows = tuple(
        (
            Text(one.expert),
            Whole(one.again),
            Share(one.same / len(one.changes)) if one.changes else Withheld("—"),
            _mean(one.changes, _),
            Whole(one.shown),
            _mean(one.apart, _),
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
) -> Report:
    """The methodists' report: by number only, or after release with `people`."""
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
        discrepancy_table(procedure, found, people),
        agreement_table(procedure, agreed),
        experts_table(procedure, works, found),
        *(_hidden_table(procedure, works) if people is None else ()),
    )
    return Report(_("Differences between experts"), lines, tables)


def _school_lines(works: Sequence[WorkSeen], found: Sequence[Discrepancy], _: Words) -> tuple[str, ...]:
    """How forms of schools compare; nothing when none came back."""
    compared = [work for work in works if work.school.stated]
    if not compared:
        return ()
    differing = [d for d in found if d.kind is Kind.SCHOOL_FORM]
    waiting = [d for d in differing if d.next_step is NextStep.ASK_SCHOOL]
    text = _("Works in forms of schools: {n}. Tasks on which a form differs: {differing}, to be cleared up: {open}.")
    return (text.format(n=len(compared), differing=len(differing), open=len(waiting)),)
