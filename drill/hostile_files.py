"""Files as strangers, failing disks and attackers make them: any number, of every kind, from one seed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator

import numpy as np

from drill import hostile_pdfs, hostile_pictures
from drill.recipe import Dice, Hostile, Opens, Recipe, refused
from scanning.files.sources import FileFaultKind

DECK = 1000  # files in which every kind comes at least once
_NUMBER = re.compile(rb"(?<=[\s\[/])\d+(?=[\s\]/>])")
_WILD = (b"0", b"-1", b"1", b"2147483647", b"4294967296", b"99999999999999999999", b"1e308", b".", b"null", b"[", b"<<")
_UNKNOWN = refused(FileFaultKind.UNKNOWN_TYPE)
Change = Callable[[Dice, bytes], bytes]


# --- what happens to good files -------------------------------------------------------------------


def truncated(dice: Dice, content: bytes) -> bytes:
    """The beginning only."""
    return content[: int(dice.integers(1, len(content)))]


def flipped(dice: Dice, content: bytes) -> bytes:
    """Some bits turned over."""
    out = bytearray(content)
    for at in dice.integers(0, len(out), int(dice.integers(1, 24))):
        out[at] ^= 1 << int(dice.integers(0, 8))
    return bytes(out)


def overwritten(dice: Dice, content: bytes) -> bytes:
    """A stretch of other bytes: zeros, as of a disk that failed, or rubbish."""
    start = int(dice.integers(0, len(content)))
    length = min(int(dice.integers(1, 2_000)), len(content) - start)
    filler = bytes(length) if dice.random() < 0.5 else dice.bytes(length)
    return content[:start] + filler + content[start + length :]


def shuffled(dice: Dice, content: bytes) -> bytes:
    """Blocks left out, doubled or in another order, as of a broken copy."""
    size = max(len(content) // 8, 1)
    blocks = [content[at : at + size] for at in range(0, len(content), size)]
    order = dice.integers(0, len(blocks), len(blocks))
    return b"".join(blocks[i] for i in order)


def head_kept(dice: Dice, content: bytes) -> bytes:
    """The first bytes, then nothing but rubbish."""
    return content[: int(dice.integers(8, 64))] + dice.bytes(int(dice.integers(0, 4_000)))


def lying(dice: Dice, content: bytes) -> bytes:
    """A few of the numbers that stand in it replaced by wild ones."""
    places = list(_NUMBER.finditer(content))
    if not places:
        return flipped(dice, content)
    chosen = sorted({int(i) for i in dice.integers(0, len(places), 3)}, reverse=True)
    for i in chosen:
        wild = _WILD[int(dice.integers(0, len(_WILD)))]
        content = content[: places[i].start()] + wild + content[places[i].end() :]
    return content


_CHANGES: tuple[tuple[str, Change], ...] = (
    ("truncated", truncated),
    ("bits flipped", flipped),
    ("overwritten", overwritten),
    ("blocks shuffled", shuffled),
    ("head only", head_kept),
    ("lying numbers", lying),
)
_BASES: tuple[tuple[str, str, Callable[[Dice], bytes]], ...] = (
    ("PDF", "pdf", hostile_pdfs.scan),
    ("PDF of pages", "pdf", lambda dice: hostile_pdfs.pages(dice, 5)),
    ("TIFF", "tif", hostile_pictures.tiff),
    ("TIFF, deflate", "tif", lambda dice: hostile_pictures.tiff(dice, 2, "tiff_adobe_deflate")),
    ("JPEG", "jpg", hostile_pictures.jpeg),
    ("PNG", "png", hostile_pictures.png),
)


def _changed(base: Callable[[Dice], bytes], change: Change) -> Callable[[Dice], bytes]:
    return lambda dice: change(dice, base(dice))


# --- what is no scan at all ------------------------------------------------------------------------


def _zipped(dice: Dice) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scan.pdf", hostile_pdfs.scan(dice))
    return out.getvalue()


def _headed(head: bytes) -> Callable[[Dice], bytes]:
    return lambda dice: head + dice.bytes(int(dice.integers(10, 3_000)))


def _gif(dice: Dice) -> bytes:
    frames = [hostile_pictures.page(dice) for _ in range(3)]
    return hostile_pictures.saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


_OTHERS = (
    Recipe("empty", "pdf", lambda _dice: b"", refused(FileFaultKind.EMPTY)),
    Recipe("text", "txt", lambda _dice: "Список участников\nИванов И. И.\n".encode(), _UNKNOWN),
    Recipe("text called PDF", "pdf", lambda _dice: b"not a PDF at all\n" * 100, _UNKNOWN),
    Recipe("rubbish", "pdf", lambda dice: b"\0" + dice.bytes(int(dice.integers(1, 5_000))), _UNKNOWN),
    Recipe("zeros", "jpg", lambda _dice: bytes(100_000), _UNKNOWN),
    Recipe("one byte", "tif", lambda _dice: b"I", _UNKNOWN),
    Recipe("ZIP called PDF", "pdf", _zipped, _UNKNOWN),
    Recipe("RAR called PDF", "pdf", _headed(b"Rar!\x1a\x07\x01\0"), _UNKNOWN),
    Recipe("GIF, animated", "gif", _gif, _UNKNOWN),
    Recipe("WebP", "webp", _headed(b"RIFF\x24\0\0\0WEBPVP8 "), _UNKNOWN),
    Recipe("HEIC", "heic", _headed(b"\0\0\0\x18ftypheic\0\0\0\0"), _UNKNOWN),
    Recipe("JPEG 2000", "jp2", _headed(b"\0\0\0\x0cjP  \r\n\x87\n"), _UNKNOWN),
    Recipe("program", "exe", _headed(b"MZ\x90\0"), _UNKNOWN),
    Recipe("PostScript", "pdf", lambda _dice: b"%!PS-Adobe-3.0\n(x) run showpage\n", _UNKNOWN),
    Recipe("JPEG and PDF at once", "pdf", lambda dice: hostile_pictures.jpeg(dice)[:700] + hostile_pdfs.scan(dice)),
    Recipe("JPEG called TIFF", "tif", hostile_pictures.jpeg, Opens(1)),
    Recipe("PNG called PDF", "pdf", hostile_pictures.png, Opens(1)),
)

RECIPES: tuple[Recipe, ...] = (
    *(
        Recipe(f"{base}, {word}", suffix, _changed(make, change))
        for base, suffix, make in _BASES
        for word, change in _CHANGES
    ),
    *_OTHERS,
    *hostile_pictures.RECIPES,
    *hostile_pdfs.RECIPES,
)


def made(recipe: Recipe, dice: Dice, number: int) -> Hostile:
    """A file of this kind."""
    name = f"{number:06d} {recipe.name}".replace(",", "").replace(" ", "-")
    return Hostile(f"{name}.{recipe.suffix}", recipe.name, recipe.make(dice), recipe.expected)


def hostile_files(seed: int, count: int) -> Iterator[Hostile]:
    """So many files: each kind at least once in every thousand, dear kinds only once."""
    for first in range(0, count, DECK):
        dice = np.random.default_rng([seed, first])
        for i, recipe in enumerate(deck(dice)[: count - first]):
            yield made(recipe, np.random.default_rng([seed, first, i]), first + i)


def deck(dice: Dice) -> list[Recipe]:
    """The kinds of the next thousand files, in order."""
    cheap = [recipe for recipe in RECIPES if not recipe.dear]
    filler = [cheap[int(i)] for i in dice.integers(0, len(cheap), DECK - len(RECIPES))]
    cards = [*RECIPES, *filler]
    return [cards[int(i)] for i in dice.permutation(len(cards))]
