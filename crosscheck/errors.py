"""Trouble with the program or its input: exit codes and error classes. Number, sentence and remedy
stay together; trouble with the *paper* is a Finding and never an exception.

A subclass states `number`, `sentence`, `remedy` (English, with `{fields}`) and may live beside the
code that raises it; `docs/errors.md` lists all of them and a test provokes each.
"""

from __future__ import annotations

import enum
from typing import ClassVar

from crosscheck.i18n import gettext


class Exit(enum.IntEnum):
    """Exit status of every command."""

    DONE = 0
    USAGE = 2
    PERSON_NEEDED = 10
    PROCEDURE = 20
    INPUT = 30
    LEDGER = 40
    KEY = 45
    PRINTING = 50
    BUG = 70
    INTERRUPTED = 130


class CrosscheckError(Exception):
    """Base of all numbered errors. Raise with the fields of its sentence: `NoSuchFile(name="a.pdf")`."""

    number: ClassVar[int]
    exit: ClassVar[Exit]
    sentence: ClassVar[str]
    remedy: ClassVar[str]
    of_computer: ClassVar[bool] = False  # whatever is worked on isn't at fault: it waits for a computer that works

    def __init__(self, **fields: object) -> None:
        super().__init__(fields)
        self.fields = fields

    @property
    def code(self) -> str:
        """The stable number, as `E3017`."""
        return f"E{self.number:04d}"

    def __str__(self) -> str:
        """Number, what was wrong, what to do: in the language in use."""
        fields = {name: _told(value) if name in _IN_WORDS else value for name, value in self.fields.items()}
        wrong = gettext(self.sentence).format(**fields)
        return f"{self.code} {wrong} {gettext(self.remedy).format(**fields)}"

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross from worker processes to the parent; fields are keyword-only.
        return _rebuilt, (type(self), self.fields)


# Fields that hold words of ours or of the system, and none of a person's.
_IN_WORDS = frozenset({"holder", "holders", "recipients", "reason", "cause", "detail"})


def _told(value: object) -> object:
    """A word or several, with commas between, in the language in use; what isn't known stays as it is."""
    if not isinstance(value, str):
        return value
    whole = gettext(value) if value else value
    return whole if whole != value else ", ".join(gettext(word) if word else word for word in value.split(", "))


def _rebuilt(kind: type[CrosscheckError], fields: dict[str, object]) -> CrosscheckError:
    return kind(**fields)


def all_errors() -> list[type[CrosscheckError]]:
    """Every numbered error class that has been imported, by number."""
    found: list[type[CrosscheckError]] = []
    waiting = [CrosscheckError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if "number" in kind.__dict__:
                found.append(kind)
    return sorted(found, key=lambda kind: kind.number)
