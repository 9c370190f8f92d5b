"""A TIFF is whole when all that it names is there; while it is written, at no moment before."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from scanning.files.tiffends import all_there


def tiff(pages: int, compression: str | None = None, **how: object) -> bytes:
    """Pages of noise as one file."""
    dice = np.random.default_rng(1)
    images = [Image.fromarray(dice.integers(0, 2, (60, 40), np.uint8) * np.uint8(255)) for _ in range(pages)]
    if compression == "group4":
        images = [image.convert("1") for image in images]
    out = io.BytesIO()
    images[0].save(
        out,
        "TIFF",
        save_all=True,
        append_images=images[1:],
        compression=compression,
        **how,
    )
    return out.getvalue()


def there(content: bytes) -> bool:
    return all_there(io.BytesIO(content), len(content))


@pytest.mark.parametrize("compression", [None, "group4", "tiff_lzw", "tiff_adobe_deflate", "jpeg"])
@pytest.mark.parametrize("pages", [1, 3])
def test_a_whole_file_is_whole_and_no_part_of_it_is(pages: int, compression: str | None) -> None:
    """However it is compressed; only what could be padding may be missing at its end."""
    content = tiff(pages, compression)
    assert there(content)
    assert not any(there(content[:cut]) for cut in range(0, len(content) - 64, 37))


def test_files_beyond_four_gigabytes_are_known_too() -> None:
    """Their places take eight bytes."""
    content = tiff(2, big_tiff=True)
    assert content[:4] == b"II+\0"
    assert there(content)
    assert not there(content[:-100])


def test_a_page_without_a_directory_yet_is_not_all() -> None:
    """A writer stores a page first and names it afterwards."""
    assert not there(tiff(1) + bytes(2000))


def test_a_chain_that_never_ends_is_not_whole() -> None:
    """A directory that names itself as the next one."""
    loop = struct.pack("<4sIHHHIII", b"II*\0", 8, 1, 256, 3, 1, 40, 8)
    assert not there(loop)
    assert not there(struct.pack(">4sI", b"MM\0*", 0))


def test_what_is_no_tiff_is_not_whole() -> None:
    """Nor is nonsense behind its head."""
    assert not there(b"")
    assert not there(b"II*\0" + b"\xff" * 100)
