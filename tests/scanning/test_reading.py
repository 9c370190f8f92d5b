"""A whole page is read, masked and proven, or handed to a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import simplejpeg

from crosscheck import coverform, labels, pageform
from crosscheck.geometry import Box
from scanning.files.sources import Media, decode
from scanning.forms.templates import load_template
from scanning.masking.redaction import Masked, gap
from scanning.placing import registration
from scanning.placing.registration import Capture, Registration, RegistrationFault, register
from scanning.quality import Defect
from scanning.reading import (
    BlankPage,
    CoverPage,
    FindingKind,
    NotReadable,
    Outcome,
    PaperSpec,
    Readable,
    SheetPage,
    guessed_form,
    read_page,
    safe_everywhere,
)
from tests import factories
from tests.scanning import foreign, photos
from tests.scanning.pages import (
    FORM,
    LABEL,
    SHEET,
    Canvas,
    Grey,
    answer_page,
    canvas,
    code_picture,
    draw_codes,
    draw_marks,
    noisy,
)

FORMS = pageform.page_forms(factories.procedure())
PAPER = PaperSpec(FORMS, LABEL.paper)
LABEL_OF_COVER = replace(LABEL, kind=labels.Kind.COVER, number=55)


def outcome(grey: Grey, paper: PaperSpec = PAPER) -> Outcome:
    stream = simplejpeg.encode_jpeg(np.ascontiguousarray(grey[:, :, None]), quality=85, colorspace="GRAY")
    return read_page(bytes(stream), Media.JPEG, paper).outcome


def kinds(result: Outcome) -> set[FindingKind]:
    return set() if isinstance(result, BlankPage) else {finding.kind for finding in result.findings}


def test_a_good_page_is_read_masked_and_proven() -> None:
    """Label by all three codes, page, proof, no findings."""
    result = outcome(noisy(answer_page(150)))
    assert isinstance(result, Readable), result
    assert result.support == 3
    assert (result.label, result.page, result.template) == (LABEL, 1, None)
    assert result.proof.passed
    assert result.findings == ()


def test_a_page_with_only_its_code128_has_its_label() -> None:
    """The digits go with this paper, so they are enough."""
    paper = Canvas(answer_page(200).copy(), 200)
    for box in FORM.qr:
        paper.fill(box, 128)
    result = outcome(paper.pixels)
    assert isinstance(result, Readable)
    assert (result.label, result.support) == (LABEL, 1)


def test_a_page_without_code_is_masked_for_a_person() -> None:
    """Guessed from its frames, for masking only; nothing hidden on any page is copied."""
    result = outcome(noisy(answer_page(150, label=None)))
    assert isinstance(result, Readable), result
    assert result.label is None
    assert kinds(result) == {FindingKind.NO_CODE, FindingKind.PAGE_GUESSED}
    assert result.page == 1


def test_zones_of_a_guessed_page_stay_clear_of_what_is_hidden_on_any_page() -> None:
    """Even a wrong guess copies no name."""
    hidden = [form.identity for form in FORMS]
    zones = safe_everywhere([zone.box for zone in FORMS[1].answers], hidden)
    assert zones
    assert all(gap(zone, box) >= pageform.GUARD_MM for zone in zones for box in hidden)
    assert safe_everywhere([Box(20, 20, 100, 30)], [Box(20, 10, 100, 60)]) == []


def test_a_later_page_known_by_its_frames_keeps_its_answers_whole() -> None:
    """Its zones begin where the first page still has the name: all that is written there is copied all the same."""
    page = answer_page(200, label=None, name_seed=None, form=FORMS[1])
    result = outcome(page)
    assert isinstance(result, Readable), result
    assert (result.label, result.page) == (None, 2)
    masked, box, k = decode(result.masked.image, result.masked.media), FORMS[1].answers[0].box, 200 / 25.4
    top = np.s_[round((box.y + 1) * k) : round((box.y + 12) * k), round((box.x + 1) * k) : round((box.right - 1) * k)]
    assert abs(int((masked[top] < 128).sum()) - int((page[top] < 128).sum())) < 0.2 * (page[top] < 128).sum()


def test_a_page_whose_frames_leave_a_doubt_is_not_masked_in_part() -> None:
    """Zones that are safe on every page would cut its first answer: a person gets the paper instead."""
    page = answer_page(150, label=None, name_seed=None, form=FORMS[1])
    k = 150 / 25.4
    for zone in FORMS[1].answers:
        left, right = round((zone.box.x + 40) * k), round((zone.box.right - 70) * k)
        for y in (zone.box.y, zone.box.bottom):
            page[round((y - 2) * k) : round((y + 2) * k), left:right] = 255
    result = outcome(page)
    assert isinstance(result, NotReadable), result
    assert kinds(result) >= {FindingKind.NO_CODE, FindingKind.PAGE_GUESSED}


@pytest.mark.parametrize("mm", [-10.0, 3.2, 5.0, 16.5])
def test_a_page_whose_content_lies_shifted_against_its_marks_is_refused(mm: float) -> None:
    """Its codes and marks are where they belong, its name and frames are not: the zones would hold the name."""
    page, k = answer_page(200), 200 / 25.4
    for box in (zone.box for zone in FORM.answers):
        corner, other = (round(box.x * k), round(box.y * k)), (round(box.right * k), round(box.bottom * k))
        cv2.rectangle(page, corner, other, 60, 3)
    page = noisy(page)
    assert isinstance(outcome(page), Readable)
    middle = np.s_[round(38 * k) : round(258 * k)]
    page[middle] = np.roll(page[middle], round(mm * k), 0)
    result = outcome(page)
    assert isinstance(result, NotReadable)
    assert FindingKind.LEAK in kinds(result)


def test_a_page_without_frames_is_not_guessed() -> None:
    """Marks alone don't say which page it is."""
    paper = canvas(150)
    draw_marks(paper, FORM.marks)
    place = register(paper.pixels, FORM.marks)
    assert isinstance(place, Registration)
    assert guessed_form(paper.pixels, place, FORMS) is None
    assert kinds(outcome(paper.pixels)) == {FindingKind.NO_CODE, FindingKind.NO_SUCH_PAGE}


def test_a_page_of_another_paper_is_foreign() -> None:
    """It is not masked with the wrong zones."""
    result = outcome(answer_page(150, label=replace(LABEL, paper="AAAAAAAA")))
    assert isinstance(result, NotReadable)
    assert kinds(result) == {FindingKind.FOREIGN}


def test_a_page_whose_mark_is_lost_keeps_its_label() -> None:
    """So that the person knows which page to scan again."""
    paper = Canvas(answer_page(150).copy(), 150)
    paper.fill(FORM.marks[3].box, 255)
    result = outcome(paper.pixels)
    assert isinstance(result, NotReadable)
    assert result.label == LABEL
    assert [(f.kind, f.detail) for f in result.findings] == [(FindingKind.MISSING_MARKS, "3")]


def test_a_page_number_that_does_not_exist_is_told() -> None:
    """Page 9 of a form of two."""
    assert kinds(outcome(answer_page(150, label=replace(LABEL, page=9)))) == {FindingKind.NO_SUCH_PAGE}


def test_a_score_sheet_is_not_masked() -> None:
    """It goes to scoring."""
    paper = canvas(150)
    draw_marks(paper, SHEET.layout.marks)
    draw_codes(paper, FORM, replace(LABEL, kind=labels.Kind.SHEET))
    result = outcome(paper.pixels)
    assert isinstance(result, SheetPage)
    assert result.label is not None


def test_an_answer_label_on_a_score_sheet_is_refused() -> None:
    """Marks and code contradict each other."""
    paper = canvas(150)
    draw_marks(paper, SHEET.layout.marks)
    draw_codes(paper, FORM, LABEL)
    assert kinds(outcome(paper.pixels)) == {FindingKind.WRONG_KIND}


def test_codes_that_disagree_leave_the_page_without_a_label() -> None:
    """A person assigns it."""
    paper = Canvas(answer_page(150).copy(), 150)
    other = canvas(150)
    draw_codes(other, FORM, replace(LABEL, number=9))
    rows, cols = paper.area(FORM.qr[1])
    paper.pixels[rows, cols] = other.pixels[rows, cols]
    result = outcome(paper.pixels)
    assert isinstance(result, Readable)
    assert result.label is None
    assert FindingKind.CODES_DISAGREE in kinds(result)


@pytest.mark.parametrize("where", [FORM.qr[0], FORM.qr[1], FORM.bar])
def test_any_one_code_that_says_otherwise_is_a_finding(where: Box) -> None:
    """Two that agree are no majority: on each page all of them are asked."""
    paper, other = Canvas(answer_page(200).copy(), 200), canvas(200)
    draw_codes(other, FORM, replace(LABEL, number=9))
    paper.pixels[paper.area(where)] = other.pixels[other.area(where)]
    result = outcome(paper.pixels)
    assert isinstance(result, Readable)
    assert (result.label, result.support) == (None, 0)
    assert FindingKind.CODES_DISAGREE in kinds(result)


def test_a_cover_is_not_masked_whether_its_codes_are_read_or_not() -> None:
    """Its marks are its own: it never passes for an answer page, whose zones would be copied."""
    for label in (LABEL_OF_COVER, None):
        paper = canvas(150)
        draw_marks(paper, coverform.MARKS)
        if label is not None:
            draw_codes(paper, FORM, label)
        result = outcome(paper.pixels)
        assert isinstance(result, CoverPage), result
        assert result.label == label


def test_an_answer_label_on_a_cover_is_refused() -> None:
    """Marks and code contradict each other."""
    paper = canvas(150)
    draw_marks(paper, coverform.MARKS)
    draw_codes(paper, FORM, LABEL)
    assert isinstance(outcome(paper.pixels), NotReadable)


def test_a_sticker_on_an_own_form_is_refused() -> None:
    """It would be a second name for a page that has one."""
    paper = Canvas(answer_page(150, label=None).copy(), 150)
    paper.paste(FORM.qr[0], code_picture(labels.text(LABEL_OF_COVER), "QRCode"))
    assert FindingKind.WRONG_KIND in kinds(outcome(paper.pixels))


def test_a_page_cut_off_says_so() -> None:
    """Two marks lie beyond the edge of the scan."""
    page = answer_page(150)
    result = outcome(np.ascontiguousarray(page[:, 120:]))
    assert {FindingKind.MISSING_MARKS, FindingKind.CUT_OFF} <= kinds(result)


def test_defects_of_the_picture_become_findings() -> None:
    """Each under its own name: the kinds of both agree."""
    assert {defect.value for defect in Defect} <= {kind.value for kind in FindingKind}
    dark = (answer_page(150, name_seed=None) * 0.45).astype(np.uint8)
    assert FindingKind.TOO_DARK in kinds(outcome(dark))


def test_a_flat_photo_is_read_and_a_curled_one_is_not() -> None:
    """Four marks don't show what lies between them; the printed frames do."""
    page = answer_page(200, name_seed=None)
    result = outcome(photos.photographed(page, photos.view(200, (14, 8))))
    assert isinstance(result, Readable), result
    assert result.registration.kind is Capture.PHOTO
    curled = photos.photographed(photos.curled(page, 200, 20), photos.view(200, (14, 8)))
    assert kinds(outcome(curled)) == {FindingKind.UNEVEN}


def test_a_redactor_that_leaves_a_code_in_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that fails its leak check comes without its picture."""
    whole = noisy(answer_page(200))

    def careless(grey: Grey, *_: object) -> Masked:
        stream = bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(grey[:, :, None]), quality=85, colorspace="GRAY"))
        return Masked(stream, Media.JPEG, "", grey.shape[1], grey.shape[0], 200.0)

    monkeypatch.setattr("scanning.reading.redaction.redact", careless)
    result = outcome(whole)
    assert isinstance(result, NotReadable)
    assert kinds(result) == {FindingKind.LEAK}


@pytest.mark.parametrize("off", [(3.0, 0.0), (-3.0, 0.0), (0.0, 3.0), (0.0, -3.0)])
def test_marks_that_lie_put_no_name_across(monkeypatch: pytest.MonkeyPatch, off: tuple[float, float]) -> None:
    """A registration that is off by 3 mm deceives mask and check alike; the codes don't follow it."""
    true = registration.register_seen

    def lying(*arguments: Any) -> Registration | RegistrationFault:
        found = true(*arguments)
        assert isinstance(found, Registration)
        moved = found.homography() @ np.array([[1, 0, off[0]], [0, 1, off[1]], [0, 0, 1]])
        return replace(found, matrix=tuple(float(v) for v in moved.ravel()))

    monkeypatch.setattr("scanning.reading.registration.register_seen", lying)
    assert kinds(outcome(noisy(answer_page(200)))) == {FindingKind.LEAK}


def test_a_coarse_scan_is_refused() -> None:
    """Below 140 dpi the guard is thinner than a JPEG block."""
    result = outcome(answer_page(120))
    assert isinstance(result, NotReadable)
    assert FindingKind.LOW_RESOLUTION in kinds(result)


def test_an_empty_sheet_is_blank_and_scribble_is_unknown() -> None:
    """A blank page is not a problem; a page nobody knows is."""
    assert isinstance(outcome(noisy(canvas(150).pixels)), BlankPage)
    paper = canvas(150)
    paper.fill(Box(50, 50, 60, 8), 40)
    assert kinds(outcome(paper.pixels)) == {FindingKind.NO_CODE, FindingKind.UNKNOWN_PAPER}


def test_a_damaged_image_is_a_value() -> None:
    """Nothing is raised for what is in an image."""
    result = read_page(b"rubbish", Media.JPEG, PAPER).outcome
    assert kinds(result) == {FindingKind.UNDECODABLE}


def test_a_foreign_form_is_masked_by_its_template(tmp_path: Path) -> None:
    """No code, no marks; the template's page is the evidence."""
    template = load_template(foreign.write_template(tmp_path))
    result = outcome(noisy(foreign.filled(1, 150)), PaperSpec((), LABEL.paper, (template,)))
    assert isinstance(result, Readable), result
    assert (result.template, result.page, result.label) == ("vpr-math-5", 1, None)
    seen = Canvas(decode(result.masked.image, result.masked.media), result.masked.dpi)
    assert seen.pixels[seen.area(foreign.IDENTITY)].min() == 255


def test_a_sticker_says_whose_a_foreign_form_is(tmp_path: Path) -> None:
    """The template says which page it is, the sticker whose; the sticker is not copied."""
    template = load_template(foreign.write_template(tmp_path))
    paper = Canvas(foreign.filled(1, 150).copy(), 150)
    at = Box(foreign.IDENTITY.x + 2, foreign.IDENTITY.y + 1, 24, 24)
    paper.paste(at, code_picture(labels.text(LABEL_OF_COVER), "QRCode"))
    result = outcome(noisy(paper.pixels), PaperSpec((), LABEL.paper, (template,)))
    assert isinstance(result, Readable), result
    assert (result.template, result.page, result.label) == ("vpr-math-5", 1, LABEL_OF_COVER)
    assert decode(result.masked.image, result.masked.media).min() < 128
