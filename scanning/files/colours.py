"""A scan in colour, small: enough to see seals in, for whoever gets the page in grey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from scanning.errors import UndecodableImage
from scanning.files.sources import Media

Colours = NDArray[np.uint8]  # HxWx3, RGB

COLOUR_DPI = 50.0


@dataclass(frozen=True, slots=True)
class Small:
    """A scan in colour, made small: `scale` is its size against that of the scan."""

    pixels: Colours
    scale: float


def small(stream: bytes | memoryview, media: Media, dpi: float) -> Small | None:
    """A colour JPEG of `dpi` at 50 dpi or a little more; None when the image has no colour. Raises UndecodableImage.
    PNGs have none: those that were in colour became grey when their file was opened."""
    if media is not Media.JPEG:
        return None
    try:
        height, width, colourspace, _ = simplejpeg.decode_jpeg_header(stream, strict=False)
        if colourspace.upper() == "GRAY":
            return None
        scale = min(1.0, COLOUR_DPI / dpi)
        wanted = max(1, int(height * scale)), max(1, int(width * scale))
        pixels = simplejpeg.decode_jpeg(
            stream, colorspace="RGB", strict=False, min_height=wanted[0], min_width=wanted[1], min_factor=2,
            fastdct=True, fastupsample=True,
        )  # fmt: skip
    except (ValueError, KeyError) as e:
        raise UndecodableImage(detail=str(e).strip() or type(e).__name__) from e
    return Small(np.asarray(pixels, np.uint8), pixels.shape[0] / height)
