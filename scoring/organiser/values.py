"""One thing that an organiser states, in a cell or typed: in the spelling of the ledger, or what is wrong. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from crosscheck.i18n import gettext as _
from crosscheck.i18n import translator
from crosscheck.names import looking_alike
from crosscheck.numbering import packet_number
from crosscheck.table_values import cleaned, quoted
from scoring.forms.book import Content, Moment, Text
from scoring.forms.values import Wrong, found_in, text_of
from scoring.organiser.checking import EARLIEST
from scoring.organiser.layout import LONGEST_NAME, MOST, Choice, Clock, Count, Field, Kind, Name, Note, Packets

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.\-]([0-5][0-9])(?::00)?")
_LANGUAGES = ("ru", "en")


def in_cell(content: Content | None, field: Field) -> str | Wrong:
    """What a cell states; empty for nothing."""
    # A spreadsheet makes a time of `14:30` by itself; and of a text `14.00` is no number 14.
    if isinstance(content, Moment | Text) and isinstance(field.kind, Clock):
        text: str | None = content.text
    else:
        text = text_of(content)
    if text is None:
        return Wrong(found_in(content), allowed(field.kind))
    said = stated(text, field.kind)
    return Wrong(found_in(content), allowed(field.kind)) if said is None else said


def typed(text: str, field: Field) -> str | Wrong:
    """What was typed on a command line."""
    said = stated(text, field.kind)
    return Wrong(quoted(cleaned(text)), allowed(field.kind)) if said is None else said


def stated(text: str, kind: Kind) -> str | None:
    """In the ledger's spelling; None when it can't stand there."""
    said = cleaned(text)
    if not said:
        return ""
    match kind:
        case Clock():
            found = _CLOCK.fullmatch("".join(text.split()))
            clock = "" if found is None else f"{int(found[1]):02d}:{found[2]}"
            return clock if clock >= EARLIEST else None
        case Count():
            return str(int(said)) if re.fullmatch("[0-9]{1,5}", said) and int(said) <= MOST else None
        case Note(longest=longest):
            return said if len(said) <= longest else None
        case Name():
            return said if len(said) <= LONGEST_NAME and re.search(r"[^\W\d_]", said) else None
        case Packets():
            return _packets(said)
        case Choice(words=words):
            return _chosen(said, words)


def _packets(said: str) -> str | None:
    """Numbers with their check digits, each once, in order."""
    found = [packet_number(one.strip()) for one in said.replace(";", ",").split(",")]
    known = [number for number in found if number is not None]
    return ", ".join(map(str, sorted(set(known)))) if len(known) == len(found) else None


def _chosen(said: str, words: Mapping[str, str]) -> str | None:
    """The ledger's word, by itself or as people read it in any language."""
    wanted = _spelt(said)
    for word, told in words.items():
        if wanted in {_spelt(word), *(_spelt(translator(language)(told)) for language in _LANGUAGES)}:
            return word
    return None


def _spelt(text: str) -> str:
    return looking_alike(text).casefold()


def allowed(kind: Kind) -> str:
    """What may stand there, in words."""
    match kind:
        case Clock():
            return _("a time from {earliest} to 23:59, as 14:30").format(earliest=EARLIEST)
        case Count():
            return _("a whole number from {low} to {high}").format(low=0, high=MOST)
        case Note(longest=longest):
            return _("a text of at most {most} characters").format(most=longest)
        case Name():
            return _("a name of at most {most} characters").format(most=LONGEST_NAME)
        case Packets():
            return _("numbers of packets with commas, as 000042-7")
        case Choice(words=words):
            return _("one of: {words}").format(words="; ".join(_(told) for told in words.values()))
