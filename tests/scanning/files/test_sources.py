"""Scanned files become page images, and bad files become values."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
import simplejpeg
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas as Pdf

from crosscheck import i18n
from crosscheck.limited import Child, ChildFault
from scanning.errors import UndecodableImage
from scanning.files import unpack
from scanning.files.sources import (
    Caps,
    FileFault,
    FileFaultKind,
    FileOpened,
    Media,
    Opener,
    PageFault,
    PageFaultKind,
    RawPage,
    decode,
    explain,
    open_file,
)
from tests.scanning import made_files
from tests.scanning.pages import Grey, answer_page, noisy

PAGE = noisy(answer_page(100))


@pytest.fixture(scope="module")
def opener() -> Iterator[Opener]:
    """One child for all files that do it no harm, as in a real batch."""
    with Opener() as one:
        yield one


def jpeg(grey: Grey = PAGE) -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(grey[:, :, None]), quality=80, colorspace="GRAY"))


def pdf_of(path: Path, streams: list[bytes], words: str | None = None) -> Path:
    made = Pdf(str(path), pagesize=A4)
    for stream in streams:
        picture = path.with_suffix(".jpg")
        picture.write_bytes(stream)
        made.drawImage(str(picture), 0, 0, *A4)
        if words:
            made.drawString(100, 100, words)
        made.showPage()
    made.save()
    return path


def pages(opened: FileOpened | FileFault) -> tuple[RawPage | PageFault, ...]:
    assert isinstance(opened, FileOpened), opened
    return opened.pages


def test_a_jpeg_in_a_pdf_comes_out_byte_for_byte(opener: Opener, tmp_path: Path) -> None:
    """What the scanner stored is what is kept."""
    stream = jpeg()
    found = pages(opener.open(pdf_of(tmp_path / "scan.pdf", [stream, stream])))
    assert [p.stream for p in found if isinstance(p, RawPage)] == [stream, stream]
    assert all(isinstance(p, RawPage) and p.media is Media.JPEG and abs((p.dpi or 0) - 100) < 1 for p in found)


def test_a_page_with_text_over_the_image_is_drawn_with_it(opener: Opener, tmp_path: Path) -> None:
    """A raw image would lose what else is seen on the page."""
    white = jpeg(np.full_like(PAGE, 255))
    (page,) = pages(opener.open(pdf_of(tmp_path / "scan.pdf", [white], "written over")))
    assert isinstance(page, RawPage)
    assert page.media is Media.PNG
    assert decode(page.stream, page.media).min() < 100


def test_a_turned_over_image_is_not_taken_raw(opener: Opener, tmp_path: Path) -> None:
    """/Decode [1 0] makes a negative: the page is drawn, so paper stays white."""
    path = pdf_of(tmp_path / "scan.pdf", [jpeg(255 - PAGE)])
    # Whether the stream is also spelled in ASCII is a setting of the whole process: both are met.
    content = re.sub(rb"(/Filter \[ (?:/ASCII85Decode )?/DCTDecode \])", rb"/Decode [1 0] \1", path.read_bytes())
    assert b"/Decode [1 0]" in content
    path.write_bytes(content)
    (page,) = pages(opener.open(path))
    assert isinstance(page, RawPage)
    assert np.median(decode(page.stream, page.media)) > 200


def test_the_type_is_told_by_content_not_name(opener: Opener, tmp_path: Path) -> None:
    """A JPEG called .pdf is a JPEG."""
    path = tmp_path / "scan.pdf"
    path.write_bytes(jpeg())
    (page,) = pages(opener.open(path))
    assert isinstance(page, RawPage)
    assert page.stream == path.read_bytes()


def test_a_fax_coded_tiff_gives_all_its_pages_exactly(opener: Opener, tmp_path: Path) -> None:
    """1-bit pages stay 1-bit and lose nothing."""
    black_white = np.where(PAGE < 128, 0, 255).astype(np.uint8)
    frames = [Image.fromarray(turned).convert("1") for turned in (black_white, np.rot90(black_white))]
    frames[0].save(tmp_path / "s.tif", save_all=True, append_images=frames[1:], compression="group4", dpi=(100, 100))
    first, second = pages(opener.open(tmp_path / "s.tif"))
    assert isinstance(first, RawPage)
    assert isinstance(second, RawPage)
    assert np.array_equal(decode(first.stream, first.media), black_white)
    assert (second.width, second.height, first.dpi) == (PAGE.shape[0], PAGE.shape[1], 100.0)
    assert Image.open(io.BytesIO(first.stream)).mode == "1"


def test_a_transparent_png_is_on_white_paper(opener: Opener, tmp_path: Path) -> None:
    """Transparent means paper, not black."""
    Image.new("RGBA", (50, 70), (0, 0, 0, 0)).save(tmp_path / "s.png")
    (page,) = pages(opener.open(tmp_path / "s.png"))
    assert isinstance(page, RawPage)
    assert decode(page.stream, page.media).min() == 255


def _encrypted(path: Path) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="AES-128")
    writer.write(path)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", FileFaultKind.EMPTY),
        (b"GIF89a nothing we know", FileFaultKind.UNKNOWN_TYPE),
        (b"%PDF-1.4 and then rubbish", FileFaultKind.DAMAGED),
        (jpeg()[:200], FileFaultKind.DAMAGED),
        (b"\x89PNG\r\n\x1a\n", FileFaultKind.DAMAGED),
    ],
)
def test_a_bad_file_is_a_value_with_an_explanation(
    opener: Opener, tmp_path: Path, content: bytes, kind: FileFaultKind
) -> None:
    """Each kind of trouble is told apart."""
    (tmp_path / "scan").write_bytes(content)
    fault = opener.open(tmp_path / "scan")
    assert isinstance(fault, FileFault)
    assert fault.reason is kind


def test_a_locked_pdf_is_told_from_a_damaged_one(opener: Opener, tmp_path: Path) -> None:
    """Its remedy differs."""
    _encrypted(tmp_path / "s.pdf")
    fault = opener.open(tmp_path / "s.pdf")
    assert isinstance(fault, FileFault)
    assert fault.reason is FileFaultKind.ENCRYPTED


def test_every_file_fault_has_a_sentence_and_a_remedy() -> None:
    """None is forgotten."""
    i18n.use("en")
    told = {explain(FileFault(kind, "")) for kind in FileFaultKind}
    assert len(told) == len(FileFaultKind)
    assert all(text.count(".") >= 2 for text in told)


def test_a_damaged_page_leaves_the_others(opener: Opener, tmp_path: Path) -> None:
    """Only the page is lost."""
    frames = [Image.fromarray(PAGE), Image.fromarray(PAGE)]
    frames[0].save(tmp_path / "s.tif", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    content = bytearray((tmp_path / "s.tif").read_bytes())
    content[200:4000] = b"\xff" * 3800
    (tmp_path / "s.tif").write_bytes(content)
    first, second = pages(opener.open(tmp_path / "s.tif"))
    assert isinstance(first, PageFault)
    assert isinstance(second, RawPage)


def test_caps_hold(tmp_path: Path) -> None:
    """Too many pages and too many pixels are refused."""
    path = pdf_of(tmp_path / "scan.pdf", [jpeg()] * 3)
    with Opener(Caps(pages=2)) as opener:
        fault = opener.open(path)
    assert isinstance(fault, FileFault)
    assert fault.reason is FileFaultKind.TOO_MANY_PAGES
    assert all(isinstance(p, PageFault) for p in pages(open_file(path, Caps(page_pixels=1000))))


def test_a_hanging_file_is_stopped_and_the_next_one_opens(tmp_path: Path) -> None:
    """The child is replaced."""
    path = pdf_of(tmp_path / "scan.pdf", [jpeg()])
    opener = Opener(Caps(seconds=0.001))
    with opener:
        fault = opener.open(path)
        assert isinstance(fault, FileFault)
        assert fault.reason is FileFaultKind.TIMED_OUT
        opener.caps = Caps()
        assert isinstance(opener.open(path), FileOpened)


def test_a_dying_child_is_reported_and_replaced() -> None:
    """A request it can't survive costs only itself."""
    child = Child("scanning.files.limited_main")
    try:
        assert child.ask(b"not json", 20, 1000) is ChildFault.CRASHED
        assert child.ask(b'{"path": "none", "caps": {}}', 20, 1000) != ChildFault.CRASHED
    finally:
        child.close()


def test_an_answer_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    """A bomb doesn't fill the parent's memory."""
    path = pdf_of(tmp_path / "scan.pdf", [jpeg()])
    fault = open_file(path, Caps(result_bytes=5000))
    assert isinstance(fault, FileFault)
    assert fault.reason is FileFaultKind.TOO_LARGE


@pytest.mark.parametrize("media", list(Media))
def test_bytes_that_are_no_image_raise_a_numbered_error(media: Media) -> None:
    """Storage may be damaged too."""
    with pytest.raises(UndecodableImage, match="E3030"):
        decode(b"nothing", media)


def test_a_page_stored_as_png_decodes_to_the_same_pixels() -> None:
    """PNG is lossless."""
    stream = cv2.imencode(".png", PAGE)[1].tobytes()
    assert np.array_equal(decode(stream, Media.PNG), PAGE)


def test_an_empty_pdf_after_a_locked_one_is_not_called_locked(tmp_path: Path) -> None:
    """One child opens both; what the library still remembers of the first must not be said of the second."""
    _encrypted(tmp_path / "locked.pdf")
    pdfium.PdfDocument.new().save(tmp_path / "empty.pdf")
    with Opener() as opener:
        found = [opener.open(tmp_path / name) for name in ("locked.pdf", "empty.pdf")]
    assert [f.reason is FileFaultKind.ENCRYPTED for f in found if isinstance(f, FileFault)] == [True, False]


def test_an_empty_pdf_has_no_pages(tmp_path: Path) -> None:
    """A PDF without pages is not an empty success."""
    document = pdfium.PdfDocument.new()
    document.save(tmp_path / "s.pdf")
    fault = open_file(tmp_path / "s.pdf")
    assert isinstance(fault, FileFault)
    assert fault.reason is FileFaultKind.NO_PAGES


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw", None])
def test_a_tiff_that_was_cut_short_is_damaged(opener: Opener, tmp_path: Path, compression: str | None) -> None:
    """It stops no program, and none of its pages is quietly left out."""
    frames = [Image.fromarray(PAGE).convert("1") for _ in range(3)]
    frames[0].save(tmp_path / "s.tif", save_all=True, append_images=frames[1:], compression=compression)
    content = (tmp_path / "s.tif").read_bytes()
    for end in (7, 40, len(content) // 2, len(content) - 200):
        (tmp_path / "s.tif").write_bytes(content[:end])
        opened = opener.open(tmp_path / "s.tif")
        if isinstance(opened, FileFault):
            assert opened.reason is FileFaultKind.DAMAGED
        else:
            assert len(opened.pages) == 3
            assert any(isinstance(page, PageFault) for page in opened.pages)


def test_pages_come_one_by_one(tmp_path: Path) -> None:
    """The first is there before the last is read, and who stops in the middle gets the next file right."""
    path = pdf_of(tmp_path / "scan.pdf", [jpeg()] * 6)
    with Opener() as opener:
        said = opener.pages(path)
        assert isinstance(next(said), RawPage)
        said.close()  # type: ignore[attr-defined]
        assert [page.index for page in opener.pages(path) if isinstance(page, RawPage)] == list(range(6))


def test_a_bad_file_costs_no_child(tmp_path: Path) -> None:
    """Only what hangs or dies is replaced: a folder of rubbish is refused as quickly as it is read."""
    (tmp_path / "rubbish").write_bytes(b"%PDF-1.4 and then rubbish")
    with Opener() as opener:
        opener.open(tmp_path / "rubbish")
        before = opener._child._running
        assert isinstance(opener.open(tmp_path / "rubbish"), FileFault)
        assert before is not None
        assert opener._child._running is before


def test_a_fault_in_the_middle_ends_the_pages(tmp_path: Path) -> None:
    """The pages before it were good; that the rest is unknown is said once, at the end."""
    path = pdf_of(tmp_path / "scan.pdf", [jpeg()] * 3)
    with Opener(Caps(result_bytes=len(jpeg()) * 2)) as opener:
        *before, last = opener.pages(path)
        assert [type(page) for page in before] == [RawPage]
        assert isinstance(last, FileFault)
        assert last.reason is FileFaultKind.TOO_LARGE
        assert opener.open(path) == last


def test_a_document_larger_than_memory_is_opened_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page comes once and in order all the same."""
    path = tmp_path / "scan.pdf"
    path.write_bytes(made_files.pdf([made_files.jpeg(shade) for shade in range(0, 250, 50)]))
    monkeypatch.setattr(unpack, "_KEPT_BYTES", 1)
    opened = 0
    document = pdfium.PdfDocument

    def counted(*arguments: Path) -> pdfium.PdfDocument:
        nonlocal opened
        opened += 1
        return document(*arguments)

    monkeypatch.setattr(pdfium, "PdfDocument", counted)
    found = [page for page in unpack.pages(path, Caps()) if isinstance(page, RawPage)]
    assert [round(float(decode(page.stream, page.media).mean()), -1) for page in found] == [0, 50, 100, 150, 200]
    assert opened == 5


def test_a_written_page_that_pdfium_draws_as_empty_paper_is_damaged(opener: Opener) -> None:
    """Bits flipped in a picture and in what is said of it: PDFium draws nothing, and that looks like a blank side."""
    (fault,) = pages(opener.open(Path(__file__).parent / "gone_white.pdf"))
    assert isinstance(fault, PageFault)
    assert fault.reason is PageFaultKind.DAMAGED
