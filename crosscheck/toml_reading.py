"""Reading a TOML settings file so that all its problems are found in one go.

A `Reading` walks one table. Every fault becomes a `Problem` in a list shared by the whole file; the
value returned then is a stand-in of the right type, so that the rest of the file is still looked at.
Whoever starts the reading must raise when the list is not empty.
"""

from __future__ import annotations

import datetime
import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crosscheck.i18n import gettext as _

_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where (key path such as `task[2].page`), what was found, what is allowed."""

    path: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return _("{path}: found {found}; allowed: {allowed}").format(
            path=self.path, found=self.found, allowed=self.allowed
        )


def shown(value: object) -> str:
    """A value as the writer of the file would recognise it, cut to a readable length."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def nearest(word: str, known: Iterable[str]) -> str:
    """What is allowed instead of an unknown word: the nearest one when there is one, else all."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1)
    if close:
        return _("{word} (is that what was meant?)").format(word=close[0])
    return ", ".join(words)


def is_plain_text(text: str) -> bool:
    """Whether a text is one line of visible characters."""
    return bool(text.strip()) and not any(unicodedata.category(char).startswith("C") for char in text)


@dataclass(frozen=True, slots=True)
class Reading:
    """One table of a TOML file; `problems` is the list all tables of the file share."""

    table: Mapping[str, object]
    path: str
    problems: list[Problem] = field(repr=False)

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, allowed: str, found: object = None) -> None:
        """Note a problem with a key."""
        self.problems.append(Problem(self.at(key), shown(self.table.get(key) if found is None else found), allowed))

    def only(self, *known: str) -> None:
        """Refuse every key that is not known here."""
        for key in self.table:
            if key not in known:
                allowed = nearest(key, known)
                self.problems.append(Problem(self.at(key), _("an unknown key"), allowed))

    def section(self, key: str) -> Reading:
        """A table below this one; a missing one is read as empty."""
        value = self.table.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, _("a table [{key}]").format(key=self.at(key)))
            value = {}
        return Reading(value, self.at(key), self.problems)

    def sections(self, key: str) -> tuple[Reading, ...]:
        """The tables of an array [[key]], counted from 1 in their paths; at least one is asked for."""
        value = self.table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            self.refuse(key, _("one or more tables [[{key}]]").format(key=self.at(key)))
            return ()
        return tuple(Reading(item, f"{self.at(key)}[{n}]", self.problems) for n, item in enumerate(value, start=1))

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from `low` to `high`; required when there is no default."""
        value = self.table.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.refuse(key, _("a whole number from {low} to {high}").format(low=low, high=high))
        return low

    def optional_whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, or None when the key is absent."""
        return self.whole(key, low, high) if key in self.table else None

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A number from `low` to `high` (whole or not)."""
        value = self.table.get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        self.refuse(key, _("a number from {low} to {high}").format(low=f"{low:g}", high=f"{high:g}"))
        return low

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        value = self.table.get(key, default)
        if isinstance(value, bool):
            return value
        self.refuse(key, _("true or false"))
        return False

    def text(self, key: str, longest: int = 200) -> str:
        """One line of text, 1 to `longest` characters."""
        value = self.table.get(key)
        if isinstance(value, str) and len(value) <= longest and is_plain_text(value):
            return value.strip()
        self.refuse(key, _("one line of text, 1 to {longest} characters").format(longest=longest))
        return ""

    def shaped(self, key: str, pattern: str, allowed: str) -> str:
        """A text that matches `pattern` whole; `allowed` says so in words."""
        value = self.table.get(key)
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        self.refuse(key, allowed)
        return ""

    def one_of(self, key: str, known: Iterable[str], default: str | None = None) -> str:
        """One of a closed list of words."""
        words = tuple(known)
        value = self.table.get(key, default)
        if isinstance(value, str) and value in words:
            return value
        self.refuse(key, nearest(value, words) if isinstance(value, str) else ", ".join(words))
        return words[0]

    def date(self, key: str) -> datetime.date:
        """A TOML date without a time, written without quotes."""
        value = self.table.get(key)
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value
        self.refuse(key, _("a date without quotes, as 2026-04-14"))
        return datetime.date.min

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts without repetitions."""
        value = self.table.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(key, _("a list of texts"))
            return ()
        if len(set(value)) != len(value):
            self.refuse(key, _("each entry once"))
        return tuple(value)

    def groups(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of texts, none of them empty."""
        value = self.table.get(key)
        if not isinstance(value, list) or not value or not all(map(_is_group, value)):
            self.refuse(key, _('lists of texts in a list, as [["1", "2"], ["3"]]'))
            return ()
        return tuple(tuple(group) for group in value)


def _is_group(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
