"""A photo is believed only when the frames between the marks are where the marks put them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from crosscheck.geometry import Box
from crosscheck.pageform import GUARD_MM
from scanning.placing.flatness import bent, straight
from scanning.placing.registration import SCANS_AND_PHOTOS, Capture, Registration, register
from tests.scanning.pages import FORM, Canvas, Grey, answer_page, canvas, draw_marks
from tests.scanning.photos import curled, photographed, shaded, view

DPI = 200.0
PLAIN = answer_page(DPI)
ZONES = [zone.box for zone in FORM.answers]
HIDDEN = [FORM.identity, *FORM.qr, FORM.bar]


def photo(page: Grey) -> Grey:
    return photographed(page, view(DPI, (12, 5)))


def found(picture: Grey) -> Registration:
    result = register(picture, FORM.marks, SCANS_AND_PHOTOS)
    assert isinstance(result, Registration), result
    return result


@pytest.mark.parametrize("shadow", [0.0, 0.6])
def test_a_flat_page_is_straight(shadow: float) -> None:
    """In even light and in shadow."""
    picture = shaded(photo(PLAIN), shadow)
    assert bent(picture, found(picture), ZONES, HIDDEN) is None


def test_captions_beside_the_frames_are_not_taken_for_them() -> None:
    """Bold letters above six low zones, blurred together: each is near the frame below it and the one above it."""
    zones = [Box(12.0, 60.0 + 31 * n, 186.0, 28.0) for n in range(6)]
    paper = canvas(DPI)
    draw_marks(paper, FORM.marks)
    for zone in zones:
        rows, columns = paper.area(zone)
        cv2.rectangle(paper.pixels, (columns.start, rows.start), (columns.stop, rows.stop), 120, 1)
        paper.fill(Box(zone.x, zone.y - 2.1, 13.0, 1.5), 30)
    picture = photo(paper.pixels)
    assert bent(picture, found(picture), zones, HIDDEN) is None


def test_a_curled_page_is_not() -> None:
    """Its marks still fit a flat page; the frames are off."""
    picture = photo(curled(PLAIN, DPI, 6.0))
    assert found(picture).kind is Capture.PHOTO
    fault = bent(picture, found(picture), ZONES, HIDDEN)
    assert fault is not None
    assert "off by" in fault.detail


def test_curled_paper_seen_from_straight_above_is_no_scan() -> None:
    """The centres of its marks lie as on a scan, their shapes don't."""
    picture = photographed(curled(PLAIN, DPI, 12.0), view(DPI, (0, 0)))
    registration = found(picture)
    assert registration.kind is Capture.PHOTO
    assert not straight(picture, registration, ZONES, HIDDEN)


def test_without_frames_nothing_is_believed() -> None:
    """A page of four marks and nothing else can't be told to be flat."""
    paper = canvas(DPI)
    draw_marks(paper, FORM.marks)
    picture = photo(paper.pixels)
    fault = bent(picture, found(picture), ZONES, HIDDEN)
    assert fault is not None
    assert "frames seen at 0" in fault.detail


def test_nothing_within_the_guard_of_an_identity_zone_is_read() -> None:
    """Other pixels there, same answer, even the same figures."""
    scribbled = Canvas(curled(PLAIN, DPI, 6.0), DPI)
    plain = photo(scribbled.pixels)
    registration = found(plain)
    other = plain.copy()
    for box in HIDDEN:
        corners = registration.pixels(box.grown(GUARD_MM - 0.5).corners())
        (left, top), (right, bottom) = corners.min(axis=0).astype(int), corners.max(axis=0).astype(int)
        # Aslant, so only what is inside for certain.
        inset = 12
        area = other[top + inset : bottom - inset, left + inset : right - inset]
        area[...] = np.random.default_rng(1).integers(0, 256, area.shape)
    assert not np.array_equal(plain, other)
    assert bent(other, registration, ZONES, HIDDEN) == bent(plain, registration, ZONES, HIDDEN)
