"""What the standardisation meeting decided, as pages: among the criteria of a packet, or alone as a supplement."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import lru_cache

from crosscheck import report_files
from crosscheck.i18n import translator
from crosscheck.meeting import Meeting
from crosscheck.model import CriterionId, Given, NotAttempted
from crosscheck.procedure import Procedure
from crosscheck.report import Report, Row, Table, Text
from packets.drawing.criteria import Criteria, read_criteria

Words = Callable[[str], str]


def meeting_report(procedure: Procedure, meeting: Meeting, note: str = "") -> Report:
    """Decisions in the order of criteria, those about all first; then exemplar works, none of them by a number."""
    _ = translator(procedure.language)
    order = {str(c.id): at for at, c in enumerate(procedure.all_criteria, start=1)}
    decisions = sorted(meeting.decisions, key=lambda one: (order.get(one.criterion, 0), one.number))
    rows = [
        (Text(one.criterion or _("all")), Text(one.text or _("taken back")), Text(str(one.number))) for one in decisions
    ]
    tables = []
    if rows:
        tables.append(Table(_("How criteria are read"), (_("Criterion"), _("Decision"), _("No.")), tuple(rows)))
    if meeting.exemplars:
        tables.append(_exemplars(procedure, meeting, _))
    lines = (procedure.title, *([note] if note else []))
    return Report(_("Decisions of the standardisation meeting"), lines, tuple(tables), procedure.language)


def _exemplars(procedure: Procedure, meeting: Meeting, _: Words) -> Table:
    rows: list[Row] = [
        (Text(_("exemplar {n}").format(n=one.number)), Text(points_told(procedure, one.points) or _("taken back")))
        for one in meeting.exemplars
    ]
    return Table(_("Points agreed on for exemplar works"), (_("Work"), _("Criterion: points")), tuple(rows))


def points_told(procedure: Procedure, points: Sequence[tuple[CriterionId, Given]]) -> str:
    """As `1: 2; 5К1: X`, in the order of criteria."""
    order = {c.id: at for at, c in enumerate(procedure.all_criteria)}
    ordered = sorted(points, key=lambda one: order.get(one[0], len(order)))
    return "; ".join(f"{c}: {'X' if isinstance(given, NotAttempted) else given.value}" for c, given in ordered)


def meeting_pages(procedure: Procedure, meeting: Meeting, *asked: frozenset[CriterionId]) -> Criteria | None:
    """These pages as a packet takes them in: what is about criteria that its rows ask for; None where nothing is."""
    about = meeting.about(frozenset[CriterionId]().union(*asked))
    return _pages(procedure, about) if about.said else None


@lru_cache(maxsize=8)  # the same for all packets that ask for the same tasks
def _pages(procedure: Procedure, meeting: Meeting) -> Criteria:
    out = io.BytesIO()
    report_files.write_pdf(meeting_report(procedure, meeting), out)
    return read_criteria(out.getvalue())


def supplement_report(procedure: Procedure, meeting: Meeting) -> Report:
    """What came after packets were printed, to hand out alone."""
    _ = translator(procedure.language)
    note = _("Supplement: it holds from now on, and goes before what stands in packets under the same number.")
    return meeting_report(procedure, meeting, note)
