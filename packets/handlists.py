"""The list that a check point signs: every packet with its expert, room for both signatures, the sums below. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crosscheck.i18n import N_
from crosscheck.report import Report, Row, Table, Text, Whole

_ROOM = "\n" + 16 * "_"  # for the time and a signature
_COLUMNS = (
    N_("packet"),
    N_("print"),
    N_("expert"),
    N_("works of the packet"),
    N_("pages of the packet"),
    N_("sheets"),
    N_("given out: time, signature"),
    N_("returned: time, signature"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One packet as the list shows it. expert: the name, as on the cover. pages: of the whole printed packet.
    print: the one that counts, 1 for the first: an older one must not be given out."""

    point: str
    expert: str
    packet: str
    works: int
    pages: int
    sheets: int
    print: int = 1


def hand_lists(title: str, packets: Iterable[Listed], _: Callable[[str], str], language: str) -> tuple[Report, ...]:
    """One list for each check point, which gets no other's; experts in the order of their names."""
    of_point: dict[str, list[Listed]] = {}
    for one in packets:
        of_point.setdefault(one.point, []).append(one)
    heading = (_("Packets handed out and returned"),)
    return tuple(Report(title, heading, (_table(point, of_point[point], _),), language) for point in sorted(of_point))


def _table(point: str, packets: list[Listed], _: Callable[[str], str]) -> Table:
    rows = tuple(_row(one) for one in sorted(packets, key=lambda p: (p.expert, p.packet)))
    sums = _("Packets: {packets}, works: {works}, pages: {pages}, score sheets: {sheets}.").format(
        packets=len(packets),
        works=sum(p.works for p in packets),
        pages=sum(p.pages for p in packets),
        sheets=sum(p.sheets for p in packets),
    )
    signed = _(
        "Given out in all: ______   Returned in all: ______   Organiser: ____________________   Date: __________"
    )
    return Table(_("Check point: {point}").format(point=point), tuple(map(_, _COLUMNS)), rows, (sums, signed))


def _row(one: Listed) -> Row:
    counts = (Whole(one.works), Whole(one.pages), Whole(one.sheets))
    return (Text(one.packet), Text(str(one.print)), Text(one.expert), *counts, Text(_ROOM), Text(_ROOM))
