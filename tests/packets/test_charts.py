"""The pictures of an allocation."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from crosscheck.model import SchoolToken
from packets.calling import Calling
from packets.charts import Bars, Matrix, bars_of, matrix_of
from packets.drawing.charts import draw_bars, draw_matrix, matrix_png
from tests.packets.instances import SCHOOLS
from tests.packets.test_overview import seen

CALLED = Calling(schools={school: str(n) for school, n in zip(SCHOOLS, (12, 7, 19, 3), strict=True)})
FRAME = (217, 72, 15)


def test_the_square_has_the_same_schools_both_ways() -> None:
    """In order of their numbers; both cells of a mutual pair are marked."""
    matrix = matrix_of(seen(), CALLED, str)
    assert matrix.names == ("7", "12", "19")
    assert matrix.counts == {(1, 0): 1, (1, 2): 1, (0, 1): 1, (2, 1): 1}
    assert matrix.mutual == {(0, 1), (1, 0), (1, 2), (2, 1)}
    assert matrix.most == 1


def test_bars_are_those_of_the_shares() -> None:
    """Works with earlier ones, the largest first, over capacities; pages by themselves."""
    works, pages = bars_of(seen(), str)
    assert (works.values, works.outlines, pages.values) == ((3, 2, 1), (9, 9, 9), (6, 4, 2))


def image(draw: object, width: float = 516, height: float = 620) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """What is drawn in a box as wide as A4 leaves it, with 30 points of paper around it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width + 60, height + 60), invariant=1)
    canvas.translate(30, 30)
    draw(canvas, width, height)  # type: ignore[operator]
    canvas.save()
    return np.asarray(pypdfium2.PdfDocument(out.getvalue())[0].render(scale=2).to_pil().convert("RGB"))


def square(size: int, mutual: bool) -> Matrix:
    counts = {(a, b): 1 + (a * b) % 140 for a in range(size) for b in range(size) if (a + b) % 3 == 0 and a != b}
    return Matrix(tuple(str(n * 7) for n in range(size)), counts, frozenset(counts if mutual else ()))


@pytest.mark.parametrize("size", [0, 1, 7, 25, 60, 250])
def test_nothing_is_drawn_outside_of_the_box(size: int) -> None:
    """Of one school or of a city: all of the picture is on the paper, and it is a picture."""
    pixels = image(lambda canvas, w, h: draw_matrix(canvas, square(size, mutual=True), w, h, str))
    assert (pixels[:54] == 255).all()
    assert (pixels[-54:] == 255).all()
    assert (pixels[:, :54] == 255).all()
    assert (pixels[:, -54:] == 255).all()
    assert (pixels[60:-60, 60:-60] != 255).any()


@pytest.mark.parametrize("size", [7, 25])
def test_mutual_pairs_are_framed(size: int) -> None:
    """Every one of them: without, the colour of frames stands in the legend only."""

    def framed(mutual: bool) -> int:
        pixels = image(lambda canvas, w, h: draw_matrix(canvas, square(size, mutual), w, h, str))
        return int((np.abs(pixels.astype(int) - FRAME).sum(axis=2) < 30).sum())

    assert framed(True) > framed(False) + 10 * len(square(size, mutual=True).mutual) > 0


@pytest.mark.parametrize("values", [(), (0, 0), (50, 49), tuple(range(2400, 0, -1))])
def test_bars_stay_in_their_box(values: tuple[int, ...]) -> None:
    """With nobody, nothing, and a city; a capacity far above all works doesn't leave it."""
    bars = Bars("works", values, tuple(500 for _ in values))
    pixels = image(lambda canvas, w, h: draw_bars(canvas, bars, w, h, str), height=150)
    assert (pixels[:40] == 255).all()
    assert (pixels[-56:] == 255).all()
    assert (pixels[:, -56:] == 255).all()


def test_the_image_is_the_same_each_time_and_large_enough_for_numbers() -> None:
    """An organiser can lay two of them over each other."""
    made = matrix_png(seen(), CALLED)
    assert made == matrix_png(seen(), Calling(schools=dict(CALLED.schools) | {SchoolToken("x"): "1"}))
    opened = Image.open(io.BytesIO(made))
    assert opened.format == "PNG"
    assert opened.width > 1400
