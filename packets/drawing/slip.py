"""The last page of a packet: what the expert found difficult, for the organiser's report."""

from __future__ import annotations

from crosscheck.geometry import Box
from crosscheck.i18n import translator
from crosscheck.typeset import BOLD, Press
from packets.drawing.cover import CoverFacts
from packets.drawing.parts import packet_name

TITLE = Box(20, 16, 170, 10)
FACTS = Box(20, 28, 170, 13)
NOTHING = Box(20, 45, 170, 7)
HINT = Box(20, 54, 170, 10)
_TOP, _ROW, _ROWS, _HEAD = 68.0, 11.0, 12, 8.0
_COLUMNS = ((20.0, 32.0), (52.0, 30.0), (82.0, 108.0))  # left edge and width
REMARKS = Box(20, 216, 170, 6)
_LINES, _LINE = 4, 9.0
SIGNATURE = Box(20, 268, 170, 12)


def draw_slip(press: Press, facts: CoverFacts) -> None:
    """The report slip: criteria that were hard to apply, work by work; general remarks; time and signature."""
    _ = translator(facts.procedure.language)
    press.text(TITLE, _("Difficulties noticed in marking"), 18, BOLD, upright=0.5)
    who = _("{packet}. {title}. Check point: {point}. Expert: {expert}")
    packet = packet_name(facts.number, facts.round, _)
    said = who.format(packet=packet, title=facts.procedure.title, point=facts.check_point, expert=facts.expert)
    press.text(FACTS, said, 10)
    press.frame(Box(NOTHING.x, NOTHING.y + 1, 4.5, 4.5), 0.3)
    there = Box(NOTHING.x + 7, NOTHING.y, NOTHING.w - 7, NOTHING.h)
    press.text(there, _("There were no difficulties (put a cross and sign)."), 11, upright=0.5)
    hint = _(
        "Otherwise: the number of the work and the criterion that was hard to apply, an answer the criteria don't "
        "foresee, a page that can't be read. Do not write who you think the pupil is, nor a school."
    )
    press.text(HINT, hint, 9, ink=0.8)
    _draw_table(press, (_("Work"), _("Task, criterion"), _("What was difficult")))
    press.text(REMARKS, _("Remarks on the criteria and on how the check was organised"), 10, BOLD)
    for i in range(_LINES):
        y = REMARKS.bottom + 6 + i * _LINE
        press.line((REMARKS.x, y), (REMARKS.right, y), 0.15, 0.5)
    for left, right, caption in ((20, 110, _("Signature of the expert")), (120, 190, _("Date, time"))):
        press.line((left, SIGNATURE.y + 6), (right, SIGNATURE.y + 6), 0.2, 0.7)
        press.text(Box(left, SIGNATURE.y + 6.6, right - left, 4), caption, 7.5, ink=0.7)
    press.end_page()


def _draw_table(press: Press, captions: tuple[str, str, str]) -> None:
    for (left, wide), caption in zip(_COLUMNS, captions, strict=True):
        head = Box(left, _TOP, wide, _HEAD)
        press.frame(head, 0.2)
        press.text(head.grown(-1.2), caption, 9, BOLD, upright=0.5)
        for row in range(_ROWS):
            press.frame(Box(left, _TOP + _HEAD + row * _ROW, wide, _ROW), 0.15, 0.6)
