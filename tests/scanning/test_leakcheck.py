"""The second look catches what the first should have prevented."""

from __future__ import annotations

import io

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from crosscheck.geometry import Box
from scanning.leakcheck import CheckName, Crossing, LeakProof, Side, check
from scanning.redaction import Masked, redact
from scanning.registration import Registration, register
from scanning.sources import decode
from tests.scanning.pages import FORM, Canvas, Grey, answer_page, code_picture, noisy, quarter_turned

ZONES = [zone.box for zone in FORM.answers]
HIDDEN = [FORM.identity, *FORM.qr, FORM.bar]
SCAN = noisy(answer_page(150))


def registered(grey: Grey) -> Registration:
    result = register(grey, FORM.marks)
    assert isinstance(result, Registration)
    return result


PLACE = registered(SCAN)
MASKED: Masked = redact(SCAN, PLACE, ZONES, HIDDEN)


def failed(image: bytes) -> set[CheckName]:
    return {c.name for c in check(image, SCAN, PLACE, ZONES, HIDDEN).checks if not c.passed}


def encoded(pixels: Grey) -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(pixels[:, :, None]), quality=85, colorspace="GRAY"))


def output() -> Canvas:
    return Canvas(decode(MASKED.image, MASKED.media).copy(), MASKED.dpi)


def test_an_honest_page_passes() -> None:
    """All four checks, and no ink across."""
    proof = check(MASKED.image, SCAN, PLACE, ZONES, HIDDEN)
    assert proof.passed
    assert {c.name for c in proof.checks} == set(CheckName)
    assert proof.crossings == ()


def test_an_unmasked_page_fails_everything_about_pixels() -> None:
    """The scan itself in place of its mask."""
    assert failed(encoded(SCAN)) == {CheckName.NO_CODE, CheckName.OUTSIDE_WHITE, CheckName.IDENTITY_ABSENT}


def test_a_name_moved_into_an_answer_zone_is_found() -> None:
    """White outside isn't enough: the hidden part must be nowhere."""
    out = output()
    name = SCAN[Canvas(SCAN, 150).area(FORM.identity)]
    out.paste(Box(30, 120, FORM.identity.w, FORM.identity.h), name)
    assert failed(encoded(out.pixels)) == {CheckName.IDENTITY_ABSENT}


def test_a_code_in_an_answer_zone_is_found() -> None:
    """A sticker in the wrong place."""
    out = output()
    out.fill(Box(55, 175, 40, 40), 255)
    out.paste(Box(60, 180, 30, 30), code_picture("12345", "QRCode"))
    assert CheckName.NO_CODE in failed(encoded(out.pixels))


def test_one_grey_spot_outside_is_found() -> None:
    """White means white."""
    out = output()
    out.fill(Box(40, 40, 1, 1), 200)
    assert failed(encoded(out.pixels)) == {CheckName.OUTSIDE_WHITE}


@pytest.mark.parametrize("how", ["comment", "exif", "behind"])
def test_anything_beside_the_pixels_is_found(how: str) -> None:
    """Comments, EXIF and bytes behind the end."""
    picture = Image.fromarray(output().pixels)
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "made up"
    if how == "comment":
        picture.save(target, "JPEG", comment=b"made up")
    elif how == "exif":
        picture.save(target, "JPEG", exif=exif)
    else:
        picture.save(target, "JPEG")
    assert CheckName.PLAIN_FILE in failed(target.getvalue() + (b"more" if how == "behind" else b""))


def test_rubbish_and_an_empty_proof_do_not_pass() -> None:
    """No check done is no proof."""
    assert failed(b"rubbish") == {CheckName.PLAIN_FILE}
    assert not LeakProof(()).passed


def test_ink_across_a_zones_border_is_told() -> None:
    """A stroke from the identity zone down into the answer, and one out to the right."""
    paper = Canvas(answer_page(150).copy(), 150)
    paper.fill(Box(100, 50, 1.2, 16), 30)
    paper.fill(Box(192, 130, 12, 1.2), 30)
    proof = check(MASKED.image, paper.pixels, registered(paper.pixels), ZONES, HIDDEN)
    assert [(c.zone, c.side) for c in proof.crossings] == [(0, Side.TOP), (1, Side.RIGHT)]
    assert all(isinstance(c, Crossing) and 0.4 <= c.mm <= 4 for c in proof.crossings)


def test_the_check_works_on_a_page_upside_down() -> None:
    """It looks where the page lies, not where the scan begins."""
    turned = quarter_turned(SCAN, 2)
    place = registered(turned)
    masked = redact(turned, place, ZONES, HIDDEN)
    assert check(masked.image, turned, place, ZONES, HIDDEN).passed
