"""A whole page is read, masked and proven, or handed to a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import simplejpeg

from crosscheck import labels, pageform
from crosscheck.geometry import Box
from scanning.reading import (
    BlankPage,
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
from scanning.redaction import gap
from scanning.registration import Registration, register
from scanning.sources import Media, decode
from scanning.templates import load_template
from tests import factories
from tests.scanning import foreign
from tests.scanning.pages import FORM, LABEL, SHEET, Canvas, Grey, answer_page, canvas, draw_codes, draw_marks, noisy

FORMS = pageform.page_forms(factories.procedure())
PAPER = PaperSpec(FORMS, LABEL.paper)


def outcome(grey: Grey, paper: PaperSpec = PAPER) -> Outcome:
    stream = simplejpeg.encode_jpeg(np.ascontiguousarray(grey[:, :, None]), quality=85, colorspace="GRAY")
    return read_page(bytes(stream), Media.JPEG, paper).outcome


def kinds(result: Outcome) -> set[FindingKind]:
    return set() if isinstance(result, BlankPage) else {finding.kind for finding in result.findings}


def test_a_good_page_is_read_masked_and_proven() -> None:
    """Label, page, proof, no findings."""
    result = outcome(noisy(answer_page(150)))
    assert isinstance(result, Readable), result
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
    draw_marks(paper, SHEET.marks)
    draw_codes(paper, FORM, replace(LABEL, kind=labels.Kind.SHEET))
    result = outcome(paper.pixels)
    assert isinstance(result, SheetPage)
    assert result.label is not None


def test_an_answer_label_on_a_score_sheet_is_refused() -> None:
    """Marks and code contradict each other."""
    paper = canvas(150)
    draw_marks(paper, SHEET.marks)
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
