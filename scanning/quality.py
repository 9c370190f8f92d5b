"""Whether a scan is good enough to work with: measured values, judged apart from being measured."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from scanning import texture
from scanning.placing import askew
from scanning.placing.registration import Capture, Registration, RegistrationFault
from scanning.placing.shrinking import halved, shrunk
from scanning.texture import Place

Grey = NDArray[np.uint8]

MIN_DPI = 140.0
MAX_SKEW = 10.0
_CROOKED = 4.0  # a page turned so far or farther loses its corners in a scan of its own size
_MM_PER_INCH = 25.4
_DARKEST_PAPER = 140.0  # where the page is lightest
_DEEPEST_SHADOW = 50.0  # paper where it is darkest: ink is still told from it
_LIGHTEST_INK = 190.0
_WIDEST_EDGE_MM = 0.45  # of a blur of a third of a millimetre: small letters run together
_STRONGEST_RIPPLE = 0.5
_OUTSIDE_MM = 1.0  # an answer zone reaching farther than this beyond the scan is cut off
_LOOK_DPI = 75.0
_LOOKS_ENOUGH = (0.85, 1.5)  # times that: a picture at hand within these will do
_NEIGHBOURS = np.ones((3, 3), np.uint8)
_BLANK_INK = 1e-4  # of the page: about 6 mm² of pen, less than one digit
_CERTAIN_INK = 0.01  # with more of the page dark nobody need count specks
_SPECK_MM2 = 0.35  # dust, not writing
_EDGE = 0.035  # of each side left out: shadows of the sheet's edge
_TILE_MM = 12.0
_PATCHES = 4  # with most writing
_BARE_PATCHES = 3  # without any
_SPARSE = 4  # every fourth pixel each way tells where most is written


class Defect(enum.Enum):
    """What is wrong with a scan as a picture."""

    TOO_DARK = "too_dark"
    TOO_LIGHT = "too_light"
    LOW_RESOLUTION = "low_resolution"
    SKEWED = "skewed"
    CUT_OFF = "cut_off"
    BLURRED = "blurred"
    MOIRE = "moire"


@dataclass(frozen=True, slots=True)
class Quality:
    """`paper`: grey of the paper (0-255); `lightest`, `darkest`: the same where light is best and worst (highest and
    lowest tenth). `ink_level`: grey of the darkest hundredth of what is darker than the paper around it. `ink`: share
    of the page that is written or printed on. `dpi`: estimated from the size when not registered. `edge_mm`: over how
    many mm ink turns into paper, None where that was not measured or too little is written to tell. `ripple`: how much
    of the unevenness of bare paper is one single wave, 0 to 1. `written`: where most is written, scan pixels."""

    paper: float
    lightest: float
    darkest: float
    ink_level: float
    ink: float
    dpi: float
    edge_mm: float | None
    ripple: float
    written: tuple[Place, ...]

    @property
    def blank(self) -> bool:
        """Whether there is nothing on the page but dust and what shows through."""
        return self.ink < _BLANK_INK


# --- measuring -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """The page without its edges, small: `inner` is `scale` of the scan from (left, top) on; `dark` is 255
    where something darker than the paper around it stands, `levels` is the paper's grey: lowest tenth, middle, highest
    tenth."""

    inner: Grey
    dark: Grey
    levels: tuple[float, float, float]
    left: int
    top: int
    scale: float


def measure(grey: Grey, dpi: float | None = None, small: Grey | None = None) -> Quality:
    """Values of a page (HxW uint8). Without `dpi` the longer side is taken for an A4 page's. `small`: the same
    page at 65 to 110 dpi, where somebody has it at hand (else it is made)."""
    dpi = dpi or max(grey.shape) / (A4_HEIGHT / _MM_PER_INCH)
    look = _look(grey, dpi, small)
    darkest, paper, lightest = look.levels
    written, bare = _places(look, dpi)
    return Quality(
        paper=paper,
        lightest=lightest,
        darkest=darkest,
        ink_level=_ink_level(look, paper),
        ink=_ink(look, dpi * look.scale),
        dpi=dpi,
        edge_mm=None,
        ripple=texture.ripple(grey, dpi, bare),
        written=written,
    )


def measure_photo(grey: Grey, registration: Registration) -> Quality:
    """Values of a page that has been found in a photo: of the page alone, without the table it lies on."""
    dpi = min(registration.dpi, 2 * _LOOK_DPI)
    k = dpi / _MM_PER_INCH
    to_mm = np.array([[1 / k, 0, 0.5 / k], [0, 1 / k, 0.5 / k], [0, 0, 1]])
    size = (round(A4_WIDTH * k), round(A4_HEIGHT * k))
    page = cv2.warpPerspective(
        grey,
        registration.homography() @ to_mm,
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return measure(np.asarray(page, np.uint8), dpi)


def _look(grey: Grey, dpi: float, small: Grey | None) -> _Look:
    wanted = min(1.0, _LOOK_DPI / dpi)
    scale = 1.0 if small is None else max(small.shape) / max(grey.shape)
    if small is None or not _LOOKS_ENOUGH[0] < scale / wanted < _LOOKS_ENOUGH[1]:
        small, scale = shrunk(grey, wanted), wanted
    top, left = (max(1, round(side * _EDGE)) for side in small.shape)
    inner = small[top:-top, left:-left]
    # A page may be lit unevenly: ink is what is darker than the paper around it, and between letters there is paper.
    quarter = halved(halved(inner))
    eighth = cv2.resize(cv2.dilate(quarter, _NEIGHBOURS), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    coarse = np.asarray(cv2.medianBlur(eighth, 5), np.uint8)
    around = np.asarray(cv2.resize(coarse, inner.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    below = np.cumsum(np.bincount(coarse.ravel(), minlength=256))
    ranks = [int(share * (coarse.size - 1)) for share in (0.1, 0.5, 0.9)]
    darkest, paper, lightest = (float(level) for level in np.searchsorted(below, ranks, side="right"))
    least = max(12.0, 0.16 * paper)
    dark = np.asarray(cv2.threshold(cv2.subtract(around, inner), least, 255, cv2.THRESH_BINARY)[1], np.uint8)
    return _Look(inner, dark, (darkest, paper, lightest), left, top, scale)


def _ink_level(look: _Look, paper: float) -> float:
    # Every fourth row says as much as all.
    counts = cv2.calcHist([look.inner[::4]], [0], look.dark[::4], [256], [0, 256]).ravel()
    total = float(counts.sum())
    return float(np.searchsorted(np.cumsum(counts), total / 100)) if total else paper


def _ink(look: _Look, dpi: float) -> float:
    """Share of the page that is dark, without specks where they could matter."""
    share = cv2.countNonZero(look.dark) / look.dark.size
    if share >= _CERTAIN_INK:
        return float(share)
    speck = _SPECK_MM2 * (dpi / _MM_PER_INCH) ** 2
    _, _, stats, _ = cv2.connectedComponentsWithStats(look.dark, connectivity=8, ltype=cv2.CV_32S)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return float(areas[areas > speck].sum()) / look.dark.size


def _places(look: _Look, dpi: float) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Tiles in which most is written, and some in which nothing is: their middles in scan pixels."""
    side = max(8, round(_TILE_MM * dpi * look.scale / _MM_PER_INCH / _SPARSE)) * _SPARSE
    rows, columns = (n // side for n in look.dark.shape)
    if rows < 2 or columns < 2:
        return (), ()
    sparse = (columns * side // _SPARSE, rows * side // _SPARSE)
    dots = cv2.resize(look.dark[: rows * side, : columns * side], sparse, interpolation=cv2.INTER_NEAREST)
    ink = cv2.resize(dots, (columns, rows), interpolation=cv2.INTER_AREA).ravel()

    def place(tile: int) -> Place:
        row, column = divmod(tile, columns)
        return ((column + 0.5) * side + look.left) / look.scale, ((row + 0.5) * side + look.top) / look.scale

    written = [int(t) for t in np.argsort(-ink.astype(np.intp), kind="stable")[:_PATCHES] if ink[t] > 0]
    bare = np.flatnonzero(ink == 0)
    chosen = bare[np.linspace(0, len(bare) - 1, _BARE_PATCHES).astype(np.intp)] if len(bare) else bare
    return tuple(place(t) for t in written), tuple(place(int(t)) for t in np.unique(chosen))


def cut_off(registration: Registration, zones: Sequence[Box], shape: tuple[int, ...]) -> bool:
    """Whether an answer zone lies partly outside a scan of that shape (height, width). Marks that do are told by
    the registration's fault (`outside`)."""
    slack = _OUTSIDE_MM * registration.dpi / _MM_PER_INCH
    reach = np.array([shape[1], shape[0]]) - 0.5 + slack
    corners = registration.pixels(tuple(corner for zone in zones for corner in zone.corners()))
    return bool(np.any(corners < -0.5 - slack) or np.any(corners > reach))


# --- judging -------------------------------------------------------------------------------------------


def defects(quality: Quality, skew: float = 0.0, *, cut: bool = False) -> tuple[Defect, ...]:
    """What is wrong; `skew` in degrees as found by registration, `cut` as `cut_off` says."""
    wrong = {
        Defect.TOO_DARK: quality.lightest < _DARKEST_PAPER or quality.darkest < _DEEPEST_SHADOW,
        Defect.TOO_LIGHT: not quality.blank and quality.ink_level > _LIGHTEST_INK,
        Defect.LOW_RESOLUTION: quality.dpi < MIN_DPI,
        Defect.SKEWED: abs(skew) > MAX_SKEW,
        Defect.CUT_OFF: cut,
        Defect.BLURRED: quality.edge_mm is not None and quality.edge_mm > _WIDEST_EDGE_MM,
        Defect.MOIRE: quality.ripple > _STRONGEST_RIPPLE,
    }
    return tuple(defect for defect, found in wrong.items() if found)


def unplaced(grey: Grey, looks: Quality, fault: RegistrationFault | None = None) -> tuple[Defect, ...]:
    """What is wrong with a scan in which the page could not be found: perhaps why."""
    # Where it is darkest a photo may show the table.
    known = replace(looks, edge_mm=texture.edge_mm(grey, looks.dpi, looks.written), darkest=looks.lightest)
    found = defects(known, cut=fault is not None and bool(fault.outside))
    return (*found, Defect.SKEWED) if abs(askew.print_turn(grey)) >= _CROOKED else found


def judged(grey: Grey, looks: Quality, registration: Registration, zones: Sequence[Box]) -> tuple[Defect, ...]:
    """What is wrong with a scan in which the page has been found; `zones`: what is to be copied from it.

    Of a photo the page alone is judged, not the table it lies on."""
    if registration.kind is Capture.PHOTO:
        looks = measure_photo(grey, registration)
    edge = registration.edge_mm
    if edge is None:
        edge = texture.edge_mm(grey, registration.dpi, looks.written)
    known = replace(looks, dpi=registration.dpi, edge_mm=edge)
    return defects(known, registration.skew(), cut=cut_off(registration, zones, grey.shape))
