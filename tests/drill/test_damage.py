"""What is done to pages, what counts as destroyed, and where every millimetre of a page lies afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from drill.damage import CODES, LEAST_DPI, MOST_BLUR_MM, Damage, Kind, Stain, Tear, destroyed, drawn, torn
from drill.ink import Page
from drill.paper import Turn
from drill.scan_ink import DPI
from drill.spoiling import spoilt

PLAIN = Damage(Kind.UNDAMAGED)
COVERED = tuple(Stain(*box.centre, box.w, box.h, 1.0) for box in CODES)


@pytest.mark.parametrize(
    ("damage", "own", "foreign"),
    [
        (PLAIN, False, False),
        (Damage(Kind.STAIN, stains=COVERED), True, False),
        (Damage(Kind.STAIN, stains=COVERED[:2]), False, False),
        (Damage(Kind.TORN, tear=Tear(2, 30.0, 30.0)), True, False),
        (Damage(Kind.TORN, tear=Tear(2, 15.0, 15.0)), False, False),
        (Damage(Kind.TILT, rotation_deg=5.0), True, False),
        (Damage(Kind.TILT, rotation_deg=5.0, margin_mm=13.0), False, False),
        (Damage(Kind.BLUR, blur_mm=MOST_BLUR_MM + 0.01), True, True),
        (Damage(Kind.RESOLUTION, dpi=LEAST_DPI - 1), True, True),
        (Damage(Kind.NOISE, noise=50.0), True, True),
    ],
)
def test_what_counts_as_destroyed_is_fixed_by_the_parameters(damage: Damage, own: bool, foreign: bool) -> None:
    """The table of the module, row by row; marks and codes matter on own forms only."""
    assert (destroyed(damage, own=True), destroyed(damage, own=False)) == (own, foreign)


def test_an_undamaged_page_is_never_destroyed() -> None:
    """Whatever is drawn for it: its gate would count nothing otherwise."""
    pages = [drawn(Kind.UNDAMAGED, np.random.default_rng(seed)) for seed in range(200)]
    assert not any(destroyed(page, own=True) for page in pages)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.REVERSE])
def test_every_kind_leaves_most_of_its_pages_readable(kind: Kind) -> None:
    """A kind that destroyed nearly everything would excuse the reader from it."""
    pages = [drawn(kind, np.random.default_rng(seed)) for seed in range(100)]
    assert sum(destroyed(page, own=True) for page in pages) <= 45
    assert len({repr(page) for page in pages}) == 100


def test_covered_codes_with_the_reverse_seen_are_always_destroyed() -> None:
    """Nothing of the page itself says whose it is."""
    assert all(destroyed(drawn(Kind.REVERSE, np.random.default_rng(seed)), own=True) for seed in range(50))


def test_a_tear_takes_its_own_corner() -> None:
    """Counted from the corner along both edges."""
    tear = Tear(1, 20.0, 40.0)
    assert torn(tear, A4_WIDTH - 5.0, 5.0)
    assert not torn(tear, 5.0, 5.0)
    assert not torn(tear, A4_WIDTH - 15.0, 30.0)


def _dotted(x: float, y: float) -> Page:
    page = np.full((round(A4_HEIGHT / 25.4 * DPI), round(A4_WIDTH / 25.4 * DPI)), 255, np.uint8)
    k = DPI / 25.4
    page[round((y - 1.5) * k) : round((y + 1.5) * k), round((x - 1.5) * k) : round((x + 1.5) * k)] = 0
    return page


@settings(max_examples=12, deadline=None)
@given(
    kind=st.sampled_from([Kind.TILT, Kind.TURNED, Kind.SCALE, Kind.PHOTO, Kind.UNDAMAGED]),
    x=st.floats(30.0, A4_WIDTH - 30.0),
    y=st.floats(30.0, A4_HEIGHT - 30.0),
    seed=st.integers(0, 10_000),
)
def test_a_scan_knows_where_every_millimetre_lies(kind: Kind, x: float, y: float, seed: int) -> None:
    """A dot on the page is found in the scan where the scan's own matrix puts it, to a third of a millimetre."""
    rng = np.random.default_rng(seed)
    raw = spoilt(_dotted(x, y), drawn(kind, rng), rng)
    found = raw.polygon(Box(x - 5.0, y - 5.0, 10.0, 10.0))
    left, top = np.floor(found.min(axis=0)).astype(int)
    right, bottom = np.ceil(found.max(axis=0)).astype(int)
    part = raw.image[top:bottom, left:right].astype(float)
    dark = np.clip(np.median(part) - 60.0 - part, 0.0, None)
    rows, columns = np.indices(part.shape)
    middle = np.array([(dark * columns).sum(), (dark * rows).sum()]) / dark.sum() + (left + 0.5, top + 0.5)
    assert np.abs(middle - raw.polygon(Box(x, y, 0.0, 0.0))[0]).max() < 0.33 / 25.4 * 300


def test_a_turned_scan_lies_on_its_side() -> None:
    """A quarter turn swaps height and width."""
    rng = np.random.default_rng(1)
    raw = spoilt(_dotted(50.0, 60.0), Damage(Kind.TURNED, turn=Turn.LEFT), rng)
    assert raw.image.shape[1] > raw.image.shape[0]
