"""What goes wrong with a scanned page, kind by kind: how roughly is drawn before any reading, and so is what counts as
destroyed.

A page is *destroyed* when one of these holds (own pages; of a foreign page only the starred rows, it has neither marks
nor codes):

    all three codes covered               | stains on three codes
    part of a corner mark torn off        | a tear whose line cuts a mark's square, or leaves none of it
    part of a corner mark off the scan    | turned, scaled or shifted out of the scanner's window
    * writing no longer readable          | blur of more than 0.30 mm (a pen's line is 0.5 mm), standard deviation
    * noise drowns the writing            | more than 40 grey levels, standard deviation
    * resolution                          | below 140 dpi
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, BAR_TOP, QR_BOTTOM, QR_TOP, Box, corner_marks
from drill.paper import Turn

MOST_BLUR_MM = 0.30
MOST_NOISE = 40.0
LEAST_DPI = 140
CODES = (QR_TOP, QR_BOTTOM, BAR_TOP)
_SPOILT_SHARE = 0.2  # of the pages of a kind that can destroy at all


class Kind(enum.Enum):
    """Kinds of damage; a page has one (`ORDINARY`: several, each of them mild)."""

    UNDAMAGED = "undamaged"
    ORDINARY = "ordinary"
    TILT = "tilted to 5 degrees"
    TURNED = "turned 90, 180, 270"
    SCALE = "scaled"
    BLUR = "blurred"
    NOISE = "noisy"
    JPEG = "JPEG 40-90"
    ONE_BIT = "1-bit"
    RESOLUTION = "150-300 dpi"
    STREAKS = "streaks"
    FOLD = "folded"
    TORN = "torn corner"
    STAIN = "stained codes"
    SHOW_THROUGH = "show-through"
    REVERSE = "codes covered, the reverse's seen"
    PHOTO = "phone photo"


@dataclass(frozen=True, slots=True)
class Tear:
    """A corner torn off: `corner` 0-3 clockwise from the top left, `across` and `down` mm of its edges."""

    corner: int
    across: float
    down: float


@dataclass(frozen=True, slots=True)
class Stain:
    """A blot: centre and half-axes in mm; `depth` is the darkness it adds, 0 to 1 (1: nothing is seen through it)."""

    x: float
    y: float
    rx: float
    ry: float
    depth: float


@dataclass(frozen=True, slots=True)
class Line:
    """A fold or a streak: where it begins and ends (mm), how wide (mm), the share of light it takes."""

    start: tuple[float, float]
    end: tuple[float, float]
    wide: float
    depth: float


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph: how the camera is tilted (degrees up or down, and sideways), its distance in page heights, the
    share of the picture's height that the page fills; and the shadow: direction in degrees, share of light left at its
    darkest."""

    pitch_deg: float
    yaw_deg: float
    distance: float
    fills: float
    shadow_deg: float
    shadow_light: float


@dataclass(frozen=True, slots=True)
class Damage:
    """Everything that happens to one page. `blur_mm` and `noise` (grey levels) are standard deviations; `level`: the
    grey level below which a 1-bit scan is black, None for grey; `margin_mm`: by how much the scanner's window is larger
    than the page, on every side; `paper`: grey level of bare paper; `quality`: of JPEG."""

    kind: Kind
    dpi: int = 200
    rotation_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    margin_mm: float = 0.0
    turn: Turn = Turn.UPRIGHT
    blur_mm: float = 0.05
    noise: float = 1.0
    quality: int = 80
    level: int | None = None
    paper: int = 248
    tear: Tear | None = None
    stains: tuple[Stain, ...] = ()
    folds: tuple[Line, ...] = ()
    streaks: tuple[Line, ...] = ()
    show_through: float = 0.0
    photo: Photo | None = None


def destroyed(damage: Damage, *, own: bool) -> bool:
    """Whether the page counts as destroyed, by the parameters alone (the table above)."""
    unreadable = damage.blur_mm > MOST_BLUR_MM or damage.noise > MOST_NOISE or damage.dpi < LEAST_DPI
    return unreadable or (own and (_all_codes_covered(damage) or _mark_torn(damage) or _mark_off(damage)))


def _all_codes_covered(damage: Damage) -> bool:
    opaque = [stain for stain in damage.stains if stain.depth > 0.8]
    return all(any(covers(stain, box) for stain in opaque) for box in CODES)


def covers(stain: Stain, box: Box) -> bool:
    """Whether the middle half of the box lies under the blot."""
    inner = ((box.centre[0] + sx * box.w / 4, box.centre[1] + sy * box.h / 4) for sx in (-1, 1) for sy in (-1, 1))
    return all(((x - stain.x) / stain.rx) ** 2 + ((y - stain.y) / stain.ry) ** 2 <= 1.0 for x, y in inner)


def _mark_torn(damage: Damage) -> bool:
    if damage.tear is None:
        return False
    box = corner_marks(0)[damage.tear.corner].box
    return any(torn(damage.tear, x, y) for x, y in box.corners())


def _mark_off(damage: Damage) -> bool:
    if damage.photo is not None:
        return False  # its corners lie inwards
    angle, margin = math.radians(damage.rotation_deg), damage.margin_mm
    for x, y in (corner for mark in corner_marks(0) for corner in mark.box.corners()):
        dx, dy = x - A4_WIDTH / 2, y - A4_HEIGHT / 2
        across = damage.scale * (dx * math.cos(angle) + dy * math.sin(angle)) + A4_WIDTH / 2 + damage.shift_mm[0]
        down = damage.scale * (dy * math.cos(angle) - dx * math.sin(angle)) + A4_HEIGHT / 2 + damage.shift_mm[1]
        if not (-margin <= across <= A4_WIDTH + margin and -margin <= down <= A4_HEIGHT + margin):
            return True
    return False


def torn(tear: Tear, x: float, y: float) -> bool:
    """Whether the place (mm) is torn off."""
    left = x if tear.corner in (0, 3) else A4_WIDTH - x
    top = y if tear.corner in (0, 1) else A4_HEIGHT - y
    return left / tear.across + top / tear.down < 1.0


# --- drawing the parameters ----------------------------------------------------------------------

Rng = np.random.Generator


def drawn(kind: Kind, rng: Rng, *, dpi: int = 200) -> Damage:
    """The damage of one page of a kind, at about the scanner's resolution."""
    scanned = Damage(
        kind,
        dpi=dpi,
        rotation_deg=float(np.clip(rng.normal(0.0, 0.25), -0.7, 0.7)),
        shift_mm=(float(rng.uniform(-1.0, 1.0)), float(rng.uniform(-1.0, 1.0))),
        blur_mm=float(rng.uniform(0.03, 0.06)),
        noise=float(rng.uniform(0.5, 2.0)),
        paper=int(rng.integers(244, 254)),
    )
    return _DRAWN[kind](scanned, rng)


def _ordinary(page: Damage, rng: Rng) -> Damage:
    page = _stained(page, rng, depth=0.15, aimed=False)
    page = _streaked(page, rng) if rng.random() < 0.2 else page
    page = _folded(page, rng) if rng.random() < 0.2 else page
    return replace(
        page,
        rotation_deg=float(rng.normal(0.0, 0.6)),
        scale=float(rng.normal(1.0, 0.003)),
        blur_mm=float(rng.uniform(0.05, 0.09)),
        noise=float(rng.uniform(1.0, 4.0)),
        paper=int(rng.integers(228, 246)),
        quality=int(rng.integers(55, 80)),
        show_through=float(rng.uniform(0.0, 0.04)),
    )


def _tilted(page: Damage, rng: Rng) -> Damage:
    degrees = float(rng.uniform(-5.0, 5.0))
    # In a window of just A4 a page that is tilted more loses its corners.
    return replace(page, rotation_deg=degrees, margin_mm=0.0 if abs(degrees) < 3.0 else 13.0)


def _turned(page: Damage, rng: Rng) -> Damage:
    return replace(page, turn=(Turn.LEFT, Turn.OVER, Turn.RIGHT)[int(rng.integers(3))])


def _scaled(page: Damage, rng: Rng) -> Damage:
    return replace(page, scale=float(rng.uniform(0.93, 1.03)))


def _blurred(page: Damage, rng: Rng) -> Damage:
    worst = rng.random() < _SPOILT_SHARE
    return replace(page, blur_mm=float(rng.uniform(0.31, 0.6) if worst else rng.uniform(0.06, 0.25)))


def _noisy(page: Damage, rng: Rng) -> Damage:
    worst = rng.random() < _SPOILT_SHARE
    return replace(page, noise=float(rng.uniform(41.0, 70.0) if worst else rng.uniform(4.0, 25.0)))


def _compressed(page: Damage, rng: Rng) -> Damage:
    return replace(page, quality=int(rng.integers(40, 91)))


def _one_bit(page: Damage, rng: Rng) -> Damage:
    return replace(page, level=int(rng.integers(130, 191)), dpi=(200, 300)[int(rng.integers(2))])


def _resolved(page: Damage, rng: Rng) -> Damage:
    worst = rng.random() < _SPOILT_SHARE
    return replace(page, dpi=int(rng.integers(90, LEAST_DPI) if worst else rng.integers(150, 301)))


def _streaked(page: Damage, rng: Rng) -> Damage:
    def streak() -> Line:
        x = float(rng.uniform(2.0, A4_WIDTH - 2.0))
        return Line((x, -20.0), (x, A4_HEIGHT + 20.0), float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.15, 0.7)))

    return replace(page, streaks=tuple(streak() for _ in range(int(rng.integers(1, 5)))))


def _folded(page: Damage, rng: Rng) -> Damage:
    def fold() -> Line:
        y, lean = float(rng.uniform(5.0, A4_HEIGHT - 5.0)), float(rng.uniform(-25.0, 25.0))
        return Line((0.0, y), (A4_WIDTH, y + lean), float(rng.uniform(0.4, 1.2)), float(rng.uniform(0.15, 0.5)))

    return replace(page, folds=tuple(fold() for _ in range(int(rng.integers(1, 4)))))


def _torn(page: Damage, rng: Rng) -> Damage:
    # A line that takes part of a mark has 10 / across + 10 / down < 1 (a third of these).
    most = 45.0 if rng.random() < 0.33 else 18.0
    tear = Tear(int(rng.integers(4)), float(rng.uniform(5.0, most)), float(rng.uniform(5.0, most)))
    return replace(page, tear=tear)


def _stained(page: Damage, rng: Rng, *, depth: float = 0.0, aimed: bool = True) -> Damage:
    if not aimed:
        place = (float(rng.uniform(10, 200)), float(rng.uniform(10, 287)))
        size = float(rng.uniform(5.0, 18.0))
        return replace(page, stains=(Stain(*place, size, size * float(rng.uniform(0.7, 1.3)), depth),))
    count = 3 if rng.random() < _SPOILT_SHARE else int(rng.integers(1, 3))
    chosen = [CODES[i] for i in rng.permutation(3)[:count]]
    # As wide as the code and its quiet zone and no wider: marks stand beside them.
    stains = (Stain(*box.centre, 0.55 * box.w, 0.62 * box.h, float(rng.uniform(0.85, 1.0))) for box in chosen)
    return replace(page, stains=tuple(stains))


def _reverse_seen(page: Damage, rng: Rng) -> Damage:
    """The codes of the other side are all that can be read, and they are another page's."""
    stains = tuple(Stain(*box.centre, 0.55 * box.w, 0.62 * box.h, 0.95) for box in CODES)
    return replace(page, stains=stains, show_through=float(rng.uniform(0.08, 0.3)))


def _shown_through(page: Damage, rng: Rng) -> Damage:
    return replace(page, show_through=float(rng.uniform(0.03, 0.15)))


def _photographed(page: Damage, rng: Rng) -> Damage:
    pitch, yaw = (float(np.clip(rng.normal(0.0, 4.0), -9.0, 9.0)) for _ in range(2))
    fills, distance = float(rng.uniform(0.8, 0.92)), float(rng.uniform(1.2, 1.8))
    shadow = (float(rng.uniform(0.0, 360.0)), float(rng.uniform(0.5, 0.9)))
    return replace(
        page,
        dpi=int(rng.integers(220, 281)),
        rotation_deg=float(rng.uniform(-2.0, 2.0)),
        shift_mm=(0.0, 0.0),
        blur_mm=float(rng.uniform(0.06, 0.12)),
        noise=float(rng.uniform(2.0, 5.0)),
        photo=Photo(pitch, yaw, distance, fills, *shadow),
    )


def _as_is(page: Damage, rng: Rng) -> Damage:  # noqa: ARG001 - one signature for all kinds
    return page


_DRAWN: Mapping[Kind, Callable[[Damage, Rng], Damage]] = {
    Kind.UNDAMAGED: _as_is,
    Kind.ORDINARY: _ordinary,
    Kind.TILT: _tilted,
    Kind.TURNED: _turned,
    Kind.SCALE: _scaled,
    Kind.BLUR: _blurred,
    Kind.NOISE: _noisy,
    Kind.JPEG: _compressed,
    Kind.ONE_BIT: _one_bit,
    Kind.RESOLUTION: _resolved,
    Kind.STREAKS: _streaked,
    Kind.FOLD: _folded,
    Kind.TORN: _torn,
    Kind.STAIN: _stained,
    Kind.SHOW_THROUGH: _shown_through,
    Kind.REVERSE: _reverse_seen,
    Kind.PHOTO: _photographed,
}
