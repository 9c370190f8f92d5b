"""Every paper with the longest facts there are: no text cut, none upon another, none off the page, none unreadable."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache

import pytest
from pypdf import PdfReader

from crosscheck import report_files
from crosscheck.geometry import Box
from crosscheck.i18n import translator
from crosscheck.labels import Label
from crosscheck.report import Report
from crosscheck.typeset import Press, canvas
from packets.papers.blocks import Printed
from packets.papers.kinds import KINDS, Kind, OfAccess, OfAppeals, OfPoint, OfProcedure, OfRemarks, OfSchool
from packets.papers.known import Occasion
from packets.papers.layout import print_papers
from tests.packets import worst
from tests.packets.boxes import Seen, faults, seen


def contents(kind: Kind, about: Occasion, language: str) -> tuple[Printed, ...] | Report:
    """What a paper says about the longest facts."""
    _ = translator(language)
    match kind.made_for:
        case OfProcedure(make):
            return make(about, _)
        case OfPoint(make_point):
            return make_point(worst.point(about), _)
        case OfSchool(make_class):
            return make_class(worst.class_set(about), _)
        case OfAccess(make_access):
            return make_access(worst.access(about), _)
        case OfAppeals(make_appeals):
            return make_appeals(worst.appeals(about), _)
        case OfRemarks(make_remarks):
            return make_remarks(worst.remarks(about), _)


def drawn(said: tuple[Printed, ...] | Report, language: str) -> bytes:
    out = io.BytesIO()
    if isinstance(said, Report):
        report_files.write_pdf(said, out)
    else:
        print_papers(said, out, translator(language))
    return out.getvalue()


@cache
def file(kind: Kind, about: Occasion, language: str) -> bytes:
    """The finished PDF, drawn once."""
    return drawn(contents(kind, about, language), language)


READABLE = 6.5  # points, said here once more
ABOUT = {"30 criteria": worst.LONGEST, "30 criteria with long names": worst.WORDY}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("about", ABOUT.values(), ids=ABOUT)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_text_is_never_cut_or_overlapping(kind: Kind, about: Occasion, language: str) -> None:
    """Measured in the finished PDF, whatever drew it."""
    pages = seen(file(kind, about, language))
    found = [f"page {n}: {fault}" for n, page in enumerate(pages, start=1) for fault in faults(page, READABLE)]
    assert pages
    assert all(page.texts for page in pages)
    assert found == []


def squashed(text: str) -> str:
    """Text without blanks and line ends: wrapping may put them anywhere."""
    return "".join(text.split())


def leaves(value: object) -> Iterator[str]:
    """Every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from leaves(one)
    elif is_dataclass(value) and not isinstance(value, Label):
        for field in fields(value):
            if field.name != "language":  # of its words, and none of them
                yield from leaves(getattr(value, field.name))


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_whatever_a_paper_says_stands_on_it_whole(kind: Kind, language: str) -> None:
    """Every text of its blocks is in the finished PDF, letter for letter."""
    said = contents(kind, worst.WORDY, language)
    whole = squashed("".join(text.text for page in seen(file(kind, worst.WORDY, language)) for text in page.texts))
    lost = [text for text in set(leaves(said)) if squashed(text) not in whole]
    assert lost == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_same_facts_give_the_same_bytes(kind: Kind) -> None:
    """On any day; and the file names nobody: neither its author nor its title."""
    first = file(kind, worst.LONGEST, "ru")
    assert drawn(contents(kind, worst.LONGEST, "ru"), "ru") == first
    named = PdfReader(io.BytesIO(first)).metadata
    assert named is not None
    assert (named.author or "crosscheck", named.creator) == ("crosscheck", "crosscheck")


# --- the yardstick -------------------------------------------------------------------------------


def sketched(*draws: Callable[[Press], object]) -> Seen:
    out = io.BytesIO()
    press = canvas(out)
    for draw in draws:
        draw(press)
    press.end_page()
    press.finish()
    (page,) = seen(out.getvalue())
    return page


def text(x: float, y: float, size: float = 10) -> Callable[[Press], object]:
    return lambda press: press.text(Box(x, y, 60, 10), "Школа", size)


@pytest.mark.parametrize(
    ("draws", "fault"),
    [
        ((text(20, 20), text(20, 24.5)), ""),
        ((text(20, 20), text(24, 21)), "upon each other"),
        ((text(2, 20),), "off the page"),
        ((text(20, 20, 6),), "6.0 points"),
        ((text(20, 20), lambda press: press.line((20, 24), (90, 24))), ""),
        ((text(20, 20), lambda press: press.line((20, 22), (90, 22))), "crossed by a line"),
        ((text(20, 20), lambda press: press.fill(Box(20, 18, 50, 8), 0.1)), ""),
    ],
)
def test_the_measure_sees_what_is_wrong(draws: tuple[Callable[[Press], object], ...], fault: str) -> None:
    """Text upon text, off the page, too small, crossed by a rule; neighbours, rules between and shades are right."""
    found = list(faults(sketched(*draws), READABLE))
    assert [one.partition(":")[0] for one in found] == ([fault] if fault else [])
