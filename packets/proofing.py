"""A scanned proof page read back: what is wrong with the printer, as values; the words stand beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from crosscheck.i18n import N_
from packets.drawing import proof
from packets.errors import NoProofPage, ScanUnreadable

Grey = np.ndarray[Any, np.dtype[np.uint8]]
_PER_MM = 8  # pixels, of the page as it is looked at
_SCALE_OFF, _STRETCHED, _CROOKED = 0.012, 0.008, 1.5  # parts, parts, degrees
_PALEST_BLACK, _LEAST_STEP = 0.45, 0.04  # of the paper's own level
_INK = 0.4  # of the way from the paper to the printed black
_DARKEST_PAPER = 0.6
_PDF_DPI = 200
NO_PICTURE = N_("it is neither a picture nor a PDF, or it is damaged")
_LEAST_DPI = 140  # below, works and score sheets are not taken either
_PLAUSIBLE_DPI = range(72, 1201)
_CORNERS = (N_("top left"), N_("top right"), N_("bottom right"), N_("bottom left"))


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned page; `dpi` as the file says or, where it doesn't, as if the scan were exactly A4."""

    grey: Grey
    dpi: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What was measured. scale: across and down, 1.0 is right. nearest: for each edge, how many millimetres from it ink
    still comes out (9 where none of the bars does). paper: its level in the scan, 0 black to 1 white. steps: level of
    each patch, 0 black to 1 paper."""

    scale: tuple[float, float]
    degrees: float
    missing_marks: tuple[str, ...]
    nearest: Mapping[str, int]
    paper: float
    steps: tuple[float, ...]
    unread: tuple[str, ...]
    dpi: float


def opened(path: Path) -> Scan:
    """The first page of a picture or PDF. Errors: ScanUnreadable (E6090)."""
    try:
        if path.suffix.lower() == ".pdf":
            return _of_pdf(path)
        with Image.open(path) as picture:
            told = picture.info.get("dpi", (0, 0))
            grey = np.asarray(picture.convert("L"), np.uint8)
    except (OSError, ValueError, SyntaxError, pypdfium2.PdfiumError) as wrong:
        said = wrong.strerror if isinstance(wrong, OSError) else None
        raise ScanUnreadable(file=path, reason=said or NO_PICTURE) from wrong
    dpi = float(told[0])
    return Scan(grey, dpi if round(dpi) in _PLAUSIBLE_DPI else min(grey.shape) / A4_WIDTH * 25.4)


def _of_pdf(path: Path) -> Scan:
    document = pypdfium2.PdfDocument(path)
    try:
        page = document[0].render(scale=_PDF_DPI / 72, grayscale=True)
        return Scan(np.asarray(page.to_pil().convert("L"), np.uint8), _PDF_DPI)
    finally:
        document.close()


def looked_at(scan: Scan) -> Seen:
    """Measure a scanned proof page. Errors: NoProofPage (E6091) when fewer than three of its marks are to be seen."""
    found = _marks(scan.grey)
    if len(found) < 3:
        raise NoProofPage(marks=len(found))
    places = np.concatenate([np.array(proof.MARKS[i].box.corners(), np.float64) for i in found])
    pixels = np.concatenate(list(found.values()))
    # Where fewer than four marks are known a page is taken as flat: no perspective from three corners.
    matrix, _inliers = cv2.findHomography(places, pixels) if len(found) == 4 else _affine(places, pixels)
    page = _flattened(scan.grey, np.asarray(matrix, np.float64))
    paper = float(np.median(_part(page, proof.PAPER)))
    steps = tuple(float(np.median(_part(page, proof.step_box(i).grown(-3)))) / paper for i in range(len(proof.STEPS)))
    across, down = _sides(np.asarray(matrix, np.float64))
    per_mm = scan.dpi / 25.4
    return Seen(
        scale=(math.hypot(*across) / per_mm / A4_WIDTH, math.hypot(*down) / per_mm / A4_HEIGHT),
        degrees=_off_right_angle(math.degrees(math.atan2(across[1], across[0]))),
        missing_marks=tuple(name for i, name in enumerate(_CORNERS) if i not in found),
        nearest={edge: _nearest(page, edge, paper * (1 - _INK * (1 - steps[0]))) for edge in proof.EDGES},
        paper=paper / 255,
        steps=steps,
        unread=_unread(scan.grey, page),
        dpi=scan.dpi,
    )


def _marks(grey: Grey) -> dict[int, Any]:
    """Corners in pixels of every mark that was found once, by its place."""
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, markers, _rejected = detector.detectMarkers(grey)
    names = [] if markers is None else [int(marker) - proof.FIRST_MARKER for marker in np.ravel(markers)]
    seen = {name: np.asarray(place[0] + 0.5, np.float64) for name, place in zip(names, corners, strict=True)}
    return {name: seen[name] for name in sorted(seen) if name in range(4) and names.count(name) == 1}


def _affine(places: Any, pixels: Any) -> tuple[Any, Any]:
    matrix, inliers = cv2.estimateAffine2D(places, pixels)
    return np.vstack([matrix, [0.0, 0.0, 1.0]]), inliers


def _sides(matrix: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    """The page's upper and left side, in pixels of the scan."""
    ends = np.array([[[0.0, 0.0]], [[A4_WIDTH, 0.0]], [[0.0, A4_HEIGHT]]])
    corner, right, low = cv2.perspectiveTransform(ends, matrix)[:, 0]
    return (float(right[0] - corner[0]), float(right[1] - corner[1])), (
        float(low[0] - corner[0]),
        float(low[1] - corner[1]),
    )


def _off_right_angle(degrees: float) -> float:
    """How far from lying straight, whichever way up."""
    return (degrees + 45) % 90 - 45


def _flattened(grey: Grey, matrix: Any) -> Grey:
    """The page upright, _PER_MM pixels a millimetre; what the scan doesn't show is white."""
    size = (round(A4_WIDTH * _PER_MM), round(A4_HEIGHT * _PER_MM))
    to_mm = np.diag([1 / _PER_MM, 1 / _PER_MM, 1.0])
    flat = cv2.warpPerspective(
        grey, matrix @ to_mm, size, flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP, borderValue=(255,)
    )
    return np.asarray(flat, np.uint8)


def _part(page: Grey, box: Box) -> Grey:
    left, top, right, bottom = (round(v * _PER_MM) for v in (box.x, box.y, box.right, box.bottom))
    return page[max(0, top) : bottom, max(0, left) : right]


def _nearest(page: Grey, edge: str, ink: float) -> int:
    """The smallest distance from the edge at which a bar was printed for most of its length. ink: the palest level that
    is taken for print."""
    across = 0 if edge in ("top", "bottom") else 1
    for index, distance in enumerate(proof.DISTANCES):
        bar = proof.edge_bar(edge, index)
        # The darkest line of pixels near it: a hair's breadth to the side is no fault of margins.
        near = Box(bar.x - 0.4, bar.y - 0.4, bar.w + 0.8, bar.h + 0.8)
        lines = _part(page, near).astype(np.float64)
        if lines.size and (np.sort(lines, axis=1 - across).mean(axis=1 - across).min() < ink):
            return distance
    return proof.DISTANCES[-1] + 1


def _unread(grey: Grey, page: Grey) -> tuple[str, ...]:
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])
    read = {code.text for look in (page, grey) for code in zxingcpp.read_barcodes(look, formats=formats)}
    wanted = {
        **dict(zip(proof.QR_CODES, (N_("the square code above"), N_("the square code below")), strict=True)),
        proof.BAR_CODE: N_("the bar code"),
    }
    return tuple(name for payload, name in wanted.items() if payload not in read)


# --- in words -----------------------------------------------------------------------------------

_EDGE_NAMES = {"top": N_("top"), "bottom": N_("bottom"), "left": N_("left"), "right": N_("right")}


def faults(seen: Seen, _: Callable[[str], str]) -> Iterator[str]:
    """What is wrong, each with what to do about it; nothing when the printer is fit."""
    if seen.dpi < _LEAST_DPI:
        text = _("Scanned with {dpi} dots an inch only, and nothing else can be judged by it: scan at 200 to 300 dpi.")
        yield text.format(dpi=round(seen.dpi))
    yield from _of_geometry(seen, _)
    yield from _of_ink(seen, _)
    for code in seen.unread:
        text = _("{code} can't be read: clean the printer's drum and the scanner's glass, scan at 300 dpi.")
        yield text.format(code=_(code)).capitalize()


def _of_geometry(seen: Seen, _: Callable[[str], str]) -> Iterator[str]:
    mean = sum(seen.scale) / 2
    if abs(mean - 1) > _SCALE_OFF:
        text = _("Scale {scale} %: print without scaling (“actual size”, 100 %), not “fit to page”.")
        yield text.format(scale=round(100 * mean))
    if abs(seen.scale[0] - seen.scale[1]) > _STRETCHED:
        text = _("Stretched: {across} % across, {down} % down. The printer or the scanner pulls the paper unevenly.")
        yield text.format(across=f"{100 * seen.scale[0]:.1f}", down=f"{100 * seen.scale[1]:.1f}")
    if abs(seen.degrees) > _CROOKED:
        text = _("Crooked by {degrees} degrees: set the guides of the paper tray and of the feeder.")
        yield text.format(degrees=f"{abs(seen.degrees):.1f}")
    for corner in seen.missing_marks:
        yield _("The mark {corner} is missing: it is cut off, folded or dirty.").format(corner=_(corner))
    for edge, nearest in seen.nearest.items():
        if nearest > proof.NEEDED:
            text = _(
                "Cut off ({edge}): nothing is seen nearer than {nearest} mm to the edge, and our papers need {needed} "
                "mm. Set the smallest margins, and let the scanner take the whole page."
            )
            yield text.format(edge=_(_EDGE_NAMES[edge]), nearest=nearest, needed=proof.NEEDED)


def _of_ink(seen: Seen, _: Callable[[str], str]) -> Iterator[str]:
    black, *greys = seen.steps
    if seen.paper < _DARKEST_PAPER:
        yield _("The paper comes out grey ({level} % of white): scan brighter, with nothing dark behind it.").format(
            level=round(100 * seen.paper)
        )
    if black > _PALEST_BLACK:
        yield _("Too pale: black is printed grey. Change the toner, turn off its economy mode, darken the print.")
    elif 1 - greys[-2] < _LEAST_STEP:
        yield _("Too pale: light grey is not to be seen, so pencil would not be either. Darken the print or the scan.")
    if greys[0] - black < _LEAST_STEP:
        yield _("Too dark: dark grey is black, so strokes would run together. Lighten the print or the scan.")
