"""The report of an allocation: an `Overview` as tables. Pure: how it looks is `crosscheck.report_files`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from crosscheck.conflicts import Source
from crosscheck.i18n import N_
from crosscheck.model import ExpertId, SchoolToken
from crosscheck.report import Band, Cell, Decimal, Report, Row, Share, Sign, Table, Text, Whole
from packets.calling import Calling, by_number
from packets.linking import Linked
from packets.network import BALANCE, SPREAD, TIES
from packets.overview import NO_SCHOOL, Overview

if TYPE_CHECKING:  # the solver comes with them
    from packets.prices import Prices, Step

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
    Source.AWAY: N_("doesn't come to the check point"),
}
LEVELS = {
    BALANCE: N_("even loads (sum of squared loads)"),
    SPREAD: N_("works of a school over more experts (steps given up)"),
    TIES: N_("the choice among equals (by hash)"),
}

_LISTED = 12  # experts of the largest part that are named one by one
WISHES = {
    "last_year": N_("schools that met last year"),
    "whole class-sets": N_("class-sets kept whole (markings outside of the pieces)"),
    "travel": N_("the way to the check point"),
}


def allocation_report(
    title: str,
    seen: Overview,
    called: Calling,
    _: Words,
    priced: Prices | None = None,
    *,
    language: str,
    drawn: bool = False,
) -> Report:
    """All tables; `title` names the procedure, `called` schools and experts, `language` that of `_`. drawn: who marks
    whom is a picture."""
    lines = (
        *((_("Only these tasks of the works: {tasks}.").format(tasks=", ".join(seen.tasks)),) if seen.tasks else ()),
        _("Loads differ by {load} at most, pages by {pages}.").format(load=seen.load_gap, pages=seen.page_gap),
        _("Pairs of schools that mark each other: {n}.").format(n=len(seen.mutual)),
        _linked_line(seen.linked, _),
    )
    tables = (
        _shares(seen, called, _),
        *(() if drawn else (_between(seen, called, _),)),
        _mutual(seen, called, _),
        _spread(seen, called, _),
        _avoided(seen, _),
        _links(seen.linked, called, _),
        *_levels(seen, _),
        *_prices(priced, _),
    )
    return Report(title, lines, tables, language)


def _ratio(linked: Linked) -> str:
    return "-" if linked.ratio is None else f"{linked.ratio:.2f}".replace(".", ",")  # as reports show it


def _linked_line(linked: Linked, _: Words) -> str:
    if linked.ratio is None:
        return _("No work is read by two experts: their severity can't be compared.")
    if not linked.connected:
        words = _("The readers fall into parts that share no work, and can't be compared across them; parts: {n}.")
        return words.format(n=len(linked.components))
    return _("All readers are linked; the variance of their severity is {ratio} times the ideal.").format(
        ratio=_ratio(linked)
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


def in_order(schools: Iterable[SchoolToken], called: Calling) -> list[SchoolToken]:
    """By number; experts who belong to no school come last."""
    return sorted(schools, key=lambda school: (school == NO_SCHOOL, by_number(called.school(school))))


def _between(seen: Overview, called: Calling, _: Words) -> Table:
    """Rows: schools of works; columns: schools of experts."""
    mutual = {way for m in seen.mutual for way in ((m.one, m.other), (m.other, m.one))}
    rows, columns = (in_order({pair[side] for pair in seen.between}, called) for side in (0, 1))

    def row(school: SchoolToken) -> Row:
        return (Text(called.school(school)), *(cell(school, other) for other in columns))

    def cell(school: SchoolToken, other: SchoolToken) -> Cell:
        count = seen.between.get((school, other), 0)
        if not count:
            return Sign("-") if school == other else Text("")
        return Whole(count, Band.YELLOW if (school, other) in mutual else Band.PLAIN)

    names = (called.school(school) if school != NO_SCHOOL else _("no school") for school in columns)
    note = _("Rows: the school a work is from. Columns: the expert's school. An expert of several counts for each.")
    marked = _("Yellow: the two schools mark each other.")
    return Table(_("Who marks whom"), (_("works of"), *names), tuple(map(row, rows)), (note, marked))


def _mutual(seen: Overview, called: Calling, _: Words) -> Table:
    columns = (_("school"), _("and school"), _("works there"), _("works back"))
    rows = (
        (Text(called.school(m.one)), Text(called.school(m.other)), Whole(m.there), Whole(m.back)) for m in seen.mutual
    )
    return Table(_("Schools that mark each other"), columns, tuple(rows))


def _spread(seen: Overview, called: Calling, _: Words) -> Table:
    rows = ((Text(called.school(school)), Whole(seen.spread[school])) for school in in_order(seen.spread, called))
    return Table(_("Experts who mark a school's works"), (_("school"), _("experts")), tuple(rows))


def _avoided(seen: Overview, _: Words) -> Table:
    rows = ((Text(_(SOURCES[source])), Whole(n)) for source, n in seen.avoided.items())
    note = _("Pairs of a work and an expert. One with two reasons counts for both.")
    return Table(_("Conflicts avoided"), (_("why"), _("pairs")), tuple(rows), (note,))


def _links(linked: Linked, called: Calling, _: Words) -> Table:
    """Who can be compared with whom: one part is the ideal."""

    def named(n: int, part: tuple[ExpertId, ...]) -> str:
        if linked.connected:
            return _("all who mark")
        return _("all others") if n == 1 and len(part) > _LISTED else ", ".join(map(called.code, part))

    rows = ((Whole(n), Whole(len(part)), Text(named(n, part))) for n, part in enumerate(linked.components, start=1))
    notes = (
        _("Experts of different parts share no work, not even through others: their severity can't be compared."),
        _("Pairs of readings of one work: {n}.").format(n=linked.pairs),
        _("Variance of the severity of experts, against the best design with as many readings: {ratio}.").format(
            ratio=_ratio(linked)
        ),
    )
    return Table(_("How readers are linked"), (_("part"), _("experts"), _("who")), tuple(rows), notes)


def _levels(seen: Overview, _: Words) -> Iterator[Table]:
    """What is proven, in the order of importance."""
    if not seen.levels:
        return

    rows: tuple[Row, ...] = tuple(
        (Text(level_in_words(each.level, _)), Decimal(each.cost, 0), Decimal(each.least, 0)) for each in seen.levels
    )
    note = _("Proven: no other allocation costs less at a level without costing more at an earlier one.")
    if any(each.least < each.cost for each in seen.levels):
        note = _("No other choice of directions between schools costs less than the least; with these none costs less.")
    columns = (_("what"), _("cost"), _("least possible"))
    yield Table(_("What was kept low, the most important first"), columns, rows, (note,))


def level_in_words(level: str, _: Words) -> str:
    """What a level of importance keeps low."""
    kind, _space, wish = level.partition(" ")
    return _(WISHES.get(wish, wish)) if kind == "wish" and wish else _(LEVELS.get(kind, level))


def _prices(priced: Prices | None, _: Words) -> Iterator[Table]:
    """What each level costs those after it: the allocation decided again with fewer of them."""
    if priced is None:
        return

    def row(name: str, step: Step) -> Row:
        told = name if step.proven else _("{what} (not proven)").format(what=name)
        return (Text(told), *(Decimal(cost, 0) for cost in step.costs), Whole(step.mutual))

    names = [level_in_words(level, _) for level in priced.levels]
    rows = [row(names[0], priced.steps[0])]
    rows += [row(_("and {level}").format(level=level_in_words(step.kept[-1], _)), step) for step in priced.steps[1:]]
    if priced.unspread is not None:
        rows.append(row(_("all but the spread over experts"), priced.unspread))
    notes = (
        _(
            "Each row decides by one thing more than the row above: it lowers its own column, and what grows in the "
            "columns after it is its price. The last of them is this allocation."
        ),
        _("Costs are in units of each column: squares of works, steps, pairs that met, kilometres or minutes."),
    )
    yield Table(
        _("What each wish costs"), (_("decided by"), *names, _("pairs that mark each other")), tuple(rows), notes
    )
