"""The second look catches what the first should have prevented."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
import simplejpeg
from PIL import Image

from crosscheck.geometry import Box
from scanning.files.sources import decode
from scanning.leaks.inplace import Printed
from scanning.leaks.leakcheck import CheckName, Crossing, LeakProof, Paper, Side, check
from scanning.masking.redaction import Masked, redact
from scanning.placing.registration import Registration, register
from tests.scanning.pages import FORM, Canvas, Grey, answer_page, code_picture, laid, noisy, quarter_turned
from tests.scanning.photos import shaded

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


def _moved_up(place: Registration, mm: float) -> list[float]:
    """The matrix of a registration that takes everything from `mm` farther up the page."""
    return [float(v) for v in (place.homography() @ np.array([[1, 0, 0], [0, 1, -mm], [0, 0, 1]])).ravel()]


def encoded(pixels: Grey) -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(pixels[:, :, None]), quality=85, colorspace="GRAY"))


def output() -> Canvas:
    return Canvas(decode(MASKED.image, MASKED.media).copy(), MASKED.dpi)


def test_an_honest_page_passes() -> None:
    """All six checks, and no ink across."""
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
    assert failed(encoded(out.pixels)) == {CheckName.IDENTITY_ABSENT, CheckName.OWN_PLACE}


@pytest.mark.parametrize("how", ["shifted", "part", "blurred", "faint", "smaller", "turned over", "over an answer"])
def test_a_trace_of_the_identity_zone_is_found_however_it_got_there(how: str) -> None:
    """The ink isn't in the scan at that place, so it has no business in the output."""
    out = output()
    name = SCAN[Canvas(SCAN, 150).area(FORM.identity)]
    place = Box(30, 120, FORM.identity.w, FORM.identity.h)
    if how != "over an answer":
        out.fill(ZONES[1].grown(-1), 255)
    match how:
        case "part":
            name, place = name[:, :60], Box(30, 120, 60 / 150 * 25.4, place.h)
        case "blurred":
            name = np.asarray(cv2.GaussianBlur(name, (0, 0), 6), np.uint8)
        case "faint":
            name = (255 - (255.0 - name) * 0.15).astype(np.uint8)
        case "smaller":
            place = Box(30, 120, place.w / 2, place.h / 2)
        case "turned over":
            name = np.ascontiguousarray(name[::-1, ::-1])
    rows, columns = out.area(place)
    sized = cv2.resize(name, (columns.stop - columns.start, rows.stop - rows.start))
    out.pixels[rows, columns] = np.minimum(out.pixels[rows, columns], sized)
    assert CheckName.OWN_PLACE in failed(encoded(out.pixels))


def test_a_mask_that_lies_wrong_is_found() -> None:
    """The right zones, filled from 30 mm farther up, where the name is."""
    shifted = replace(PLACE, matrix=tuple(_moved_up(PLACE, 30.0)))
    masked = redact(SCAN, shifted, ZONES, HIDDEN)
    assert CheckName.OWN_PLACE in failed(masked.image)


LABELLED = noisy(answer_page(200))
FRAMED = Paper((FORM.identity,), framed=True)


def _off(place: Registration, dx: float, dy: float) -> Registration:
    """A registration that puts the page (dx, dy) mm off its place."""
    moved = place.homography() @ np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]])
    return replace(place, matrix=tuple(float(v) for v in moved.ravel()))


@pytest.mark.parametrize("off", [(3.0, 0.0), (-3.0, 0.0), (0.0, 3.0), (0.0, -3.0)])
@pytest.mark.parametrize("grey", [SCAN, LABELLED, noisy(answer_page(300))])
def test_a_mask_that_is_off_by_3_mm_is_found(grey: Grey, off: tuple[float, float]) -> None:
    """In any direction: its zones moved, its source moved, or the registration wrong for mask and check alike."""
    place, zones = registered(grey), [Box(z.x + off[0], z.y + off[1], z.w, z.h) for z in ZONES]
    wrong = _off(place, *off)
    assert check(redact(grey, place, ZONES, HIDDEN).image, grey, place, ZONES, HIDDEN, FRAMED).passed
    moved_zones = check(redact(grey, place, zones, []).image, grey, place, ZONES, HIDDEN, FRAMED)
    moved_source = check(redact(grey, wrong, ZONES, HIDDEN).image, grey, place, ZONES, HIDDEN, FRAMED)
    wrong_alike = check(redact(grey, wrong, ZONES, HIDDEN).image, grey, wrong, ZONES, HIDDEN, FRAMED)
    assert {c.name for c in moved_zones.checks if not c.passed} >= {CheckName.OUTSIDE_WHITE}
    assert {c.name for c in moved_source.checks if not c.passed} >= {CheckName.OWN_PLACE}
    assert {c.name for c in wrong_alike.checks if not c.passed} >= {CheckName.IN_PLACE}


def test_a_code_that_lies_elsewhere_is_found() -> None:
    """Codes that were read say where the page lies as well as the marks do."""
    k = 150 / 25.4
    at = [(box.centre[0] * k, box.centre[1] * k) for box in FORM.qr]
    right = Paper(printed=tuple(Printed(box, seen) for box, seen in zip(FORM.qr, at, strict=True)))
    wrong = Paper(printed=(Printed(FORM.qr[0], (at[0][0] + 2 * k, at[0][1])),))
    assert check(MASKED.image, SCAN, PLACE, ZONES, HIDDEN, right).passed
    proof = check(MASKED.image, SCAN, PLACE, ZONES, HIDDEN, wrong)
    (found,) = (c for c in proof.checks if not c.passed)
    assert found.name is CheckName.IN_PLACE
    assert 1.8 < found.measure < 2.2


def test_a_caption_beside_a_zone_is_found() -> None:
    """It stands nearer than a JPEG block, where ringing is forgiven and print isn't."""
    out = output()
    out.fill(Box(60, ZONES[1].y - 0.9, 4, 0.8), 60)
    assert failed(encoded(out.pixels)) >= {CheckName.OUTSIDE_WHITE}


def test_a_pale_frame_beside_a_zone_is_found() -> None:
    """Too pale to be dark, too long to be ringing."""
    out = output()
    out.fill(Box(ZONES[1].x - 0.2, ZONES[1].y + 1, 0.4, ZONES[1].h - 2), 200)
    assert CheckName.OUTSIDE_WHITE in failed(encoded(out.pixels))


@pytest.mark.parametrize(
    ("symbology", "size"), [("QRCode", (14, 14)), ("DataMatrix", (9, 9)), ("Code128", (45, 9)), ("Code39", (60, 9))]
)
@pytest.mark.parametrize("pale", [False, True])
def test_any_usual_code_in_an_answer_is_found(symbology: str, size: tuple[int, int], *, pale: bool) -> None:
    """Small, or printed in grey, among the pupil's writing."""
    paper = Canvas(answer_page(200).copy(), 200)
    paper.fill(Box(90, 175, 90, 40), 255)
    code = code_picture("4017733", symbology)
    paper.paste(Box(100, 180, *size), np.maximum(code, 120) if pale else code)
    place = registered(paper.pixels)
    proof = check(redact(paper.pixels, place, ZONES, HIDDEN).image, paper.pixels, place, ZONES, HIDDEN)
    assert {c.name for c in proof.checks if not c.passed} == {CheckName.NO_CODE}


def test_a_name_that_the_pupil_wrote_into_an_answer_is_told_and_passes() -> None:
    """Masking zones can't take it away: a person must look, and only there."""
    paper = Canvas(answer_page(150, name_seed=None).copy(), 150)
    paper.fill(ZONES[1].grown(-1), 255)
    for written in (Box(60, 40, 30, 8), Box(100, 130, 30, 8)):
        k = paper.dpi / 25.4
        at = (round(written.x * k), round(written.bottom * k))
        cv2.putText(paper.pixels, "Petrov", at, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.4, 40, 2, cv2.LINE_AA)
    grey = noisy(paper.pixels)
    place = registered(grey)
    proof = check(redact(grey, place, ZONES, HIDDEN).image, grey, place, ZONES, HIDDEN)
    assert proof.passed
    assert [found.zone for found in proof.resemblances] == [1]


def test_other_words_of_the_same_hand_are_not_told() -> None:
    """An honest page has no finding."""
    assert check(MASKED.image, SCAN, PLACE, ZONES, HIDDEN).resemblances == ()


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


@pytest.mark.parametrize("turned", [0.0, 2.0])
def test_a_streak_through_the_whole_page_is_no_writing(turned: float) -> None:
    """Dirt on the scanner's glass runs along the scan, a fold along the page; a stroke of 12 mm beside it is told."""
    paper = Canvas(answer_page(150).copy(), 150)
    paper.fill(Box(120, 0, 0.8, 297), 90)
    grey = laid(paper.pixels, turned, (0, 0))
    grey[:, 600:604] = 60
    proof = check(redact(grey, registered(grey), ZONES, HIDDEN).image, grey, registered(grey), ZONES, HIDDEN)
    assert proof.crossings == ()
    paper.fill(Box(160, 56, 1.0, 12), 60)
    grey = laid(paper.pixels, turned, (0, 0))
    grey[:, 600:604] = 60
    proof = check(MASKED.image, grey, registered(grey), ZONES, HIDDEN)
    assert [(c.zone, c.side) for c in proof.crossings] == [(0, Side.TOP)]


def test_the_check_works_on_a_page_upside_down() -> None:
    """It looks where the page lies, not where the scan begins."""
    turned = quarter_turned(SCAN, 2)
    place = registered(turned)
    masked = redact(turned, place, ZONES, HIDDEN)
    assert check(masked.image, turned, place, ZONES, HIDDEN).passed


@pytest.mark.parametrize("share", [0.3, 0.5])
@pytest.mark.parametrize("quarters", [0, 2])
def test_an_honest_page_in_a_shadow_passes_and_a_leak_on_it_does_not(share: float, quarters: int) -> None:
    """Wherever the shadow lies: ink is told from paper by the paper beside it."""
    grey = noisy(shaded(quarter_turned(answer_page(150), quarters), share))
    place = registered(grey)
    masked = redact(grey, place, ZONES, HIDDEN)
    assert check(masked.image, grey, place, ZONES, HIDDEN).passed
    out = Canvas(decode(masked.image, masked.media).copy(), masked.dpi)
    out.fill(ZONES[1].grown(-1), 255)
    rows, columns = out.area(Box(30, 120, FORM.identity.w, FORM.identity.h))
    name = SCAN[Canvas(SCAN, 150).area(FORM.identity)]
    out.pixels[rows, columns] = cv2.resize(name, (columns.stop - columns.start, rows.stop - rows.start))
    proof = check(encoded(out.pixels), grey, place, ZONES, HIDDEN)
    assert {CheckName.OWN_PLACE} <= {c.name for c in proof.checks if not c.passed}


@pytest.mark.parametrize(("mm", "passes"), [(0, True), (1, True), (4, False), (6, False)])
def test_a_slip_of_the_feeder_is_seen_without_frames(mm: int, passes: bool) -> None:
    """A scan in black and white may lose them. Then the page's own length tells that what lies between its marks may
    be off its place."""
    page = np.where(_frameless() > 128, 255, 0).astype(np.uint8)
    middle = page.shape[0] // 2
    again = np.repeat(page[middle : middle + 1], round(mm * 200 / 25.4), 0)
    slipped = np.asarray(np.vstack([page[:middle], again, page[middle:]]), np.uint8)
    place = registered(slipped)
    seen = place.pixels(tuple(box.centre for box in FORM.qr))
    codes = tuple(Printed(box, (float(x), float(y))) for box, (x, y) in zip(FORM.qr, seen, strict=True))
    known = Paper(printed=codes, framed=True)
    proof = check(redact(slipped, place, ZONES, HIDDEN).image, slipped, place, ZONES, HIDDEN, known)
    assert next(c for c in proof.checks if c.name is CheckName.IN_PLACE).passed is passes


def _frameless() -> Grey:
    paper = Canvas(answer_page(200).copy(), 200)
    for zone in ZONES:
        paper.fill(zone.grown(1.5), 255)
    return paper.pixels
