"""The codes of our own papers, read where they stand: two QR codes and a Code128, in crops of a hundredth of the page.

Where they stand follows from the corner marks as first seen, so it costs next to nothing to read all three: that two
codes must agree is really tried on each page. Only pages on which this finds nothing are searched whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck import pageform, sheetlayout
from crosscheck.geometry import BAR_TOP, QR_BOTTOM, QR_TOP, Box, corner_marks
from scanning.codes import barcodes
from scanning.codes.barcodes import Code, Symbology
from scanning.placing.registration import Seen, page_kind
from scanning.placing.shrinking import Grey, Views, shrunk

Floats = NDArray[np.float64]

_AROUND_MM = 2.5  # beyond the code's box: marks are seen coarsely, and a sheet may be a little bent
_DPI = {Symbology.QR: 110.0, Symbology.CODE128: 150.0}  # at which a module is 2.5 pixels or more
_ASTRAY_MM = 8.0  # the middle of a code may lie this far outside the box of its place
_STRIP_MM = 3.0  # of the bars' height: enough on nearly every page, and a fraction of the work


@dataclass(frozen=True, slots=True)
class Place:
    """A code's kind and the box (page mm, quiet zone included) in which it is printed."""

    symbology: Symbology
    box: Box


PLACES = (Place(Symbology.QR, QR_TOP), Place(Symbology.QR, QR_BOTTOM), Place(Symbology.CODE128, BAR_TOP))
_NEAR = tuple((place.symbology, place.box.grown(_ASTRAY_MM)) for place in PLACES)


@dataclass(frozen=True, slots=True, eq=False)
class _Crop:
    """A part of the scan at full size that holds one code; `origin` in pixels of the scan."""

    symbology: Symbology
    picture: Grey
    origin: tuple[int, int]
    dpi: float
    level: bool

    def small(self) -> tuple[Grey, float]:
        """The crop at the resolution that suffices nearly always, and its scale: exact halves only, they are quick."""
        times = self.dpi / _DPI[self.symbology]
        scale = 0.5 ** max(0, int(np.floor(np.log2(max(1.0, times)))))
        return shrunk(self.picture, scale), scale


def coarsely(seen: tuple[Seen, ...]) -> Floats | None:
    """3x3 from page millimetres to scan pixels through the centres of three or four marks of one of our papers, to
    about a millimetre; None when fewer were seen, or one of them twice."""
    kind = page_kind(seen)
    if kind is None:
        return None
    # Codes of a sheet that lies stand elsewhere: it is searched whole.
    marks = corner_marks(pageform.FIRST_MARKER) if kind == "answer" else sheetlayout.UPRIGHT.marks
    places = {mark.marker: mark.box.centre for mark in marks}
    mine = [mark for mark in seen if mark.marker in places]
    if len({mark.marker for mark in mine}) != len(mine) or len(mine) < 3:
        return None
    mm = np.array([places[mark.marker] for mark in mine], np.float32)
    px = np.array([mark.centre() for mark in mine], np.float32)
    if len(mine) == 4:
        return np.asarray(cv2.getPerspectiveTransform(mm, px), np.float64)
    return np.vstack([np.asarray(cv2.getAffineTransform(mm, px), np.float64), [0.0, 0.0, 1.0]])


def read_at_places(views: Views, to_scan: Floats, places: Iterable[Place] = PLACES) -> tuple[Code, ...]:
    """What the codes at `places` say, each once; `to_scan` is 3x3 from page millimetres to pixels. Repaired pictures
    of the crops are tried only when no code of ours was read. Never raises for what is on the page."""
    codes: list[Code] = []
    crops: list[_Crop] = []
    for place in places:
        crop = _crop(views.page, to_scan, place.symbology, place.box)
        if crop is not None:
            crops.append(crop)
            codes += _at_first_look(views.page, to_scan, place) or _plain(crop)
    if barcodes.ours(tuple(codes)):
        return tuple(codes)
    for crop in crops:
        repaired = barcodes.read_repaired(crop.picture, [crop.symbology], crop.origin)
        if barcodes.ours(repaired):
            return (*codes, *repaired)
    return tuple(codes)


def believed(codes: tuple[Code, ...], seen: tuple[Seen, ...], *, turned: bool = True) -> tuple[Code, ...]:
    """The codes without those of ours that lie where the page has none or, if `turned` is told of them, lie turned
    against it: they show through from the other side of the paper, and readers read mirrored codes too. All of them
    when too few marks are seen."""
    to_scan = coarsely(seen)
    if to_scan is None:
        return codes
    to_page = np.asarray(np.linalg.inv(to_scan), np.float64)
    return tuple(code for code in codes if not barcodes.ours((code,)) or _as_printed(code, to_page, turned))


def _as_printed(code: Code, to_page: Floats, turned: bool) -> bool:
    corners = cv2.perspectiveTransform(np.array([code.corners], np.float64), to_page)[0]
    x, y = (float(v) for v in corners.mean(axis=0))
    near = (box for symbology, box in _NEAR if symbology is code.symbology)
    if not any(box.x <= x <= box.right and box.y <= y <= box.bottom for box in near):
        return False
    along = corners[1] - corners[0]
    # A bar says the same read from either end.
    return not turned or code.symbology is Symbology.CODE128 or float(along[0]) > 2 * abs(float(along[1]))


def _at_first_look(page: Grey, to_scan: Floats, place: Place) -> tuple[Code, ...]:
    """Bars say the same in a strip of their height."""
    if place.symbology is Symbology.QR:
        return ()
    middle = Box(place.box.x, place.box.centre[1] - _STRIP_MM / 2, place.box.w, _STRIP_MM)
    strip = _crop(page, to_scan, place.symbology, middle)
    if strip is None:
        return ()
    codes = barcodes.read_picture(strip.picture, strip.symbology, 1.0, strip.origin, level=strip.level)
    return codes if barcodes.ours(codes) else ()


def _plain(crop: _Crop) -> tuple[Code, ...]:
    small, scale = crop.small()
    codes = barcodes.read_picture(small, crop.symbology, scale, crop.origin)
    if barcodes.ours(codes) or scale == 1:
        return codes
    return barcodes.read_picture(crop.picture, crop.symbology, 1.0, crop.origin) or codes


def _crop(page: Grey, to_scan: Floats, symbology: Symbology, box: Box) -> _Crop | None:
    """The part of the scan around a box of the page; None where that lies off the scan."""
    height, width = page.shape
    around = Box(box.x - _AROUND_MM, box.y, box.w + 2 * _AROUND_MM, box.h).grown(_AROUND_MM / 2)
    corners = np.array([(*corner, 1.0) for corner in around.corners()]) @ to_scan.T
    if corners[:, 2].min() <= 0:
        return None
    px = corners[:, :2] / corners[:, 2:]
    along = px[1] - px[0]
    left, top = (max(0, int(v)) for v in px.min(axis=0))
    right, bottom = min(width, int(px[:, 0].max()) + 1), min(height, int(px[:, 1].max()) + 1)
    if right - left <= 8 or bottom - top <= 8:
        return None
    return _Crop(
        symbology,
        np.ascontiguousarray(page[top:bottom, left:right]),
        (left, top),
        25.4 * float(np.linalg.norm(along)) / around.w,
        abs(float(along[0])) > 4 * abs(float(along[1])),
    )
