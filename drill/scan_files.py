"""Files as scanners make them, at the speed a long drill needs, with a canary in every place that carries words."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pypdf
import simplejpeg
from PIL import Image, TiffImagePlugin
from pypdf.generic import (
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from drill.drawing import sketches
from drill.ink import Page
from drill.scan_plan import Container

_STRIP_ROWS, _DESCRIPTION = 278, 270  # TIFF tags
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title>'
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One page to be stored: grey pixels, JPEG quality, resolution; `one_bit`: only black and white."""

    image: Page
    dpi: int
    quality: int
    one_bit: bool


@dataclass(frozen=True, slots=True)
class Dress:
    """What a file carries beside pixels: the words written wherever words go; a text layer on its pages; colour."""

    words: str
    hidden: bool = False
    colour: bool = False


def stored(container: Container, pictures: Sequence[Picture], dress: Dress) -> bytes:
    """The file's bytes; JPEG and PNG files hold one page."""
    match container:
        case Container.PDF:
            return _pdf(pictures, dress)
        case Container.TIFF:
            return _tiff(pictures, dress)
        case Container.JPEG:
            return _jpeg_file(pictures[0], dress)
        case Container.PNG:
            return _png(pictures[0], dress)


# --- JPEG ------------------------------------------------------------------------------------------


def _jpeg(picture: Picture, dress: Dress) -> bytes:
    if dress.colour:
        # Paper of a warm white; handwriting and print keep their grey.
        tinted = np.stack([picture.image, picture.image, (picture.image * 0.94).astype(np.uint8)], axis=2)
        return bytes(simplejpeg.encode_jpeg(tinted, quality=picture.quality, colorsubsampling="420"))
    return bytes(simplejpeg.encode_jpeg(picture.image[:, :, None], quality=picture.quality, colorspace="GRAY"))


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def _exif(words: str) -> bytes:
    exif = Image.Exif()
    exif[_DESCRIPTION] = words
    exif[0x9C9B] = words.encode("utf-16-le")  # the title as Windows writes it
    content = exif.tobytes()
    return content if content.startswith(b"Exif") else b"Exif\0\0" + content


def _jpeg_file(picture: Picture, dress: Dress) -> bytes:
    """With comment, Exif, XMP and something behind its end."""
    plain = _jpeg(picture, dress)
    words = dress.words.encode()
    extra = _segment(0xE1, _exif(dress.words)) + _segment(0xFE, words)
    extra += _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + _XMP.format(dress.words).encode())
    return plain[:2] + extra + plain[2:] + words


# --- PNG and TIFF --------------------------------------------------------------------------------------


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def _png(picture: Picture, dress: Dress) -> bytes:
    how = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_BILEVEL, int(picture.one_bit)]
    plain = cv2.imencode(".png", picture.image, how)[1].tobytes()
    first = 8 + 25  # signature and IHDR
    title = _chunk(b"iTXt", b"Title\0\0\0\0\0" + dress.words.encode())
    packed = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(dress.words.encode()))
    return plain[:first] + title + packed + plain[first:]


def _black_and_white(picture: Picture) -> Image.Image:
    return Image.fromarray(picture.image).convert("1", dither=Image.Dither.NONE)


def _tiff(pictures: Sequence[Picture], dress: Dress) -> bytes:
    out = io.BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[_DESCRIPTION] = dress.words
    pages = [_black_and_white(picture) for picture in pictures]
    dpi = (pictures[0].dpi, pictures[0].dpi)
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=dpi, tiffinfo=tags)
    return out.getvalue()


def _g4(picture: Picture) -> bytes:
    """The bare CCITT G4 data of a page: what stands between the TIFF's headers."""
    out = io.BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[_STRIP_ROWS] = picture.image.shape[0]
    _black_and_white(picture).save(out, "TIFF", compression="group4", tiffinfo=tags)
    with Image.open(io.BytesIO(out.getvalue())) as opened:
        assert isinstance(opened, TiffImagePlugin.TiffImageFile)
        offsets, lengths = opened.tag_v2[273], opened.tag_v2[279]
    return out.getvalue()[offsets[0] : offsets[0] + lengths[0]]


# --- PDF -----------------------------------------------------------------------------------------------


def _stream(data: bytes, entries: dict[str, object]) -> StreamObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    for key, value in entries.items():
        stream[NameObject(key)] = value
    return stream


def _image(picture: Picture, dress: Dress) -> StreamObject:
    height, width = picture.image.shape
    entries: dict[str, object] = {
        "/Type": NameObject("/XObject"),
        "/Subtype": NameObject("/Image"),
        "/Width": NumberObject(width),
        "/Height": NumberObject(height),
        "/BitsPerComponent": NumberObject(1 if picture.one_bit else 8),
        "/ColorSpace": NameObject("/DeviceRGB" if dress.colour and not picture.one_bit else "/DeviceGray"),
        "/Filter": NameObject("/CCITTFaxDecode" if picture.one_bit else "/DCTDecode"),
    }
    if not picture.one_bit:
        return _stream(_jpeg_file(picture, dress), entries)
    black = BooleanObject(True)  # Pillow encodes black as 0
    fax = {"/K": NumberObject(-1), "/Columns": NumberObject(width), "/Rows": NumberObject(height), "/BlackIs1": black}
    entries["/DecodeParms"] = DictionaryObject({NameObject(key): value for key, value in fax.items()})
    return _stream(_g4(picture), entries)


def _pdf(pictures: Sequence[Picture], dress: Dress) -> bytes:
    """With title, XMP, an attachment and an outline; `hidden`: recognised text on every page."""
    writer = pypdf.PdfWriter()
    for picture in pictures:
        _add_page(writer, picture, dress)
    writer.add_metadata({"/Title": dress.words, "/Creator": "Scan Station"})
    writer.xmp_metadata = _XMP.format(dress.words).encode()
    writer.add_attachment("note.txt", dress.words.encode())
    writer.add_outline_item(title=dress.words, page_number=0)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _add_page(writer: pypdf.PdfWriter, picture: Picture, dress: Dress) -> None:
    height, width = (round(side / picture.dpi * 72, 3) for side in picture.image.shape)
    page = writer.add_blank_page(width, height)
    image = writer._add_object(_image(picture, dress))
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Im0"): image})}
    )
    content = writer._add_object(_stream(f"q {width} 0 0 {height} 0 0 cm /Im0 Do Q".encode(), {}))
    page[NameObject("/Contents")] = content
    if dress.hidden:
        page.merge_page(pypdf.PdfReader(io.BytesIO(_layer(dress.words))).pages[0])


def _layer(words: str) -> bytes:
    out = io.BytesIO()
    with sketches(out) as sketch:
        sketch.hidden(30, 45, words, 12)
        sketch.next_page()
    return out.getvalue()
