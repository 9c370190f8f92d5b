"""Papers of a school: only its own class-sets stand on them, participants by code, never by name."""

from __future__ import annotations

from collections.abc import Sequence

from packets.papers.blocks import (
    Across,
    Block,
    Cards,
    Coded,
    Column,
    Facts,
    Heading,
    Line,
    Paper,
    Sheet,
    Side,
    Steps,
    Table,
    Upright,
    Words,
)
from packets.papers.common import HAND_ROW, signatures
from packets.papers.known import ClassKnown, Gettext, ParticipantThere, Scored

_SLIPS = (3, 8)  # across and down a sheet
_ABSENT_PLACES = 12
_ABSENT_COLUMNS = 6
_CELL = 7.0  # millimetres: a digit written by hand
_MOST_UPRIGHT = 12  # criteria; more lie across
_MOST_APART = 20  # criteria; more stand close


def of_class(known: ClassKnown, _: Gettext) -> str:
    return _("School {school}, class {name}").format(school=known.school, name=known.class_name)


# --- the sheet on top of the works --------------------------------------------------------------


def class_cover(known: ClassKnown, _: Gettext) -> tuple[Paper, ...]:
    """What lies on top of the works of a class-set: what to do, how many there are, who was absent."""
    blocks = (
        Facts(
            (
                (_("Full name of the school"), known.school_name),
                (_("Works declared"), str(known.declared)),
                (_("Pages in each work"), str(known.occasion.pages)),
                (_("Works handed in (count them)"), ""),
            )
        ),
        Words(_("Codes of those who were absent (write them in):")),
        _absent(known),
        Heading(_("What to do")),
        Steps(_cover_steps(known, _)),
        signatures(_, _("Responsible in the school"), _("Received (district)")),
    )
    sheet: Sheet = Coded(known.label) if known.label is not None else Upright()
    return (Paper(_("Accompanying sheet of a class-set"), known.occasion.about, of_class(known, _), blocks, sheet),)


def _absent(known: ClassKnown) -> Table:
    codes = [one.code for one in known.absent]
    places = max(_ABSENT_PLACES, -(-len(codes) // _ABSENT_COLUMNS) * _ABSENT_COLUMNS)
    cells = [*codes, *[""] * (places - len(codes))]
    rows = tuple(tuple(cells[at : at + _ABSENT_COLUMNS]) for at in range(0, places, _ABSENT_COLUMNS))
    columns = tuple(Column("", 20, 1, Side.CENTRE) for _place in range(_ABSENT_COLUMNS))
    return Table(columns, rows, row_height=HAND_ROW)


def _cover_steps(known: ClassKnown, _: Gettext) -> tuple[str, ...]:
    scan = (
        _("Lay this sheet on top of the works and scan it with them: it is recognised by its codes.")
        if known.label is not None
        else _("Do not scan this sheet: it has no codes. It stays with the paper.")
    )
    return (
        _("Lay the works in the order of their codes, the pages of each work in their order; no drafts between them."),
        _("Count the works. Works handed in and codes written above make up the number declared."),
        scan,
        _("Do not write a name, school or class on any work outside of the fields for it."),
        _("Hand in works and this sheet against a signature. The register of codes and names stays in the school."),
    )


# --- codes --------------------------------------------------------------------------------------


def code_slips(known: ClassKnown, _: Gettext) -> tuple[Cards, ...]:
    """A slip with the code for each participant, to cut."""
    cards = tuple(_slip(known, one, _) for one in known.present)
    head = _("{of}: cut along the lines, one slip for each participant").format(of=of_class(known, _))
    return (Cards(cards, *_SLIPS, cut=True, head=head),) if cards else ()


def _slip(known: ClassKnown, one: ParticipantThere, _: Gettext) -> tuple[Line, ...]:
    form = _("form {form}").format(form=one.form) if one.form else ""
    below = (f"{known.occasion.date:%d.%m.%Y}", known.class_name, form)
    return (
        Line(known.occasion.title, 7.5, 11),
        Line(one.code, 22, 10, bold=True),
        Line(" · ".join(part for part in below if part), 8, 5),
    )


def code_register(known: ClassKnown, _: Gettext) -> tuple[Paper, ...]:
    """Who has which code: the column of names is empty, filled in by hand, and never leaves the school."""
    rows = tuple(
        (str(n), one.code, one.form, "", _("did not write") if one.absent else "")
        for n, one in enumerate(known.participants, start=1)
    )
    table = Table(
        (
            Column("№", 9, side=Side.RIGHT),
            Column(_("code"), 22, side=Side.CENTRE),
            Column(_("form"), 18, side=Side.CENTRE),
            Column(_("surname, first name (by hand)"), 70, stretch=1),
            Column(_("remark"), 28),
        ),
        rows,
        row_height=HAND_ROW,
    )
    blocks = (
        Words(_("Keep this register in the school under lock. It is not scanned, not sent and never returned.")),
        table,
        signatures(_, _("Filled in by")),
    )
    foot = _("Personal data: stays in the school.")
    return (Paper(_("Register of codes and names"), known.occasion.about, of_class(known, _), blocks, foot=foot),)


# --- points of a class --------------------------------------------------------------------------


def class_report(known: ClassKnown, _: Gettext) -> tuple[Paper, ...]:
    """A row for each participant who wrote, a column for each criterion with its maximum."""
    about = known.occasion
    close = len(about.criteria) > _MOST_APART
    scored = tuple(Column(_title(one, close=close), _CELL, 1, Side.CENTRE) for one in about.criteria)
    marks = (Column(_("mark"), 11), Column(_("mark in the journal"), 11)) if about.marks else ()
    last = (Column(f"{_('sum')}\n({about.maximum})", 11), *marks)
    first = (Column("№", 7, side=Side.RIGHT), Column(_("code"), 16, side=Side.CENTRE))
    blank = ("",) * (len(scored) + len(last))
    rows = tuple((str(n), one.code, *blank) for n, one in enumerate(known.present, start=1))
    table = Table((*first, *scored, *last), rows, keys=len(first), row_height=_CELL)
    sheet: Sheet = Across() if len(scored) > _MOST_UPRIGHT else Upright()
    blocks: tuple[Block, ...] = (
        Facts(((_("Full name of the school"), known.school_name),)),
        table,
        *_absent_line(known.absent, _),
        Words(_("In brackets: the most points. Whole points, or X where the task was not attempted: X is not 0."), 8.5),
        signatures(_, _("Filled in by"), _("Checked by")),
    )
    return (Paper(_("Report form of a class"), known.occasion.about, of_class(known, _), blocks, sheet),)


def _title(one: Scored, *, close: bool) -> str:
    """The criterion and its maximum; where columns stand close, task and criterion under each other."""
    own = one.criterion.removeprefix(one.task) if close else ""
    named = f"{one.task}\n{own}" if own and own != one.criterion else one.criterion
    return f"{named}\n({one.maximum})"


def _absent_line(absent: Sequence[ParticipantThere], _: Gettext) -> tuple[Words, ...]:
    if not absent:
        return ()
    return (Words(_("Absent: {codes}").format(codes=", ".join(one.code for one in absent)), 9),)
