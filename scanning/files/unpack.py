"""Inside the limited child: the bytes of a scanned file -> pages. Type by content, never by name.

A page of a PDF that is nothing but one photograph-like image gives the JPEG as the scanner made it. All
other pages are decoded or drawn anew: what would not be seen on paper must not be taken for the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from scanning.files.pdfbytes import A_PAGE, ENCRYPTED, NO_PAGES, Negatives, mentions
from scanning.files.sources import Caps, FileFault, FileFaultKind, Media, PageFault, PageFaultKind, RawPage

_LOW_DPI, _HIGH_DPI = 200.0, 300.0
_POINTS = 72.0
_EMPTY_JBIG2_BYTES = 1024
_SNIFFED = 1024  # a PDF's header may stand behind a little rubbish
_KEPT_BYTES = 1 << 27  # what PDFium may have read of a document before it is opened anew
_DRAWN_BYTES = 1 << 22
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
    """The pages of one file in order; a FileFault ends it, also in the middle."""
    try:
        yield from _any_kind(path, caps)
    except MemoryError:
        yield FileFault(FileFaultKind.TOO_LARGE, "it needs more memory than allowed")
    except Exception as e:  # libraries raise whatever they raise for a file that somebody cut or made up
        yield FileFault(FileFaultKind.DAMAGED, f"{type(e).__name__}: {e}")


def _any_kind(path: Path, caps: Caps) -> Iterator[Said]:
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
    with _Paged(path) as paged:
        try:
            count = paged.count()
        except pdfium.PdfiumError as e:
            yield _not_opened(path, e)
            return
        if count == 0:
            yield FileFault(FileFaultKind.NO_PAGES, "")
            return
        if count > caps.pages:
            yield FileFault(FileFaultKind.TOO_MANY_PAGES, f"{count}")
            return
        with Negatives(path) as negatives:
            for index in range(count):
                yield _said_of(paged, index, caps, negatives)


def _not_opened(path: Path, e: pdfium.PdfiumError) -> FileFault:
    said = getattr(e, "err_code", None) in (pdfium_raw.FPDF_ERR_PASSWORD, pdfium_raw.FPDF_ERR_SECURITY)
    # PDFium keeps its last error: after a locked file it may say the same of a merely broken one.
    if said and mentions(path, ENCRYPTED):
        return FileFault(FileFaultKind.ENCRYPTED, str(e))
    # PDFium refuses a document without pages as it refuses a broken one; a page tree that says 0 tells them apart.
    empty = mentions(path, NO_PAGES) and not mentions(path, A_PAGE)
    return FileFault(FileFaultKind.NO_PAGES if empty else FileFaultKind.DAMAGED, str(e))


def _said_of(paged: _Paged, index: int, caps: Caps, negatives: Negatives) -> RawPage | PageFault:
    try:
        said = _pdf_page(paged.document(), index, caps, negatives)
    except (pdfium.PdfiumError, ValueError, RuntimeError, MemoryError, cv2.error) as e:
        said = PageFault(index, PageFaultKind.DAMAGED, f"{type(e).__name__}: {e}")
    # A page that gave nothing, or was drawn, may have cost anything.
    paged.used(len(said.stream) if isinstance(said, RawPage) and said.media is Media.JPEG else _DRAWN_BYTES)
    return said


class _Paged:
    """A PDF that is opened anew now and then: PDFium keeps whatever it has read until the document is closed, and a
    batch of two thousand pages is larger than memory may be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._document: pdfium.PdfDocument | None = None
        self._used = 0

    def __enter__(self) -> _Paged:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def count(self) -> int:
        return len(self.document())

    def document(self) -> pdfium.PdfDocument:
        """The open document; raises PdfiumError."""
        if self._used > _KEPT_BYTES:
            self._close()
        if self._document is None:
            self._document = pdfium.PdfDocument(self._path)
        return self._document

    def used(self, size: int) -> None:
        """A page was taken that made PDFium read about so many bytes."""
        self._used += size

    def _close(self) -> None:
        if self._document is not None:
            self._document.close()
        self._document, self._used = None, 0


def _pdf_page(document: pdfium.PdfDocument, index: int, caps: Caps, negatives: Negatives) -> RawPage | PageFault:
    page = document[index]
    try:
        image = _only_image(page)
        if image is not None:
            dpi = _image_dpi(image)
            taken = _taken_raw(image, index, dpi)
            if taken is not None and not negatives.perhaps(taken.stream):
                return _within(taken, caps)
            if dpi is not None and dpi >= _LOW_DPI / 2 and not negatives.anywhere():
                decoded = _decoded(image, index, dpi, caps)
                if decoded is not None:
                    return decoded
        return _drawn_whole(page, index, caps)
    finally:
        page.close()


def _drawn_whole(page: pdfium.PdfPage, index: int, caps: Caps) -> RawPage | PageFault:
    """The page as drawn, if all of it is there: PDFium leaves out a picture that it can't decode, and a page that
    came out as empty paper would be settled as a blank one."""
    images = [o for o in page.get_objects(max_depth=2) if o.type == pdfium_raw.FPDF_PAGEOBJ_IMAGE]
    sizes = [image.get_px_size() for image in images]
    if any(width * height > caps.page_pixels for width, height in sizes):
        return PageFault(index, PageFaultKind.TOO_LARGE, "a picture on it")
    if not all(_is_whole(image) for image in images):
        return PageFault(index, PageFaultKind.DAMAGED, "a picture on it can't be decoded")
    drawn = _drawn(page, index, _drawing_dpi(page), caps)
    # A picture that is empty paper itself is a blank side; any other one is drawn beside the page or not at all.
    if isinstance(drawn, RawPage) and _is_white(drawn) and not (images and all(_is_empty(image) for image in images)):
        return PageFault(index, PageFaultKind.DAMAGED, "nothing is drawn on it")
    return drawn


def _is_empty(image: pdfium.PdfImage) -> bool:
    """Whether an image shows nothing: it is of one colour (a mask that lets nothing through is black), and so is its
    data. Where a bit flipped in what is said of it, in its colours for one, PDFium gives white paper instead."""
    pixels = image.get_bitmap().to_numpy()
    return bool(pixels.min() == pixels.max()) and not _says_more(image)


def _says_more(image: pdfium.PdfImage) -> bool:
    """Whether an image's data, where it is plain or a JPEG, is of more than one colour, or broken."""
    filters, data = image.get_filters(), bytes(image.get_data(decode_simple=True))
    if filters and filters[-1] in ("DCTDecode", "DCT"):
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        return decoded is None or bool(decoded.min() != decoded.max())
    return set(filters) <= _SIMPLE and len(set(data)) > 1


def _is_whole(image: pdfium.PdfImage) -> bool:
    """Whether all of an image's data is there and can be decoded."""
    try:
        filters, pixels = image.get_filters(), image.get_bitmap().to_numpy()
        if "JBIG2Decode" in filters:
            # Its decoder stops at what it doesn't know, and the rest stays white. An empty page takes a few bytes.
            return bool(pixels.min() != pixels.max()) or len(image.get_data()) <= _EMPTY_JBIG2_BYTES
        if not set(filters) <= _SIMPLE:
            return True
        stated = image.get_metadata()
        wanted = (stated.width * stated.bits_per_pixel + 7) // 8 * stated.height
        return bool(len(image.get_data(decode_simple=True)) >= wanted)
    except (pdfium.PdfiumError, ValueError, RuntimeError):
        return False


def _is_white(page: RawPage) -> bool:
    return bool(np.all(cv2.imdecode(np.frombuffer(page.stream, np.uint8), cv2.IMREAD_GRAYSCALE) == 255))


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
    if not _is_whole(image):
        return None  # as `_drawn_whole` says
    return _png(_grey(image.get_bitmap().to_numpy()), index, dpi)


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
    except Image.DecompressionBombError as e:
        return FileFault(FileFaultKind.TOO_LARGE, str(e))
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
    except Exception as e:  # Pillow raises whatever its plug-ins raise
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
