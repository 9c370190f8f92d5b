"""A public draw of works: anybody with the list and the seed can draw again, and nobody can choose. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from scoring.auditing import lot


def manifest(numbers: Iterable[str]) -> str:
    """The list that is drawn from, as it is made public: one number on each line, in order."""
    return "".join(f"{number}\n" for number in sorted(numbers))


def digest(text: str) -> str:
    """SHA-256 of a list in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def drawn(seed: str, text: str, count: int) -> list[str]:
    """The first numbers of a list in the order of the lot: by SHA-256 of the seed, a space and the list's digest, a
    zero byte, and the number. The digest binds the seed to just this list."""
    return lot(f"{seed} {digest(text)}", text.split())[:count]
