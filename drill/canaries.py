"""Made-up words that stand for identity, and the search for them in everything a station has written.

A canary is written wherever a name may be carried along: tables, file names, metadata, text layers. It must be found
nowhere afterwards, in no spelling, not even in a temporary file that lives for a moment.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import urllib.parse
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_CODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "cp866", "koi8-r")
_LETTERS = "бвгджзклмнпрстфхцчшщ"
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_IDAT = re.compile(rb"IDAT")
_MOST_UNPACKED = 64_000_000
_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Canary:
    """The two stems of a run's canaries, one in Cyrillic, one in Latin letters."""

    cyrillic: str
    latin: str

    def words(self, rest: str) -> str:
        """A remark as an operator might type it, told apart from others by `rest`."""
        return f"Школа {self.cyrillic} {self.latin} {rest}"


def hatched(seed: Sequence[int]) -> Canary:
    """The canary of a seed."""
    rng = np.random.default_rng([*seed, 4711])
    letters = "".join(_LETTERS[i] for i in rng.integers(0, len(_LETTERS), 7))
    return Canary(f"Щуко{letters}", f"zqx{int(rng.integers(16**9)):09x}")


def spellings(canary: Canary) -> tuple[bytes, ...]:
    """Every way in which the stems may stand in a file."""
    stems = (canary.cyrillic, canary.cyrillic.lower(), canary.cyrillic.upper(), canary.latin, canary.latin.upper())
    found = {stem.encode(coding) for stem in stems for coding in _CODINGS}
    found |= {json.dumps(stem)[1:-1].encode() for stem in stems}
    found |= {urllib.parse.quote(stem).encode() for stem in stems}
    return tuple(sorted(found))


def sings(content: bytes, spelled: Sequence[bytes]) -> bool:
    """Whether a canary stands in the bytes or in a deflated stream among them."""
    if any(word in content for word in spelled):
        return True
    return any(any(word in inner for word in spelled) for inner in _inflated(content))


def _inflated(content: bytes) -> Iterator[bytes]:
    """Deflated streams anywhere in the bytes; pixels of a PNG are no words."""
    pixels = _IDAT.search(content) if content.startswith(b"\x89PNG") else None
    view = memoryview(content)  # a sealed megabyte holds sixty beginnings by chance: its rest is not copied for each
    for start in _ZLIB.finditer(content):
        if pixels is not None and start.start() > pixels.start():
            return
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(view[start.start() :], _MOST_UNPACKED)


def singing(folder: Path, spelled: Sequence[bytes]) -> list[str]:
    """Files under a folder, or whose own name, holds a canary; named relative to it."""
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if any(word in name.encode() for word in spelled):
            found.append(f"{len(found)}: a file name")
        elif path.is_file() and _file_sings(path, spelled):
            found.append(name)
    return found


def _file_sings(path: Path, spelled: Sequence[bytes]) -> bool:
    try:
        return sings(path.read_bytes(), spelled)
    except OSError:  # gone meanwhile
        return False


@dataclass
class Watch:
    """Looks into a folder of temporary files while it is entered, and keeps the names of those that held a canary."""

    folder: Path
    spelled: tuple[bytes, ...]
    heard: set[str] = field(default_factory=set)
    _over: threading.Event = field(default_factory=threading.Event)
    _looking: threading.Thread | None = None

    def __enter__(self) -> Watch:
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        if self._looking is not None:
            self._looking.join()
        self.heard.update(singing(self.folder, self.spelled))

    def _look(self) -> None:
        while not self._over.wait(_EVERY_S):
            with contextlib.suppress(OSError):
                self.heard.update(singing(self.folder, self.spelled))
