"""Names of people in one spelling, and how much two of them are alike. Pure; nothing is guessed.

A part of a name is a whole word, a single letter (an initial), or empty when it is not told. A changed family
name is another name: whoever knows that two entries are one person says so.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Latin letters that look like Cyrillic ones: keyboards switch in the middle of a word.
_LOOK_ALIKE = dict(zip("ABCEHKMOPTXYaceopxyk", "АВСЕНКМОРТХУасеорхук", strict=True))
# Cyrillic letters that look like Latin ones: one name typed on two keyboards is one person.
_SAME_TO_THE_EYE = str.maketrans("авекмнорстухёі", "abekmhopctyxei")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_DASHES = re.compile(r"\s*[-‐‑‒–—−]\s*")
_PATRONYMIC = ("вич", "вна", "ична", "ьич", "мич", "кич", "тич")
_PARENT_WORDS = frozenset({"оглы", "кызы", "оглу", "гызы", "улы"})
_LEAST_NEAR, _LEAST_NEAR_FAMILY = 4, 5  # letters of a word that may be a slip of the pen for another


class Likeness(enum.Enum):
    """How much two names are alike, the most first."""

    SAME_FULL = "same_full"  # family name, name and patronymic written out and the same
    INITIALS = "initials"  # nothing contradicts; all three are told, some as initials
    PARTS = "parts"  # nothing contradicts; some part is not told, or the family name only as a letter
    NEAR = "near"  # one word differs by one letter
    APART = "apart"


@dataclass(frozen=True, slots=True, order=True)
class PersonName:
    """A name in one spelling: lower case, ё as е, one kind of hyphen, no dots."""

    family: str
    given: str
    patronymic: str

    @property
    def parts(self) -> tuple[str, str, str]:
        return self.family, self.given, self.patronymic

    def __str__(self) -> str:
        return " ".join(part for part in self.parts if part)


def looking_alike(text: str) -> str:
    """A text with every Latin letter that has a Cyrillic twin replaced: equal for texts that look equal."""
    return "".join(_LOOK_ALIKE.get(char, char) for char in text)


def meant(known: Iterable[str], typed: str) -> str | None:
    """Which of some names is meant, on whichever keyboard its letters were typed: just this one, else the only one that
    looks like it; None where none does, or several do."""
    there = list(known)
    if typed in there:
        return typed
    wanted = looking_alike(typed.strip()).casefold()
    alike = [one for one in there if looking_alike(one).casefold() == wanted]
    return alike[0] if len(alike) == 1 else None


def in_cyrillic(text: str) -> str:
    """A text with its Latin look-alikes made Cyrillic, word by word; words with other Latin letters stay."""
    if not _CYRILLIC.search(text):
        return text
    return re.sub(r"[^\W\d_]+", lambda found: _word(found[0]), text)


def _word(word: str) -> str:
    latin = _LATIN.findall(word)
    return looking_alike(word) if all(char in _LOOK_ALIKE for char in latin) else word


def folded(text: str) -> str:
    """A text as it is compared: composed, lower case, ё as е, single spaces, one kind of hyphen."""
    composed = unicodedata.normalize("NFKC", text).replace("\u0301", "")
    lower = _DASHES.sub("-", in_cyrillic(composed)).casefold().replace("ё", "е")
    return " ".join(lower.split())


def person(who: str) -> str:
    """Whoever acts, as people at work are told apart: case, blanks and dots make nobody another person."""
    return "".join(char for char in who.casefold().translate(_SAME_TO_THE_EYE) if char.isalnum())


def person_name(text: str) -> PersonName:
    """A name from its text: `Иванова Мария Петровна`, `Иванова М.П.`, `М. П. Иванова`, `Мария Петровна Иванова`."""
    name = _placed(_words(text))
    return PersonName(name.family, _one_spelling(name.given), _one_spelling(name.patronymic))


def _one_spelling(word: str) -> str:
    """`Наталья` and `Наталия`, `Валерьевна` and `Валериевна` are one name."""
    return re.sub("ь(?=[яе])", "и", word)


def _words(text: str) -> list[str]:
    # What stands in brackets is a former name or a remark, and no part of this one; nor is a bracket left alone.
    bare = in_cyrillic(re.sub(r"\([^)]*\)|\[[^]]*]|[()\[\]]", " ", unicodedata.normalize("NFKC", text)))
    apart = re.sub(r"(?<=[а-яё])(?=[А-ЯЁ])", " ", bare)
    if bare != bare.upper():
        apart = re.sub(r"(?<!\w)([А-ЯЁ])([А-ЯЁ])(?!\w)", r"\1 \2", apart)
    words = [word.strip("-'’") for word in re.split(r"[\s.,;]+", folded(apart))]
    words = [word for word in words if word]
    return _joined(words)


def _joined(words: list[str]) -> list[str]:
    """`Гусейн оглы` is one patronymic."""
    joined: list[str] = []
    for word in words:
        if word in _PARENT_WORDS and len(joined) > 1:
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def _is_patronymic(word: str) -> bool:
    return len(word) > 4 and (word.endswith(_PATRONYMIC) or word.rpartition(" ")[2] in _PARENT_WORDS)


def _placed(words: list[str]) -> PersonName:
    *before, last = words or [""]
    if before and len(last) > 1 and len(before) <= 2 and all(len(word) == 1 for word in before):
        return PersonName(last, before[0], "".join(before[1:]))  # М. П. Иванова
    if len(words) == 3 and _family_is_last(words):
        return PersonName(words[2], words[0], words[1])
    if len(words) == 2 and _is_patronymic(words[1]):
        return PersonName(words[0], "", words[1])
    if len(words) > 3 and _is_patronymic(last):
        return PersonName(" ".join(words[:-2]), words[-2], last)
    family, given, *rest = [*words, "", ""]
    return PersonName(family, given, " ".join(word for word in rest if word))


def _family_is_last(words: list[str]) -> bool:
    first, second, third = words
    told = _is_patronymic(second) or (len(second) == 1 and len(first) > 1)
    return told and len(third) > 1 and not _is_patronymic(third)


# --- names in a text ----------------------------------------------------------------------------

_CAPITAL = r"[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?"
_INITIAL = r"[А-ЯЁ]\.\s?"
_WITH_INITIALS = re.compile(rf"\b{_CAPITAL}\s+{_INITIAL}(?:[А-ЯЁ]\.)?|\b{_INITIAL}(?:{_INITIAL})?{_CAPITAL}\b")
_SEVERAL = re.compile(rf"\b{_CAPITAL}(?:\s+{_CAPITAL})+\b")
_ONE = re.compile(rf"\b{_CAPITAL}\b")
_FAMILY_END = re.compile(r"(?:(?:[оеё]в|[иы]н)(?:а|ой|у|ым)?|[сц]к(?:ий|ая|ого|ой|ому|ую)|енко|ю?ук|ян|швили|дзе)$")
_AFTER = ("эксперт", "учител", "учени", "педагог", "организатор", "наблюдател", "методист", "коллег")
_NO_NAME = re.compile(
    "половин.|причин.|машин.|картин.|середин.|величин.|основ.|снова|слова|готова|нов..|один|одна|урок|звук|"
    "английск.*|русск.*|немецк.*|французск.*|городск.*|районн.*"
)


def persons_in(text: str) -> tuple[str, ...]:
    """What looks like names of persons in a Russian text, in its order: initials beside a capital, a patronymic, a
    family name's ending, a capital behind a word for a person. For a warning: it may be wrong either way."""
    said = in_cyrillic(unicodedata.normalize("NFKC", text))
    found = {found.span(): found[0] for found in _WITH_INITIALS.finditer(said)}
    for several in _SEVERAL.finditer(said):
        if any(_is_patronymic(word.casefold()) for word in several[0].split()):
            found[several.span()] = several[0]
    for one in _ONE.finditer(said):
        before = said[: one.start()].split()[-1:] or [""]
        word = one[0].casefold()
        called = before[0].casefold().startswith(_AFTER)
        if not _NO_NAME.fullmatch(word) and (called or _FAMILY_END.search(word)):
            found[one.span()] = one[0]
    whole = [span for span in found if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in found)]
    return tuple(dict.fromkeys(found[span].strip() for span in sorted(whole)))


# --- likeness -----------------------------------------------------------------------------------


class _Part(enum.Enum):
    EQUAL = enum.auto()
    OPEN = enum.auto()  # at least one of the two is an initial, and it fits
    UNTOLD = enum.auto()
    NEAR = enum.auto()
    APART = enum.auto()


def likeness(one: PersonName, other: PersonName) -> Likeness:
    """How much two names are alike, whichever comes first."""
    family, *rest = (_part(a, b) for a, b in zip(one.parts, other.parts, strict=True))
    kinds = [family, *rest]
    if _Part.APART in kinds or kinds.count(_Part.NEAR) > 1:
        return Likeness.APART
    if family is _Part.NEAR:
        long = min(len(one.family), len(other.family)) >= _LEAST_NEAR_FAMILY
        return Likeness.NEAR if long and rest == [_Part.EQUAL, _Part.EQUAL] else Likeness.APART
    if _Part.NEAR in rest:
        return Likeness.NEAR if family is _Part.EQUAL else Likeness.APART
    if kinds == [_Part.EQUAL] * 3:
        return Likeness.SAME_FULL
    if family is _Part.EQUAL and _Part.UNTOLD not in rest:
        return Likeness.INITIALS
    return Likeness.PARTS


def _part(one: str, other: str) -> _Part:
    if not one or not other:
        return _Part.UNTOLD
    if len(one) == 1 or len(other) == 1:
        return _Part.OPEN if one[0] == other[0] else _Part.APART
    if one == other:
        return _Part.EQUAL
    near = min(len(one), len(other)) >= _LEAST_NEAR and one_edit_apart(one, other)
    return _Part.NEAR if near else _Part.APART


def one_edit_apart(one: str, other: str) -> bool:
    """Do two different words become one by a letter changed, added, left out, or by two neighbours swapped?"""
    short, long = sorted((one, other), key=len)
    if one == other or len(long) - len(short) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    if short[start + 1 :] == long[start + 1 :]:
        return True
    return short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
