"""What can't be true together of a check point, counts and times, and names of persons in free words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crosscheck.i18n import N_
from crosscheck.names import persons_in
from scoring.forms.layout import Words
from scoring.organiser.layout import PROGRESS, Clock, Field, Note, Section

EARLIEST = "06:00"  # nobody checks at night: `2:30` is a slip for 14:30
_PARTS = (("experts_briefed", "experts"), ("packets_back", "packets_out"))  # never more than
_ORDERS = (("began", "ended"), ("briefed", "ended"), ("handed_out", "ended"))  # never later than


@dataclass(frozen=True, slots=True)
class Impossible:
    """A field whose value can't be true beside that of another one, as both were stated."""

    field: Field
    found: str
    beside: Field
    limit: str

    def allowed(self, words: Words) -> str:
        """What would be possible, in words."""
        said = N_("not before {limit}: “{field}”")
        if not isinstance(self.field.kind, Clock):
            said = N_("at most {limit}: “{field}”")
        return words(said).format(limit=self.limit, field=words(self.beside.title))


def in_progress(said: Mapping[str, str]) -> list[Impossible]:
    """Answers about progress, by field, that contradict each other."""
    more = [
        _impossible(PROGRESS, said, part, whole)
        for part, whole in _PARTS
        if said.get(part) and said.get(whole) and int(said[part]) > int(said[whole])
    ]
    return [one for one in more if one is not None] + _early(PROGRESS, said, _ORDERS)


def in_row(section: Section, said: Mapping[str, str]) -> list[Impossible]:
    """The same of one row of a table."""
    return _early(section, said, (("came", "left"),))


def _early(section: Section, said: Mapping[str, str], orders: Iterable[tuple[str, str]]) -> list[Impossible]:
    """Times, `hh:mm`, that are before the ones they follow."""
    found = [
        _impossible(section, said, last, first)
        for first, last in orders
        if said.get(first) and said.get(last) and said[last] < said[first]
    ]
    return [one for one in found if one is not None]


def _impossible(section: Section, said: Mapping[str, str], name: str, beside: str) -> Impossible | None:
    field, other = section.field(name), section.field(beside)
    return None if field is None or other is None else Impossible(field, said[name], other, said[beside])


def persons(section: Section, said: Mapping[str, str], field: str = "") -> Iterator[str]:
    """What looks like names of persons in the free words of an entry; field: the one that all of it is of."""
    for name, text in said.items():
        asked = section.field(field or name)
        if asked is not None and isinstance(asked.kind, Note):
            yield from persons_in(text)
