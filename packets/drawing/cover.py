"""Cover and instruction of a packet: what it holds, for whom, and what has to come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crosscheck.geometry import BAR_TOP, QR_BOTTOM, QR_TOP, Box
from crosscheck.i18n import translator
from crosscheck.labels import Kind, Label
from crosscheck.model import (
    RE_MARKING,
    THIRD_MARKING,
    AnonymousNumber,
    Marking,
    TaskId,
    is_unaided,
)
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import CaptureStyle, Control, Procedure, paper_digest
from crosscheck.typeset import BOLD, Align, Press
from packets.drawing.parts import draw_codes

TITLE = Box(20, 38, 170, 14)
PACKET = Box(20, 54, 170, 16)
PRINT = Box(70, 68.3, 70, 5.4)
FACTS = Box(20, 74, 170, 60)
WORKS = Box(20, 140, 170, 70)
RETURN = Box(20, 214, 170, 30)
RECEIPT = Box(52, 262, 138, 24)
INSTRUCTION = Box(20, 40, 170, 230)
_FACT_LINE, _FACT_LABEL = 8.0, 58.0
_WORK_ROWS, _WORK_LINE = 10, 5.6


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """What a cover says; `works` are anonymous numbers with their numbers of pages; `by`: until when all has to come
    back, empty where that is filled in by hand; `tasks`: the ones to mark, empty where it is all of them."""

    procedure: Procedure
    number: int
    round: int
    marking: Marking
    expert: str
    check_point: str
    works: tuple[tuple[AnonymousNumber, int], ...]
    sheets: int
    criteria: bool
    by: str = ""
    tasks: tuple[TaskId, ...] = ()

    @property
    def label(self) -> Label:
        return Label(Kind.PACKET, self.number, 1, self.round, paper_digest(self.procedure))


def marking_name(marking: Marking, _: Callable[[str], str]) -> str:
    """`independent` or `third`, in the language of `_`."""
    # A packet mixes first, second and control markings; which is which must not be told.
    if is_unaided(marking):
        return _("independent")
    if marking == RE_MARKING:
        return _("re-marking")
    return _("third") if marking == THIRD_MARKING else str(int(marking))


def _facts(facts: CoverFacts, _: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    procedure = facts.procedure
    return (
        (_("Subject, grade"), f"{procedure.subject}, {procedure.grade}"),
        (_("Date of the work"), procedure.date.strftime("%d.%m.%Y")),
        (_("Marking"), marking_name(facts.marking, _)),
        (_("Check point"), facts.check_point),
        (_("Expert"), facts.expert),
        (_("Works, pages"), f"{len(facts.works)}, {sum(pages for _number, pages in facts.works)}"),
        (_("Score sheets"), str(facts.sheets)),
        *(((_("Only the tasks"), ", ".join(facts.tasks)),) if facts.tasks else ()),
    )


def _draw_facts(press: Press, facts: CoverFacts, _: Callable[[str], str]) -> None:
    top = FACTS.y
    for caption, value in _facts(facts, _):
        press.text(Box(FACTS.x, top, _FACT_LABEL, _FACT_LINE - 1), caption, 10, upright=0.5, ink=0.7)
        box = Box(FACTS.x + _FACT_LABEL, top, FACTS.w - _FACT_LABEL, _FACT_LINE - 1)
        press.text(box, value, 12, BOLD, upright=0.5)
        top += _FACT_LINE


def _draw_works(press: Press, facts: CoverFacts, _: Callable[[str], str]) -> None:
    press.text(Box(WORKS.x, WORKS.y, WORKS.w, 6), _("Works in this packet (number, pages)"), 10, BOLD)
    columns = (len(facts.works) + _WORK_ROWS - 1) // _WORK_ROWS
    wide = WORKS.w / max(columns, 2)
    for i, (number, pages) in enumerate(facts.works):
        column, row = divmod(i, _WORK_ROWS)
        box = Box(WORKS.x + column * wide, WORKS.y + 8 + row * _WORK_LINE, wide - 4, _WORK_LINE - 0.6)
        press.text(box, f"{i + 1}.  {spaced(number)}   ({pages})", 10.5, upright=0.5)


def _draw_return(press: Press, facts: CoverFacts, _: Callable[[str], str]) -> None:
    things = [
        _("\u2610 score sheets: {sheets}, all of them, signed").format(sheets=facts.sheets),
        _("\u2610 copies of works: {works}, complete").format(works=len(facts.works)),
    ]
    if facts.criteria:
        things.append(_("\u2610 the criteria"))
    things.extend((_("\u2610 the page “Difficulties noticed in marking”, signed"), _("\u2610 this cover")))
    by = facts.by or "____________"
    press.text(Box(RETURN.x, RETURN.y, RETURN.w, 6), _("Return to the organiser by {by}").format(by=by), 12, BOLD)
    press.text(Box(RETURN.x, RETURN.y + 7, RETURN.w, RETURN.h - 7), "\n".join(things), 10.5)


def _draw_receipt(press: Press, _: Callable[[str], str]) -> None:
    for i, caption in enumerate((_("Handed out: time, signature"), _("Returned: time, signature"))):
        y = RECEIPT.y + 8 + i * 12
        press.line((RECEIPT.x, y), (RECEIPT.right, y), 0.2, 0.7)
        press.text(Box(RECEIPT.x, y + 0.5, RECEIPT.w, 3.6), caption, 7.5, ink=0.7)


def draw_cover(press: Press, facts: CoverFacts) -> None:
    """The first page: codes, facts, list of works, what has to come back."""
    _ = translator(facts.procedure.language)
    draw_codes(press, facts.label, (QR_TOP, QR_BOTTOM), BAR_TOP)
    press.text(TITLE, facts.procedure.title, 16, BOLD, align=Align.CENTRE, upright=0.5)
    heading = _("Packet {packet}").format(packet=packet_code(facts.number))
    press.text(PACKET, heading, 30, BOLD, align=Align.CENTRE, upright=0.5)
    if facts.round:
        press.fill(PRINT)
        said = _("PRINT {print}").format(print=facts.round + 1)
        press.text(PRINT, said, 12, BOLD, align=Align.CENTRE, upright=0.5, ink=0.0)
    _draw_facts(press, facts, _)
    _draw_works(press, facts, _)
    _draw_return(press, facts, _)
    _draw_receipt(press, _)
    press.end_page()


def _writing(procedure: Procedure, _: Callable[[str], str]) -> tuple[str, ...]:
    """How scores are written down on the sheets."""
    if procedure.style is CaptureStyle.BOXES:
        steps = (
            _(
                "For each criterion put one cross into the box of the points you give. X means: not attempted; it is "
                "not 0."
            ),
            _("To correct a cross, fill its box completely and cross another box. Do not use correction fluid."),
        )
    else:
        steps = (
            _(
                "For each criterion write the points you give, one digit in a cell, like the printed ones. X means: "
                "not attempted; it is not 0."
            ),
            _("To correct a number, strike it out and write the right one close to it. Do not use correction fluid."),
        )
    if procedure.control is Control.ROWS:
        return (*steps, _("At the end of each row write the sum of its points on that sheet; X counts 0."))
    return steps


def _steps(facts: CoverFacts, _: Callable[[str], str]) -> tuple[str, ...]:
    only = _("You mark the tasks {tasks} and no others: other experts mark the rest of these works.")
    again = _(
        "This is print {print} of the packet. Scores on sheets of an earlier print are not read: write on these "
        "sheets, and give what you have of an earlier print back to the organiser at once."
    )
    steps = (
        *((again.format(print=facts.round + 1),) if facts.round else ()),
        _("Check that the packet is complete: the works on the cover, all their pages, all score sheets."),
        *((only.format(tasks=", ".join(facts.tasks)),) if facts.tasks else ()),
        _("Mark by the criteria only. Ask the organiser when a criterion is unclear; do not agree scores with others."),
        _("Every work has a number of 7 digits at the top of each page. Find the same number on the score sheet."),
        *_writing(facts.procedure, _),
        _("Do not fold or staple the score sheets, and write nothing near the black squares and the codes."),
        _("A dash instead of boxes means that this criterion is not asked of you."),
        _("Leave no criterion empty. If a page is missing or unreadable, tell the organiser and do not guess."),
        _("If you recognise whose work it is, stop marking it and tell the organiser."),
        _(
            "Write down on the last page what was difficult. Sign every score sheet and return everything listed on "
            "the cover."
        ),
    )
    if facts.marking != THIRD_MARKING:
        return steps
    return (*steps, _("The earlier scores are in a table after the criteria. Decide yourself: your score is final."))


def draw_instruction(press: Press, facts: CoverFacts) -> None:
    """One page that tells the expert how to work."""
    _ = translator(facts.procedure.language)
    press.text(Box(20, 20, 170, 12), _("Instruction for the expert"), 18, BOLD, upright=0.5)
    top = INSTRUCTION.y
    for i, step in enumerate(_steps(facts, _), start=1):
        press.text(Box(INSTRUCTION.x, top, 10, 6), f"{i}.", 12, BOLD)
        room = Box(INSTRUCTION.x + 12, top, INSTRUCTION.w - 12, INSTRUCTION.bottom - top)
        top += press.text(room, step, 12).height + 5
    press.end_page()
