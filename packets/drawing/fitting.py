"""A press that prints nothing: it only finds out whether every text has room and signs to be written with."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from crosscheck.geometry import Box, Mark
from crosscheck.typeset import LEAST_SIZE, REGULAR, Align, Fitted, Press, fit


class Fitting(Press):
    """Whatever draws on it raises TextDoesNotFit (E5001) or SignsMissing (E5003) as it would on paper, in no time."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO())

    def text(
        self,
        box: Box,
        text: str,
        size: float,
        font: str = REGULAR,
        *,
        align: Align = Align.LEFT,
        upright: float = 0.0,
        ink: float = 1.0,
        least: float = LEAST_SIZE,
    ) -> Fitted:
        del align, upright, ink
        return fit(text, box, size, font, least)

    def again(self, key: str, draw: Callable[[], None]) -> None:
        del key
        draw()

    def end_page(self, *, across: bool = False) -> None:
        del across
        self.pages += 1

    def frame(self, box: Box, line: float = 0.2, ink: float = 1.0) -> None:
        """Nothing."""

    def line(self, start: tuple[float, float], end: tuple[float, float], line: float = 0.2, ink: float = 1.0) -> None:
        """Nothing."""

    def mark(self, mark: Mark) -> None:
        """Nothing."""

    def qr(self, box: Box, payload: str) -> None:
        """Nothing."""

    def bar(self, box: Box, payload: str) -> None:
        """Nothing."""

    def _blacken(self, boxes: Sequence[Box], ink: float) -> None:
        """Nothing."""
