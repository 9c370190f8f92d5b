"""What a hostile file is: how it is made, and what may honestly be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scanning.files.sources import FileFaultKind

Dice = np.random.Generator


@dataclass(frozen=True, slots=True)
class Opens:
    """A file that must open, with exactly so many pages, all of them pictures."""

    pages: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that must be refused, for one of these reasons."""

    reasons: frozenset[FileFaultKind]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A file whose pages can't be seen: to show one, even as empty paper, would be to lose it without a word."""


@dataclass(frozen=True, slots=True)
class Told:
    """A file of which anything may be said, as long as something is."""


Expected = Opens | Refused | Unseen | Told
TOLD = Told()
UNSEEN = Unseen()


def refused(*reasons: FileFaultKind) -> Refused:
    """Refused for one of these reasons."""
    return Refused(frozenset(reasons))


@dataclass(frozen=True, slots=True)
class Recipe:
    """A kind of file. A `dear` one may take seconds of a computer's time: it comes once in a thousand files."""

    name: str
    suffix: str
    make: Callable[[Dice], bytes]
    expected: Expected = TOLD
    dear: bool = False


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file to be opened."""

    name: str
    kind: str
    content: bytes
    expected: Expected
