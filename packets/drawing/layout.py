"""How pages come onto paper: one side or both, copies two on a side, in grey or in black alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crosscheck.typeset import Press
from packets.print_settings import Layout


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn: `pages` of the file, `blank` ones among them, and the sheets of paper they need."""

    pages: int
    blank: int
    papers: int


class Bundle:
    """One packet on its way onto paper: knows which side comes next."""

    def __init__(self, press: Press, layout: Layout) -> None:
        self.press = press
        self.layout = layout
        self._first = press.pages
        self._blank = 0

    @property
    def pages(self) -> int:
        return self.press.pages - self._first

    def front(self) -> None:
        """What follows begins on the front of a sheet of paper: where a back comes next, it stays blank."""
        if self.layout.duplex and self.pages % 2:
            self.press.end_page()
            self._blank += 1

    def copies(self, pages: Sequence[Callable[[], None]]) -> None:
        """The pages of one work, which begins on paper of its own. Each call draws a page and doesn't end it."""
        self.front()
        if not self.layout.two_up:
            for draw in pages:
                draw()
                self.press.end_page()
            return
        for start in range(0, len(pages), 2):
            for half, draw in enumerate(pages[start : start + 2]):
                with self.press.half(half):
                    draw()
            self.press.end_page()

    def drawn(self) -> Drawn:
        """The whole packet. The next one begins on the front of a sheet in any case."""
        self.front()
        return Drawn(self.pages, self._blank, (self.pages + 1) // 2 if self.layout.duplex else self.pages)
