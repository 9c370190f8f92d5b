"""Keys as they are pressed, one character at a time: a terminal of any system, or what is piped in.

A terminal is switched once, for as long as keys are read. Switching it for every key, as `click.getchar` does, throws
away what was typed in between: whoever types fast, or a scanner that types, would lose digits.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator

# What an arrow, Home or a function key gives: one character that means nothing, instead of several that might.
OTHER_KEY = "\ufffe"
_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O[ -~])")


def single(text: str) -> str:
    """A chunk from a terminal with each escape sequence as one character."""
    return _SEQUENCE.sub(OTHER_KEY, text)


@contextlib.contextmanager
def keyboard() -> Iterator[Iterator[str]]:
    """The characters that are typed, until the input ends. What is typed isn't echoed at a terminal."""
    if not sys.stdin.isatty():
        yield iter(lambda: sys.stdin.read(1), "")
        return
    with _terminal() as read:
        yield _characters(read)


def _characters(read: Callable[[], str]) -> Iterator[str]:
    while chunk := read():
        yield from single(chunk)


if sys.platform == "win32":
    import msvcrt

    @contextlib.contextmanager
    def _terminal() -> Iterator[Callable[[], str]]:
        yield _pressed

    def _pressed() -> str:
        character = msvcrt.getwch()
        if character == "\x03":
            raise KeyboardInterrupt
        if character in ("\x00", "\xe0"):  # the first half of an arrow or a function key
            msvcrt.getwch()
            return OTHER_KEY
        return character

else:
    import termios
    import tty

    @contextlib.contextmanager
    def _terminal() -> Iterator[Callable[[], str]]:
        handle = sys.stdin.fileno()
        before = termios.tcgetattr(handle)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")

        def pressed() -> str:
            while chunk := os.read(handle, 1024):
                if text := decoder.decode(chunk):  # a Cyrillic letter may come in two halves
                    return text
            return ""

        try:
            tty.setcbreak(handle, termios.TCSADRAIN)
            yield pressed
        finally:
            termios.tcsetattr(handle, termios.TCSADRAIN, before)
