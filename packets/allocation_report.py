"""The report of an allocation: an `Overview` as tables. Pure: how it looks is `crosscheck.report_files`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crosscheck.conflicts import Source
from crosscheck.i18n import N_, gettext
from crosscheck.model import SchoolToken
from crosscheck.report import Cell, Decimal, Report, Row, Share, Table, Text, Whole
from packets.linking import Linked
from packets.network import BALANCE, SPREAD, TIES
from packets.overview import NO_SCHOOL, Overview

Words = Callable[[str], str]
Called = Callable[[SchoolToken], str]  # what a school is called in the report

SOURCES = {
    Source.OWN_SCHOOL: N_("own school"),
    Source.CLASS_TAUGHT: N_("class taught"),
    Source.RELATIVE: N_("relative"),
    Source.FORMER_SCHOOL: N_("former school"),
    Source.TUTOR: N_("tutor"),
    Source.DECLARED: N_("declared by the expert"),
    Source.PREVIOUS_MARKER: N_("has read it before"),
    Source.PANEL: N_("sits on a panel"),
}
LEVELS = {
    BALANCE: N_("even loads (sum of squared loads)"),
    SPREAD: N_("works of a school over more experts (steps given up)"),
    TIES: N_("the choice among equals (by hash)"),
}


def allocation_report(title: str, seen: Overview, called: Called, _: Words) -> Report:
    """All tables; `title` names the procedure, `called` the schools."""
    lines = (
        _("Loads differ by {load} at most, pages by {pages}.").format(load=seen.load_gap, pages=seen.page_gap),
        _("Schools that mark each other: {n} pairs.").format(n=len(seen.mutual)),
        _linked_line(seen.linked, _),
    )
    tables = (
        _shares(seen, _),
        _between(seen, called, _),
        _mutual(seen, called, _),
        _spread(seen, called, _),
        _avoided(seen, _),
        *_apart(seen.linked, _),
        *_levels(seen, _),
    )
    return Report(title, lines, tables)


def _linked_line(linked: Linked, _: Words) -> str:
    if linked.ratio is None:
        return _("No work is read by two experts: their severity can't be compared.")
    if not linked.connected:
        words = _("The readers fall into {n} parts that share no work: no comparison is made between them.")
        return words.format(n=len(linked.components))
    return _("All readers are linked; the variance of their severity is {ratio} times the ideal.").format(
        ratio=f"{linked.ratio:.2f}"
    )


def _shares(seen: Overview, _: Words) -> Table:
    columns = (_("expert"), _("works"), _("with earlier ones"), _("capacity"), _("used"), _("pages"), _("schools"))
    rows = tuple(
        (
            Text(share.expert),
            Whole(share.new),
            Whole(share.total),
            Whole(share.capacity),
            Share(share.total / share.capacity),
            Whole(share.pages),
            Whole(share.schools),
        )
        for share in seen.shares
    )
    return Table(_("Experts"), columns, rows)


def _between(seen: Overview, called: Called, _: Words) -> Table:
    """Rows: schools of works; columns: schools of experts."""
    rows, columns = (sorted({pair[side] for pair in seen.between}) for side in (0, 1))

    def row(school: SchoolToken) -> Row:
        counts = (seen.between.get((school, other), 0) for other in columns)
        return (Text(called(school)), *(Whole(n) if n else Text("") for n in counts))

    names = (called(school) if school != NO_SCHOOL else _("no school") for school in columns)
    note = _("Rows: the school a work is from. Columns: the expert's school. An expert of several counts for each.")
    return Table(_("Who marks whom"), (_("works of"), *names), tuple(map(row, rows)), (note,))


def _mutual(seen: Overview, called: Called, _: Words) -> Table:
    columns = (_("school"), _("and school"), _("works there"), _("works back"))
    rows = ((Text(called(m.one)), Text(called(m.other)), Whole(m.there), Whole(m.back)) for m in seen.mutual)
    return Table(_("Schools that mark each other"), columns, tuple(rows))


def _spread(seen: Overview, called: Called, _: Words) -> Table:
    rows = ((Text(called(school)), Whole(n)) for school, n in seen.spread.items())
    return Table(_("Experts who mark a school's works"), (_("school"), _("experts")), tuple(rows))


def _avoided(seen: Overview, _: Words) -> Table:
    rows = ((Text(_(SOURCES[source])), Whole(n)) for source, n in seen.avoided.items())
    note = _("Pairs of a work and an expert. One with two reasons counts for both.")
    return Table(_("Conflicts avoided"), (_("why"), _("pairs")), tuple(rows), (note,))


def _apart(linked: Linked, _: Words) -> Iterator[Table]:
    """Who can be compared with whom, where that isn't everybody."""
    if linked.connected or linked.ratio is None:
        return
    rows = ((Whole(n), Text(", ".join(part))) for n, part in enumerate(linked.components, start=1))
    yield Table(_("Parts without a common work"), (_("part"), _("experts")), tuple(rows))


def _levels(seen: Overview, _: Words) -> Iterator[Table]:
    """What is proven, in the order of importance."""
    if not seen.levels:
        return

    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (Text(level_in_words(each.level, _)), Decimal(each.cost, 0), Decimal(each.least, 0)) for each in seen.levels
    )
    note = _("Proven: no other allocation costs less at a level without costing more at an earlier one.")
    if any(each.least < each.cost for each in seen.levels):
        note = _("No other choice of directions between schools costs less than the least; with these none costs less.")
    columns = (_("what"), _("cost"), _("least possible"))
    yield Table(_("What was kept low, the most important first"), columns, rows, (note,))


def level_in_words(level: str, _: Words = gettext) -> str:
    """What a level keeps low: a wish by its own name."""
    kind, _space, wish = level.partition(" ")
    return wish if kind == "wish" and wish else _(LEVELS.get(kind, level))


def shortly(school: SchoolToken) -> str:
    """A school by the beginning of its token, where nobody opened its number."""
    return school[:6]
