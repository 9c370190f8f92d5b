"""What is known about scanned pages, as frozen values: what they show, what is expected, what people decided. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crosscheck.model import Fate, PageId, PageKey, WorkId

# --- what is known about a page ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labelled:
    """A code of ours on paper of this procedure: form, page, print round; whether it carries this ledger's MAC."""

    form: int
    page: int
    round: int
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Sticker:
    """The code of a cover on a sticker on a foreign form; whether it carries this ledger's MAC."""

    cover: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Templated:
    """Page `page` of a template, with a sticker of ours or without one."""

    template: str
    page: int
    sticker: Sticker | None = None


@dataclass(frozen=True, slots=True)
class CoverPage:
    """A cover sheet of ours lies here: its number (0 when only its marks can be read), and whether its code carries
    this ledger's MAC."""

    cover: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Uncoded:
    """A page of our form whose codes can't be read, or a page nothing is known of. `page`: the page of the form
    that its printed frames look like, 0 when nothing does."""

    why: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing is written or printed on it."""


@dataclass(frozen=True, slots=True)
class Alien:
    """A code of ours, but of another procedure or another kind of paper."""

    why: str


@dataclass(frozen=True, slots=True)
class SheetAmong:
    """A score sheet that was scanned with works."""

    why: str


Seen = Labelled | Templated | CoverPage | Uncoded | Empty | Alien | SheetAmong


@dataclass(frozen=True, slots=True)
class Scanned:
    """A page as scanned: `file` and `position` (from 0) say where it lay; `file_ref` names the file in manifests.
    `picture` names what is to be seen on it, empty when that tells nothing: equal names, equal pictures. `counted`: its
    batch was closed by a person who counted as many sides of paper as were scanned."""

    page: PageId
    file: str
    file_ref: str
    position: int
    seen: Seen
    picture: str = ""
    counted: bool = True


# --- what is expected ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Form:
    """An issued answer form: print round and number of pages; whether its codes must carry this ledger's MAC."""

    work: WorkId
    round: int
    pages: int
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """What a manifest says of one page of a file. An empty `template`: it doesn't tell, any template will do."""

    key: PageKey
    template: str


@dataclass(frozen=True, slots=True)
class ClassCover:
    """A printed cover: `works` works follow it, each of `pages` pages. Whose they are, it doesn't say."""

    works: int
    pages: int


@dataclass(frozen=True, slots=True)
class WorkCover:
    """A printed cover, or a sticker: one work of `pages` pages."""

    work: WorkId
    pages: int


CoverSheet = ClassCover | WorkCover


@dataclass(frozen=True, slots=True)
class Expected:
    """Forms by number; manifests: file_ref to what it says page by page (from position 0); covers by number;
    `foreign`: works on forms without our codes and their numbers of pages; `keyed`: whose code two people read on
    a page, blind."""

    forms: Mapping[int, Form]
    manifests: Mapping[str, Mapping[int, Listed]]
    missing: frozenset[PageKey] = frozenset()
    covers: Mapping[int, CoverSheet] = field(default_factory=dict)
    foreign: Mapping[WorkId, int] = field(default_factory=dict)
    keyed: Mapping[PageId, WorkId] = field(default_factory=dict)

    def pages(self) -> frozenset[PageKey]:
        """Every page that should exist."""
        from_forms = (PageKey(f.work, n) for f in self.forms.values() for n in range(1, f.pages + 1))
        listed = (entry.key for pages in self.manifests.values() for entry in pages.values())
        declared = (PageKey(work, n) for work, pages in self.foreign.items() for n in range(1, pages + 1))
        return frozenset((*from_forms, *listed, *declared))


# --- what a person decided -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assign:
    """This page is page `key` of a work."""

    key: PageKey


@dataclass(frozen=True, slots=True)
class Discard:
    why: str


@dataclass(frozen=True, slots=True)
class Keep:
    """This page stands; of the copies that the person saw, `over`, none does. A copy that turns up later is a new
    conflict: nobody has looked at it. `assigned`: where a person had assigned the page before, that still holds."""

    over: frozenset[PageId] = frozenset()
    assigned: PageKey | None = None


@dataclass(frozen=True, slots=True)
class BelongsElsewhere:
    why: str


Decision = Assign | Discard | Keep | BelongsElsewhere
Decisions = Mapping[PageId, Decision]


def set_aside(page: Scanned, decisions: Decisions) -> bool:
    """Whether a person took the page out of its run."""
    return isinstance(decisions.get(page.page), Discard | BelongsElsewhere)


# --- the result ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """The fate of one page; `key` for pages that belong to a work, `why` in words, `suggestion` for a
    person to accept: never used by itself, with its evidence, the strongest first."""

    fate: Fate
    key: PageKey | None
    why: str
    suggestion: PageKey | None = None
    evidence: tuple[str, ...] = ()


def known(key: PageKey, why: str) -> Placed:
    """A page of a work, and why."""
    return Placed(Fate.KNOWN, key, why)


def unknown(why: str) -> Placed:
    """A page that waits for a person, and why."""
    return Placed(Fate.UNKNOWN, None, why)
