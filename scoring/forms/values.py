"""One cell of a form that came back: what it states, or what is wrong with it. Pure.

People type as they are used to: `2`, `2,0`, a blank behind it, a Cyrillic Х, dashes. What can only mean one thing is
taken; everything else is refused with what was found and what is allowed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck.i18n import gettext as _
from crosscheck.model import NotAttempted, Points
from crosscheck.names import looking_alike
from crosscheck.procedure import Criterion, MarkedBy
from crosscheck.register_rows import MOST_VARIANTS, SEXES
from crosscheck.table_values import cleaned, quoted
from scoring.forms.book import Broken, Content, Flag, Formula, Moment, Number, Text
from scoring.forms.layout import Datum
from scoring.forms.stated import NotStated, NotTaught, Stated

_WHOLE = re.compile(r"([0-9]{1,4})(?:[.,]0{1,9})?")
_DASHES = frozenset("-‐‑‒–—―−")
_NOT_TAUGHT = frozenset({"н/п", "н\\п", "нп", "n/t"})
_NO_MARK = frozenset({"нет", "нетотметки", "н/а", "none"})
NO_MARK_WORD: Mapping[str, str] = {"ru": "нет", "en": "none"}
MARKS = (2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that can't be taken: what was found in it, what is allowed."""

    found: str
    allowed: str


def text_of(content: Content | None) -> str | None:
    """A cell as text, cleaned; None when it holds no plain value. A number that a format shows with leading zeros
    (00000) has them."""
    match content:
        case None:
            return ""
        case Text(text=text):
            return cleaned(text)
        case Number(value=value, shown_as=shown_as) if float(value).is_integer():
            return str(int(value)).zfill(len(shown_as)) if re.fullmatch("0+", shown_as) else str(int(value))
        case _:
            return None


def found_in(content: Content | None) -> str:
    """What a message says of a cell."""
    match content:
        case None:
            return _("nothing")
        case Text(text=text):
            return quoted(cleaned(text))
        case Number(value=value, shown_as=shown_as):
            shown = f"{value:.10g}".replace(".", ",")
            return _("{number}, shown in per cent").format(number=shown) if "%" in shown_as else shown
        case Moment(text=text):
            return _("the date or time {moment}").format(moment=_as_shown(cleaned(text)))
        case Formula(text=text):
            return _("the formula {formula}").format(formula=quoted(cleaned(text)))
        case Flag(value=flag):
            return _("the truth value {value}").format(value="TRUE" if flag else "FALSE")
        case Broken(text=text):
            return _("the error value {error}").format(error=quoted(cleaned(text)))


def _as_shown(moment: str) -> str:
    """A day as people write it, without a midnight that nobody typed; everything else as it is."""
    day = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T00:00:00)?", moment)
    return moment if day is None else f"{day[3]}.{day[2]}.{day[1]}"


# --- scores --------------------------------------------------------------------------------------


def score(content: Content | None, criterion: Criterion, marked_by: MarkedBy = MarkedBy.EXPERTS) -> Stated | Wrong:
    """What a score cell states. A value above the maximum is refused, an empty cell states nothing; "not taught" is no
    answer where the school's own points are asked for."""
    stated = _score(content, criterion)
    if isinstance(stated, NotTaught) and marked_by is MarkedBy.SCHOOL:
        allowed = _("a whole number from 0 to {maximum}, X or nothing").format(maximum=criterion.maximum)
        return Wrong(found_in(content), allowed)
    return stated


def _score(content: Content | None, criterion: Criterion) -> Stated | Wrong:
    match content:
        case None:
            return NotStated()
        case Number(value=value, shown_as=shown_as) if "%" not in shown_as:
            found = _whole_number(value)
        case Text(text=text):
            typed = cleaned(text)
            if (without_points := _without_points(typed)) is not None:
                return without_points
            found = int(whole[1]) if (whole := _WHOLE.fullmatch(typed)) else None
        case _:
            found = None
    if found is None or not 0 <= found <= criterion.maximum:
        return Wrong(found_in(content), _scores_allowed(criterion))
    return Points(found)


def _whole_number(value: int | float) -> int | None:
    return int(value) if math.isfinite(value) and float(value).is_integer() else None


def _without_points(typed: str) -> Stated | None:
    if not typed:
        return NotStated()
    if typed in ("X", "x", "Х", "х"):
        return NotAttempted()
    if typed in _DASHES or not _NOT_TAUGHT.isdisjoint(_spellings(typed)):
        return NotTaught()
    return None


def _spellings(typed: str) -> tuple[str, str]:
    """A word in lower case without blanks, as it is and with Latin letters as the Cyrillic ones they look like."""
    bare = typed.replace(" ", "").rstrip(".")
    return bare.casefold(), looking_alike(bare).casefold()


def _scores_allowed(criterion: Criterion) -> str:
    return _("a whole number from 0 to {maximum}, X, n/t or nothing").format(maximum=criterion.maximum)


# --- what else is said of a participant ----------------------------------------------------------


def datum(content: Content | None, wanted: Datum) -> str | Wrong:
    """What is said, in one spelling: sex as `m` or `f`, marks as `2` to `5`, a variant as its number; empty for
    nothing."""
    text = text_of(content)
    if text == "":
        return ""
    word, in_cyrillic = _spellings(text or "")
    match wanted:
        case Datum.SEX:
            said = SEXES.get(word) or SEXES.get(in_cyrillic)
            allowed = _("m or f (м, ж), or nothing")
        case Datum.VARIANT:
            said = word if re.fullmatch(r"[1-9][0-9]?", word) and word.isascii() else None
            allowed = _("a whole number from {low} to {high}").format(low=1, high=MOST_VARIANTS)
        case Datum.TERM_MARK | Datum.JOURNAL_MARK:
            said = "" if in_cyrillic in _NO_MARK or word in _NO_MARK or text in _DASHES else _mark(word)
            allowed = _("a mark from 2 to 5, “no mark” or nothing")
    return Wrong(found_in(content), allowed) if said is None else said


def _mark(word: str) -> str | None:
    whole = _WHOLE.fullmatch(word)
    return whole[1] if whole and int(whole[1]) in MARKS else None
