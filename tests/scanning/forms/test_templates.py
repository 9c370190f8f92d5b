"""Foreign forms are recognised without marks, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from crosscheck.geometry import PAGE
from scanning.errors import TemplateProblems
from scanning.forms.templates import Matched, Template, load_template, match
from scanning.masking.redaction import redact
from scanning.placing.registration import RegistrationFault, RegistrationFaultKind
from tests.scanning import foreign
from tests.scanning.pages import Canvas, answer_page, canvas, laid, noisy, quarter_turned, scribble


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return load_template(foreign.write_template(tmp_path_factory.mktemp("form")))


@pytest.mark.parametrize(
    ("page", "dpi", "degrees", "quarters"), [(1, 150, 1.5, 0), (2, 300, -2.0, 2), (2, 200, 3.0, 1)]
)
def test_a_filled_page_is_found_in_any_orientation(
    template: Template, page: int, dpi: float, degrees: float, quarters: int
) -> None:
    """The right side of the form, laid exactly."""
    found = match(quarter_turned(noisy(laid(foreign.filled(page, dpi), degrees)), quarters), (template,))
    assert isinstance(found, Matched), found
    assert (found.page.page, found.registration.orientation) == (page, 90 * quarters)
    assert found.registration.residual_mm < 0.2


def test_the_place_is_right_to_a_fifth_of_a_millimetre(template: Template) -> None:
    """At the corners of the page, where errors are largest."""
    found = match(noisy(foreign.filled(1, 200)), (template,))
    assert isinstance(found, Matched)
    truth = np.array(PAGE.corners()) * 200 / 25.4 - 0.5
    assert np.abs(found.registration.pixels(PAGE.corners()) - truth).max() / (200 / 25.4) < 0.2


def test_the_result_depends_on_nothing_in_the_identity_zone(template: Template) -> None:
    """Byte-identical output for different names."""
    base = foreign.filled(1, 150, name_seed=None)
    digests = set()
    for seed in range(6):
        paper = Canvas(base.copy(), 150)
        scribble(paper, foreign.IDENTITY, np.random.default_rng(seed), 30, ink=30 * seed)
        grey = laid(paper.pixels, 1.1, (2.2, 3.3))
        found = match(grey, (template,))
        assert isinstance(found, Matched)
        digests.add(redact(grey, found.registration, foreign.ZONES, [foreign.IDENTITY]).sha256)
    assert len(digests) == 1


def test_other_pages_are_refused(template: Template) -> None:
    """Our own form and an empty sheet are no foreign form."""
    for grey in (answer_page(150), noisy(canvas(150).pixels)):
        found = match(grey, (template,))
        assert isinstance(found, RegistrationFault)
        assert found.kind is RegistrationFaultKind.NO_MATCH


def test_two_templates_that_fit_equally_are_a_doubt(template: Template) -> None:
    """Which one it is, a person must say."""
    twin = Template("twin", template.pages)
    found = match(foreign.filled(1, 150), (template, twin))
    assert isinstance(found, RegistrationFault)
    assert found.kind is RegistrationFaultKind.DOUBTFUL


def test_all_problems_of_a_template_are_told_at_once(tmp_path: Path) -> None:
    """Unknown key, missing picture, zone outside, zones too close, page twice."""
    text = foreign.TEMPLATE.replace("two.png", "none.png").replace("page = 2", "page = 1\nidentty = []")
    text = text.replace("[20, 165, 170, 80]", "[20, 165, 170, 800]", 1).replace(
        "[20, 75, 170, 70]", "[20, 50, 170, 90]", 1
    )
    with pytest.raises(TemplateProblems, match="E3032") as raised:
        load_template(foreign.write_template(tmp_path, text))
    told = str(raised.value)
    for words in ("did you mean identity", "none.png", "outside the A4 page", "3 mm away", "same number"):
        assert words in told


def test_a_form_with_nothing_printed_is_refused(tmp_path: Path) -> None:
    """It could never be recognised."""
    path = foreign.write_template(tmp_path)
    import cv2

    cv2.imwrite(str(tmp_path / "two.png"), canvas(100).pixels)
    with pytest.raises(TemplateProblems, match="can be recognised"):
        load_template(path)


@pytest.mark.parametrize("text", ["name = ", "\ufeffname = 1", ""])
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, text: str) -> None:
    """With a numbered error."""
    with pytest.raises(TemplateProblems):
        load_template(foreign.write_template(tmp_path, text))
