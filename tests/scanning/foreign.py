"""A made-up foreign form without marks, and filled copies of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from crosscheck.geometry import Box
from tests.scanning.pages import Canvas, Grey, canvas, scribble

IDENTITY = Box(20, 25, 170, 24)
ZONES = (Box(20, 75, 170, 70), Box(20, 165, 170, 80))
TEMPLATE = """
name = "vpr-math-5"
[[page]]
page = 1
reference = "one.png"
identity = [[20, 25, 170, 24]]
[[page.answer]]
task = "1"
box = [20, 75, 170, 70]
[[page.answer]]
task = "2"
box = [20, 165, 170, 80]
[[page]]
page = 2
reference = "two.png"
identity = []
[[page.answer]]
task = "3"
box = [20, 75, 170, 70]
[[page.answer]]
task = "4"
box = [20, 165, 170, 80]
"""


def _print(paper: Canvas, x: float, y: float, words: str) -> None:
    k = paper.dpi / 25.4
    cv2.putText(
        paper.pixels, words, (round(x * k), round(y * k)), cv2.FONT_HERSHEY_SIMPLEX, paper.dpi / 220, 0, 1, cv2.LINE_AA
    )


def blank_form(page: int) -> Canvas:
    """The empty form at 200 dpi: headings and task texts stand outside the zones."""
    paper = canvas(200.0)
    rng = np.random.default_rng(page)
    words = ["solve", "the", "problem", "write", "down", "answer", "number", "square", "metre", "how", "many", "apples"]

    def line() -> str:
        return " ".join(rng.choice(words, 13))

    _print(paper, 20, 15, f"Examination work, mathematics, form {page}: {line()}"[:70])
    for y in (56, 62, 68, 151, 157, 252, 259, 266, 273, 280):
        _print(paper, 20, y, line())
    for zone in ZONES:
        rows, cols = paper.area(zone)
        cv2.rectangle(paper.pixels, (cols.start, rows.start), (cols.stop, rows.stop), 100, 1)
    if page == 1:
        _print(paper, 22, 32, "School")
        _print(paper, 22, 42, "Name")
    return paper


def filled(page: int, dpi: float = 200.0, seed: int = 1, name_seed: int | None = 5) -> Grey:
    paper = blank_form(page)
    rng = np.random.default_rng(seed)
    for zone in ZONES:
        scribble(paper, zone, rng, 30)
    if page == 1 and name_seed is not None:
        scribble(paper, IDENTITY, np.random.default_rng(name_seed), 20)
    size = canvas(dpi).pixels.shape
    return np.asarray(cv2.resize(paper.pixels, (size[1], size[0]), interpolation=cv2.INTER_AREA), np.uint8)


def write_template(folder: Path, text: str = TEMPLATE) -> Path:
    cv2.imwrite(str(folder / "one.png"), blank_form(1).pixels)
    cv2.imwrite(str(folder / "two.png"), blank_form(2).pixels)
    path = folder / "form.toml"
    path.write_text(text, encoding="utf-8")
    return path
