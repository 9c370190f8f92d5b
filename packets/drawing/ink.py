"""Copies in black alone: one bit for each pixel, packed as fax machines do it (CCITT group 4).

A printer needs no time for greys then, and a page is small. What was written must stay readable, faint pencil too:
masked pages have white paper, so a level near to it tells ink from paper; scans below 300 dpi are drawn finer first, or
their edges would become steps.
"""

from __future__ import annotations

import io

from PIL import Image, TiffImagePlugin

from packets.drawing.pictures import NotAPicture, Picture

LEVEL = 215  # grey; paler is paper
_FINE = 280  # dpi


def black(data: bytes, wide: float) -> Picture:
    """A JPEG or PNG, `wide` millimetres on paper, as a picture of black and white. Raises NotAPicture."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            page = opened.convert("L")
    except (OSError, ValueError, SyntaxError) as wrong:
        raise NotAPicture(str(wrong)) from wrong
    if page.width * 25.4 < _FINE * wide:
        page = page.resize((page.width * 2, page.height * 2), Image.Resampling.BICUBIC)
    bits = page.point(_TABLE, "1")
    return Picture(bits.width, bits.height, 1, 1, "CCITTFaxDecode", _group4(bits))


# Ink is 1 here: then what a fax calls black is black for PDF too, and white paper is what packs best.
_TABLE = [255] * LEVEL + [0] * (256 - LEVEL)


def _group4(bits: Image.Image) -> bytes:
    """The bare code of the picture, without the TIFF file around it."""
    made = io.BytesIO()
    one_strip = {TiffImagePlugin.ROWSPERSTRIP: bits.height}
    bits.save(made, "TIFF", compression="group4", tiffinfo=one_strip)
    with Image.open(made) as written:
        assert isinstance(written, TiffImagePlugin.TiffImageFile)
        tags = written.tag_v2
        (start,), (length,) = tags[TiffImagePlugin.STRIPOFFSETS], tags[TiffImagePlugin.STRIPBYTECOUNTS]
    return made.getvalue()[start : start + length]
