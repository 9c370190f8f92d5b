"""Papers of a check point. They name no school."""

from __future__ import annotations

from packets.papers.blocks import Column, Facts, Heading, Lines, Paper, Signatures, Table
from packets.papers.known import Gettext, PointKnown

_HAND_ROW = 9.0


def signatures(_: Gettext, *roles: str) -> Signatures:
    """Lines to sign, captioned."""
    return Signatures(roles, _("signature"), _("surname, initials"), _("date"))


def of_point(known: PointKnown, _: Gettext) -> str:
    return _("Check point: {point}").format(point=known.point)


def protocol(known: PointKnown, _: Gettext) -> tuple[Paper, ...]:
    """How the check went: begin and end, who was there, what happened."""
    packets = str(len(known.packets)) if known.packets else ""
    blocks = (
        Facts(
            (
                (_("Begin of the check (time)"), ""),
                (_("End of the check (time)"), ""),
                (_("Room"), ""),
                (_("Experts expected"), str(known.experts)),
                (_("Experts present"), ""),
                (_("Packets received"), packets),
                (_("Works in them"), str(known.works) if known.packets else ""),
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
            row_height=_HAND_ROW,
        ),
        Lines(_("Remarks on how the check was organised:"), 3),
        signatures(_, _("Organiser-expert"), _("Organiser of the check point"), _("Observer (where there is one)")),
    )
    return (Paper(_("Protocol of the check"), known.occasion.about, of_point(known, _), blocks),)
