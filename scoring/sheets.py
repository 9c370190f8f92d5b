"""A scanned score sheet: which one it is and where it lies.

The sheet is known by its codes and its four marks together; a page that shows anything less is a fault for a person,
never a guess.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crosscheck.labels import Kind, Label, ShortLabel
from crosscheck.sheetlayout import LAYOUTS, Layout
from scanning.codes.barcodes import (
    Code,
    Disagree,
    LabelRead,
    LabelReading,
    ShortOnly,
    Symbology,
    Unreadable,
    label_of,
    ours,
    read_codes,
)
from scanning.codes.codeplaces import Place, read_at_places
from scanning.placing.registration import (
    SCANS_AND_PHOTOS,
    Capture,
    Registration,
    RegistrationFault,
    RegistrationFaultKind,
    Seen,
    register_seen,
    see_marks,
    which_page,
)
from scanning.placing.shrinking import Views, as_views
from scoring.laying import Grey


class SheetFaultKind(enum.Enum):
    """Why a page can't be taken as a score sheet."""

    NO_CODE = "no_sheet_code"  # no readable code
    CODE_DAMAGED = "code_damaged"  # a code of ours whose check failed, or of a later version
    DISAGREE = "disagree"  # the codes of the page say different things
    NOT_A_SHEET = "not_a_sheet"  # other paper of ours, or somebody else's
    MARKS_MISSING = "marks_missing"  # not all four corner marks; the detail names the missing ones
    TWO_SHEETS = "two_sheets"  # a corner mark twice: two sheets in one scan
    RESIDUAL = "uneven"  # the marks don't lie as on a flat page


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """A sheet that can be read. A ShortLabel (only the Code128 was read) must be matched with what was issued.
    `layout`: upright or lying, as its marks say."""

    label: Label | ShortLabel
    registration: Registration
    layout: Layout


@dataclass(frozen=True, slots=True)
class SheetFault:
    """A page that can't; `detail` says what was found."""

    kind: SheetFaultKind
    detail: str


def identify(page: Views | Grey) -> SheetSeen | SheetFault:
    """Which score sheet a scanned page is and where it lies. `page`: HxW uint8, any of four orientations."""
    views = as_views(page)
    grey = views.page
    seen = see_marks(grey)
    layout = max(LAYOUTS, key=lambda one: len({mark.marker for mark in one.marks} & {mark.marker for mark in seen}))
    place = _where(grey, seen, layout)
    label = _sheet_label(label_of(_codes(views, place, layout)), grey)
    if isinstance(label, SheetFault):
        return label
    return _placed(place) if isinstance(place, RegistrationFault) else SheetSeen(label, place, layout)


def _where(grey: Grey, seen: tuple[Seen, ...], layout: Layout) -> Registration | RegistrationFault:
    """Where the sheet lies. A sheet seen aslant is taken as a photo, which says nothing of what lies between its marks:
    whoever reads it asks `shown_flat`."""
    place = register_seen(grey, seen, layout.marks)
    if isinstance(place, RegistrationFault) and place.kind is RegistrationFaultKind.UNEVEN:
        return register_seen(grey, seen, layout.marks, SCANS_AND_PHOTOS)
    return place


def shown_flat(registration: Registration, squares: int, found: int) -> bool:
    """Whether a sheet lies flat between its marks as far as is known: of a scan always; of a photo when all of its side
    squares are where the marks put them, to the little that squares are looked for around there."""
    return registration.kind is Capture.SCAN or found == squares


def _codes(views: Views, place: Registration | RegistrationFault, layout: Layout) -> tuple[Code, ...]:
    """The codes of a page: both of a sheet where they are printed, which costs next to nothing; of any other page,
    and of a sheet where none can be read there, all that are found anywhere."""
    if isinstance(place, Registration):
        printed = [Place(Symbology.QR, box) for box in layout.qr]
        codes = read_at_places(views, place.homography(), printed)
        if ours(codes):
            return codes
    return read_codes(views.page)


def _sheet_label(found: LabelReading, grey: Grey) -> Label | ShortLabel | SheetFault:
    match found:
        case LabelRead(label=label) | ShortOnly(label=label):
            if label.kind is not Kind.SHEET:
                return SheetFault(SheetFaultKind.NOT_A_SHEET, label.kind.name.lower())
            return label
        case Disagree(labels=several):
            return SheetFault(
                SheetFaultKind.DISAGREE, "; ".join(f"{s.kind.value} {s.number}-{s.page}" for s in several)
            )
        case Unreadable(alien=alien, damaged=damaged):
            return _no_label(alien, damaged, grey)


def _no_label(alien: tuple[str, ...], damaged: tuple[str, ...], grey: Grey) -> SheetFault:
    if which_page(grey) == "answer":
        return SheetFault(SheetFaultKind.NOT_A_SHEET, Kind.ANSWER.name.lower())
    if damaged:
        return SheetFault(SheetFaultKind.CODE_DAMAGED, "; ".join(damaged))
    return SheetFault(SheetFaultKind.NOT_A_SHEET if alien else SheetFaultKind.NO_CODE, "; ".join(alien))


def _placed(fault: RegistrationFault) -> SheetFault:
    kinds = {
        RegistrationFaultKind.MISSING: SheetFaultKind.MARKS_MISSING,
        RegistrationFaultKind.DOUBLE: SheetFaultKind.TWO_SHEETS,
    }
    detail = ", ".join(map(str, fault.markers)) or fault.detail
    return SheetFault(kinds.get(fault.kind, SheetFaultKind.RESIDUAL), detail)
