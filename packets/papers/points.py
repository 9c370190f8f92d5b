"""Papers of a check point. They name no school; experts only where their names are what the paper is for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crosscheck.numbering import packet_ranges
from crosscheck.report import Report
from packets.handlists import Listed, hand_lists
from packets.papers.blocks import Cards, Column, Facts, Heading, Line, Lines, Paper, Side, Table, Ticks, Words
from packets.papers.common import HAND_ROW, by_criterion, numbered, signatures
from packets.papers.known import Gettext, PacketThere, PointKnown

_LABELS = (2, 4)  # across and down an A4 sheet of labels of 105 × 74 mm
_SPARE = 3  # rows for whoever comes unannounced


def of_point(known: PointKnown, _: Gettext) -> str:
    return _("Check point: {point}").format(point=known.point)


def hand_list(known: PointKnown, _: Gettext) -> Report:
    """The list of packets handed out and returned: the same as that of `crosscheck custody lists`."""
    # Whoever draws it says the language: `_` doesn't tell.
    (made,) = hand_lists(known.occasion.title, listed(known), _, language="ru")
    return made


def listed(known: PointKnown) -> Iterator[Listed]:
    """The packets as the list shows them."""
    for p in known.packets:
        yield Listed(known.point, p.expert, p.code, p.works, p.pages, p.sheets, p.print)


def contacts(known: PointKnown, _: Gettext) -> tuple[Paper, ...]:
    """Who is expected, where they sit, how to reach them."""
    rows = [(one.name, ", ".join(one.packets), "", "", "") for one in known.experts] + [("",) * 5] * _SPARE
    table = Table(
        (
            Column("№", 9, side=Side.RIGHT),
            Column(_("expert"), 45, stretch=2),
            Column(_("packets of the expert")),
            Column(_("room, table"), 24),
            Column(_("telephone"), 32),
            Column(_("came: time, signature"), 36),
        ),
        tuple((str(n), *row) for n, row in enumerate(rows, start=1)),
        row_height=HAND_ROW,
    )
    advice = _("Personal data: keep this list with the organiser, and return it with the materials.")
    told = Words(_("Nobody sits beside a colleague of the same school; scores are not agreed with neighbours."))
    return (
        Paper(
            _("Seating and contacts of experts"), known.occasion.about, of_point(known, _), (told, table), foot=advice
        ),
    )


def transfer(known: PointKnown, _: Gettext) -> tuple[Paper, ...]:
    """What was handed over to the check point and what came back, packet by packet, signed by both sides."""
    rows = [(p.code, str(p.works), str(p.pages), str(p.sheets), "", "") for p in known.packets]
    sums = (
        _("packets: {n}").format(n=len(known.packets)),
        str(known.works),
        str(known.pages),
        str(known.sheets),
        "",
        "",
    )
    table = Table(
        (
            Column(_("packet"), 34, stretch=1),
            Column(_("works of the packet"), 18, side=Side.CENTRE),
            Column(_("pages of the packet"), 18, side=Side.CENTRE),
            Column(_("sheets"), 18, side=Side.CENTRE),
            Column(_("handed over"), 26),
            Column(_("returned"), 26),
        ),
        (*rows, sums),
        totals=1,
        row_height=6.5,
    )
    others = numbered(
        (Column(_("other materials"), 60, stretch=1), Column(_("handed over"), 26), Column(_("returned"), 26)), 4
    )
    blocks = (
        Words(_("Tick each packet that was handed over, and each that came back. Envelopes are closed and sealed.")),
        table,
        others,
        Heading(_("Handed over to the check point")),
        signatures(_, _("Handed over (district)"), _("Received (check point)")),
        Heading(_("Returned from the check point")),
        signatures(_, _("Handed over (check point)"), _("Received (district)")),
    )
    return (Paper(_("Act of transfer of materials"), known.occasion.about, of_point(known, _), blocks),)


def protocol(known: PointKnown, _: Gettext) -> tuple[Paper, ...]:
    """How the check went: begin and end, who was there, what happened."""
    printed = bool(known.packets)
    blocks = (
        Facts(
            (
                (_("Begin of the check (time)"), ""),
                (_("End of the check (time)"), ""),
                (_("Room"), ""),
                (_("Experts expected"), str(len(known.experts))),
                (_("Experts present"), ""),
                (_("Packets received"), str(len(known.packets)) if printed else ""),
                (_("Works in them"), str(known.works) if printed else ""),
                (_("Packets returned"), ""),
            )
        ),
        Lines(_("Absent (surname, initials; reason):"), 3),
        Heading(_("What happened during the check")),
        Table(
            (
                Column(_("time"), 18),
                Column(_("what happened (works by their number, no names)"), stretch=3),
                Column(_("what was done"), stretch=2),
                Column(_("signature"), 28),
            ),
            (("",) * 4,) * 6,
            row_height=HAND_ROW,
        ),
        Lines(_("Remarks on how the check was organised:"), 3),
        signatures(_, _("Organiser-expert"), _("Organiser of the check point"), _("Observer (where there is one)")),
    )
    return (Paper(_("Protocol of the check"), known.occasion.about, of_point(known, _), blocks),)


def difficulties(known: PointKnown, _: Gettext) -> tuple[Paper, ...]:
    """What was hard: in organising, and task by task in marking."""
    questions = (
        _("Materials came in time and complete"),
        _("Rooms and tables were enough"),
        _("Experts came as expected, replacements were found"),
        _("The briefing was long enough"),
        _("Copies and score sheets were readable"),
        _("The time for marking was enough"),
    )
    blocks = (
        Heading(_("How the check was organised")),
        Table(
            (
                Column(_("question"), 70, stretch=1),
                Column(_("yes"), 12),
                Column(_("no"), 12),
                Column(_("remark"), 60, stretch=1),
            ),
            tuple((question, "", "", "") for question in questions),
            row_height=HAND_ROW,
        ),
        Heading(_("Difficulties by task and criterion")),
        by_criterion(
            known.occasion,
            (
                Column(_("what was hard for experts to judge"), 60, stretch=3),
                Column(_("how it was decided; what to change in the criteria"), 50, stretch=2),
            ),
            _,
        ),
        Lines(_("Typical mistakes of pupils (without names and schools):"), 3),
        Lines(_("What to change next time:"), 2),
        signatures(_, _("Organiser-expert")),
    )
    title = _("Report on organisation and difficulties")
    return (Paper(title, known.occasion.about, of_point(known, _), blocks),)


def observers(known: PointKnown, _: Gettext) -> tuple[Paper, ...]:
    """Who observed, from when to when."""
    columns = (
        Column(_("surname, first name, patronymic"), 50, stretch=2),
        Column(_("card number"), 26, stretch=1),
        Column(_("came (time)"), 18),
        Column(_("left (time)"), 18),
        Column(_("signature"), 26),
    )
    return (
        Paper(
            _("List of observers"),
            known.occasion.about,
            of_point(known, _),
            (numbered(columns, 12), signatures(_, _("Organiser of the check point"))),
        ),
    )


def observer_act(known: PointKnown, _: Gettext) -> tuple[Paper, ...]:
    """What an observer saw."""
    seen = (
        _("Materials were handed out against a signature, envelopes were whole"),
        _("Works bear no names, classes or schools"),
        _("Experts were briefed before marking"),
        _("Experts marked by themselves and did not agree scores"),
        _("No telephones or cameras at the tables"),
        _("No stranger was in the room"),
        _("All materials were counted and returned against a signature"),
    )
    blocks = (
        Facts(((_("Observer"), ""), (_("Card number"), ""), (_("Observed from - to (time)"), ""))),
        Table(
            (
                Column(_("what was observed"), 80, stretch=2),
                Column(_("yes"), 12),
                Column(_("no"), 12),
                Column(_("remark"), 50, stretch=1),
            ),
            tuple((one, "", "", "") for one in seen),
            row_height=HAND_ROW,
        ),
        Lines(_("Breaches (time, what, who was told):"), 4),
        Words(_("Conclusion:"), bold=True),
        Ticks((_("no breaches were noticed"), _("breaches were noticed, they are described above"))),
        signatures(_, _("Observer"), _("Acknowledged: organiser of the check point")),
    )
    return (Paper(_("Act of observation"), known.occasion.about, of_point(known, _), blocks),)


# --- labels for envelopes -----------------------------------------------------------------------


def envelope_labels(known: PointKnown, _: Gettext) -> tuple[Cards, ...]:
    """A label for each envelope of so many packets: check point, ranges of packets, counts."""
    a_label = known.in_envelope
    envelopes = [known.packets[at : at + a_label] for at in range(0, len(known.packets), a_label)]
    cards = tuple(_label(known, some, n, len(envelopes), _) for n, some in enumerate(envelopes, start=1))
    return (Cards(cards, *_LABELS, cut=False),) if cards else ()


def _label(known: PointKnown, some: Sequence[PacketThere], n: int, of: int, _: Gettext) -> tuple[Line, ...]:
    counts = _("packets: {packets}, works: {works}, score sheets: {sheets}").format(
        packets=len(some), works=sum(p.works for p in some), sheets=sum(p.sheets for p in some)
    )
    return (
        Line(known.occasion.about, 8, 10),
        Line(known.point, 20, 16, bold=True),
        Line("\n".join(packet_ranges(p.number for p in some)), 12, 20),
        Line(counts, 9, 6),
        Line(_("envelope {n} of {all}").format(n=n, all=of), 9, 6, bold=True),
    )
