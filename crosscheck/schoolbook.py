"""Which school is meant: numbers, names and aliases in whatever way they are written. Pure.

`ГБОУ СОШ № 12 им. А. С. Пушкина`, `школа 12`, `12` are one school when the list has one school of that number
and the kinds (gymnasium, lyceum, ordinary school) don't contradict each other. Else nobody knows.
"""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crosscheck.names import folded, looking_alike


class Renaming(enum.Enum):
    """Why a school has another name or number."""

    ALIAS = "alias"
    RENAMED = "renamed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class SchoolName:
    """A name of a school as it is compared: its kind and number where it has them, else its words."""

    kind: str
    number: str
    words: str

    def fits(self, other: SchoolName) -> bool:
        """May both be names of one school?"""
        if self.number or other.number:
            return self.number == other.number and (not self.kind or not other.kind or self.kind == other.kind)
        return bool(self.words) and self.words == other.words


_QUOTES = re.compile(r"[\"'«»“”„‟’‘()]")
_NAMED_AFTER = re.compile(r"\s(?:им|имени|им\.)\s.*$")
_NUMBER = re.compile(r"(?<![\w-])(\d{1,5})(?![\w-])")
_SIGNED = re.compile(r"(?<!\w)(?:n|no|номер)\s*(\d{1,5})(?![\w-])")
# Ordinary schools of all lengths are one kind: a district has one school of a number.
_KINDS = {
    "гимназия": "gymnasium", "лицей": "lyceum", "интернат": "boarding", "кадетск": "cadet",
    "сош": "ordinary", "оош": "ordinary", "нош": "ordinary", "сш": "ordinary", "средняя": "ordinary",
    "основная": "ordinary", "начальная": "ordinary",
}  # fmt: skip
# Who owns a school and what the law calls it tell nothing.
_LEGAL = re.compile(
    r"(?<!\w)(?:(?:фг|м|г|ч|н)?[бак]?оу|[мг]бу|ано|(?:муниципальн|государственн|бюджетн|автономн|казенн|частн|"
    r"общеобразовательн|образовательн|учреждени)\w*)(?!\w)"
)
_PLAIN = re.compile(r"(?<!\w)(?:школ[аы]|оо)(?!\w)")


def school_name(text: str) -> SchoolName:
    """A school's name, number or both, as it is compared."""
    plain = _QUOTES.sub(" ", folded(text.replace("№", " № ").replace("им.", "им. ")))
    plain = _NAMED_AFTER.sub("", " ".join(plain.split()))
    numbers = _SIGNED.findall(plain) or _NUMBER.findall(plain)
    kind = next((kind for word, kind in _KINDS.items() if re.search(rf"(?<!\w){word}", plain)), "")
    if "школа-интернат" in plain:
        kind = "boarding"
    if len(set(numbers)) == 1:
        return SchoolName(kind, numbers[0].lstrip("0") or "0", "")
    words = " ".join(_PLAIN.sub(" ", _LEGAL.sub(" ", plain)).split()) or plain
    return SchoolName(kind, "", words)


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of the school `school`, in force from the year `since`; None: always."""

    alias: str
    school: str
    since: int | None
    reason: Renaming


@dataclass(frozen=True, slots=True)
class SchoolBook:
    """All names under which schools are known. Build with `school_book`."""

    codes: Mapping[str, str] = field(default_factory=dict)
    names: tuple[tuple[SchoolName, str], ...] = ()
    spelt: Mapping[str, str] = field(default_factory=dict)
    by_number: Mapping[str, tuple[tuple[SchoolName, str], ...]] = field(default_factory=dict)

    def school(self, text: str) -> str | None:
        """The school's number in the list, or None when nothing or more than one fits."""
        if (code := self.codes.get(folded(looking_alike(text)))) is not None:
            return code
        if (spelt := self.spelt.get(folded(text))) is not None:
            return spelt
        meant = school_name(text)
        candidates = self.by_number.get(meant.number, ()) if meant.number else self.names
        found = {school for name, school in candidates if name.fits(meant)}
        return found.pop() if len(found) == 1 else None

    def nearest(self, text: str) -> str:
        """The number of the school whose number or name is spelt most like this."""
        spelt = {**self.spelt, **self.codes}
        return spelt.get(closest(folded(text), spelt), "")


def closest(text: str, known: Iterable[str]) -> str:
    """The known text that is spelt most like this one, the beginning counting most among equals; empty without any."""

    def likeness(other: str) -> tuple[float, int]:
        begun = next((i for i, (a, b) in enumerate(zip(other, text, strict=False)) if a != b), len(text))
        return difflib.SequenceMatcher(None, other, text).ratio(), begun

    return max(sorted(known), key=likeness, default="")


def school_book(
    schools: Iterable[tuple[str, str]], aliases: Iterable[Alias] = (), year: int | None = None
) -> SchoolBook:
    """The book of a district: schools as number and name, and the aliases in force in `year` (None: all)."""
    codes: dict[str, str] = {}
    spelt: dict[str, set[str]] = {}
    names: set[tuple[SchoolName, str]] = set()
    for code, name in schools:
        codes[folded(looking_alike(code))] = code
        spelt.setdefault(folded(name), set()).add(code)
        names.update((one, code) for one in _names_of(code, name))
    for alias in aliases:
        if year is None or alias.since is None or alias.since <= year:
            spelt.setdefault(folded(alias.alias), set()).add(alias.school)
            names.add((school_name(alias.alias), alias.school))
    ordered = tuple(sorted(names, key=lambda pair: (pair[0].number, pair[0].kind, pair[0].words, pair[1])))
    by_number: dict[str, list[tuple[SchoolName, str]]] = {}
    for one, school in ordered:
        if one.number:
            by_number.setdefault(one.number, []).append((one, school))
    return SchoolBook(
        codes=codes,
        names=tuple(pair for pair in ordered if not pair[0].number),
        spelt={key: next(iter(found)) for key, found in sorted(spelt.items()) if len(found) == 1},
        by_number={number: tuple(pairs) for number, pairs in by_number.items()},
    )


def _names_of(code: str, name: str) -> set[SchoolName]:
    """A school is called by its name, and by its number with the kind that its name tells."""
    by_code, by_name = school_name(code), school_name(name)
    if by_code.number and by_name.number in ("", by_code.number):
        return {SchoolName(by_name.kind or by_code.kind, by_code.number, ""), by_name}
    return {by_code, by_name}
