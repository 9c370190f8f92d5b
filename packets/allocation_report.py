"""The report of an allocation: an `Overview` as tables. Pure: how it looks is `crosscheck.report_files`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from crosscheck.conflicts import Source
from crosscheck.i18n import N_
from crosscheck.model import SchoolToken
from crosscheck.report import Decimal, Report, Row, Share, Table, Text, Whole
from packets.calling import Calling, by_number
from packets.linking import Linked
from packets.network import BALANCE, SPREAD, TIES
from packets.overview import NO_SCHOOL, Overview

Words = Callable[[str], str]

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


def allocation_report(title: str, seen: Overview, called: Calling, _: Words) -> Report:
    """All tables; `title` names the procedure, `called` schools and experts."""
    lines = (
        _("Loads differ by {load} at most, pages by {pages}.").format(load=seen.load_gap, pages=seen.page_gap),
        _("Schools that mark each other: {n} pairs.").format(n=len(seen.mutual)),
        _linked_line(seen.linked, _),
    )
    tables = (
        _shares(seen, called, _),
        _between(seen, called, _),
        _mutual(seen, called, _),
        _spread(seen, called, _),
        _avoided(seen, _),
        *_apart(seen.linked, called, _),
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


def _shares(seen: Overview, called: Calling, _: Words) -> Table:
    columns = (_("expert"), _("works"), _("with earlier ones"), _("capacity"), _("used"), _("pages"), _("schools"))
    rows = tuple(
        (
            Text(called.expert(share.expert)),
            Whole(share.new),
            Whole(share.total),
            Whole(share.capacity),
            Share(share.total / share.capacity),
            Whole(share.pages),
            Whole(share.schools),
        )
        for share in sorted(seen.shares, key=lambda share: by_number(called.code(share.expert)))
    )
    return Table(_("Experts"), columns, rows)


def _in_order(schools: Iterable[SchoolToken], called: Calling) -> list[SchoolToken]:
    """By number; experts who belong to no school come last."""
    return sorted(schools, key=lambda school: (school == NO_SCHOOL, by_number(called.school(school))))


def _between(seen: Overview, called: Calling, _: Words) -> Table:
    """Rows: schools of works; columns: schools of experts."""
    rows, columns = (_in_order({pair[side] for pair in seen.between}, called) for side in (0, 1))

    def row(school: SchoolToken) -> Row:
        counts = (seen.between.get((school, other), 0) for other in columns)
        return (Text(called.school(school)), *(Whole(n) if n else Text("") for n in counts))

    names = (called.school(school) if school != NO_SCHOOL else _("no school") for school in columns)
    note = _("Rows: the school a work is from. Columns: the expert's school. An expert of several counts for each.")
    return Table(_("Who marks whom"), (_("works of"), *names), tuple(map(row, rows)), (note,))


def _mutual(seen: Overview, called: Calling, _: Words) -> Table:
    columns = (_("school"), _("and school"), _("works there"), _("works back"))
    rows = (
        (Text(called.school(m.one)), Text(called.school(m.other)), Whole(m.there), Whole(m.back)) for m in seen.mutual
    )
    return Table(_("Schools that mark each other"), columns, tuple(rows))


def _spread(seen: Overview, called: Calling, _: Words) -> Table:
    rows = ((Text(called.school(school)), Whole(seen.spread[school])) for school in _in_order(seen.spread, called))
    return Table(_("Experts who mark a school's works"), (_("school"), _("experts")), tuple(rows))


def _avoided(seen: Overview, _: Words) -> Table:
    rows = ((Text(_(SOURCES[source])), Whole(n)) for source, n in seen.avoided.items())
    note = _("Pairs of a work and an expert. One with two reasons counts for both.")
    return Table(_("Conflicts avoided"), (_("why"), _("pairs")), tuple(rows), (note,))


def _apart(linked: Linked, called: Calling, _: Words) -> Iterator[Table]:
    """Who can be compared with whom, where that isn't everybody."""
    if linked.connected or linked.ratio is None:
        return
    rows = ((Whole(n), Text(", ".join(map(called.code, part)))) for n, part in enumerate(linked.components, start=1))
    yield Table(_("Parts without a common work"), (_("part"), _("experts")), tuple(rows))


def _levels(seen: Overview, _: Words) -> Iterator[Table]:
    """What is proven, in the order of importance."""
    if not seen.levels:
        return

    rows = tuple((Text(level_in_words(each.level, _)), Decimal(each.cost, 0)) for each in seen.levels)
    note = _("Proven: no other allocation costs less at a level without costing more at an earlier one.")
    yield Table(_("What was kept low, the most important first"), (_("what"), _("cost")), rows, (note,))


def level_in_words(level: str, _: Words) -> str:
    """What a level of importance keeps low."""
    kind, _space, wish = level.partition(" ")
    return wish if kind == "wish" and wish else _(LEVELS.get(kind, level))
