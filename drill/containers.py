"""Files as schools' scanners make them: PDF, TIFF, JPEG and PNG, with the metadata real ones carry."""

from __future__ import annotations

import enum
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pypdf
from PIL import Image, TiffImagePlugin
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from drill.ink import Page
from drill.paper import bilevel

_STRIP_ROWS = 278  # TIFF tag


class Container(enum.Enum):
    """Kind of file a batch came as."""

    PDF_JPEG = "PDF of JPEG pages"
    PDF_MIXED = "PDF of JPEG pages, some with a text layer and a vector stamp"
    PDF_G4 = "PDF of 1-bit CCITT G4 pages"
    TIFF_G4 = "multi-page TIFF, CCITT G4"
    JPEGS = "one JPEG file a page"
    PNGS = "one 1-bit PNG file a page"


@dataclass(frozen=True, slots=True)
class Scan:
    """One page to be put in a file: pixels (grey or RGB), and for a mixed PDF a one-page PDF to lay over it."""

    image: Page
    overlay: bytes | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the scanner was set to. `rotate` is the PDF's own /Rotate (degrees clockwise), `remark` goes into the
    file's metadata, as scanners write an operator's words there."""

    dpi: int
    quality: int
    remark: str
    rotate: int = 0


def jpeg(image: Page, settings: Settings) -> bytes:
    """The page as JPEG with density and comment."""
    out = io.BytesIO()
    dpi = (settings.dpi, settings.dpi)
    Image.fromarray(image).save(
        out, "JPEG", quality=settings.quality, dpi=dpi, comment=settings.remark.encode(), optimize=True
    )
    return out.getvalue()


def png(image: Page, dpi: int, *, one_bit: bool) -> bytes:
    """The page as PNG, 8-bit grey or 1-bit."""
    out = io.BytesIO()
    made = Image.fromarray(bilevel(image)).convert("1") if one_bit else Image.fromarray(image)
    made.save(out, "PNG", optimize=True, dpi=(dpi, dpi))
    return out.getvalue()


def tiff(images: Sequence[Page], dpi: int) -> bytes:
    """A multi-page TIFF of 1-bit G4 pages."""
    out = io.BytesIO()
    pages = [Image.fromarray(bilevel(image)).convert("1") for image in images]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(dpi, dpi))
    return out.getvalue()


def _g4(image: Page) -> bytes:
    """The bare CCITT G4 data of a page: what stands between the TIFF's headers."""
    out = io.BytesIO()
    made = Image.fromarray(bilevel(image)).convert("1")
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[_STRIP_ROWS] = image.shape[0]
    made.save(out, "TIFF", compression="group4", tiffinfo=tags)
    with Image.open(io.BytesIO(out.getvalue())) as opened:
        assert isinstance(opened, TiffImagePlugin.TiffImageFile)
        offsets, lengths = opened.tag_v2[273], opened.tag_v2[279]
    return out.getvalue()[offsets[0] : offsets[0] + lengths[0]]


def _stream(data: bytes, entries: dict[str, object]) -> StreamObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    for key, value in entries.items():
        stream[NameObject(key)] = value
    return stream


def _image(scan: Scan, settings: Settings, *, one_bit: bool) -> StreamObject:
    height, width = scan.image.shape[:2]
    entries: dict[str, object] = {
        "/Type": NameObject("/XObject"),
        "/Subtype": NameObject("/Image"),
        "/Width": NumberObject(width),
        "/Height": NumberObject(height),
        "/BitsPerComponent": NumberObject(1 if one_bit else 8),
        "/ColorSpace": NameObject("/DeviceRGB" if scan.image.ndim == 3 and not one_bit else "/DeviceGray"),
        "/Filter": NameObject("/CCITTFaxDecode" if one_bit else "/DCTDecode"),
    }
    if not one_bit:
        return _stream(jpeg(scan.image, settings), entries)
    black = BooleanObject(True)  # Pillow encodes black as 0
    fax = {"/K": NumberObject(-1), "/Columns": NumberObject(width), "/Rows": NumberObject(height), "/BlackIs1": black}
    entries["/DecodeParms"] = DictionaryObject({NameObject(key): value for key, value in fax.items()})
    return _stream(_g4(scan.image), entries)


def _add_page(writer: pypdf.PdfWriter, scan: Scan, settings: Settings, *, one_bit: bool) -> None:
    height, width = (round(side / settings.dpi * 72, 3) for side in scan.image.shape[:2])
    page = writer.add_blank_page(width, height)
    image = writer._add_object(_image(scan, settings, one_bit=one_bit))
    named = DictionaryObject({NameObject("/Im0"): image})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): named})
    drawn = _stream(f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q".encode(), {})
    page[NameObject("/Contents")] = writer._add_object(drawn)
    page[NameObject("/MediaBox")] = ArrayObject([FloatObject(v) for v in (0, 0, width, height)])
    if settings.rotate:
        page[NameObject("/Rotate")] = NumberObject(settings.rotate)
    if scan.overlay is not None:
        page.merge_page(pypdf.PdfReader(io.BytesIO(scan.overlay)).pages[0])


def pdf(scans: Sequence[Scan], settings: Settings, *, one_bit: bool) -> bytes:
    """A PDF with one plain image a page (and overlays where given); the same input gives the same bytes."""
    writer = pypdf.PdfWriter()
    for scan in scans:
        _add_page(writer, scan, settings, one_bit=one_bit)
    writer.add_metadata({"/Title": settings.remark, "/Creator": "Scan Station"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def files(stem: str, scans: Sequence[Scan], container: Container, settings: Settings) -> dict[str, bytes]:
    """The file or files of a batch by name; files of single pages are numbered from 1."""
    match container:
        case Container.PDF_JPEG | Container.PDF_MIXED:
            return {f"{stem}.pdf": pdf(scans, settings, one_bit=False)}
        case Container.PDF_G4:
            return {f"{stem}.pdf": pdf(scans, settings, one_bit=True)}
        case Container.TIFF_G4:
            return {f"{stem}.tif": tiff([scan.image for scan in scans], settings.dpi)}
        case Container.JPEGS:
            return {f"{stem}-{i:02d}.jpg": jpeg(scan.image, settings) for i, scan in enumerate(scans, start=1)}
        case Container.PNGS:
            return {
                f"{stem}-{i:02d}.png": png(scan.image, settings.dpi, one_bit=True)
                for i, scan in enumerate(scans, start=1)
            }


def place(stem: str, container: Container, position: int) -> tuple[str, int]:
    """File name and page index (from 0) of the page at `position` (from 0) of a batch."""
    match container:
        case Container.JPEGS:
            return f"{stem}-{position + 1:02d}.jpg", 0
        case Container.PNGS:
            return f"{stem}-{position + 1:02d}.png", 0
        case Container.TIFF_G4:
            return f"{stem}.tif", position
        case Container.PDF_JPEG | Container.PDF_MIXED | Container.PDF_G4:
            return f"{stem}.pdf", position
