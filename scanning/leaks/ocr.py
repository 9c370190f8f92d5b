"""Print that can be read in a masked page and in the identity zone it was made without: a check by OCR.

Where Tesseract with Russian is installed. It reads only what a good page doesn't have: ink outside the answer zones,
and zones with suspicious ink. What it reads there is compared with what it reads in the same page's own identity zone,
so no register of names or codes is needed, and none could leak. Words live in memory for the comparison and are
kept nowhere: counts are. Print is found nearly always, handwriting seldom: a hit confirms a leak, none certifies
nothing.

Tesseract gets pixels that were decoded and drawn anew here, never a stranger's file; limits of time everywhere and, on
Linux, of memory and written bytes hold it. Whatever goes wrong with it is recorded and fails no page.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, PAGE, Box
from scanning.placing.registration import Registration

Grey = NDArray[np.uint8]

_LANGUAGE = "rus"
_DPI = 300  # what Tesseract reads best
_K = _DPI / 25.4
# CPU decides, so that a busy computer finds no less; the clock is for what hangs, and far longer.
_CPU_SECONDS, _SECONDS, _FIND_SECONDS = 20, 120.0, 10.0
_MEMORY, _ANSWER = 1 << 30, 1 << 20
_MARGIN = 30  # pixels of white around each part
_INKED = 205
_LEAST_INK = 1.0  # mm²: less than this is no letter

_LONG_WORD = 6  # of such one letter may be read differently
_WORD = re.compile(r"[^\W\d_]{4,}|\d{4,}")  # shorter ones stand in any answer
# What heads of forms say themselves, and pupils may well write.
_FORM_SAYS = (
    "БЛАНК ВАРИАНТ ГОРОД ГРУППА ДАТА ИМЯ КЛАСС КОД МАТЕМАТИКА НОМЕР ОБЛАСТЬ ОТВЕТ ОТВЕТЫ ОТЧЕСТВО ПОДПИСЬ ПРЕДМЕТ "
    "РАБОТА РАЙОН РЕГИОН СТРАНИЦА УЧАСТНИК УЧАСТНИКА УЧЕНИК УЧЕНИКА ФАМИЛИЯ ШКОЛА ЗАДАНИЕ"
)
_FORM_WORDS = frozenset(_FORM_SAYS.split())


@dataclass(frozen=True, slots=True)
class Reader:
    """Tesseract that can read Russian: where the program is, and how many seconds it has for one picture."""

    program: str
    seconds: float = _SECONDS


@dataclass(frozen=True, slots=True)
class NotInstalled:
    """There is no Tesseract with Russian on this computer: nothing was checked."""


@dataclass(frozen=True, slots=True)
class NothingToRead:
    """No ink outside the zones and none that is suspicious: nothing had to be read."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Tesseract hung, stopped or gave no answer: nothing was checked."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many words were read on the masked page and in the identity zone, and how many of the first are the same as
    some of the second."""

    shown: int
    hidden: int
    shared: int


OcrCheck = NotInstalled | NothingToRead | Failed | Compared


def passed(check: OcrCheck) -> bool:
    """Whether nothing that was read is known; also when nothing could be read, since no answer proves nothing."""
    return not (isinstance(check, Compared) and check.shared)


def recorded(check: OcrCheck) -> object:
    """The check as it stands in the proof: a word, or counts."""
    match check:
        case NotInstalled():
            return "not_installed"
        case NothingToRead():
            return "nothing_to_read"
        case Failed():
            return "failed"
        case Compared(shown, hidden, shared):
            return {"words_read": shown, "words_hidden": hidden, "words_shared": shared}


# --- the program -----------------------------------------------------------------------------------------


@cache
def installed() -> Reader | None:
    """The Tesseract of this computer, if it has Russian; asked once in a process."""
    return found(shutil.which("tesseract"))


def found(program: str | None) -> Reader | None:
    """`program` as a reader, if it runs and has Russian."""
    if program is None:
        return None
    try:
        said = subprocess.run([program, "--list-langs"], capture_output=True, timeout=_FIND_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    languages = (said.stdout + said.stderr).decode("utf-8", "replace").split()
    return Reader(program) if said.returncode == 0 and _LANGUAGE in languages else None


def read(reader: Reader, picture: Grey) -> str | None:
    """What stands in a picture (grey HxW, 300 dpi); None when Tesseract failed or took too long."""
    # PNG: the one kind that its library opens in memory on every system, without a temporary file. It only crosses a
    # pipe: packing it takes five times as long as sending it plain.
    png = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 0])[1].tobytes()
    command = [reader.program, "stdin", "stdout", "-l", _LANGUAGE, "--psm", "11", "--dpi", str(_DPI)]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        ) as process:
            _limit(process.pid)
            try:
                said = process.communicate(png, reader.seconds)[0]
            except subprocess.TimeoutExpired:
                process.kill()
                return None
    except OSError:
        return None
    return said[:_ANSWER].decode("utf-8", "replace") if process.returncode == 0 else None


def _limit(pid: int) -> None:
    """Limits of a child that waits for its input: Linux sets them from outside, other systems don't."""
    if sys.platform != "linux":
        return
    import resource

    limits = (("RLIMIT_AS", _MEMORY), ("RLIMIT_CPU", _CPU_SECONDS), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0))
    for name, value in limits:
        with contextlib.suppress(OSError, ValueError):  # it ended already
            resource.prlimit(pid, getattr(resource, name), (value, value))


# --- the comparison --------------------------------------------------------------------------------------


def same_words(
    masked: Grey,
    original: Grey,
    registration: Registration,
    zones: Sequence[Box],
    hidden: Sequence[Box],
    suspicious: Sequence[Box],
    reader: Reader | None,
) -> OcrCheck:
    """Read what the masked page (A4, upright, HxW) shows outside `zones` and in the boxes `suspicious`, and compare it
    with what stands in the boxes `hidden` of the raw scan it was made from. Boxes are mm on the page."""
    shown = [*_outside(masked, zones), *(_of_masked(masked, box) for box in suspicious)]
    shown = [part for part in shown if _has_ink(part)]
    if not shown:
        return NothingToRead()
    if reader is None:
        return NotInstalled()
    said = read(reader, _stacked(shown))
    if said is None:
        return Failed()
    words = tuple(words_of(said))
    if not words:  # then nothing can be the same, and the original need not be read
        return Compared(0, 0, 0)
    meant = read(reader, _stacked([_of_original(original, registration, box) for box in hidden]))
    if meant is None:
        return Failed()
    known = tuple(words_of(meant))
    return Compared(len(words), len(known), shared(words, known))


def words_of(said: str) -> Iterator[str]:
    """Words and numbers that can tell somebody: long enough, and not what a form says itself."""
    for word in _WORD.findall(said.upper().replace("Ё", "Е")):
        if word not in _FORM_WORDS:
            yield word


def shared(words: Iterable[str], known: Sequence[str]) -> int:
    """How many of the words are known ones; in long ones one letter may differ, in numbers no digit."""
    return sum(any(_same(word, other) for other in known) for word in words)


def _same(word: str, other: str) -> bool:
    if word == other:
        return True
    if len(word) != len(other) or len(word) < _LONG_WORD or word.isdigit() or other.isdigit():
        return False
    return sum(a != b for a, b in zip(word, other, strict=True)) == 1


# --- parts of pages --------------------------------------------------------------------------------------


def _outside(masked: Grey, zones: Sequence[Box]) -> Iterator[Grey]:
    """The page without its zones, where there is ink: then one picture of all that is left."""
    rest = masked.copy()
    for zone in zones:
        rows, columns = _area(masked, zone)
        rest[rows, columns] = 255
    least = _LEAST_INK * (masked.shape[1] / A4_WIDTH) ** 2
    if rest.min(initial=255) < _INKED and np.count_nonzero(rest < _INKED) >= least:
        yield _of_masked(rest, PAGE)


def _area(masked: Grey, box: Box) -> tuple[slice, slice]:
    down, across = masked.shape[0] / A4_HEIGHT, masked.shape[1] / A4_WIDTH
    return (
        slice(max(0, int(box.y * down)), max(0, int(np.ceil(box.bottom * down)))),
        slice(max(0, int(box.x * across)), max(0, int(np.ceil(box.right * across)))),
    )


def _of_masked(masked: Grey, box: Box) -> Grey:
    part = masked[_area(masked, box)]
    if part.size == 0:
        return np.full((1, 1), 255, np.uint8)
    scale = A4_WIDTH * _K / masked.shape[1]
    return np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def _of_original(original: Grey, registration: Registration, box: Box) -> Grey:
    """A box of the page, upright, from the raw scan; what lies off the scan is white."""
    to_mm = np.array([[1 / _K, 0, box.x + 0.5 / _K], [0, 1 / _K, box.y + 0.5 / _K], [0, 0, 1]])
    size = max(1, round(box.w * _K)), max(1, round(box.h * _K))
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(original, registration.homography() @ to_mm, size, flags=how, borderValue=255.0), np.uint8
    )


def _has_ink(part: Grey) -> bool:
    return int(np.count_nonzero(part < _INKED)) >= _LEAST_INK * _K * _K


def _stacked(parts: Sequence[Grey]) -> Grey:
    """Parts under each other on one white sheet: starting the program costs more than reading one more line."""
    wide = max((part.shape[1] for part in parts), default=1) + 2 * _MARGIN
    rows = []
    for part in parts:
        height, width = part.shape
        row = np.full((height + 2 * _MARGIN, wide), 255, np.uint8)
        row[_MARGIN : _MARGIN + height, _MARGIN : _MARGIN + width] = part
        rows.append(row)
    return np.vstack(rows) if rows else np.full((_MARGIN, wide), 255, np.uint8)
