"""Inside the limited child: the bytes of a scanned file -> pages. Type by content, never by name.

A page of a PDF that is nothing but one photograph-like image gives the JPEG as the scanner made it. All
other pages are decoded or drawn anew: what would not be seen on paper must not be taken for the page.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from scanning.sources import Caps, FileFault, FileFaultKind, Media, PageFault, PageFaultKind, RawPage

_LOW_DPI, _HIGH_DPI = 200.0, 300.0
_POINTS = 72.0
_SNIFFED = 1024  # a PDF's header may stand behind a little rubbish
# An image whose values are turned over by /Decode would come out as a negative if taken raw. Image
# dictionaries are never compressed, so a look at the file's bytes finds them all.
_ENCRYPTED = re.compile(rb"/Encrypt\b")
_TURNED_OVER = re.compile(rb"/Decode\s*[\[\d]")
_TAKEN_RAW = {
    pdfium_raw.FPDF_COLORSPACE_DEVICEGRAY,
    pdfium_raw.FPDF_COLORSPACE_DEVICERGB,
    pdfium_raw.FPDF_COLORSPACE_CALGRAY,
    pdfium_raw.FPDF_COLORSPACE_CALRGB,
    pdfium_raw.FPDF_COLORSPACE_ICCBASED,
}
_SIMPLE = {"FlateDecode", "LZWDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode", "Fl", "LZW", "A85", "AHx"}

Said = RawPage | PageFault | FileFault
Pixels = NDArray[np.uint8]


def pages(path: Path, caps: Caps) -> Iterator[Said]:
    """The pages of one file in order, or one FileFault."""
    try:
        with path.open("rb") as file:
            head = file.read(_SNIFFED)
    except OSError as e:
        yield FileFault(FileFaultKind.DAMAGED, str(e.strerror))
        return
    if not head:
        yield FileFault(FileFaultKind.EMPTY, "")
    elif b"%PDF-" in head:
        yield from _pdf(path, caps)
    elif head.startswith(b"\xff\xd8\xff"):
        yield _jpeg_file(path.read_bytes(), caps)
    elif head.startswith((b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        yield from _pictures(path, caps)
    else:
        yield FileFault(FileFaultKind.UNKNOWN_TYPE, head[:8].hex(" "))


# --- PDF ---------------------------------------------------------------------------------------------


def _pdf(path: Path, caps: Caps) -> Iterator[Said]:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as e:
        said = getattr(e, "err_code", None) in (pdfium_raw.FPDF_ERR_PASSWORD, pdfium_raw.FPDF_ERR_SECURITY)
        # PDFium keeps its last error: after a locked file it may say the same of a merely broken one.
        locked = said and _mentions(path, _ENCRYPTED)
        yield FileFault(FileFaultKind.ENCRYPTED if locked else FileFaultKind.DAMAGED, str(e))
        return
    if len(document) == 0:
        yield FileFault(FileFaultKind.NO_PAGES, "")
        return
    if len(document) > caps.pages:
        yield FileFault(FileFaultKind.TOO_MANY_PAGES, f"{len(document)}")
        return
    raw_allowed = not _mentions(path, _TURNED_OVER)
    for index in range(len(document)):
        try:
            yield _pdf_page(document, index, caps, raw_allowed)
        except (pdfium.PdfiumError, ValueError, RuntimeError, MemoryError, cv2.error) as e:
            yield PageFault(index, PageFaultKind.DAMAGED, f"{type(e).__name__}: {e}")


def _mentions(path: Path, pattern: re.Pattern[bytes]) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return pattern.search(content) is not None


def _pdf_page(document: pdfium.PdfDocument, index: int, caps: Caps, raw_allowed: bool) -> RawPage | PageFault:
    page = document[index]
    try:
        image = _only_image(page)
        if image is not None:
            dpi = _image_dpi(image)
            taken = _taken_raw(image, index, dpi) if raw_allowed else None
            if taken is not None:
                return _within(taken, caps)
            if raw_allowed and dpi is not None and dpi >= _LOW_DPI / 2:
                decoded = _decoded(image, index, dpi, caps)
                if decoded is not None:
                    return decoded
        return _drawn(page, index, _drawing_dpi(page), caps)
    finally:
        page.close()


def _only_image(page: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The image that is all there is to see on the page: no text, lines, annotations, clips or cut edges."""
    objects = list(page.get_objects(max_depth=2))
    if len(objects) != 1 or objects[0].type != pdfium_raw.FPDF_PAGEOBJ_IMAGE:
        return None
    image = objects[0]
    if pdfium_raw.FPDFPage_GetAnnotCount(page) or pdfium_raw.FPDFPageObj_HasTransparency(image):
        return None
    if pdfium_raw.FPDFClipPath_CountPaths(pdfium_raw.FPDFPageObj_GetClipPath(image)) > 0:
        return None
    left, bottom, right, top = image.get_bounds()
    x0, y0, x1, y1 = page.get_bbox()
    cut = left < x0 - 1 or bottom < y0 - 1 or right > x1 + 1 or top > y1 + 1
    return None if cut or image.get_metadata().colorspace not in _TAKEN_RAW else image


def _image_dpi(image: pdfium.PdfImage) -> float | None:
    """Resolution of an image that is placed upright or turned by quarters, not mirrored or slanted; else None."""
    a, b, c, d, _, _ = image.get_matrix().get()
    if a * d - b * c <= 0:
        return None
    width, height = image.get_px_size()
    if abs(b) + abs(c) < 1e-3 * (abs(a) + abs(d)):
        across, down = abs(a), abs(d)
    elif abs(a) + abs(d) < 1e-3 * (abs(b) + abs(c)):
        across, down = abs(b), abs(c)
    else:
        return None
    dpi = width * _POINTS / across
    # Unequal scales would make the raw image a stretched picture of the page.
    return dpi if abs(height * _POINTS / down - dpi) < 0.03 * dpi else None


def _taken_raw(image: pdfium.PdfImage, index: int, dpi: float | None) -> RawPage | None:
    filters = image.get_filters()
    if dpi is None or not filters or filters[-1] not in ("DCTDecode", "DCT") or not set(filters[:-1]) <= _SIMPLE:
        return None
    stream = bytes(image.get_data(decode_simple=len(filters) > 1))
    page = _jpeg(stream, index, dpi)
    return page if page is not None and (page.width, page.height) == tuple(image.get_px_size()) else None


def _decoded(image: pdfium.PdfImage, index: int, dpi: float, caps: Caps) -> RawPage | PageFault | None:
    """The image at its own resolution (exact for 1-bit scans, and cheaper than drawing the page)."""
    width, height = image.get_px_size()
    if width * height > caps.page_pixels:
        return PageFault(index, PageFaultKind.TOO_LARGE, f"{width}x{height}")
    try:
        pixels = image.get_bitmap().to_numpy()
    except (pdfium.PdfiumError, ValueError, RuntimeError):
        return None  # drawing the page may still show the rest of it
    return _png(_grey(pixels), index, dpi)


def _drawing_dpi(page: pdfium.PdfPage) -> float:
    found = [_image_dpi(o) for o in page.get_objects(max_depth=2) if o.type == pdfium_raw.FPDF_PAGEOBJ_IMAGE]
    return min(max([dpi for dpi in found if dpi is not None], default=_LOW_DPI), _HIGH_DPI)


def _drawn(page: pdfium.PdfPage, index: int, dpi: float, caps: Caps) -> RawPage | PageFault:
    dpi = max(dpi, _LOW_DPI)
    width, height = page.get_size()
    if width * height * (dpi / _POINTS) ** 2 > caps.page_pixels:
        return PageFault(index, PageFaultKind.TOO_LARGE, f"{width / _POINTS:.0f}x{height / _POINTS:.0f} inches")
    pixels = page.render(scale=dpi / _POINTS, grayscale=True).to_numpy()
    return _png(_grey(pixels), index, dpi)


# --- single pictures -----------------------------------------------------------------------------------


def _jpeg(stream: bytes, index: int, dpi: float | None) -> RawPage | None:
    """A JPEG kept as it is, if it is grey or in colour (not four inks) and its end is there."""
    try:
        height, width, colour, _ = simplejpeg.decode_jpeg_header(stream)
    except ValueError:
        return None
    if colour in ("CMYK", "YCCK") or b"\xff\xd9" not in stream[-4096:]:
        return None
    return RawPage(index, stream, Media.JPEG, width, height, dpi)


def _within(page: RawPage, caps: Caps) -> RawPage | PageFault:
    if page.width * page.height > caps.page_pixels:
        return PageFault(page.index, PageFaultKind.TOO_LARGE, f"{page.width}x{page.height}")
    return page


def _jpeg_file(stream: bytes, caps: Caps) -> Said:
    from io import BytesIO

    try:
        with Image.open(BytesIO(stream)) as picture:
            dpi = _stated_dpi(picture)
            page = _jpeg(stream, 0, dpi)
            said = _within(page, caps) if page is not None else _picture(picture, 0, dpi, caps)
    except Exception as e:  # Pillow raises whatever its plug-ins raise
        return FileFault(FileFaultKind.DAMAGED, f"{type(e).__name__}: {e}")
    return _whole(said)


def _whole(said: RawPage | PageFault) -> Said:
    """The only page of a file: what is wrong with the page is wrong with the file."""
    return FileFault(FileFaultKind(said.reason.value), said.detail) if isinstance(said, PageFault) else said


def _pictures(path: Path, caps: Caps) -> Iterator[Said]:
    """PNG, and TIFF of one or many pages."""
    try:
        picture = Image.open(path)
        count = getattr(picture, "n_frames", 1)
    except Image.DecompressionBombError as e:
        yield FileFault(FileFaultKind.TOO_LARGE, str(e))
        return
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as e:
        yield FileFault(FileFaultKind.DAMAGED, type(e).__name__)
        return
    if count > caps.pages:
        yield FileFault(FileFaultKind.TOO_MANY_PAGES, f"{count}")
        return
    with picture:
        for index in range(count):
            said = _frame(picture, index, caps)
            yield _whole(said) if count == 1 else said


def _frame(picture: Image.Image, index: int, caps: Caps) -> RawPage | PageFault:
    try:
        picture.seek(index)
        return _picture(picture, index, _stated_dpi(picture), caps)
    except Exception as e:  # Pillow raises whatever its plug-ins raise; the next frames may be good
        return PageFault(index, PageFaultKind.DAMAGED, f"{type(e).__name__}: {e}")


def _stated_dpi(picture: Image.Image) -> float | None:
    stated = picture.info.get("dpi")
    if not stated or not 50 <= float(stated[0]) <= 2400:
        return None
    return float(stated[0])


def _picture(picture: Image.Image, index: int, dpi: float | None, caps: Caps) -> RawPage | PageFault:
    if picture.width * picture.height > caps.page_pixels:
        return PageFault(index, PageFaultKind.TOO_LARGE, f"{picture.width}x{picture.height}")
    picture.load()
    return _png(_pillow_grey(picture), index, dpi)


def _pillow_grey(picture: Image.Image) -> Pixels:
    """Grey pixels; what is transparent is paper, 16-bit values keep their upper half."""
    if picture.mode.startswith("I;16"):
        return (np.asarray(picture, np.uint16) >> 8).astype(np.uint8)
    if "A" in picture.getbands() or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        picture = Image.alpha_composite(paper, seen)
    return np.asarray(picture.convert("L"), np.uint8)


def _grey(pixels: NDArray[np.uint8]) -> Pixels:
    """PDFium's bitmaps (grey, BGR or BGRX) as grey."""
    if pixels.ndim == 2:
        return pixels
    if pixels.shape[2] == 1:
        return pixels[:, :, 0]
    code = cv2.COLOR_BGRA2GRAY if pixels.shape[2] == 4 else cv2.COLOR_BGR2GRAY
    return np.asarray(cv2.cvtColor(pixels, code), np.uint8)


def _png(grey: Pixels, index: int, dpi: float | None) -> RawPage:
    """Lossless and quick to write; two-coloured pages take one bit a pixel."""
    bilevel = bool(np.all((grey == 0) | (grey == 255)))
    options = [cv2.IMWRITE_PNG_BILEVEL, 1] if bilevel else [cv2.IMWRITE_PNG_COMPRESSION, 1]
    done, stream = cv2.imencode(".png", np.ascontiguousarray(grey), options)
    if not done:
        raise ValueError("the page can't be stored as PNG")
    return RawPage(index, stream.tobytes(), Media.PNG, grey.shape[1], grey.shape[0], dpi)
