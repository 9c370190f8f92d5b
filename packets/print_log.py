"""The print log: every file with its pages and the sheets of paper it needs, so that paper can be counted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crosscheck.i18n import N_
from crosscheck.report import Report, Row, Table, Text, Whole

_COLUMNS = (
    N_("file"),
    N_("packets in the file"),
    N_("check point"),
    N_("print"),
    N_("pages"),
    N_("blank pages"),
    N_("sheets of paper"),
    N_("SHA-256"),
)


@dataclass(frozen=True, slots=True)
class Logged:
    """One file to print. packets: what is in it, in its order. print: 1 for the first. papers: sheets of paper."""

    file: str
    packets: str
    point: str
    print: int
    pages: int
    blank: int
    papers: int
    sha256: str


def print_log(title: str, files: Iterable[Logged], _: Callable[[str], str], language: str) -> Report:
    """One table, in the order given; what all of it needs is written below."""
    listed = list(files)
    sums = _("Files: {files}, pages: {pages}, sheets of paper: {papers}.").format(
        files=len(listed), pages=sum(one.pages for one in listed), papers=sum(one.papers for one in listed)
    )
    table = Table(_("Print log"), tuple(map(_, _COLUMNS)), tuple(map(_row, listed)), (sums,))
    return Report(title, (_("Print log"),), (table,), language)


def _row(one: Logged) -> Row:
    counts = (Whole(one.print), Whole(one.pages), Whole(one.blank), Whole(one.papers))
    return (Text(one.file), Text(one.packets), Text(one.point), *counts, Text(one.sha256))
