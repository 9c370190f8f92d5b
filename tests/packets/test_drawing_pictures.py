"""Pictures into PDF: pixels as they are, and nothing else that the file carried."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from crosscheck.geometry import PAGE
from crosscheck.typeset import canvas
from packets.drawing.pictures import NotAPicture, draw_picture, picture
from tests.packets.printed import pages, scan

SECRET = b"Petrova, school 17"


def _printed(data: bytes) -> bytes:
    out = io.BytesIO()
    press = canvas(out)
    draw_picture(press, PAGE, picture(data))
    press.end_page()
    press.finish()
    return out.getvalue()


def _jpeg_with_secrets() -> bytes:
    image = Image.open(io.BytesIO(scan()))
    made = io.BytesIO()
    image.save(made, "JPEG", comment=SECRET, icc_profile=SECRET, exif=b"Exif\x00\x00" + SECRET)
    return made.getvalue() + SECRET + b"\xff\xd9"


def _png_with_secrets() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET.decode())
    made = io.BytesIO()
    Image.open(io.BytesIO(scan())).save(made, "PNG", pnginfo=info)
    return made.getvalue() + SECRET


@pytest.mark.parametrize("data", [_jpeg_with_secrets(), _png_with_secrets()], ids=["JPEG", "PNG"])
def test_nothing_but_pixels_crosses(data: bytes) -> None:
    """Comments, EXIF, profiles, text chunks and bytes after the end stay out of the PDF."""
    assert SECRET in data
    assert SECRET not in picture(data).data
    assert SECRET not in _printed(data)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_kind_of_png_shows_its_pixels(mode: str) -> None:
    """One bit, grey, palette, colour, transparent, 16 bits: all look as the file does."""
    source = Image.new("L", (210, 297), 255)
    source.paste(0, (50, 70, 190, 250))
    image = source.convert("I").point(lambda v: v * 257).convert("I;16") if mode == "I;16" else source.convert(mode)
    made = io.BytesIO()
    image.save(made, "PNG")
    grey = pages(_printed(made.getvalue()), dpi=51)[0]
    assert grey[160:480, 120:360].max() < 5
    assert grey[:120].min() > 250


def test_transparent_pixels_are_paper() -> None:
    """What is transparent prints white, not black."""
    made = io.BytesIO()
    Image.new("RGBA", (21, 30), (0, 0, 0, 0)).save(made, "PNG")
    assert pages(_printed(made.getvalue()), dpi=50)[0].min() == 255


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": 0}])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_every_kind_of_jpeg_decodes_to_the_same_pixels(mode: str, options: dict[str, object]) -> None:
    """Baseline, progressive, with restarts: what is kept is a whole JPEG of the same pixels."""
    noise = np.random.default_rng(7).integers(0, 255, (64, 48, 3), dtype=np.uint8)
    made = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(made, "JPEG", **options)
    kept = Image.open(io.BytesIO(picture(made.getvalue()).data))
    assert np.array_equal(np.asarray(kept), np.asarray(Image.open(made)))


def test_an_rgb_jpeg_keeps_its_colours() -> None:
    """A JPEG whose channels are RGB and not YCbCr says so in a marker that must stay."""
    made = io.BytesIO()
    Image.new("RGB", (16, 16), (200, 30, 60)).save(made, "JPEG", keep_rgb=True, quality=95)
    kept = np.asarray(Image.open(io.BytesIO(picture(made.getvalue()).data)))
    assert np.abs(kept[0, 0].astype(int) - (200, 30, 60)).max() <= 3


def _damaged_png() -> bytes:
    data = bytearray(scan(200, "PNG"))
    data[data.index(b"IDAT") + 20] ^= 0xFF
    return bytes(data)


def _huge_chunk() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 2**31, b"IHDR") + zlib.compress(b"x")


@pytest.mark.parametrize(
    "data",
    [b"", b"BM....", b"\xff\xd8", scan()[:-2], scan()[:300], scan(200, "PNG")[:-20], _damaged_png(), _huge_chunk()],
    ids=["empty", "bitmap", "only a start", "no end", "half a JPEG", "half a PNG", "damaged PNG", "lying PNG"],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    """Anything cut off, damaged or of another kind raises and says why."""
    with pytest.raises(NotAPicture, match=r"\w"):
        picture(data)


def test_four_colour_jpegs_are_refused() -> None:
    """CMYK is not what a scanner of exam papers makes, and viewers disagree about it."""
    with pytest.raises(NotAPicture, match="grey nor RGB"):
        picture(scan(200, "JPEG", "CMYK"))


def test_the_same_picture_is_stored_once() -> None:
    """A page used twice costs its bytes once."""
    out = io.BytesIO()
    press = canvas(out)
    for _ in range(3):
        draw_picture(press, PAGE, picture(scan()))
        press.end_page()
    press.finish()
    assert out.getvalue().count(b"/DCTDecode") == 1
