"""The report on possible markers of bias, after release: for the methodist and nobody else. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscheck.i18n import translator
from crosscheck.procedure import Procedure
from crosscheck.report import Report, Row, Share, Table, Text, Whole, Withheld
from scoring.markers.journal import Compared, direction
from scoring.markers.judged import Absent, Family, Kind, Outcome
from scoring.markers.judging import Markers
from scoring.markers.words import decimal, few_table, p_cell, table, title, why
from scoring.origins import traced
from scoring.reporting.formulas import formula
from scoring.reporting.withholding import withheld
from scoring.reports import Words


def marker_report(procedure: Procedure, found: Markers) -> Report:
    """One table over all kinds, one for each kind that was judged, one of what was too little."""
    _ = translator(procedure.language)
    lines = (
        procedure.title,
        _("A possible marker is no finding of fault: it says where to look. Each one needs further analysis."),
        _("Kinds are judged apart from each other; p-values are exact or allow for what is usual in good faith."),
    )
    named = _("possible marker, needs further analysis")
    tables = (
        _overview(found.families, _),
        *(
            table(one, _group(one.kind, _), named, _, files=_files)
            for one in found.families
            if isinstance(one, Family) and one.tested
        ),
        *_district(found.district, named, _),
        *_compared(found, procedure.reports.withheld_under, _),
        *few_table(found.families, _),
    )
    return Report(_("Possible markers of bias"), lines, tables, procedure.language)


def _files(group: str) -> tuple[str, ...]:
    """Forms in which the works of a school, or of a class of it, stand one by one."""
    return (f"class-{group.partition(' ')[0]}-*",)


def _group(kind: Kind, _: Words) -> str:
    return _("Class") if kind is Kind.IDENTICAL else _("School number")


def _overview(families: tuple[Outcome, ...], _: Words) -> Table:
    columns = (_("What"), _("Judged"), _("Markers"), _("Expected false"), _("Too few works"), _("Note"))
    return Table(_("Overview"), columns, tuple(_line(one, _) for one in families))


def _line(found: Outcome, _: Words) -> Row:
    few = Whole(len(found.few))
    match found:
        case Absent():
            nothing = tuple(Withheld("—") for _column in range(3))
            return (Text(title(found.kind, _)), *nothing, few, Text(why(found, _)))
        case Family():
            counts = Whole(len(found.tested)), Whole(len(found.marked))
            note = Text("" if found.tested else _("not enough data"))
            return (Text(title(found.kind, _)), *counts, decimal(found.expected_false), few, note)


def _district(found: Outcome, named: str, _: Words) -> Iterator[Table]:
    """The step over all works, against a smooth curve."""
    if isinstance(found, Family):
        one = table(found, _("District"), named, _)
        rows = tuple((Text(_("District")), *row[1:]) for row in one.rows)
        note = _("All works against a smooth curve through totals away from the boundaries (polynomial of degree 4).")
        yield Table(_("Step in the whole district"), one.columns, rows, (note,))


def _compared(found: Markers, least: int, _: Words) -> Iterator[Table]:
    """Results against the journal. Schools with few works are withheld, and as many others as they follow from."""
    if not found.compared:
        return
    whole = Compared(*(sum(getattr(one, part) for _name, one in found.compared) for part in Compared.__slots__))
    columns = (
        _("School number"),
        _("Works"),
        _("Lowered"),
        _("Confirmed"),
        _("Raised"),
        _("By two marks or more"),
        _("p-value"),
    )
    works = np.array([one.works for _name, one in found.compared], dtype=np.int64)
    hidden = withheld(works, least, known=True).tolist()
    rows = [(Text(name), *_shares(one, hide)) for (name, one), hide in zip(found.compared, hidden, strict=True)]
    note = _("p-value: that raised and lowered are equally likely (sign test); it says nothing of who is right.")
    district = (Text(_("District")), *_shares(whole, whole.works < least))
    made = Table(_("Results and marks in the journal"), columns, (*rows, district), (note,))
    how = {place: formula(key, _) for place, key in enumerate(("lowered", "confirmed", "raised", "gap"), start=2)}
    yield traced(made, how, lambda name: ("class-*",) if name == _("District") else _files(name))


def _shares(one: Compared, hide: bool) -> Row:
    if hide:
        return (Whole(one.works), *(Withheld("—") for _column in range(5)))
    shares = (Share(count / one.works) for count in (one.lowered, one.confirmed, one.raised, one.far))
    return (Whole(one.works), *shares, p_cell(direction(one)))
