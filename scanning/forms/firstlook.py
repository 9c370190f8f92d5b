"""Which side of which foreign form a scan may show, and about where it lies: a first look, at small pictures.

Print lies in level lines, so the power spectrum of the page tells how far it is turned. Upright again, the page is
laid over each blank form in all places at once (phase correlation), as it is and upside down. What comes out is a
short list of guesses, good to a millimetre or two; only the printed anchors decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from scanning.placing.shrinking import halved

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

LOOK_DPI = 27.0
_K = LOOK_DPI / 25.4
_SIZE = (320, 240)  # rows, columns of the spectrum: an A4 page and a little air; quick to transform
_MOST_TURN, _TURN_STEP = 7.0, 0.2  # degrees
_LOW, _HIGH = 0.05, 0.40  # cycles a pixel: coarser is shade, finer is noise
_ROOM = 7  # pixels, 6 mm: paper is the lightest so near
_MARGIN = 0.025  # of each side left out: edges of the sheet and shadows
_STRETCHED = 0.01  # sides that say scales so far apart are both tried
_LEAST_SCALE = 0.9  # of LOOK_DPI: the picture that is sampled has at least so much
_TOO_FAR_MM = 45.0


@dataclass(frozen=True, slots=True, eq=False)
class FormLook:
    """What is computed once for a blank form: the phases of its printed ink, upright and upside down."""

    spectra: tuple[Singles, Singles]


@dataclass(frozen=True, slots=True, eq=False)
class Guess:
    """Form number `form` of those looked for may lie so: 3x3 `pose` from page millimetres to scan pixels.
    `height`: of the correlation's peak above all other places, in their standard deviations."""

    form: int
    pose: Floats
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A scan seen as an upright (perhaps upside-down) page about its middle: ink at LOOK_DPI, and 3x3 from page
    millimetres to scan pixels if the page lay exactly in the middle."""

    ink: Singles
    pose: Floats


def form_look(reference: Grey, hidden: Sequence[Box]) -> FormLook:
    """The blank form's look; what stands in `hidden` (zones, mm) has no part in it."""
    size = (round(A4_WIDTH * _K), round(A4_HEIGHT * _K))
    small = np.asarray(cv2.resize(reference, size, interpolation=cv2.INTER_AREA), np.uint8)
    ink = _ink(small)
    for box in hidden:
        rows = slice(max(0, int(box.y * _K)), max(0, int(box.bottom * _K) + 1))
        ink[rows, max(0, int(box.x * _K)) : max(0, int(box.right * _K) + 1)] = 0
    upside_down = np.ascontiguousarray(ink[::-1, ::-1])
    return FormLook((_phases(ink), _phases(upside_down)))


def guesses(
    picture: Grey, factor: float, shape: tuple[int, int], forms: Sequence[FormLook], sizes: Sequence[float] = (1.0,)
) -> tuple[Guess, ...]:
    """How each form would lie best in a scan of `shape`, of which `picture` (HxW uint8) is shrunk by `factor`: the
    likeliest first. `sizes`: how large the form may be against the sheet; each covers 3 % more or less."""
    found = [guess for view in _views(picture, factor, shape, sizes) for guess in _guesses(view, forms)]
    return tuple(sorted(found, key=lambda guess: -guess.height))


def _view_of(small: Grey, to_small: Floats, pose: Floats) -> _View:
    """What `pose` (3x3, mm to pixels of the scan) calls the page, upright; `small`: the scan, shrunk by `to_small`."""
    to_mm = np.array([[1 / _K, 0, 0.5 / _K], [0, 1 / _K, 0.5 / _K], [0, 0, 1]])
    size = (round(A4_WIDTH * _K), round(A4_HEIGHT * _K))
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    upright = cv2.warpPerspective(small, to_small @ pose @ to_mm, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    return _View(_edged(_ink(np.asarray(upright, np.uint8))), pose)


def guesses_in_sheets(grey: Grey, poses: Sequence[Floats], forms: Sequence[FormLook]) -> tuple[Guess, ...]:
    """The same for a page that lies, upright or upside down, as one of `poses` (3x3, mm to pixels) says."""
    found = [guess for pose in poses for guess in _guesses(_view_of(grey, np.eye(3), pose), forms)]
    return tuple(sorted(found, key=lambda guess: -guess.height))


def straight_pose(grey: Grey) -> Floats:
    """3x3 from page millimetres to pixels: a scan (HxW uint8) of a whole sheet stood up and straightened by its print;
    upside down stays so."""
    scale, picture, factor = max(grey.shape) / A4_HEIGHT, grey, 1.0
    while factor * scale / 2 >= _LEAST_SCALE * _K:
        picture, factor = halved(picture), factor / 2
    quarter = 90.0 if grey.shape[1] > grey.shape[0] else 0.0
    level = _view_of(picture, _shrinking(factor), middle_pose(grey.shape, scale, quarter))
    return middle_pose(grey.shape, scale, quarter + _skew(_spectrum(level.ink)))


# --- the scan, upright ---------------------------------------------------------------------------------


def _views(picture: Grey, factor: float, shape: tuple[int, int], sizes: Sequence[float]) -> Iterator[_View]:
    """The scan as pages standing up: for each scale that its sides may mean."""
    sides = [max(shape) / A4_HEIGHT]
    if abs(min(shape) / A4_WIDTH / sides[0] - 1) > _STRETCHED:
        sides.append(min(shape) / A4_WIDTH)
    scales = [side * size for side in sides for size in sizes]
    while factor * min(scales) / 2 >= _LEAST_SCALE * _K:
        picture, factor = halved(picture), factor / 2
    to_small = _shrinking(factor)
    quarter = 90.0 if shape[1] > shape[0] else 0.0
    for scale in scales:
        level = _view_of(picture, to_small, middle_pose(shape, scale, quarter))
        pose = middle_pose(shape, scale, quarter + _skew(_spectrum(level.ink)))
        yield _view_of(picture, to_small, pose)


def _shrinking(factor: float) -> Floats:
    """3x3 from pixels of a scan to pixels of the scan shrunk by `factor`."""
    return np.array([[factor, 0, 0.5 * factor - 0.5], [0, factor, 0.5 * factor - 0.5], [0, 0, 1]])


def middle_pose(shape: tuple[int, ...], scale: float, degrees: float) -> Floats:
    """3x3 from page millimetres to pixels: the page turned clockwise about the middle of the scan."""
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    x, y = shape[1] / 2 - 0.5, shape[0] / 2 - 0.5
    u, v = A4_WIDTH / 2, A4_HEIGHT / 2
    return np.array([[c, -s, x - c * u + s * v], [s, c, y - s * u - c * v], [0, 0, 1]])


def _ink(small: Grey) -> Singles:
    """How much darker than the paper around it each pixel is, as a share; limited, so that heavy pens don't outweigh
    print."""
    paper = cv2.blur(cv2.dilate(small, np.ones((_ROOM, _ROOM), np.uint8)), (_ROOM, _ROOM)).astype(np.float32)
    return np.asarray(np.clip(1.0 - small / np.maximum(paper, 1.0), 0.0, 0.5), np.float32)


def _edged(ink: Singles) -> Singles:
    rows, columns = (round(side * _MARGIN) for side in ink.shape)
    ink[:rows], ink[-rows:], ink[:, :columns], ink[:, -columns:] = 0, 0, 0, 0
    return ink


# --- spectra -------------------------------------------------------------------------------------------


def _spectrum(ink: Singles) -> Singles:
    """Complex spectrum (two channels) of the ink on a canvas of _SIZE."""
    canvas = np.zeros(_SIZE, np.float32)
    canvas[: ink.shape[0], : ink.shape[1]] = ink
    return np.asarray(cv2.dft(canvas, flags=cv2.DFT_COMPLEX_OUTPUT), np.float32)


def _phases(ink: Singles) -> Singles:
    """Spectrum of the ink in the packed form for real pictures, each frequency as strong as it counts."""
    spectrum = _spectrum(ink)
    size = cv2.magnitude(spectrum[:, :, 0], spectrum[:, :, 1])
    even = np.asarray(spectrum * (_band() / np.maximum(size, 1e-9))[:, :, None], np.float32)
    picture = cv2.dft(even, flags=cv2.DFT_INVERSE | cv2.DFT_REAL_OUTPUT | cv2.DFT_SCALE)
    return np.asarray(cv2.dft(picture), np.float32)


@lru_cache(maxsize=1)
def _band() -> Singles:
    """How much each frequency counts."""
    rows, columns = np.fft.fftfreq(_SIZE[0])[:, None], np.fft.fftfreq(_SIZE[1])[None, :]
    radius = np.hypot(rows, columns)
    return np.asarray((1 - np.exp(-((radius / _LOW) ** 2))) * np.exp(-((radius / _HIGH) ** 2) * 2), np.float32)


@lru_cache(maxsize=1)
def _noise() -> float:
    """Standard deviation of a correlation surface: all of them have the same sizes of frequencies."""
    return float(np.sqrt(np.square(np.square(_band().astype(np.float64))).sum()))


@lru_cache(maxsize=1)
def _rays() -> tuple[Floats, Singles, Singles]:
    """Turns in degrees; where (column, row) their rays run through the spectrum, across and along print."""
    turns = np.arange(-_MOST_TURN, _MOST_TURN + 1e-9, _TURN_STEP)
    radii = np.linspace(0.05, 0.30, 130)
    angles = np.radians(turns)[:, None]
    down = (np.stack([-np.sin(angles) * radii, np.cos(angles) * radii], -1), 1.0)
    across = (np.stack([np.cos(angles) * radii, np.sin(angles) * radii], -1), 1.0)
    places = np.concatenate([down[0], across[0]], axis=1)
    columns = np.mod(places[:, :, 0], 1.0) * _SIZE[1]
    rows = np.mod(places[:, :, 1], 1.0) * _SIZE[0]
    return turns, columns.astype(np.float32), rows.astype(np.float32)


def _skew(spectrum: Singles) -> float:
    """Degrees that print is turned clockwise, from -7 to 7."""
    turns, columns, rows = _rays()
    power = np.square(spectrum[:, :, 0]) + np.square(spectrum[:, :, 1])
    along = cv2.remap(power, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    sums = np.asarray(along, np.float64).sum(axis=1)
    return float(turns[int(np.argmax(sums))])


def _guesses(view: _View, forms: Sequence[FormLook]) -> Iterator[Guess]:
    scan = _phases(view.ink)
    for number, form in enumerate(forms):
        for upside_down, spectrum in enumerate(form.spectra):
            product = cv2.mulSpectrums(scan, spectrum, 0, conjB=True)
            surface = cv2.dft(product, flags=cv2.DFT_INVERSE)
            _, peak, _, (column, row) = cv2.minMaxLoc(surface)
            shift = _signed(column, _SIZE[1]), _signed(row, _SIZE[0])
            if max(map(abs, shift)) <= _TOO_FAR_MM:
                yield Guess(number, view.pose @ _in_view(shift, bool(upside_down)), peak / _noise())


def _signed(place: int, size: int) -> float:
    """A place on the circular surface as a shift in mm."""
    return ((place + size // 2) % size - size // 2) / _K


def _in_view(shift: tuple[float, float], upside_down: bool) -> Floats:
    """3x3 from millimetres of the form to millimetres of the view."""
    x, y = shift
    if upside_down:
        return np.array([[-1, 0, A4_WIDTH + x], [0, -1, A4_HEIGHT + y], [0, 0, 1]])
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
