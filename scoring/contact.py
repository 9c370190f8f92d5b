"""Pictures of cells for people: look-alikes on one contact picture, a single cell in the console."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from PIL import Image, ImageDraw, ImageFont

from crosscheck.sheetform import PITCH
from crosscheck.sheetlayout import BOX

_WIDTH = 1800  # of a contact picture, pixels
_CELL_WIDTH, _CELL_HEIGHT = 420, 110  # a crop is made smaller to fit, or larger up to twice
_LABEL, _GAP, _TOP, _SIGNS = 76, 14, 90, 30
_AROUND_MM = 1.5  # of the cell that a crop shows too
_PAPER, _INK, _FRAME, _BACK = 255, 0, 150, 236
_DARK = 0.72  # of the paper's grey: below it a console pixel is ink
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@dataclass(frozen=True, slots=True)
class Crop:
    """The picture of a cell. `signs`: what its boxes stand for, left to right; nothing is printed inside them. None
    where it is written in digits. `proposed`: the sign that is set off."""

    picture: bytes
    signs: tuple[str, ...] = ()
    proposed: str = ""

    def middles(self, width: int) -> list[tuple[str, float]]:
        """Each sign with the middle of its box, in pixels of a picture of this width."""
        whole = 2 * _AROUND_MM + (len(self.signs) - 1) * PITCH + BOX
        return [(sign, width * (_AROUND_MM + at * PITCH + BOX / 2) / whole) for at, sign in enumerate(self.signs)]


def contact_picture(crops: Sequence[Crop], title: str) -> bytes:
    """Crops in rows, each with its number (from 1) beside it and what its boxes stand for above it, under a title;
    PNG. Raises OSError when a crop is no picture."""
    pictures = [_fitted(crop.picture) for crop in crops]
    above = _SIGNS if any(crop.signs for crop in crops) else 0
    widest = max((picture.width for picture in pictures), default=_CELL_WIDTH)
    tallest = max((picture.height for picture in pictures), default=_CELL_HEIGHT)
    columns = max(1, (_WIDTH - _GAP) // (_LABEL + widest + _GAP))
    rows = -(-len(pictures) // columns)
    size = (_GAP + columns * (_LABEL + widest + _GAP), _TOP + rows * (above + tallest + _GAP))
    page = Image.new("L", size, _BACK)
    draw = ImageDraw.Draw(page)
    _title(draw, title, size[0] - 2 * _GAP)
    for index, (crop, picture) in enumerate(zip(crops, pictures, strict=True)):
        left = _GAP + (index % columns) * (_LABEL + widest + _GAP)
        top = _TOP + above + (index // columns) * (above + tallest + _GAP)
        draw.text((left + _LABEL - 10, top + tallest // 2), str(index + 1), _INK, _font(36), anchor="rm")
        page.paste(picture, (left + _LABEL, top))
        frame = (left + _LABEL - 1, top - 1, left + _LABEL + picture.width, top + picture.height)
        draw.rectangle(frame, outline=_FRAME)
        for sign, middle in crop.middles(picture.width):
            tall, grey = (30, _INK) if sign == crop.proposed else (20, _FRAME)
            draw.text((left + _LABEL + middle, top - 4), sign, grey, _font(tall), anchor="ms")
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def _fitted(crop: bytes) -> Image.Image:
    with Image.open(io.BytesIO(crop)) as opened:
        picture = opened.convert("L")
    scale = min(2.0, _CELL_WIDTH / picture.width, _CELL_HEIGHT / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _title(draw: ImageDraw.ImageDraw, title: str, room: int) -> None:
    size = 40
    while size > 16 and draw.textlength(title, _font(size)) > room:
        size -= 2
    draw.text((_GAP, _TOP // 2), title, _INK, _font(size), anchor="lm")


def _font(size: int) -> ImageFont.FreeTypeFont:
    file = resources.files("crosscheck.fonts").joinpath("CrosscheckSans-Bold.ttf")
    return ImageFont.truetype(io.BytesIO(file.read_bytes()), size)


def in_console(crop: Crop, columns: int) -> str:
    """A cell drawn with half blocks, which consoles of every system have, what its boxes stand for above it; at most so
    many columns. Raises OSError when the crop is no picture."""
    with Image.open(io.BytesIO(crop.picture)) as opened:
        picture = opened.convert("L")
    width = max(1, min(columns, picture.width))
    height = max(2, round(picture.height * width / picture.width / 2) * 2)
    small = picture.resize((width, height), Image.Resampling.BOX)
    paper = sorted(small.tobytes())[int(width * height * 0.9)]
    dark = [value < _DARK * paper for value in small.tobytes()]
    signs = [" "] * width
    for sign, middle in crop.middles(width):
        signs[int(middle)] = sign[-1]
        if len(sign) > 1:
            signs[int(middle) - 1] = sign[0]
    drawn = [
        "".join(_HALVES[dark[y * width + x], dark[(y + 1) * width + x]] for x in range(width)).rstrip()
        for y in range(0, height, 2)
    ]
    return "\n".join(["".join(signs).rstrip(), *drawn] if crop.signs else drawn)
