"""Keys as they are pressed, one character at a time: a terminal of any system, or what is piped in.

A terminal is switched once, for as long as keys are read. Switching it for every key, as `click.getchar` does, throws
away what was typed in between: whoever types fast, or a scanner that types, would lose digits.

A hand scanner is a keyboard, too. A code that is scanned while points are asked for would be keyed as points, and its
zeros add up to their own sum; so a code that comes at once, as nobody types it, is one piece, and rows take none.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator

# What an arrow, Home or a function key gives: one character that means nothing, instead of several that might.
OTHER_KEY = "\ufffe"
# What a scanner sends: the digits of a bar code, those under it with their check, or a label; and mostly Enter.
_CODE = re.compile(r"\d{24}|\d{6,}(?:-\d+)+|[^\W\d_]\w*(?:[.ю]\w+){2,}", re.IGNORECASE)
_AT_ONCE_S = 0.03  # between two keys of a scanner; people need twice that and more
_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[ -~])")


def single(text: str) -> str:
    """A chunk from a terminal with each escape sequence as one character."""
    return _SEQUENCE.sub(OTHER_KEY, text)


def code_in(burst: str) -> bool:
    """Whether what came at once is a code that was scanned."""
    return _CODE.fullmatch(burst.strip()) is not None


def by_hand(pieces: Iterable[str], tell: Callable[[str], None]) -> Iterator[str]:
    """Keys without codes that were scanned; each of these is told."""
    for piece in pieces:
        if len(piece) > 1:
            tell(piece.strip())
        else:
            yield piece


@contextlib.contextmanager
def keyboard() -> Iterator[Iterator[str]]:
    """What is typed, until the input ends: single characters, and each code that is scanned in one piece. Nothing is
    echoed at a terminal. What is piped in is all single characters: nobody can say how fast it was typed."""
    if not sys.stdin.isatty():
        yield iter(lambda: sys.stdin.read(1), "")
        return
    with _terminal() as terminal:
        yield pieces(*terminal)


def pieces(read: Callable[[], str], more: Callable[[], bool]) -> Iterator[str]:
    """Characters, and codes in one piece. read: what was typed, empty at the end; more: whether more comes at once."""
    while burst := read():
        while more() and (next_ := read()):
            burst += next_
        if code_in(burst):
            yield burst
        else:
            yield from single(burst)


if sys.platform == "win32":
    import msvcrt
    import time

    @contextlib.contextmanager
    def _terminal() -> Iterator[tuple[Callable[[], str], Callable[[], bool]]]:
        yield _pressed, _more

    def _more() -> bool:
        until = time.monotonic() + _AT_ONCE_S
        while not msvcrt.kbhit() and time.monotonic() < until:
            time.sleep(0.001)
        return bool(msvcrt.kbhit())

    def _pressed() -> str:
        character = msvcrt.getwch()
        if character == "\x03":
            raise KeyboardInterrupt
        if character in ("\x00", "\xe0"):  # the first half of an arrow or a function key
            msvcrt.getwch()
            return OTHER_KEY
        return character

else:
    import select
    import termios
    import tty

    @contextlib.contextmanager
    def _terminal() -> Iterator[tuple[Callable[[], str], Callable[[], bool]]]:
        handle = sys.stdin.fileno()
        before = termios.tcgetattr(handle)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")

        def pressed() -> str:
            while chunk := os.read(handle, 1024):
                if text := decoder.decode(chunk):  # a Cyrillic letter may come in two halves
                    return text
            return ""

        def more() -> bool:
            return bool(select.select([handle], [], [], _AT_ONCE_S)[0])

        try:
            tty.setcbreak(handle, termios.TCSADRAIN)
            yield pressed, more
        finally:
            termios.tcsetattr(handle, termios.TCSADRAIN, before)
