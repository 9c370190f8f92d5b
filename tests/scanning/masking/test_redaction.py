"""Nothing but answers crosses."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import simplejpeg

from crosscheck.geometry import Box
from scanning.errors import UnsafeZones
from scanning.files.sources import Media, decode
from scanning.masking.redaction import redact
from scanning.placing.registration import Registration, register
from tests.scanning.pages import FORM, Canvas, Grey, answer_page, laid, noisy, scribble
from tests.scanning.photos import shaded

ZONES = [zone.box for zone in FORM.answers]
HIDDEN = [FORM.identity, *FORM.qr, FORM.bar]


def registered(grey: Grey) -> Registration:
    result = register(grey, FORM.marks)
    assert isinstance(result, Registration)
    return result


def through_jpeg(grey: Grey) -> Grey:
    stream = simplejpeg.encode_jpeg(np.ascontiguousarray(grey[:, :, None]), quality=75, colorspace="GRAY")
    return decode(stream, Media.JPEG)


@pytest.mark.parametrize(("stored", "pages"), [("array", 200), ("jpeg", 20)])
def test_pages_that_differ_only_in_the_identity_zone_give_the_same_bytes(stored: str, pages: int) -> None:
    """No trace of a name in the output: the promise of the project, on a turned page."""
    dpi = 75 if stored == "array" else 150  # through JPEG the guard must hold a whole block
    empty = answer_page(dpi, name_seed=None)
    digests = set()
    for seed in range(pages):
        paper = Canvas(empty.copy(), dpi)
        scribble(paper, FORM.identity, np.random.default_rng(seed), 5 + seed % 40, ink=seed % 200)
        grey = laid(paper.pixels, 1.1, (2.2, 3.3))
        grey = through_jpeg(grey) if stored == "jpeg" else grey
        digests.add(redact(grey, registered(grey), ZONES, HIDDEN).sha256)
    assert len(digests) == 1


def test_answers_are_copied_and_the_rest_is_white() -> None:
    """Default deny."""
    grey = noisy(answer_page(150))
    page = redact(grey, registered(grey), ZONES, HIDDEN)
    out = Canvas(decode(page.image, page.media).copy(), page.dpi)
    assert all((out.pixels[out.area(zone)] < 100).mean() > 0.01 for zone in ZONES)
    for zone in ZONES:
        out.fill(zone.grown(1.5), 255)
    assert out.pixels.min() == 255


def test_what_shows_through_from_the_reverse_is_cleared() -> None:
    """Four per cent of show-through can be read: it becomes white, pencil stays."""
    page = answer_page(150)
    zone = ZONES[2]
    paper = Canvas(page.copy(), 150)
    paper.fill(zone, 235)
    paper.fill(Box(50, 200, 20, 5), 226)
    paper.fill(Box(80, 200, 20, 5), 185)
    out = redact(paper.pixels, registered(paper.pixels), ZONES, HIDDEN)
    seen = Canvas(decode(out.image, out.media), out.dpi)
    assert seen.pixels[seen.area(Box(52, 201, 16, 3))].min() > 250
    assert seen.pixels[seen.area(Box(82, 201, 16, 3))].max() < 235


def test_a_black_and_white_scan_stays_so() -> None:
    """1-bit in, 1-bit out."""
    grey = np.where(answer_page(150) < 128, 0, 255).astype(np.uint8)
    page = redact(grey, registered(grey), ZONES, HIDDEN)
    assert page.media is Media.PNG
    assert set(np.unique(decode(page.image, page.media))) == {0, 255}


def test_a_fine_scan_is_reduced_to_200_dpi() -> None:
    """The packets need no more."""
    grey = answer_page(300)
    page = redact(grey, registered(grey), ZONES, HIDDEN)
    assert (page.width, page.height, page.dpi) == (1654, 2339, 200.0)


@pytest.mark.parametrize("near", [Box(30, 57, 50, 40), Box(30, 30, 50, 60), Box(26, 58.9, 9, 9)])
def test_a_zone_near_the_identity_zone_is_refused(near: Box) -> None:
    """The guard is not negotiable."""
    grey = answer_page(150)
    with pytest.raises(UnsafeZones, match="E3033"):
        redact(grey, registered(grey), [near], HIDDEN)


def test_a_page_without_zones_is_white() -> None:
    """Nothing allowed, nothing copied."""
    grey = answer_page(150)
    page = redact(grey, registered(grey), [], HIDDEN)
    assert decode(page.image, page.media).min() == 255


def test_the_output_lies_upright_whatever_the_scan() -> None:
    """A page scanned upside down reads as any other."""
    grey = noisy(answer_page(150))
    turned = np.ascontiguousarray(np.rot90(grey, 2))
    a = redact(grey, registered(grey), ZONES, HIDDEN)
    b = redact(turned, registered(turned), ZONES, HIDDEN)
    difference = cv2.absdiff(
        cv2.GaussianBlur(decode(a.image, a.media), (0, 0), 2), cv2.GaussianBlur(decode(b.image, b.media), (0, 0), 2)
    )
    assert difference.mean() < 2


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_a_shadow_leaves_white_paper_and_no_trace_of_a_name(share: float) -> None:
    """Paper in the shadow becomes as white as in the light; whose page it is changes nothing."""
    digests = set()
    for seed in range(6):
        paper = Canvas(answer_page(150, name_seed=None).copy(), 150)
        paper.fill(ZONES[1].grown(-1), 255)
        scribble(paper, FORM.identity, np.random.default_rng(seed), 5 + 20 * seed, ink=30 * seed)
        grey = shaded(paper.pixels, share)
        page = redact(grey, registered(grey), ZONES, HIDDEN)
        digests.add(page.sha256)
        out = Canvas(decode(page.image, page.media).copy(), page.dpi)
        assert out.pixels[out.area(ZONES[1].grown(-3))].min() > 245
    assert len(digests) == 1


def test_what_is_shaded_by_hand_stays_dark() -> None:
    """Nature makes no shadow with such an edge on flat paper: an answer is not cleared as one."""
    paper = Canvas(answer_page(150).copy(), 150)
    paper.fill(ZONES[1].grown(-1), 255)
    x, y = ZONES[1].centre
    drawn = Box(x - 15, y - 12, 30, 24)
    paper.fill(drawn, 130)
    page = redact(paper.pixels, registered(paper.pixels), ZONES, HIDDEN)
    out = Canvas(decode(page.image, page.media).copy(), page.dpi)
    assert out.pixels[out.area(drawn.grown(-1))].max() < 200
