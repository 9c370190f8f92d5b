"""Foreign forms are found by what is printed on them, quickly and never by a pixel of an identity zone; or refused."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from crosscheck.geometry import PAGE, Box
from scanning.forms import anchors, features, firstlook, laying, matching, sheet
from scanning.forms.foreignform import Template
from scanning.forms.laying import Pairs
from scanning.forms.matching import Matched, match
from scanning.forms.templates import load_template
from scanning.masking.redaction import redact
from scanning.placing.registration import Capture, RegistrationFault, RegistrationFaultKind
from tests.scanning import foreign
from tests.scanning.pages import Canvas, Grey, laid, noisy, quarter_turned, scribble

CORNERS = np.array(PAGE.corners(), np.float64)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return load_template(foreign.write_template(tmp_path_factory.mktemp("form")))


def photographed(page: Grey, lean: float = 0.05) -> tuple[Grey, NDArray[np.float64]]:
    """A photo of the page on a dark table, aslant and half in shadow, and where the page's corners are in it."""
    height, width = page.shape
    table = (round(width * 1.25), round(height * 1.15))
    x, y = 0.12 * width, 0.07 * height
    seen = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
    seen += np.array([[lean, 0.5 * lean], [-lean, 0], [0, lean], [0.5 * lean, 0]]) * width
    there = np.array([[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]])
    matrix = cv2.getPerspectiveTransform(there.astype(np.float32), seen.astype(np.float32))
    photo = cv2.warpPerspective(page, matrix, table, borderValue=70.0)
    shadow = np.linspace(0.55, 1.0, table[0])[None, :]
    return np.clip(photo * shadow, 0, 255).astype(np.uint8), seen


# --- the first look ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "quarters"), [(1, 0), (2, 1), (1, 2), (2, 3)])
def test_the_first_look_alone_knows_the_page_and_its_place(template: Template, page: int, quarters: int) -> None:
    """Within what anchors are searched; no feature is asked."""
    grey = quarter_turned(noisy(laid(foreign.filled(page, 150), 2.2, (9, -7))), quarters)
    looks = [firstlook.form_look(matching.blank(p), p.zones) for p in template.pages]
    first, *others = firstlook.guesses(grey, 1.0, (grey.shape[0], grey.shape[1]), looks)
    found = match(grey, (template,))
    assert isinstance(found, Matched)
    assert template.pages[first.form].page == page
    assert laying.moved_mm(first.pose, found.registration.homography()) < anchors.SEARCH_MM
    assert all(other.height < 0.6 * first.height for other in others)


def test_what_stands_in_zones_has_no_part_in_a_forms_look(template: Template) -> None:
    """A name left in the reference changes nothing of what is computed from it."""
    page = template.pages[0]
    dirty = Canvas(foreign.blank_form(1).pixels, 200)
    scribble(dirty, foreign.IDENTITY, np.random.default_rng(4), 30)
    other = dataclasses.replace(page, reference=cv2.imencode(".png", dirty.pixels)[1].tobytes())
    assert np.array_equal(matching.blank(page), matching.blank(other))
    assert not np.array_equal(dirty.pixels, matching.blank(other))


@pytest.mark.parametrize("size", [0.95, 1.05])
def test_a_form_printed_to_fit_is_found(template: Template, size: float) -> None:
    """Copiers shrink; the place is still right."""
    page = foreign.filled(1, 150)
    found = match(laid(page, 1.0, scale=size), (template,))
    assert isinstance(found, Matched)
    turn = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), -1.0, size)
    truth = (CORNERS * 150 / 25.4 - 0.5) @ turn[:, :2].T + turn[:, 2]
    assert np.abs(found.registration.pixels(PAGE.corners()) - truth).max() < 0.25 * 150 / 25.4


def test_features_find_the_page_when_the_first_look_may_not(
    template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fallback, each kind of features alone."""
    monkeypatch.setattr(firstlook, "guesses", lambda *_: ())
    monkeypatch.setattr(firstlook, "guesses_in_sheets", lambda *_: ())
    for look in features.LOOKS:
        monkeypatch.setattr(features, "LOOKS", (look,))
        found = match(noisy(laid(foreign.filled(2, 150), -2.0)), (template,))
        assert isinstance(found, Matched), look
        assert found.page.page == 2


# --- mask first ----------------------------------------------------------------------------------------


def test_whatever_the_first_look_sees_the_place_is_the_same(template: Template) -> None:
    """Names of every size and blackness, in pages that lie aslant: one output each, to the byte."""
    for degrees, shift in ((-3.1, (4.4, -6.1)), (0.4, (0.3, 0.9))):
        digests = set()
        for seed in range(4):
            paper = Canvas(foreign.filled(1, 150, name_seed=None).copy(), 150)
            scribble(paper, foreign.IDENTITY, np.random.default_rng(seed), 8 + 30 * seed, ink=50 * seed)
            grey = laid(paper.pixels, degrees, shift)
            found = match(grey, (template,))
            assert isinstance(found, Matched)
            digests.add(redact(grey, found.registration, foreign.ZONES, [foreign.IDENTITY]).sha256)
        assert len(digests) == 1


def test_a_worse_beginning_leads_to_the_same_place(template: Template) -> None:
    """Only anchors decide: the beginning is forgotten."""
    scan = anchors.fine(laid(foreign.filled(1, 150), 1.3))
    patches = matching.anchors_of(template.pages[0])
    known = match(laid(foreign.filled(1, 150), 1.3), (template,))
    assert isinstance(known, Matched)
    for dx, dy in ((0.0, 0.0), (5.0, -4.0), (-7.0, 3.0)):
        begun = np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]]) @ known.registration.homography()
        again = anchors.laid(scan, patches, begun)
        assert again is not None
        assert again.registration.matrix == known.registration.matrix


def test_no_anchor_is_searched_near_what_is_hidden_or_ignored(template: Template) -> None:
    """Guard and search together."""
    page = dataclasses.replace(template.pages[0], ignore=(Box(15, 245, 60, 40),), guard=6.0)
    for anchor in matching.anchors_of(page):
        reached = anchor.box.grown(anchors.SEARCH_MM - 0.2)
        assert not any(reached.overlaps(box.grown(5.8)) for box in page.identity)
        assert not any(reached.overlaps(box) for box in page.zones)


# --- photos --------------------------------------------------------------------------------------------


def test_a_photo_aslant_and_in_shadow_is_laid_in_perspective(template: Template) -> None:
    """Within half a millimetre at the corners, and said to be a photo."""
    photo, corners = photographed(foreign.filled(2, 150))
    found = match(photo, (template,))
    assert isinstance(found, Matched), found
    assert (found.page.page, found.registration.kind) == (2, Capture.PHOTO)
    away = np.linalg.norm(found.registration.pixels(PAGE.corners()) - corners, axis=1)
    assert away.max() / 150 * 25.4 < 0.5


def test_a_scan_is_never_taken_for_a_photo(template: Template) -> None:
    """Noise must not bend a page that lay on glass."""
    found = match(noisy(laid(foreign.filled(1, 200), -1.0), amount=20), (template,))
    assert isinstance(found, Matched)
    assert found.registration.kind is Capture.SCAN


def test_curled_paper_is_refused(template: Template) -> None:
    """Three millimetres up and down the page are no flat sheet; a third of one still is."""
    page, k = foreign.filled(1, 150), 150 / 25.4
    y, x = np.mgrid[0 : page.shape[0], 0 : page.shape[1]].astype(np.float32)
    for mm, kind in ((0.1, Matched), (3.0, RegistrationFault)):
        wave = np.asarray(mm * k * np.sin(np.pi * y / (100 * k)), np.float32)
        curled = np.asarray(cv2.remap(page, x + wave, y, cv2.INTER_LINEAR, borderValue=255.0), np.uint8)
        assert isinstance(match(curled, (template,)), kind)


def test_a_page_with_a_part_elsewhere_is_refused(template: Template) -> None:
    """Most print fits well, but the foot was folded up by two millimetres: it is there, and not in its place."""
    page, k = foreign.filled(1, 150), 150 / 25.4
    at, by = round(247 * k), round(2 * k)
    folded = page.copy()
    folded[at - by : -by] = page[at:]
    assert isinstance(match(page, (template,)), Matched)
    assert isinstance(match(folded, (template,)), RegistrationFault)


def test_a_sheet_is_seen_on_a_table_and_not_in_the_dark() -> None:
    """Its corners as nearly as anchors are searched; nothing where nothing is light."""
    photo, corners = photographed(foreign.filled(1, 150))
    seen = sheet.corners(photo)
    assert seen is not None
    assert np.abs(seen - corners).max() < 3 * 150 / 25.4
    assert sheet.corners(np.zeros((900, 700), np.uint8)) is None


# --- refusals ------------------------------------------------------------------------------------------


def test_points_in_a_cluster_lay_no_page() -> None:
    """However well they fit: one far wrong point must not make them look like a page."""
    rng = np.random.default_rng(2)
    band = np.column_stack([rng.uniform(20, 190, 15), rng.uniform(36, 48, 15)])
    alone = np.vstack([band, [[100.0, 288.0]]])
    spread = np.column_stack([rng.uniform(20, 190, 16), np.linspace(10, 288, 16)])
    assert laying.judged(laying.fitted(Pairs(alone, alone * 6), 16)) is None
    assert laying.judged(laying.fitted(Pairs(spread, spread * 6), 16)) is not None


def test_a_page_of_the_form_that_is_not_known_is_not_taken_for_another(template: Template) -> None:
    """Same layout, same frames, other words."""
    one = Template("form", template.pages[:1])
    found = match(noisy(foreign.filled(2, 150)), (one,))
    assert isinstance(found, RegistrationFault)
    assert found.kind is RegistrationFaultKind.NO_MATCH


def test_forms_that_differ_in_one_word_are_a_doubt(template: Template) -> None:
    """Which of them it is, a person must say."""
    page = template.pages[0]
    reference = matching.blank(page)
    reference[round(10 * 200 / 25.4) : round(17 * 200 / 25.4), round(18 * 200 / 25.4) : round(45 * 200 / 25.4)] = 255
    other = dataclasses.replace(page, reference=cv2.imencode(".png", reference)[1].tobytes())
    found = match(foreign.filled(1, 150), (template, Template("other", (other,))))
    assert isinstance(found, RegistrationFault)
    assert found.kind is RegistrationFaultKind.DOUBTFUL
    assert "other page 1" in found.detail


@pytest.mark.parametrize("damage", ["stains", "two colours", "jpeg", "streaks", "torn"])
def test_damage_that_leaves_most_print_is_no_obstacle(template: Template, damage: str) -> None:
    """The right page, a third of a millimetre at most."""
    page = laid(foreign.filled(1, 150), 2.0)
    rng = np.random.default_rng(8)
    height, width = page.shape
    match damage:
        case "stains":
            for _ in range(8):
                cv2.circle(page, (int(rng.integers(width)), int(rng.integers(height))), 45, 130, -1)
        case "two colours":
            page = np.where(page < 150, 0, 255).astype(np.uint8)
        case "jpeg":
            page = np.asarray(cv2.imdecode(cv2.imencode(".jpg", page, [1, 40])[1], cv2.IMREAD_GRAYSCALE), np.uint8)
        case "streaks":
            page[:, rng.integers(0, width, 6)] = 60
        case _:
            cv2.fillPoly(page, [np.array([[0, 0], [width // 3, 0], [0, height // 4]], np.int32)], 255.0)
    found = match(page, (template,))
    assert isinstance(found, Matched), damage
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -2.0, 1.0)
    truth = (CORNERS * 150 / 25.4 - 0.5) @ turn[:, :2].T + turn[:, 2]
    assert np.abs(found.registration.pixels(PAGE.corners()) - truth).max() < 0.34 * 150 / 25.4


def test_an_ordinary_page_is_found_without_features(template: Template) -> None:
    """No feature is computed for an ordinary page: that is what makes it quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "scan_features", lambda *_: pytest.fail("features were asked for"))
        for page in (1, 2):
            assert isinstance(match(noisy(laid(foreign.filled(page, 200), 3.0)), (template,)), Matched)


def test_a_template_page_needs_print_in_more_than_one_place(template: Template) -> None:
    """A header alone can't say where the foot of the page lies."""
    page = template.pages[0]
    reference = matching.blank(page)
    reference[round(70 * 200 / 25.4) :] = 255
    header = dataclasses.replace(page, reference=cv2.imencode(".png", reference)[1].tobytes())
    assert matching.unmatchable(page) is None
    assert "spans only" in str(matching.unmatchable(header))
