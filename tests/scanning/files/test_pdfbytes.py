"""Images that are turned into negatives are found among a PDF's bytes, whatever order it was written in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanning.files import pdfbytes
from scanning.files.pdfbytes import TURNED_OVER, Negatives, mentions
from scanning.files.sources import Media, RawPage, open_file
from tests.scanning.made_files import jpeg, pdf

STREAMS = [jpeg(shade) for shade in range(0, 250, 25)]


def turned(content: bytes, which: int) -> bytes:
    """The PDF with the nth image turned over (its tables of places are wrong then, which nobody minds here)."""
    found = [match.start() for match in re.finditer(rb"/Filter/DCTDecode", content)][which]
    return content[:found] + b"/Decode [1 0]" + content[found:]


def test_what_stands_at_the_end_of_a_portion_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is searched in portions; a word between two of them counts."""
    path = tmp_path / "s"
    monkeypatch.setattr(pdfbytes, "_PORTION", 16)
    for before in range(40):
        path.write_bytes(b"x" * before + b"/Decode [1 0]" + b"x" * 40)
        assert mentions(path, TURNED_OVER)
    path.write_bytes(b"/DecodeParms <<>>" * 9)
    assert not mentions(path, TURNED_OVER)


def test_in_a_scanners_file_only_the_bytes_between_images_are_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One image after the other, none of them a negative."""
    (tmp_path / "s.pdf").write_bytes(pdf(STREAMS))
    monkeypatch.setattr(pdfbytes, "mentions", None)  # the whole file is never looked at
    with Negatives(tmp_path / "s.pdf") as negatives:
        assert [negatives.perhaps(stream) for stream in STREAMS] == [False] * len(STREAMS)


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(len(STREAMS))), st.integers(0, len(STREAMS) - 1), st.booleans())
def test_no_negative_is_taken_for_a_plain_image(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], which: int, alike: bool
) -> None:
    """In any order of pages, also when images begin alike: the turned one is always suspected."""
    streams = [b"\xff\xd8" + b"same" * 200 + stream for stream in STREAMS] if alike else STREAMS
    path = tmp_path_factory.mktemp("pdf") / "s.pdf"
    path.write_bytes(turned(pdf(streams), which))
    with Negatives(path) as negatives:
        suspected = [at for at in order if negatives.perhaps(streams[at])]
    assert which in suspected


def test_an_image_that_is_not_there_leaves_the_whole_file_to_be_searched(tmp_path: Path) -> None:
    """For example one that was wrapped in a second filter."""
    (tmp_path / "s.pdf").write_bytes(pdf(STREAMS))
    with Negatives(tmp_path / "s.pdf") as negatives:
        assert not negatives.perhaps(b"elsewhere")
        assert not negatives.anywhere()
    (tmp_path / "s.pdf").write_bytes(turned(pdf(STREAMS), 3))
    with Negatives(tmp_path / "s.pdf") as negatives:
        assert negatives.perhaps(b"elsewhere")


def test_the_other_pages_of_a_file_with_a_negative_are_taken_as_they_are(tmp_path: Path) -> None:
    """Until the negative is met."""
    content = pdf(STREAMS[:2])
    # In place of blanks, so that the table of places stays right.
    first, second = (match.start() for match in re.finditer(rb"/ColorSpace/DeviceGray", content))
    del first
    content = content[:second] + b"/Decode[1 0]/ColorSpace/DeviceGray" + content[second + 22 :]
    (tmp_path / "s.pdf").write_bytes(content)
    opened = open_file(tmp_path / "s.pdf")
    pages = [page for page in getattr(opened, "pages", ()) if isinstance(page, RawPage)]
    assert [page.media for page in pages] == [Media.JPEG, Media.PNG]
