"""A foreign form as data: the values that `templates` reads and `matching` looks for."""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.geometry import Box
from crosscheck.pageform import AnswerZone


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """One side of a foreign form. `reference` is the blank form as an encoded picture of the whole A4 page."""

    page: int
    reference: bytes
    identity: tuple[Box, ...]
    answers: tuple[AnswerZone, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A foreign form of one or more pages."""

    name: str
    pages: tuple[TemplatePage, ...]
